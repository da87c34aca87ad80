"""Putting emoji under messages, and taking them away."""

from datetime import datetime

from django.db import transaction

from chat import broadcast, emoji, exceptions, groups, policies
from chat.models import Message, Reaction
from protocol.events import ReactionAdded, ReactionRemoved
from protocol.limits import REACTIONS_MAX
from realtime import log


@transaction.atomic
def add(*, by: int, message_id: int, emoji_name: str, at: datetime | None = None) -> int:
    """Put an emoji under a message. Return the seq of it; the channel's head if it was there.

    Args:
        at: when, for reactions that come from elsewhere.

    Raises:
        NotFound, NotAMember, ChannelArchived, Invalid: when there is no such emoji,
        LimitReached: when the message has too many different ones.
    """
    message, chosen = _prepare(by=by, message_id=message_id, emoji_name=emoji_name)
    stream = groups.channel_stream(message.channel_id)
    given = Reaction.objects.filter(message=message)
    if given.filter(user=by, emoji=chosen).exists():
        return log.heads([stream])[stream]
    others = given.exclude(emoji=chosen).values("emoji").distinct()
    if others.count() >= REACTIONS_MAX:
        raise exceptions.LimitReached
    place = log.take(stream, at=at)
    Reaction.objects.create(message=message, user_id=by, emoji=chosen, created_at=place.at)
    broadcast.announce(
        place,
        ReactionAdded(
            **broadcast.envelope(place, actor_id=by),
            channel_id=str(message.channel_id),
            message_id=str(message.pk),
            user_id=str(by),
            emoji=chosen,
        ),
    )
    return place.seq


@transaction.atomic
def remove(*, by: int, message_id: int, emoji_name: str) -> int:
    """Take one's emoji away from a message. Return the seq of it; the head if it was not there.

    Raises:
        NotFound, NotAMember, ChannelArchived, Invalid: when there is no such emoji.
    """
    message, chosen = _prepare(by=by, message_id=message_id, emoji_name=emoji_name)
    stream = groups.channel_stream(message.channel_id)
    deleted, _ = Reaction.objects.filter(message=message, user=by, emoji=chosen).delete()
    if not deleted:
        return log.heads([stream])[stream]
    place = log.take(stream)
    broadcast.announce(
        place,
        ReactionRemoved(
            **broadcast.envelope(place, actor_id=by),
            channel_id=str(message.channel_id),
            message_id=str(message.pk),
            user_id=str(by),
            emoji=chosen,
        ),
    )
    return place.seq


def _prepare(*, by: int, message_id: int, emoji_name: str) -> tuple[Message, str]:
    asker = policies.require_active(user_id=by)
    chosen = emoji.canonical(emoji_name)
    message = policies.require_message(asker=asker, message_id=message_id)
    log.hold(groups.channel_stream(message.channel_id))
    # Read again: only what is read behind the lock of the stream is still true.
    message = policies.require_message(asker=asker, message_id=message_id)
    policies.require_can_react(asker=asker, message=message)
    return message, chosen
