"""What belongs to one person alone."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from chat.models.channels import Channel
from chat.models.messages import Message
from protocol import limits


class Preferences(models.Model):
    """How somebody wants it. Who never changed anything has no row."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    values = models.JSONField(default=dict, help_text="The record `Preferences` of the wire.")

    class Meta:
        verbose_name_plural = _("preferences")

    def __str__(self) -> str:
        return f"preferences of {self.user}"


class Keyword(models.Model):
    """Words that somebody wants to be told of wherever they can read them."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="keywords"
    )
    phrase = models.CharField(max_length=limits.KEYWORD_MAX_CHARS)
    first_word = models.CharField(
        max_length=limits.KEYWORD_MAX_CHARS,
        db_index=True,
        help_text="Folded. A message is looked up by its words, not by everyone's keywords.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "phrase"], name="keyword_once"),
        ]

    def __str__(self) -> str:
        return f"keyword of {self.user}"


class Draft(models.Model):
    """What somebody has begun to write and not sent."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts"
    )
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    thread = models.ForeignKey(
        Message, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    text = models.TextField(max_length=limits.TEXT_MAX_CHARS)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "channel"],
                condition=models.Q(thread=None),
                name="draft_once_in_channel",
            ),
            models.UniqueConstraint(
                fields=["user", "thread"],
                condition=models.Q(thread__isnull=False),
                name="draft_once_in_thread",
            ),
        ]

    def __str__(self) -> str:
        return f"draft of {self.user}"
