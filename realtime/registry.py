"""What each process says of itself, for people who look at the cluster.

A process renews its report every few seconds, and four times a minute adds a sample to the last
hour under its name. Nothing depends on it. A process that is killed does not renew it: it counts
as lost after a moment, and a while later nothing is left of it.
"""

import asyncio
import contextlib
import os
import resource
import socket
import statistics
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

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
LAG_STEP_SECONDS: Final = 0.25
DRAINING_REPORT_SECONDS: Final = 0.5
"""While a process drains somebody watches how far it is."""

SAMPLE_SECONDS: Final = 15.0
HISTORY_SECONDS: Final = 3600
SAMPLES_MAX: Final = round(HISTORY_SECONDS / SAMPLE_SECONDS)


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


class Sample(msgspec.Struct, frozen=True, array_like=True):
    """A quarter of a minute of a process. `at` is its end, in seconds since 1970."""

    at: float
    sockets: int
    received_per_second: float
    sent_per_second: float
    loop_lag_ms: int
    """The longest."""
    memory_bytes: int
    buffered_bytes: int


_decode: Final = msgspec.json.Decoder(Report).decode
_decode_sample: Final = msgspec.json.Decoder(Sample).decode


class Sampler:
    """Makes samples of reports."""

    def __init__(self) -> None:
        self._first: Report | None = None
        self._loop_lag_ms = 0

    def take(self, report: Report) -> Sample | None:
        """Return a sample when it is time for one."""
        first = self._first = self._first or report
        self._loop_lag_ms = max(self._loop_lag_ms, report.loop_lag_ms)
        seconds = report.reported_at - first.reported_at
        if seconds < SAMPLE_SECONDS:
            return None
        sample = Sample(
            at=round(report.reported_at, 1),
            sockets=report.sockets,
            received_per_second=round((report.received - first.received) / seconds, 2),
            sent_per_second=round((report.sent - first.sent) / seconds, 2),
            loop_lag_ms=self._loop_lag_ms,
            memory_bytes=report.memory_bytes,
            buffered_bytes=report.buffered_bytes,
        )
        self._first, self._loop_lag_ms = report, 0
        return sample


class Reporter:
    """Writes this process's report for as long as it lives."""

    def __init__(self, hub: Hub, *, is_draining: Callable[[], bool]) -> None:
        self._hub = hub
        self._is_draining = is_draining
        self.id = uuid.uuid4().hex
        """Of this life of the process."""
        self._key = _prefix() + self.id
        self._started_at = time.time()
        self._sampler = Sampler()
        self._redis = redis_clients.asynchronous()
        self.last: Report | None = None

    async def run(self) -> None:
        """Report for ever."""
        lag = Lag()
        try:
            with contextlib.suppress(RedisError, OSError):
                await self._forget_predecessors()
            while True:
                with contextlib.suppress(RedisError, OSError):
                    await self._tell(lag)
                lag = await self._sleep_and_measure_lag()
        finally:
            with contextlib.suppress(RedisError, OSError):
                async with self._redis.pipeline(transaction=False) as pipeline:
                    pipeline.delete(self._key)
                    pipeline.zrem(_index_key(), self.id)
                    await pipeline.execute()
            await self._redis.aclose()

    async def _forget_predecessors(self) -> None:
        """Take out earlier lives under this name. One that lives all the same tells of itself anew.

        Else one that was killed would be shown as lost again when this one has ended in order.
        """
        ids = [member.decode() for member in await self._redis.zrange(_index_key(), 0, -1)]
        for id_ in ids:
            value = await self._redis.get(_prefix() + id_)
            with contextlib.suppress(msgspec.DecodeError):
                if value is not None and _decode(value).instance == settings.INSTANCE_ID:
                    async with self._redis.pipeline(transaction=False) as pipeline:
                        pipeline.zrem(_index_key(), id_)
                        pipeline.delete(_prefix() + id_)
                        await pipeline.execute()

    async def _tell(self, lag: Lag) -> None:
        report = self.last = self._report(lag)
        sample = self._sampler.take(report)
        began_at = time.perf_counter()
        async with self._redis.pipeline(transaction=False) as pipeline:
            pipeline.set(self._key, msgspec.json.encode(report), ex=LIFE_SECONDS)
            pipeline.zadd(_index_key(), {self.id: report.reported_at})
            if sample is not None:
                keep(pipeline, report.instance, sample)
            await pipeline.execute()
        REDIS_SECONDS.labels("report").observe(time.perf_counter() - began_at)

    async def _sleep_and_measure_lag(self) -> Lag:
        """Sleep until the next report, and return how late the steps of it were."""
        was_draining = self._is_draining()
        loop = asyncio.get_running_loop()
        lags = []
        seconds = DRAINING_REPORT_SECONDS if was_draining else REPORT_SECONDS
        for _ in range(round(seconds / LAG_STEP_SECONDS)):
            due = loop.time() + LAG_STEP_SECONDS
            await asyncio.sleep(LAG_STEP_SECONDS)
            lags.append(max(0.0, loop.time() - due))
            LOOP_LAG_SECONDS.observe(lags[-1])
            if self._is_draining() != was_draining:
                break
        return Lag(median=statistics.median(lags), longest=max(lags))

    def _report(self, lag: Lag) -> Report:
        sinks = self._hub.sinks()
        return Report(
            id=self.id,
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


def entries() -> list[Entry] | None:
    """Return all processes that are known, or None when Redis cannot be asked.

    A lost one is left out as soon as another process has taken its name.
    """
    client = redis_clients.blocking()
    try:
        members: list[Any] = client.zrange(_index_key(), 0, -1)
        ids = [member.decode() for member in members]
        with client.pipeline(transaction=False) as pipeline:
            for id_ in ids:
                pipeline.get(_prefix() + id_)
                pipeline.pttl(_prefix() + id_)
            answers = pipeline.execute()
        gone = [id_ for id_, value in zip(ids, answers[::2], strict=True) if value is None]
        if gone:
            client.zrem(_index_key(), *gone)
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


def history(instances: Iterable[str]) -> dict[str, list[Sample]]:
    """Return the last hour of the processes of these names, the oldest sample first.

    Empty for those of which nothing is known, and for all when Redis cannot be asked.
    """
    names = list(instances)
    client = redis_clients.blocking()
    try:
        with client.pipeline(transaction=False) as pipeline:
            for name in names:
                pipeline.lrange(_history_key(name), 0, -1)
            answers = pipeline.execute()
    except RedisError:
        return {name: [] for name in names}
    finally:
        client.close()
    return {name: _recent(rows) for name, rows in zip(names, answers, strict=True)}


def memory_bytes() -> int:
    """Return how much memory this process has: its resident set."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        # Elsewhere than on Linux only the most that it ever had is known.
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return pages * resource.getpagesize()


def _address() -> str:
    host = settings.HOST
    if host in {"0.0.0.0", "::", ""}:  # noqa: S104 - asked for, not listened on
        host = socket.gethostname()
    return f"http://[{host}]:{settings.PORT}" if ":" in host else f"http://{host}:{settings.PORT}"


def keep(pipeline: Any, instance: str, sample: Sample) -> None:
    """Add a sample to the last hour of the processes of this name, with a pipeline of Redis."""
    key = _history_key(instance)
    pipeline.rpush(key, msgspec.json.encode(sample))
    pipeline.ltrim(key, -SAMPLES_MAX, -1)
    pipeline.expire(key, HISTORY_SECONDS)


def _recent(rows: list[bytes]) -> list[Sample]:
    samples = []
    for row in rows:
        # One may be of another version.
        with contextlib.suppress(msgspec.DecodeError):
            samples.append(_decode_sample(row))
    since = time.time() - HISTORY_SECONDS
    return [sample for sample in samples if sample.at >= since]


def _index_key() -> str:
    return f"{settings.REDIS_PREFIX}:processes"


def _history_key(instance: str) -> str:
    return f"{settings.REDIS_PREFIX}:history:{instance}"


def _prefix() -> str:
    return f"{settings.REDIS_PREFIX}:process:"
