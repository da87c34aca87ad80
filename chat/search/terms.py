"""What the index holds of a message: its words, and words that stand for what else is asked for.

A change here must come with a migration that indexes all messages anew.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final

from chat.search.folding import SUBSTRING, SYMBOLS, TOKEN, fold

TERM_MAX_CHARS: Final = 64
"""Of a longer word only the beginning is in the index; the text itself decides."""

PREFIX_MIN_CHARS: Final = 3
"""A word of this many letters finds whatever begins with it; a shorter one only itself."""

THREAD: Final = "_thread"
EDITED: Final = "_edited"
LINK: Final = "_link"
CODE: Final = "_code"
FILE: Final = "_file"
IMAGE: Final = "_image"

LINK_MARK: Final = "<a "
CODE_MARK: Final = "<code"
"""What shows in a message's HTML that there is one."""

_BY_CHARACTER: Final = re.compile(f"[{SUBSTRING}{SYMBOLS}]")


def is_by_character(token: str) -> bool:
    """Return whether a token is of a script whose parts are found, or a sign."""
    return _BY_CHARACTER.match(token) is not None


def author(user_id: int) -> str:
    return f"_a{user_id}"


def channel(channel_id: int) -> str:
    return f"_c{channel_id}"


def of_text(text: str) -> set[str]:
    """Return the terms that a text is found by. They have no underscore and no space."""
    found: set[str] = set()
    for token in TOKEN.findall(fold(text)):
        if is_by_character(token):
            found.update(token)
            found.update(token[place : place + 2] for place in range(len(token) - 1))
        else:
            found.add(token[:TERM_MAX_CHARS])
    return found


def of_message(
    *,
    text: str,
    html: str,
    channel_id: int,
    author_id: int,
    created_at: datetime,
    is_reply: bool,
    is_edited: bool,
    file_names: Iterable[str] = (),
    has_image: bool = False,
) -> list[str]:
    """Return all terms of a message, sorted."""
    names = list(file_names)
    found = of_text("\n".join([text, *names]))
    day = created_at.astimezone(UTC).date()
    found |= {author(author_id), channel(channel_id), _year(day), _month(day), _day(day)}
    flags = {
        THREAD: is_reply,
        EDITED: is_edited,
        LINK: LINK_MARK in html,
        CODE: CODE_MARK in html,
        FILE: bool(names),
        IMAGE: has_image,
    }
    found |= {term for term, is_so in flags.items() if is_so}
    return sorted(found)


def of_days(first: date, last: date) -> list[str]:
    """Return terms of which each message between two days (UTC, inclusive) has at least one."""
    return list(_spans(first, last))


def _spans(first: date, last: date) -> Iterator[str]:
    while first <= last:
        year_end = date(first.year, 12, 31)
        month_end = (date(first.year, first.month, 28) + timedelta(days=4)).replace(
            day=1
        ) - timedelta(days=1)
        if (first.month, first.day) == (1, 1) and year_end <= last:
            yield _year(first)
            first = year_end + timedelta(days=1)
        elif first.day == 1 and month_end <= last:
            yield _month(first)
            first = month_end + timedelta(days=1)
        else:
            yield _day(first)
            first += timedelta(days=1)


def _year(day: date) -> str:
    return f"_y{day:%Y}"


def _month(day: date) -> str:
    return f"_m{day:%Y%m}"


def _day(day: date) -> str:
    return f"_d{day:%Y%m%d}"
