"""Names for what somebody came in with, so that whatever it opened can be closed with it.

They are no secrets: nobody gets in with one.
"""

import hashlib


def of_session(session_key: str) -> str:
    """Return the name of a browser's session."""
    return f"session:{hashlib.sha256(session_key.encode()).hexdigest()[:24]}"


def of_token(token_id: int) -> str:
    """Return the name of a bearer token."""
    return f"token:{token_id}"
