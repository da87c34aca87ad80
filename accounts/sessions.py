"""Where somebody is signed in."""

from allauth.usersessions.adapter import get_adapter
from allauth.usersessions.models import UserSession

from accounts.credentials import digest_of


def end(*, session_id: int, user_id: int) -> bool:
    """End one session of this person, with its sockets. Return False when there is none."""
    return _end(list(UserSession.objects.filter(pk=session_id, user_id=user_id))) > 0


def find(*, user_id: int, digest: str) -> UserSession | None:
    """Return the session of this person that is recognised by `credentials.digest_of`."""
    mine = UserSession.objects.filter(user_id=user_id)
    return next((one for one in mine if digest_of(one.session_key) == digest), None)


def end_all(*, user_id: int) -> int:
    """End all sessions of this person, with their sockets. Return how many there were."""
    return _end(list(UserSession.objects.filter(user_id=user_id)))


def _end(found: list[UserSession]) -> int:
    if found:
        get_adapter().end_sessions(found)
    return len(found)
