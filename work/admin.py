"""Background work for staff: what waits, what runs, and what was given up, with "run again"."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult

from work import queue
from work.models import Worker
from work.queue import TaskRow

if TYPE_CHECKING:
    TaskAdminBase = admin.ModelAdmin[TaskRow]
    WorkerAdminBase = admin.ModelAdmin[Worker]
else:  # Django's own classes take no parameter when they run.
    TaskAdminBase = WorkerAdminBase = admin.ModelAdmin

if admin.site.is_registered(DBTaskResult):
    admin.site.unregister(DBTaskResult)


class _LookingOnly:
    def has_add_permission(self, *_args: Any) -> bool:
        return False

    def has_change_permission(self, *_args: Any) -> bool:
        return False

    def has_delete_permission(self, *_args: Any) -> bool:
        return False


@admin.register(DBTaskResult)
class TaskAdmin(_LookingOnly, TaskAdminBase):
    """Tasks. What they are about is named by ids; what people wrote is not in them."""

    list_display = ("task_path", "status", "attempts", "enqueued_at", "next_at", "finished_at")
    list_filter = ("status", "task_path", "enqueued_at")
    search_fields = ("=id", "task_path")
    ordering = ("-enqueued_at",)
    show_full_result_count = False
    fields = (
        "task_path",
        "status",
        "attempts",
        "arguments",
        "enqueued_at",
        "started_at",
        "next_at",
        "finished_at",
        "exception_class_path",
        "trace",
    )
    readonly_fields = fields
    actions = ("run_again",)

    @admin.display(description=_("attempts"))
    def attempts(self, row: TaskRow) -> int:
        return len(row.worker_ids)

    @admin.display(description=_("not before"))
    def next_at(self, row: TaskRow) -> Any:
        return None if row.run_after.year == 9999 else row.run_after

    @admin.display(description=_("arguments"))
    def arguments(self, row: TaskRow) -> str:
        given = row.args_kwargs
        named = [f"{name}={value!r}" for name, value in given["kwargs"].items()]
        return ", ".join([*(repr(value) for value in given["args"]), *named]) or "-"

    @admin.display(description=_("last failure"))
    def trace(self, row: TaskRow) -> str:
        return format_html("<pre>{}</pre>", row.traceback) if row.traceback else "-"

    @admin.action(description=_("Run the selected failed tasks again"))
    def run_again(self, request: HttpRequest, queryset: QuerySet[TaskRow]) -> None:
        count = queue.run_again(queryset.values_list("pk", flat=True), by=request.user)
        self.message_user(request, _("Put back: %(count)d") % {"count": count})


@admin.register(Worker)
class WorkerAdmin(_LookingOnly, WorkerAdminBase):
    """The processes that do tasks."""

    list_display = ("id", "started_at", "lease_ends_at")
    ordering = ("-lease_ends_at",)
