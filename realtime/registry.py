"""What each process says of itself, for people who look at the cluster.

A process writes a report every few seconds with a short life. Nothing depends on it: a process that
is killed is gone from the list when its report expires.
"""

import asyncio
import contextlib
import os
import signal
import socket
import time
import uuid
from collections.abc import Callable
from typing import Final, cast

import msgspec
from django.conf import settings
from redis.exceptions import RedisError

from realtime import redis_clients
from realtime.hub import Hub

REPORT_SECONDS: Final = 3.0
LIFE_SECONDS: Final = 10
WISH_SECONDS: Final = 15
LAG_STEP_SECONDS: Final = 0.25


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One process, as it saw itself at `reported_at` (seconds since 1970)."""

    id: str
    """Of this life of the process: names and numbers come again."""
    instance: str
    host: str
    pid: int
    started_at: float
    reported_at: float
    is_draining: bool
    sockets: int
    users: int
    buffered_bytes: int
    """What waits for slow clients to read."""
    loop_lag_ms: int
    """The longest that the event loop kept anything waiting, since the last report."""
    streams: dict[str, int]
    """Stream → how many sockets hear it."""
    tops: dict[str, int]
    """Stream → the seq up to which it was forwarded."""


_DRAIN: Final = b"drain"
_decode: Final = msgspec.json.Decoder(Report).decode


class Reporter:
    """Writes this process's report for as long as it lives."""

    def __init__(self, hub: Hub, *, is_draining: Callable[[], bool]) -> None:
        self._hub = hub
        self._is_draining = is_draining
        self._id = uuid.uuid4().hex
        self._key = _prefix() + self._id
        self._started_at = time.time()
        self._redis = redis_clients.asynchronous()

    async def run(self) -> None:
        """Report for ever, and do what an operator has asked of this process."""
        lag = 0.0
        try:
            while True:
                with contextlib.suppress(RedisError, OSError):
                    wish = await self._exchange(lag)
                    if wish == _DRAIN and not self._is_draining():
                        # As if the operating system had said it: there is one way to stop.
                        os.kill(os.getpid(), signal.SIGTERM)
                lag = await _sleep_and_measure_lag(REPORT_SECONDS)
        finally:
            with contextlib.suppress(RedisError, OSError):
                await self._redis.delete(self._key)
            await self._redis.aclose()

    async def _exchange(self, lag: float) -> bytes | None:
        report = msgspec.json.encode(self._report(lag))
        async with self._redis.pipeline(transaction=False) as pipeline:
            pipeline.set(self._key, report, ex=LIFE_SECONDS)
            pipeline.getdel(_wish_key(self._id))
            _, wish = await pipeline.execute()
        return cast("bytes | None", wish)

    def _report(self, lag: float) -> Report:
        sinks = self._hub.sinks()
        return Report(
            id=self._id,
            instance=settings.INSTANCE_ID,
            host=socket.gethostname(),
            pid=os.getpid(),
            started_at=self._started_at,
            reported_at=time.time(),
            is_draining=self._is_draining(),
            sockets=len(sinks),
            users=len({sink.user_id for sink in sinks}),
            buffered_bytes=self._hub.buffered_bytes,
            loop_lag_ms=round(lag * 1000),
            streams=self._hub.hearers_by_stream(),
            tops=self._hub.tops(),
        )


def ask_to_drain(report: Report) -> bool:
    """Ask a process to drain and end. Return False when Redis cannot be asked."""
    client = redis_clients.blocking()
    try:
        client.set(_wish_key(report.id), _DRAIN, ex=WISH_SECONDS)
    except RedisError:
        return False
    finally:
        client.close()
    return True


def reports() -> list[Report] | None:
    """Return what the living processes say of themselves, or None when Redis cannot be asked."""
    client = redis_clients.blocking()
    try:
        keys = list(client.scan_iter(match=_prefix() + "*", count=500))
        values = client.mget(keys) if keys else []
    except RedisError:
        return None
    finally:
        client.close()
    found = []
    for value in values:
        # One may expire between the two questions; one may be of another version.
        with contextlib.suppress(msgspec.DecodeError):
            if value is not None:
                found.append(_decode(value))
    return sorted(found, key=lambda report: report.instance)


async def _sleep_and_measure_lag(seconds: float) -> float:
    """Sleep, and return the longest delay of a step: in seconds."""
    loop = asyncio.get_running_loop()
    longest = 0.0
    for _ in range(round(seconds / LAG_STEP_SECONDS)):
        due = loop.time() + LAG_STEP_SECONDS
        await asyncio.sleep(LAG_STEP_SECONDS)
        longest = max(longest, loop.time() - due)
    return longest


def _wish_key(process: str) -> str:
    return f"{settings.REDIS_PREFIX}:wish:{process}"


def _prefix() -> str:
    return f"{settings.REDIS_PREFIX}:process:"
