"""From tokens to HTML."""

from collections.abc import Sequence
from typing import Final

from markdown_it.common.utils import escapeHtml, unescapeAll
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from chat.markdown import emoji, highlighting, sanitizer
from chat.markdown.grammar import Parsed
from chat.markdown.names import Names, broad_reach

VERSION: Final = 2
"""Kept with every message, so that a better renderer can find what an older one made."""

_JUMBO_MAX: Final = 3
_NAMED_MAX: Final = 500
"""Names that become more than text, in one message: "#a" is 2 characters here and 60 in HTML."""

_BLOCKS: Final = frozenset(
    {
        *("paragraph_open", "heading_open", "blockquote_open", "table_open"),
        *("bullet_list_open", "ordered_list_open"),
    }
)
# What turns the direction of letters can make code read otherwise than it runs.
_TURNING: Final = {
    code: f"⟨U+{code:04X}⟩"
    for code in (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
}


def render(parsed: Parsed, *, names: Names) -> str:
    """Return safe HTML, with the names in it that are known."""
    env = {
        "names": names,
        "names_left": _NAMED_MAX,
        "budget": highlighting.Budget(),
        "is_jumbo": _is_jumbo(parsed.tokens, names),
    }
    return sanitizer.clean(_renderer.render(parsed.tokens, _OPTIONS, env)).strip()


class _Renderer(RendererHTML):
    """Writes HTML. Its methods are named as the tokens are; all have one signature."""

    def renderToken(  # noqa: N802 - the library's name
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        html = super().renderToken(tokens, idx, options, env)
        token = tokens[idx]
        if token.level or token.type not in _BLOCKS or token.hidden:
            return html
        if token.tag == "p":
            # The direction of a paragraph is the stylesheet's business.
            return html.replace("<p", '<p class="jumbo"', 1) if env["is_jumbo"] else html
        # A list's marks and a quote's bar stand on the side where its text begins.
        return html.replace(f"<{token.tag}", f'<{token.tag} dir="auto"', 1)

    def user(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[idx]
        for kind, ids in (("user", env["names"].users), ("group", env["names"].groups)):
            if token.content in ids and _take_name(env):
                return _mention(kind, "-id", str(int(ids[token.content])), token)
        return escapeHtml(token.markup)

    def broad(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[idx]
        return (
            _mention("broad", "", broad_reach(token.content), token)
            if _take_name(env)
            else escapeHtml(token.markup)
        )

    def channel(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[idx]
        text = escapeHtml(token.markup)
        channel_id = env["names"].channels.get(token.content)
        if channel_id is None or not _take_name(env):
            return text
        number = int(channel_id)
        return f'<a class="channel" href="/channels/{number}" data-channel-id="{number}">{text}</a>'

    def custom_emoji(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        token = tokens[idx]
        path = env["names"].emoji.get(token.content)
        if path is None or not _take_name(env):
            return escapeHtml(token.markup)
        name = escapeHtml(f":{token.content}:")
        return (
            f'<img class="emoji" src="{escapeHtml(path)}" alt="{name}" title="{name}"'
            ' loading="lazy">'
        )

    def link_open(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        attributes = self.renderAttrs(tokens[idx])
        return f'<a{attributes} target="_blank" rel="{sanitizer.LINK_RELATION}">'

    def code_inline(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        return f"<code>{escapeHtml(tokens[idx].content.translate(_TURNING))}</code>"

    def code_block(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        return _code(tokens[idx].content, "", env["budget"])

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        words = unescapeAll(tokens[idx].info).split(maxsplit=1)
        return _code(tokens[idx].content, words[0] if words else "", env["budget"])


def _mention(kind: str, suffix: str, value: str, token: Token) -> str:
    return f'<span class="mention" data-{kind}{suffix}="{value}">{escapeHtml(token.markup)}</span>'


def _code(code: str, language: str, budget: highlighting.Budget) -> str:
    label = highlighting.label(language)
    attribute = f' data-language="{escapeHtml(label)}"' if label else ""
    spans = highlighting.spans(code.translate(_TURNING), label, budget=budget)
    html = "".join(
        f'<span class="{css_class}">{escapeHtml(text)}</span>' if css_class else escapeHtml(text)
        for css_class, text in spans
    )
    return f'<pre dir="ltr"{attribute}><code>{html}</code></pre>\n'


def _take_name(env: EnvType) -> bool:
    env["names_left"] -= 1
    return bool(env["names_left"] >= 0)


def _is_jumbo(tokens: Sequence[Token], names: Names) -> bool:
    """Tell whether there are a few emoji and nothing else."""
    if [token.type for token in tokens] != ["paragraph_open", "inline", "paragraph_close"]:
        return False
    total = 0
    for child in tokens[1].children or ():
        if child.type == "custom_emoji" and child.content in names.emoji:
            total += 1
        elif child.type == "text" and len(child.content) <= 100:
            found = emoji.count(child.content)
            if found is None:
                return False
            total += found
        elif child.type not in {"softbreak", "hardbreak"}:
            return False
    return 0 < total <= _JUMBO_MAX


_OPTIONS: Final = OptionsDict(
    {
        "maxNesting": 0,
        "html": False,
        "linkify": True,
        "typographer": False,
        "quotes": "",
        "xhtmlOut": False,
        "breaks": True,
        "langPrefix": "",
        "highlight": None,
    }
)
_renderer: Final = _Renderer()
