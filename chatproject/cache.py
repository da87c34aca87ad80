"""The cache that all processes share. It holds counters of attempts and nothing that matters."""

import threading
import time
from collections.abc import Callable
from typing import Any, Final, TypeVar

import msgspec
import structlog
from django.conf import settings
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = structlog.stdlib.get_logger("parley.cache")

Value = TypeVar("Value")

TIMEOUT_SECONDS: Final = 1.0
PAUSE_SECONDS: Final = 5.0
"""For so long Redis is not asked after it failed: else every request would wait for it."""


class Plain:
    """Values as JSON. Django would use pickle, which runs whatever somebody has put into Redis."""

    def dumps(self, value: Any) -> bytes:
        return msgspec.json.encode(value)

    def loads(self, data: bytes) -> Any:
        return msgspec.json.decode(data)


class LenientRedisCache(RedisCache):
    """Django's, which forgets instead of failing when Redis is away.

    Limits that count here are lifted then: nobody is locked out because a cache is away, and what
    is kept from guessing takes long to try (Argon2) in any case.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        params = {
            **params,
            "KEY_PREFIX": f"{settings.REDIS_PREFIX}:cache",
            "OPTIONS": {
                "serializer": Plain,
                "socket_timeout": TIMEOUT_SECONDS,
                "socket_connect_timeout": TIMEOUT_SECONDS,
                **params.get("OPTIONS", {}),
            },
        }
        super().__init__(server, params)

    def add(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> bool:
        return _lenient(
            lambda: super(LenientRedisCache, self).add(key, value, *args, **kwargs), True
        )

    def get(self, key: Any, default: Any = None, *args: Any, **kwargs: Any) -> Any:
        return _lenient(
            lambda: super(LenientRedisCache, self).get(key, default, *args, **kwargs), default
        )

    def set(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> None:
        _lenient(lambda: super(LenientRedisCache, self).set(key, value, *args, **kwargs), None)

    def touch(self, key: Any, *args: Any, **kwargs: Any) -> bool:
        return _lenient(lambda: super(LenientRedisCache, self).touch(key, *args, **kwargs), False)

    def delete(self, key: Any, *args: Any, **kwargs: Any) -> bool:
        return _lenient(lambda: super(LenientRedisCache, self).delete(key, *args, **kwargs), False)

    def has_key(self, key: Any, *args: Any, **kwargs: Any) -> bool:
        return _lenient(lambda: super(LenientRedisCache, self).has_key(key, *args, **kwargs), False)


class _Pause:
    """When Redis may be asked again, for all threads of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until = 0.0

    def is_on(self) -> bool:
        return time.monotonic() < self._until

    def begin(self) -> None:
        with self._lock:
            self._until = time.monotonic() + PAUSE_SECONDS

    def end(self) -> None:
        self._until = 0.0


pause: Final = _Pause()


def _lenient(ask: Callable[[], Value], otherwise: Value) -> Value:
    if pause.is_on():
        return otherwise
    try:
        return ask()
    except (RedisError, OSError) as error:
        pause.begin()
        logger.warning("CACHE_FAILED", reason=type(error).__name__)
        return otherwise
