"""Channels and messages for staff."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from django.contrib import admin, messages
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from chat import exceptions, groups
from chat.admin.filtering import ByArchived, ByDeleted, OnlyOfferedFilters
from chat.admin.lists import LargeList, newest, number
from chat.models import Channel, Membership, Message, Workspace
from chat.services import channels, workspace
from chat.services import messages as message_service
from realtime import log, registry

if TYPE_CHECKING:
    ChannelAdminBase = admin.ModelAdmin[Channel]
    MessageAdminBase = admin.ModelAdmin[Message]
    WorkspaceAdminBase = admin.ModelAdmin[Workspace]
else:  # Django's own classes take no parameter when they run.
    ChannelAdminBase = MessageAdminBase = WorkspaceAdminBase = admin.ModelAdmin


PEOPLE_SHOWN: Final = 100


class ReadOnly:
    """Looking only: neither adding, changing nor deleting."""

    def has_add_permission(self, *_args: Any) -> bool:
        return False

    def has_change_permission(self, *_args: Any) -> bool:
        return False

    def has_delete_permission(self, *_args: Any) -> bool:
        return False


@admin.register(Workspace)
class WorkspaceAdmin(WorkspaceAdminBase):
    """The one workspace."""

    fields = ("name",)

    def save_model(self, request: HttpRequest, obj: Workspace, form: Any, change: bool) -> None:  # noqa: ARG002, FBT001
        workspace.change(by=request.user.pk or 0, name=obj.name)

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        return False

    def has_delete_permission(
        self,
        request: HttpRequest,  # noqa: ARG002 - Django's signature
        obj: Workspace | None = None,  # noqa: ARG002
    ) -> bool:
        return False


@admin.register(Channel)
class ChannelAdmin(OnlyOfferedFilters, LargeList, ChannelAdminBase):
    """Channels: members, the head of the log, and who hears them on each process now."""

    list_display = (
        "name",
        "kind",
        "member_count",
        "head",
        "sockets_now",
        "is_default",
        "archived_at",
    )
    list_filter = ("kind", "is_default", ByArchived)
    search_help_text = _("An id, or a part of a name or a topic.")
    ordering = ("-pk",)
    fields = (
        "name",
        "kind",
        "topic",
        "description",
        "posting",
        "is_default",
        "created_by",
        "created_at",
        "archived_at",
        "head",
        "processes",
        "people",
    )
    readonly_fields = (
        "created_by",
        "created_at",
        "archived_at",
        "head",
        "processes",
        "people",
    )
    actions = ("archive", "unarchive")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Channel]:
        # Counted for the rows that are shown alone, and not for all that could be.
        members = Membership.objects.filter(channel=OuterRef("pk")).order_by().values("channel")
        size = Subquery(members.annotate(size=Count("pk")).values("size"))
        return super().get_queryset(request).annotate(members_now=Coalesce(size, 0))

    def ids_with(self, term: str) -> Iterable[int]:
        word = term.removeprefix("#")
        if not word:
            return []
        found = newest(Channel.objects.filter(name__icontains=word))
        found += newest(Channel.objects.filter(topic__icontains=term))
        pk = number(term)
        return found if pk is None else [*found, pk]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        response = super().changelist_view(request, extra_context)
        if isinstance(response, TemplateResponse) and response.context_data:
            # One question to Redis and one to the log for the whole page.
            shown = response.context_data.get("cl")
            if shown is not None:
                rows = list(shown.result_list)
                heads = log.heads(groups.channel_stream(row.pk) for row in rows)
                reports = registry.reports()
                for row in rows:
                    stream = groups.channel_stream(row.pk)
                    row.head_now = heads[stream]
                    row.sockets_by_process = _sockets(reports, stream)
                shown.result_list = rows
        return response

    @admin.display(description=_("people"))
    def people(self, channel: Channel) -> str:
        members = channel.memberships.select_related("user").order_by("user__username")
        shown = [
            (reverse("admin:accounts_user_change", args=[one.user_id]), one.user, one.role)
            for one in members[:PEOPLE_SHOWN]
        ]
        rest = channel.memberships.count() - len(shown)
        names = format_html_join(", ", '<a href="{}">{}</a> ({})', shown)
        if rest <= 0:
            return names or "-"
        more = ngettext("and %(count)d more", "and %(count)d more", rest) % {"count": rest}
        return format_html("{} {}", names, more)

    @admin.display(description=_("members"))
    def member_count(self, channel: Any) -> int:
        return int(channel.members_now)

    @admin.display(description=_("last seq"))
    def head(self, channel: Any) -> int:
        known: int | None = getattr(channel, "head_now", None)
        stream = groups.channel_stream(channel.pk)
        return log.heads([stream])[stream] if known is None else known

    @admin.display(description=_("sockets now"))
    def sockets_now(self, channel: Any) -> str:
        by_process: dict[str, int] | None = getattr(channel, "sockets_by_process", None)
        if by_process is None:
            return str(_("unknown"))
        return ", ".join(f"{name}: {count}" for name, count in by_process.items()) or "0"

    @admin.display(description=_("processes now"))
    def processes(self, channel: Channel) -> str:
        reports = registry.reports()
        if reports is None:
            return str(_("Unknown: Redis cannot be asked."))
        stream = groups.channel_stream(channel.pk)
        head = log.heads([stream])[stream]
        lines = []
        for report in reports:
            sockets = report.streams.get(stream, 0)
            if sockets:
                behind = max(0, head - report.tops.get(stream, head))
                lines.append(
                    _("%(instance)s: %(sockets)d sockets, %(behind)d events behind")
                    % {"instance": report.instance, "sockets": sockets, "behind": behind}
                )
            else:
                lines.append(_("%(instance)s: no sockets") % {"instance": report.instance})
        return format_html("<br>".join(["{}"] * len(lines)), *lines) if lines else "-"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> Any:
        response = super().change_view(request, object_id, form_url, extra_context)
        if request.method == "GET" and response.status_code == HTTPStatus.OK:
            channels.note_looked_at(by=request.user.pk or 0, channel_id=int(object_id))
        return response

    def has_change_permission(self, request: HttpRequest, obj: Channel | None = None) -> bool:
        # A direct conversation is its people's alone.
        return super().has_change_permission(request, obj) and not (obj and obj.is_direct)

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        # A channel begins with its maker in it: in the workspace, or over the API.
        return False

    def has_delete_permission(
        self,
        request: HttpRequest,  # noqa: ARG002 - Django's signature
        obj: Channel | None = None,  # noqa: ARG002
    ) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Channel, form: Any, change: bool) -> None:  # noqa: ARG002, FBT001
        try:
            channels.change(
                by=request.user.pk or 0,
                channel_id=obj.pk,
                wanted=channels.Change(
                    name=obj.name,
                    kind=obj.kind,
                    topic=obj.topic,
                    description=obj.description,
                    posting=obj.posting,
                    is_default=obj.is_default,
                ),
            )
        except exceptions.ChatError as refused:
            self.message_user(request, refused.detail, messages.ERROR)

    @admin.action(description=_("Archive the selected channels"))
    def archive(self, request: HttpRequest, queryset: QuerySet[Channel]) -> None:
        self._each(request, queryset, channels.archive)

    @admin.action(description=_("Unarchive the selected channels"))
    def unarchive(self, request: HttpRequest, queryset: QuerySet[Channel]) -> None:
        self._each(request, queryset, channels.unarchive)

    def _each(self, request: HttpRequest, queryset: QuerySet[Channel], act: Any) -> None:
        for channel in queryset:
            try:
                act(by=request.user.pk, channel_id=channel.pk)
            except exceptions.ChatError as refused:
                self.message_user(request, f"{channel}: {refused.detail}", messages.ERROR)


@admin.register(Message)
class MessageAdmin(OnlyOfferedFilters, LargeList, ReadOnly, MessageAdminBase):
    """Messages: where and when. Their text is not shown here: staff are not members."""

    list_display = ("id", "channel", "seq", "author", "created_at", "edited_at", "deleted_at")
    list_select_related = ("channel", "author")
    list_filter = ("created_at", ByDeleted)
    search_help_text = _("An id, the username of an author, or the name of a channel.")
    ordering = ("-pk",)
    fields = (
        "channel",
        "seq",
        "author",
        "client_id",
        "thread",
        "version",
        "created_at",
        "edited_at",
        "edited_by",
        "deleted_at",
        "deleted_by",
    )
    actions = ("delete_messages",)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> Any:
        response = super().change_view(request, object_id, form_url, extra_context)
        if response.status_code == HTTPStatus.OK:
            channel_id = Message.objects.values_list("channel_id", flat=True).get(pk=object_id)
            channels.note_looked_at(by=request.user.pk or 0, channel_id=channel_id)
        return response

    def ids_with(self, term: str) -> Iterable[int]:
        found = newest(Message.objects.filter(author__username=term.removeprefix("@").lower()))
        word = term.removeprefix("#")
        # Direct conversations have no name. A channel's is its own, in any case of its letters.
        channel = Channel.objects.filter(name__iexact=word).first() if word else None
        if channel is not None:
            found += newest(Message.objects.filter(channel=channel), by="-seq")
        pk = number(term)
        return found if pk is None else [*found, pk]

    @admin.action(description=_("Delete the selected messages for everyone"))
    def delete_messages(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        for message in queryset.filter(deleted_at=None):
            try:
                message_service.delete(by=request.user.pk or 0, message_id=message.pk)
            except exceptions.ChatError as refused:
                self.message_user(request, f"{message}: {refused.detail}", messages.ERROR)


def _sockets(reports: list[registry.Report] | None, stream: str) -> dict[str, int] | None:
    if reports is None:
        return None
    return {
        report.instance: report.streams[stream] for report in reports if stream in report.streams
    }
