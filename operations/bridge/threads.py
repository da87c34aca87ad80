"""Threads for what operators look at and do: waiting for processes must hold up no message.

Neither those in which posts are written nor those of the health checks, and few: a database or a
Redis that hangs costs operators their pictures, and nobody else anything.
"""

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, ParamSpec, TypeVar

from django.db import close_old_connections, connections

Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")

_threads: Final = ThreadPoolExecutor(max_workers=4, thread_name_prefix="bridge")


async def apart(
    function: Callable[Parameters, Answer],
    /,
    *args: Parameters.args,
    **kwargs: Parameters.kwargs,
) -> Answer:
    """Run a synchronous function that waits, away from the event loop and from all others."""
    context = contextvars.copy_context()

    def call() -> Answer:
        close_old_connections()
        try:
            return context.run(function, *args, **kwargs)
        finally:
            connections.close_all()

    return await asyncio.get_running_loop().run_in_executor(_threads, call)
