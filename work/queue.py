"""The tasks that wait, run, are done and have failed. All of it is rows of one table."""

import random
import traceback
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

import structlog
from django.core.exceptions import SuspiciousOperation
from django.db import transaction
from django.utils import timezone
from django_tasks_db.compat import DEFAULT_TASK_BACKEND_ALIAS, TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from audit.actions import Action
from audit.recording import record
from metrics.instruments import JOBS
from work.declaring import RECURRING, GiveUp, RetriedTask, TryAgain
from work.models import Recurrence, Worker

logger = structlog.stdlib.get_logger("parley.work")

TaskRow: TypeAlias = DBTaskResult[..., Any]

JITTER: Final = 0.2
LOST: Final = "WorkerLost"
UNKNOWN_TASK_ATTEMPTS: Final = 8
"""A task that this version does not know may be one of the next, which is about to start."""

BATCH: Final = 500


def known_task(row: TaskRow) -> RetriedTask[..., object] | None:
    """Return the task of a row, or None when this version of the program has no such task."""
    try:
        found = row.task
    except (ImportError, SuspiciousOperation):
        return None
    return found if isinstance(found, RetriedTask) else None


def claim(*, worker_id: str) -> TaskRow | None:
    """Take the next task that is due, or return None. No two workers take the same."""
    ready = DBTaskResult.objects.ready().filter(backend_name=DEFAULT_TASK_BACKEND_ALIAS)
    # Looking takes no lock: an idle worker must not stand in the way of those who write.
    if not ready.exists():
        return None
    with transaction.atomic():
        row = ready.get_locked()
        if row is not None:
            row.claim(worker_id)
        return row


def run(row: TaskRow) -> bool:
    """Do a task that was claimed, and write down how it went. Return whether it was done."""
    found = known_task(row)
    try:
        if found is None:
            raise TryAgain("There is no such task in this version.")
        found.call(*row.args_kwargs["args"], **row.args_kwargs["kwargs"])
    except Exception as error:  # noqa: BLE001 - whatever it was, it is written down and retried
        failed(row, error)
        return False
    _finish(row, status=TaskResultStatus.SUCCESSFUL)
    JOBS.labels(row.task_path, "done").inc()
    logger.info("TASK_DONE", task=row.task_path, attempts=len(row.worker_ids))
    return True


def failed(row: TaskRow, error: BaseException) -> None:
    """Put a task that failed back for later, or leave it to staff after its last attempt."""
    found = known_task(row)
    attempts = len(row.worker_ids)
    is_last = isinstance(error, GiveUp) or attempts >= (
        found.max_attempts if found else UNKNOWN_TASK_ATTEMPTS
    )
    # What an error says can hold what people wrote; only our own sentences are kept.
    sentence = str(error) if isinstance(error, GiveUp | TryAgain) else ""
    frames = "".join(traceback.format_tb(error.__traceback__)[-12:])
    said: dict[str, object] = {
        "exception_class_path": f"{type(error).__module__}.{type(error).__qualname__}",
        "traceback": f"{frames}{type(error).__name__}: {sentence}".strip(),
    }
    if is_last:
        _finish(row, status=TaskResultStatus.FAILED, **said)
        JOBS.labels(row.task_path, "failed").inc()
        logger.error(
            "TASK_FAILED", task=row.task_path, attempts=attempts, reason=type(error).__name__
        )
        return
    delay = found.delay_after(attempts) if found else 60.0
    delay *= random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - no secret
    _finish(
        row,
        status=TaskResultStatus.READY,
        run_after=timezone.now() + timedelta(seconds=delay),
        **said,
    )
    JOBS.labels(row.task_path, "retry").inc()
    logger.warning("TASK_RETRY", task=row.task_path, attempts=attempts, reason=type(error).__name__)


def give_back(row: TaskRow) -> None:
    """Put back a task that was begun and will not be finished here. It does not count as tried."""
    _finish(row, status=TaskResultStatus.READY, worker_ids=row.worker_ids[:-1])


def recover() -> int:
    """Put back what dead workers had begun. Return how many tasks that were."""
    now = timezone.now()
    running = DBTaskResult.objects.running()
    if not running.exists():
        return 0
    living = set(Worker.objects.filter(lease_ends_at__gt=now).values_list("id", flat=True))
    lost = [row for row in running if not row.worker_ids or row.worker_ids[-1] not in living]
    for row in lost:
        found = known_task(row)
        is_last = len(row.worker_ids) >= (found.max_attempts if found else UNKNOWN_TASK_ATTEMPTS)
        status = TaskResultStatus.FAILED if is_last else TaskResultStatus.READY
        _finish(row, status=status, exception_class_path=LOST, traceback="The worker died.")
        logger.warning("TASK_RECOVERED", task=row.task_path, attempts=len(row.worker_ids))
    return len(lost)


def enqueue_due(now: datetime | None = None) -> int:
    """Enqueue what recurs and is due, once for all workers. Return how many tasks that were."""
    now = now or timezone.now()
    due = dict(Recurrence.objects.values_list("task_path", "due_at"))
    count = 0
    for path, (recurring, interval) in RECURRING.items():
        if path in due and due[path] > now:
            continue
        with transaction.atomic():
            row, _ = Recurrence.objects.select_for_update().get_or_create(
                task_path=path, defaults={"due_at": now}
            )
            if row.due_at > now:
                continue
            row.due_at = now + interval
            row.save(update_fields=["due_at"])
            waiting = DBTaskResult.objects.filter(
                task_path=path, status__in=[TaskResultStatus.READY, TaskResultStatus.RUNNING]
            )
            if not waiting.exists():
                recurring.enqueue()
                count += 1
    return count


@transaction.atomic
def run_again(task_ids: Iterable[object], *, by: Any) -> int:
    """Have failed tasks tried anew, as often as new ones. Return how many that were.

    Args:
        by: who wants it, for the audit log.
    """
    count: int = (
        DBTaskResult.objects.failed()
        .filter(pk__in=list(task_ids))
        .update(
            status=TaskResultStatus.READY, run_after=get_date_max(), finished_at=None, worker_ids=[]
        )
    )
    if count:
        record(Action.TASKS_RETRIED, by=by, after={"tasks": count})
    return count


def forget(*, done_before: datetime, failed_before: datetime) -> int:
    """Delete finished tasks that are older. Return how many that were."""
    total = 0
    for rows, before in (
        (DBTaskResult.objects.successful(), done_before),
        (DBTaskResult.objects.failed(), failed_before),
    ):
        while True:
            # In small steps: nobody waits long for the write lock.
            ids = list(rows.filter(finished_at__lt=before).values_list("pk", flat=True)[:BATCH])
            total += DBTaskResult.objects.filter(pk__in=ids).delete()[0]
            if len(ids) < BATCH:
                break
    return total


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much work there is to do. None of it takes longer the more was done already.

    Attributes:
        queued: tasks that are due and wait for a worker.
        running: tasks that a worker is at.
        failed: tasks that were given up, for staff to look at.
        oldest_seconds: how long the oldest task that is due has waited.
        workers: processes that do tasks.
    """

    queued: int
    running: int
    failed: int
    oldest_seconds: float
    workers: int


@dataclass(frozen=True, slots=True)
class Numbers(Waiting):
    """How much work there is, and was.

    Attributes:
        later: tasks that wait for their time, or for their next attempt.
        done: tasks that were done within the last day.
    """

    later: int
    done: int


def waiting() -> Waiting:
    """Return how much work there is to do now."""
    now = timezone.now()
    ready = DBTaskResult.objects.ready()
    waits = [
        row.enqueued_at if row.run_after == get_date_max() else row.run_after
        for row in ready.order_by("enqueued_at")[:1]
    ]
    return Waiting(
        queued=ready.count(),
        running=DBTaskResult.objects.running().count(),
        failed=DBTaskResult.objects.failed().count(),
        oldest_seconds=round(max((now - since).total_seconds() for since in waits), 3)
        if waits
        else 0.0,
        workers=Worker.objects.filter(lease_ends_at__gt=now).count(),
    )


def numbers() -> Numbers:
    """Return how much work there is now, and was done."""
    now = timezone.now()
    due = waiting()
    return Numbers(
        **asdict(due),
        later=DBTaskResult.objects.filter(status=TaskResultStatus.READY).count() - due.queued,
        done=DBTaskResult.objects.successful()
        .filter(finished_at__gt=now - timedelta(days=1))
        .count(),
    )


@transaction.atomic
def _finish(row: TaskRow, *, status: TaskResultStatus, **changes: object) -> None:
    """Write down how an attempt ended, unless the task is no longer this worker's.

    A worker that was paused for long may come back to a task that another has meanwhile.
    """
    current = DBTaskResult.objects.select_for_update().filter(pk=row.pk).first()
    is_mine = current is not None and (
        current.status == TaskResultStatus.RUNNING and current.worker_ids == row.worker_ids
    )
    if not is_mine:
        return
    if status != TaskResultStatus.READY:
        changes["finished_at"] = timezone.now()
    if status == TaskResultStatus.SUCCESSFUL:
        changes |= {"exception_class_path": "", "traceback": ""}
    DBTaskResult.objects.filter(pk=row.pk).update(status=status, **changes)
