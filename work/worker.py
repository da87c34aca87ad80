"""The worker: one process, a few threads, one task each.

It lives by a lease in the database. When it dies, however that went, its lease runs out and another
worker does again what it had begun.
"""

import contextlib
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog
from django.db import Error as DatabaseFailure
from django.db import close_old_connections, connections
from django.utils import timezone

from work import queue
from work.models import Worker
from work.queue import TaskRow

logger = structlog.stdlib.get_logger("parley.work")

IDLE_SECONDS: Final = 0.5
"""How long a task waits at most for an idle worker to look."""

TEND_SECONDS: Final = 5.0
"""How often a worker looks for what has become due and for what dead workers left."""

FINISH_SECONDS: Final = 20.0
"""How long tasks may go on after the worker was told to stop."""

DEFAULT_TIMEOUT_SECONDS: Final = 300.0
STUCK: Final = 70
"""The exit status of a worker that ended itself because a task took too long."""


@dataclass(slots=True)
class _Current:
    row: TaskRow
    until: float


class Work:
    """Does tasks until it is told to stop.

    Args:
        name: of this process; the id of the worker begins with it.
        threads: how many tasks at a time.
        lease_seconds: after which a worker that says nothing counts as dead.
    """

    def __init__(self, *, name: str, threads: int, lease_seconds: float) -> None:
        self.id = f"{name[:40]}-{secrets.token_hex(6)}"
        self._threads = threads
        self._lease = timedelta(seconds=lease_seconds)
        self._beat_seconds = lease_seconds / 4
        self._stop = threading.Event()
        self._current: dict[int, _Current] = {}

    def stop(self) -> None:
        """Begin nothing any more. Any thread may call this."""
        self._stop.set()

    def run(self) -> None:
        """Do tasks until `stop`, then finish what was begun, or give it back."""
        self._beat()
        threads = [
            threading.Thread(target=self._guard, args=(self._serve,), name=f"work-{number}")
            for number in range(self._threads)
        ]
        for one in threads:
            one.daemon = True
            one.start()
        logger.info("WORK", worker=self.id, threads=self._threads)
        try:
            self._guard(self._tend)
        finally:
            self._end(threads)

    def _serve(self) -> None:
        while not self._stop.is_set():
            close_old_connections()
            row = queue.claim(worker_id=self.id)
            if row is None:
                self._stop.wait(IDLE_SECONDS)
                continue
            with self._watched(row):
                queue.run(row)

    @contextlib.contextmanager
    def _watched(self, row: TaskRow) -> Iterator[None]:
        found = queue.known_task(row)
        allowed = found.timeout_seconds if found else DEFAULT_TIMEOUT_SECONDS
        thread = threading.get_ident()
        self._current[thread] = _Current(row, time.monotonic() + allowed)
        try:
            yield
        finally:
            del self._current[thread]

    def _tend(self) -> None:
        next_beat = next_look = 0.0
        while not self._stop.wait(min(1.0, self._beat_seconds)):
            now = time.monotonic()
            self._end_if_stuck(now)
            if now >= next_beat:
                self._beat()
                next_beat = now + self._beat_seconds
            if now >= next_look:
                queue.recover()
                queue.enqueue_due()
                next_look = now + min(TEND_SECONDS, self._beat_seconds)

    def _beat(self) -> None:
        close_old_connections()
        now = timezone.now()
        Worker.objects.update_or_create(
            id=self.id,
            defaults={"lease_ends_at": now + self._lease},
            create_defaults={"started_at": now, "lease_ends_at": now + self._lease},
        )
        Worker.objects.filter(lease_ends_at__lt=now - timedelta(days=1)).delete()

    def _end_if_stuck(self, now: float) -> None:
        for current in list(self._current.values()):
            if now > current.until:
                # A thread cannot be ended; a process can, and the task counts as tried.
                logger.error("TASK_STUCK", task=current.row.task_path)
                queue.failed(current.row, TimeoutError())
                self._give_back_the_others(current)
                os._exit(STUCK)

    def _give_back_the_others(self, stuck: _Current | None = None) -> None:
        for other in list(self._current.values()):
            if other is not stuck:
                queue.give_back(other.row)

    def _end(self, threads: list[threading.Thread]) -> None:
        deadline = time.monotonic() + FINISH_SECONDS
        for one in threads:
            one.join(timeout=max(0.0, deadline - time.monotonic()))
        with contextlib.suppress(DatabaseFailure):
            self._give_back_the_others()
            Worker.objects.filter(id=self.id).delete()
        logger.info("WORK_ENDED", worker=self.id)
        connections.close_all()
        if any(one.is_alive() for one in threads):
            os._exit(0)

    def _guard(self, act: Callable[[], None]) -> None:
        """Go on after a failure of the database: it may be away for a while."""
        while not self._stop.is_set():
            try:
                act()
            except DatabaseFailure as error:
                logger.warning("DATABASE_FAILED", reason=type(error).__name__)
                connections.close_all()
                self._stop.wait(1.0)
            except Exception:
                logger.exception("WORK_FAILED")
                self._stop.wait(1.0)
        if threading.current_thread() is not threading.main_thread():
            connections.close_all()
