"""Slack's *mrkdwn* to our Markdown, so that a text looks as it would there.

What means something in Markdown alone is escaped: `# 5` is no heading in Slack. What means
something in both is translated: `*bold*`, `_italic_`, `~struck~`, code, quotes, `<…>`.
Nothing here makes HTML: that is done, and made safe, when the message is written.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, Protocol

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_FENCE: Final = re.compile(r"```(?!`)(.*?)```", re.DOTALL)
# Inside of emphasis, what stands in angles or backticks is one thing, whatever is in it.
_ATOM: Final = r"<[^<>\n]*>|<(?![^<>\n]*>)|`[^`\n]+`|`(?![^`\n]+`)"


def _emphasis(name: str, mark: str) -> str:
    return (
        rf"(?<![\w{mark}])\{mark}(?=[^\s{mark}])"
        rf"(?P<{name}>(?:{_ATOM}|[^{mark}\n<`])+)(?<!\s)\{mark}(?![\w{mark}])"
    )


_LINKS: Final = r"<(?P<angle>[^<>\n]+)>|(?P<url>https?://[^\s<>|`\"]+)"
_PLAIN: Final = re.compile(_LINKS)
_INLINE: Final = re.compile(
    "|".join(
        (
            r"`(?P<code>[^`\n]+)`",
            _LINKS,
            _emphasis("bold", "*"),
            _emphasis("italic", "_"),
            _emphasis("struck", "~"),
        )
    )
)
_ANGLE: Final = re.compile(r"<([^<>\n]+)>")
_ESCAPED: Final = re.compile(
    r"\\(?=[!-/:-@\[-`{-~])|\\$"  # it would escape what follows, or break the line
    r"|[*`]"
    r"|(?<![^\W_])_|_(?![^\W_])"  # inside of a word it is only an underscore
    r"|~(?=~)|(?<=~)~"
    r"|\](?=[(:])"  # a link, or the definition of one
    r"|<(?=[A-Za-z/!?])"
    r"|&(?=#?\w+;)",
    re.MULTILINE,
)
_LABEL_ESCAPED: Final = re.compile(r"(?<!\\)[\[\]]")
_BARE_URL: Final = re.compile(r"https?://[A-Za-z0-9.:/?=&%#+,@-]+")
_LINE_START: Final = re.compile(
    r"#{1,6}(?=\s|$)"  # a heading
    r"|\+(?=\s|$)"  # a list
    r"|[-=|:][-=|:\s]*$"  # a rule, a heading's underline, the second line of a table
)
_LIST: Final = re.compile(r"([ \t]*)(?:([*•◦-])|(\d{1,9}[.)]))[ \t]+(?=\S)")
_SCHEMES: Final = ("http://", "https://")
_NO_BREAK_SPACE: Final = "\u00a0"


class Names(Protocol):
    """Who is meant by an id. Only what the hook may see is known."""

    def username(self, id_: str) -> str | None: ...

    def channel(self, id_: str) -> str | None: ...


def to_markdown(text: str, *, names: Names, is_formatted: bool = True) -> str:
    """Return a text of Slack's as Markdown.

    Args:
        text: with `&`, `<` and `>` escaped as Slack wants it, or not.
        names: who is meant by `<@U7>` and `<#C7>`.
        is_formatted: False where `*` and `_` mean themselves.
    """
    text = clean(text)
    writer = _Writer()
    position = 0
    if is_formatted:
        for fence in _FENCE.finditer(text):
            if not fence.group(1).strip():
                continue
            _write_lines(writer, text[position : fence.start()], names, is_formatted=True)
            writer.code(_without_markup(fence.group(1), names))
            position = fence.end()
    rest = text[position:].lstrip(" ") if position else text
    _write_lines(writer, rest, names, is_formatted=is_formatted)
    return writer.text()


def clean(text: str) -> str:
    """Return the text without what is no text: NUL, and other control characters."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def escape(text: str) -> str:
    """Return Markdown that shows this text as it is, inside of a line."""
    return _ESCAPED.sub(lambda found: "\\" + found.group(0), text)


def guard(line: str) -> str:
    """Return the line so that nothing at its beginning makes more of it than a line of text."""
    stripped = line.lstrip(" \t")
    indent = line[: len(line) - len(stripped)].expandtabs(4)
    if _LIST.match(line):
        return line
    if _LINE_START.match(stripped):
        stripped = "\\" + stripped
    # Four spaces would make it code.
    return (_NO_BREAK_SPACE * len(indent) if len(indent) >= 4 else indent) + stripped


def unescape(text: str) -> str:
    """Return the text with Slack's three entities resolved, and no others."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def link(url: str, label: str = "") -> str:
    """Return a link, or only the text of one that leads nowhere we would let people go.

    Args:
        url: as it is, without entities.
        label: as it is to be read.
    """
    url = re.sub(r"\s+", "%20", url.strip())
    label = " ".join(label.split())
    is_mail = url.lower().startswith("mailto:")
    if not is_mail and not url.lower().startswith(_SCHEMES):
        return _in_brackets(label) or escape(url)
    if not label and not is_mail:
        return f"<{_percent(url, '<>')}>"
    return f"[{_in_brackets(label or url[len('mailto:') :])}]({_percent(url, _NOT_IN_LINK)})"


_NOT_IN_LINK: Final = "<>()[]\\`\"';"


def _percent(url: str, characters: str) -> str:
    return "".join(f"%{ord(one):02X}" if one in characters else one for one in url)


def _in_brackets(label: str) -> str:
    return _LABEL_ESCAPED.sub(lambda found: "\\" + found.group(0), escape(label))


# ── Lines ──────────────────────────────────────────────────────────────────────────────────


class _Writer:
    """Puts lines together, with an empty one where Markdown would run two things into one."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._kind = ""
        self.is_quoting = False

    def line(self, kind: str, text: str) -> None:
        ended = self._kind in {"quote", "list"} and kind not in {self._kind, "blank"}
        if ended:
            self._lines.append("")
        self._lines.append(text)
        self._kind = kind

    def code(self, text: str) -> None:
        fenced = ["```", *text.strip("\n").split("\n"), "```"]
        for one in fenced:
            self.line("quote" if self.is_quoting else "code", self.quoted(one))

    def quoted(self, text: str) -> str:
        return f"> {text}".rstrip() if self.is_quoting else text

    def text(self) -> str:
        return "\n".join(self._lines).strip("\n")


def _write_lines(writer: _Writer, text: str, names: Names, *, is_formatted: bool) -> None:
    lines = text.split("\n")
    # Beside a fence there is the rest of its line, which may be nothing.
    if lines and not lines[0].strip():
        lines = lines[1:]
    if lines and not lines[-1].strip():
        lines = lines[:-1]
    for line in lines:
        kind, marked = _quote(writer, line) if is_formatted else ("text", line)
        if not marked.strip():
            shown = ""
        else:
            listed = _LIST.match(marked)
            kind = "list" if listed and kind == "text" else kind
            prefix = ""
            if listed:
                prefix = f"{listed.group(1)}{'-' if listed.group(2) else listed.group(3)} "
                marked = marked[listed.end() :]
            shown = prefix + _inline(marked.rstrip(), names, is_formatted=is_formatted)
            shown = shown if listed else guard(shown)
        if kind == "quote":
            writer.line("quote", f"> {shown}".rstrip())
        else:
            writer.line(kind if shown else "blank", shown)


def _quote(writer: _Writer, line: str) -> tuple[str, str]:
    for mark in ("&gt;&gt;&gt;", ">>>"):
        if line.startswith(mark):
            writer.is_quoting = True
            return "quote", line[len(mark) :].lstrip(" ")
    for mark in ("&gt;", ">"):
        if line.startswith(mark):
            return "quote", line[len(mark) :].lstrip(" ")
    return ("quote" if writer.is_quoting else "text"), line


# ── Inside of a line ───────────────────────────────────────────────────────────────────────


def _inline(text: str, names: Names, *, is_formatted: bool) -> str:
    parts: list[str] = []
    position = 0
    for found in (_INLINE if is_formatted else _PLAIN).finditer(text):
        before, after = text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
        parts.append(escape(unescape(text[position : found.start()])))
        position = found.end()
        kind, value = found.lastgroup or "", found.group(found.lastgroup or 0)
        if kind == "angle":
            parts.append(_angle(value, names))
        elif kind == "url":
            parts.append(_bare(value))
        elif kind == "code":
            parts.append(_code(_without_markup(value, names)))
        else:
            inner = _inline(value, names, is_formatted=True)
            mark = _mark(kind, before, after)
            parts.append(f"{mark}{inner}{mark}")
    parts.append(escape(unescape(text[position:])))
    return "".join(parts)


def _mark(kind: str, before: str, after: str) -> str:
    if kind == "bold":
        return "**"
    if kind == "struck":
        return "~~"
    # Beside anything but a space or a sign, only the star makes emphasis.
    is_plain = all(not one or one.isspace() or one.isascii() for one in (before, after))
    return "_" if is_plain else "*"


def _code(text: str) -> str:
    if "`" in text:
        return f"`` {text} ``"
    return f"`{text}`" if text.strip() else escape(f"`{text}`")


def _bare(url: str) -> str:
    # What ends a sentence does not belong to an address, nor does a bracket that it stands in.
    shown = unescape(url)
    end = len(shown)
    while end and (
        shown[end - 1] in ".,:;!?'*_~"
        or (shown[end - 1] == ")" and shown.count(")", 0, end) > shown.count("(", 0, end))
    ):
        end -= 1
    address, rest = shown[:end], shown[end:]
    if _BARE_URL.fullmatch(address) is None:
        address = link(address)
    return address + escape(rest)


def _angle(inside: str, names: Names) -> str:
    target, _, label = inside.partition("|")
    label = unescape(label)
    if target[0] in "@#!":
        shown, url = _reference(target, label, names)
        return link(url, shown) if url else escape(shown)
    url = unescape(target)
    if url.lower().startswith((*_SCHEMES, "mailto:")):
        return link(url, label)
    return escape(unescape(f"<{inside}>"))


def _reference(target: str, label: str, names: Names) -> tuple[str, str]:
    """Return what a `<@…>`, `<#…>` or `<!…>` says, and where it leads."""
    id_ = target[1:]
    if target[0] == "@":
        return f"@{names.username(id_) or label.removeprefix('@') or id_}", ""
    if target[0] == "#":
        return f"#{names.channel(id_) or label.removeprefix('#') or id_}", ""
    name, _, rest = id_.partition("^")
    if name in {"here", "channel", "everyone"}:
        return f"@{name}", ""
    if name == "subteam":
        return f"@{label.removeprefix('@') or rest}", ""
    if name == "date":
        stamp, _, form = rest.partition("^")
        url = form.partition("^")[2]
        is_link = url.lower().startswith(_SCHEMES)
        return label or moment(stamp), unescape(url) if is_link else ""
    return label or f"<{name}>", ""


def moment(seconds: object) -> str:
    """Return a Unix time in words, or what it is if it is none."""
    try:
        at = datetime.fromtimestamp(float(str(seconds)), tz=UTC)
    except (ValueError, OverflowError, OSError):
        return str(seconds)
    return at.strftime("%Y-%m-%d %H:%M UTC")


def _without_markup(text: str, names: Names) -> str:
    """Return what code shows: links and mentions by their text, and entities resolved."""

    def plain(found: "re.Match[str]") -> str:
        target, _, label = found.group(1).partition("|")
        if target[0] in "@#!":
            return _reference(target, label, names)[0]
        if unescape(target).lower().startswith((*_SCHEMES, "mailto:")):
            return label or target.removeprefix("mailto:")
        return found.group(0)

    resolve: Callable[[re.Match[str]], str] = plain
    return unescape(_ANGLE.sub(resolve, text))
