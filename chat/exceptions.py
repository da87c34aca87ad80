"""Refusals. Each has a code of the wire; the same act is refused alike over socket and REST."""

from typing import ClassVar

from protocol.errors import ERROR_MEANINGS, ErrorCode


class ChatError(Exception):
    """Something that may not be done. The code is the contract, the sentence is for people."""

    code: ClassVar[ErrorCode] = ErrorCode.FORBIDDEN

    def __init__(self, detail: str = "", *, fields: dict[str, str] | None = None) -> None:
        self.detail = detail or ERROR_MEANINGS[self.code].sentence
        self.fields = fields or {}
        super().__init__(self.detail)


class Forbidden(ChatError):
    code = ErrorCode.FORBIDDEN


class InsufficientScope(ChatError):
    """The person may, but not with the token that they came in with."""

    code = ErrorCode.INSUFFICIENT_SCOPE


class NotFound(ChatError):
    """It does not exist, or the asker may not know that it does: the answer is the same."""

    code = ErrorCode.NOT_FOUND


class NotAMember(ChatError):
    code = ErrorCode.NOT_A_MEMBER


class NameTaken(ChatError):
    code = ErrorCode.NAME_TAKEN


class ChannelArchived(ChatError):
    code = ErrorCode.CHANNEL_ARCHIVED


class ClientIdReused(ChatError):
    code = ErrorCode.CLIENT_ID_REUSED


class ConfirmationRequired(ChatError):
    code = ErrorCode.CONFIRMATION_REQUIRED


class LimitReached(ChatError):
    code = ErrorCode.LIMIT_REACHED


class FileTooLarge(ChatError):
    code = ErrorCode.FILE_TOO_LARGE


class QuotaExceeded(ChatError):
    code = ErrorCode.QUOTA_EXCEEDED


class FileInUse(ChatError):
    code = ErrorCode.FILE_IN_USE


class NotAPicture(ChatError):
    code = ErrorCode.NOT_A_PICTURE


class OffsetMismatch(ChatError):
    code = ErrorCode.OFFSET_MISMATCH


class RangeNotSatisfiable(ChatError):
    code = ErrorCode.RANGE_NOT_SATISFIABLE


class VersionMismatch(ChatError):
    code = ErrorCode.VERSION_MISMATCH


class Invalid(ChatError):
    code = ErrorCode.INVALID


class SearchTooBroad(ChatError):
    code = ErrorCode.SEARCH_TOO_BROAD


class Unavailable(ChatError):
    """What it takes cannot be reached just now."""

    code = ErrorCode.UNAVAILABLE


class RateLimited(ChatError):
    code = ErrorCode.RATE_LIMITED

    def __init__(self, *, retry_after_seconds: float) -> None:
        self.retry_after_seconds = retry_after_seconds
        super().__init__()
