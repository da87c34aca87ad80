"""Who may come in: the rules and the invites."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import rules
from accounts.models import AccessRules, Invite, User
from chat import exceptions, selectors
from chat.admin.filtering import OnlyOfferedFilters
from chat.admin.lists import LargeList, newest, number
from chat.services import invites, workspace

if TYPE_CHECKING:
    RulesFormBase = forms.ModelForm[AccessRules]
    InviteFormBase = forms.ModelForm[Invite]
    RulesAdminBase = admin.ModelAdmin[AccessRules]
    InviteAdminBase = admin.ModelAdmin[Invite]
else:  # Django's own classes take no parameter when they run.
    RulesFormBase = InviteFormBase = forms.ModelForm
    RulesAdminBase = InviteAdminBase = admin.ModelAdmin


class RulesForm(RulesFormBase):
    """The domains as words."""

    email_domains = forms.CharField(
        label=_("E-mail domains"),
        required=False,
        help_text=_("With spaces or commas between them: example.org example.com"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["email_domains"] = " ".join(self.instance.email_domains)

    def clean_email_domains(self) -> list[str]:
        given = str(self.cleaned_data["email_domains"]).replace(",", " ").split()
        try:
            return rules.clean_domains(given)
        except ValidationError as error:
            raise ValidationError(error.messages) from None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        is_by_domain = cleaned.get("sign_up") == AccessRules.SignUp.DOMAINS
        if is_by_domain and cleaned.get("email_domains") == []:
            self.add_error("email_domains", _("Name at least one domain."))
        return cleaned


@admin.register(AccessRules)
class RulesAdmin(RulesAdminBase):
    """Who may make an account without an invite."""

    form = RulesForm
    fields = ("sign_up", "email_domains")

    def get_queryset(self, request: HttpRequest) -> QuerySet[AccessRules]:
        rules.current()
        return super().get_queryset(request)

    def save_model(self, request: HttpRequest, obj: AccessRules, form: Any, change: bool) -> None:  # noqa: ARG002, FBT001
        workspace.change(
            by=_asker(request).pk, sign_up=obj.sign_up, email_domains=obj.email_domains
        )

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        return False

    def has_delete_permission(
        self,
        request: HttpRequest,  # noqa: ARG002 - Django's signature
        obj: AccessRules | None = None,  # noqa: ARG002
    ) -> bool:
        return False


class ByState(admin.SimpleListFilter):
    """Whether an invite still lets people in."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, *_args: Any) -> Iterable[tuple[str, Any]]:
        return [("open", _("open")), ("over", _("over"))]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Invite]) -> QuerySet[Invite]:
        is_open = (
            Q(revoked_at=None)
            & (Q(expires_at=None) | Q(expires_at__gt=timezone.now()))
            & (Q(max_uses=None) | Q(max_uses__gt=F("uses")))
        )
        match self.value():
            case "open":
                return queryset.filter(is_open)
            case "over":
                return queryset.exclude(is_open)
            case _:
                return queryset


@admin.register(Invite)
class InviteAdmin(OnlyOfferedFilters, LargeList, InviteAdminBase):
    """Invites. The link is shown once, when it is made; it can be revoked here."""

    list_display = ("__str__", "role", "created_by", "expires_at", "uses", "max_uses", "is_open")
    list_select_related = ("created_by",)
    list_filter = (ByState, "role")
    search_help_text = _("An id, the username of whoever made it, or a part of its note.")
    ordering = ("-pk",)
    fields = ("note", "role", "channels", "expires_at", "max_uses")
    actions = ("revoke",)

    def ids_with(self, term: str) -> Iterable[int]:
        found = newest(Invite.objects.filter(created_by__username=term.lower()))
        found += newest(Invite.objects.filter(note__icontains=term))
        pk = number(term)
        return found if pk is None else [*found, pk]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "channels":
            kwargs["queryset"] = selectors.channels_to_invite_to(asker=_asker(request))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    @admin.display(description=_("open"), boolean=True)
    def is_open(self, invite: Invite) -> bool:
        return invite.is_open

    @admin.action(description=_("Revoke the selected invites"))
    def revoke(self, request: HttpRequest, queryset: QuerySet[Invite]) -> None:
        for invite in queryset.filter(revoked_at=None):
            invites.revoke(by=_asker(request).pk, invite_id=invite.pk)

    def save_model(self, request: HttpRequest, obj: Invite, form: Any, change: bool) -> None:  # noqa: ARG002, FBT001
        try:
            made, secret = invites.create(
                by=_asker(request).pk,
                role=obj.role,
                channel_ids=[channel.pk for channel in form.cleaned_data["channels"]],
                expires_at=obj.expires_at,
                max_uses=obj.max_uses,
                note=obj.note,
            )
        except exceptions.Invalid as refused:
            # The form has no way back from here.
            self.message_user(request, " ".join(refused.fields.values()), messages.ERROR)
            return
        obj.pk = made.pk
        url = request.build_absolute_uri(reverse("join", args=[secret]))
        self.message_user(
            request, _("The link, shown this once: %(url)s") % {"url": url}, messages.WARNING
        )

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001
        """The service has done it."""

    def log_addition(self, request: HttpRequest, obj: Invite, message: Any) -> Any:
        return super().log_addition(request, obj, message) if obj.pk else None

    def response_add(
        self, request: HttpRequest, obj: Invite, post_url_continue: str | None = None
    ) -> Any:
        return (
            super().response_add(request, obj, post_url_continue)
            if obj.pk
            else self.response_post_save_add(request, obj)
        )

    def has_change_permission(self, request: HttpRequest, obj: Invite | None = None) -> bool:
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(
        self,
        request: HttpRequest,  # noqa: ARG002 - Django's signature
        obj: Invite | None = None,  # noqa: ARG002
    ) -> bool:
        return False


def _asker(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - the admin has seen to it
    return request.user
