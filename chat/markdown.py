"""Markdown to safe HTML, once, when a message is written."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.tasklists import tasklists_plugin

VERSION: Final = 1
"""Kept with every message, so that a better renderer can find what an older one made."""

_MENTION: Final = re.compile(r"(?<![\w@./+-])@([a-z0-9](?:[a-z0-9._-]*[a-z0-9_])?)", re.IGNORECASE)
_TAGS: Final = frozenset(
    (
        *("p", "br", "hr", "blockquote", "pre", "code", "strong", "em", "s", "a", "span"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "input"),
        *("table", "thead", "tbody", "tr", "th", "td"),
    )
)
_ATTRIBUTES: Final = {
    "a": {"href", "title", "target"},
    "code": {"class"},
    "span": {"class", "data-user-id"},
    "ol": {"start"},
    "li": {"class"},
    "ul": {"class"},
    "input": {"class", "type", "checked", "disabled"},
}


def mentioned_names(text: str) -> set[str]:
    """Return the usernames, in lower case, that stand in the text as mentions."""
    found: set[str] = set()
    for token in _parser.parse(text, {}):
        for child in _texts_outside_links(token.children or ()):
            found |= {name.lower() for name in _MENTION.findall(child.content)}
    return found


def to_html(text: str, *, user_ids: Mapping[str, int]) -> str:
    """Return safe HTML.

    Args:
        text: Markdown, as it was written.
        user_ids: username in lower case → id, for the mentions that are known.
    """
    html: str = _parser.render(text, {"user_ids": user_ids})
    return nh3.clean(
        html,
        tags=set(_TAGS),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    ).strip()


def _texts_outside_links(children: Sequence[Token]) -> list[Token]:
    texts = []
    depth = 0
    for child in children:
        depth += child.nesting if child.type in {"link_open", "link_close"} else 0
        if child.type == "text" and not depth:
            texts.append(child)
    return texts


def _mark_mentions(state: StateCore) -> None:
    user_ids: Mapping[str, int] = state.env.get("user_ids", {})
    for block in state.tokens:
        if not block.children:
            continue
        candidates = {id(child) for child in _texts_outside_links(block.children)}
        children: list[Token] = []
        for child in block.children:
            children += _split(child, user_ids) if id(child) in candidates else [child]
        block.children = children


def _split(token: Token, user_ids: Mapping[str, int]) -> list[Token]:
    parts: list[Token] = []
    position = 0
    for match in _MENTION.finditer(token.content):
        user_id = user_ids.get(match.group(1).lower())
        if user_id is None:
            continue
        parts.append(Token("text", "", 0, content=token.content[position : match.start()]))
        attributes: dict[str, str | int | float] = {
            "class": "mention",
            "data-user-id": str(user_id),
        }
        parts.append(Token("span_open", "span", 1, attrs=attributes))
        parts.append(Token("text", "", 0, content=match.group(0)))
        parts.append(Token("span_close", "span", -1))
        position = match.end()
    if not parts:
        return [token]
    return [*parts, Token("text", "", 0, content=token.content[position:])]


def _make_parser() -> MarkdownIt:
    # Raw HTML stays text. Pictures would tell the server that they come from who reads.
    parser = MarkdownIt("js-default", {"html": False, "linkify": True, "breaks": True})
    parser.disable("image")
    parser.use(tasklists_plugin)
    parser.core.ruler.push("mentions", _mark_mentions)
    return parser


_parser: Final = _make_parser()
