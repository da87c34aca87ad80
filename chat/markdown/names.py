"""What a text names: people, groups, channels and emoji."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from chat.markdown import emoji

Broad = Literal["", "here", "channel"]

_BROAD: Final[Mapping[str, Broad]] = {
    "here": "here",
    "channel": "channel",
    "everyone": "channel",
    "all": "channel",
}

# A dot or dash at the end belongs to the sentence. `(?>…)`: no name is cut to fit what follows.
_HANDLE = r"(?>[A-Za-z0-9][A-Za-z0-9_]*(?:[.-]+[A-Za-z0-9_]+)*)"
# Every script: whatever is neither space nor punctuation. U+200C and U+200D stand inside of words.
_LETTER = (
    r"[^\s!-,./:-@\[-^`{-~\-\x00-\x1f\x7f-\xa9\xab-\xb1\xb4\xb6-\xb8\xbb\xbf"
    r"\u2000-\u200b\u200e-\u206f\u3000-\u3004\u3008-\u3020\u3030\ufe10-\ufe6f"
    r"\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]"
)
_NAMED: Final = re.compile(
    rf"(?<![\w@.+-])@(?P<handle>{_HANDLE})(?![\w@])"
    rf"|(?<![\w#@/&.+-])\#(?P<channel>(?>{_LETTER}+(?:[.-]+{_LETTER}+)*))(?!\#)"
    rf"|(?<!\w):(?P<emoji>[\w+-][\w+.\u2019&-]{{0,79}}):"
)


@dataclass(frozen=True, slots=True)
class Names:
    """What a text can refer to, resolved by the caller."""

    users: Mapping[str, int] = field(default_factory=dict)
    """username in lower case → id"""
    groups: Mapping[str, int] = field(default_factory=dict)
    """handle in lower case → id"""
    channels: Mapping[str, int] = field(default_factory=dict)
    """channel name, case-folded → id: only channels that every reader may know of"""
    emoji: Mapping[str, str] = field(default_factory=dict)
    """custom emoji name → path of its image on this server"""


@dataclass(frozen=True, slots=True)
class References:
    """What a text names, before anything is resolved."""

    handles: frozenset[str] = frozenset()
    """@names in lower case, without those that mean everybody"""
    channels: frozenset[str] = frozenset()
    """#names, case-folded"""
    emoji: frozenset[str] = frozenset()
    """:names: that are no standard emoji, in lower case"""
    broad: Broad = ""
    """who is meant by @here, @channel and @everyone; the wider wins"""
    links: bool = False
    code: bool = False


def mark(state: StateCore) -> None:
    r"""Rule of the grammar: give each name in the text a token of its own.

    It runs while an escaped character still has its own token: `\@ann` names nobody. What stands
    in code, in a link or in its label is not looked at.
    """
    for block in state.tokens:
        if block.type == "inline" and block.children:
            block.children = list(_mark_inline(block.children))


def references(tokens: Iterable[Token]) -> References:
    """Return what was marked."""
    named: dict[str, set[str]] = {"user": set(), "channel": set(), "custom_emoji": set()}
    broad: Broad = ""
    has_links = has_code = False
    for token in tokens:
        for part in (token, *(token.children or ())):
            if part.type in named:
                named[part.type].add(part.content)
            elif part.type == "broad" and broad != "channel":
                broad = _BROAD[part.content]
            has_links = has_links or part.type == "link_open"
            has_code = has_code or part.type in {"code_inline", "code_block", "fence"}
    return References(
        handles=frozenset(named["user"]),
        channels=frozenset(named["channel"]),
        emoji=frozenset(named["custom_emoji"]),
        broad=broad,
        links=has_links,
        code=has_code,
    )


def broad_reach(word: str) -> Broad:
    """Return whom "everyone" and its like mean; "" if the word is a name."""
    return _BROAD.get(word, "")


def _mark_inline(children: Sequence[Token]) -> Iterator[Token]:
    links = 0
    before = ""
    for index, child in enumerate(children):
        links += child.nesting if child.type in {"link_open", "link_close"} else 0
        if child.type == "text" and not links:
            yield from _split(child, before=before, after=_first_character(children[index + 1 :]))
        else:
            yield child
        if child.type in {"softbreak", "hardbreak"}:
            before = "\n"
        elif child.content:
            before = child.content[-1]


def _first_character(children: Sequence[Token]) -> str:
    for child in children:
        if child.type in {"softbreak", "hardbreak"}:
            break
        if child.content:
            return child.content[0]
    return ""


def _split(token: Token, *, before: str, after: str) -> Iterator[Token]:
    """Yield the text and the names in it. What stands around it decides where a word begins."""
    text = before + token.content + after
    end = len(text) - len(after)
    position = len(before)
    last_end, last_type = -1, ""
    for match in _NAMED.finditer(text, position):
        start = match.start()
        named = _token(match)
        preceding = text[start - 1] if start else ""
        # "@ann/@bob" and ":one::two:" are two names, "x/@ann" and "std::heart::x" are none.
        follows = {"user": "/", "broad": "/", "channel": "", "custom_emoji": ":", "text": ":"}
        separator = follows[named.type]
        if separator and preceding == separator:
            gap = 1 if separator == "/" else 0
            if last_end != start - gap or follows[last_type] != separator:
                continue
        if match.end() > end or _continues(text, match):
            continue
        if start > position:
            yield Token("text", "", 0, content=text[position:start], level=token.level)
        named.level = token.level
        yield named
        position = last_end = match.end()
        last_type = named.type
    if position < end:
        yield Token("text", "", 0, content=text[position:end], level=token.level)


def _continues(text: str, match: re.Match[str]) -> bool:
    """Tell whether the name goes on with an accent, which is no character of a word to `re`."""
    following = text[match.end() : match.end() + 1]
    return match.lastgroup == "handle" and unicodedata.combining(following or " ") > 0


def _token(match: re.Match[str]) -> Token:
    written = match.group()
    if match["handle"] is not None:
        name = match["handle"].lower()
        return Token("broad" if name in _BROAD else "user", "", 0, content=name, markup=written)
    if match["channel"] is not None:
        return Token("channel", "", 0, content=match["channel"].casefold(), markup=written)
    characters = emoji.standard(match["emoji"])
    if characters is not None:
        return Token("text", "", 0, content=characters)
    return Token("custom_emoji", "", 0, content=match["emoji"].lower(), markup=written)
