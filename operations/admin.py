"""The audit log in the admin."""

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from audit import reading
from audit.actions import Action
from audit.models import Entry
from chat.admin.filtering import OnlyOfferedFilters
from chat.admin.lists import LargeList
from chat.admin.places import ReadOnly

if TYPE_CHECKING:
    EntryAdminBase = admin.ModelAdmin[Entry]
else:  # Django's own class takes no parameter when it runs.
    EntryAdminBase = admin.ModelAdmin


class ByAction(admin.SimpleListFilter):
    """The actions that there are, without asking the log for them."""

    title = _("action")
    parameter_name = "action"

    def lookups(self, *_args: Any) -> Iterable[tuple[str, str]]:
        return [(str(action), f"{action}: {action.sentence}") for action in Action]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Entry]) -> QuerySet[Entry]:
        return queryset if self.value() is None else queryset.filter(action=self.value())


class ByTarget(admin.SimpleListFilter):
    """The kinds of what things are done to."""

    title = _("target")
    parameter_name = "kind"
    kinds: Final = (
        "user",
        "channel",
        "message",
        "invite",
        "token",
        "incomingwebhook",
        "workspace",
        "customemoji",
        "process",
        "backup",
    )

    def lookups(self, *_args: Any) -> Iterable[tuple[str, str]]:
        return [(kind, kind) for kind in self.kinds]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Entry]) -> QuerySet[Entry]:
        return queryset if self.value() is None else queryset.filter(target_kind=self.value())


class ByTime(admin.SimpleListFilter):
    """The last hour, day, week or month."""

    title = _("time")
    parameter_name = "within"

    def lookups(self, *_args: Any) -> Iterable[tuple[str, Any]]:
        return [
            ("1", _("the last hour")),
            ("24", _("the last day")),
            ("168", _("the last week")),
            ("720", _("the last 30 days")),
        ]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Entry]) -> QuerySet[Entry]:
        hours = self.value()
        if hours is None or hours not in {value for value, _words in self.lookup_choices}:
            return queryset
        return queryset.filter(at__gte=timezone.now() - timedelta(hours=int(hours)))


@admin.register(Entry)
class EntryAdmin(OnlyOfferedFilters, LargeList, ReadOnly, EntryAdminBase):
    """The audit log: who did what to whom. Nothing can be changed here."""

    list_display = ("at", "actor", "action", "target_kind", "target", "change", "address")
    list_filter = (ByAction, ByTarget, ByTime)
    search_help_text = _(
        "A username, the name or id of a target, an address or a request: exactly as it is."
    )
    ordering = ("-id",)
    fields = (
        "at",
        "action",
        "sentence",
        "actor",
        "actor_id",
        "target_kind",
        "target_id",
        "target",
        "before",
        "after",
        "address",
        "agent",
        "request_id",
    )

    def ids_with(self, term: str) -> list[int]:
        return reading.ids_with(term)

    @admin.display(description=_("what it means"))
    def sentence(self, entry: Entry) -> str:
        return next((one.sentence for one in Action if one == entry.action), "-")

    @admin.display(description=_("change"))
    def change(self, entry: Entry) -> str:
        names = [*entry.before, *(name for name in entry.after if name not in entry.before)]
        parts = [
            format_html(
                "{}: {} → {}", name, entry.before.get(name, "-"), entry.after.get(name, "-")
            )
            for name in names
        ]
        return format_html("<br>".join(["{}"] * len(parts)), *parts) if parts else "-"
