"""Asking what may hang: a database or a Redis that neither answers nor fails."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, TypeVar

from django.db import close_old_connections, connections

Answer = TypeVar("Answer")

SECONDS: Final = 1.0

_threads: Final = ThreadPoolExecutor(max_workers=12, thread_name_prefix="asking")
"""When all of them hang, whoever asks is told after a moment that there is no answer."""


def within(ask: Callable[[], Answer], *, otherwise: Answer, seconds: float = SECONDS) -> Answer:
    """Return what a question is answered with in time, else something else."""
    return all_within({"": (ask, otherwise)}, seconds=seconds)[""]


def all_within(
    asks: Mapping[str, tuple[Callable[[], Answer], Answer]], *, seconds: float = SECONDS
) -> dict[str, Answer]:
    """Ask all at once. Each question comes with what it counts for without an answer in time."""
    deadline = time.monotonic() + seconds
    asked = {name: _threads.submit(_answer, ask) for name, (ask, _) in asks.items()}
    return {
        name: _in_time(future, asks[name][1], deadline=deadline) for name, future in asked.items()
    }


def _in_time(future: "Future[Answer]", otherwise: Answer, *, deadline: float) -> Answer:
    try:
        return future.result(timeout=max(0.0, deadline - time.monotonic()))
    except TimeoutError:
        future.cancel()
        return otherwise


def _answer(ask: Callable[[], Answer]) -> Answer:
    close_old_connections()
    try:
        return ask()
    finally:
        connections.close_all()
