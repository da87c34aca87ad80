"""Tokens for staff."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Token
from chat import exceptions
from chat.admin.filtering import ByRevoked, OnlyOfferedFilters
from chat.admin.lists import LargeList, newest, number
from chat.services import access

if TYPE_CHECKING:
    TokenAdminBase = admin.ModelAdmin[Token]
else:  # Django's own class takes no parameter when it runs.
    TokenAdminBase = admin.ModelAdmin

PREFIX_CHARS: Final = 12
"""So many characters of a token are kept to recognise it by."""


@admin.register(Token)
class TokenAdmin(OnlyOfferedFilters, LargeList, TokenAdminBase):
    """Bearer tokens: who has one, since when, and when it was used. They can be revoked here."""

    list_display = ("prefix", "user", "name", "created_at", "expires_at", "last_used_at", "state")
    list_select_related = ("user",)
    list_filter = (ByRevoked, "created_at", "expires_at")
    search_help_text = _("An id, a username, or the first characters of a token.")
    ordering = ("-pk",)
    fields = (
        "user",
        "name",
        "prefix",
        "created_at",
        "expires_at",
        "last_used_at",
        "revoked_at",
    )
    actions = ("revoke",)

    def ids_with(self, term: str) -> Iterable[int]:
        found = newest(Token.objects.filter(user__username=term.lower()))
        found += newest(Token.objects.filter(prefix=term[:PREFIX_CHARS]))
        pk = number(term)
        return found if pk is None else [*found, pk]

    @admin.display(description=_("state"))
    def state(self, token: Token) -> str:
        if token.revoked_at is not None:
            return str(_("revoked"))
        if token.expires_at is not None and token.expires_at <= timezone.now():
            return str(_("expired"))
        return str(_("valid"))

    @admin.action(description=_("Revoke the selected tokens"))
    def revoke(self, request: HttpRequest, queryset: QuerySet[Token]) -> None:
        try:
            count = access.revoke_tokens(list(queryset), by=request.user.pk or 0)
        except exceptions.ChatError as refused:
            self.message_user(request, refused.detail, messages.ERROR)
            return
        self.message_user(request, _("Revoked: %(count)d") % {"count": count})

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        # A token's secret is shown to its owner alone, when they make it.
        return False

    def has_change_permission(
        self,
        request: HttpRequest,
        obj: Token | None = None,
    ) -> bool:
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(
        self,
        request: HttpRequest,  # noqa: ARG002 - Django's signature
        obj: Token | None = None,  # noqa: ARG002
    ) -> bool:
        return False
