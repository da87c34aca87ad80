"""Declaring tasks: how often one is tried, how long it may take, and what recurs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, ParamSpec, TypeVar

from django_tasks_db.backend import DatabaseBackend
from django_tasks_db.compat import DEFAULT_TASK_BACKEND_ALIAS, Task

Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")

BACKOFF_MAX_SECONDS: Final = 3600.0


class GiveUp(Exception):
    """Raised by a task that would fail again: it is not tried again. The sentence is for staff."""


class TryAgain(Exception):
    """Raised by a task that can succeed later. The sentence is for staff, so no message's text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetriedTask(Task[Parameters, Answer]):
    """A task of Django's framework, with a policy for its failures.

    Attributes:
        max_attempts: how often it is tried before it is left to staff.
        first_delay_seconds: before the second attempt; each further wait is twice as long.
        timeout_seconds: after which a worker that is still at it is ended.
    """

    max_attempts: int = 8
    first_delay_seconds: float = 2.0
    timeout_seconds: float = 300.0

    def delay_after(self, attempts: int) -> float:
        """Return how long to wait after so many attempts, before jitter."""
        return float(min(BACKOFF_MAX_SECONDS, self.first_delay_seconds * 2 ** (attempts - 1)))


class Backend(DatabaseBackend):
    """django-tasks-db with our kind of task."""

    task_class = RetriedTask
    supports_async_task = False


def task(
    *,
    max_attempts: int = 8,
    first_delay_seconds: float = 2.0,
    timeout_seconds: float = 300.0,
    priority: int = 0,
) -> Callable[[Callable[Parameters, Answer]], RetriedTask[Parameters, Answer]]:
    """Make a task of a module's function. Its arguments must be JSON; it may run twice.

    Args:
        max_attempts, first_delay_seconds, timeout_seconds: as in `RetriedTask`.
        priority: from -100 to 100; the higher goes first.
    """

    def declare(function: Callable[Parameters, Answer]) -> RetriedTask[Parameters, Answer]:
        return RetriedTask(
            func=function,
            priority=priority,
            backend=DEFAULT_TASK_BACKEND_ALIAS,
            max_attempts=max_attempts,
            first_delay_seconds=first_delay_seconds,
            timeout_seconds=timeout_seconds,
        )

    return declare


RECURRING: Final[dict[str, tuple[RetriedTask[[], None], timedelta]]] = {}
"""The tasks that recur, by the path of their function."""


def every(
    *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0
) -> Callable[[RetriedTask[[], None]], RetriedTask[[], None]]:
    """Have a task without arguments run again and again, once for all workers together.

    It goes above `@task`, in a module that is named `tasks` or is imported by one.
    """
    interval = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)

    def declare(recurring: RetriedTask[[], None]) -> RetriedTask[[], None]:
        RECURRING[recurring.module_path] = (recurring, interval)
        return recurring

    return declare
