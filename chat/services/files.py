"""Bringing in files: in one go, or piece by piece so that a broken line costs one piece only."""

import hashlib
import tempfile
from datetime import timedelta
from typing import IO, Final

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from chat import exceptions, policies
from chat.services import strays, thumbnails
from files import kinds, metadata, names, storage
from files.failures import of_the_disk
from files.models import File, Piece, Upload, new_key
from files.picture import PIXELS_MAX
from protocol.limits import UPLOAD_PIECE_MAX_BYTES

UPLOAD_LASTS: Final = timedelta(hours=24)
UPLOADS_AT_ONCE: Final = 20
"""Unfinished uploads of one person."""

CHUNK_BYTES: Final = 256 * 1024


def receive(*, by: int, name: str, content: IO[bytes], size: int) -> File:
    """Take in a file in one go.

    Args:
        content: is read up to `size` bytes, never into memory as a whole.

    Raises:
        Forbidden, FileTooLarge, QuotaExceeded, Invalid, StorageFailure.
    """
    owner = policies.require_active(user_id=by)
    policies.require_room(asker=owner, size=size)
    with _scratch() as scratch:
        _copy(content, scratch, size)
        return _enter(owner=owner, name=names.clean(name), content=scratch, size=size)


def begin(*, by: int, name: str, size: int) -> Upload:
    """Begin to bring in a file piece by piece.

    Raises:
        Forbidden, FileTooLarge, QuotaExceeded, LimitReached.
    """
    owner = policies.require_active(user_id=by)
    policies.require_room(asker=owner, size=size)
    now = timezone.now()
    if Upload.objects.filter(owner=owner, file=None, expires_at__gt=now).count() >= UPLOADS_AT_ONCE:
        raise exceptions.LimitReached("Finish or cancel some of your uploads first.")
    upload = Upload.objects.create(
        id=new_key().rpartition("/")[2],
        owner=owner,
        name=names.clean(name),
        size=size,
        created_at=now,
        expires_at=now + UPLOAD_LASTS,
    )
    return upload if size else _finish(upload)


def append(*, by: int, upload_id: str, offset: int, content: IO[bytes], length: int) -> Upload:
    """Take in the next piece. It is kept whole or not at all; with the last, the file is there.

    No bytes at the end of an upload finish it, if the server was stopped just then.

    Raises:
        Forbidden, NotFound, OffsetMismatch, TooLarge, Invalid, QuotaExceeded, StorageFailure.
    """
    owner = policies.require_active(user_id=by)
    upload = policies.require_upload(asker=owner, upload_id=upload_id)
    if offset != upload.offset:
        raise exceptions.OffsetMismatch
    if length > UPLOAD_PIECE_MAX_BYTES:
        raise exceptions.FileTooLarge(f"A piece has at most {UPLOAD_PIECE_MAX_BYTES} bytes.")
    if offset + length > upload.size:
        raise exceptions.Invalid("This is more than was announced.")
    if length:
        key = new_key()
        strays.watch([key])
        with _scratch() as scratch:
            _copy(content, scratch, length)
            storage.save(key, scratch)
        upload = _add_piece(upload, key=key, offset=offset, length=length)
    if upload.offset == upload.size and upload.file is None:
        return _finish(upload)
    return upload


@transaction.atomic
def cancel(*, by: int, upload_id: str) -> None:
    """Give up an upload. A file that was finished stays.

    Raises:
        Forbidden, NotFound.
    """
    owner = policies.require_active(user_id=by)
    forget(policies.require_upload(asker=owner, upload_id=upload_id))


@transaction.atomic
def forget(upload: Upload) -> None:
    """Delete an upload, and its pieces after the commit."""
    keys = list(upload.pieces.values_list("key", flat=True))
    if keys:
        strays.drop(keys)
    upload.delete()


@transaction.atomic
def _add_piece(upload: Upload, *, key: str, offset: int, length: int) -> Upload:
    current = Upload.objects.select_for_update().filter(pk=upload.pk).first()
    if current is None:
        raise exceptions.NotFound
    # Another request may have been faster while the bytes were written.
    if current.offset != offset:
        raise exceptions.OffsetMismatch
    Piece.objects.create(upload=current, offset=offset, size=length, key=key)
    current.offset += length
    current.save(update_fields=["offset"])
    return current


def _finish(upload: Upload) -> Upload:
    with _scratch() as scratch:
        for piece in upload.pieces.order_by("offset"):
            storage.copy_to(piece.key, scratch, length=piece.size)
        _enter(
            owner=upload.owner, name=upload.name, content=scratch, size=upload.size, upload=upload
        )
    finished = Upload.objects.select_related("file").filter(pk=upload.pk).first()
    if finished is None:
        raise exceptions.NotFound
    return finished


def _enter(
    *, owner: User, name: str, content: IO[bytes], size: int, upload: Upload | None = None
) -> File:
    """Look at what came, keep it, and write it down."""
    content.seek(0)
    kind = kinds.of(content.read(kinds.HEAD_BYTES))
    with _scratch() as stripped:
        shown = _without_metadata(kind, content, stripped)
        kept = content if shown is None else stripped
        file = File(
            owner=owner,
            name=name,
            content_type=kind,
            size=size if shown is None else kept.seek(0, 2),
            digest=_digest(kept),
            created_at=timezone.now(),
            key=new_key(),
        )
        if kind in kinds.PICTURES:
            file.state = File.State.FAILED
        if shown is not None:
            file.width, file.height = shown.width, shown.height
            if shown.width * shown.height <= PIXELS_MAX:
                file.state = File.State.WAITING
        strays.watch([file.key])
        storage.save(file.key, kept)
    return _write_down(file, owner=owner, upload=upload)


@transaction.atomic
def _write_down(file: File, *, owner: User, upload: Upload | None) -> File:
    # One after another, so that two at once cannot both take the last room.
    User.objects.select_for_update().get(pk=owner.pk)
    policies.require_room(asker=owner, size=file.size)
    if upload is not None:
        current = Upload.objects.select_for_update().filter(pk=upload.pk).first()
        if current is None:
            # Given up while it was being finished.
            raise exceptions.NotFound
        if current.file_id is not None:
            # The same upload was finished by another request. What was kept here is a stray.
            return File.objects.get(pk=current.file_id)
        file.save()
        current.file = file
        current.save(update_fields=["file"])
        keys = list(current.pieces.values_list("key", flat=True))
        if keys:
            strays.drop(keys)
            current.pieces.all().delete()
    else:
        file.save()
    if file.state == File.State.WAITING:
        thumbnails.make.enqueue(file.pk)
    return file


def _without_metadata(kind: str, content: IO[bytes], stripped: IO[bytes]) -> metadata.Size | None:
    if kind not in kinds.PICTURES:
        return None
    try:
        with of_the_disk():
            return metadata.strip(kind, content, stripped)
    except metadata.NotAPicture:
        # It stays what it is: a file that can be saved, and is never shown.
        return None


def _copy(source: IO[bytes], target: IO[bytes], size: int) -> None:
    left = size
    with of_the_disk():
        while left > 0 and (chunk := source.read(min(left, CHUNK_BYTES))):
            target.write(chunk)
            left -= len(chunk)
        target.flush()
    if left:
        raise exceptions.Invalid("The body is shorter than was announced.")


def _digest(content: IO[bytes]) -> str:
    content.flush()
    content.seek(0)
    return hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]  # an open file is one


def _scratch() -> IO[bytes]:
    """Return a file without a name, which is gone when it is closed."""
    with of_the_disk():
        return tempfile.TemporaryFile(prefix="parley-upload-")
