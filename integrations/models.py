"""What programs post through."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from chat.models import Channel
from protocol import limits


class IncomingWebhook(models.Model):
    """An address at which a program posts into a channel, as a bot of its own.

    Only a digest of the secret in the address is kept.
    """

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="webhooks")
    bot = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="webhook"
    )
    name = models.CharField(_("name"), max_length=limits.NAME_MAX_CHARS)
    digest = models.CharField(max_length=64, unique=True)
    is_locked_to_channel = models.BooleanField(
        _("locked"),
        default=True,
        help_text=_("It posts in its own channel, whichever a message names."),
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        verbose_name = _("incoming webhook")
        verbose_name_plural = _("incoming webhooks")
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="webhook_has_name"),
        ]

    def __str__(self) -> str:
        return self.name
