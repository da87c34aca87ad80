"""How often something may be done, counted for all processes together."""

import contextlib
from pathlib import Path
from typing import Any, Final

import redis
import structlog
from django.conf import settings

from realtime import redis_clients

logger = structlog.stdlib.get_logger("parley.buckets")

_TAKE: Final = (Path(__file__).parent / "lua" / "take.lua").read_text()


def seconds_to_wait(name: str, *, per_second: float, burst: int) -> float:
    """Take a token out of this bucket. Return 0, or in how many seconds there will be one.

    Without Redis nobody counts, and nobody waits: what is limited matters more than the limit.
    """
    key = f"{settings.REDIS_PREFIX}:bucket:{name}"
    try:
        with contextlib.closing(redis_clients.blocking()) as client:
            answer: Any = client.eval(_TAKE, 1, key, str(round(1000 / per_second)), str(burst))
    except redis.RedisError as error:
        logger.warning("BUCKET_UNKNOWN", reason=type(error).__name__)
        return 0.0
    return int(answer) / 1000
