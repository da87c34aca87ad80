"""The one way from asynchronous code to the database: an explicit pool of threads.

Channels' own way has one thread for all sockets of a process, so one slow query would hold up all.
"""

import asyncio
import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.conf import settings
from django.db import close_old_connections, connections

Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")

_executor: ThreadPoolExecutor | None = None
_lock = threading.Lock()


async def run_in_pool(
    function: Callable[Parameters, Answer],
    /,
    *args: Parameters.args,
    **kwargs: Parameters.kwargs,
) -> Answer:
    """Run a synchronous function that uses the database, away from the event loop."""
    context = contextvars.copy_context()

    def call() -> Answer:
        close_old_connections()
        try:
            return context.run(function, *args, **kwargs)
        finally:
            close_old_connections()

    return await asyncio.get_running_loop().run_in_executor(_pool(), call)


def shut_down() -> None:
    """End the pool's threads and close their connections to the database."""
    global _executor
    with _lock:
        executor, _executor = _executor, None
    if executor is None:
        return
    threads = len(executor._threads)  # noqa: SLF001 - each of them has a connection of its own
    everyone = threading.Barrier(threads) if threads else None

    def close() -> None:
        if everyone is not None:
            everyone.wait(timeout=10)
        connections.close_all()

    for _ in range(threads):
        executor.submit(close)
    executor.shutdown(wait=True)
    for alias in connections:
        if connections[alias].vendor == "postgresql":
            connections[alias].close_pool()  # type: ignore[attr-defined]  # PostgreSQL's alone


def _keep_connections() -> None:
    # Opening SQLite and setting it up for each call would cost more than most calls. PostgreSQL's
    # connections come from a pool of their own and go back to it.
    for alias in connections:
        connection = connections[alias]
        if connection.vendor == "sqlite":
            connection.settings_dict = {**connection.settings_dict, "CONN_MAX_AGE": None}


def _pool() -> ThreadPoolExecutor:
    global _executor  # noqa: PLW0603 - the pool is one for the process
    with _lock:
        if _executor is None:
            _executor = ThreadPoolExecutor(
                max_workers=settings.DATABASE_THREADS,
                thread_name_prefix="database",
                initializer=_keep_connections,
            )
        return _executor
