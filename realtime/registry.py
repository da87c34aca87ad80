"""What each process says of itself, for people who look at the cluster.

A process renews its report every few seconds. Nothing depends on it. A process that is killed does
not renew it: it counts as lost after a moment, and a while later nothing is left of it.
"""

import asyncio
import contextlib
import os
import resource
import signal
import socket
import statistics
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, cast

import msgspec
from django.conf import settings
from redis.exceptions import RedisError

from metrics.instruments import LOOP_LAG_SECONDS, REDIS_SECONDS
from realtime import redis_clients
from realtime.hub import Hub
from realtime.traffic import traffic

REPORT_SECONDS: Final = 3.0
LOST_SECONDS: Final = 10.0
"""A process that has not renewed its report for so long counts as lost."""

LIFE_SECONDS: Final = 60
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
    loop_lag_median_ms: int = 0
    """How long it usually kept anything waiting, since the last report."""
    version: str = ""
    address: str = ""
    """Where this very process can be reached: `http://host:port`."""
    bots: int = 0
    """Those of the sockets that were opened with a token."""
    received: int = 0
    """Frames that clients have sent since the process began."""
    sent: int = 0
    """Frames that clients were sent since the process began."""
    memory_bytes: int = 0
    streams: dict[str, int]
    """Stream → how many sockets hear it."""
    tops: dict[str, int]
    """Stream → the seq up to which it was forwarded."""

    @property
    def state(self) -> "State":
        """What the process says of itself. Whether it still lives it cannot say."""
        return "draining" if self.is_draining else "live"


State = Literal["live", "draining", "lost"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A report, and what became of the process since."""

    report: Report
    silent_seconds: float
    """For how long it has not been renewed, by Redis's clock."""

    @property
    def state(self) -> State:
        return "lost" if self.silent_seconds > LOST_SECONDS else self.report.state


@dataclass(frozen=True, slots=True)
class Lag:
    """How long the event loop kept things waiting, in seconds."""

    median: float = 0.0
    longest: float = 0.0


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
        self.last: Report | None = None

    async def run(self) -> None:
        """Report for ever, and do what an operator has asked of this process."""
        lag = Lag()
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

    async def _exchange(self, lag: Lag) -> bytes | None:
        self.last = self._report(lag)
        report = msgspec.json.encode(self.last)
        began_at = time.perf_counter()
        async with self._redis.pipeline(transaction=False) as pipeline:
            pipeline.set(self._key, report, ex=LIFE_SECONDS)
            pipeline.getdel(_wish_key(self._id))
            _, wish = await pipeline.execute()
        REDIS_SECONDS.labels("report").observe(time.perf_counter() - began_at)
        return cast("bytes | None", wish)

    def _report(self, lag: Lag) -> Report:
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
            loop_lag_ms=round(lag.longest * 1000),
            loop_lag_median_ms=round(lag.median * 1000),
            version=settings.VERSION,
            address=_address(),
            bots=traffic.open["bot"],
            received=traffic.received,
            sent=traffic.sent,
            memory_bytes=memory_bytes(),
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


def entries() -> list[Entry] | None:
    """Return all processes that are known, or None when Redis cannot be asked.

    A lost one is left out as soon as another process has taken its name.
    """
    client = redis_clients.blocking()
    try:
        keys = list(client.scan_iter(match=_prefix() + "*", count=500))
        with client.pipeline(transaction=False) as pipeline:
            for key in keys:
                pipeline.get(key)
                pipeline.pttl(key)
            answers = pipeline.execute()
    except RedisError:
        return None
    finally:
        client.close()
    found = []
    for value, left_ms in zip(answers[::2], answers[1::2], strict=True):
        # One may expire between the two questions; one may be of another version.
        with contextlib.suppress(msgspec.DecodeError):
            if value is not None:
                found.append(Entry(_decode(value), LIFE_SECONDS - max(0, left_ms) / 1000))
    present = {entry.report.instance for entry in found if entry.state != "lost"}
    return sorted(
        (one for one in found if one.state != "lost" or one.report.instance not in present),
        key=lambda entry: (entry.report.instance, entry.report.started_at),
    )


def reports() -> list[Report] | None:
    """Return what the living processes say of themselves, or None when Redis cannot be asked."""
    found = entries()
    return None if found is None else [one.report for one in found if one.state != "lost"]


def memory_bytes() -> int:
    """Return how much memory this process has: its resident set."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        # Elsewhere than on Linux only the most that it ever had is known.
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return pages * resource.getpagesize()


async def _sleep_and_measure_lag(seconds: float) -> Lag:
    """Sleep, and return how late the steps of it were."""
    loop = asyncio.get_running_loop()
    lags = []
    for _ in range(round(seconds / LAG_STEP_SECONDS)):
        due = loop.time() + LAG_STEP_SECONDS
        await asyncio.sleep(LAG_STEP_SECONDS)
        lags.append(max(0.0, loop.time() - due))
        LOOP_LAG_SECONDS.observe(lags[-1])
    return Lag(median=statistics.median(lags), longest=max(lags))


def _address() -> str:
    host = settings.HOST
    if host in {"0.0.0.0", "::", ""}:  # noqa: S104 - asked for, not listened on
        host = socket.gethostname()
    return f"http://[{host}]:{settings.PORT}" if ":" in host else f"http://{host}:{settings.PORT}"


def _wish_key(process: str) -> str:
    return f"{settings.REDIS_PREFIX}:wish:{process}"


def _prefix() -> str:
    return f"{settings.REDIS_PREFIX}:process:"
