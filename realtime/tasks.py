"""Tasks that live as long as the process."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final

import structlog

logger = structlog.stdlib.get_logger("parley.runtime")

REST_SECONDS: Final = 1.0
END_STEP_SECONDS: Final = 1.5


async def rest_before_asking_again() -> None:
    """Wait until a database that failed may be back; each a little otherwise, not all at once."""
    await asyncio.sleep(REST_SECONDS * random.uniform(0.5, 1.5))  # noqa: S311 - no secret


async def end(tasks: Iterable["asyncio.Task[Any]"]) -> None:
    """Cancel these tasks, and return when they have ended, however they did.

    While redis-py connects it can swallow that a task was cancelled: so it is told again, when it
    has had time to clean up.
    """
    left = {task for task in tasks if not task.done()}
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=END_STEP_SECONDS)


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
