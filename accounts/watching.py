"""Signing in and second factors, as the audit log and the numbers are told of them.

Django and allauth do these things, and say so with signals.
"""

from typing import Any

from allauth.mfa import signals as factors
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.db.models import Q
from django.http import HttpRequest

from accounts.models import User
from audit.actions import Action
from audit.recording import record
from metrics.instruments import LOGINS


def connect() -> None:
    """Listen, for as long as the process lives."""
    for signal, listener in (
        (user_logged_in, _signed_in),
        (user_login_failed, _failed),
        (factors.authentication_failed, _factor_failed),
        (factors.authenticator_added, _factor_added),
        (factors.authenticator_removed, _factor_removed),
        (factors.authenticator_reset, _factor_reset),
    ):
        signal.connect(listener, dispatch_uid=f"accounts.watching{listener.__name__}")


def _signed_in(user: User, **_kwargs: Any) -> None:
    LOGINS.labels("ok").inc()
    record(Action.SIGNED_IN, by=user, target=user)


def _failed(credentials: dict[str, Any], **_kwargs: Any) -> None:
    LOGINS.labels("failed").inc()
    # What was typed is not kept: sometimes it is a password in the wrong field.
    typed = str(credentials.get("username") or credentials.get("email") or "").strip().lower()
    known = (
        User.objects.filter(Q(username=typed) | Q(email=typed)) if typed else User.objects.none()
    )
    record(Action.SIGN_IN_FAILED, by=None, target=known.first(), after={"with": "password"})


def _factor_failed(user: User, authenticator: Any = None, **_kwargs: Any) -> None:
    LOGINS.labels("second_factor_failed").inc()
    kind = "" if authenticator is None else str(authenticator.type)
    record(Action.SIGN_IN_FAILED, by=None, target=user, after={"with": kind or "second factor"})


def _factor_added(request: HttpRequest, user: User, authenticator: Any, **_kwargs: Any) -> None:
    _factor(Action.FACTOR_ADDED, request, user, after={"type": str(authenticator.type)})


def _factor_removed(request: HttpRequest, user: User, authenticator: Any, **_kwargs: Any) -> None:
    _factor(Action.FACTOR_REMOVED, request, user, before={"type": str(authenticator.type)})


def _factor_reset(request: HttpRequest, user: User, authenticator: Any, **_kwargs: Any) -> None:
    _factor(Action.FACTOR_RESET, request, user, after={"type": str(authenticator.type)})


def _factor(action: Action, request: HttpRequest, user: User, **facts: dict[str, str]) -> None:
    asker = getattr(request, "user", None)
    record(action, by=asker if isinstance(asker, User) else user, target=user, **facts)
