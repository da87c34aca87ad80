"""The live pages in the admin. Everything on them comes over the operators' socket."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.models import User
from chat import policies
from chat.exceptions import ChatError
from operations import assets


@require_safe
def cluster(request: HttpRequest) -> HttpResponse:
    """Show all processes."""
    return _page(request, "cluster", _("Processes"))


@require_safe
def connections(request: HttpRequest) -> HttpResponse:
    """Show the open sockets: all, or those of the process in the address."""
    instance = request.GET.get("process", "")[:100]
    return _page(request, "connections", _("Connections"), instance=instance or None)


@require_safe
def connection(request: HttpRequest, connection_id: str) -> HttpResponse:
    """Show one open socket."""
    return _page(request, "connection", _("Connection"), id=connection_id)


@require_safe
def person(request: HttpRequest, user_id: int) -> HttpResponse:
    """Show where somebody is connected."""
    return _page(request, "person", _("Person"), id=str(user_id))


@require_safe
def channel(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Show one channel on all processes."""
    return _page(request, "channel", _("Channel"), id=str(channel_id))


def _page(request: HttpRequest, view: str, title: Any, **place: str | None) -> HttpResponse:
    asker = request.user
    assert isinstance(asker, User)  # noqa: S101 - the admin has seen to it
    try:
        policies.require_admin(user_id=asker.pk)
    except ChatError as refused:
        raise PermissionDenied from refused
    context = {
        **admin.site.each_context(request),
        "title": title,
        "view": view,
        "bootstrap": {
            "view": view,
            **place,
            "bridge": reverse("bridge"),
            "admin": reverse("admin:index"),
            "chat": reverse("workspace"),
            "user_id": str(asker.pk),
            "csrf_token": get_token(request),
        },
        "texts": assets.bridge_texts(getattr(request, "LANGUAGE_CODE", "")),
    }
    return TemplateResponse(request, "admin/bridge.html", context)
