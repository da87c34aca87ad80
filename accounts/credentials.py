"""What somebody came in with, and whether it still counts."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import Enum

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.models import Token, User


@dataclass(frozen=True, slots=True)
class Credential:
    """A person, and the browser's session or the bearer token that they came in with."""

    user_id: int
    role: str
    """Theirs at that time: much of what they see hangs on it."""
    session_key: str | None = field(default=None, repr=False)
    token_id: int | None = None

    @property
    def session_digest(self) -> str:
        """By what others can recognise the session; empty where there is none."""
        return digest_of(self.session_key)


class Ended(Enum):
    """Why a credential counts no longer."""

    CREDENTIAL = "logged out, revoked, expired, or the password was changed"
    ACCESS = "the person has no access any more"
    ROLE = "the person has another role now, and has to come in with that"


def digest_of(session_key: str | None) -> str:
    """Return by what a session can be recognised. Whoever reads it cannot come in with it."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:24] if session_key else ""


def ended(credentials: Collection[Credential]) -> dict[Credential, Ended]:
    """Return those of the credentials that count no longer, with the reason.

    Three queries, however many there are.
    """
    users = User.objects.in_bulk({one.user_id for one in credentials})
    sessions = _sessions({one.session_key for one in credentials if one.session_key})
    tokens = _tokens({one.token_id for one in credentials if one.token_id})
    found = {}
    for one in credentials:
        user = users.get(one.user_id)
        if user is None or not user.is_active:
            found[one] = Ended.ACCESS
        elif not (
            one.token_id in tokens
            if one.token_id is not None
            else _is_session_of(user, sessions.get(one.session_key or "", {}))
        ):
            found[one] = Ended.CREDENTIAL
        elif user.role != one.role:
            found[one] = Ended.ROLE
    return found


def users_of_sessions(keys: Collection[str]) -> dict[str, User]:
    """Return session key → who is signed in there, where the session counts. Two queries."""
    signed_in = {
        key: session
        for key, session in _sessions(keys).items()
        if session.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
    }
    ids = {str(session.get(SESSION_KEY)) for session in signed_in.values()}
    users = {
        str(user.pk): user
        for user in User.objects.filter(pk__in=[pk for pk in ids if pk.isdecimal()], is_active=True)
    }
    return {
        key: user
        for key, session in signed_in.items()
        if (user := users.get(str(session.get(SESSION_KEY)))) and _is_session_of(user, session)
    }


def _sessions(keys: Collection[str]) -> dict[str, dict[str, object]]:
    living = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    return {session.session_key: session.get_decoded() for session in living}


def _tokens(ids: Collection[int]) -> set[int]:
    living = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    return set(
        Token.objects.filter(living, pk__in=ids, revoked_at=None).values_list("pk", flat=True)
    )


def _is_session_of(user: User, session: dict[str, object]) -> bool:
    # A changed password ends every older session.
    return str(session.get(SESSION_KEY)) == str(user.pk) and constant_time_compare(
        str(session.get(HASH_SESSION_KEY, "")), user.get_session_auth_hash()
    )
