"""Files on messages."""

from collections.abc import Sequence

from django.utils import timezone

from chat import exceptions
from chat.models import Attachment, Message
from chat.search import index
from chat.services import sweeping
from files.models import File


def claim(*, file_ids: Sequence[int], by: int) -> list[File]:
    """Return one's own files, in this order, for a message that is about to be written.

    To be called in its transaction; then `hang` them on it.

    Raises:
        Invalid: when a file is named twice.
        NotFound: when it is not there, or is somebody else's.
        FileInUse: when it hangs on a message already.
    """
    if not file_ids:
        return []
    if len(set(file_ids)) != len(file_ids):
        raise exceptions.Invalid("A file can hang on a message once.", fields={"file_ids": "twice"})
    rows = File.objects.select_for_update().order_by("pk")
    files = {file.pk: file for file in rows.filter(pk__in=file_ids, owner=by, released_at=None)}
    if len(files) != len(file_ids):
        raise exceptions.NotFound("There is no such file.")
    if any(file.attached_at is not None for file in files.values()):
        raise exceptions.FileInUse
    return [files[file_id] for file_id in file_ids]


def hang(files: Sequence[File], *, on: Message) -> None:
    """Hang claimed files on a message."""
    if not files:
        return
    now = timezone.now()
    File.objects.filter(pk__in=[file.pk for file in files]).update(attached_at=now)
    for file in files:
        file.attached_at = now
    Attachment.objects.bulk_create(
        Attachment(message=on, file=file, position=position) for position, file in enumerate(files)
    )
    # The search knows messages by what hangs on them, too.
    index.keep([on.pk])


def require_something(*, text: str, has_files: bool) -> None:
    """A message has a text, or files, or both.

    Raises:
        Invalid.
    """
    if not text.strip() and not has_files:
        raise exceptions.Invalid(
            "text: Say something, or attach a file.", fields={"text": "It is empty."}
        )


def release(message: Message) -> None:
    """Take the files from a message that is being deleted, in its transaction.

    Nobody can read them any more from the commit on; their bytes go soon after.
    """
    files = File.objects.filter(attachment__message=message, released_at=None)
    file_ids = list(files.values_list("pk", flat=True))
    if file_ids:
        File.objects.filter(pk__in=file_ids).update(released_at=timezone.now())
        sweeping.delete_files.enqueue(file_ids)
