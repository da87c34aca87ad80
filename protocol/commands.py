"""What a client can ask of the server over the socket.

Each carries an `id` that the client chooses; exactly one `ok` or `error` answers it with `re` =
that id. Unknown fields are an error.
"""

from typing import Annotated, Final

from msgspec import Meta, Struct

from protocol import limits
from protocol.personal import FirstUnread
from protocol.requests import AlsoToChannel, ClientId, Confirmed, Emoji, FileIds, TextOrFiles
from protocol.resources import Id, PresenceChoice, Seq, StreamName

CommandId = Annotated[
    str,
    Meta(min_length=1, max_length=limits.COMMAND_ID_MAX_CHARS, description="Chosen by the client."),
]


class Command(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type"):
    id: CommandId


class PostMessage(Command, frozen=True, tag="message.post"):
    """Say something in a channel. The same `client_id` again is the same message again."""

    channel_id: Id
    client_id: ClientId
    text: TextOrFiles
    thread_id: Id | None = None
    file_ids: FileIds = []
    also_to_channel: AlsoToChannel = False
    quoted_id: Id | None = None
    confirmed: Confirmed = False


class EditMessage(Command, frozen=True, tag="message.edit"):
    """Change the text of a message of one's own."""

    message_id: Id
    text: TextOrFiles


class DeleteMessage(Command, frozen=True, tag="message.delete"):
    """Delete a message: one's own, or any as a moderator of the channel."""

    message_id: Id


class PinMessage(Command, frozen=True, tag="message.pin"):
    """Pin a message to its channel. Pinning again changes nothing."""

    message_id: Id


class UnpinMessage(Command, frozen=True, tag="message.unpin"):
    """Take a pin away."""

    message_id: Id


class AddReaction(Command, frozen=True, tag="reaction.add"):
    """Put an emoji under a message. The same again changes nothing."""

    message_id: Id
    emoji: Emoji


class RemoveReaction(Command, frozen=True, tag="reaction.remove"):
    """Take one's emoji away from a message."""

    message_id: Id
    emoji: Emoji


class JoinChannel(Command, frozen=True, tag="channel.join"):
    """Join a public channel. Joining again changes nothing."""

    channel_id: Id


class LeaveChannel(Command, frozen=True, tag="channel.leave"):
    """Leave a channel."""

    channel_id: Id


class MarkRead(Command, frozen=True, tag="channel.read"):
    """Move one's read marker in a channel forward to `seq`. It never moves back."""

    channel_id: Id
    seq: Seq


class MarkUnread(Command, frozen=True, tag="channel.unread"):
    """Have everything from `seq` on be unread again: the marker is set before it, also back."""

    channel_id: Id
    seq: FirstUnread


class MarkThreadRead(Command, frozen=True, tag="thread.read"):
    """Move one's read marker in a followed thread forward to `seq`. It never moves back."""

    thread_id: Id
    seq: Seq


class StartTyping(Command, frozen=True, tag="typing.start"):
    """Say that one is typing. Repeated every few seconds while it is true."""

    channel_id: Id
    thread_id: Id | None = None


class WatchPresence(Command, frozen=True, tag="presence.watch"):
    """Hear of the presence of these people from now on. It replaces the last set.

    Who shares no channel and no direct conversation with one is not in the answer, like somebody
    who does not exist.
    """

    user_ids: Annotated[list[Id], Meta(max_length=limits.WATCH_MAX_USERS)]


class SetPresence(Command, frozen=True, tag="presence.set"):
    """Choose what one looks like to others, on all devices, until it is chosen anew.

    `auto`: online, or away when nobody is at any device. `invisible`: offline to others.
    """

    state: PresenceChoice


class ReportIdle(Command, frozen=True, tag="presence.idle"):
    """Say that nobody is at this device any more, or that somebody is again."""

    is_idle: bool


class Sync(Command, frozen=True, tag="sync"):
    """Ask for what happened after these cursors."""

    cursors: Annotated[dict[StreamName, Seq], Meta(max_length=limits.SYNC_STREAMS_MAX)]


class Ping(Command, frozen=True, tag="ping"):
    """Ask for an `ok`, and nothing else."""


AnyCommand = (
    PostMessage
    | EditMessage
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
    | WatchPresence
    | SetPresence
    | ReportIdle
    | Sync
    | Ping
)

COMMANDS: Final[tuple[type[Command], ...]] = (
    PostMessage,
    EditMessage,
    DeleteMessage,
    PinMessage,
    UnpinMessage,
    AddReaction,
    RemoveReaction,
    JoinChannel,
    LeaveChannel,
    MarkRead,
    MarkUnread,
    MarkThreadRead,
    StartTyping,
    WatchPresence,
    SetPresence,
    ReportIdle,
    Sync,
    Ping,
)
