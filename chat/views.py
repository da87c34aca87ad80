"""The pages: the workspace, signing in, and the first visit."""

from typing import Any

import msgspec
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.views import LoginView, redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts import people
from accounts.forms import WelcomeForm
from accounts.models import User
from chat import selectors, serialize
from chat.services import workspace as workspaces

PEOPLE_IN_PAGE = 200
CHANNELS_IN_PAGE = 500


@require_GET
def workspace(
    request: HttpRequest,
    channel_id: int | None = None,  # noqa: ARG001 - the browser's router reads the address
    seq: int | None = None,  # noqa: ARG001
) -> HttpResponse:
    """Show the workspace, with what it needs to paint at once."""
    if not isinstance(request.user, User):
        if people.is_unclaimed():
            return redirect("welcome")
        return redirect_to_login(request.get_full_path())
    return render(request, "chat/workspace.html", {"bootstrap": _bootstrap(request, request.user)})


@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest) -> HttpResponse:
    """Let the first visitor make the owner's account. Afterwards there is nothing here."""
    if not people.is_unclaimed():
        return redirect("workspace")
    form = WelcomeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        owner = workspaces.claim(
            workspace_name=form.cleaned_data["workspace_name"],
            username=form.cleaned_data["username"],
            display_name=form.cleaned_data["display_name"],
            email=form.cleaned_data["email"],
            password=form.cleaned_data["password1"],
        )
        if owner is not None:
            login(request, owner)
        return redirect("workspace")
    return render(request, "accounts/welcome.html", {"form": form})


class SignIn(LoginView):
    """Django's own, in our clothes."""

    template_name = "accounts/login.html"
    redirect_authenticated_user = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if people.is_unclaimed():
            return redirect("welcome")
        return super().dispatch(request, *args, **kwargs)


def _bootstrap(request: HttpRequest, asker: User) -> dict[str, Any]:
    # The heads first, and the counts with them: whatever happens while the rest is read comes over
    # the socket once more, and is not counted twice.
    unread = selectors.unread(asker=asker)
    channels = selectors.my_channels(asker=asker).order_by("name")[:CHANNELS_IN_PAGE]
    heads = {row.channel_id: row.last_seq for row in unread}
    rows = selectors.channel_rows(list(channels), asker=asker, heads=heads)
    record = {
        "user": serialize.own_user(asker),
        "workspace": {"name": workspaces.current().name},
        "channels": [serialize.channel_view(row) for row in rows],
        "unread": [serialize.unread(row) for row in unread],
        "users": [
            serialize.user(row)
            for row in selectors.people(asker=asker).order_by("pk")[:PEOPLE_IN_PAGE]
        ],
        "csrf_token": get_token(request),
        "instance": settings.INSTANCE_ID,
    }
    plain: dict[str, Any] = msgspec.to_builtins(record)
    return plain
