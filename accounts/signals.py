"""What accounts tell those who want to know."""

from django.db import transaction
from django.dispatch import Signal

entitlement_changed = Signal()
"""After the commit, with `user_id`: the password, the role or whether they may come in changed, or
a session of theirs ended."""

arrived = Signal()
"""With `user_id` and `invite` or None, inside the transaction: somebody signed up and may come in
from now on."""

username_chosen = Signal()
"""Before somebody is named so, with `username`: whoever minds raises a ValidationError."""


def tell_entitlement_changed(*, user_id: int) -> None:
    """Tell it after the commit."""
    transaction.on_commit(lambda: entitlement_changed.send(sender=None, user_id=user_id))
