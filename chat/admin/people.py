"""People for staff."""

import contextlib
import copy
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.contrib.admin.exceptions import NotRegistered
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, UserChangeForm
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts import people
from accounts.models import Role, User
from chat import exceptions, policies
from chat.admin.lists import LargeList, begins_with, newest, number
from chat.services import people as people_service

# Roles say what people may do; Django's groups are not used.
admin.site.unregister(Group)
# What allauth keeps of people is theirs: they see it on the pages of their account.
for _model in (
    Authenticator,
    EmailAddress,
    SocialAccount,
    SocialApp,
    SocialToken,
    UserSession,
):
    with contextlib.suppress(NotRegistered):
        admin.site.unregister(_model)


if TYPE_CHECKING:
    PersonFormBase = UserChangeForm[User]
    PasswordFormBase = AdminPasswordChangeForm[User]
    PersonAdminBase = UserAdmin[User]
else:  # Django's own classes take no parameter when they run.
    PersonFormBase = UserChangeForm
    PasswordFormBase = AdminPasswordChangeForm
    PersonAdminBase = UserAdmin


class PersonForm(PersonFormBase):
    """A person who is there already."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        stays_owner = cleaned.get("role", self.instance.role) == Role.OWNER and cleaned.get(
            "is_active", self.instance.is_active
        )
        if not stays_owner and people.is_last_owner(self.instance.pk):
            self.add_error("role", _("The last owner of the workspace must stay its owner."))
        return cleaned


class PasswordForm(PasswordFormBase):
    """Another password for somebody, as the service gives it."""

    def __init__(self, *args: Any, by: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._by = by

    def save(self, commit: bool = True) -> User:  # noqa: ARG002, FBT001, FBT002 - Django's signature
        is_usable = self.cleaned_data["set_usable_password"]
        self.user = people_service.set_password(
            by=self._by,
            user_id=self.user.pk,
            password=self.cleaned_data["password1"] if is_usable else None,
        )
        return self.user


@admin.register(User)
class PersonAdmin(LargeList, PersonAdminBase):
    """People. Nobody is deleted: what they wrote stays theirs. Deactivate them instead."""

    form = PersonForm
    list_display = (
        "username",
        "display_name",
        "email",
        "role",
        "is_active",
        "is_bot",
        "last_login",
    )
    list_filter = ("role", "is_active", "is_bot")
    search_help_text = _("An id, the beginning of a username or an address, or a part of a name.")
    actions = ("deactivate", "give_back")
    ordering = ("username",)
    readonly_fields = ("is_bot", "last_login", "date_joined", "created_by", "is_pending")
    fieldsets = (
        (None, {"fields": ("username", "display_name", "email", "password")}),
        (_("Workspace"), {"fields": ("role", "is_active", "is_bot")}),
        (_("Dates"), {"fields": ("last_login", "date_joined", "created_by", "is_pending")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "fields": (
                    "username",
                    "display_name",
                    "email",
                    "role",
                    "usable_password",
                    "password1",
                    "password2",
                )
            },
        ),
    )
    filter_horizontal = ()

    def ids_with(self, term: str) -> Iterable[int]:
        word = term.removeprefix("@").lower()
        if not word:
            return []
        found = newest(User.objects.filter(begins_with("username", word)))
        found += newest(User.objects.filter(begins_with("email", word)))
        found += newest(User.objects.filter(display_name__icontains=term))
        pk = number(term)
        return found if pk is None else [*found, pk]

    @admin.action(description=_("Take away the access of the selected people"))
    def deactivate(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._set_access(request, queryset, is_active=False)

    @admin.action(description=_("Give the selected people their access back"))
    def give_back(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._set_access(request, queryset, is_active=True)

    def _set_access(
        self, request: HttpRequest, queryset: QuerySet[User], *, is_active: bool
    ) -> None:
        by = _asker(request).pk
        for user in queryset.exclude(is_active=is_active):
            try:
                people_service.change(by=by, user_id=user.pk, is_active=is_active)
            except exceptions.ChatError as refused:
                self.message_user(request, f"{user}: {refused.detail}", messages.ERROR)

    def has_delete_permission(
        self,
        request: HttpRequest,  # noqa: ARG002 - Django's signature
        obj: User | None = None,  # noqa: ARG002
    ) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        # Else an admin could give an owner another password, and be the owner.
        if obj is not None and not policies.can_manage(asker=_asker(request), user=obj):
            return False
        return super().has_change_permission(request, obj)

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "role":
            asker = _asker(request)
            kwargs["choices"] = [
                one for one in Role.choices if policies.can_give(asker=asker, role=one[0])
            ]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def user_change_password(
        self,
        request: HttpRequest,
        id: str,  # noqa: A002 - Django's signature
        form_url: str = "",
    ) -> HttpResponse:
        # Django makes the form without the request; a copy knows who asks in this one.
        mine = copy.copy(self)
        mine.change_password_form = partial(PasswordForm, by=_asker(request).pk)
        return super(PersonAdmin, mine).user_change_password(request, id, form_url)

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: ARG002, FBT001
        by = _asker(request).pk
        try:
            if not change:
                people_service.make(by=by, user=obj)
                return
            with transaction.atomic():
                people_service.rename(
                    by=by,
                    user_id=obj.pk,
                    username=obj.username,
                    display_name=obj.display_name,
                    email=obj.email,
                )
                people_service.change(by=by, user_id=obj.pk, role=obj.role, is_active=obj.is_active)
        except exceptions.ChatError as refused:
            self.message_user(request, refused.detail, messages.ERROR)


def _asker(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - the admin has seen to it
    return request.user
