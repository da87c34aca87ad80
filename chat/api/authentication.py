"""Who asks: with a bearer token, or from a browser with a session."""

from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts import tokens
from accounts.models import Token, User


class BearerToken(BaseAuthentication):
    """`Authorization: Bearer <token>`. Cookies are not looked at then."""

    def authenticate(self, request: Request) -> tuple[User, Token] | None:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = tokens.find(secret.strip())
        if token is None:
            raise AuthenticationFailed
        return token.user, token

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 - DRF's signature
        return 'Bearer realm="parley"'


class BrowserSession(SessionAuthentication):
    """The cookie of somebody signed in, and the CSRF token with all that changes something."""

    def enforce_csrf(self, request: Request) -> None:
        # DRF's request would read the whole body to look for the token in a form; of a file
        # nothing would be left to read.
        super().enforce_csrf(request._request)  # type: ignore[arg-type]  # noqa: SLF001
