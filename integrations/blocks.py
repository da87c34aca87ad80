"""Slack's blocks and attachments as Markdown. What is not known is left out, never an error."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from integrations import mrkdwn
from integrations.mrkdwn import Names

Json = Any
"""What was sent: anything that JSON can say."""


def blocks_to_markdown(blocks: Json, *, names: Names) -> str:
    """Return what a list of blocks shows. Buttons and inputs are left out."""
    return _paragraphs(_block(one, names) for one in _objects(blocks))


def attachments_to_markdown(attachments: Json, *, names: Names) -> str:
    """Return what a list of attachments shows, each as a quotation."""
    return _paragraphs(_attachment(one, names) for one in _objects(attachments))


def _block(block: Mapping[str, Json], names: Names) -> str:
    draw = _BLOCKS.get(str(block.get("type")))
    return draw(block, names) if draw else ""


def _section(block: Mapping[str, Json], names: Names) -> str:
    fields = [_text_object(one, names) for one in _objects(block.get("fields"))]
    accessory = block.get("accessory")
    picture = ""
    if isinstance(accessory, dict) and accessory.get("type") == "image":
        picture = _image(accessory, names)
    return _paragraphs([_text_object(block.get("text"), names), _lines(fields), picture])


def _header(block: Mapping[str, Json], names: Names) -> str:
    text = " ".join(_text_object(block.get("text"), names).split())
    return f"### {text}" if text else ""


def _divider(_block: Mapping[str, Json], _names: Names) -> str:
    return "---"


def _context(block: Mapping[str, Json], names: Names) -> str:
    shown = [
        _image(one, names) if one.get("type") == "image" else _text_object(one, names)
        for one in _objects(block.get("elements"))
    ]
    return " ".join(one for one in shown if one)


def _image(block: Mapping[str, Json], _names: Names) -> str:
    # A picture from elsewhere would tell its server who reads: it is a link.
    title = _string(_string_in(block.get("title"))) or _string(block.get("alt_text"))
    url = _string(block.get("image_url"))
    return mrkdwn.link(url, title or "image") if url else mrkdwn.escape(title)


def _video(block: Mapping[str, Json], _names: Names) -> str:
    title = _string_in(block.get("title")) or _string(block.get("alt_text"))
    return mrkdwn.link(_string(block.get("title_url")), title) if title else ""


def _markdown(block: Mapping[str, Json], _names: Names) -> str:
    return mrkdwn.clean(_string(block.get("text"))).strip("\n")


def _text_object(value: Json, names: Names) -> str:
    if not isinstance(value, dict):
        return ""
    text = _string(value.get("text"))
    if value.get("type") == "plain_text":
        lines = mrkdwn.unescape(mrkdwn.clean(text)).split("\n")
        return "\n".join(mrkdwn.guard(mrkdwn.escape(line)) for line in lines).strip("\n")
    return mrkdwn.to_markdown(text, names=names)


# ── rich_text ──────────────────────────────────────────────────────────────────────────────


def _rich_text(block: Mapping[str, Json], names: Names) -> str:
    shown: list[str] = []
    is_list = False
    for element in _objects(block.get("elements")):
        kind, text = element.get("type"), _rich_element(element, names)
        if not text:
            continue
        # The parts of one list come as several, one for each depth.
        joint = "\n" if is_list and kind == "rich_text_list" else "\n\n"
        shown += [joint, text] if shown else [text]
        is_list = kind == "rich_text_list"
    return "".join(shown)


def _rich_element(element: Mapping[str, Json], names: Names) -> str:
    parts = element.get("elements")
    match element.get("type"):
        case "rich_text_section":
            return _guarded(_run(parts, names))
        case "rich_text_quote":
            return _quoted(_guarded(_run(parts, names)))
        case "rich_text_preformatted":
            return _fenced("".join(_plain(one, names) for one in _objects(parts)))
        case "rich_text_list":
            return _rich_list(element, names)
        case _:
            return ""


def _rich_list(element: Mapping[str, Json], names: Names) -> str:
    indent = element.get("indent")
    depth = min(indent, 8) if isinstance(indent, int) and indent > 0 else 0
    is_ordered = element.get("style") == "ordered"
    step = "   " if is_ordered else "  "
    lines = []
    for number, item in enumerate(_objects(element.get("elements")), start=1):
        text = " ".join(_run(item.get("elements"), names).split("\n"))
        lines.append(f"{step * depth}{f'{number}.' if is_ordered else '-'} {text}")
    return "\n".join(lines)


def _run(parts: Json, names: Names) -> str:
    return "".join(_rich_part(one, names) for one in _objects(parts))


def _rich_part(part: Mapping[str, Json], names: Names) -> str:
    text = _plain(part, names)
    if part.get("type") == "link":
        return _styled(mrkdwn.link(_string(part.get("url")), _string(part.get("text"))), part)
    style = part.get("style")
    if isinstance(style, dict) and style.get("code") and text.strip():
        mark = "`" if "`" not in text else "``"
        return f"{mark} {text} {mark}" if "`" in text else f"{mark}{text}{mark}"
    return _styled(mrkdwn.escape(text), part)


def _styled(text: str, part: Mapping[str, Json]) -> str:
    style = part.get("style")
    if not isinstance(style, dict) or not text.strip():
        return text
    # Markdown knows no emphasis that begins or ends with a space.
    core = text.strip()
    before, after = text[: text.index(core)], text[text.index(core) + len(core) :]
    for name, mark in (("strike", "~~"), ("italic", "_"), ("bold", "**")):
        if style.get(name):
            core = f"{mark}{core}{mark}"
    return f"{before}{core}{after}"


def _plain(part: Mapping[str, Json], names: Names) -> str:
    match part.get("type"):
        case "text":
            return mrkdwn.clean(_string(part.get("text")))
        case "link":
            return _string(part.get("text")) or _string(part.get("url"))
        case "user":
            id_ = _string(part.get("user_id"))
            return f"@{names.username(id_) or id_}"
        case "channel":
            id_ = _string(part.get("channel_id"))
            return f"#{names.channel(id_) or id_}"
        case "usergroup":
            return f"@{_string(part.get('usergroup_id'))}"
        case "broadcast":
            return f"@{_string(part.get('range')) or 'channel'}"
        case "emoji":
            return f":{_string(part.get('name'))}:"
        case "date":
            return _string(part.get("fallback")) or mrkdwn.moment(part.get("timestamp"))
        case "color":
            return _string(part.get("value"))
        case _:
            return ""


_BLOCKS: Final[Mapping[str, Callable[[Mapping[str, Json], Names], str]]] = {
    "section": _section,
    "header": _header,
    "divider": _divider,
    "context": _context,
    "image": _image,
    "video": _video,
    "markdown": _markdown,
    "rich_text": _rich_text,
}


# ── Attachments ────────────────────────────────────────────────────────────────────────────


def _attachment(attachment: Mapping[str, Json], names: Names) -> str:
    def text(key: str) -> str:
        return mrkdwn.to_markdown(_string(attachment.get(key)), names=names)

    def linked(key: str, url_key: str) -> str:
        label = mrkdwn.unescape(_string(attachment.get(key)))
        url = _string(attachment.get(url_key))
        return mrkdwn.link(url, label) if label and url else mrkdwn.escape(" ".join(label.split()))

    title = linked("title", "title_link")
    footer = linked("footer", "footer_link")
    if attachment.get("ts"):
        footer = " · ".join(part for part in (footer, mrkdwn.moment(attachment["ts"])) if part)
    body = _paragraphs(
        [
            _lines([linked("author_name", "author_link"), f"**{title}**" if title else ""]),
            text("text"),
            _lines(_field(one, names) for one in _objects(attachment.get("fields"))),
            blocks_to_markdown(attachment.get("blocks"), names=names),
            _image({"image_url": attachment.get("image_url"), "alt_text": "image"}, names)
            if attachment.get("image_url")
            else "",
            footer,
        ]
    )
    shown = _paragraphs([text("pretext"), _quoted(body) if body else ""])
    return shown or text("fallback")


def _field(field: Mapping[str, Json], names: Names) -> str:
    title = mrkdwn.escape(" ".join(mrkdwn.unescape(_string(field.get("title"))).split()))
    value = mrkdwn.to_markdown(_string(field.get("value")), names=names)
    if not title:
        return value
    joint = "\n" if "\n" in value or value.startswith(("- ", "> ", "```")) else " "
    return f"**{title}**{joint}{value}" if value else f"**{title}**"


# ── Small things ───────────────────────────────────────────────────────────────────────────


def _objects(value: Json) -> Sequence[Mapping[str, Json]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _string(value: Json) -> str:
    if isinstance(value, str):
        return mrkdwn.clean(value)
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _string_in(value: Json) -> str:
    """Return the text of a text object."""
    return _string(value.get("text")) if isinstance(value, dict) else _string(value)


def _paragraphs(parts: Iterable[str]) -> str:
    return "\n\n".join(part for part in parts if part.strip())


def _lines(parts: Iterable[str]) -> str:
    return "\n".join(part for part in parts if part.strip())


def _guarded(text: str) -> str:
    return "\n".join(mrkdwn.guard(line) for line in text.split("\n")).strip("\n")


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def _fenced(text: str) -> str:
    text = text.strip("\n")
    if not text.strip():
        return ""
    mark = "```"
    while mark in text:
        mark += "`"
    return f"{mark}\n{text}\n{mark}"
