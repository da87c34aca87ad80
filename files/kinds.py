"""What a file is, by its bytes. What its name or its sender says is not asked."""

from typing import Final

import puremagic

HEAD_BYTES: Final = 8192
UNKNOWN: Final = "application/octet-stream"
TEXT: Final = "text/plain"

PICTURES: Final = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
"""What thumbnails are made of. SVG is a program in a page, and is none of these."""

INLINE: Final = PICTURES | {
    "audio/flac",
    "audio/mp4",
    "audio/mpeg",
    "audio/ogg",
    "audio/wav",
    "audio/webm",
    "video/mp4",
    "video/ogg",
    "video/webm",
}
"""What a browser may show in place. Everything else is only ever saved."""

_SAME: Final = {
    "application/ogg": "audio/ogg",
    "audio/wave": "audio/wav",
    "audio/x-wav": "audio/wav",
    "audio/x-flac": "audio/flac",
    "image/jpg": "image/jpeg",
    "image/heif": "image/heic",
}

_CERTAIN: Final = 0.5
_ZIP: Final = b"PK\x03\x04"
_ID3: Final = b"ID3"


def of(head: bytes) -> str:
    """Return the media type of what begins with these bytes (`HEAD_BYTES` of them are enough)."""
    if not head:
        return TEXT
    if head.startswith(_ZIP):
        # Office documents are archives, too: which kind does not matter to anybody here.
        return "application/zip"
    if head.startswith(_ID3):
        # Whatever else begins so, a browser plays it as this or not at all.
        return "audio/mpeg"
    found = _by_signature(head)
    if found is not None:
        return found
    return TEXT if _is_text(head) else UNKNOWN


def _by_signature(head: bytes) -> str | None:
    try:
        matches = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError, IndexError, UnicodeDecodeError):
        return None
    for match in matches:
        kind = _SAME.get(match.mime_type, match.mime_type)
        # A short signature may stand at the beginning of any text.
        is_certain = match.confidence >= _CERTAIN or kind in INLINE or kind == "application/pdf"
        if "/" in kind and is_certain and not (kind in INLINE and _is_text(head)):
            return kind if len(kind) <= 100 and kind.isascii() else UNKNOWN
    return None


def _is_text(head: bytes) -> bool:
    if any(byte < 0x20 and byte not in b"\t\n\r\x0c\x1b" for byte in head):
        return False
    try:
        head.decode()
    except UnicodeDecodeError as error:
        # The last character may have been cut in two.
        return error.start >= len(head) - 4 and len(head) >= HEAD_BYTES
    return True
