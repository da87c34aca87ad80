"""Who may open a socket. Decided before it is accepted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.http import parse_cookie

from accounts import tokens
from accounts.credentials import Credential, ended, users_of_sessions
from accounts.models import ALL_SCOPES, Scope, Token, User
from audit.origin import Origin, address_of


@dataclass(frozen=True, slots=True)
class Request:
    """What the request for a socket brought."""

    origin: str | None
    bearer: str | None
    ticket: str | None
    session_key: str | None


@dataclass(frozen=True, slots=True)
class Visitor:
    """A known person, and what they came in with."""

    user: User
    credential: Credential
    scopes: frozenset[str]
    """What they may do here: a token can be made to look only."""


def request_of(scope: dict[str, Any]) -> Request:
    """Return what a connection's headers and query bring. Never raises."""
    headers: dict[bytes, bytes] = dict(scope.get("headers", ()))
    scheme, _, secret = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    # Not the standard library's parser: one odd cookie of another site would hide all others.
    cookies = parse_cookie(headers.get(b"cookie", b"").decode("latin-1"))
    origin = headers.get(b"origin")
    return Request(
        origin=None if origin is None else origin.decode("latin-1"),
        bearer=secret.strip() if scheme.lower() == "bearer" else None,
        ticket=query["ticket"][0] if "ticket" in query else None,
        session_key=cookies.get(settings.SESSION_COOKIE_NAME),
    )


def origin_of(scope: dict[str, Any], *, connection_id: str) -> Origin:
    """Return where what is done over a socket comes from."""
    headers: dict[bytes, bytes] = dict(scope.get("headers", ()))
    peer = scope.get("client") or ("", 0)
    return Origin(
        address=address_of(
            peer=str(peer[0]),
            forwarded=headers.get(b"x-forwarded-for", b"").decode("latin-1"),
            proxies=settings.TRUSTED_PROXIES,
        ),
        agent=headers.get(b"user-agent", b"").decode("latin-1"),
        request_id=connection_id,
    )


class NotAdmitted(Exception):
    """Nobody is known by what the request brought."""


def admit(request: Request) -> Visitor:
    """Return whose socket this would be.

    Raises:
        NotAdmitted.
    """
    visitor = visitor_of(request)
    if visitor is None:
        raise NotAdmitted
    return visitor


def admit_all(requests: Sequence[Request]) -> list[Visitor | NotAdmitted | None]:
    """Return what `admit` does, for requests that come at the same time. Three queries at most.

    None has to be asked about by itself: a ticket is redeemed.
    """
    bearers = tokens.find_all({one.bearer for one in requests if one.bearer is not None})
    keys = {
        one.session_key
        for one in requests
        if one.bearer is None
        and one.ticket is None
        and one.session_key
        and is_our_origin(one.origin)
    }
    users = users_of_sessions(keys) if keys else {}
    found: list[Visitor | NotAdmitted | None] = []
    for one in requests:
        visitor = None
        if one.bearer is not None:
            token = bearers.get(one.bearer)
            visitor = None if token is None else _reader(_visitor(token.user, token=token))
        elif one.ticket is not None:
            found.append(None)
            continue
        elif one.session_key in users and is_our_origin(one.origin):
            visitor = _visitor(users[one.session_key], session_key=one.session_key)
        found.append(visitor or NotAdmitted())
    return found


def visitor_of(request: Request) -> Visitor | None:
    """Return whose socket this would be, or None when it must be refused.

    A bearer token or a ticket cannot be sent by a foreign page in a browser. A cookie can, so with
    one the origin must be ours, exactly: scheme, host and port.
    """
    if request.bearer is not None:
        token = tokens.find(request.bearer)
        return None if token is None else _reader(_visitor(token.user, token=token))
    if request.ticket is not None:
        ticket = tokens.redeem_ticket(request.ticket)
        if ticket is None:
            return None
        visitor = _visitor(ticket.user, token=ticket.token, session_key=ticket.session_key or None)
        # It was asked for a moment ago, with what may have ended since.
        return None if ended([visitor.credential]) else _reader(visitor)
    if request.session_key and is_our_origin(request.origin):
        user = users_of_sessions([request.session_key]).get(request.session_key)
        return None if user is None else _visitor(user, session_key=request.session_key)
    return None


def is_our_origin(origin: str | None) -> bool:
    """Return whether a browser says that one of our own pages asks."""
    return origin is not None and origin.lower() in settings.ORIGINS


def _visitor(user: User, *, token: Token | None = None, session_key: str | None = None) -> Visitor:
    credential = Credential(
        user_id=user.pk,
        role=user.role,
        token_id=None if token is None else token.pk,
        session_key=session_key,
    )
    return Visitor(user, credential, ALL_SCOPES if token is None else token.scope_set)


def _reader(visitor: Visitor) -> Visitor | None:
    return visitor if Scope.READ in visitor.scopes else None
