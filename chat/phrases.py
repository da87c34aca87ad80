"""Finding words in what people write, whatever their case and accents.

Han, kana and other scripts without spaces have no words that a program could see: there each
letter counts as one, and a phrase is found wherever it stands.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from protocol.limits import KEYWORD_MAX_CHARS

_UNSPACED: Final = (
    "\u0e00-\u0eff\u1780-\u17ff\u1000-\u109f\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_WORD: Final = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")
_SPACED: Final = re.compile(rf"[^\W{_UNSPACED}]")


def folded(text: str) -> str:
    """Return the text without case, accents and needless space."""
    spread = unicodedata.normalize("NFKD", text)
    bare = "".join(letter for letter in spread if not unicodedata.combining(letter))
    return " ".join(bare.casefold().split())


def words(text: str) -> set[str]:
    """Return the folded words of a text. Of longer ones than a keyword can be, the beginning."""
    return {word[:KEYWORD_MAX_CHARS] for word in _WORD.findall(folded(text))}


def first_word(phrase: str) -> str:
    """Return the folded first word of a phrase; empty when there is none in it."""
    found = _WORD.search(folded(phrase))
    # Folding can make a word longer: ß is two letters, and some signs are many.
    return found.group()[:KEYWORD_MAX_CHARS] if found else ""


def found_in(text: str, phrases: Iterable[str]) -> set[str]:
    """Return those of the phrases that stand in the text as whole words."""
    place = folded(text)
    return {phrase for phrase in phrases if _stands_in(folded(phrase), place)}


def _stands_in(phrase: str, place: str) -> bool:
    if not phrase:
        return False
    before = rf"(?<![^\W{_UNSPACED}])" if _SPACED.match(phrase[0]) else ""
    after = rf"(?![^\W{_UNSPACED}])" if _SPACED.match(phrase[-1]) else ""
    return re.search(before + re.escape(phrase) + after, place) is not None
