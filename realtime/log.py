"""The ordered log: take a place, write what happened there, read it again.

A place is taken by one statement that locks the stream's row until the transaction ends. So the
order of commits is the order of seqs, and a rollback leaves no hole.
"""

import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec
from django.db import connection, transaction

from protocol.describing import wire_type
from protocol.events import OrderedEvent
from realtime import rows
from realtime.letters import Letter
from realtime.models import Epoch, Event, Stream

_EPOCH_START = datetime(1970, 1, 1, tzinfo=UTC)

# What is to be inserted says how many places are wanted, and when the last of them is.
_TAKE = """
INSERT INTO realtime_stream (name, last_seq, last_at_us) VALUES {wanted}
ON CONFLICT (name) DO UPDATE SET
    last_seq = realtime_stream.last_seq + excluded.last_seq,
    last_at_us = CASE WHEN excluded.last_at_us > realtime_stream.last_at_us + excluded.last_seq
                      THEN excluded.last_at_us
                      ELSE realtime_stream.last_at_us + excluded.last_seq END
RETURNING id, name, last_seq, last_at_us
"""


_EPOCH_AND_HEADS = """
SELECT epoch.value, stream.name, stream.last_seq
FROM realtime_epoch epoch LEFT JOIN realtime_stream stream ON stream.name IN ({names})
"""
_NAMES_MAX: Final = 500


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a stream, taken by this transaction. It must be written to."""

    stream_id: int
    stream: str
    seq: int
    at: datetime


def take(stream: str, *, at: datetime | None = None) -> Place:
    """Take the next place of the stream, and hold the stream until the transaction ends.

    Args:
        stream: its name. A stream begins with its first place.
        at: when it happened, if not now. Times in a stream always rise, by 1 µs at least.

    Locks: take channels' streams before users' streams, and users' in the order of their names;
    else two transactions can wait for each other.
    """
    (place,) = take_all([stream], at=at)
    return place


def take_all(streams: Sequence[str], *, at: datetime | None = None) -> list[Place]:
    """Take the next place of each of these streams, with one statement.

    A stream that is named several times gives as many places, in order. Everything that is said of
    `take` holds here; the streams are taken in the order of their names.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("A place can only be taken in a transaction.")
    if not streams:
        return []
    now = _microseconds(at) if at else time.time_ns() // 1000
    counts = Counter(streams)
    wanted = [value for n in sorted(counts) for value in (n, counts[n], now + counts[n] - 1)]
    statement = _TAKE.format(wanted=", ".join(["(%s, %s, %s)"] * len(counts)))
    with connection.cursor() as cursor:
        cursor.execute(statement, wanted)
        taken = {name: (pk, seq, at_us) for pk, name, seq, at_us in cursor.fetchall()}
    places = []
    for stream in streams:
        counts[stream] -= 1
        stream_id, last_seq, last_at_us = taken[stream]
        places.append(
            Place(
                stream_id=stream_id,
                stream=stream,
                seq=last_seq - counts[stream],
                at=_EPOCH_START + timedelta(microseconds=last_at_us - counts[stream]),
            )
        )
    return places


def hold(stream: str) -> None:
    """Hold the stream until the transaction ends, as `take` does, without taking a place.

    What is read behind it is true until then.
    """
    hold_all([stream])


def hold_all(streams: Iterable[str]) -> set[str]:
    """Hold streams as `hold` does, with one statement. Return those that are held.

    One that has not begun cannot be held without a place.
    """
    names = set(streams)
    # SQLite's transactions are IMMEDIATE: each holds everything.
    if connection.vendor != "postgresql":
        return names
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM realtime_stream WHERE name = ANY(%s) ORDER BY name FOR UPDATE",
            [sorted(names)],
        )
        return {name for (name,) in cursor.fetchall()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What happened at a place, with what a hub must know of it."""

    place: Place
    event: OrderedEvent
    subject_id: int | None = None
    opens: str = ""
    opens_after: int = 0
    closes: str = ""
    ejects_user_id: int | None = None
    rewrites: bool = False


def write(entries: Sequence[Entry]) -> list[Letter]:
    """Write what happened at these places, and return it ready to be sent after the commit."""
    payloads = []
    for one in entries:
        if (one.event.stream, one.event.seq) != (one.place.stream, one.place.seq):
            raise ValueError("The event is not of this place.")
        payloads.append(msgspec.json.encode(one.event))
    rows.insert(
        [
            Event(
                stream_id=one.place.stream_id,
                seq=one.place.seq,
                type=wire_type(type(one.event)),
                at=one.place.at,
                actor_id=int(one.event.actor_id) if one.event.actor_id else None,
                subject_id=one.subject_id,
                opens=one.opens,
                opens_after=one.opens_after,
                closes=one.closes,
                ejects_user_id=one.ejects_user_id,
                rewrites=one.rewrites,
                payload=payload.decode(),
            )
            for one, payload in zip(entries, payloads, strict=True)
        ]
    )
    return [
        Letter(
            stream=one.place.stream,
            seq=one.place.seq,
            payload=payload,
            opens=one.opens,
            opens_after=one.opens_after,
            closes=one.closes,
            ejects_user_id=one.ejects_user_id or 0,
            rewrites=one.rewrites,
        )
        for one, payload in zip(entries, payloads, strict=True)
    ]


def rewrite(stream: str, *, subject_id: int, change: Callable[[bytes], bytes]) -> None:
    """Change what earlier events of the stream say about a subject. Their places stay."""
    for event in Event.objects.filter(stream__name=stream, subject_id=subject_id):
        event.payload = change(event.payload.encode()).decode()
        event.save(update_fields=["payload"])


def redact(stream: str, *, subject_id: int, change: Callable[[bytes], bytes]) -> None:
    """Change what earlier events of the stream say about a subject, for the last time.

    They are not about it any more afterwards: however often a subject changes, only what was said
    since the last time is read.
    """
    rewrite(stream, subject_id=subject_id, change=change)
    Event.objects.filter(stream__name=stream, subject_id=subject_id).update(subject_id=None)


@dataclass(frozen=True, slots=True)
class Heads:
    """The last seqs of some streams, and the history that they belong to."""

    epoch: str
    seqs: dict[str, int]


def heads_in_epoch(streams: Iterable[str]) -> Heads:
    """Return the last seq of each stream, and the name of the history, of one moment."""
    names = list(streams)
    value, known = _epoch_and_heads(names[:_NAMES_MAX])
    if value is None:
        # The first to ask makes it; without it the statement has found nothing at all.
        value, known = epoch(), heads(names[:_NAMES_MAX])
    # SQLite allows a limited number of parameters in a statement. A history that ends in between
    # shows the old name at worst, and the next look finds the new one.
    return Heads(
        epoch=value,
        seqs={name: known.get(name, 0) for name in names[:_NAMES_MAX]} | heads(names[_NAMES_MAX:]),
    )


def heads_in_epoch_of_all(questions: Sequence[Sequence[str]]) -> list[Heads]:
    """Return what `heads_in_epoch` does for several who ask at the same time."""
    found = heads_in_epoch({name for names in questions for name in names})
    return [
        Heads(epoch=found.epoch, seqs={name: found.seqs[name] for name in names})
        for names in questions
    ]


def _epoch_and_heads(names: Sequence[str]) -> tuple[str | None, dict[str, int]]:
    if not names:
        return None, {}
    with connection.cursor() as cursor:
        cursor.execute(_EPOCH_AND_HEADS.format(names=", ".join(["%s"] * len(names))), names)
        found = cursor.fetchall()
    known = {name: last_seq for _, name, last_seq in found if name is not None}
    # A UUID has no dashes where the database has no type for it.
    return (str(uuid.UUID(str(found[0][0]))) if found else None), known


def heads(streams: Iterable[str]) -> dict[str, int]:
    """Return the last seq of each stream; 0 for one that has not begun."""
    names = list(streams)
    known: dict[str, int] = {}
    # SQLite allows a limited number of parameters in a statement.
    for start in range(0, len(names), _NAMES_MAX):
        known |= dict(
            Stream.objects.filter(name__in=names[start : start + _NAMES_MAX]).values_list(
                "name", "last_seq"
            )
        )
    return {name: known.get(name, 0) for name in names}


def read(stream: str, *, after: int, limit: int, up_to: int | None = None) -> list[Letter]:
    """Return the events after a seq, in order, at most `limit`."""
    events = Event.objects.filter(stream__name=stream, seq__gt=after).order_by("seq")
    if up_to is not None:
        events = events.filter(seq__lte=up_to)
    return [
        Letter(
            stream=stream,
            seq=event.seq,
            payload=event.payload.encode(),
            opens=event.opens,
            opens_after=event.opens_after,
            closes=event.closes,
            ejects_user_id=event.ejects_user_id or 0,
            rewrites=event.rewrites,
        )
        for event in events[:limit]
    ]


@dataclass(frozen=True, slots=True)
class Past:
    """A question for the events of a stream after a seq, at most so many."""

    stream: str
    after: int
    limit: int


def read_all(questions: Sequence[Past]) -> list[list[Letter] | None]:
    """Return what `read` does for several who ask at the same time: one query for each stream.

    None has to be read by itself: it asks for what is too far from what others ask for.
    """
    first: dict[str, int] = {}
    most: dict[str, int] = {}
    for one in questions:
        first[one.stream] = min(one.after, first.get(one.stream, one.after))
        most[one.stream] = max(one.limit, most.get(one.stream, 0))
    # Twice: those who come back together were not all cut off at the same event.
    found = {
        stream: read(stream, after=after, limit=2 * most[stream]) for stream, after in first.items()
    }
    answers: list[list[Letter] | None] = []
    for one in questions:
        letters = found[one.stream]
        mine = [letter for letter in letters if letter.seq > one.after][: one.limit]
        is_whole = len(letters) < 2 * most[one.stream] or len(mine) == one.limit
        answers.append(mine if is_whole else None)
    return answers


def fit(letters: Sequence[Letter], *, max_bytes: int) -> Sequence[Letter]:
    """Return as many of the first letters as fit, and one at least."""
    total = 0
    for count, letter in enumerate(letters):
        total += len(letter.payload) + 1
        if total > max_bytes and count:
            return letters[:count]
    return letters


def epoch() -> str:
    """Return the name of this history. The first to ask makes it."""
    row, _ = Epoch.objects.get_or_create(id=1, defaults={"value": uuid.uuid4()})
    return str(row.value)


def renew_epoch(old: str) -> str:
    """End the history of this name, and return the name of the one that counts from now on.

    Of several that notice the same loss, one gives the new name.
    """
    Epoch.objects.filter(id=1, value=old).update(value=uuid.uuid4())
    return epoch()


def last_event_id() -> int:
    """Return the id of the newest event in any stream; it only ever rises within a history."""
    return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def forget_past(stream: str) -> None:
    """Delete the events of a stream that nobody hears and nobody will ask for again.

    Not the newest of all: by it a database is recognised that is older than it was.
    """
    Event.objects.filter(stream__name=stream, pk__lt=last_event_id()).delete()


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH_START) // timedelta(microseconds=1)
