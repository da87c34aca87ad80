"""What is shown beside words: the files on messages, and the workspace's own emoji."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from chat.models.messages import Message
from protocol import limits


class Attachment(models.Model):
    """A file on a message. A file hangs on one message only."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    file = models.OneToOneField("files.File", on_delete=models.CASCADE, related_name="attachment")
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "position"], name="attachment_once"),
        ]

    def __str__(self) -> str:
        return f"{self.file} on {self.message}"


class CustomEmoji(models.Model):
    """A picture that people of this workspace write as `:name:`."""

    name = models.CharField(_("name"), max_length=limits.EMOJI_NAME_MAX_CHARS, unique=True)
    version = models.CharField(
        max_length=32, unique=True, help_text="Another one for each picture."
    )
    size = models.PositiveIntegerField(_("bytes"))
    created_at = models.DateTimeField(_("created"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        verbose_name_plural = "custom emoji"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(name=Lower("name")), name="emoji_name_lower_case"
            ),
        ]

    def __str__(self) -> str:
        return f":{self.name}:"
