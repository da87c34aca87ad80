"""Frames to records and back. What is not understood is refused, never guessed."""

import json
import re
from typing import Any, Final, NoReturn, TypeVar

import msgspec

from protocol import limits
from protocol.bridge import AnyBridgeCommand
from protocol.commands import AnyCommand, Command
from protocol.errors import ERROR_MEANINGS, ErrorCode
from protocol.events import AnyOrderedEvent

Record = TypeVar("Record")
AnyOf = TypeVar("AnyOf", bound=Command)

_commands: Final[msgspec.json.Decoder[AnyCommand]] = msgspec.json.Decoder(AnyCommand)
_bridge_commands: Final[msgspec.json.Decoder[AnyBridgeCommand]] = msgspec.json.Decoder(
    AnyBridgeCommand
)
_events: Final[msgspec.json.Decoder[AnyOrderedEvent]] = msgspec.json.Decoder(AnyOrderedEvent)
_UNKNOWN_FIELD: Final = re.compile(r"contains unknown field `(?P<field>[^`]*)`")
_MISSING_FIELD: Final = re.compile(r"missing required field `(?P<field>[^`]*)`")
_PATH: Final = re.compile(r" - at (?:`key` in )?`\$(?:\.(?P<field>[A-Za-z_]+))?[^`]*`$")


class Refused(Exception):
    """Something that came in was not understood.

    Attributes:
        code: why.
        detail: a sentence for people. It never repeats what was sent.
        fields: field name → what is wrong with it.
        re: the `id` of the refused command, when it could be read.
    """

    def __init__(
        self,
        code: ErrorCode,
        detail: str | None = None,
        *,
        fields: dict[str, str] | None = None,
        re: str | None = None,
    ) -> None:
        self.code = code
        self.detail = detail or ERROR_MEANINGS[code].sentence
        self.fields = fields or {}
        self.re = re
        super().__init__(code)


def decode_command(frame: str | bytes) -> AnyCommand:
    """Return the command in one frame.

    Raises:
        Refused: with `not_json`, `not_an_object`, `not_text`, `too_large`, `unknown_type` or
            `invalid`.
    """
    return _decoded(frame, _commands)


def decode_bridge_command(frame: str | bytes) -> AnyBridgeCommand:
    """Return the command of an operator in one frame.

    Raises:
        Refused: as `decode_command` does.
    """
    return _decoded(frame, _bridge_commands)


def decode_body(data: bytes, shape: type[Record]) -> Record:
    """Return the record in the body of a REST request; an empty body reads as `{}`.

    Raises:
        Refused: with `not_json`, `not_an_object`, `not_text`, `too_large` or `invalid`.
    """
    data = data or b"{}"
    if len(data) > limits.FRAME_MAX_BYTES:
        raise Refused(
            ErrorCode.TOO_LARGE, f"A body may have {limits.FRAME_MAX_BYTES} bytes, not {len(data)}."
        )
    try:
        record = msgspec.json.decode(data, type=shape)
    except msgspec.ValidationError as error:
        try:
            document: Any = msgspec.json.decode(data)
        except (msgspec.DecodeError, RecursionError):
            _refuse_syntax(data)
        if not isinstance(document, dict):
            raise Refused(ErrorCode.NOT_AN_OBJECT) from error
        _refuse_nul(data)
        if not str(error).partition(" - at ")[0].endswith("got `float`"):
            raise invalid(error) from error
        # To JSON, 5.0 is a whole number.
        try:
            record = msgspec.convert(_with_whole_numbers(document), type=shape)
        except msgspec.ValidationError as still:
            raise invalid(still) from still
    except (msgspec.DecodeError, RecursionError):
        _refuse_syntax(data)
    _refuse_nul(data)
    return record


def convert_query(values: dict[str, str], shape: type[Record]) -> Record:
    """Return the record in the parameters of a URL.

    Raises:
        Refused: with `invalid` or `not_text`.
    """
    if any("\x00" in value for value in values.values()):
        raise Refused(ErrorCode.NOT_TEXT)
    try:
        return msgspec.convert(values, shape, strict=False)
    except msgspec.ValidationError as error:
        raise invalid(error) from error


def decode_event(payload: str | bytes) -> AnyOrderedEvent:
    """Return the ordered event in one stored payload."""
    return _events.decode(payload)


def encode(record: msgspec.Struct) -> bytes:
    """Return the record as UTF-8 JSON."""
    return msgspec.json.encode(record)


def invalid(error: msgspec.ValidationError, *, re: str | None = None) -> Refused:
    """Turn what the decoder says into `invalid` with the field that is to blame."""
    sentence = str(error)
    for pattern in (_UNKNOWN_FIELD, _MISSING_FIELD, _PATH):
        found = pattern.search(sentence)
        if found:
            field = found.group("field") or "body"
            reason = _PATH.sub("", sentence)
            return Refused(ErrorCode.INVALID, f"{field}: {reason}", fields={field: reason}, re=re)
    return Refused(ErrorCode.INVALID, sentence, re=re)


def _decoded(frame: str | bytes, decoder: msgspec.json.Decoder[AnyOf]) -> AnyOf:
    data = _as_utf8(frame)
    if len(data) > limits.FRAME_MAX_BYTES:
        raise Refused(
            ErrorCode.TOO_LARGE,
            f"A frame may have {limits.FRAME_MAX_BYTES} bytes, not {len(data)}.",
        )
    try:
        command = decoder.decode(data)
    except msgspec.ValidationError as error:
        _refuse_frame(data, error)
    except (msgspec.DecodeError, RecursionError):
        _refuse_syntax(data)
    _refuse_nul(data, re=command.id)
    return command


def _with_whole_numbers(value: Any) -> Any:
    match value:
        case dict():
            return {key: _with_whole_numbers(one) for key, one in value.items()}
        case list():
            return [_with_whole_numbers(one) for one in value]
        case float() if value.is_integer():
            return int(value)
        case _:
            return value


def _as_utf8(frame: str | bytes) -> bytes:
    if isinstance(frame, bytes):
        return frame
    try:
        return frame.encode()
    except UnicodeEncodeError as error:
        raise Refused(ErrorCode.NOT_TEXT) from error


def _refuse_frame(data: bytes, error: msgspec.ValidationError) -> NoReturn:
    # Only a refused frame is read a second time, and only to say what was wrong with it.
    try:
        document: Any = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError):
        # A number that no field could hold, for one. What is wrong with it is known already.
        raise invalid(error) from error
    if not isinstance(document, dict):
        raise Refused(ErrorCode.NOT_AN_OBJECT) from error
    re_ = document.get("id")
    re_ = re_ if isinstance(re_, str) and 0 < len(re_) <= limits.COMMAND_ID_MAX_CHARS else None
    if "type" in document and str(error).endswith("`$.type`"):
        raise Refused(ErrorCode.UNKNOWN_TYPE, re=re_) from error
    raise invalid(error, re=re_) from error


def _refuse_syntax(data: bytes) -> NoReturn:
    # For a lone surrogate the strict decoder says only "malformed"; the lenient one knows.
    try:
        document = json.loads(data, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise Refused(ErrorCode.NOT_JSON) from None
    re_ = document.get("id") if isinstance(document, dict) else None
    re_ = re_ if isinstance(re_, str) and re_.isascii() and len(re_) <= 64 else None
    raise Refused(ErrorCode.NOT_TEXT, re=re_)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _refuse_nul(data: bytes, *, re: str | None = None) -> None:
    # In valid JSON a NUL can only be written as this escape. An escaped backslash before it makes
    # "\\u0000" a text of six characters, so count the backslashes.
    if b"\\u0000" in data and _ESCAPED_NUL.search(data):
        raise Refused(ErrorCode.NOT_TEXT, re=re)


_ESCAPED_NUL: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
