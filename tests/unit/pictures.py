"""Pictures for tests, good and bad."""

import io
import struct
import zlib
from typing import Any

from PIL import Image

GPS = b"GPSLatitude"


def drawn(width: int = 80, height: int = 40) -> Image.Image:
    picture = Image.new("RGB", (width, height), "#c03020")
    picture.paste("#2030c0", (0, 0, width // 2, height))
    return picture


def exif(orientation: int = 1) -> Image.Exif:
    """Return what a phone writes: where, when, with what."""
    said = Image.Exif()
    said[0x0112] = orientation
    said[0x010F] = "canary-maker"
    said[0x9003] = "canary-2026:11:24"
    place = said.get_ifd(0x8825)
    place[1] = "N"
    place[2] = (52.0, 31.0, 12.0)
    place[29] = "canary-gps"
    return said


def saved(kind: str, picture: Image.Image | None = None, **options: Any) -> bytes:
    out = io.BytesIO()
    (picture or drawn()).save(out, kind, **options)
    return out.getvalue()


def photo(orientation: int = 1, kind: str = "JPEG", **options: Any) -> bytes:
    return saved(kind, exif=exif(orientation), **options)


def moving(kind: str = "GIF", frames: int = 3) -> bytes:
    rest = [Image.new("RGB", (60, 60), (40 * number, 90, 90)) for number in range(frames)]
    return saved(kind, rest[0], save_all=True, append_images=rest[1:], duration=50, loop=0)


def png_of(width: int, height: int, data: bytes = b"") -> bytes:
    """Return a PNG that says of itself whatever it likes."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", data or zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def bomb() -> bytes:
    """Return a small PNG that unfolds into gigabytes."""
    side = 30_000
    packer = zlib.compressobj(9)
    row = b"\0" * (side * 3 + 1)
    body = b"".join(packer.compress(row) for _ in range(200)) + packer.flush()
    return png_of(side, side, body)
