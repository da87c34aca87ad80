"""What a demo workspace is made of. Plain data: whoever stores it decides how."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class DemoPerson:
    username: str
    display_name: str
    title: str
    is_bot: bool = False


@dataclass(frozen=True, slots=True)
class DemoChannel:
    name: str
    kind: Literal["public", "private"]
    topic: str
    description: str
    owner: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoReaction:
    emoji: str
    usernames: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoMessage:
    """One message.

    Attributes:
        text: as it reads now, after the edit when there was one.
        thread_root: where in `DemoWorkspace.messages` the message stands that this one answers.
        edited_at: when its author changed it, if ever.
        deleted_at: when its author took it back, if ever.
    """

    channel: str
    author: str
    text: str
    at: datetime
    thread_root: int | None = None
    edited_at: datetime | None = None
    deleted_at: datetime | None = None
    reactions: tuple[DemoReaction, ...] = ()


@dataclass(frozen=True, slots=True)
class DemoReadPosition:
    """How far a person has read a channel: its first `messages_read` messages, threads included."""

    username: str
    channel: str
    messages_read: int


@dataclass(frozen=True, slots=True)
class DemoWorkspace:
    """A whole team with its past.

    Attributes:
        messages: of all channels, from the oldest to the newest. No two have the same time.
        read_positions: one for each person and channel.
    """

    name: str
    people: tuple[DemoPerson, ...]
    channels: tuple[DemoChannel, ...]
    messages: tuple[DemoMessage, ...]
    read_positions: tuple[DemoReadPosition, ...]
