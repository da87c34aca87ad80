"""Clients of Redis for what is small and may fail: quick to give up, and nothing is tried twice."""

from typing import Any, Final

import redis
from django.conf import settings
from redis import asyncio as aioredis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.retry import Retry as SyncRetry

TIMEOUT_SECONDS: Final = 1.0


def blocking(*, timeout_seconds: float = TIMEOUT_SECONDS) -> redis.Redis:
    """Return a client for synchronous code. Whoever asks for it closes it."""
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=TIMEOUT_SECONDS,
        socket_timeout=timeout_seconds,
        retry=SyncRetry(NoBackoff(), 0),
    )


def asynchronous(*, timeout_seconds: float = TIMEOUT_SECONDS) -> Any:
    """Return a client for the event loop. Whoever asks for it closes it."""
    return aioredis.Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=TIMEOUT_SECONDS,
        socket_timeout=timeout_seconds,
        retry=Retry(NoBackoff(), 0),
        max_connections=2,
        protocol=2,
    )
