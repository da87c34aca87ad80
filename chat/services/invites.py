"""Inviting people, and coming in with an invite."""

from datetime import datetime

from django.db import transaction

from accounts import invites, people
from accounts.models import Invite, Role, User
from audit.actions import Action
from audit.recording import record
from chat import broadcast, exceptions, policies, selectors
from chat.models import Membership
from chat.services import workspace


@transaction.atomic
def create(
    *,
    by: int,
    role: str,
    channel_ids: list[int],
    expires_at: datetime | None,
    max_uses: int | None,
    note: str,
) -> tuple[Invite, str]:
    """Make an invite. Return it with its secret, which cannot be had again.

    Raises:
        Forbidden, Invalid.
    """
    asker = policies.require_admin(user_id=by)
    channels = selectors.channels_to_invite_to(asker=asker).filter(pk__in=channel_ids)
    found = set(channels.values_list("pk", flat=True))
    if found != set(channel_ids):
        raise exceptions.Invalid(fields={"channel_ids": "There is no such channel."})
    if role == Role.GUEST and not found:
        raise exceptions.Invalid(fields={"channel_ids": "A guest needs at least one channel."})
    invite, secret = invites.issue(
        by=by,
        role=role,
        channel_ids=sorted(found),
        expires_at=expires_at,
        max_uses=max_uses,
        note=note,
    )
    record(
        Action.INVITE_MADE,
        by=asker,
        target=invite,
        after={
            "role": role,
            "channel_ids": sorted(found),
            "expires_at": None if expires_at is None else expires_at.isoformat(),
            "max_uses": max_uses,
        },
    )
    broadcast.note("INVITE_MADE", invite=invite.pk, by=by)
    return invite, secret


@transaction.atomic
def revoke(*, by: int, invite_id: int) -> None:
    """Let nobody in with this invite any more.

    Raises:
        Forbidden, NotFound.
    """
    asker = policies.require_admin(user_id=by)
    if not invites.revoke(invite_id=invite_id):
        raise exceptions.NotFound
    record(Action.INVITE_REVOKED, by=asker, target=Invite.objects.get(pk=invite_id))
    broadcast.note("INVITE_REVOKED", invite=invite_id, by=by)


@transaction.atomic
def join(*, secret: str, username: str, display_name: str, password: str) -> User:
    """Make the account of somebody who has an invite, and bring them into its channels.

    Raises:
        NotFound: when the invite lets nobody in any more.
        ValidationError: when a field is not allowed or taken; the invite is not used up then.
    """
    invite = _use(secret)
    user = people.create(
        username=username,
        display_name=display_name,
        password=password,
        role=Role(invite.role),
        created_by_id=invite.created_by_id,
    )
    workspace.bring_in(user_id=user.pk, channel_ids=channels_of(invite))
    broadcast.note("INVITE_USED", invite=invite.pk, user=user.pk)
    return user


@transaction.atomic
def accept(*, secret: str, user_id: int) -> list[int]:
    """Bring somebody who has an account into the channels of an invite. Return the channels' ids.

    Their role stays. Whoever is in all of the channels already does not use it up.

    Raises:
        NotFound, Forbidden.
    """
    user = policies.require_active(user_id=user_id)
    invite = invites.find(secret)
    if invite is None:
        raise exceptions.NotFound
    channel_ids = channels_of(invite)
    mine = Membership.objects.filter(user=user, channel__in=channel_ids)
    if mine.count() < len(channel_ids):
        _use(secret)
        workspace.bring_in(user_id=user.pk, channel_ids=channel_ids)
        broadcast.note("INVITE_USED", invite=invite.pk, user=user.pk)
    return channel_ids


def _use(secret: str) -> Invite:
    invite = invites.use(secret)
    if invite is None:
        raise exceptions.NotFound
    return invite


def channels_of(invite: Invite) -> list[int]:
    """Return the ids of the channels into which an invite leads now."""
    return list(
        invite.channels.filter(archived_at=None).order_by("pk").values_list("pk", flat=True)
    )
