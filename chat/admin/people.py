"""People for staff."""

import contextlib
from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.contrib.admin.exceptions import NotRegistered
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import people
from accounts.models import Role, User
from chat import exceptions, policies
from chat.services import people as people_service
from chat.services import workspace

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
    PersonAdminBase = UserAdmin[User]
else:  # Django's own classes take no parameter when they run.
    PersonFormBase = UserChangeForm
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


@admin.register(User)
class PersonAdmin(PersonAdminBase):
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
    search_fields = ("username", "display_name", "email")
    ordering = ("username",)
    readonly_fields = ("last_login", "date_joined", "created_by", "is_pending")
    show_full_result_count = False
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
    show_facets = admin.ShowFacets.NEVER

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

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001
        asker = _asker(request)
        if not change:
            obj.set_role(Role(obj.role))
            obj.created_by = asker
            super().save_model(request, obj, form, change)
            workspace.settle_in(user_id=obj.pk)
            return
        before = User.objects.get(pk=obj.pk)
        role, is_active = obj.role, obj.is_active
        obj.role, obj.is_active = before.role, before.is_active
        super().save_model(request, obj, form, change)
        try:
            people_service.change(by=asker.pk, user_id=obj.pk, role=role, is_active=is_active)
        except exceptions.ChatError as refused:
            self.message_user(request, refused.detail, messages.ERROR)
        people_service.tell(User.objects.get(pk=obj.pk))


def _asker(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - the admin has seen to it
    return request.user
