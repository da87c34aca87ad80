"""How often something may be done, counted for all processes together."""

import functools
import time
from pathlib import Path
from typing import Any, Final

import redis
import structlog
from django.conf import settings

from realtime import redis_clients

logger = structlog.stdlib.get_logger("parley.buckets")

PAUSE_SECONDS: Final = 5.0
"""For so long Redis is not asked after it failed: else every request would wait for it."""

_TAKE: Final = (Path(__file__).parent / "lua" / "take.lua").read_text()


def seconds_to_wait(name: str, *, per_second: float, burst: int) -> float:
    """Take a token out of this bucket. Return 0, or in how many seconds there will be one.

    Without Redis nobody counts, and nobody waits: what is limited matters more than the limit.
    """
    counter = _counter(settings.REDIS_URL)
    key = f"{settings.REDIS_PREFIX}:bucket:{name}"
    return counter.take(key, per_second=per_second, burst=burst)


class _Counter:
    """Asks one Redis, and leaves it alone for a while when it does not answer."""

    def __init__(self) -> None:
        self._client = redis_clients.blocking()
        self._asks_again_at = 0.0

    def take(self, key: str, *, per_second: float, burst: int) -> float:
        if time.monotonic() < self._asks_again_at:
            return 0.0
        try:
            answer: Any = self._client.eval(
                _TAKE, 1, key, str(round(1000 / per_second)), str(burst)
            )
        except redis.RedisError as error:
            self._asks_again_at = time.monotonic() + PAUSE_SECONDS
            logger.warning("BUCKET_UNKNOWN", reason=type(error).__name__)
            return 0.0
        return int(answer) / 1000


@functools.lru_cache(maxsize=4)
def _counter(url: str) -> _Counter:  # noqa: ARG001 - the address is what a counter is kept by
    return _Counter()
