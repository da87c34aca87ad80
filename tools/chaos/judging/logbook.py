"""The log as the final read gave it, through every process."""

import sys
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_
from typing import Final

from protocol.describing import wire_type
from protocol.events import (
    MemberJoined,
    MemberLeft,
    MemberRemoved,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
)
from tools.chaos.history import Entry, Head
from tools.chaos.verdict import Complaints, Violation

POSTED: Final = wire_type(MessagePosted)

REWRITING: Final = frozenset({wire_type(MessageEdited), wire_type(MessageDeleted)})
"""After one of these, what the log says of earlier texts in the stream may have changed."""

_IN: Final = frozenset({wire_type(MemberJoined)})
_OUT: Final = frozenset({wire_type(MemberLeft), wire_type(MemberRemoved)})


@dataclass(slots=True)
class Kept:
    """One event of the log.

    `readers` has one bit for each process that gave it.
    """

    type: str
    client_id: str | None
    hash: str
    user: str
    readers: int


@dataclass(frozen=True, slots=True)
class Absence:
    """A person is out of a channel between two seqs. `until` is their return, if there was one."""

    after: int
    until: int | None

    def first_in(self, first: int, last: int) -> int | None:
        """Return the first seq of a run that falls into the absence."""
        seq = max(first, self.after + 1)
        return seq if seq <= last and (self.until is None or seq < self.until) else None


class Logbook:
    """Takes in `Entry` and `Head` records, then answers questions."""

    def __init__(self, complaints: Complaints) -> None:
        self._complaints = complaints
        self._bits: dict[str, int] = {}
        self.streams: dict[str, dict[int, Kept]] = {}
        self.heads: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self.places: dict[str, tuple[str, int]] = {}
        self._read_at = 0.0

    # ── Taking in ───────────────────────────────────────────────────────────────────────────

    def take_entry(self, entry: Entry) -> None:
        """Keep an event, or compare it with what another process gave.

        Checks invariant 4 between processes, and 3 within the log.
        """
        bit = self._bit(entry.instance)
        stream = self.streams.setdefault(entry.stream, {})
        kept = stream.get(entry.seq)
        if kept is None:
            client_id = sys.intern(entry.client_id) if entry.client_id is not None else None
            stream[entry.seq] = Kept(
                sys.intern(entry.type), client_id, sys.intern(entry.hash), entry.user, bit
            )
            self._read_at = entry.t
            if entry.client_id is not None and entry.type == POSTED:
                self._take_place(entry, entry.client_id)
            return
        kept.readers |= bit
        if (kept.type, kept.client_id, kept.hash, kept.user) != (
            entry.type,
            entry.client_id,
            entry.hash,
            entry.user,
        ):
            self._complain(
                4,
                f"{entry.instance} reads another event at {entry.stream} {entry.seq} than the "
                f"instances before it: {entry.type} instead of {kept.type}, or another content.",
                entry,
            )

    def take_head(self, head: Head) -> None:
        self._bit(head.instance)
        self._read_at = head.t
        self.heads[head.stream][head.instance] = head.seq

    def _take_place(self, entry: Entry, client_id: str) -> None:
        place = self.places.setdefault(client_id, (entry.stream, entry.seq))
        if place != (entry.stream, entry.seq):
            self._complain(
                3,
                f"{client_id} stands in the log twice: at {place[0]} {place[1]} and at "
                f"{entry.stream} {entry.seq}.",
                entry,
            )

    def _complain(self, invariant: int, sentence: str, entry: Entry) -> None:
        self._complaints.add(
            Violation(
                invariant,
                sentence,
                entry.t,
                stream=entry.stream,
                seq=entry.seq,
                client_id=entry.client_id or "",
                instance=entry.instance,
            )
        )

    def _bit(self, instance: str) -> int:
        return self._bits.setdefault(instance, 1 << len(self._bits))

    # ── Answers ─────────────────────────────────────────────────────────────────────────────

    @property
    def readers(self) -> frozenset[str]:
        """The processes that gave anything."""
        return frozenset(self._bits)

    def readers_of(self, stream: str) -> frozenset[str]:
        """Return the processes that gave anything of a stream, if only its head."""
        given = reduce(or_, (kept.readers for kept in self.streams.get(stream, {}).values()), 0)
        return frozenset(self.heads.get(stream, ())) | {
            name for name, bit in self._bits.items() if bit & given
        }

    def __len__(self) -> int:
        return sum(len(events) for events in self.streams.values())

    def was_read(self, stream: str) -> bool:
        return stream in self.heads or stream in self.streams

    def get(self, stream: str, seq: int) -> Kept | None:
        return self.streams.get(stream, {}).get(seq)

    def head(self, stream: str) -> int | None:
        """Return the last seq of a stream, by any process."""
        heads = self.heads.get(stream)
        return max(heads.values()) if heads else max(self.streams.get(stream, ()), default=None)

    def may_be_rewritten(self, stream: str, seq: int) -> bool:
        """Say whether a later event may have changed what this one says."""
        return seq < self._last_rewriting.get(stream, 0)

    @cached_property
    def _last_rewriting(self) -> dict[str, int]:
        return {
            stream: max((seq for seq, kept in events.items() if kept.type in REWRITING), default=0)
            for stream, events in self.streams.items()
        }

    @cached_property
    def absences(self) -> Mapping[str, Mapping[str, tuple[Absence, ...]]]:
        """Stream → user → when they were out of it."""
        moves: defaultdict[str, defaultdict[str, list[tuple[int, bool]]]]
        moves = defaultdict(lambda: defaultdict(list))
        for stream, events in self.streams.items():
            for seq, kept in events.items():
                if kept.user and kept.type in _IN | _OUT:
                    moves[stream][kept.user].append((seq, kept.type in _OUT))
        return {
            stream: {user: tuple(_absences(sorted(of))) for user, of in users.items()}
            for stream, users in moves.items()
        }

    def check(self) -> None:
        """Compare what the processes gave: invariants 2 and 4."""
        for stream, events in self.streams.items():
            self._check_holes(stream, events)
            self._check_readers(stream, events)
        for stream, heads in self.heads.items():
            if len(set(heads.values())) > 1:
                named = ", ".join(f"{name} says {seq}" for name, seq in sorted(heads.items()))
                self._complaints.add(
                    Violation(
                        4,
                        f"The instances do not agree on the head of {stream}: {named}.",
                        self._read_at,
                        stream=stream,
                        seq=max(heads.values()),
                    )
                )

    def _check_holes(self, stream: str, events: Mapping[int, Kept]) -> None:
        seqs = sorted(events)
        last = max(seqs[-1], self.head(stream) or 0)
        if last - seqs[0] + 1 == len(seqs):
            return
        missing = next(seq for seq in range(seqs[0], last + 1) if seq not in events)
        self._complaints.add(
            Violation(
                2,
                f"The log of {stream} has a hole: {last - seqs[0] + 1 - len(seqs)} of its events "
                f"are missing, the first is {missing}.",
                self._read_at,
                stream=stream,
                seq=missing,
            )
        )

    def _check_readers(self, stream: str, events: Mapping[int, Kept]) -> None:
        asked = self.readers_of(stream)
        all_of_them = sum(self._bits[name] for name in asked)
        for seq, kept in events.items():
            if kept.readers != all_of_them:
                lacking = [name for name in sorted(asked) if not self._bits[name] & kept.readers]
                self._complaints.add(
                    Violation(
                        4,
                        f"{stream} {seq} is not in the log as {' and '.join(lacking)} read it.",
                        self._read_at,
                        stream=stream,
                        seq=seq,
                        instance=lacking[0],
                    )
                )

    def removals(self, stream: str, user: str) -> int:
        """Return how often the person went from the channel."""
        return len(self.absences.get(stream, {}).get(user, ()))

    def absence_at(self, stream: str, user: str, seq: int) -> Absence | None:
        """Return the absence into which a seq falls."""
        absences = self.absences.get(stream, {}).get(user, ())
        index = bisect_right(absences, seq - 1, key=lambda one: one.after) - 1
        if index < 0 or absences[index].first_in(seq, seq) is None:
            return None
        return absences[index]


def _absences(moves: list[tuple[int, bool]]) -> Iterator[Absence]:
    went: int | None = None
    for seq, is_out in moves:
        if is_out and went is None:
            went = seq
        elif not is_out and went is not None:
            yield Absence(after=went, until=seq)
            went = None
    if went is not None:
        yield Absence(after=went, until=None)
