"""Coming into channels and going out of them."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import Action
from audit.recording import record
from chat import broadcast, exceptions, groups, policies, serialize
from chat.models import Channel, Membership, Notice, ThreadFollow
from chat.selectors import ChannelRow, last_message_times
from chat.services import notices
from protocol.events import (
    ChannelAdded,
    ChannelRemoved,
    MemberJoined,
    MemberLeft,
    MemberRemoved,
    MemberRoleChanged,
)
from realtime import log
from realtime.log import Place


@transaction.atomic
def join(*, user_id: int, channel_id: int) -> int:
    """Let somebody into a channel that they may enter. Return the seq of it.

    Raises:
        NotFound, ChannelArchived, Forbidden.
    """
    user = policies.require_active(user_id=user_id)
    log.hold(groups.channel_stream(channel_id))
    channel = policies.require_can_join(asker=user, channel_id=channel_id)
    return admit(channel=channel, user=user, actor_id=user_id)


@transaction.atomic
def add(*, by: int, channel_id: int, user_id: int) -> Membership:
    """Add somebody else to a channel.

    Raises:
        NotFound, NotAMember, ChannelArchived, Forbidden.
    """
    asker = policies.require_active(user_id=by)
    log.hold(groups.channel_stream(channel_id))
    channel = policies.require_can_invite(asker=asker, channel_id=channel_id)
    user = User.objects.filter(pk=user_id, is_active=True, is_pending=False).first()
    if user is None:
        raise exceptions.NotFound("There is no such person.")
    admit(channel=channel, user=user, actor_id=by)
    return Membership.objects.select_related("user").get(channel=channel, user=user)


@transaction.atomic
def leave(*, user_id: int, channel_id: int) -> int:
    """Let somebody go out of a channel. Return the seq of it.

    Raises:
        NotFound, NotAMember, Forbidden.
    """
    user = policies.require_active(user_id=user_id)
    place = log.take(groups.channel_stream(channel_id))
    membership = policies.require_member(asker=user, channel_id=channel_id)
    policies.require_can_leave(membership=membership)
    membership.delete()
    notices.note(place, channel=membership.channel, kind=Notice.Kind.LEFT, actor_id=user_id)
    broadcast.announce(
        place,
        MemberLeft(
            **broadcast.envelope(place, actor_id=user_id),
            channel_id=str(channel_id),
            user_id=str(user_id),
        ),
        ejects_user_id=user_id,
    )
    _end_stream(user_id=user_id, channel_id=channel_id, actor_id=user_id)
    return place.seq


@transaction.atomic
def remove(*, by: int, channel_id: int, user_id: int) -> int:
    """Take somebody out of a channel. Nothing after the returned seq reaches them.

    Raises:
        NotFound, NotAMember, Forbidden.
    """
    asker = policies.require_active(user_id=by)
    if by == user_id:
        return leave(user_id=user_id, channel_id=channel_id)
    place = log.take(groups.channel_stream(channel_id))
    policies.require_moderator(asker=asker, channel_id=channel_id)
    membership = (
        Membership.objects.select_related("channel")
        .filter(channel=channel_id, user=user_id)
        .first()
    )
    if membership is None:
        raise exceptions.NotFound("This person is not in the channel.")
    if membership.role == Membership.Role.OWNER and not asker.is_admin:
        raise exceptions.Forbidden("The owner of a channel cannot be removed from it.")
    membership.delete()
    notices.note(
        place,
        channel=membership.channel,
        kind=Notice.Kind.REMOVED,
        actor_id=by,
        subject_id=user_id,
    )
    broadcast.announce(
        place,
        MemberRemoved(
            **broadcast.envelope(place, actor_id=by),
            channel_id=str(channel_id),
            user_id=str(user_id),
        ),
        ejects_user_id=user_id,
    )
    _end_stream(user_id=user_id, channel_id=channel_id, actor_id=by)
    record(
        Action.MEMBER_REMOVED,
        by=asker,
        target=membership.channel,
        before={"user_id": user_id, "role": str(membership.role)},
    )
    return place.seq


@transaction.atomic
def change_role(*, by: int, channel_id: int, user_id: int, role: str) -> Membership:
    """Give somebody another role in a channel. Only its owners can, and admins of the workspace.

    Nothing is announced when nothing changes.

    Raises:
        NotFound, NotAMember, Forbidden.
    """
    asker = policies.require_active(user_id=by)
    stream = groups.channel_stream(channel_id)
    log.hold(stream)
    own = policies.require_moderator(asker=asker, channel_id=channel_id)
    if not asker.is_admin and (own is None or own.role != Membership.Role.OWNER):
        raise exceptions.Forbidden("Only the owner of a channel can change roles.")
    membership = (
        Membership.objects.select_related("user", "channel")
        .filter(channel=channel_id, user=user_id)
        .first()
    )
    if membership is None:
        raise exceptions.NotFound("This person is not in the channel.")
    if membership.role == role:
        return membership
    record(
        Action.MEMBER_ROLE_CHANGED,
        by=asker,
        target=membership.channel,
        before={"user_id": user_id, "role": str(membership.role)},
        after={"user_id": user_id, "role": role},
    )
    membership.role = role
    membership.save(update_fields=["role"])
    place = log.take(stream)
    broadcast.announce(
        place,
        MemberRoleChanged(
            **broadcast.envelope(place, actor_id=by),
            channel_id=str(channel_id),
            user_id=str(user_id),
            role=serialize.member(membership).role,
        ),
    )
    return membership


@transaction.atomic
def admit(
    *,
    channel: Channel,
    user: User,
    actor_id: int,
    role: str = Membership.Role.MEMBER,
    is_hidden: bool = False,
    at: datetime | None = None,
) -> int:
    """Make somebody a member, whoever wants it: the caller has checked that they may.

    Args:
        is_hidden: whether it stays out of the sidebar until something is said.
        at: when, for memberships that come from elsewhere.

    Return the seq of it; of the channel's head when they are in it already.
    """
    stream = groups.channel_stream(channel.pk)
    membership, is_new = Membership.objects.get_or_create(
        channel=channel,
        user=user,
        defaults={"role": role, "joined_at": timezone.now(), "is_hidden": is_hidden},
    )
    if not is_new:
        return log.heads([stream])[stream]
    place = log.take(stream, at=at)
    membership.joined_at = place.at
    membership.read_seq = place.seq
    membership.save(update_fields=["joined_at", "read_seq"])
    # Whoever comes back has missed nothing, in the threads as in the channel.
    ThreadFollow.objects.filter(user=user, channel=channel).update(read_seq=place.seq)
    _note_arrival(place, membership, actor_id=actor_id)
    broadcast.announce(
        place,
        MemberJoined(
            **broadcast.envelope(place, actor_id=actor_id),
            channel_id=str(channel.pk),
            member=serialize.member(membership),
        ),
    )
    own = log.take(groups.user_stream(user.pk), at=at)
    broadcast.announce(
        own,
        ChannelAdded(
            **broadcast.envelope(own, actor_id=actor_id),
            channel=serialize.channel_view(
                ChannelRow(
                    channel=channel,
                    last_seq=place.seq,
                    last_message_at=last_message_times([channel.pk])[channel.pk],
                    member_count=channel.memberships.count(),
                    membership=membership,
                )
            ),
        ),
        opens=stream,
        opens_after=place.seq,
    )
    return place.seq


def _note_arrival(place: Place, membership: Membership, *, actor_id: int) -> None:
    kind = Notice.Kind.JOINED
    if membership.role == Membership.Role.OWNER and place.seq == 1:
        kind = Notice.Kind.CREATED
    elif actor_id != membership.user_id:
        kind = Notice.Kind.ADDED
    notices.note(
        place,
        channel=membership.channel,
        kind=kind,
        actor_id=actor_id,
        subject_id=membership.user_id,
    )


def _end_stream(*, user_id: int, channel_id: int, actor_id: int) -> None:
    place = log.take(groups.user_stream(user_id))
    broadcast.announce(
        place,
        ChannelRemoved(**broadcast.envelope(place, actor_id=actor_id), channel_id=str(channel_id)),
        closes=groups.channel_stream(channel_id),
    )
