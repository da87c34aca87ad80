"""A bucket that speaks S3. Imported only where the setting names one: its client is large."""

import contextlib
from collections.abc import Iterator
from typing import IO, Any, Final

import structlog
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from storages.backends.s3 import S3Storage

from files.failures import Missing, StorageFailure, StorageFull

logger = structlog.stdlib.get_logger("parley.files")

_FULL: Final = {"QuotaExceeded", "InsufficientStorage", "XMinioStorageFull"}
_MISSING: Final = {"404", "NoSuchKey", "NotFound"}


class Bucket(S3Storage):  # type: ignore[misc]  # django-storages has no types
    """django-storages' bucket, with short waits, stretches of objects, and our failures."""

    def __init__(self, *, has_endpoint: bool, **options: Any) -> None:
        config = Config(
            connect_timeout=3,
            read_timeout=15,
            retries={"max_attempts": 2},
            s3={"addressing_style": "path" if has_endpoint else "auto"},
            # Others than Amazon's own do not all know the newer checksums.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        super().__init__(client_config=config, **options)

    def keep(self, key: str, content: IO[bytes]) -> None:
        """Keep the bytes of an open file under a key."""
        with _translated():
            self.bucket.Object(key).upload_fileobj(_Unclosed(content))

    def stretch(self, key: str, *, start: int, length: int) -> Any:
        """Return a stream of a stretch of an object."""
        with _translated():
            asked = f"bytes={start}-{start + length - 1}"
            return _Stream(self.bucket.Object(key).get(Range=asked)["Body"])

    def measure(self, key: str) -> int:
        """Return how many bytes an object has."""
        with _translated():
            return int(self.bucket.Object(key).content_length)

    def drop(self, key: str) -> None:
        """Delete an object."""
        with _translated():
            self.bucket.Object(key).delete()


class _Unclosed:
    """A file that its reader does not close: boto3 would."""

    def __init__(self, content: IO[bytes]) -> None:
        self._content = content

    def read(self, size: int = -1) -> bytes:
        return self._content.read(size)


class _Stream:
    def __init__(self, body: Any) -> None:
        self._body = body

    def read(self, size: int) -> bytes:
        with _translated():
            found: bytes = self._body.read(size)
            return found

    def close(self) -> None:
        self._body.close()


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in _MISSING:
            raise Missing from error
        logger.warning("STORAGE_FAILED", reason=code)
        raise (StorageFull if code in _FULL else StorageFailure) from error
    except (BotoCoreError, HTTPClientError, OSError) as error:
        logger.warning("STORAGE_FAILED", reason=type(error).__name__)
        raise StorageFailure from error
