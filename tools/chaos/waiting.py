"""Waiting for what many things bring about, so that none of them can say it."""

import asyncio
from collections.abc import Callable
from typing import Final

_LOOK_SECONDS: Final = 0.1


async def until(condition: Callable[[], bool], *, seconds: float) -> bool:
    """Return True as soon as the condition holds, or False when the time is over."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while not condition():
        if loop.time() > deadline:
            return False
        await asyncio.sleep(_LOOK_SECONDS)
    return True
