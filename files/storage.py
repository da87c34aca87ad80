"""Where the bytes lie: a folder, or a bucket that speaks S3. One setting says which."""

import contextlib
import errno
import io
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


def read(key: str, *, start: int = 0, length: int) -> "Chunks":
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
    else:  # S3 knows no empty ranges.
        stream = io.BytesIO()
    return Chunks(stream, length)


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


class Chunks(Iterator[bytes]):
    """A stretch of an object, read as it is asked for. Close it, or read it to its end."""

    def __init__(self, stream: Any, length: int) -> None:
        self._stream = stream
        self._left = length

    def __next__(self) -> bytes:
        if self._left <= 0:
            self.close()
            raise StopIteration
        with of_the_disk():
            chunk: bytes = self._stream.read(min(self._left, CHUNK_BYTES))
        if not chunk:
            self.close()
            raise StorageFailure("The object is shorter than it should be.")
        self._left -= len(chunk)
        return chunk

    def close(self) -> None:
        self._stream.close()
