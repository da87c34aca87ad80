"""Files and emoji for staff. What is in a file is not shown: staff are not members."""

from typing import TYPE_CHECKING

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from chat import exceptions
from chat.admin.filtering import OnlyOfferedFilters
from chat.admin.places import ReadOnly
from chat.models import CustomEmoji
from chat.services import emoji
from files.models import File

if TYPE_CHECKING:
    FileAdminBase = admin.ModelAdmin[File]
    EmojiAdminBase = admin.ModelAdmin[CustomEmoji]
else:  # Django's own classes take no parameter when they run.
    FileAdminBase = EmojiAdminBase = admin.ModelAdmin


@admin.register(File)
class FileAdmin(OnlyOfferedFilters, ReadOnly, FileAdminBase):
    """Files: whose, how large, and where they hang."""

    list_display = ("id", "owner", "content_type", "size", "state", "created_at", "where")
    list_select_related = ("owner", "attachment__message")
    list_filter = ("state", "content_type", "created_at")
    search_fields = ("=id", "owner__username")
    ordering = ("-pk",)
    show_full_result_count = False
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
