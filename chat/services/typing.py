"""Saying that one is about to say something."""

from chat import broadcast, groups, policies
from protocol.events import TypingStarted


def start(*, user_id: int, channel_id: int, thread_id: int | None) -> None:
    """Tell the others in a channel that somebody is typing. It is not kept.

    Raises:
        NotFound, NotAMember, ChannelArchived, Forbidden.
    """
    user = policies.require_active(user_id=user_id)
    policies.require_can_post(asker=user, channel_id=channel_id, is_reply=thread_id is not None)
    stream = groups.channel_stream(channel_id)
    broadcast.whisper(
        stream,
        TypingStarted(
            stream=stream,
            channel_id=str(channel_id),
            user_id=str(user_id),
            thread_id=None if thread_id is None else str(thread_id),
        ),
        origin_user_id=user_id,
    )
