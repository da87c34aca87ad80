"""The part of a text that shows why it was found, as text: the window makes its own markup."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from chat.search.folding import composed, fold_with_places
from chat.search.phrases import Phrase

SNIPPET_CHARS: Final = 240
_LEAD_CHARS: Final = 60
_MATCHES_MAX: Final = 50
_ELLIPSIS: Final = "…"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a snippet, and whether it is what was looked for."""

    text: str
    is_match: bool


def snippet(text: str, phrases: Sequence[Phrase]) -> list[Piece]:
    """Return about `SNIPPET_CHARS` of the text around its first match, or of its beginning."""
    text = composed(text)
    spans = _spans(text, phrases)
    start = max(0, spans[0][0] - _LEAD_CHARS) if spans else 0
    if start:
        # Not in the middle of a word, where there is a space near.
        space = text.find(" ", start, spans[0][0])
        start = space + 1 if space >= 0 else start
    end = min(len(text), start + SNIPPET_CHARS)
    pieces = [Piece(_ELLIPSIS, is_match=False)] if start else []
    place = start
    for first, last in spans:
        if first >= end:
            break
        first, last = max(first, place), min(last, end)  # noqa: PLW2901 - cut to the snippet
        if last <= first:
            continue
        if first > place:
            pieces.append(Piece(text[place:first], is_match=False))
        pieces.append(Piece(text[first:last], is_match=True))
        place = last
    if place < end:
        pieces.append(Piece(text[place:end], is_match=False))
    if end < len(text):
        pieces.append(Piece(_ELLIPSIS, is_match=False))
    return pieces


def _spans(text: str, phrases: Sequence[Phrase]) -> list[tuple[int, int]]:
    """Return where the phrases stand, in order."""
    if not phrases:
        return []
    folded, places = fold_with_places(text)
    found = []
    for phrase in phrases:
        for count, match in enumerate(phrase.pattern.finditer(folded)):
            if count == _MATCHES_MAX:
                break
            last = places[match.end() - 1] + 1 if match.end() else 0
            found.append((places[match.start()], last))
    return sorted(found)
