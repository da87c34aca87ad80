"""Keeping a message in sight of the whole channel."""

from django.db import transaction

from chat import broadcast, exceptions, groups, policies
from chat.models import Message, Notice
from chat.services import notices
from protocol.events import MessagePinned, MessageUnpinned
from protocol.limits import PINS_MAX
from realtime import log


@transaction.atomic
def pin(*, by: int, message_id: int) -> int:
    """Pin a message. Return the seq of it; the channel's head if it was pinned already.

    Raises:
        NotFound, NotAMember, ChannelArchived, Forbidden, LimitReached.
    """
    message = _prepare(by=by, message_id=message_id)
    stream = groups.channel_stream(message.channel_id)
    if message.pinned_at is not None:
        return log.heads([stream])[stream]
    pinned = Message.objects.filter(channel=message.channel_id, pinned_at__isnull=False)
    if pinned.count() >= PINS_MAX:
        raise exceptions.LimitReached(f"A channel has {PINS_MAX} pins at most.")
    place = log.take(stream)
    Message.objects.filter(pk=message.pk).update(pinned_at=place.at, pinned_by=by)
    notices.note(place, channel=message.channel, kind=Notice.Kind.PINNED, actor_id=by)
    broadcast.announce(
        place,
        MessagePinned(
            **broadcast.envelope(place, actor_id=by),
            channel_id=str(message.channel_id),
            message_id=str(message.pk),
        ),
    )
    return place.seq


@transaction.atomic
def unpin(*, by: int, message_id: int) -> int:
    """Take a pin away. Return the seq of it; the channel's head if there was none.

    Raises:
        NotFound, NotAMember, ChannelArchived, Forbidden.
    """
    message = _prepare(by=by, message_id=message_id)
    stream = groups.channel_stream(message.channel_id)
    if message.pinned_at is None:
        return log.heads([stream])[stream]
    place = log.take(stream)
    Message.objects.filter(pk=message.pk).update(pinned_at=None, pinned_by=None)
    broadcast.announce(
        place,
        MessageUnpinned(
            **broadcast.envelope(place, actor_id=by),
            channel_id=str(message.channel_id),
            message_id=str(message.pk),
        ),
    )
    return place.seq


def _prepare(*, by: int, message_id: int) -> Message:
    asker = policies.require_active(user_id=by)
    message = policies.require_message(asker=asker, message_id=message_id)
    log.hold(groups.channel_stream(message.channel_id))
    # Read again: only what is read behind the lock of the stream is still true.
    message = policies.require_message(asker=asker, message_id=message_id)
    policies.require_can_pin(asker=asker, message=message)
    return message
