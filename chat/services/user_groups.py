"""Groups of people who are mentioned together: @design."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.validators import RESERVED
from chat import exceptions, policies
from chat.models import UserGroup
from protocol.limits import GROUP_MAX_USERS, GROUPS_MAX


def is_handle(name: str) -> bool:
    """Return whether a name calls a group: a person must not be named so."""
    return UserGroup.objects.filter(handle=name.lower()).exists()


def create(*, by: int, handle: str, name: str, user_ids: Sequence[int] = ()) -> UserGroup:
    """Make a group.

    Raises:
        Forbidden, NameTaken, LimitReached, NotFound: for people who are not there.
    """
    try:
        with transaction.atomic():
            asker = policies.require_active(user_id=by)
            policies.require_can_manage_groups(asker=asker)
            if UserGroup.objects.count() >= GROUPS_MAX:
                raise exceptions.LimitReached(f"There are {GROUPS_MAX} groups at most.")
            _require_free(handle)
            group = UserGroup.objects.create(handle=handle, name=name.strip(), created_by=asker)
            group.members.set(_people(user_ids))
            return group
    except IntegrityError as error:
        raise _taken(handle) from error


def change(
    *,
    by: int,
    group_id: int,
    handle: str | None = None,
    name: str | None = None,
    user_ids: Sequence[int] | None = None,
) -> UserGroup:
    """Change what is given of a group.

    Raises:
        Forbidden, NotFound, NameTaken, LimitReached.
    """
    try:
        with transaction.atomic():
            group = _require_group(by=by, group_id=group_id)
            if handle is not None and handle != group.handle:
                _require_free(handle)
                group.handle = handle
            if name is not None:
                group.name = name.strip()
            group.save(update_fields=["handle", "name"])
            if user_ids is not None:
                group.members.set(_people(user_ids))
            return group
    except IntegrityError as error:
        raise _taken(handle or "") from error


@transaction.atomic
def delete(*, by: int, group_id: int) -> None:
    """Dissolve a group. Whom it called stays called.

    Raises:
        Forbidden, NotFound.
    """
    _require_group(by=by, group_id=group_id).delete()


def _require_group(*, by: int, group_id: int) -> UserGroup:
    policies.require_can_manage_groups(asker=policies.require_active(user_id=by))
    group = UserGroup.objects.select_for_update().filter(pk=group_id).first()
    if group is None:
        raise exceptions.NotFound("There is no such group.")
    return group


def _people(user_ids: Sequence[int]) -> list[User]:
    wanted = set(user_ids)
    if len(wanted) > GROUP_MAX_USERS:
        raise exceptions.LimitReached(f"A group has {GROUP_MAX_USERS} people at most.")
    found = list(User.objects.filter(pk__in=wanted, is_active=True, is_pending=False))
    if len(found) != len(wanted):
        raise exceptions.NotFound("There is no such person.")
    return found


def _require_free(handle: str) -> None:
    if handle in RESERVED or User.objects.filter(username=handle).exists():
        raise _taken(handle)


def _taken(handle: str) -> exceptions.NameTaken:
    return exceptions.NameTaken(
        f"@{handle} calls somebody else already.", fields={"handle": "taken"}
    )
