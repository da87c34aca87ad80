"""Taking away files that nobody can see: never attached, of deleted messages, half brought in."""

from datetime import timedelta
from typing import Final

from django.db.models import Q
from django.utils import timezone

from chat.services import files
from files import pictures, storage
from files.models import File, Upload
from work.declaring import every, task

UNATTACHED_LASTS: Final = timedelta(hours=24)
BATCH: Final = 500


@task()
def delete_files(file_ids: list[int]) -> None:
    """Delete released files: first the bytes, then the row that knows of them."""
    for file in File.objects.filter(pk__in=file_ids, released_at__isnull=False):
        _delete(file)


@every(hours=1)
@task(max_attempts=3)
def sweep() -> None:
    """Delete files and uploads that lead nowhere."""
    now = timezone.now()
    lost = Q(attached_at=None, created_at__lt=now - UNATTACHED_LASTS) | Q(released_at__lt=now)
    for file in File.objects.filter(lost).order_by("pk")[:BATCH]:
        # Nobody can attach it between the question and the deletion.
        if file.released_at is not None or _release(file):
            _delete(file)
    for upload in Upload.objects.filter(expires_at__lt=now).order_by("pk")[:BATCH]:
        files.forget(upload)


def _release(file: File) -> bool:
    unattached = File.objects.filter(pk=file.pk, attached_at=None)
    return unattached.update(released_at=timezone.now()) == 1


def _delete(file: File) -> None:
    for size in pictures.THUMBNAIL_SIZES:
        storage.delete(file.thumbnail_key(size))
    storage.delete(file.key)
    file.delete()
