"""Asking what may hang: a database or a Redis that neither answers nor fails."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from django.db import close_old_connections, connections

Answer = TypeVar("Answer")

SECONDS: Final = 1.0

_threads: Final = ThreadPoolExecutor(max_workers=8, thread_name_prefix="asking")
"""When all of them hang, whoever asks is told at once that there is no answer."""


def within(ask: Callable[[], Answer], *, otherwise: Answer, seconds: float = SECONDS) -> Answer:
    """Return what a question is answered with in time, else something else."""
    future = _threads.submit(_asked, ask)
    try:
        return future.result(timeout=seconds)
    except TimeoutError:
        future.cancel()
        return otherwise


def _asked(ask: Callable[[], Answer]) -> Answer:
    close_old_connections()
    try:
        return ask()
    finally:
        connections.close_all()
