"""What people say about themselves, and what they may do."""

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import invites, people, sessions, tokens
from accounts.models import PresenceChoice, Role, User
from audit.actions import Action
from audit.recording import record, record_change
from chat import broadcast, emoji, exceptions, groups, policies, refusals, serialize
from chat.models import CustomEmoji, Membership, Workspace
from chat.services import workspace
from protocol.events import UserChanged

PROFILE_FIELDS = (
    "username",
    "display_name",
    "title",
    "pronouns",
    "about",
    "time_zone",
    "locale",
    "status_emoji",
    "status_text",
    "status_until",
)


@transaction.atomic
def change_profile(*, user_id: int, changes: Mapping[str, str | datetime | None]) -> User:
    """Change what somebody says about themselves: the fields of `PROFILE_FIELDS` that are given.

    A status without emoji and text is none, and has no end either.

    Raises:
        Forbidden, Invalid, NameTaken.
    """
    policies.require_active(user_id=user_id)
    user = User.objects.select_for_update().get(pk=user_id)
    for field, value in changes.items():
        if field not in PROFILE_FIELDS:
            raise exceptions.Invalid(fields={field: "There is no such field."})
        setattr(user, field, value.strip() if isinstance(value, str) else value)
    user.username = user.username.lower()
    fields = set(changes)
    if fields & {"status_emoji", "status_text", "status_until"}:
        fields.add("status_until")
        _settle_status(user, is_timed="status_until" in changes)
    with refusals.of_fields():
        user.full_clean(exclude={"password"})
    try:
        with transaction.atomic():
            user.save(update_fields=fields)
    except IntegrityError:
        # Somebody else took it in this very moment.
        raise exceptions.NameTaken from None
    tell(user)
    return user


def _settle_status(user: User, *, is_timed: bool) -> None:
    if user.status_emoji:
        user.status_emoji = _status_emoji(user.status_emoji)
    if not user.status_emoji and not user.status_text:
        user.status_until = None
    elif user.status_until is not None and user.status_until <= timezone.now():
        if is_timed:
            raise exceptions.Invalid(
                "A status ends in the future.", fields={"status_until": "in the past"}
            )
        # The old one ran out; the new one has no end.
        user.status_until = None


def _status_emoji(text: str) -> str:
    found = emoji.standard(text)
    if found is not None:
        return found
    name = emoji.custom_name(text)
    if name is None or not CustomEmoji.objects.filter(name=name).exists():
        raise exceptions.Invalid("There is no such emoji.", fields={"status_emoji": "unknown"})
    return name


@transaction.atomic
def choose_presence(*, user_id: int, state: str) -> User:
    """Keep what somebody wants to look like, and tell their devices. Others see how they look.

    Raises:
        Forbidden.
    """
    policies.require_active(user_id=user_id)
    user = User.objects.select_for_update().get(pk=user_id)
    user.presence_choice = PresenceChoice(state)
    user.presence_version += 1
    user.save(update_fields=["presence_choice", "presence_version"])
    broadcast.hint([groups.user_stream(user.pk)], UserChanged(user=serialize.user(user)))
    return user


@transaction.atomic
def change(
    *, by: int, user_id: int, role: str | None = None, is_active: bool | None = None
) -> User:
    """Give somebody another role, or take away or give back their access. History stays.

    Deactivating ends their sessions, tokens, sockets and the invites that they made, for good.

    Raises:
        Forbidden, NotFound.
    """
    asker = policies.require_admin(user_id=by)
    # One after another: else two owners could make each other members at once.
    Workspace.objects.select_for_update().get(pk=workspace.current().pk)
    user = User.objects.select_for_update().filter(pk=user_id, is_pending=False).first()
    if user is None:
        raise exceptions.NotFound
    if not policies.can_manage(asker=asker, user=user):
        raise exceptions.Forbidden("Only an owner of the workspace can do this.")
    wanted_role = Role(user.role if role is None else role)
    is_wanted = user.is_active if is_active is None else is_active
    if wanted_role != user.role and not policies.can_give(asker=asker, role=wanted_role):
        raise exceptions.Forbidden("Only an owner makes owners and admins.")
    if user.is_bot and wanted_role in {Role.OWNER, Role.ADMIN}:
        raise exceptions.Forbidden("A bot manages nothing.")
    stays_owner = wanted_role == Role.OWNER and is_wanted
    if not stays_owner and people.is_last_owner(user.pk):
        raise exceptions.Forbidden("The last owner of the workspace must stay its owner.")
    if (wanted_role, is_wanted) == (user.role, user.is_active):
        return user
    was_active, was_role = user.is_active, user.role
    user.set_role(wanted_role)
    user.is_active = is_wanted
    user.save(update_fields=["role", "is_staff", "is_superuser", "is_active"])
    if was_active and not is_wanted:
        tokens.revoke_all(user_id=user.pk)
        invites.revoke_of(user_id=user.pk)
        sessions.end_all(user_id=user.pk)
    record_change(
        Action.ROLE_CHANGED,
        by=asker,
        target=user,
        before={"role": str(was_role)},
        after={"role": str(wanted_role)},
    )
    record_change(
        Action.REACTIVATED if is_wanted else Action.DEACTIVATED,
        by=asker,
        target=user,
        before={"is_active": was_active},
        after={"is_active": is_wanted},
    )
    broadcast.note("USER_CHANGED", user=user.pk, by=by)
    tell(user)
    return user


@transaction.atomic
def make_bot(*, by: int, username: str, display_name: str, role: str) -> User:
    """Make the account of a program. It is in no channel, and comes in with its tokens alone.

    Raises:
        Forbidden, Invalid, NameTaken.
    """
    asker = policies.require_admin(user_id=by)
    with refusals.of_fields():
        bot = people.create(
            username=username,
            display_name=display_name,
            role=Role(role),
            is_bot=True,
            created_by_id=asker.pk,
        )
    record(Action.PERSON_MADE, by=asker, target=bot, after=_as_made(bot))
    return bot


@transaction.atomic
def make(*, by: int, user: User) -> None:
    """Keep the account of somebody whom staff make, and bring them in where everyone is.

    Raises:
        Forbidden.
    """
    asker = policies.require_admin(user_id=by)
    if not policies.can_give(asker=asker, role=Role(user.role)):
        raise exceptions.Forbidden("Only an owner makes owners and admins.")
    user.set_role(Role(user.role))
    user.created_by = asker
    user.save()
    workspace.settle_in(user_id=user.pk)
    record(Action.PERSON_MADE, by=asker, target=user, after=_as_made(user))


@transaction.atomic
def rename(*, by: int, user_id: int, username: str, display_name: str, email: str) -> User:
    """Change by what somebody is known, as staff may.

    Raises:
        Forbidden, NotFound, Invalid.
    """
    asker, user = _require_managed(by=by, user_id=user_id)
    wanted = {"username": username, "display_name": display_name, "email": email}
    before = {name: getattr(user, name) for name in wanted}
    for name, value in wanted.items():
        setattr(user, name, value)
    with refusals.of_fields():
        user.full_clean(exclude={"password"})
    user.save(update_fields=list(wanted))
    after = {name: getattr(user, name) for name in wanted}
    record_change(Action.PERSON_CHANGED, by=asker, target=user, before=before, after=after)
    tell(user)
    return user


@transaction.atomic
def set_password(*, by: int, user_id: int, password: str | None) -> User:
    """Give somebody another password, or none. Their sessions and sockets end.

    Raises:
        Forbidden, NotFound.
    """
    asker, user = _require_managed(by=by, user_id=user_id)
    user.set_password(password)
    user.save(update_fields=["password"])
    record(Action.PASSWORD_SET, by=asker, target=user, after={"has_password": password is not None})
    return user


def _require_managed(*, by: int, user_id: int) -> tuple[User, User]:
    asker = policies.require_admin(user_id=by)
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise exceptions.NotFound
    if not policies.can_manage(asker=asker, user=user):
        raise exceptions.Forbidden("Only an owner of the workspace can do this.")
    return asker, user


def _as_made(user: User) -> dict[str, object]:
    return {"role": str(user.role), "is_bot": user.is_bot}


def require_bot(*, by: int, bot_id: int) -> User:
    """Return a bot that this person may manage.

    Raises:
        Forbidden, NotFound.
    """
    policies.require_admin(user_id=by)
    bot = User.objects.filter(pk=bot_id, is_bot=True).first()
    if bot is None:
        raise exceptions.NotFound
    return bot


def tell(user: User) -> None:
    """Tell after the commit, to all who share a channel with them, how somebody is now called."""
    channel_ids = Membership.objects.filter(user=user).values_list("channel_id", flat=True)
    streams = [groups.user_stream(user.pk)]
    streams += [groups.channel_stream(channel_id) for channel_id in channel_ids]
    broadcast.hint(streams, UserChanged(user=serialize.user(user)))
