"""Presence in Redis. Nothing else in this package talks to it.

Keys, all with one hash tag so that a script may touch them together:

    procs           ZSET  process → when its lease ends, in ms of Redis's own clock
    pc:<process>    SET   user|connection
    uc:<user>       HASH  connection → process
    idle:<user>     SET   connections of devices at which nobody is
    choice:<user>   HASH  state → what they want to look like, version → which wish of theirs it is
    grace           ZSET  user without connections → when they count as offline
    told            HASH  user → how others were told that they are; who is offline is not in it
    ver             counter of changes
    log             ZSET  user → version of their last change, of the last changes alone
    born            HASH run → which run of Redis this data belongs to, at → since when, in ms

Everything here is lost without harm: processes notice and register their sockets again. Until all
have done so, somebody who is not found may be online all the same: for `SETTLE_MS` after Redis has
come back, empty or with data of another day, nobody is called offline.

Redis says once for each connection which run of it this is, and the scripts in `lua/` tell what
belongs to another (`stamp.lua`).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, get_args

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from protocol.resources import PresenceChoice, PresenceState

SETTLE_MS: Final = 10_000
LEASE_MS: Final = 10_000
GRACE_MS: Final = 15_000
DRAIN_GRACE_MS: Final = 60_000
REAP_LIMIT: Final = 200
READ_MAX: Final = 1_000
"""People in one question."""

TIMEOUT_SECONDS: Final = 1.0

_LUA: Final = Path(__file__).parent / "lua"
_COMMON: Final = (_LUA / "state.lua").read_text()


class Choice(NamedTuple):
    """What somebody wants to look like. Of two wishes the higher version counts."""

    state: PresenceChoice
    version: int


class Arrival(NamedTuple):
    """A connection that begins."""

    connection_id: str
    user_id: int
    is_idle: bool
    choice: Choice


class Departure(NamedTuple):
    """A connection that has ended, and how long the person has to come back."""

    process: str
    connection_id: str
    user_id: int
    grace_ms: int


class Idleness(NamedTuple):
    """Whether nobody is at the device of a connection."""

    connection_id: str
    user_id: int
    is_idle: bool


class Place(NamedTuple):
    """A place in the history of changes. Versions of another epoch say nothing of this one."""

    epoch: str
    version: int


class Change(NamedTuple):
    """Somebody is another way than before."""

    place: Place
    user_id: int
    state: PresenceState


class Seen(NamedTuple):
    """How people were at a place in the history.

    Attributes:
        place: where that was.
        settles_ms: in how many ms all who are here will have said so; 0 when they have.
        states: `unknown` is whoever is not found while it is not settled.
    """

    place: Place
    settles_ms: int
    states: dict[int, PresenceState]


class Look(NamedTuple):
    """What has changed since another place.

    Attributes:
        seen: everybody who has changed, and how they are.
        is_all: whether it is everything. Else everybody has to be read anew.
    """

    seen: Seen
    is_all: bool


class Reaped(NamedTuple):
    """What one step of reaping has taken out."""

    connections: int
    gone: list[int]

    @property
    def is_full(self) -> bool:
        """Whether there may be more at once."""
        return max(self.connections, len(self.gone)) >= REAP_LIMIT


class Store:
    """Synchronous, and quick to give up: presence must never hold up a message.

    Every method raises `redis.RedisError` when Redis cannot be asked.
    """

    def __init__(self, url: str, *, prefix: str) -> None:
        self._prefix = f"{{{prefix}:presence}}:"
        self._run = ""
        self.events_channel = f"{self._prefix}events"
        self._redis: Any = redis.Redis.from_url(
            url,
            socket_connect_timeout=TIMEOUT_SECONDS,
            socket_timeout=TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 0),
            max_connections=16,
            decode_responses=True,
            redis_connect_func=self._stamp,
        )
        self._scripts: dict[str, Any] = {
            path.stem: self._redis.register_script(_COMMON + path.read_text())
            for path in _LUA.glob("*.lua")
            if path.stem != "state"
        }

    def begin(self, process: str) -> None:
        """Begin the lease of a process."""
        self._call("begin", process, LEASE_MS, self._run)

    def renew(self, process: str) -> bool:
        """Renew a lease. Return False when there is none any more."""
        return bool(self._call("renew", process, LEASE_MS))

    def enter(self, arrivals: Sequence[Arrival], *, process: str) -> list[PresenceState] | None:
        """Enter connections, in one round trip.

        Return how each person is now, `unknown` where that is no news; None when the process holds
        no lease: then they are not entered, or not all.
        """
        answers = self._call_each(
            "connect",
            (
                (
                    process,
                    one.connection_id,
                    one.user_id,
                    self.events_channel,
                    int(one.is_idle),
                    one.choice.state,
                    one.choice.version,
                )
                for one in arrivals
            ),
        )
        return None if -1 in answers else [_state(answer) for answer in answers]

    def leave(self, departures: Iterable[Departure]) -> None:
        """Take connections out. It may be said again.

        People go offline after their grace, unless they come back.
        """
        self._call_each(
            "disconnect",
            (
                (one.process, one.connection_id, one.user_id, one.grace_ms, self.events_channel)
                for one in departures
            ),
        )

    def choose(self, choices: Mapping[int, Choice]) -> None:
        """Let people who are here look as they want."""
        self._call_each(
            "choose",
            (
                (user_id, choice.state, choice.version, self.events_channel)
                for user_id, choice in choices.items()
            ),
        )

    def idle(self, devices: Iterable[Idleness]) -> None:
        """Say whether somebody is at the devices of connections that were entered."""
        self._call_each(
            "idle",
            (
                (one.connection_id, one.user_id, int(one.is_idle), self.events_channel)
                for one in devices
            ),
        )

    def reap(self) -> Reaped:
        """Take out some of what has run out. Who is named went offline by this call."""
        connections, *gone = self._call(
            "reap", GRACE_MS, REAP_LIMIT, self.events_channel, SETTLE_MS
        )
        return Reaped(connections, [int(user_id) for user_id in gone])

    def read(self, user_ids: Collection[int]) -> Seen:
        """Return how some people are, `READ_MAX` at most, with the place at which they were so."""
        if not user_ids:
            raise ValueError("Nobody is asked about.")
        epoch, version, settles_ms, *told = self._call("read", SETTLE_MS, *user_ids)
        states = {
            user_id: _seen(word, settles_ms) for user_id, word in zip(user_ids, told, strict=True)
        }
        return Seen(Place(epoch, version), settles_ms, states)

    def look(self, since: Place) -> Look:
        """Return what has changed since then: one quick comparison when nothing has."""
        epoch, version, settles_ms, is_all, *told = self._call(
            "look", SETTLE_MS, since.epoch, since.version, READ_MAX
        )
        changed = zip(told[::2], told[1::2], strict=True)
        states = {int(user_id): _seen(word, settles_ms) for user_id, word in changed}
        return Look(Seen(Place(epoch, version), settles_ms, states), bool(is_all))

    def online_among(self, user_ids: Iterable[int]) -> set[int] | None:
        """Return who of these people does not look offline, in one round trip for all.

        None while it is not settled who is offline.
        """
        ids = list(user_ids)
        parts = [ids[start : start + READ_MAX] for start in range(0, len(ids), READ_MAX)]
        if not parts:
            return set()
        answers = self._call_each("read", ((SETTLE_MS, *part) for part in parts))
        if any(answer[2] for answer in answers):
            return None
        return {
            user_id
            for part, (_, _, _, *told) in zip(parts, answers, strict=True)
            for user_id, word in zip(part, told, strict=True)
            if word
        }

    def count_online(self) -> int:
        """Return how many people do not look offline. It costs the same however many they are."""
        return int(self._redis.hlen(self._prefix + "told"))

    def ping(self) -> None:
        """Ask whether Redis is there."""
        self._redis.ping()

    def close(self) -> None:
        self._redis.close()

    def change_of(self, message: str) -> Change:
        """Return the change that a message on `events_channel` tells of."""
        epoch, version, user_id, state = message.split(" ")
        return Change(Place(epoch, int(version)), int(user_id), _state(state))

    def _call(self, name: str, *args: object) -> Any:
        return self._scripts[name](keys=[self._prefix], args=args)

    def _call_each(self, name: str, calls: Iterable[Sequence[object]]) -> list[Any]:
        pipeline = self._redis.pipeline(transaction=False)
        for args in calls:
            self._scripts[name](keys=[self._prefix], args=args, client=pipeline)
        answers: list[Any] = pipeline.execute()
        return answers

    def _stamp(self, connection: Any) -> None:
        """Begin a connection: say in which run of Redis, before anything else is said on it."""
        connection.on_connect()
        connection.send_command("INFO", "server")
        lines = str(connection.read_response()).splitlines()
        run = next(line.partition(":")[2] for line in lines if line.startswith("run_id:"))
        script = _COMMON + (_LUA / "stamp.lua").read_text()
        connection.send_command("EVAL", script, 1, self._prefix, run)
        connection.read_response()
        self._run = run


def _seen(word: str, settles_ms: int) -> PresenceState:
    if word:
        return _state(word)
    return "unknown" if settles_ms else "offline"


def _state(word: str) -> PresenceState:
    return next((state for state in get_args(PresenceState) if state == word), "unknown")
