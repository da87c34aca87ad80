"""What the server tells its clients over the socket.

*Ordered* events have a place (`stream`, `seq`) and are kept: every client sees each stream as
1, 2, 3 … *Ephemeral* events are never replayed and are dropped first. *Answers* and *session
frames* concern one socket. Clients must ignore fields that they do not know.
"""

from datetime import datetime
from typing import Final

import msgspec
from msgspec import Struct

from protocol.personal import Draft, Preferences, Section
from protocol.resources import (
    Channel,
    ChannelField,
    ChannelRole,
    ChannelView,
    File,
    Id,
    Member,
    MentionReason,
    Message,
    OwnMembership,
    OwnUser,
    PresenceState,
    Seq,
    StreamName,
    ThreadSummary,
    User,
)


class Frame(Struct, frozen=True, kw_only=True, tag_field="type"):
    """Anything that the server sends."""


# ── Ordered ────────────────────────────────────────────────────────────────────────────────


class OrderedEvent(Frame, frozen=True):
    stream: StreamName
    seq: Seq
    at: datetime
    actor_id: Id | None


class ChannelEvent(OrderedEvent, frozen=True):
    channel_id: Id


class MessagePosted(ChannelEvent, frozen=True, tag="message.posted"):
    """Somebody said something. `thread` is what the root shows now, where it is a reply."""

    message: Message
    thread: ThreadSummary | None


class MessageEdited(ChannelEvent, frozen=True, tag="message.edited"):
    """A message has a new text. `message` is the whole of it as it is now."""

    message: Message


class MessageDeleted(ChannelEvent, frozen=True, tag="message.deleted"):
    """A message is gone. Its place stays. `thread` is what its root shows now."""

    message_id: Id
    thread: ThreadSummary | None


class MessagePinned(ChannelEvent, frozen=True, tag="message.pinned"):
    """A message was pinned to the channel, by `actor_id`, at `at`."""

    message_id: Id


class MessageUnpinned(ChannelEvent, frozen=True, tag="message.unpinned"):
    """A message is no longer pinned."""

    message_id: Id


class ReactionAdded(ChannelEvent, frozen=True, tag="reaction.added"):
    """Somebody put an emoji under a message."""

    message_id: Id
    user_id: Id
    emoji: str


class ReactionRemoved(ChannelEvent, frozen=True, tag="reaction.removed"):
    """Somebody took their emoji away."""

    message_id: Id
    user_id: Id
    emoji: str


class MemberJoined(ChannelEvent, frozen=True, tag="member.joined"):
    """Somebody came in: by themselves, or because `actor_id` added them."""

    member: Member


class MemberLeft(ChannelEvent, frozen=True, tag="member.left"):
    """Somebody went."""

    user_id: Id


class MemberRemoved(ChannelEvent, frozen=True, tag="member.removed"):
    """Somebody was removed. Nothing of the channel after this reaches them."""

    user_id: Id


class MemberRoleChanged(ChannelEvent, frozen=True, tag="member.role_changed"):
    """Somebody has another role in the channel."""

    user_id: Id
    role: ChannelRole


class ChannelChanged(ChannelEvent, frozen=True, tag="channel.changed"):
    """The channel has another name, kind, topic or description. `changed` says which."""

    channel: Channel
    changed: list[ChannelField]


class ChannelArchived(ChannelEvent, frozen=True, tag="channel.archived"):
    """The channel can be read but no longer written to."""

    channel: Channel


class ChannelUnarchived(ChannelEvent, frozen=True, tag="channel.unarchived"):
    """The channel can be written to again."""

    channel: Channel


class ChannelAdded(OrderedEvent, frozen=True, tag="channel.added"):
    """On the own stream: one is in this channel now. Its stream flows from `channel.last_seq`."""

    channel: ChannelView


class ChannelRemoved(OrderedEvent, frozen=True, tag="channel.removed"):
    """On the own stream: one is no longer in this channel. Its stream has ended."""

    channel_id: Id


class ReadChanged(OrderedEvent, frozen=True, tag="read.changed"):
    """On the own stream: the read marker moved, perhaps on another device, perhaps back."""

    channel_id: Id
    read_seq: Seq


class MentionCreated(OrderedEvent, frozen=True, tag="mention.created"):
    """On the own stream: a message calls this person. `notify`: they want to be told at once."""

    channel_id: Id
    message_id: Id
    message_seq: Seq
    thread_id: Id | None
    reason: MentionReason
    notify: bool


class MembershipChanged(OrderedEvent, frozen=True, tag="membership.changed"):
    """On the own stream: what a channel is to this person: level, mute, favourite, section."""

    channel_id: Id
    membership: OwnMembership


class ReadAllChanged(OrderedEvent, frozen=True, tag="read.all_changed"):
    """On the own stream: these channels were read up to here, with all their threads."""

    markers: dict[str, Seq]


class ThreadChanged(OrderedEvent, frozen=True, tag="thread.changed"):
    """On the own stream: whether one follows a thread, and how far one has read in it."""

    root_id: Id
    channel_id: Id
    is_following: bool
    read_seq: Seq


class PreferencesChanged(OrderedEvent, frozen=True, tag="preferences.changed"):
    """On the own stream: how this person wants it now."""

    preferences: Preferences


class SectionsChanged(OrderedEvent, frozen=True, tag="sections.changed"):
    """On the own stream: all headings of the sidebar. What stood under a lost one stands free."""

    sections: list[Section]


class DraftChanged(OrderedEvent, frozen=True, tag="draft.changed"):
    """On the own stream: what has been begun to be written here; null when it was ended."""

    channel_id: Id
    thread_id: Id | None
    draft: Draft | None


class SavedChanged(OrderedEvent, frozen=True, tag="saved.changed"):
    """On the own stream: a message is kept for later, or no longer."""

    message_id: Id
    channel_id: Id
    is_saved: bool


# ── Ephemeral ──────────────────────────────────────────────────────────────────────────────


class TypingStarted(Frame, frozen=True, tag="typing.started"):
    """Somebody is typing, for the next few seconds."""

    stream: StreamName
    channel_id: Id
    user_id: Id
    thread_id: Id | None


class PresenceChanged(Frame, frozen=True, tag="presence.changed"):
    """Watched people changed their state. `unknown` is also who shares no channel any more."""

    users: dict[str, PresenceState]


class UserChanged(Frame, frozen=True, tag="user.changed"):
    """Somebody has another name, title or role. A hint: the truth is `GET /users`."""

    user: User


class FileChanged(Frame, frozen=True, tag="file.changed"):
    """The thumbnails of a file have been made, or cannot be."""

    stream: StreamName
    channel_id: Id
    message_id: Id
    file: File


class ServerDraining(Frame, frozen=True, tag="server.draining"):
    """This process is about to stop: come back after the delay, to another."""

    reconnect_after_ms: int


# ── The session ────────────────────────────────────────────────────────────────────────────


class Welcome(Frame, frozen=True, tag="welcome"):
    """The first frame. Everything after these heads will come, in order."""

    protocol: int
    instance: str
    connection_id: str
    epoch: str
    heartbeat_seconds: int
    user: OwnUser
    streams: dict[str, Seq]


class Page(Frame, frozen=True, tag="page"):
    """A stretch of a stream's log: the events from `from` to `to`, in order."""

    stream: StreamName
    from_seq: Seq = msgspec.field(name="from")
    to_seq: Seq = msgspec.field(name="to")
    events: list[msgspec.Raw]
    more: bool


class Reset(Frame, frozen=True, tag="reset"):
    """Forget this stream and load a snapshot over REST; it goes on after `seq`."""

    stream: StreamName
    seq: Seq


# ── Answers ────────────────────────────────────────────────────────────────────────────────


class Ok(Frame, frozen=True, tag="ok", omit_defaults=True):
    """The command `re` was done, and what it did is committed."""

    re: str
    channel_id: str | None = None
    message_id: str | None = None
    seq: int | None = None
    users: dict[str, PresenceState] | None = None


class Error(Frame, frozen=True, tag="error"):
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
    | MessagePinned
    | MessageUnpinned
    | ReactionAdded
    | ReactionRemoved
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
    | MembershipChanged
    | ReadAllChanged
    | ThreadChanged
    | PreferencesChanged
    | SectionsChanged
    | DraftChanged
    | SavedChanged
)

ORDERED_EVENTS: Final[tuple[type[OrderedEvent], ...]] = (
    MessagePosted,
    MessageEdited,
    MessageDeleted,
    MessagePinned,
    MessageUnpinned,
    ReactionAdded,
    ReactionRemoved,
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
    MembershipChanged,
    ReadAllChanged,
    ThreadChanged,
    PreferencesChanged,
    SectionsChanged,
    DraftChanged,
    SavedChanged,
)
EPHEMERAL_EVENTS: Final[tuple[type[Frame], ...]] = (
    TypingStarted,
    PresenceChanged,
    UserChanged,
    FileChanged,
    ServerDraining,
)
SESSION_FRAMES: Final[tuple[type[Frame], ...]] = (Welcome, Page, Reset)
ANSWERS: Final[tuple[type[Frame], ...]] = (Ok, Error)

OWN_STREAM: Final = "On the own stream:"
"""So the descriptions of events begin that concern one person alone."""
