"""Ending what somebody came in with, and with it the sockets that it opened, on every process.

The database is changed first; every process then asks it about the sockets that it has.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from accounts import sessions, tokens
from accounts.models import Token, User
from audit.actions import Action
from audit.recording import record
from chat import broadcast, exceptions, groups, policies


def look_again(*, user_id: int) -> None:
    """Close those of somebody's sockets that were opened with what counts no longer."""
    broadcast.doubt(groups.user_stream(user_id))


@transaction.atomic
def issue_token(
    *,
    by: int,
    user_id: int,
    name: str,
    expires_at: datetime | None,
    scopes: Collection[str],
    asked_with: Token | None,
) -> tuple[Token, str]:
    """Make a bearer token. Return it with its secret, which cannot be had again.

    Args:
        by: who asks: the person, or staff for a bot.
        asked_with: the token that asks for it: what it makes may do no more, and lives no longer.

    Raises:
        InsufficientScope.
    """
    if asked_with is not None:
        if not set(scopes) <= asked_with.scope_set:
            raise exceptions.InsufficientScope("A token cannot make one that may do more.")
        ends = [end for end in (expires_at, asked_with.expires_at) if end is not None]
        expires_at = min(ends, default=None)
    token, secret = tokens.issue(user_id=user_id, name=name, expires_at=expires_at, scopes=scopes)
    record(
        Action.TOKEN_MADE,
        by=User.objects.get(pk=by),
        target=token,
        after={
            "user_id": user_id,
            "scopes": token.scopes,
            "expires_at": None if expires_at is None else expires_at.isoformat(),
        },
    )
    return token, secret


@transaction.atomic
def revoke_token(*, by: int, token_id: int, user_id: int) -> bool:
    """Revoke a token of this person and close its sockets. Return False when there is none."""
    if not tokens.revoke(token_id=token_id, user_id=user_id):
        return False
    token = Token.objects.select_related("user").get(pk=token_id)
    record(
        Action.TOKEN_REVOKED,
        by=User.objects.get(pk=by),
        target=token,
        before={"user_id": user_id, "scopes": token.scopes},
    )
    look_again(user_id=user_id)
    return True


def revoke_tokens(chosen: list[Token], *, by: int) -> int:
    """Revoke these tokens, whoever's they are. Return how many still counted.

    Raises:
        Forbidden: when somebody is among their owners whom the asker may not manage.
    """
    asker = policies.require_admin(user_id=by)
    if not all(policies.can_manage(asker=asker, user=token.user) for token in chosen):
        raise exceptions.Forbidden("Only an owner of the workspace can do this.")
    return sum(revoke_token(by=by, token_id=token.pk, user_id=token.user_id) for token in chosen)


@transaction.atomic
def end_session(*, by: int, user_id: int, digest: str) -> None:
    """End a session of somebody's browser, as staff may, and close its sockets.

    Args:
        digest: by what it is recognised (`credentials.digest_of`).

    Raises:
        Forbidden.
        NotFound: it has ended already.
    """
    asker = policies.require_admin(user_id=by)
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise exceptions.NotFound
    if asker.pk != user.pk and not policies.can_manage(asker=asker, user=user):
        raise exceptions.Forbidden("Only an owner of the workspace can do this.")
    session = sessions.find(user_id=user_id, digest=digest)
    if session is None:
        raise exceptions.NotFound
    record(
        Action.SESSION_ENDED,
        by=asker,
        target=user,
        before={"address": str(session.ip), "began_at": session.created_at.isoformat()},
    )
    sessions.end(session_id=session.pk, user_id=user_id)
    look_again(user_id=user_id)
