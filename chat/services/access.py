"""Ending what somebody came in with, and with it the sockets that it opened, on every process.

The database is changed first; every process then asks it about the sockets that it has.
"""

from django.db import transaction

from accounts import tokens
from accounts.models import Token
from chat import broadcast, groups


def look_again(*, user_id: int) -> None:
    """Close those of somebody's sockets that were opened with what counts no longer."""
    broadcast.doubt(groups.user_stream(user_id))


@transaction.atomic
def revoke_token(*, token_id: int, user_id: int) -> bool:
    """Revoke a token of this person and close its sockets. Return False when there is none."""
    if not tokens.revoke(token_id=token_id, user_id=user_id):
        return False
    look_again(user_id=user_id)
    return True


def revoke_tokens(chosen: list[Token]) -> int:
    """Revoke these tokens, whoever's they are. Return how many still counted."""
    return sum(revoke_token(token_id=token.pk, user_id=token.user_id) for token in chosen)
