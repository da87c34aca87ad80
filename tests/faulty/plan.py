"""What is to go wrong, as the environment and a file say it."""

import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, get_args

import msgspec
from django.core.exceptions import ImproperlyConfigured

from tests.faulty.saying import say

Point = Literal[
    "before_commit",
    "after_commit",
    "before_publish",
    "after_publish",
    "before_ack",
    "after_ack",
    "before_accept",
    "in_replay",
    "in_fill",
    "before_renew",
]
Action = Literal["kill", "error", "delay"]
HubFault = Literal["drop", "double", "reorder"]
Switch = Literal[
    "publish_before_commit",
    "cached_seq",
    "no_gap_fill",
    "no_dedupe",
    "no_membership_check",
    "presence_by_disconnect",
    "ack_before_commit",
]

LOOK_SECONDS: Final = 0.2


@dataclass(frozen=True, slots=True)
class Failpoint:
    """What may happen at a point."""

    point: Point
    action: Action
    probability: float


class _File(msgspec.Struct, forbid_unknown_fields=True):
    failpoints: str | None = None
    hub_faults: str | None = None


@dataclass(frozen=True, slots=True)
class _Faults:
    failpoints: tuple[Failpoint, ...]
    hub: dict[HubFault, float]


class Plan:
    """What is to go wrong just now. Any thread may ask.

    Raises:
        ImproperlyConfigured: when it is not understood.
    """

    def __init__(self, *, failpoints: str, hub_faults: str, file: str) -> None:
        self._lock = threading.Lock()
        self._from_environment = _Faults(parse_failpoints(failpoints), parse_hub_faults(hub_faults))
        self._path = Path(file) if file else None
        self._seen: tuple[int, ...] = ()
        self._looked_at = time.monotonic()
        self._faults = self._from_environment
        self._read_file()

    def action_at(self, point: Point) -> Action | None:
        """Draw what happens at a point this time."""
        for one in self._now().failpoints:
            if one.point == point and random.random() < one.probability:
                return one.action
        return None

    def hub_fault(self) -> HubFault | None:
        """Draw what happens to a letter. At most one thing does."""
        drawn = random.random()
        for fault, probability in self._now().hub.items():
            if drawn < probability:
                return fault
            drawn -= probability
        return None

    def _now(self) -> _Faults:
        if self._path is None:
            return self._faults
        with self._lock:
            if time.monotonic() - self._looked_at >= LOOK_SECONDS:
                self._looked_at = time.monotonic()
                try:
                    self._read_file()
                except ImproperlyConfigured as error:
                    say(f"FAULTS_FILE {error}")
            return self._faults

    def _read_file(self) -> None:
        if self._path is None:
            return
        try:
            found = self._path.stat()
            seen = (found.st_mtime_ns, found.st_size, found.st_ino)
            content = self._path.read_bytes() if seen != self._seen else b""
        except FileNotFoundError:
            self._seen, self._faults = (), self._from_environment
            return
        if seen == self._seen:
            return
        self._seen = seen
        try:
            file = msgspec.json.decode(content, type=_File)
        except msgspec.DecodeError as error:
            raise ImproperlyConfigured(f"{self._path} is not understood: {error}.") from None
        given = self._from_environment
        self._faults = _Faults(
            given.failpoints if file.failpoints is None else parse_failpoints(file.failpoints),
            given.hub if file.hub_faults is None else parse_hub_faults(file.hub_faults),
        )


def parse_failpoints(text: str) -> tuple[Failpoint, ...]:
    """Read `name:action:probability,…`.

    Raises:
        ImproperlyConfigured.
    """
    found: list[Failpoint] = []
    for word in _words(text):
        name, action, probability = (*word.split(":", 2), "", "")[:3]
        known_point = _one_of("FAILPOINTS", "point", name, get_args(Point))
        known_action = _one_of("FAILPOINTS", "action", action, get_args(Action))
        found.append(
            Failpoint(
                point=msgspec.convert(known_point, Point),
                action=msgspec.convert(known_action, Action),
                probability=_probability("FAILPOINTS", probability or "1"),
            )
        )
    return tuple(found)


def parse_hub_faults(text: str) -> dict[HubFault, float]:
    """Read `drop=0.02,double=0.02,reorder=0.02`.

    Raises:
        ImproperlyConfigured.
    """
    found: dict[HubFault, float] = {}
    for word in _words(text):
        name, _, probability = word.partition("=")
        known = _one_of("HUB_FAULTS", "fault", name, get_args(HubFault))
        found[msgspec.convert(known, HubFault)] = _probability("HUB_FAULTS", probability)
    if sum(found.values()) > 1:
        raise ImproperlyConfigured("HUB_FAULTS: the probabilities add up to more than 1.")
    return found


def switches(text: str) -> frozenset[Switch]:
    """Read `name,name,…`.

    Raises:
        ImproperlyConfigured.
    """
    names = [_one_of("SWITCHES", "switch", word, get_args(Switch)) for word in _words(text)]
    return msgspec.convert(names, frozenset[Switch])


def _words(text: str) -> list[str]:
    return text.replace(",", " ").split()


def _one_of(variable: str, kind: str, name: str, known: Sequence[str]) -> str:
    if name not in known:
        raise ImproperlyConfigured(
            f"{variable}: there is no {kind} {name!r}; there are {', '.join(known)}."
        )
    return name


def _probability(variable: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise ImproperlyConfigured(f"{variable}: {text!r} is not a probability from 0 to 1.")
    return number
