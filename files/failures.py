"""How the storage fails: it is full, it is away, or it has no such object."""

import contextlib
import errno
from collections.abc import Iterator
from typing import Final

import structlog

logger = structlog.stdlib.get_logger("parley.files")

_FULL: Final = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG}


class StorageFailure(Exception):
    """The storage cannot be used just now."""


class StorageFull(StorageFailure):
    """There is no room for more, or it cannot be written to."""


class Missing(StorageFailure):
    """There is no such object."""


@contextlib.contextmanager
def of_the_disk() -> Iterator[None]:
    """Turn what a disk raises into our failures."""
    try:
        yield
    except FileNotFoundError as error:
        raise Missing from error
    except OSError as error:
        logger.warning("STORAGE_FAILED", reason=type(error).__name__, errno=error.errno)
        raise (StorageFull if error.errno in _FULL else StorageFailure) from error
