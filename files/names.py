"""Names of files: text that people see, never a path of ours."""

import re
import unicodedata
from typing import Final

from protocol.limits import FILE_NAME_MAX_CHARS

NAME_MAX_BYTES: Final = 240
"""What every file system takes, when somebody saves a download."""

EXTENSION_MAX_CHARS: Final = 16
FALLBACK: Final = "file"

_INVISIBLE: Final = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Control characters, what turns the direction of writing, lone surrogates, line ends."""

_RESERVED: Final = re.compile(r"(?i)(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?=\.|$)")
"""Devices of Windows, whatever follows the dot."""


def clean(name: str) -> str:
    """Return the name that a file is shown and downloaded under.

    The last part of a path, in one normal form, without what cannot be seen, and short enough; its
    extension is kept.
    """
    text = unicodedata.normalize("NFC", name)
    text = re.split(r"[/\\]", text)[-1]
    text = "".join(" " if letter in "\t\r\n" else letter for letter in text)
    text = "".join(letter for letter in text if unicodedata.category(letter) not in _INVISIBLE)
    text = re.sub(r'[<>:"|?*]', "_", text)
    text = re.sub(r"\s+", " ", text).strip().strip(". ")
    if _RESERVED.match(text):
        text = f"_{text}"
    return _shorten(text) or FALLBACK


def _shorten(text: str) -> str:
    stem, dot, extension = text.rpartition(".")
    if not stem or len(extension) > EXTENSION_MAX_CHARS:
        stem, dot, extension = text, "", ""
    while stem and (
        len(stem) + len(dot) + len(extension) > FILE_NAME_MAX_CHARS
        or len(f"{stem}{dot}{extension}".encode()) > NAME_MAX_BYTES
    ):
        stem = stem[:-1]
    return f"{stem.rstrip()}{dot}{extension}" if stem else ""
