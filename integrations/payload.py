"""The body of a delivery, in every form that senders of Slack's format are known to use."""

import json
import re
from io import BytesIO
from typing import Any, Final, Protocol
from urllib.parse import parse_qsl, unquote, unquote_plus

import msgspec
from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http.multipartparser import MultiPartParser, MultiPartParserError

from integrations.refusals import HookRefused

BODY_MAX_BYTES: Final = 512 * 1024
"""A larger body is refused. Slack cuts texts at 40,000 characters."""

BLOCKS_MAX: Final = 50
ATTACHMENTS_MAX: Final = 100
_PAYLOAD: Final = "payload="
# Codecs that are no character sets, or dear.
_NO_CHARSETS: Final = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"}
_CHARSET: Final = re.compile(r"""charset\s*=\s*["']?([\w.:+-]{1,40})""", re.IGNORECASE)

Text = str | int | float | None
Truth = bool | int | str | None


class Payload(msgspec.Struct, frozen=True):
    """What Slack's senders say. Fields that are not known are ignored."""

    text: Text = None
    blocks: list[Any] | str | None = None
    attachments: list[Any] | str | None = None
    channel: Text = None
    username: Text = None
    icon_emoji: Text = None
    thread_ts: Text = None
    mrkdwn: Truth = True


class Delivery(Protocol):
    """What is needed of a request. Django's is one."""

    content_type: str | None
    META: dict[str, Any]

    def read(self, size: int, /) -> bytes: ...


def read(request: Delivery) -> Payload:
    """Return what was sent.

    Raises:
        HookRefused: with `msg_too_long`, `invalid_payload`, `invalid_blocks` or
            `too_many_attachments`.
    """
    body = request.read(BODY_MAX_BYTES + 1)
    if len(body) > BODY_MAX_BYTES:
        raise HookRefused("msg_too_long", 413)
    return parse(body, content_type=str(request.META.get("CONTENT_TYPE", "")))


def parse(body: bytes, *, content_type: str) -> Payload:
    """Return what stands in a body.

    Raises:
        HookRefused.
    """
    kind = content_type.partition(";")[0].strip().lower()
    charset = _charset(content_type)
    if kind == "multipart/form-data":
        candidates = [_multipart(body, content_type)]
    elif kind == "application/x-www-form-urlencoded":
        candidates = _form(body, charset)
    else:
        text = _decode(body, charset).strip().removeprefix("\ufeff")
        if text.startswith(_PAYLOAD):
            raw = text.removeprefix(_PAYLOAD)
            candidates = [raw, unquote_plus(raw), unquote(raw)]
        else:
            candidates = [text]
    for candidate in candidates:
        payload = _payload(candidate)
        if payload is not None:
            return _checked(payload)
    raise HookRefused("invalid_payload")


def _payload(text: str) -> Payload | None:
    try:
        return msgspec.json.decode(text, type=Payload)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        pass
    # Shell scripts put line breaks into strings as they are; Slack takes them.
    try:
        document = json.loads(text, strict=False, parse_constant=str)
        return msgspec.json.decode(json.dumps(document), type=Payload)
    except (ValueError, RecursionError):
        return None


def _checked(payload: Payload) -> Payload:
    """Return the payload with its lists as lists: in forms they come as texts.

    Raises:
        HookRefused.
    """
    blocks = _list(payload.blocks, "invalid_blocks")
    attachments = _list(payload.attachments, "invalid_payload")
    if len(blocks) > BLOCKS_MAX:
        raise HookRefused("invalid_blocks")
    if len(attachments) > ATTACHMENTS_MAX:
        raise HookRefused("too_many_attachments")
    return msgspec.structs.replace(payload, blocks=blocks, attachments=attachments)


def _list(value: list[Any] | str | None, code: str) -> list[Any]:
    if isinstance(value, str):
        try:
            value = msgspec.json.decode(value or "[]")
        except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
            raise HookRefused(code) from None
    if value is None:
        return []
    if not isinstance(value, list):
        raise HookRefused(code)
    return value


def _form(body: bytes, charset: str) -> list[str]:
    raw = body.decode("latin-1")
    try:
        fields = parse_qsl(raw, keep_blank_values=True, encoding=charset, errors="strict")
    except (ValueError, LookupError):
        fields = []
    found = [value for name, value in fields if name == "payload"]
    if raw.startswith(_PAYLOAD):
        # Not encoded at all, by a careless script: then `&` in the text ended the field.
        found.append(_decode(body, charset).removeprefix(_PAYLOAD))
    return found


def _multipart(body: bytes, content_type: str) -> str:
    meta = {"CONTENT_TYPE": content_type, "CONTENT_LENGTH": str(len(body))}
    try:
        fields, _files = MultiPartParser(
            meta, BytesIO(body), [MemoryFileUploadHandler()], "utf-8"
        ).parse()
    except (MultiPartParserError, SuspiciousOperation, ValueError, LookupError):
        raise HookRefused("invalid_payload") from None
    return str(fields.get("payload", ""))


def _charset(content_type: str) -> str:
    named = _CHARSET.search(content_type)
    name = named.group(1).lower().replace("-", "_") if named else "utf_8"
    if name in _NO_CHARSETS:
        return "utf_8"
    try:
        "a".encode(name)
    except (LookupError, ValueError):
        return "utf_8"
    return name


def _decode(body: bytes, charset: str) -> str:
    try:
        return body.decode(charset)
    except (ValueError, LookupError):
        raise HookRefused("invalid_payload") from None
