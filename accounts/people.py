"""Making accounts."""

from django.db import transaction

from accounts.models import Role, User


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
) -> User:
    """Make an account. Without a password nobody can log in to it; tokens work.

    Raises:
        ValidationError: when a field is not allowed or taken.
    """
    user = User(
        username=username.strip().lower(),
        display_name=display_name.strip(),
        email=email.strip(),
        is_bot=is_bot,
    )
    user.set_role(role)
    user.set_password(password)
    user.full_clean(exclude=["password"])
    user.save()
    return user
