"""Every refusal has a code. The code is the contract; the sentence is for people.

The same act is refused with the same code over the socket and over REST.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class ErrorCode(StrEnum):
    NOT_JSON = "not_json"
    NOT_AN_OBJECT = "not_an_object"
    NOT_TEXT = "not_text"
    TOO_LARGE = "too_large"
    UNKNOWN_TYPE = "unknown_type"
    INVALID = "invalid"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    INSUFFICIENT_SCOPE = "insufficient_scope"
    CSRF_FAILED = "csrf_failed"
    NOT_A_MEMBER = "not_a_member"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    NOT_ACCEPTABLE = "not_acceptable"
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type"
    NAME_TAKEN = "name_taken"
    CHANNEL_ARCHIVED = "channel_archived"
    CLIENT_ID_REUSED = "client_id_reused"
    CONFIRMATION_REQUIRED = "confirmation_required"
    LIMIT_REACHED = "limit_reached"
    FILE_TOO_LARGE = "file_too_large"
    QUOTA_EXCEEDED = "quota_exceeded"
    FILE_IN_USE = "file_in_use"
    NOT_A_PICTURE = "not_a_picture"
    OFFSET_MISMATCH = "offset_mismatch"
    RANGE_NOT_SATISFIABLE = "range_not_satisfiable"
    VERSION_MISMATCH = "version_mismatch"
    STORAGE_FULL = "storage_full"
    STORAGE_UNAVAILABLE = "storage_unavailable"
    SEARCH_TOO_BROAD = "search_too_broad"
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class ErrorMeaning:
    status: int
    """The HTTP status over REST."""
    retryable: bool
    """Whether the same request can succeed later, unchanged."""
    sentence: str
    """What a person is told when the server has nothing more precise to say."""


ERROR_MEANINGS: Final[dict[ErrorCode, ErrorMeaning]] = {
    ErrorCode.NOT_JSON: ErrorMeaning(400, False, "This is not JSON."),
    ErrorCode.NOT_AN_OBJECT: ErrorMeaning(400, False, "A JSON object is expected."),
    ErrorCode.NOT_TEXT: ErrorMeaning(
        400, False, "Frames are UTF-8 text; NUL and lone surrogates are refused."
    ),
    ErrorCode.TOO_LARGE: ErrorMeaning(413, False, "This is larger than the limit."),
    ErrorCode.UNKNOWN_TYPE: ErrorMeaning(400, False, "There is no command of this type."),
    ErrorCode.INVALID: ErrorMeaning(400, False, "A field is missing, unknown or wrong."),
    ErrorCode.UNAUTHENTICATED: ErrorMeaning(401, False, "Please log in."),
    ErrorCode.FORBIDDEN: ErrorMeaning(403, False, "You may not do this."),
    ErrorCode.INSUFFICIENT_SCOPE: ErrorMeaning(403, False, "This token is not made for that."),
    ErrorCode.CSRF_FAILED: ErrorMeaning(403, False, "The CSRF token is missing or wrong."),
    ErrorCode.NOT_A_MEMBER: ErrorMeaning(403, False, "You are not in this channel."),
    ErrorCode.NOT_FOUND: ErrorMeaning(404, False, "There is no such thing."),
    ErrorCode.METHOD_NOT_ALLOWED: ErrorMeaning(405, False, "This method is not allowed here."),
    ErrorCode.NOT_ACCEPTABLE: ErrorMeaning(406, False, "Only JSON can be sent back."),
    ErrorCode.UNSUPPORTED_MEDIA_TYPE: ErrorMeaning(415, False, "Only JSON is understood here."),
    ErrorCode.NAME_TAKEN: ErrorMeaning(409, False, "This name is taken."),
    ErrorCode.CHANNEL_ARCHIVED: ErrorMeaning(409, False, "This channel is archived."),
    ErrorCode.CLIENT_ID_REUSED: ErrorMeaning(
        409, False, "This client_id already belongs to a message elsewhere."
    ),
    ErrorCode.CONFIRMATION_REQUIRED: ErrorMeaning(
        409, False, "This calls many people. Send it again with `confirmed` if you mean it."
    ),
    ErrorCode.LIMIT_REACHED: ErrorMeaning(409, False, "There are as many as there can be."),
    ErrorCode.FILE_TOO_LARGE: ErrorMeaning(413, False, "This file is larger than the limit."),
    ErrorCode.QUOTA_EXCEEDED: ErrorMeaning(
        403, False, "There is no room left for your files. Try again tomorrow, or ask an admin."
    ),
    ErrorCode.FILE_IN_USE: ErrorMeaning(409, False, "This file hangs on a message already."),
    ErrorCode.NOT_A_PICTURE: ErrorMeaning(422, False, "This is no picture that can be shown."),
    ErrorCode.OFFSET_MISMATCH: ErrorMeaning(
        409, False, "The upload goes on elsewhere: ask for its offset."
    ),
    ErrorCode.RANGE_NOT_SATISFIABLE: ErrorMeaning(416, False, "The file has no such range."),
    ErrorCode.VERSION_MISMATCH: ErrorMeaning(412, False, "Only tus 1.0.0 is spoken here."),
    ErrorCode.STORAGE_FULL: ErrorMeaning(507, True, "There is no room for files just now."),
    ErrorCode.STORAGE_UNAVAILABLE: ErrorMeaning(503, True, "Files cannot be reached just now."),
    ErrorCode.SEARCH_TOO_BROAD: ErrorMeaning(
        422, False, "This search takes too long. Add a word, a person, a channel or a date."
    ),
    ErrorCode.RATE_LIMITED: ErrorMeaning(429, True, "Too much at once. Please wait."),
    ErrorCode.UNAVAILABLE: ErrorMeaning(503, True, "The database cannot be reached just now."),
    ErrorCode.INTERNAL: ErrorMeaning(500, True, "Something went wrong on the server."),
}
