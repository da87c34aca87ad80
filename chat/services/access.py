"""Ending what somebody came in with, and with it the sockets that it opened, on every process."""

from django.db import transaction

from accounts import credentials, tokens
from accounts.models import Token
from chat import broadcast, groups
from protocol.close_codes import CloseCode


def end_session(*, user_id: int, session_key: str) -> None:
    """Close the sockets of a session that somebody has logged out of."""
    broadcast.cut(
        groups.user_stream(user_id),
        code=CloseCode.SESSION_ENDED,
        credential=credentials.of_session(session_key),
    )


@transaction.atomic
def revoke_token(*, token_id: int, user_id: int) -> bool:
    """Revoke a token of this person and close its sockets. Return False when there is none."""
    if not tokens.revoke(token_id=token_id, user_id=user_id):
        return False
    broadcast.cut(
        groups.user_stream(user_id),
        code=CloseCode.SESSION_ENDED,
        credential=credentials.of_token(token_id),
    )
    return True


def revoke_tokens(chosen: list[Token]) -> int:
    """Revoke these tokens, whoever's they are. Return how many still counted."""
    return sum(revoke_token(token_id=token.pk, user_id=token.user_id) for token in chosen)


def end_everything(*, user_id: int) -> None:
    """Close all sockets of somebody whose access has ended."""
    broadcast.cut(groups.user_stream(user_id), code=CloseCode.ACCESS_ENDED)
