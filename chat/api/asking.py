"""Who asks, and what they left out."""

from typing import Final, TypeVar

import msgspec
from rest_framework.request import Request

from accounts.credentials import Credential
from accounts.models import ALL_SCOPES, Token, User
from protocol.errors import ErrorCode

Value = TypeVar("Value")

IN_CHANNEL: Final = (ErrorCode.NOT_FOUND, ErrorCode.NOT_A_MEMBER)
"""How every operation in a channel can be refused."""


def asker_of(request: Request) -> User:
    """Return the person who asks."""
    assert isinstance(request.user, User)  # noqa: S101 - IsAuthenticated has seen to it
    return request.user


def credential_of(request: Request) -> Credential:
    """Return what the request was authenticated with."""
    asker = asker_of(request)
    if isinstance(request.auth, Token):
        return Credential(user_id=asker.pk, role=asker.role, token_id=request.auth.pk)
    return Credential(
        user_id=asker.pk, role=asker.role, session_key=request.session.session_key or ""
    )


def token_of(request: Request) -> Token | None:
    """Return the bearer token that the request was authenticated with, if it was with one."""
    return request.auth if isinstance(request.auth, Token) else None


def scopes_of(request: Request) -> frozenset[str]:
    """Return what the asker may do with what they came in with. A browser's session may all."""
    token = token_of(request)
    return ALL_SCOPES if token is None else token.scope_set


def given(value: Value | msgspec.UnsetType) -> Value | None:
    """Return a field of a change, or None when it was not sent."""
    return None if isinstance(value, msgspec.UnsetType) else value
