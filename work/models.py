"""Who works, and when what recurs is due. The tasks themselves are in django-tasks-db's table."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Worker(models.Model):
    """A process that does tasks. One that has not been heard of for long counts as dead."""

    id = models.CharField(max_length=64, primary_key=True)
    started_at = models.DateTimeField(_("started"))
    lease_ends_at = models.DateTimeField(_("lives at least until"), db_index=True)

    def __str__(self) -> str:
        return self.id


class Recurrence(models.Model):
    """When a recurring task is due next."""

    task_path = models.CharField(max_length=200, primary_key=True)
    due_at = models.DateTimeField(_("due"))

    def __str__(self) -> str:
        return self.task_path
