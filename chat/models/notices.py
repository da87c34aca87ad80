"""What happened in a channel that is not a message and yet belongs among them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from chat.models.channels import Channel


class Notice(models.Model):
    """A line such as "Ann set the topic", at its place among the messages."""

    class Kind(models.TextChoices):
        CREATED = "created", _("created")
        JOINED = "joined", _("joined")
        ADDED = "added", _("added")
        LEFT = "left", _("left")
        REMOVED = "removed", _("removed")
        RENAMED = "renamed", _("renamed")
        TOPIC = "topic", _("topic")
        DESCRIPTION = "description", _("description")
        KIND = "kind", _("kind")
        POSTING = "posting", _("who may post")
        ARCHIVED = "archived", _("archived")
        UNARCHIVED = "unarchived", _("unarchived")
        PINNED = "pinned", _("pinned")

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="notices")
    seq = models.BigIntegerField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    subject = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        help_text="Who was added or removed.",
    )
    text = models.CharField(max_length=1000, blank=True, help_text="The new name, topic …")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "seq", "kind"], name="notice_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} in {self.channel_id}/{self.seq}"
