"""Where the bytes lie: a folder, or a bucket that speaks S3. One setting says which."""

import contextlib
import errno
from collections.abc import Iterator
from typing import IO, Any, Final

from django.core.files.base import File as DjangoFile
from django.core.files.storage import FileSystemStorage, storages

from files.failures import Missing, StorageFailure, of_the_disk

NAME: Final = "files"
CHUNK_BYTES: Final = 256 * 1024


def save(key: str, content: IO[bytes]) -> None:
    """Keep the bytes of an open file, from its beginning, under a new key.

    Raises:
        StorageFull, StorageFailure: and nothing is kept.
    """
    content.seek(0)
    storage = storages[NAME]
    if not isinstance(storage, FileSystemStorage):
        _bucket(storage).keep(key, content)
        return
    with of_the_disk():
        try:
            kept = storage.save(key, DjangoFile(content, name=key))
        except OSError:
            with contextlib.suppress(OSError):
                storage.delete(key)
            raise
        if kept != key:
            # Keys are random: somebody else's object under ours is a fault of the storage.
            raise OSError(errno.EEXIST, "The key is taken.")


def read(key: str, *, start: int = 0, length: int) -> Iterator[bytes]:
    """Return a stretch of an object in chunks.

    Raises:
        Missing, StorageFailure: at once, when it cannot be opened; in the middle, when it breaks.
    """
    storage = storages[NAME]
    stream: Any
    if isinstance(storage, FileSystemStorage):
        with of_the_disk():
            stream = storage.open(key, "rb")
            stream.seek(start)
    elif length:
        stream = _bucket(storage).stretch(key, start=start, length=length)
    else:
        return iter(())
    return _chunks(stream, length)


def size(key: str) -> int:
    """Return how many bytes an object has.

    Raises:
        Missing, StorageFailure.
    """
    storage = storages[NAME]
    if isinstance(storage, FileSystemStorage):
        with of_the_disk():
            return storage.size(key)
    return int(_bucket(storage).measure(key))


def delete(key: str) -> None:
    """Delete an object. One that is not there is deleted already.

    Raises:
        StorageFailure.
    """
    storage = storages[NAME]
    with contextlib.suppress(Missing):
        if isinstance(storage, FileSystemStorage):
            with of_the_disk():
                storage.delete(key)
        else:
            _bucket(storage).drop(key)


def copy_to(key: str, target: IO[bytes], *, length: int) -> None:
    """Append an object's bytes to an open file.

    Raises:
        Missing, StorageFailure.
    """
    for chunk in read(key, length=length):
        with of_the_disk():
            target.write(chunk)


def _bucket(storage: Any) -> Any:
    # files.bucket.Bucket, which is not imported here: see there.
    return storage


def _chunks(stream: Any, left: int) -> Iterator[bytes]:
    with contextlib.closing(stream):
        while left > 0:
            with of_the_disk():
                chunk = stream.read(min(left, CHUNK_BYTES))
            if not chunk:
                raise StorageFailure("The object is shorter than it should be.")
            left -= len(chunk)
            yield chunk
