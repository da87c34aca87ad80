"""How far people have read."""

from django.db import transaction
from django.db.models import F, Q, Subquery
from django.db.models.functions import Greatest

from chat import broadcast, exceptions, groups, inboxes, policies, selectors
from chat.models import Membership
from protocol.events import ReadAllChanged, ReadChanged
from realtime import log


@transaction.atomic
def mark_read(*, user_id: int, channel_id: int, seq: int) -> int:
    """Move somebody's marker in a channel forward, and return where it is. It never moves back.

    Raises:
        NotFound, NotAMember, Invalid: for a seq that the channel has not reached.
    """
    user = policies.require_active(user_id=user_id)
    membership = policies.require_member(asker=user, channel_id=channel_id)
    if seq <= membership.read_seq:
        return membership.read_seq
    require_reached(channel_id=channel_id, seq=seq)
    moved = Membership.objects.filter(pk=membership.pk, read_seq__lt=seq).update(read_seq=seq)
    if moved:
        _announce(user_id=user_id, channel_id=channel_id, read_seq=seq)
    return seq


@transaction.atomic
def mark_unread(*, user_id: int, channel_id: int, seq: int) -> int:
    """Have everything from a seq on be unread again. Return where the marker is: before it.

    Raises:
        NotFound, NotAMember, Invalid: for a seq that the channel has not reached.
    """
    user = policies.require_active(user_id=user_id)
    membership = policies.require_member(asker=user, channel_id=channel_id)
    require_reached(channel_id=channel_id, seq=seq)
    read_seq = seq - 1
    moved = (
        Membership.objects.filter(pk=membership.pk)
        .exclude(read_seq=read_seq)
        .update(read_seq=read_seq)
    )
    if moved:
        _announce(user_id=user_id, channel_id=channel_id, read_seq=read_seq)
    return read_seq


@transaction.atomic
def mark_all_read(*, user_id: int) -> dict[int, int]:
    """Move somebody's markers to the end of all their channels and of all threads that they follow.

    Return channel id → marker for each channel where something was unread. Its threads are read up
    to the same place. As many statements for two thousand channels as for one, and one event.

    Raises:
        Forbidden.
    """
    user = policies.require_active(user_id=user_id)
    threads = inboxes.unread_follows(asker=user)
    unread = selectors.with_head(Membership.objects.filter(user=user)).filter(
        Q(read_seq__lt=F("head")) | Q(channel_id__in=threads.values("channel_id"))
    )
    # Held one after the other in one order: two of these at once cannot wait for each other. And
    # nothing else is changed below: whatever becomes unread meanwhile would be read untold.
    held = dict(
        unread.select_for_update(of=("self",)).order_by("pk").values_list("pk", "channel_id")
    )
    if not held:
        return {}
    memberships = Membership.objects.filter(pk__in=held)
    selectors.with_head(memberships).update(read_seq=F("head"))
    markers = inboxes.marker_of_follow(asker=user)
    threads.filter(channel_id__in=[*held.values()]).update(
        read_seq=Greatest(F("read_seq"), Subquery(markers))
    )
    read = dict(memberships.values_list("channel_id", "read_seq"))
    place = log.take(groups.user_stream(user_id))
    broadcast.announce(
        place,
        ReadAllChanged(
            **broadcast.envelope(place, actor_id=user_id),
            markers={str(channel_id): read_seq for channel_id, read_seq in sorted(read.items())},
        ),
    )
    return read


def require_reached(*, channel_id: int, seq: int) -> None:
    """Raises Invalid when the channel has not come so far."""
    stream = groups.channel_stream(channel_id)
    if seq > log.heads([stream])[stream]:
        raise exceptions.Invalid(
            "The channel has not come so far.", fields={"seq": "in the future"}
        )


def _announce(*, user_id: int, channel_id: int, read_seq: int) -> None:
    place = log.take(groups.user_stream(user_id))
    broadcast.announce(
        place,
        ReadChanged(
            **broadcast.envelope(place, actor_id=user_id),
            channel_id=str(channel_id),
            read_seq=read_seq,
        ),
    )
