"""Putting emoji under messages, and taking them away."""

from datetime import datetime

from django.db import transaction

from chat import broadcast, emoji, exceptions, groups, policies
from chat.models import CustomEmoji, Message, Reaction
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
    message = _prepare(by=by, message_id=message_id)
    chosen = _spelling(emoji_name)
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
    message = _prepare(by=by, message_id=message_id)
    chosen = _spelling(emoji_name, of_message=message)
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


def _spelling(text: str, *, of_message: Message | None = None) -> str:
    """Return an emoji as it is kept: one that everybody has, or one of the workspace's own.

    Args:
        of_message: a message under which it may stand although it has been taken away since.

    Raises:
        Invalid.
    """
    everybodys = emoji.standard(text)
    if everybodys is not None:
        return everybodys
    name = emoji.custom_name(text)
    if name is None:
        raise emoji.unknown()
    is_given = of_message is not None and of_message.reactions.filter(emoji=f":{name}:").exists()
    if not is_given and not CustomEmoji.objects.filter(name=name).exists():
        raise emoji.unknown()
    return f":{name}:"


def _prepare(*, by: int, message_id: int) -> Message:
    asker = policies.require_active(user_id=by)
    message = policies.require_message(asker=asker, message_id=message_id)
    log.hold(groups.channel_stream(message.channel_id))
    # Read again: only what is read behind the lock of the stream is still true.
    message = policies.require_message(asker=asker, message_id=message_id)
    policies.require_can_react(asker=asker, message=message)
    return message
