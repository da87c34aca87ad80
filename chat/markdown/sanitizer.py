"""What may stand in a message's HTML. Whatever made it, nothing else comes through."""

import re
from typing import Final

import nh3

from chat.markdown import highlighting

LINK_RELATION: Final = "noopener noreferrer nofollow"

TAGS: Final = frozenset(
    (
        *("p", "br", "hr", "blockquote", "pre", "code", "strong", "em", "s", "a", "span", "img"),
        *("h1", "h2", "h3", "ul", "ol", "li", "input"),
        *("table", "thead", "tbody", "tr", "th", "td"),
    )
)
ATTRIBUTES: Final = {
    "a": {"href", "title", "data-channel-id"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    "pre": {"data-language"},
    "span": {"data-user-id", "data-group-id"},
}
VALUES: Final = {
    **{tag: {"dir": {"auto"}} for tag in ("h1", "h2", "h3", "blockquote", "ul", "ol", "table")},
    "a": {"target": {"_blank"}, "rel": {LINK_RELATION}},
    "img": {"loading": {"lazy"}},
    "input": {"type": {"checkbox"}, "checked": {"checked"}, "disabled": {"disabled"}},
    "pre": {"dir": {"ltr"}},
    "span": {"data-broad": {"here", "channel"}},
}
CLASSES: Final = {
    "a": {"channel"},
    "img": {"emoji"},
    "input": {"task-list-item-checkbox"},
    "li": {"task-list-item"},
    "ol": {"contains-task-list"},
    "p": {"jumbo"},
    "span": {"mention", *highlighting.CLASSES},
    "td": {"align-left", "align-center", "align-right"},
    "th": {"align-left", "align-center", "align-right"},
    "ul": {"contains-task-list"},
}
URL_SCHEMES: Final = frozenset({"http", "https", "mailto"})

_HERE: Final = re.compile(r"/[^/\\\x00-\x20][^\\\x00-\x20]*\Z")
_ELSEWHERE: Final = re.compile(r"(?:https?://|mailto:)[^\x00-\x20]+\Z", re.IGNORECASE)
_CHANNEL: Final = re.compile(r"/channels/[0-9]+\Z")


def clean(html: str) -> str:
    """Return the HTML without what is not allowed. Twice is the same as once."""
    return _cleaner.clean(html)


def _only_known_addresses(_tag: str, attribute: str, value: str) -> str | None:
    """Pictures come from here, links go to the web, a mail or a channel."""
    if attribute == "src":
        return value if _HERE.match(value) else None
    if attribute == "href":
        return value if _ELSEWHERE.match(value) or _CHANNEL.match(value) else None
    return value


_cleaner: Final = nh3.Cleaner(
    tags=set(TAGS),
    attributes=ATTRIBUTES,
    attribute_filter=_only_known_addresses,
    link_rel=None,
    tag_attribute_values=VALUES,
    url_schemes=set(URL_SCHEMES),
    allowed_classes=CLASSES,
)
