"""Tasks about tasks."""

from datetime import timedelta
from typing import Final

from django.utils import timezone

from work import queue
from work.declaring import every, task

KEEP_DONE: Final = timedelta(days=1)
KEEP_FAILED: Final = timedelta(days=90)


@every(hours=1)
@task(max_attempts=1)
def forget_old_tasks() -> None:
    """Delete the rows of tasks that were done a day ago, and of failed ones after 90 days."""
    now = timezone.now()
    queue.forget(done_before=now - KEEP_DONE, failed_before=now - KEEP_FAILED)
