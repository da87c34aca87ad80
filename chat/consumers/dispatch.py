"""From a command to the service that does it."""

import uuid
from typing import assert_never

from chat.services import following, members, messages, pins, reactions, reading, typing
from protocol.commands import (
    AddReaction,
    DeleteMessage,
    EditMessage,
    JoinChannel,
    LeaveChannel,
    MarkRead,
    MarkThreadRead,
    MarkUnread,
    PinMessage,
    PostMessage,
    RemoveReaction,
    StartTyping,
    UnpinMessage,
)
from protocol.events import Ok

ServiceCommand = (
    EditMessage
    | DeleteMessage
    | PinMessage
    | UnpinMessage
    | AddReaction
    | RemoveReaction
    | JoinChannel
    | LeaveChannel
    | MarkRead
    | MarkUnread
    | MarkThreadRead
    | StartTyping
)


def post_of(command: PostMessage, *, user_id: int) -> messages.Post:
    """Return what this person wants to say."""
    return messages.Post(
        author_id=user_id,
        channel_id=int(command.channel_id),
        client_id=uuid.UUID(command.client_id),
        text=command.text,
        thread_id=None if command.thread_id is None else int(command.thread_id),
        file_ids=[int(file_id) for file_id in command.file_ids],
        also_to_channel=command.also_to_channel,
        quoted_id=None if command.quoted_id is None else int(command.quoted_id),
        confirmed=command.confirmed,
    )


def posted(command: PostMessage, answer: messages.Answer) -> Ok:
    """Return the answer to something that was said."""
    return Ok(
        re=command.id,
        channel_id=command.channel_id,
        message_id=str(answer.message.pk),
        seq=answer.seq,
    )


def run(command: ServiceCommand, *, user_id: int) -> Ok:  # noqa: C901, PLR0912 - a case for each command
    """Do what the command says, as this person, and return the answer.

    Raises:
        ChatError: when it is refused.
    """
    match command:
        case EditMessage():
            answer = messages.edit(
                by=user_id, message_id=int(command.message_id), text=command.text
            )
            return Ok(re=command.id, seq=answer.seq)
        case DeleteMessage():
            answer = messages.delete(by=user_id, message_id=int(command.message_id))
            return Ok(re=command.id, seq=answer.seq)
        case PinMessage():
            seq = pins.pin(by=user_id, message_id=int(command.message_id))
            return Ok(re=command.id, seq=seq)
        case UnpinMessage():
            seq = pins.unpin(by=user_id, message_id=int(command.message_id))
            return Ok(re=command.id, seq=seq)
        case AddReaction():
            seq = reactions.add(
                by=user_id, message_id=int(command.message_id), emoji_name=command.emoji
            )
            return Ok(re=command.id, seq=seq)
        case RemoveReaction():
            seq = reactions.remove(
                by=user_id, message_id=int(command.message_id), emoji_name=command.emoji
            )
            return Ok(re=command.id, seq=seq)
        case JoinChannel():
            seq = members.join(user_id=user_id, channel_id=int(command.channel_id))
            return Ok(re=command.id, seq=seq)
        case LeaveChannel():
            seq = members.leave(user_id=user_id, channel_id=int(command.channel_id))
            return Ok(re=command.id, seq=seq)
        case MarkRead():
            reading.mark_read(user_id=user_id, channel_id=int(command.channel_id), seq=command.seq)
            return Ok(re=command.id)
        case MarkUnread():
            reading.mark_unread(
                user_id=user_id, channel_id=int(command.channel_id), seq=command.seq
            )
            return Ok(re=command.id)
        case MarkThreadRead():
            following.mark_read(user_id=user_id, root_id=int(command.thread_id), seq=command.seq)
            return Ok(re=command.id)
        case StartTyping():
            typing.start(
                user_id=user_id,
                channel_id=int(command.channel_id),
                thread_id=None if command.thread_id is None else int(command.thread_id),
            )
            return Ok(re=command.id)
        case _:
            assert_never(command)
