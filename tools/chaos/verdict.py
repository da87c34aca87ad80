"""What the judge says of a run."""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from tools.chaos.history import Run

Outcome = Literal["valid", "violated", "unknown"]

KEPT_MAX: Final = 50
"""Violations of one invariant that are kept. All are counted."""

INVARIANTS: Final[Mapping[int, str]] = {
    0: "Nothing breaks that must never be seen: no 500, no traceback, no dead socket",
    1: "Acknowledged means committed",
    2: "Every tab applies each stream as 1, 2, 3 …, without a hole and without a repeat",
    3: "One (author, client_id) is one message, for ever",
    4: "Everybody agrees on what a seq is",
    5: "What was acknowledged before another was sent stands before it",
    6: "After a removal nothing of the channel reaches who was removed",
    7: "Everyone's screen equals the log soon after the last fault",
    8: "Presence is right, and nobody with a live socket is shown offline",
    9: "Nothing is announced that is not committed",
    10: "Memory stays bounded",
}

_EXIT_STATUS: Final[Mapping[Outcome, int]] = {"valid": 0, "violated": 1, "unknown": 2}

_BUCKETS_PER_E: Final = 50
"""So a quantile is wrong by at most 1 %."""

_SHORTEST_SECONDS: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that must not be, and where in the history to look for it."""

    invariant: int
    sentence: str
    t: float
    stream: str = ""
    tab: str = ""
    user: str = ""
    seq: int | None = None
    client_id: str = ""
    instance: str = ""


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something took, in seconds. All zero when nothing was measured."""

    count: int = 0
    p50: float = 0.0
    p99: float = 0.0
    max: float = 0.0


@dataclass(frozen=True, slots=True)
class FaultFigures:
    """What came of all injections of one fault.

    Attributes:
        recovery: from the end of the fault until a post sent after it was acknowledged, on a
            socket of the target where that is an instance. It contains the client's own backoff
            and the wait for somebody to post, so it is an upper bound.
    """

    name: str
    injections: int
    hits: int
    missed: int
    recovery: Spread


@dataclass(frozen=True, slots=True)
class Figures:
    """How much was tried.

    Attributes:
        refused: for good, and not acknowledged later.
        unresolved: neither acknowledged nor refused for good.
        deliveries: `Apply` records, each of which was checked.
        latency: from the first sending of a post to its live arrival in each tab. What came in a
            page is left out: it tells how long a client was away.
        offline_claims: how often somebody was told that a person is offline.
    """

    seconds: float = 0.0
    sent: int = 0
    acknowledged: int = 0
    refused: int = 0
    unresolved: int = 0
    resent: int = 0
    deliveries: int = 0
    log_events: int = 0
    sockets: int = 0
    tabs: int = 0
    epochs: int = 0
    presence_told: int = 0
    offline_claims: int = 0
    latency: Spread = Spread()
    faults: tuple[FaultFigures, ...] = ()
    memory_max: Mapping[str, int] = field(default_factory=dict)
    """Instance → bytes."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement on one run.

    Attributes:
        violations: the first of each invariant.
        counts: invariant → all of its violations.
        doubts: why a run without violations says nothing.
    """

    outcome: Outcome
    violations: tuple[Violation, ...]
    counts: Mapping[int, int]
    doubts: tuple[str, ...]
    figures: Figures
    run: Run | None

    @property
    def exit_status(self) -> int:
        return _EXIT_STATUS[self.outcome]

    @property
    def sentence(self) -> str:
        match self.outcome:
            case "valid":
                return (
                    f"Nothing was lost: {self.figures.acknowledged:,} acknowledged posts and "
                    f"{self.figures.deliveries:,} deliveries agree with the log."
                )
            case "violated":
                broken = ", ".join(str(invariant) for invariant in sorted(self.counts))
                word = "Invariant" if len(self.counts) == 1 else "Invariants"
                total = sum(self.counts.values())
                return f"{word} {broken} did not hold: {total:,} violation{'s' * (total != 1)}."
            case "unknown":
                return f"This run proves nothing: {self.doubts[0]}"


class Complaints:
    """Collects violations; keeps the first of each invariant and counts all."""

    def __init__(self) -> None:
        self.counts: Counter[int] = Counter()
        self._kept: defaultdict[int, list[Violation]] = defaultdict(list)

    def add(self, violation: Violation) -> None:
        self.counts[violation.invariant] += 1
        kept = self._kept[violation.invariant]
        if len(kept) < KEPT_MAX:
            kept.append(violation)

    @property
    def kept(self) -> tuple[Violation, ...]:
        return tuple(one for invariant in sorted(self._kept) for one in self._kept[invariant])


class Durations:
    """Quantiles of any number of durations, in little memory.

    Buckets grow by 2 %, as in an HDR histogram; the maximum is exact.
    """

    def __init__(self) -> None:
        self._buckets: Counter[int] = Counter()
        self._count = 0
        self._max = 0.0

    def add(self, seconds: float) -> None:
        bucket = math.floor(math.log(max(seconds, _SHORTEST_SECONDS)) * _BUCKETS_PER_E)
        self._buckets[bucket] += 1
        self._count += 1
        self._max = max(self._max, seconds)

    def spread(self) -> Spread:
        return Spread(
            count=self._count, p50=self.quantile(0.5), p99=self.quantile(0.99), max=self._max
        )

    def quantile(self, share: float) -> float:
        seen = 0
        for bucket in sorted(self._buckets):
            seen += self._buckets[bucket]
            if seen >= share * self._count:
                return min(self._max, math.exp((bucket + 0.5) / _BUCKETS_PER_E))
        return 0.0
