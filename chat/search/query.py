"""The language of searches, from a line of text to a `Query`. It knows nothing of the database."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from chat.exceptions import Invalid
from chat.search.phrases import Phrase, phrase
from protocol.limits import SEARCH_PARTS_MAX

HAS: Final = frozenset({"link", "code", "file", "image", "reaction", "pin", "thread"})
IS: Final = frozenset({"thread", "edited", "pinned", "saved", "mine"})

_DAY: Final = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?\Z", re.ASCII)
_FIRST_YEAR: Final = 1970
_LAST_YEAR: Final = 9000


@dataclass(frozen=True, slots=True)
class Side:
    """What must be so, or must not."""

    phrases: list[Phrase] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    """Usernames, and `me`."""
    channels: list[str] = field(default_factory=list)
    """Names of channels, folded to lower case."""
    conversations: list[str] = field(default_factory=list)
    """Usernames: the direct conversation with them."""
    has: set[str] = field(default_factory=set)
    flags: set[str] = field(default_factory=set)

    @property
    def is_empty(self) -> bool:
        return not any(
            (
                self.phrases,
                self.people,
                self.channels,
                self.conversations,
                self.has,
                self.flags,
            )
        )


@dataclass(slots=True)
class Query:
    """What somebody looks for. All of `wanted` must be so, and none of `unwanted`.

    Of several people, or of several places, one is enough.
    """

    wanted: Side = field(default_factory=Side)
    unwanted: Side = field(default_factory=Side)
    first_day: date | None = None
    """The first day, as the asker counts days."""
    end_day: date | None = None
    """The day after the last one."""


@dataclass(frozen=True, slots=True)
class _Part:
    text: str
    is_quoted: bool
    is_negated: bool


def parse(text: str, *, today: date) -> Query:
    """Return what a search asks for.

    Args:
        text: what was typed.
        today: the day on which the asker is.

    Raises:
        Invalid: for a filter that makes no sense, for too many parts, or when nothing is said of
            what is to be found.
    """
    query = Query()
    for count, part in enumerate(_parts(text), start=1):
        if count > SEARCH_PARTS_MAX:
            raise _invalid(f"A search may have {SEARCH_PARTS_MAX} words and filters.")
        key, colon, value = part.text.partition(":")
        apply = _FILTERS.get(key.lower()) if colon and not part.is_quoted else None
        if apply is None:
            _look_for(query, part)
        else:
            apply(query, part, value.strip('"'), today)
    if query.wanted.is_empty and query.first_day is None and query.end_day is None:
        raise _invalid("Say what to find: a word, a person, a channel or a date.")
    return query


def _parts(text: str) -> Iterator[_Part]:
    place = 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        is_negated = text[place] == "-" and not text[place + 1 : place + 2].isspace()
        start = place + is_negated
        if text[start : start + 1] == '"':
            closing = text.find('"', start + 1)
            end = closing if closing >= 0 else len(text)
            yield _Part(text[start + 1 : end], is_quoted=True, is_negated=is_negated)
            place = end + 1
            continue
        end = start
        while end < len(text) and not text[end].isspace():
            end += 1
        if end > start:
            yield _Part(text[start:end], is_quoted=False, is_negated=is_negated)
        place = max(end, place + 1)


def _invalid(sentence: str) -> Invalid:
    return Invalid(sentence, fields={"q": sentence})


def _side(query: Query, part: _Part) -> Side:
    return query.unwanted if part.is_negated else query.wanted


def _look_for(query: Query, part: _Part) -> None:
    found = phrase(part.text, is_exact=part.is_quoted)
    if found is not None:
        _side(query, part).phrases.append(found)


def _from(query: Query, part: _Part, value: str, _today: date) -> None:
    name = value.removeprefix("@").lower()
    if not name:
        raise _invalid("Say whose messages: from:@ann or from:me.")
    _side(query, part).people.append(name)


def _in(query: Query, part: _Part, value: str, _today: date) -> None:
    name = value.lower().removeprefix("#")
    if not name.removeprefix("@"):
        raise _invalid("Say where: in:#general or in:@ann.")
    side = _side(query, part)
    if name.startswith("@"):
        side.conversations.append(name[1:])
    else:
        side.channels.append(name)


def _has(query: Query, part: _Part, value: str, _today: date) -> None:
    name = value.lower()
    name = {"attachment": "file", "url": "link"}.get(name, name.removesuffix("s"))
    if name not in HAS:
        raise _invalid(f"A message can have: {', '.join(sorted(HAS))}.")
    _side(query, part).has.add(name)


def _is(query: Query, part: _Part, value: str, _today: date) -> None:
    name = value.lower()
    if name not in IS:
        raise _invalid(f"A message can be: {', '.join(sorted(IS))}.")
    _side(query, part).flags.add(name)


def _days(value: str, today: date) -> tuple[date, date]:
    """Return the first day that is meant, and the day after the last one."""
    named = {"today": today, "yesterday": today - timedelta(days=1)}.get(value.lower())
    if named is not None:
        return named, named + timedelta(days=1)
    match = _DAY.match(value)
    problem = _invalid("A date looks like 2026-11-01, 2026-11, 2026, today or yesterday.")
    if match is None:
        raise problem
    year, month, day = (int(number) if number else None for number in match.groups())
    if year is None or not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise problem
    try:
        if month is None:
            return date(year, 1, 1), date(year + 1, 1, 1)
        if day is None:
            return date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)
        return date(year, month, day), date(year, month, day) + timedelta(days=1)
    except ValueError:
        raise problem from None


def _not_before(query: Query, day: date) -> None:
    query.first_day = day if query.first_day is None else max(query.first_day, day)


def _only_before(query: Query, day: date) -> None:
    query.end_day = day if query.end_day is None else min(query.end_day, day)


def _refuse_negated(part: _Part) -> None:
    if part.is_negated:
        raise _invalid("A date cannot be left out: use before: and after:.")


def _before(query: Query, part: _Part, value: str, today: date) -> None:
    _refuse_negated(part)
    _only_before(query, _days(value, today)[0])


def _after(query: Query, part: _Part, value: str, today: date) -> None:
    _refuse_negated(part)
    _not_before(query, _days(value, today)[1])


def _on(query: Query, part: _Part, value: str, today: date) -> None:
    _refuse_negated(part)
    first, end = _days(value, today)
    _not_before(query, first)
    _only_before(query, end)


_FILTERS: Final[dict[str, Callable[[Query, _Part, str, date], None]]] = {
    "from": _from,
    "in": _in,
    "has": _has,
    "is": _is,
    "before": _before,
    "after": _after,
    "on": _on,
    "during": _on,
}
"""Every other word with a colon is looked for in the text: `http://…`, `12:30`, `note:`."""
