"""How far people have read."""

from django.db import transaction

from chat import broadcast, exceptions, groups, policies
from protocol.events import ReadChanged
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
    stream = groups.channel_stream(channel_id)
    if seq > log.heads([stream])[stream]:
        raise exceptions.Invalid(
            "The channel has not come so far.", fields={"seq": "in the future"}
        )
    moved = type(membership).objects.filter(pk=membership.pk, read_seq__lt=seq).update(read_seq=seq)
    if moved:
        place = log.take(groups.user_stream(user_id))
        broadcast.announce(
            place,
            ReadChanged(
                **broadcast.envelope(place, actor_id=user_id),
                channel_id=str(channel_id),
                read_seq=seq,
            ),
        )
    return seq
