"""Whoever holds the write lock of SQLite never waits for somebody who waits for that lock."""

import gc
import sqlite3
import threading
import time
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest

from operations import garbage
from realtime.traffic import traffic

BUSY_SECONDS = 5


def test_a_writer_is_not_held_up_by_the_cursor_of_somebody_who_waits_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(garbage, "YOUNG_SECONDS", 0.01)
    path = tmp_path / "test.sqlite3"
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("PRAGMA journal_mode=WAL")
    writer.execute("CREATE TABLE numbers (number)")
    waiter = sqlite3.connect(
        path, isolation_level=None, timeout=BUSY_SECONDS, check_same_thread=False
    )
    outcome: list[str] = []

    def write() -> None:
        try:
            waiter.execute("INSERT INTO numbers VALUES (2)")
            outcome.append("written")
        except sqlite3.OperationalError as error:
            outcome.append(str(error))

    with garbage.collected_elsewhere():
        writer.execute("BEGIN IMMEDIATE")
        waiting = threading.Thread(target=write)
        leave_in_a_cycle(waiter.execute("SELECT 1 UNION SELECT 2"))
        waiting.start()
        # Enough to make Python collect at once, here, if it may.
        for _ in range(200):
            kept = [[] for _ in range(10_000)]  # type: ignore[var-annotated]
        del kept
        writer.execute("COMMIT")
        waiting.join()
    writer.close()
    waiter.close()
    assert outcome == ["written"]


class Ring:
    """Garbage that only a look through everything finds."""

    def __init__(self) -> None:
        self.me = self


def test_what_is_in_use_is_set_aside_until_many_sockets_have_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(garbage, "YOUNG_SECONDS", 0.01)
    monkeypatch.setattr(garbage, "ALL_SECONDS", 0.02)
    monkeypatch.setattr(traffic, "closed", traffic.closed.copy())
    ring = Ring()
    is_gone = weakref.ref(ring)
    with garbage.collected_elsewhere():
        before = gc.get_freeze_count()
        until(lambda: gc.get_freeze_count() > before)
        assert all(one is not ring for one in gc.get_objects())
        del ring
        traffic.closed["1000"] += garbage.CLOSED_MIN
        until(lambda: is_gone() is None)


def test_when_many_sockets_have_opened_it_does_not_wait_until_there_are_thousands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(garbage, "YOUNG_SECONDS", 0.01)
    monkeypatch.setattr(garbage, "ALL_SECONDS", 3600.0)
    monkeypatch.setattr(traffic, "opened", traffic.opened.copy())
    with garbage.collected_elsewhere():
        ring = Ring()
        before = gc.get_freeze_count()
        traffic.opened["browser"] += garbage.OPENED_MAX
        until(lambda: gc.get_freeze_count() > before)
        assert all(one is not ring for one in gc.get_objects())


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def leave_in_a_cycle(cursor: sqlite3.Cursor) -> None:
    cycle: list[object] = [cursor]
    cycle.append(cycle)
