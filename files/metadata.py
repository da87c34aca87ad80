"""Pictures without what a camera writes into them: where, when, and with which device.

Nothing is decoded here: the parts of the file are copied or left out, so the picture stays as it
is, bit by bit. Of a photograph's EXIF only the orientation is kept.
"""

import mmap
import struct
from dataclasses import dataclass
from typing import IO, Final


class NotAPicture(Exception):
    """The parts of the file do not fit together."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large a picture is when it is shown."""

    width: int
    height: int


_COPY_BYTES: Final = 256 * 1024
_ORIENTATION_TAG: Final = 0x0112
_TURNED: Final = range(5, 9)
"""EXIF orientations that swap width and height."""


def strip(kind: str, source: IO[bytes], target: IO[bytes]) -> Size:
    """Copy a picture without its metadata, and return its size.

    Args:
        kind: its media type, one of `kinds.PICTURES`.

    Raises:
        NotAPicture: when it cannot be read. What is in `target` then means nothing.
    """
    source.seek(0)
    try:
        size = _STRIPPERS[kind](source, target)
    except (struct.error, IndexError, EOFError) as error:
        raise NotAPicture from error
    if not (size.width and size.height):
        raise NotAPicture
    return size


# ── JPEG ────────────────────────────────────────────────────────────────────────────────────

_SOI: Final = b"\xff\xd8"
_EOI: Final = 0xD9
_SOS: Final = 0xDA
_FRAMES: Final = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_KEPT_APPS: Final = {0xE0, 0xEE}
"""JFIF, and Adobe's note of how colours are written."""
_ICC: Final = b"ICC_PROFILE\0"
_IN_SCAN: Final = {0x00, *range(0xD0, 0xD8)}
"""What follows 0xFF among the pixels and is none of the parts."""


def _jpeg(source: IO[bytes], target: IO[bytes]) -> Size:
    if source.read(2) != _SOI:
        raise NotAPicture
    target.write(_SOI)
    size, orientation, head = None, 1, bytearray()
    while True:
        marker = _next_marker(source)
        if marker == _EOI:
            raise NotAPicture
        length = struct.unpack(">H", _exactly(source, 2))[0]
        body = _exactly(source, length - 2)
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", body[1:5])
            size = Size(width, height)
        if marker == 0xE1 and body.startswith(b"Exif\0\0"):
            orientation = _orientation(body[6:]) or orientation
        is_kept = (
            marker < 0xE0 or marker in _KEPT_APPS or (marker == 0xE2 and body.startswith(_ICC))
        )
        if marker == _SOS:
            break
        if is_kept:
            head += bytes((0xFF, marker)) + struct.pack(">H", length) + body
    if size is None:
        raise NotAPicture
    if orientation != 1:
        exif = b"Exif\0\0" + _exif(orientation)
        target.write(b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif)
    target.write(head + bytes((0xFF, _SOS)) + struct.pack(">H", length) + body)
    _copy_scans(source, target)
    return Size(size.height, size.width) if orientation in _TURNED else size


def _next_marker(source: IO[bytes]) -> int:
    if _exactly(source, 1) != b"\xff":
        raise NotAPicture
    while (byte := _exactly(source, 1)) == b"\xff":
        pass
    return byte[0]


def _copy_scans(source: IO[bytes], target: IO[bytes]) -> None:
    """Copy up to the end of the picture. What a phone hangs behind it is left out."""
    begin = position = source.tell()
    with mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ) as data:
        while True:
            found = data.find(b"\xff", position)
            if found < 0 or found + 1 >= len(data):
                # Cut short: browsers show what there is.
                _write(target, data, begin, len(data))
                return
            marker = data[found + 1]
            if marker == _EOI:
                _write(target, data, begin, found + 2)
                return
            if marker == 0xFF:
                position = found + 1
            elif marker in _IN_SCAN:
                position = found + 2
            else:
                # Another scan of a progressive picture follows, or its tables.
                (length,) = struct.unpack(">H", data[found + 2 : found + 4])
                position = found + 2 + length
                if marker >= 0xE0:
                    _write(target, data, begin, found)
                    begin = position


def _write(target: IO[bytes], data: mmap.mmap, begin: int, end: int) -> None:
    for start in range(begin, end, _COPY_BYTES):
        target.write(data[start : min(end, start + _COPY_BYTES)])


# ── PNG ─────────────────────────────────────────────────────────────────────────────────────

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PNG_LEFT_OUT: Final = {b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"}


def _png(source: IO[bytes], target: IO[bytes]) -> Size:
    if source.read(8) != _PNG:
        raise NotAPicture
    target.write(_PNG)
    size = None
    while True:
        length, name = struct.unpack(">I4s", _exactly(source, 8))
        if size is None:
            if name != b"IHDR" or length < 8:
                raise NotAPicture
            header = _exactly(source, length + 4)
            size = Size(*struct.unpack(">II", header[:8]))
            target.write(struct.pack(">I4s", length, name) + header)
        elif name in _PNG_LEFT_OUT:
            source.seek(length + 4, 1)
        else:
            target.write(struct.pack(">I4s", length, name))
            _copy(source, target, length + 4)
        if name == b"IEND":
            return size


# ── GIF ─────────────────────────────────────────────────────────────────────────────────────

_COMMENT: Final = 0xFE
_APPLICATION: Final = 0xFF
_LOOPS: Final = {b"NETSCAPE2.0", b"ANIMEXTS1.0"}


def _gif(source: IO[bytes], target: IO[bytes]) -> Size:
    head = _exactly(source, 13)
    if head[:6] not in {b"GIF87a", b"GIF89a"}:
        raise NotAPicture
    width, height = struct.unpack("<HH", head[6:10])
    target.write(head)
    if head[10] & 0x80:
        _copy(source, target, 3 << ((head[10] & 7) + 1))
    while True:
        introducer = _exactly(source, 1)
        if introducer == b";":
            target.write(introducer)
            return Size(width, height)
        if introducer == b",":
            descriptor = _exactly(source, 9)
            target.write(introducer + descriptor)
            if descriptor[8] & 0x80:
                _copy(source, target, 3 << ((descriptor[8] & 7) + 1))
            target.write(_exactly(source, 1) + _blocks(source))
        elif introducer == b"!":
            label = _exactly(source, 1)
            blocks = _blocks(source)
            is_kept = label[0] != _COMMENT and (label[0] != _APPLICATION or blocks[1:12] in _LOOPS)
            if is_kept:
                target.write(introducer + label + blocks)
        else:
            raise NotAPicture


def _blocks(source: IO[bytes]) -> bytes:
    found = bytearray()
    while True:
        length = _exactly(source, 1)
        found += length
        if length == b"\0":
            return bytes(found)
        found += _exactly(source, length[0])


# ── WebP ────────────────────────────────────────────────────────────────────────────────────

_EXIF_FLAG: Final = 0x08
_XMP_FLAG: Final = 0x04


def _webp(source: IO[bytes], target: IO[bytes]) -> Size:
    riff, total, form = struct.unpack("<4sI4s", _exactly(source, 12))
    if (riff, form) != (b"RIFF", b"WEBP"):
        raise NotAPicture
    end = 8 + total
    start = target.tell()
    target.write(struct.pack("<4sI4s", riff, 0, form))
    size = None
    orientation, flags_at = 1, None
    while source.tell() + 8 <= end:
        name, length = struct.unpack("<4sI", _exactly(source, 8))
        padded = length + (length & 1)
        if name in {b"EXIF", b"XMP "}:
            body = _exactly(source, padded)
            if name == b"EXIF":
                orientation = _orientation(body.removeprefix(b"Exif\0\0")) or orientation
            continue
        at = target.tell()
        target.write(struct.pack("<4sI", name, length))
        begin = source.read(min(10, padded))
        target.write(begin)
        _copy(source, target, padded - len(begin))
        size = size or _webp_size(name, begin)
        if name == b"VP8X":
            flags_at = at + 8
    if size is None:
        raise NotAPicture
    keeps_exif = orientation != 1 and flags_at is not None
    if keeps_exif:
        exif = _exif(orientation)
        target.write(struct.pack("<4sI", b"EXIF", len(exif)) + exif)
    written = target.tell() - start
    if flags_at is not None:
        source.seek(20)
        flags = _exactly(source, 1)[0] & ~(_EXIF_FLAG | _XMP_FLAG)
        target.seek(flags_at)
        target.write(bytes((flags | (_EXIF_FLAG if keeps_exif else 0),)))
    target.seek(start + 4)
    target.write(struct.pack("<I", written - 8))
    target.seek(0, 2)
    return Size(size.height, size.width) if keeps_exif and orientation in _TURNED else size


def _webp_size(name: bytes, begin: bytes) -> Size | None:
    if name == b"VP8X":
        return Size(
            1 + int.from_bytes(begin[4:7], "little"), 1 + int.from_bytes(begin[7:10], "little")
        )
    if name == b"VP8 ":
        width, height = struct.unpack("<HH", begin[6:10])
        return Size(width & 0x3FFF, height & 0x3FFF)
    if name == b"VP8L":
        bits = int.from_bytes(begin[1:5], "little")
        return Size(1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
    return None


# ── EXIF ────────────────────────────────────────────────────────────────────────────────────


def _orientation(tiff: bytes) -> int | None:
    """Return the orientation in an EXIF block, or None."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return None
    try:
        (offset,) = struct.unpack(f"{order}I", tiff[4:8])
        (count,) = struct.unpack(f"{order}H", tiff[offset : offset + 2])
        for number in range(min(count, 500)):
            entry = tiff[offset + 2 + 12 * number : offset + 14 + 12 * number]
            tag, kind, _, value = struct.unpack(f"{order}HHI2s", entry[:10])
            if tag == _ORIENTATION_TAG and kind == 3:
                (found,) = struct.unpack(f"{order}H", value)
                return int(found) if 1 <= found <= 8 else None
    except struct.error:
        return None
    return None


def _exif(orientation: int) -> bytes:
    """Return an EXIF block that says nothing but the orientation."""
    entry = struct.pack("<HHIHH", _ORIENTATION_TAG, 3, 1, orientation, 0)
    return b"II*\0" + struct.pack("<IH", 8, 1) + entry + b"\0\0\0\0"


def _exactly(source: IO[bytes], count: int) -> bytes:
    if count < 0:
        raise NotAPicture
    found = source.read(count)
    if len(found) != count:
        raise EOFError
    return found


def _copy(source: IO[bytes], target: IO[bytes], count: int) -> None:
    while count > 0:
        found = source.read(min(count, _COPY_BYTES))
        if not found:
            raise EOFError
        target.write(found)
        count -= len(found)


_STRIPPERS: Final = {
    "image/jpeg": _jpeg,
    "image/png": _png,
    "image/gif": _gif,
    "image/webp": _webp,
}
