"""What accounts tell those who want to know."""

from django.dispatch import Signal

entitlement_changed = Signal()
"""After the commit, with `user_id`: the password, the role or whether they may come in changed."""
