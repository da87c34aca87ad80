"""Presence in Redis. Nothing else in this package talks to it.

Keys, all with one hash tag so that a script may touch them together:

    procs           ZSET  process → when its lease ends, in ms of Redis's own clock
    pc:<process>    SET   user|connection
    uc:<user>       HASH  connection → process
    idle:<user>     SET   connections of devices at which nobody is
    choice:<user>   HASH  state → what they want to look like, version → which wish of theirs it is
    grace           ZSET  user without connections → when they count as offline
    told            HASH  user → how others were told that they are; who is offline is not in it
    ver, log        counter; ZSET user → version of their last change
    count           how many people are online, for a moment
    born            HASH run → which run of Redis this data belongs to, at → since when, in ms

Everything here is lost without harm: processes notice and register their sockets again. Until all
have done so, somebody who is not found may be online all the same: for `SETTLE_MS` after Redis has
come back, empty or with data of another day, nobody is called offline.
"""

from collections.abc import Iterable
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
COUNT_MS: Final = 3_000
TIMEOUT_SECONDS: Final = 1.0

_LUA: Final = Path(__file__).parent / "lua"
_COMMON: Final = (_LUA / "state.lua").read_text()


class Choice(NamedTuple):
    """What somebody wants to look like. Of two wishes the higher version counts."""

    state: PresenceChoice
    version: int


class Store:
    """Synchronous, and quick to give up: presence must never hold up a message.

    Every method raises `redis.RedisError` when Redis cannot be asked.
    """

    def __init__(self, url: str, *, prefix: str) -> None:
        self._prefix = f"{{{prefix}:presence}}:"
        self.events_channel = f"{self._prefix}events"
        self._redis: Any = redis.Redis.from_url(
            url,
            socket_connect_timeout=TIMEOUT_SECONDS,
            socket_timeout=TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 0),
            max_connections=16,
            decode_responses=True,
        )
        self._connect, self._disconnect, self._choose, self._idle, self._reap = (
            self._redis.register_script(_COMMON + (_LUA / f"{name}.lua").read_text())
            for name in ("connect", "disconnect", "choose", "idle", "reap")
        )
        self._renew, self._count = (
            self._redis.register_script((_LUA / f"{name}.lua").read_text())
            for name in ("renew", "count")
        )

    def run_id(self) -> str:
        """Return the name of this run of Redis: another one when it was started again."""
        return str(self._redis.info("server")["run_id"])

    def begin(self, process: str, *, run_id: str) -> None:
        """Begin the lease of a process, in this run of Redis."""
        self._renew(
            keys=[self._key("procs"), self._key("born")], args=[process, LEASE_MS, 1, run_id]
        )

    def renew(self, process: str) -> bool:
        """Renew a lease. Return False when there is none any more."""
        return bool(
            self._renew(
                keys=[self._key("procs"), self._key("born")], args=[process, LEASE_MS, 0, ""]
            )
        )

    def connect(
        self, *, process: str, connection_id: str, user_id: int, is_idle: bool, choice: Choice
    ) -> PresenceState | None:
        """Enter a connection.

        Return how the person is now: `unknown` when that is no news, None when the process holds
        no lease.
        """
        answer = self._connect(
            keys=[self._prefix],
            args=[
                process,
                connection_id,
                user_id,
                self.events_channel,
                int(is_idle),
                choice.state,
                choice.version,
            ],
        )
        return None if answer == -1 else _state(answer)

    def disconnect(self, *, process: str, connection_id: str, user_id: int, grace_ms: int) -> None:
        """Take a connection out. The person goes offline after the grace, unless they come back."""
        self._disconnect(
            keys=[self._prefix],
            args=[process, connection_id, user_id, grace_ms, self.events_channel],
        )

    def choose(self, *, user_id: int, choice: Choice) -> None:
        """Let somebody who is here look as they want."""
        self._choose(
            keys=[self._prefix], args=[user_id, choice.state, choice.version, self.events_channel]
        )

    def idle(self, *, connection_id: str, user_id: int, is_idle: bool) -> None:
        """Say whether somebody is at the device of a connection that was entered."""
        self._idle(
            keys=[self._prefix], args=[connection_id, user_id, int(is_idle), self.events_channel]
        )

    def reap(self, *, run_id: str) -> list[int]:
        """Take out what has run out, in this run of Redis. Return who went offline by this call."""
        gone = self._reap(
            keys=[self._prefix],
            args=[GRACE_MS, REAP_LIMIT, self.events_channel, SETTLE_MS, run_id],
        )
        return [int(user_id) for user_id in gone]

    def states(self, user_ids: Iterable[int]) -> tuple[dict[int, PresenceState], bool]:
        """Return how those are who do not look offline, and whether the others are known to be."""
        ids = list(user_ids)
        pipeline = self._redis.pipeline(transaction=False)
        pipeline.time()
        pipeline.info("server")
        pipeline.hmget(self._key("born"), "at", "run")
        pipeline.hmget(self._key("told"), ids)
        (seconds, microseconds), server, (born_at, run_id), told = pipeline.execute()
        now = seconds * 1000 + microseconds // 1000
        states = {user_id: _state(state) for user_id, state in zip(ids, told, strict=True) if state}
        is_settled = run_id == server["run_id"] and now - int(float(born_at)) >= SETTLE_MS
        return states, is_settled

    def count_online(self) -> int:
        """Return how many people are online, as it was a moment ago at most."""
        return int(self._count(keys=[self._prefix], args=[COUNT_MS]))

    def ping(self) -> None:
        """Ask whether Redis is there."""
        self._redis.ping()

    def close(self) -> None:
        self._redis.close()

    def _key(self, name: str) -> str:
        return self._prefix + name


def _state(word: str) -> PresenceState:
    return next((state for state in get_args(PresenceState) if state == word), "unknown")
