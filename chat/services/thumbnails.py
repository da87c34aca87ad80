"""Making thumbnails, away from everything that answers people."""

import tempfile
from typing import Any

import msgspec
from django.db import transaction

from chat import broadcast, groups, serialize
from chat.models import Attachment
from chat.services import retelling
from files import pictures, storage
from files.failures import Missing
from files.models import File
from protocol.events import FileChanged
from work.declaring import GiveUp, task


@task(max_attempts=5, timeout_seconds=120)
def make(file_id: int) -> None:
    """Make the thumbnails of a picture, and tell those who see it. Again, it does nothing."""
    file = File.objects.filter(pk=file_id, state=File.State.WAITING).first()
    if file is None:
        return
    try:
        made, colour = _make(file)
    except Missing as error:
        _settle(file_id, state=File.State.FAILED)
        raise GiveUp("The bytes are not in the storage.") from error
    except pictures.CannotBeShown:
        _settle(file_id, state=File.State.FAILED)
        return
    _settle(file_id, state=File.State.READY, thumbnails=made, colour=colour)


def _make(file: File) -> tuple[list[dict[str, int]], str]:
    with tempfile.TemporaryFile(prefix="parley-picture-") as source:
        storage.copy_to(file.key, source, length=file.size)
        with pictures.smaller(source, mode="fit", sizes=pictures.THUMBNAIL_SIZES) as found:
            for one in found.made:
                key = file.thumbnail_key(one.size)
                storage.delete(key)
                with found.open(one.size) as content:
                    storage.save(key, content)
            made = sorted(found.made, key=lambda one: one.size)
            return [msgspec.structs.asdict(one) for one in made], found.colour


@transaction.atomic
def _settle(file_id: int, **changes: Any) -> None:
    """Write down how it went, and tell it where the file is seen.

    Whoever attaches a file holds its row, too: either they see what is written here, or this sees
    the message.
    """
    file = File.objects.select_for_update().filter(pk=file_id).first()
    if file is None:
        return
    for name, value in changes.items():
        setattr(file, name, value)
    file.save(update_fields=list(changes))
    shown = Attachment.objects.select_related("message").filter(file=file).first()
    if shown is None or shown.message.deleted_at is not None:
        return
    record = serialize.file(file)
    now = msgspec.to_builtins(record)

    def with_file(told: dict[str, Any]) -> dict[str, Any]:
        files = [now if one["id"] == record.id else one for one in told["files"]]
        return {**told, "files": files}

    retelling.retell(shown.message, change=with_file)
    stream = groups.channel_stream(shown.message.channel_id)
    event = FileChanged(
        stream=stream,
        channel_id=str(shown.message.channel_id),
        message_id=str(shown.message_id),
        file=record,
    )
    transaction.on_commit(lambda: broadcast.whisper(stream, event, origin_user_id=0))
