"""The rule of presence, invariant 8, in one place.

1. Nobody is told `offline` of a person who has a live socket. A socket is *live* at t when it was
   opened `OPEN_BEFORE_SECONDS` before t or earlier, stays open for `OPEN_AFTER_SECONDS`, and no
   fault that may concern it was under way within `FAULT_SHADOW_SECONDS` before t. Such a fault
   is one whose target is its instance, the observer's instance (a stopped process delivers what
   is no longer true when it goes on), or anything but the database, a channel and other instances
   (Redis, the network, the clients). A tab that did not read its socket then answered no ping
   and heard old news: neither its own socket nor what it was told counts.
2. At the end of the quiet phase every observer with an open socket knows the truth of each person
   whom it watches: online, in one of the forms of that, if and only if they have an open socket.
   Nothing is asked about people who came or went just before: `CAME_SECONDS`, `WENT_SECONDS`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tools.chaos.history import Close, Fault, Numb, Open, Presence
from tools.chaos.judging.following import Socket
from tools.chaos.verdict import Complaints, Violation

OPEN_BEFORE_SECONDS: Final = 3.0
"""A socket counts as soon as the layer and the batches of presence had the time to say so."""

OPEN_AFTER_SECONDS: Final = 1.0
"""The server may know of an end before the client does."""

FAULT_SHADOW_SECONDS: Final = 35.0
"""A lease of 10 s, a grace of 15 s, and a reconnect."""

CAME_SECONDS: Final = 3.0

WENT_SECONDS: Final = 30.0
"""What is promised, also after a crash. (Whom a drain sends away has a longer grace, and comes
back.)"""

QUIET_SECONDS: Final = 30.0
"""Presence is right this long after any crash."""

_OFFLINE: Final = "offline"
_ONLINE: Final = frozenset({"online", "away", "dnd"})
DATABASE_TARGETS: Final = frozenset({"database", "postgresql", "sqlite"})


@dataclass(slots=True)
class _Person:
    sockets: dict[int, Socket] = field(default_factory=dict)
    came_at: float = float("-inf")
    went_at: float = float("-inf")


@dataclass(slots=True)
class _Observer:
    """What a tab knows, by its present socket."""

    socket: int
    states: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Claim:
    t: float
    tab: str
    observer: Socket
    user: str
    sockets: tuple[Socket, ...]


class PresenceRule:
    """Takes in who came, who went and who was told what."""

    def __init__(self, complaints: Complaints, sockets: Mapping[int, Socket]) -> None:
        self._complaints = complaints
        self._sockets = sockets
        self._people: dict[str, _Person] = {}
        self._observers: dict[str, _Observer] = {}
        self._claims: list[_Claim] = []
        self._wrong: list[Violation] = []
        self._numb: dict[int, list[tuple[float, float]]] = {}
        self._quiet_ended_at: float | None = None
        self.told = 0
        self.offline_claims = 0
        self.compared = 0
        self.absent_compared = 0

    def take_open(self, record: Open) -> None:
        person = self._person(record.user)
        if not person.sockets:
            person.came_at = record.t
        person.sockets[record.socket] = self._sockets[record.socket]
        self._observers[record.tab] = _Observer(record.socket)

    def take_close(self, record: Close) -> None:
        socket = self._sockets.get(record.socket)
        if socket is None:
            return
        person = self._person(socket.user)
        person.sockets.pop(record.socket, None)
        if not person.sockets:
            person.went_at = record.t
        observer = self._observers.get(record.tab)
        if observer is not None and observer.socket == record.socket:
            del self._observers[record.tab]

    def take_numb(self, record: Numb) -> None:
        # Until when is not known yet: a socket that is cut while it is numb never goes on.
        spans = self._numb.setdefault(record.socket, [])
        if record.is_numb:
            spans.append((record.t, float("inf")))
        elif spans:
            spans[-1] = (spans[-1][0], record.t)

    def take_presence(self, record: Presence) -> None:
        self.told += len(record.users)
        observer = self._observers.get(record.tab)
        if observer is None or observer.socket != record.socket:
            return
        if record.asked:
            # The answer to a question replaces the set that is watched.
            observer.states = dict(record.users)
        else:
            observer.states.update(record.users)
        for user, state in record.users.items():
            if state == _OFFLINE:
                self.offline_claims += 1
                self._examine(record, user)

    def _examine(self, record: Presence, user: str) -> None:
        seen = tuple(
            socket
            for socket in self._person(user).sockets.values()
            if socket.opened_at <= record.t - OPEN_BEFORE_SECONDS
        )
        if seen:
            self._claims.append(
                _Claim(record.t, record.tab, self._sockets[record.socket], user, seen)
            )

    def end_quiet(self, t: float) -> None:
        """Compare what every observer knows with the truth: the second half of the rule."""
        self._quiet_ended_at = t
        for tab, observer in self._observers.items():
            for user, state in observer.states.items():
                person = self._person(user)
                is_online = bool(person.sockets)
                if is_online and person.came_at > t - CAME_SECONDS:
                    continue
                if not is_online and person.went_at > t - WENT_SECONDS:
                    continue
                self.compared += 1
                self.absent_compared += not is_online
                if (state in _ONLINE) != is_online or state not in _ONLINE | {_OFFLINE}:
                    truth = "online" if is_online else "offline"
                    self._wrong.append(
                        Violation(
                            8,
                            f"At the end of the quiet phase tab {tab} holds {user} for {state}, "
                            f"who is {truth}.",
                            t,
                            tab=tab,
                            user=user,
                        )
                    )

    def check(self, faults: Sequence[Fault], instances: frozenset[str]) -> list[str]:
        """Complain where the rule was broken, and return why it could not be applied."""
        for claim in self._claims:
            if self._was_numb(claim.observer, claim.t):
                continue
            live = [
                socket
                for socket in claim.sockets
                if (socket.closed_at is None or socket.closed_at > claim.t + OPEN_AFTER_SECONDS)
                and not self._was_numb(socket, claim.t)
                and not _is_shadowed(claim, socket, faults, instances)
            ]
            if live:
                self._complaints.add(
                    Violation(
                        8,
                        f"Tab {claim.tab} was told that {claim.user} is offline, who has had a "
                        f"socket on {live[0].instance} for {claim.t - live[0].opened_at:.1f} s.",
                        claim.t,
                        tab=claim.tab,
                        user=claim.user,
                        instance=live[0].instance,
                    )
                )
        last = max((fault.ended for fault in faults), default=None)
        ended = self._quiet_ended_at
        if ended is not None and last is not None and ended - last < QUIET_SECONDS:
            short = f"The quiet phase ended {ended - last:.0f} s after the last fault"
            return [f"{short}: presence may take {QUIET_SECONDS:.0f} s to be right."]
        for violation in self._wrong:
            self._complaints.add(violation)
        return []

    def _was_numb(self, socket: Socket, t: float) -> bool:
        return any(
            began <= t and ended >= t - FAULT_SHADOW_SECONDS
            for began, ended in self._numb.get(socket.number, ())
        )

    def _person(self, user: str) -> _Person:
        person = self._people.get(user)
        if person is None:
            person = self._people[user] = _Person()
        return person


def _is_shadowed(
    claim: _Claim, socket: Socket, faults: Sequence[Fault], instances: frozenset[str]
) -> bool:
    mine = {claim.observer.instance, socket.instance}
    return any(
        fault.began <= claim.t
        and fault.ended >= claim.t - FAULT_SHADOW_SECONDS
        and fault.target not in DATABASE_TARGETS
        and not fault.target.startswith("c:")
        and (fault.target in mine or fault.target not in instances)
        for fault in faults
    )
