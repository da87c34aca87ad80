"""Asking: from what somebody typed to the messages that they may read."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from datetime import time as time_of_day
from typing import Final, TypeAlias

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from chat import selectors
from chat.models import Message, Reaction, SavedMessage
from chat.search import attached, engines, terms
from chat.search.engines import NEWEST, Engine, Expression, Step
from chat.search.filters import Filters
from chat.search.folding import fold
from chat.search.query import Query, parse
from chat.search.snippets import Piece, snippet
from metrics.instruments import SEARCH_SECONDS

BUDGET_SECONDS: Final = 0.5
"""After this long a page ends, with fewer results; the next one goes on from there."""

STATEMENT_SECONDS: Final = 2.0
"""No statement of a search may run for longer."""

_NARROW: Final = 50
"""Up to so many channels are asked for in the index; with more, others are sorted out later."""

_CANDIDATES: Final = 64
_CANDIDATES_MAX: Final = 4_096
_CANDIDATES_GROWTH: Final = 4

_FIRST_DAY: Final = date(1970, 1, 1)
_NOTHING: Final = [terms.channel(0)]


Listed: TypeAlias = QuerySet[Message, int] | QuerySet[Reaction, int] | QuerySet[SavedMessage, int]


@dataclass(frozen=True, slots=True)
class Hit:
    """A message that was found, and the part of its text that shows why."""

    message: Message
    pieces: list[Piece]


@dataclass(frozen=True, slots=True)
class Found:
    """A page of what was found, the newest first, and before which id the next one begins."""

    hits: list[Hit]
    go_on_before: int | None


@SEARCH_SECONDS.time()
def find(*, asker: User, text: str, before: int | None = None, limit: int) -> Found:
    """Return the messages that a search finds among those that the asker may read.

    Who may read what is asked of the memberships of this moment. New messages do not move older
    ones: pages neither repeat nor leave out what was there when the first one was asked for.

    Raises:
        Invalid: when the search makes no sense, or names whom or what the asker cannot see.
        SearchTooBroad: when the database needs too long.
    """
    query = parse(text, today=timezone.now().astimezone(asker.zone).date())
    engine = engines.engine()
    with engine.limited(STATEMENT_SECONDS):
        search = _Search(engine, query, asker=asker)
        return search.page(before=before or NEWEST, limit=limit)


class _Search:
    def __init__(self, engine: Engine, query: Query, *, asker: User) -> None:
        self._engine = engine
        self._query = query
        self._asker = asker
        self._start = _beginning(query.first_day, asker.zone)
        self._end = _beginning(query.end_day, asker.zone)
        self._wanted = Filters(query.wanted, asker=asker)
        self._unwanted = Filters(query.unwanted, asker=asker)
        atoms = (atom for phrase in query.wanted.phrases for atom in phrase.atoms)
        self._expression = Expression(
            all_of=tuple(dict.fromkeys(atoms)),
            any_of=tuple(tuple(group) for group in self._groups()),
            none_of=tuple(one.atoms[0] for one in query.unwanted.phrases if one.is_one_term),
        )

    def page(self, *, before: int, limit: int) -> Found:
        until = time.monotonic() + BUDGET_SECONDS
        size = max(_CANDIDATES, limit + 1)
        step = self._candidates(before=before, limit=size)
        found = self._matching(step.ids)
        # However late it is by now, a page has got on.
        while step.go_on_before and len(found) <= limit and time.monotonic() < until:
            size = min(size * _CANDIDATES_GROWTH, _CANDIDATES_MAX)
            step = self._candidates(before=step.go_on_before, limit=size)
            found += self._matching(step.ids)
        go_on = step.go_on_before
        if len(found) > limit:
            found = found[:limit]
            go_on = found[-1]
        return Found(self._hits(found), go_on)

    def _groups(self) -> Iterator[list[str]]:
        yield from self._wanted.terms()
        if not self._wanted.channel_ids:
            visible = selectors.visible_channels(asker=self._asker)
            ids = list(visible.values_list("pk", flat=True)[: _NARROW + 1])
            if len(ids) <= _NARROW:
                yield [terms.channel(id_) for id_ in ids] or _NOTHING
        if self._start or self._end:
            first = self._start.date() if self._start else _FIRST_DAY
            # Far enough for whatever says that it comes from the future.
            last = timezone.now().date() + timedelta(days=366)
            if self._end:
                last = min(last, (self._end - timedelta(microseconds=1)).date())
            yield terms.of_days(first, last) or _NOTHING

    def _candidates(self, *, before: int, limit: int) -> Step:
        listed = self._listed(before)
        if listed is None:
            return self._engine.candidates(self._expression, before=before, limit=limit)
        ids = list(listed[:limit])
        return Step(ids, ids[-1] if len(ids) == limit else None)

    def _listed(self, before: int) -> Listed | None:
        """Return ids from a list shorter than the index's, where there is one."""
        names = self._wanted.names
        if "is:saved" in names:
            saved = SavedMessage.objects.filter(user=self._asker, message__lt=before)
            return saved.order_by("-message").values_list("message_id", flat=True)
        if names & {"is:pinned", "has:pin"}:
            pinned = self._readable().filter(pinned_at__isnull=False, pk__lt=before)
            return pinned.order_by("-pk").values_list("pk", flat=True)
        if self._query.wanted.phrases or self._wanted.author_ids:
            return None
        if "has:reaction" in names:
            given = Reaction.objects.filter(message__lt=before).order_by("-message")
            return given.values_list("message_id", flat=True).distinct()
        if "has:thread" in names:
            roots = self._readable().filter(reply_count__gt=0, pk__lt=before)
            return roots.order_by("-pk").values_list("pk", flat=True)
        return None

    def _matching(self, ids: list[int]) -> list[int]:
        """Return which of the candidates are what is looked for."""
        if not ids:
            return []
        rows = self._readable().filter(pk__in=ids).order_by("-pk")
        for condition in self._conditions():
            rows = rows.filter(condition)
        wanted, unwanted = self._query.wanted.phrases, self._query.unwanted.phrases
        if not (wanted or unwanted):
            return list(rows.values_list("pk", flat=True))
        files = attached.of_messages(ids)
        found = []
        for pk, text in rows.values_list("pk", "text"):
            folded = fold("\n".join([text, *(file.name for file in files.get(pk, ()))]))
            if all(one.pattern.search(folded) for one in wanted) and not any(
                one.pattern.search(folded) for one in unwanted
            ):
                found.append(pk)
        return found

    def _conditions(self) -> Iterator[Q]:
        yield from self._wanted.conditions()
        yield from (~condition for condition in self._unwanted.conditions())
        if self._start:
            yield Q(created_at__gte=self._start)
        if self._end:
            yield Q(created_at__lt=self._end)

    def _readable(self) -> QuerySet[Message]:
        channels = selectors.visible_channels(asker=self._asker)
        return Message.objects.filter(deleted_at=None, channel__in=channels)

    def _hits(self, ids: list[int]) -> list[Hit]:
        rows = selectors.with_all(self._readable().filter(pk__in=ids)).order_by("-pk")
        return [Hit(row, snippet(row.text, self._query.wanted.phrases)) for row in rows]


def _beginning(day: date | None, zone: tzinfo) -> datetime | None:
    """Return when a day begins there."""
    if day is None:
        return None
    return datetime.combine(day, time_of_day.min, tzinfo=zone).astimezone(UTC)
