"""What people can write: CommonMark with tables, tasks, bare links, and lines that stay lines."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from linkify_it import LinkifyIt
from linkify_it.main import Match
from linkify_it.ucre import build_re
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline, image
from markdown_it.token import Token
from mdit_py_plugins.tasklists import tasklists_plugin

from chat.markdown import names
from chat.markdown.names import References

_NESTING_MAX: Final = 40
_LINK: Final = re.compile(r"(?:https?://|mailto:).", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A text that was read. It can be rendered any number of times."""

    tokens: tuple[Token, ...]
    references: References


def parse(text: str) -> Parsed:
    """Read Markdown. Every text can be read; what means nothing special is text."""
    # Half a surrogate pair is no character, and could not be stored.
    text = text.encode(errors="replace").decode()
    tokens = _markdown.parse(text, {})
    if any(token.level >= _NESTING_MAX - 1 for token in tokens):
        # Deeper down the parser leaves things out. Better as it was typed than not at all.
        tokens = _plain.parse(text, {})
    return Parsed(tokens=tuple(tokens), references=names.references(tokens))


def _image(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - the parser's signature
    """Read an image, but none in the text that stands for it: the parser would go down for each."""
    if state.env.get("is_in_image"):
        return False
    state.env["is_in_image"] = True
    try:
        return image(state, silent)
    finally:
        state.env["is_in_image"] = False


def _link_images(state: StateCore) -> None:
    """Make a link of each image: loading it would tell its server who reads."""
    for block in state.tokens:
        if block.type != "inline" or not block.children:
            continue
        children: list[Token] = []
        links = 0
        for child in block.children:
            if child.type == "image":
                children += _as_link(child, is_in_link=links > 0)
                continue
            links += child.nesting if child.type in {"link_open", "link_close"} else 0
            if child.type == "link_close" and children[-1].type == "link_open":
                # A link without a text could not be seen.
                children.append(_text(str(children[-1].attrs.get("href", "")), child))
            children.append(child)
        block.children = children


def _as_link(token: Token, *, is_in_link: bool) -> Sequence[Token]:
    label = _text_of(token.children or ())
    if is_in_link:
        return [_text(label or "image", token)]
    source = str(token.attrs.get("src", ""))
    attributes: dict[str, str | int | float] = {"href": source}
    if "title" in token.attrs:
        attributes["title"] = token.attrs["title"]
    return [
        Token("link_open", "a", 1, attrs=attributes, level=token.level),
        _text(label or source, token),
        Token("link_close", "a", -1, level=token.level),
    ]


def _text(content: str, beside: Token) -> Token:
    return Token("text", "", 0, content=content, level=beside.level)


def _text_of(tokens: Sequence[Token]) -> str:
    return "".join(
        " " if token.type in {"softbreak", "hardbreak"} else token.content for token in tokens
    )


def _simplify(state: StateCore) -> None:
    """Keep headings modest, and say with a class what the parser says with a style."""
    for token in state.tokens:
        if token.type in {"th_open", "td_open"} and "style" in token.attrs:
            token.attrs = {"class": str(token.attrs["style"]).replace("text-align:", "align-")}
        if token.type in {"heading_open", "heading_close"} and token.tag > "h3":
            token.tag = "h3"


def _length_after_www(_linkify: LinkifyIt, text: str, position: int) -> int:
    found = _after_www().match(text, position)
    return len(found.group()) if found else 0


@cache
def _after_www() -> re.Pattern[str]:
    parts = build_re({})
    return re.compile(
        r"(?:[\w-]{1,63}\.){1,9}[^\W\d_]{2,63}"
        f"{parts['src_port']}{parts['src_host_terminator']}{parts['src_path']}",
        re.IGNORECASE,
    )


def _complete_www(_linkify: LinkifyIt, match: Match) -> None:
    match.url = f"https://{match.url}"


def _make_linkify() -> LinkifyIt:
    # "main.py" and "README.md" are files, though there are such domains.
    linkify = LinkifyIt(options={"fuzzy_link": False, "fuzzy_email": True, "fuzzy_ip": False})
    linkify.add("ftp:", None).add("//", None)
    return linkify.add("www.", {"validate": _length_after_www, "normalize": _complete_www})


def _make_parser() -> MarkdownIt:
    # Raw HTML stays text.
    parser = MarkdownIt(
        "js-default",
        {"html": False, "linkify": True, "breaks": True, "maxNesting": _NESTING_MAX},
    )
    parser.linkify = _make_linkify()
    # A definition of a link shows nothing, and "---" under a line is meant as a line: in a
    # conversation both are accidents.
    parser.disable(["reference", "lheading"])
    parser.validateLink = lambda url: _LINK.match(url) is not None  # type: ignore[method-assign]
    parser.inline.ruler.at("image", _image)
    parser.use(tasklists_plugin)
    parser.core.ruler.push("simplify", _simplify)
    parser.core.ruler.before("text_join", "link_images", _link_images)
    parser.core.ruler.before("text_join", "names", names.mark)
    return parser


def _make_plain_parser() -> MarkdownIt:
    parser = _make_parser()
    parser.block.ruler.enableOnly(["paragraph"])
    parser.inline.ruler.enableOnly(["text", "newline", "linkify"])
    parser.inline.ruler2.enableOnly(["fragments_join"])
    return parser


_markdown: Final = _make_parser()
_plain: Final = _make_plain_parser()
