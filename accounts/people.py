"""Making accounts."""

import re
from datetime import timedelta
from typing import Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import signals
from accounts.models import Role, User
from accounts.validators import RESERVED
from protocol.limits import USERNAME_MAX_CHARS

UNCONFIRMED_DAYS: Final = 3
"""How long a link that confirms an address can be used, and a username is kept for it."""


def is_unclaimed() -> bool:
    """Return whether nobody owns this workspace yet: the first visitor will."""
    return not User.objects.filter(role=Role.OWNER).exists()


def is_last_owner(user_id: int) -> bool:
    """Return whether this person is the only active owner of the workspace."""
    owners = User.objects.filter(role=Role.OWNER, is_active=True).values_list("pk", flat=True)
    return list(owners) == [user_id]


@transaction.atomic
def create(
    *,
    username: str,
    display_name: str,
    role: Role = Role.MEMBER,
    email: str = "",
    password: str | None = None,
    is_bot: bool = False,
    created_by_id: int | None = None,
) -> User:
    """Make an account. Without a password nobody can log in to it; tokens work.

    Raises:
        ValidationError: when a field is not allowed or taken.
    """
    user = User(
        username=username.strip().lower(),
        display_name=display_name.strip(),
        email=email.strip().lower(),
        is_bot=is_bot,
        created_by_id=created_by_id,
    )
    user.set_role(role)
    user.set_password(password)
    user.full_clean(exclude=["password"])
    user.save()
    return user


@transaction.atomic
def confirm(*, user_id: int) -> None:
    """Let somebody in who has shown that the address they signed up with is theirs."""
    # One statement decides: the link may be opened twice at once.
    if User.objects.filter(pk=user_id, is_pending=True).update(is_pending=False):
        signals.arrived.send(sender=User, user_id=user_id, invite=None)


def forget_unconfirmed() -> None:
    """Give back the usernames of those who signed up and never confirmed their address."""
    before = timezone.now() - timedelta(days=UNCONFIRMED_DAYS)
    User.objects.filter(is_pending=True, date_joined__lt=before).delete()


def free_username(wish: str) -> str:
    """Return a username that is allowed and free, as near to the wish as can be."""
    words = re.sub(r"[^a-z0-9._-]+", "-", wish.partition("@")[0].lower())
    base = words.strip("._-")[: USERNAME_MAX_CHARS - 6] or "person"
    base = base.strip("._-")
    taken = set(User.objects.filter(username__startswith=base).values_list("username", flat=True))
    number = 1
    name = base
    while name in taken or _is_minded(name):
        number += 1
        name = f"{base}{number}"
    return name


def _is_minded(username: str) -> bool:
    if username in RESERVED:
        return True
    try:
        signals.username_chosen.send(sender=User, username=username)
    except ValidationError:
        return True
    return False
