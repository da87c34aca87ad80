"""Who asks: a bearer token, or the session of a browser."""

from typing import Any

from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts import tokens
from accounts.models import User


class BearerToken(BaseAuthentication):
    """`Authorization: Bearer <token>`. Cookies are not looked at then."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        user = tokens.user_of_secret(secret.strip())
        if user is None:
            raise AuthenticationFailed
        return user, None

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 - DRF's signature
        return 'Bearer realm="parley"'


class SessionCookie(SessionAuthentication):
    """The session cookie, with a CSRF token for everything that changes something."""

    def enforce_csrf(self, request: Any) -> None:
        super().enforce_csrf(request)
