"""People for staff."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import people
from accounts.models import Role, User
from chat.services import workspace

# Roles say what people may do; Django's groups are not used.
admin.site.unregister(Group)


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
    readonly_fields = ("last_login", "date_joined")
    show_full_result_count = False
    fieldsets = (
        (None, {"fields": ("username", "display_name", "email", "password")}),
        (_("Workspace"), {"fields": ("role", "is_active", "is_bot")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
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
        if obj is not None and obj.role == Role.OWNER and not _is_owner(request):
            return False
        return super().has_change_permission(request, obj)

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "role" and not _is_owner(request):
            kwargs["choices"] = [one for one in Role.choices if one[0] != Role.OWNER]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001
        obj.set_role(Role(obj.role))
        super().save_model(request, obj, form, change)
        if not change and obj.role != Role.GUEST:
            workspace.settle_in(user_id=obj.pk)


def _is_owner(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.role == Role.OWNER
