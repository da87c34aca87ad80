"""What the server tells its clients over the socket.

*Ordered* events have a place (`stream`, `seq`) and are kept: every client sees each stream as
1, 2, 3 … *Ephemeral* events are never replayed and are dropped first. *Answers* and *session frames*
concern one socket. Clients must ignore fields that they do not know.
"""

from datetime import datetime
from typing import Final, Literal

import msgspec
from msgspec import Struct

from protocol.resources import (
    Channel,
    ChannelRole,
    ChannelView,
    Id,
    Member,
    Message,
    OwnUser,
    PresenceState,
    Seq,
    StreamName,
)


class Frame(Struct, frozen=True, kw_only=True, tag_field="type"):
    """Anything that the server sends."""


# ── Ordered ────────────────────────────────────────────────────────────────────────────────


class OrderedEvent(Frame):
    stream: StreamName
    seq: Seq
    at: datetime
    actor_id: Id | None


class ChannelEvent(OrderedEvent):
    channel_id: Id


class MessagePosted(ChannelEvent, tag="message.posted"):
    """Somebody said something."""

    message: Message


class MessageEdited(ChannelEvent, tag="message.edited"):
    """A message has a new text. `message` is the whole of it as it is now."""

    message: Message


class MessageDeleted(ChannelEvent, tag="message.deleted"):
    """A message is gone. Its place stays."""

    message_id: Id


class MemberJoined(ChannelEvent, tag="member.joined"):
    """Somebody came in: by themselves, or because `actor_id` added them."""

    member: Member


class MemberLeft(ChannelEvent, tag="member.left"):
    """Somebody went."""

    user_id: Id


class MemberRemoved(ChannelEvent, tag="member.removed"):
    """Somebody was removed. Nothing of the channel after this reaches them."""

    user_id: Id


class MemberRoleChanged(ChannelEvent, tag="member.role_changed"):
    """Somebody has another role in the channel."""

    user_id: Id
    role: ChannelRole


class ChannelChanged(ChannelEvent, tag="channel.changed"):
    """The channel has another name, kind, topic or description."""

    channel: Channel


class ChannelArchived(ChannelEvent, tag="channel.archived"):
    """The channel can be read but no longer written to."""

    channel: Channel


class ChannelUnarchived(ChannelEvent, tag="channel.unarchived"):
    """The channel can be written to again."""

    channel: Channel


class ChannelAdded(OrderedEvent, tag="channel.added"):
    """On the own stream: one is in this channel now. Its stream flows from `channel.last_seq`."""

    channel: ChannelView


class ChannelRemoved(OrderedEvent, tag="channel.removed"):
    """On the own stream: one is no longer in this channel. Its stream has ended."""

    channel_id: Id


class ReadChanged(OrderedEvent, tag="read.changed"):
    """On the own stream: the read marker moved, perhaps on another device."""

    channel_id: Id
    read_seq: Seq


class MentionCreated(OrderedEvent, tag="mention.created"):
    """On the own stream: somebody named this person in a message."""

    channel_id: Id
    message_id: Id
    message_seq: Seq


# ── Ephemeral ──────────────────────────────────────────────────────────────────────────────


class TypingStarted(Frame, tag="typing.started"):
    """Somebody is typing, for the next few seconds."""

    stream: StreamName
    channel_id: Id
    user_id: Id
    thread_id: Id | None


class PresenceChanged(Frame, tag="presence.changed"):
    """Watched people changed their state."""

    users: dict[str, PresenceState]


class ServerDraining(Frame, tag="server.draining"):
    """This process is about to stop: come back after the delay, to another."""

    reconnect_after_ms: int


# ── The session ────────────────────────────────────────────────────────────────────────────


class Welcome(Frame, tag="welcome"):
    """The first frame. Everything after these heads will come, in order."""

    protocol: int
    instance: str
    connection_id: str
    epoch: str
    heartbeat_seconds: int
    user: OwnUser
    streams: dict[str, Seq]


class Page(Frame, tag="page"):
    """A stretch of a stream's log: the events from `from` to `to`, in order."""

    stream: StreamName
    from_seq: Seq = msgspec.field(name="from")
    to_seq: Seq = msgspec.field(name="to")
    events: list[msgspec.Raw]
    more: bool


class Reset(Frame, tag="reset"):
    """Forget this stream and load a snapshot over REST; it goes on after `seq`."""

    stream: StreamName
    seq: Seq


# ── Answers ────────────────────────────────────────────────────────────────────────────────


class Ok(Frame, tag="ok", omit_defaults=True):
    """The command `re` was done, and what it did is committed."""

    re: str
    channel_id: str | None = None
    message_id: str | None = None
    seq: int | None = None
    users: dict[str, PresenceState] | None = None


class Error(Frame, tag="error"):
    """The command `re` was refused. `re` is null when the frame had no readable id."""

    re: str | None
    code: str
    detail: str
    fields: dict[str, str]
    retryable: bool
    retry_after_seconds: float | None = None


AnyOrderedEvent = (
    MessagePosted
    | MessageEdited
    | MessageDeleted
    | MemberJoined
    | MemberLeft
    | MemberRemoved
    | MemberRoleChanged
    | ChannelChanged
    | ChannelArchived
    | ChannelUnarchived
    | ChannelAdded
    | ChannelRemoved
    | ReadChanged
    | MentionCreated
)

ORDERED_EVENTS: Final[tuple[type[OrderedEvent], ...]] = (
    MessagePosted,
    MessageEdited,
    MessageDeleted,
    MemberJoined,
    MemberLeft,
    MemberRemoved,
    MemberRoleChanged,
    ChannelChanged,
    ChannelArchived,
    ChannelUnarchived,
    ChannelAdded,
    ChannelRemoved,
    ReadChanged,
    MentionCreated,
)
EPHEMERAL_EVENTS: Final[tuple[type[Frame], ...]] = (TypingStarted, PresenceChanged, ServerDraining)
SESSION_FRAMES: Final[tuple[type[Frame], ...]] = (Welcome, Page, Reset)
ANSWERS: Final[tuple[type[Frame], ...]] = (Ok, Error)

Direction = Literal["ordered", "ephemeral", "session", "answer"]
