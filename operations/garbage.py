"""Collects garbage in a thread of its own, where SQLite is the database.

A database error leaves a reference cycle (Django's wrapper of exceptions keeps itself in a frame),
and in it a cursor. Python collects cycles in whatever thread happens to allocate next. Freeing a
cursor takes the lock of *its* connection; when that connection waits for the write lock of the
database, and the thread that collects holds the write lock, both wait for each other until the busy
timeout, and then again with the next statement. A thread that holds nothing can wait without harm.

Looking through everything stops the whole process: with 4,000 sockets for about a second. So what
is still in use after that is set aside, and looked through again when many sockets have closed. And
when many have opened that is done at once, a few hundred at a time, before they are thousands.
"""

import contextlib
import gc
import threading
from collections.abc import Iterator
from typing import Final

from realtime.traffic import traffic

YOUNG_SECONDS: Final = 0.5
ALL_SECONDS: Final = 30.0

OPENED_MAX: Final = 250
"""When so many sockets have opened, what came with them is looked through and set aside."""

CLOSED_SHARE: Final = 0.25
CLOSED_MIN: Final = 250
"""When so many sockets have closed, as a share of those that are open and at least, what was set
aside is worth looking through: much of it may be theirs."""


@contextlib.contextmanager
def collected_elsewhere() -> Iterator[None]:
    """Let no other thread collect garbage for as long as the context lasts."""
    # What is there after the start stays: nobody need look through it again.
    gc.collect()
    gc.freeze()
    gc.disable()
    stop = threading.Event()
    collector = threading.Thread(target=_collect, args=(stop,), name="garbage", daemon=True)
    collector.start()
    try:
        yield
    finally:
        stop.set()
        gc.enable()


def _collect(stop: threading.Event) -> None:
    rounds, closed_before, opened_before = 0, 0, 0
    while not stop.wait(YOUNG_SECONDS):
        rounds += 1
        opened = traffic.opened.total()
        is_due = rounds % round(ALL_SECONDS / YOUNG_SECONDS) == 0
        if not is_due and opened - opened_before < OPENED_MAX:
            gc.collect(1)
            continue
        opened_before = opened
        closed = traffic.closed.total()
        if closed - closed_before >= max(CLOSED_MIN, CLOSED_SHARE * traffic.open.total()):
            closed_before = closed
            gc.unfreeze()
        gc.collect(2)
        gc.freeze()
