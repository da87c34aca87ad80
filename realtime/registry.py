"""What each process says of itself, for people who look at the cluster.

A process writes a report every few seconds with a short life. Nothing depends on it: a process that
is killed is gone from the list when its report expires.
"""

import asyncio
import contextlib
import os
import socket
import time
import uuid
from typing import Any, Final

import msgspec
import redis
from django.conf import settings
from redis import asyncio as aioredis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry as SyncRetry

from realtime.hub import Hub

REPORT_SECONDS: Final = 3.0
LIFE_SECONDS: Final = 10
TIMEOUT_SECONDS: Final = 1.0


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One process, as it saw itself at `reported_at` (seconds since 1970)."""

    instance: str
    host: str
    pid: int
    started_at: float
    reported_at: float
    is_draining: bool
    sockets: int
    streams: dict[str, int]
    """Stream → how many sockets hear it."""
    tops: dict[str, int]
    """Stream → the seq up to which it was forwarded."""


_decode: Final = msgspec.json.Decoder(Report).decode


class Reporter:
    """Writes this process's report for as long as it lives."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._key = _prefix() + uuid.uuid4().hex
        self._started_at = time.time()
        self._redis: Any = aioredis.Redis.from_url(
            settings.REDIS_URL,
            socket_connect_timeout=TIMEOUT_SECONDS,
            socket_timeout=TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 0),
            max_connections=2,
            protocol=2,
        )

    async def run(self, *, is_draining: Any) -> None:
        """Report for ever."""
        try:
            while True:
                with contextlib.suppress(RedisError, OSError):
                    report = self._report(is_draining=bool(is_draining()))
                    await self._redis.set(self._key, msgspec.json.encode(report), ex=LIFE_SECONDS)
                await asyncio.sleep(REPORT_SECONDS)
        finally:
            with contextlib.suppress(RedisError, OSError):
                await self._redis.delete(self._key)
            await self._redis.aclose()

    def _report(self, *, is_draining: bool) -> Report:
        return Report(
            instance=settings.INSTANCE_ID,
            host=socket.gethostname(),
            pid=os.getpid(),
            started_at=self._started_at,
            reported_at=time.time(),
            is_draining=is_draining,
            sockets=self._hub.socket_count,
            streams=self._hub.hearers_by_stream(),
            tops=self._hub.tops(),
        )


def reports() -> list[Report] | None:
    """Return what the living processes say of themselves, or None when Redis cannot be asked."""
    client = redis.Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=TIMEOUT_SECONDS,
        socket_timeout=TIMEOUT_SECONDS,
        retry=SyncRetry(NoBackoff(), 0),
    )
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


def _prefix() -> str:
    return f"{settings.REDIS_PREFIX}:process:"
