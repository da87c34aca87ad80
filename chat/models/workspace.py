"""The workspace itself, and the groups of people that it knows by a name."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from protocol import limits


class Workspace(models.Model):
    """The one workspace of this server."""

    class BroadMentions(models.TextChoices):
        EVERYONE = "everyone", _("everyone but guests")
        MODERATORS = "moderators", _("moderators of the channel")
        NOBODY = "nobody", _("nobody")

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    name = models.CharField(max_length=limits.NAME_MAX_CHARS, default="Parley")
    broad_mentions = models.CharField(
        _("who may mention everyone"),
        max_length=10,
        choices=BroadMentions.choices,
        default=BroadMentions.EVERYONE,
        help_text=_("Who may write @channel and @here."),
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="workspace_is_single"),
            models.CheckConstraint(
                condition=models.Q(broad_mentions__in=["everyone", "moderators", "nobody"]),
                name="workspace_broad_mentions_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class UserGroup(models.Model):
    """People who are mentioned together: @design."""

    handle = models.CharField(max_length=limits.USERNAME_MAX_CHARS, unique=True)
    name = models.CharField(max_length=limits.NAME_MAX_CHARS)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="user_groups"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(handle=Lower("handle")), name="user_group_handle_lower_case"
            ),
        ]

    def __str__(self) -> str:
        return f"@{self.handle}"
