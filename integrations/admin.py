"""Webhooks for staff. Everything is done by the services, as over REST."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from chat import exceptions
from chat.admin.filtering import ByRevoked, OnlyOfferedFilters
from chat.models import Channel
from integrations import services
from integrations.models import IncomingWebhook

if TYPE_CHECKING:
    WebhookAdminBase = admin.ModelAdmin[IncomingWebhook]
    WebhookFormBase = forms.ModelForm[IncomingWebhook]
else:  # Django's own classes take no parameter when they run.
    WebhookAdminBase = admin.ModelAdmin
    WebhookFormBase = forms.ModelForm


class WebhookForm(WebhookFormBase):
    """A webhook that is being made. What the service refuses is said here, before it is saved."""

    made: tuple[IncomingWebhook, str] | None = None
    by: int = 0

    class Meta:
        model = IncomingWebhook
        fields = ("channel", "name", "is_locked_to_channel")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        channel = cleaned.get("channel")
        if self.errors or not isinstance(channel, Channel):
            return cleaned
        try:
            self.made = services.create(
                by=self.by,
                channel_id=channel.pk,
                name=str(cleaned["name"]),
                is_locked_to_channel=bool(cleaned["is_locked_to_channel"]),
            )
        except exceptions.ChatError as refused:
            raise forms.ValidationError([refused.detail, *refused.fields.values()]) from None
        return cleaned

    def save(self, commit: bool = True) -> IncomingWebhook:  # noqa: FBT001, FBT002, ARG002 - Django's signature
        assert self.made is not None  # noqa: S101 - a form that is valid has made it
        return self.made[0]

    def save_m2m(self) -> None:
        """Do nothing: Django's admin calls it."""


@admin.register(IncomingWebhook)
class WebhookAdmin(OnlyOfferedFilters, WebhookAdminBase):
    """Incoming webhooks: where they post, who made them, and when they were used."""

    form = WebhookForm
    list_display = (
        "name",
        "channel",
        "bot",
        "is_locked_to_channel",
        "created_by",
        "created_at",
        "last_used_at",
        "revoked_at",
    )
    list_select_related = ("channel", "bot", "created_by")
    list_filter = ("is_locked_to_channel", ByRevoked)
    search_fields = ("name", "channel__name")
    ordering = ("-pk",)
    show_full_result_count = False
    actions = ("rotate", "revoke")

    def get_form(
        self,
        request: HttpRequest,
        obj: IncomingWebhook | None = None,
        change: bool = False,  # noqa: FBT001, FBT002 - Django's signature
        **kwargs: Any,
    ) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        form.by = request.user.pk or 0  # type: ignore[attr-defined]  # ours
        return form

    def save_model(
        self,
        request: HttpRequest,
        obj: IncomingWebhook,  # noqa: ARG002 - Django's signature
        form: Any,
        change: bool,  # noqa: ARG002, FBT001
    ) -> None:
        self._show(request, *form.made)

    @admin.action(description=_("Give the selected webhooks other addresses"))
    def rotate(self, request: HttpRequest, queryset: QuerySet[IncomingWebhook]) -> None:
        for webhook in queryset:
            try:
                made = services.rotate(by=request.user.pk or 0, webhook_id=webhook.pk)
            except exceptions.ChatError as refused:
                self.message_user(request, f"{webhook}: {refused.detail}", messages.ERROR)
            else:
                self._show(request, *made)

    @admin.action(description=_("Revoke the selected webhooks"))
    def revoke(self, request: HttpRequest, queryset: QuerySet[IncomingWebhook]) -> None:
        for webhook in queryset:
            try:
                services.revoke(by=request.user.pk or 0, webhook_id=webhook.pk)
            except exceptions.ChatError as refused:
                self.message_user(request, f"{webhook}: {refused.detail}", messages.ERROR)

    def has_change_permission(
        self,
        request: HttpRequest,
        obj: IncomingWebhook | None = None,
    ) -> bool:
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(
        self,
        request: HttpRequest,  # noqa: ARG002 - Django's signature
        obj: IncomingWebhook | None = None,  # noqa: ARG002
    ) -> bool:
        return False

    def _show(self, request: HttpRequest, webhook: IncomingWebhook, secret: str) -> None:
        address = request.build_absolute_uri(f"/hooks/{secret}")
        self.message_user(
            request,
            _("%(name)s posts at %(address)s. It is shown this once.")
            % {"name": webhook.name, "address": address},
            messages.WARNING,
        )
