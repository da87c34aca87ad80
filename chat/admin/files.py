"""Files and emoji for staff. What is in a file is not shown: staff are not members."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from chat import exceptions
from chat.admin.filtering import OnlyOfferedFilters
from chat.admin.lists import HELP_BY_PERSON, LargeList, newest, number
from chat.admin.places import ReadOnly
from chat.models import CustomEmoji
from chat.services import emoji
from files.models import File

if TYPE_CHECKING:
    FileAdminBase = admin.ModelAdmin[File]
    EmojiAdminBase = admin.ModelAdmin[CustomEmoji]
else:  # Django's own classes take no parameter when they run.
    FileAdminBase = EmojiAdminBase = admin.ModelAdmin


class ByKind(admin.SimpleListFilter):
    """The kinds of files, without asking which types there are."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, *_args: Any) -> Iterable[tuple[str, Any]]:
        return [("image", _("pictures")), ("video", _("video")), ("audio", _("sound"))]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[File]) -> QuerySet[File]:
        known = {value for value, _words in self.lookup_choices}
        kind = self.value()
        return queryset.filter(content_type__startswith=f"{kind}/") if kind in known else queryset


@admin.register(File)
class FileAdmin(OnlyOfferedFilters, LargeList, ReadOnly, FileAdminBase):
    """Files: whose, how large, and where they hang."""

    list_display = ("id", "owner", "content_type", "size", "state", "created_at", "where")
    list_select_related = ("owner", "attachment__message")
    list_filter = ("state", ByKind, "created_at")
    search_help_text = HELP_BY_PERSON
    ordering = ("-pk",)
    fields = (
        "owner",
        "content_type",
        "size",
        "state",
        "width",
        "height",
        "created_at",
        "attached_at",
        "released_at",
        "where",
    )

    def ids_with(self, term: str) -> Iterable[int]:
        found = newest(File.objects.filter(owner__username=term.lower()), by="-created_at")
        pk = number(term)
        return found if pk is None else [*found, pk]

    @admin.display(description=_("message"))
    def where(self, file: File) -> str:
        attachment = getattr(file, "attachment", None)
        return "-" if attachment is None else str(attachment.message)


@admin.register(CustomEmoji)
class EmojiAdmin(ReadOnly, EmojiAdminBase):
    """The workspace's own emoji."""

    list_display = ("name", "size", "created_by", "created_at")
    list_select_related = ("created_by",)
    search_fields = ("name",)
    ordering = ("name",)
    fields = ("name", "size", "created_by", "created_at")
    actions = ("take_away",)

    @admin.action(description=_("Take the selected emoji away"))
    def take_away(self, request: HttpRequest, queryset: QuerySet[CustomEmoji]) -> None:
        for one in queryset:
            try:
                emoji.delete(by=request.user.pk or 0, name=one.name)
            except exceptions.ChatError as refused:
                self.message_user(request, f"{one}: {refused.detail}", messages.ERROR)
