"""A word or phrase that is looked for: by which terms the index knows it, and where it stands."""

import re
from dataclasses import dataclass, field
from typing import Final

from chat.search.folding import LETTER, TOKEN, fold
from chat.search.terms import PREFIX_MIN_CHARS, TERM_MAX_CHARS, is_by_character

_OPENING: Final = "([{<\"'`*_~"
_CLOSING: Final = ")]}>\"'`*_~.,;:!?"
_BETWEEN_WORDS: Final = r"[\W_]+"


@dataclass(frozen=True, slots=True)
class Atom:
    """One term to ask the index for."""

    term: str
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """Something to look for in the text."""

    text: str
    """Folded, without the punctuation around it."""
    is_exact: bool
    """Whether it was in quotes: then the last word is whole, too."""
    atoms: tuple[Atom, ...] = field(compare=False)
    """Each text that has the phrase has all of these terms; not the other way round."""
    pattern: re.Pattern[str] = field(compare=False)
    """Finds it in a folded text, in time linear in the text."""

    @property
    def is_one_term(self) -> bool:
        """Whether the index alone knows if a text has it."""
        return (
            len(self.atoms) == 1
            and self.atoms[0].term == self.text
            and len(self.text) < TERM_MAX_CHARS
        )


def phrase(text: str, *, is_exact: bool) -> Phrase | None:
    """Return what to look for, or None when there is no letter, digit or sign in the text."""
    text = " ".join(fold(text).split()).lstrip(_OPENING).rstrip(_CLOSING)
    tokens = list(TOKEN.finditer(text))
    if not tokens:
        return None
    ends_in_word = tokens[-1].end() == len(text) and not is_by_character(tokens[-1].group())
    is_open = ends_in_word and not is_exact and len(tokens[-1].group()) >= PREFIX_MIN_CHARS
    atoms: list[Atom] = []
    for token in tokens:
        word = token.group()
        if not is_by_character(word):
            atoms.append(Atom(word[:TERM_MAX_CHARS], is_prefix=is_open and token is tokens[-1]))
        elif len(word) == 1:
            atoms.append(Atom(word))
        else:
            atoms.extend(Atom(word[place : place + 2]) for place in range(len(word) - 1))
    starts_with_word = tokens[0].start() == 0 and not is_by_character(tokens[0].group())
    return Phrase(
        text=text,
        is_exact=is_exact,
        atoms=tuple(dict.fromkeys(atoms)),
        pattern=re.compile(
            (f"(?<!{LETTER})" if starts_with_word else "")
            + _pattern(text, tokens)
            + (f"(?!{LETTER})" if ends_in_word and not is_open else "")
        ),
    )


def _pattern(text: str, tokens: list[re.Match[str]]) -> str:
    parts = [re.escape(text[: tokens[0].start()])]
    for token, after in zip(tokens, [*tokens[1:], None], strict=True):
        parts.append(re.escape(token.group()))
        gap = text[token.end() : after.start() if after else len(text)]
        if gap and not gap.strip():
            # Words that follow each other, whatever punctuation or Markdown stands between.
            parts.append(_BETWEEN_WORDS)
        else:
            parts.append(r"\s*".join(re.escape(piece) for piece in gap.split(" ")))
    return "".join(parts)
