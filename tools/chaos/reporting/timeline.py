"""What a history says second by second, and what stands around each violation."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from tools.chaos.history import (
    Acknowledged,
    Apply,
    Close,
    Entry,
    Fault,
    Head,
    Open,
    Phase,
    Presence,
    Record,
    Run,
    Sample,
    Send,
    Trouble,
)
from tools.chaos.verdict import Durations, Violation

TRACE_SECONDS: Final = 2.0
"""A trace goes so far before and after its violation."""

TRACE_LINES_MAX: Final = 40

_CANDIDATES_MAX: Final = 4_000
_SAME_POST: Final = 0
_SAME_TAB_AND_STREAM: Final = 1
_SAME_PERSON: Final = 2
_SAME_TAB_OR_STREAM: Final = 3


@dataclass(frozen=True, slots=True)
class Point:
    t: float
    p50: float
    max: float


@dataclass(slots=True)
class Timeline:
    """What the charts and the traces show. Times are those of the history.

    Attributes:
        latency: for each second, the live deliveries in it.
        memory: instance → (time, bytes).
        traces: for each violation that was given, the records around it, in order.
    """

    began: float = 0.0
    ended: float = 0.0
    phases: list[Phase] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    latency: list[Point] = field(default_factory=list)
    memory: dict[str, list[tuple[float, int]]] = field(default_factory=dict)
    traces: list[list[Record]] = field(default_factory=list)


def draw_up(records: Iterable[Record], violations: Sequence[Violation]) -> Timeline:
    """Read a history once for all that a report shows."""
    timeline = Timeline()
    seconds: defaultdict[int, Durations] = defaultdict(Durations)
    sent: dict[str, float] = {}
    traces = _Traces(violations)
    memory: defaultdict[str, list[tuple[float, int]]] = defaultdict(list)
    times: list[float] = []
    for record in records:
        match record:
            case Apply() if record.client_id in sent and not record.page:
                seconds[int(record.t)].add(record.t - sent[record.client_id])
            case Send():
                sent[record.client_id] = record.t
            case Phase():
                timeline.phases.append(record)
            case Fault():
                timeline.faults.append(record)
            case Sample():
                memory[record.instance].append((record.t, record.rss_bytes))
            case _:
                pass
        if not isinstance(record, Run):
            times = [min(times[0], record.t), max(times[1], record.t)] if times else [record.t] * 2
        traces.take(record)
    timeline.began, timeline.ended = times or (0.0, 0.0)
    timeline.memory = dict(memory)
    timeline.latency = [
        Point(second + 0.5, of.quantile(0.5), of.spread().max)
        for second, of in sorted(seconds.items())
    ]
    timeline.traces = traces.finish()
    return timeline


class _Traces:
    """Collects what concerns each violation: first its very post, then its tab, then the rest."""

    def __init__(self, violations: Sequence[Violation]) -> None:
        self._violations = violations
        self._found: list[list[tuple[int, float, int, Record]]] = [[] for _ in violations]
        self._by_second: defaultdict[int, list[int]] = defaultdict(list)
        self._by_place: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
        self._by_post: defaultdict[str, list[int]] = defaultdict(list)
        self._users: dict[str, str] = {}
        self._order = 0
        for index, violation in enumerate(violations):
            first, last = violation.t - TRACE_SECONDS, violation.t + TRACE_SECONDS
            for second in range(int(first), int(last) + 1):
                self._by_second[second].append(index)
            if violation.stream and violation.seq is not None:
                self._by_place[violation.stream, violation.seq].append(index)
            if violation.client_id:
                self._by_post[violation.client_id].append(index)

    def take(self, record: Record) -> None:
        self._order += 1
        if isinstance(record, Open):
            self._users[record.tab] = record.user
        near = self._by_second.get(int(record.t), ())
        if isinstance(record, Apply | Acknowledged | Entry):
            for index in self._by_place.get((record.stream, record.seq), ()):
                self._keep(index, _SAME_POST, record)
        client_id = getattr(record, "client_id", None)
        for index in self._by_post.get(client_id, ()) if client_id else ():
            self._keep(index, _SAME_POST, record)
        if near and not isinstance(record, Entry | Head | Run):
            for index in near:
                rank = self._rank(self._violations[index], record)
                if rank is not None:
                    self._keep(index, rank, record)

    def _rank(self, violation: Violation, record: Record) -> int | None:
        tab: str = getattr(record, "tab", "")
        stream: str = getattr(record, "stream", "")
        same_tab = bool(tab) and tab == violation.tab
        same_stream = bool(stream) and stream == violation.stream
        same_person = bool(violation.user) and (
            self._users.get(tab) == violation.user
            or (isinstance(record, Presence) and violation.user in record.users)
        )
        rank: int | None = None
        if abs(record.t - violation.t) > TRACE_SECONDS:
            pass
        elif isinstance(record, Trouble):
            rank = _SAME_POST
        elif isinstance(record, Fault | Phase) or (
            same_tab and (same_stream or isinstance(record, Open | Close))
        ):
            rank = _SAME_TAB_AND_STREAM
        elif same_person or (isinstance(record, Sample) and record.instance == violation.instance):
            rank = _SAME_PERSON
        elif same_tab or same_stream:
            rank = _SAME_TAB_OR_STREAM
        return rank

    def _keep(self, index: int, rank: int, record: Record) -> None:
        found = self._found[index]
        if len(found) < _CANDIDATES_MAX:
            distance = abs(record.t - self._violations[index].t)
            found.append((rank, distance, self._order, record))

    def finish(self) -> list[list[Record]]:
        return [_best(found) for found in self._found]


def _best(found: list[tuple[int, float, int, Record]]) -> list[Record]:
    unique = {order: (rank, distance, order, record) for rank, distance, order, record in found}
    nearest = sorted(unique.values(), key=lambda one: one[:3])[:TRACE_LINES_MAX]
    return [record for *_, record in sorted(nearest, key=lambda one: (one[3].t, one[2]))]
