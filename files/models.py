"""What is known of a file. Its bytes are in the storage, under a name that says nothing."""

import secrets
from typing import Final

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from files import kinds
from protocol import limits

KEY_BYTES: Final = 18


def new_key() -> str:
    """Return a name for the storage that nobody can guess, in a folder of few others."""
    name = secrets.token_urlsafe(KEY_BYTES)
    return f"files/{secrets.token_hex(1)}/{name}"


class File(models.Model):
    """Something that a person brought in. Others see it when it hangs on a message."""

    class State(models.TextChoices):
        PLAIN = "plain", _("plain")
        WAITING = "waiting", _("waiting for its thumbnails")
        READY = "ready", _("with thumbnails")
        FAILED = "failed", _("without thumbnails")

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="files"
    )
    key = models.CharField(max_length=100, unique=True, default=new_key, editable=False)
    name = models.CharField(_("name"), max_length=limits.FILE_NAME_MAX_CHARS)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.BigIntegerField(_("bytes"))
    digest = models.CharField(max_length=64, help_text="SHA-256 of the bytes.")
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.PLAIN)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    colour = models.CharField(max_length=7, blank=True, help_text="The dominant one: #rrggbb.")
    thumbnails = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(_("created"))
    attached_at = models.DateTimeField(_("attached"), null=True, blank=True)
    released_at = models.DateTimeField(
        _("released"), null=True, blank=True, help_text="When its message was deleted."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(size__gte=0), name="file_size_ge_0"),
            models.CheckConstraint(
                condition=models.Q(state__in=["plain", "waiting", "ready", "failed"]),
                name="file_state_known",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "created_at"], name="file_of_owner"),
            models.Index(
                fields=["created_at"],
                condition=models.Q(attached_at=None),
                name="file_unattached",
            ),
            models.Index(
                fields=["released_at"],
                condition=models.Q(released_at__isnull=False),
                name="file_released",
            ),
        ]

    def __str__(self) -> str:
        return f"file {self.pk}"

    @property
    def is_picture(self) -> bool:
        return self.content_type in kinds.PICTURES

    @property
    def is_inline(self) -> bool:
        """Whether a browser may show it in place: a picture only when it can be decoded."""
        if self.is_picture and self.state not in {self.State.WAITING, self.State.READY}:
            return False
        return self.content_type in kinds.INLINE

    def thumbnail_key(self, size: int) -> str:
        return f"{self.key}-{size}.webp"


class Upload(models.Model):
    """A file on its way in, piece by piece."""

    id = models.CharField(max_length=32, primary_key=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=limits.FILE_NAME_MAX_CHARS)
    size = models.BigIntegerField()
    offset = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    file = models.OneToOneField(
        File, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(offset__gte=0, offset__lte=models.F("size")),
                name="upload_offset_in_size",
            ),
        ]

    def __str__(self) -> str:
        return f"upload {self.pk}"


class Piece(models.Model):
    """A stretch of an upload, as one object in the storage."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="pieces")
    offset = models.BigIntegerField()
    size = models.BigIntegerField()
    key = models.CharField(max_length=100, unique=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["upload", "offset"], name="piece_once_per_offset"),
        ]

    def __str__(self) -> str:
        return f"{self.upload} from {self.offset}"
