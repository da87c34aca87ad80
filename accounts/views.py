"""The pages of one's own account that allauth does not have as we want them."""

from typing import Any

from allauth.account.views import LoginView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import people, rules, sessions
from accounts.models import User


class SignIn(LoginView):  # type: ignore[misc]  # allauth has no types
    """Allauth's, unless nobody has been here before."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if people.is_unclaimed():
            return redirect("welcome")
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "site_is_open": rules.is_open()}


@login_required
@require_POST
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """Sign one of one's other browsers out."""
    assert isinstance(request.user, User)  # noqa: S101 - login_required has seen to it
    if not sessions.end(session_id=session_id, user_id=request.user.pk):
        raise Http404
    messages.success(request, _("That browser is signed out."))
    return redirect("usersessions_list")
