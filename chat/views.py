"""The pages: the workspace, the first visit, and coming in with an invite."""

from typing import Any

import msgspec
from allauth.account.utils import perform_login
from allauth.core import ratelimit
from allauth.socialaccount import adapter as social_adapter
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import invites, people
from accounts.adapters import INVITE_IN_SESSION
from accounts.forms import JoinForm, WelcomeForm
from accounts.models import User
from chat import exceptions, groups, inboxes, selectors, serialize, serialize_personal
from chat.services import invites as invite_service
from chat.services import workspace as workspaces
from protocol.limits import DRAFTS_MAX
from realtime import log

PEOPLE_IN_PAGE = 200
CHANNELS_IN_PAGE = 500


@require_GET
def workspace(
    request: HttpRequest,
    **_place: int,  # The browser's router reads the address.
) -> HttpResponse:
    """Show the workspace, with what it needs to paint at once."""
    if not isinstance(request.user, User):
        if people.is_unclaimed():
            return redirect("welcome")
        return redirect_to_login(request.get_full_path())
    return render(request, "chat/workspace.html", {"bootstrap": _bootstrap(request, request.user)})


@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest) -> HttpResponseBase:
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
            response: HttpResponseBase = perform_login(request, owner)
            return response
        return redirect("workspace")
    return render(request, "accounts/welcome.html", {"form": form})


@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, secret: str) -> HttpResponseBase:
    """Let somebody with an invite make an account, or come into its channels with their own.

    An invite that is wrong, expired, revoked or used up is answered alike.
    """
    if people.is_unclaimed():
        return redirect("welcome")
    invite = invites.find(secret)
    if invite is None:
        return _invite_is_over(request)
    shown = {"invite": invite, "workspace": workspaces.current()}
    if isinstance(request.user, User):
        return _accept(request, request.user, secret, shown)
    form = JoinForm(request.POST or None)
    if request.method == "POST":
        too_many: HttpResponse | None = ratelimit.consume_or_429(request, action="signup")
        if too_many is not None:
            return too_many
        if form.is_valid():
            return _come_in(request, form, secret, shown)
    if social_adapter.get_adapter().list_providers(request):
        # For those who go through their organisation's door instead.
        request.session[INVITE_IN_SESSION] = secret
    return render(request, "accounts/join.html", {**shown, "form": form})


def _come_in(
    request: HttpRequest, form: JoinForm, secret: str, shown: dict[str, Any]
) -> HttpResponseBase:
    try:
        user = invite_service.join(
            secret=secret,
            username=form.cleaned_data["username"],
            display_name=form.cleaned_data["display_name"],
            password=form.cleaned_data["password1"],
        )
    except exceptions.NotFound:
        return _invite_is_over(request)
    except (ValidationError, IntegrityError):
        # Somebody took the username in this very moment.
        form.add_error("username", _("Somebody has this username already."))
        return render(request, "accounts/join.html", {**shown, "form": form})
    response: HttpResponseBase = perform_login(request, user)
    return response


def _accept(
    request: HttpRequest, user: User, secret: str, shown: dict[str, Any]
) -> HttpResponseBase:
    if request.method == "GET":
        return render(request, "accounts/join.html", shown)
    try:
        channel_ids = invite_service.accept(secret=secret, user_id=user.pk)
    except exceptions.NotFound:
        return _invite_is_over(request)
    return redirect("channel", channel_ids[0]) if channel_ids else redirect("workspace")


def _invite_is_over(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/join_over.html", status=404)


def _bootstrap(request: HttpRequest, asker: User) -> dict[str, Any]:
    # The heads first, and the counts with them: whatever happens while the rest is read comes over
    # the socket once more, and is not counted twice.
    own = groups.user_stream(asker.pk)
    own_seq = log.heads([own])[own]
    unread = selectors.unread(asker=asker)
    channels = selectors.my_channels(asker=asker).order_by("name")[:CHANNELS_IN_PAGE]
    heads = {row.channel_id: row.last_seq for row in unread}
    rows = selectors.channel_rows(list(channels), asker=asker, heads=heads)
    record = {
        "user": serialize.own_user(asker),
        "workspace": {"name": workspaces.current().name},
        "channels": [serialize.channel_view(row) for row in rows],
        "unread": [serialize.unread(row) for row in unread],
        "sections": [serialize_personal.section(row) for row in inboxes.sections(asker=asker)],
        "preferences": inboxes.preferences(asker=asker),
        "users": [
            serialize.user(row)
            for row in selectors.people(asker=asker).order_by("pk")[:PEOPLE_IN_PAGE]
        ],
        "drafts": [
            serialize_personal.draft(row)
            for row in inboxes.drafts(asker=asker).order_by("pk")[:DRAFTS_MAX]
        ],
        "own_seq": own_seq,
        "languages": [{"code": code, "name": str(name)} for code, name in settings.LANGUAGES],
        "csrf_token": get_token(request),
        "instance": settings.INSTANCE_ID,
    }
    plain: dict[str, Any] = msgspec.to_builtins(record)
    return plain
