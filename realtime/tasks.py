"""Tasks that live as long as the process."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

logger = structlog.stdlib.get_logger("parley.runtime")

REST_SECONDS: Final = 1.0


async def rest_before_asking_again() -> None:
    """Wait until a database that failed may be back; each a little otherwise, not all at once."""
    await asyncio.sleep(REST_SECONDS * random.uniform(0.5, 1.5))  # noqa: S311 - no secret


async def keep_running(name: str, task: Callable[[], Awaitable[None]]) -> None:
    """Run a task that should never end, and begin again when it fails all the same.

    A failure that nobody foresaw must not silently end what the others rely on.
    """
    while True:
        try:
            await task()
        except Exception:
            logger.exception("TASK_FAILED", task=name)
        await asyncio.sleep(REST_SECONDS)
