"""What counts as the same letter, and what counts as a word.

Index, question and answer are folded by this one module, so both databases find the same.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

SUBSTRING: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3041-\u3096\u3099-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u3105-\u312f\u3131-\u318e\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\ua960-\ua97f\uac00-\ud7fb\uf900-\ufaff\U00020000-\U0003fffd"
)
"""Scripts that are written without spaces, or whose words have endings glued on: any part of a run
is found. As the inside of a character class."""

SYMBOLS: Final = "\u20a0-\u20bf\u2190-\u2bff\U0001f000-\U0001faff"
"""Signs and emoji: each is found by itself. As the inside of a character class."""


def _marks() -> str:
    # Vowel signs and their like, which belong to the word that they stand in.
    return "".join(
        character
        for character in map(chr, range(0x0483, 0x1D00))
        if unicodedata.category(character).startswith("M")
        and not re.match(f"[{SUBSTRING}]", character)
    )


LETTER: Final = f"(?:[^\\W_{SUBSTRING}{SYMBOLS}]|[{_marks()}])"
"""A letter or digit of a word. An underscore parts words: it is how Markdown slants them."""

TOKEN: Final = re.compile(f"[{SUBSTRING}]+|[{SYMBOLS}]|{LETTER}+")
"""A run of a script without spaces, one sign, or a word. No two branches begin alike."""

_ACCENTS: Final = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")
_UNSEEN: Final = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufe0e\ufe0f\ufeff")
_ALIKE: Final = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201b\u02bc\u2032", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u2033", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
        "\u00f8": "o",
        "\u0142": "l",
        "\u0111": "d",
        "\u00f0": "d",
        "\u00fe": "th",
        "\u00e6": "ae",
        "\u0153": "oe",
        "\u0127": "h",
        "\u0131": "i",
    }
)


@lru_cache(maxsize=16_384)
def _fold_character(character: str) -> str:
    if character in _UNSEEN:
        return ""
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", character))
    return unicodedata.normalize("NFKC", bare.casefold()).translate(_ALIKE)


def composed(text: str) -> str:
    """Return the text with letters and their accents in one, as `fold` needs it."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """Return the text without what does not matter: case, accents, forms of the same sign."""
    if text.isascii():
        return text.lower()
    return "".join(map(_fold_character, composed(text)))


def fold_with_places(text: str) -> tuple[str, list[int]]:
    """Return a composed text folded, and for each place in it (and its end) the place in `text`."""
    pieces: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        folded = _fold_character(character)
        pieces.append(folded)
        places.extend([place] * len(folded))
    places.append(len(text))
    return "".join(pieces), places
