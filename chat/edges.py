"""What the edges share: every failure that may cross an edge, as the code of the wire."""

from dataclasses import dataclass

import structlog
from django.db import Error as DatabaseFailure

from chat.exceptions import ChatError, RateLimited
from files.failures import Missing, StorageFailure, StorageFull
from protocol.codec import Refused
from protocol.errors import ERROR_MEANINGS, ErrorCode
from protocol.events import Error

logger = structlog.stdlib.get_logger("parley.edge")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A failure, ready to be told."""

    code: ErrorCode
    detail: str
    fields: dict[str, str]
    retry_after_seconds: float | None = None

    @property
    def is_retryable(self) -> bool:
        return ERROR_MEANINGS[self.code].retryable

    @property
    def status(self) -> int:
        return ERROR_MEANINGS[self.code].status


def refusal_of(error: Exception) -> Refusal:
    """Return what a client is told of an exception. Nothing of the inside is told.

    The database's own words are logged by kind only: they can hold what people wrote.
    """
    match error:
        case RateLimited():
            return Refusal(error.code, error.detail, error.fields, error.retry_after_seconds)
        case ChatError() | Refused():
            return Refusal(error.code, error.detail, error.fields)
        case StorageFailure():
            return _plain(_storage_code(error))
        case DatabaseFailure() | TimeoutError():
            logger.warning("DATABASE_FAILED", reason=type(error).__name__)
            return _plain(ErrorCode.UNAVAILABLE)
        case _:
            logger.error("UNEXPECTED", exc_info=error)
            return _plain(ErrorCode.INTERNAL)


def error_of(error: Exception, *, re: str | None) -> Error:
    """Return what a socket answers to an exception.

    Args:
        re: the id of the command that it answers, where there is one.
    """
    refusal = refusal_of(error)
    return Error(
        re=re,
        code=refusal.code,
        detail=refusal.detail,
        fields=refusal.fields,
        retryable=refusal.is_retryable,
        retry_after_seconds=refusal.retry_after_seconds,
    )


def _storage_code(error: StorageFailure) -> ErrorCode:
    match error:
        case Missing():
            return ErrorCode.NOT_FOUND
        case StorageFull():
            return ErrorCode.STORAGE_FULL
        case _:
            return ErrorCode.STORAGE_UNAVAILABLE


def _plain(code: ErrorCode) -> Refusal:
    return Refusal(code, ERROR_MEANINGS[code].sentence, {})
