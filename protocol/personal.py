"""What belongs to one person alone: how they want it, what they keep, what calls them."""

from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct, UnsetType, field

from protocol import limits
from protocol.characters import VISIBLE
from protocol.requests import Locale, RequestBody
from protocol.resources import Id, Level, Message, Resource, Seq, Unread

DefaultLevel = Literal["all", "mentions", "nothing"]
OpensAt = Literal["unread", "newest"]
Theme = Literal["system", "light", "dark"]
Density = Literal["comfortable", "compact"]
Motion = Literal["system", "reduced"]
Contrast = Literal["system", "more"]
Clock = Literal["auto", "12", "24"]
CallReason = Literal["name", "group", "keyword", "here", "channel"]

TimeOfDay = Annotated[
    str,
    Meta(
        pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$(?!\n)",
        description="Hours and minutes, in the person's time zone.",
        examples=["22:00"],
    ),
]
Weekday = Annotated[int, Meta(ge=0, le=6, description="0 is Monday.")]
Keyword = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=limits.KEYWORD_MAX_CHARS,
        pattern=r"\w",
        description="A word, or a few, to be told of. Case and accents do not matter.",
        examples=["release"],
    ),
]
Keywords = Annotated[list[Keyword], Meta(max_length=limits.KEYWORDS_MAX)]
SectionName = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=limits.NAME_MAX_CHARS,
        pattern=r"^[^\x00-\x1f]*\S[^\x00-\x1f]*$(?!\n)",
    ),
]
SectionPosition = Annotated[int, Meta(ge=0, le=limits.SECTIONS_MAX)]
FirstUnread = Annotated[
    int, Meta(ge=1, le=2**53 - 1, description="The first message that is unread again.")
]
Moment = Annotated[datetime, Meta(tz=True)]
Handle = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=limits.USERNAME_MAX_CHARS,
        pattern=r"^[a-z0-9]([a-z0-9._-]*[a-z0-9_])?$(?!\n)",
        description="What the group is mentioned by: @design.",
        examples=["design"],
    ),
]
GroupName = Annotated[str, Meta(min_length=1, max_length=limits.NAME_MAX_CHARS, pattern=VISIBLE)]
GroupUserIds = Annotated[list[Id], Meta(max_length=limits.GROUP_MAX_USERS)]


class QuietHours(Resource, frozen=True):
    """When nobody wants to be disturbed, each week anew. Over midnight when `to` is not later."""

    is_on: bool
    from_: TimeOfDay = field(name="from")
    to: TimeOfDay
    days: Annotated[list[Weekday], Meta(max_length=7, description="The days on which they begin.")]


class Preferences(Resource, frozen=True):
    """How somebody wants it."""

    level: Annotated[
        DefaultLevel, Meta(description="What notifies in channels that do not say otherwise.")
    ] = "mentions"
    keywords: list[str] = []
    notify_threads: Annotated[bool, Meta(description="Notify of replies in followed threads.")] = (
        True
    )
    quiet_hours: QuietHours = QuietHours(
        is_on=False, from_="22:00", to="08:00", days=[0, 1, 2, 3, 4, 5, 6]
    )
    dnd_until: datetime | None = None
    show_text: Annotated[bool, Meta(description="Show what was said in a notification.")] = True
    sound: bool = True
    enter_sends: bool = True
    opens_at: Annotated[OpensAt, Meta(description="Where a channel is when it is opened.")] = (
        "unread"
    )
    theme: Theme = "system"
    density: Density = "comfortable"
    motion: Motion = "system"
    contrast: Contrast = "system"
    clock: Clock = "auto"
    locale: str = ""


class PreferencesChange(RequestBody, frozen=True):
    """Only the fields that are sent are changed."""

    level: DefaultLevel | UnsetType = msgspec.UNSET
    keywords: Keywords | UnsetType = msgspec.UNSET
    notify_threads: bool | UnsetType = msgspec.UNSET
    quiet_hours: QuietHours | UnsetType = msgspec.UNSET
    dnd_until: Moment | UnsetType | None = msgspec.UNSET
    show_text: bool | UnsetType = msgspec.UNSET
    sound: bool | UnsetType = msgspec.UNSET
    enter_sends: bool | UnsetType = msgspec.UNSET
    opens_at: OpensAt | UnsetType = msgspec.UNSET
    theme: Theme | UnsetType = msgspec.UNSET
    density: Density | UnsetType = msgspec.UNSET
    motion: Motion | UnsetType = msgspec.UNSET
    contrast: Contrast | UnsetType = msgspec.UNSET
    clock: Clock | UnsetType = msgspec.UNSET
    locale: Locale | UnsetType = msgspec.UNSET


class MembershipChange(RequestBody, frozen=True):
    """What a channel shall be to the person who asks. Only what is sent is changed."""

    level: Level | UnsetType = msgspec.UNSET
    is_muted: bool | UnsetType = msgspec.UNSET
    is_favourite: bool | UnsetType = msgspec.UNSET
    is_hidden: Annotated[bool | UnsetType, Meta(description="Of a direct conversation only.")] = (
        msgspec.UNSET
    )
    section_id: Id | UnsetType | None = msgspec.UNSET


class Section(Resource, frozen=True):
    """A heading in one's sidebar."""

    id: Id
    name: str
    position: int
    is_collapsed: bool


class NewSection(RequestBody, frozen=True):
    name: SectionName
    position: Annotated[SectionPosition | None, Meta(description="Null: after all others.")] = None


class SectionChange(RequestBody, frozen=True):
    """Only the fields that are sent are changed. The others make room for a new position."""

    name: SectionName | UnsetType = msgspec.UNSET
    position: SectionPosition | UnsetType = msgspec.UNSET
    is_collapsed: bool | UnsetType = msgspec.UNSET


class Draft(Resource, frozen=True):
    """What somebody has begun to write and not sent."""

    channel_id: Id
    thread_id: Id | None
    text: str
    version: int
    updated_at: datetime


class DraftChange(RequestBody, frozen=True):
    """The last one wins. An empty text ends the draft."""

    channel_id: Id
    text: Annotated[str, Meta(max_length=limits.TEXT_MAX_CHARS)]
    thread_id: Id | None = None
    version: Annotated[
        int, Meta(ge=0, le=2**31 - 2, description="The one that this follows: it only rises.")
    ] = 0


class DraftState(Resource, frozen=True):
    """A place to write in and what has been begun there."""

    channel_id: Id
    thread_id: Id | None
    draft: Draft | None


class SavedMessage(Resource, frozen=True):
    """A message that somebody keeps for later."""

    message: Message
    saved_at: datetime


class SavedState(Resource, frozen=True):
    message_id: Id
    channel_id: Id
    is_saved: bool


class ThreadState(Resource, frozen=True):
    """What a thread is to the person who asks."""

    root_id: Id
    channel_id: Id
    is_following: bool
    read_seq: Seq


class ThreadUnread(Resource, frozen=True):
    """How much of a thread the person who asks has not read."""

    root_id: Id
    channel_id: Id
    replies: int
    mentions: int
    read_seq: Seq
    last_reply_seq: Seq


class UnreadOverview(Resource, frozen=True):
    """What is unread: each channel, and those of the followed threads where something is."""

    results: list[Unread]
    threads: Annotated[list[ThreadUnread], Meta(description="The latest reply first.")]
    has_more_threads: bool
    following: Annotated[
        list[ThreadState],
        Meta(
            description="The threads that one follows, the last ones first, at most"
            f" {limits.FOLLOWED_THREADS_MAX}."
        ),
    ]


class ThreadEntry(Resource, frozen=True):
    """A thread that somebody follows."""

    root: Message
    latest: Annotated[list[Message], Meta(description="The last replies, the oldest first.")]
    unread: ThreadUnread


class MentionEntry(Resource, frozen=True):
    """A message that calls the person who asks."""

    message: Message
    reason: CallReason
    is_unread: bool


class ReadMarkers(Resource, frozen=True):
    """Channels that were read up to here, with all their threads."""

    markers: dict[str, Seq]


class UnreadFrom(RequestBody, frozen=True):
    seq: FirstUnread


class UserGroup(Resource, frozen=True):
    """People who are mentioned together."""

    id: Id
    handle: str
    name: str
    user_ids: list[Id]


class NewUserGroup(RequestBody, frozen=True):
    handle: Handle
    name: GroupName
    user_ids: GroupUserIds = []


class UserGroupChange(RequestBody, frozen=True):
    """Only the fields that are sent are changed."""

    handle: Handle | UnsetType = msgspec.UNSET
    name: GroupName | UnsetType = msgspec.UNSET
    user_ids: GroupUserIds | UnsetType = msgspec.UNSET


PERSONAL_RECORDS: Final[tuple[type[Struct], ...]] = (
    Preferences,
    PreferencesChange,
    MembershipChange,
    Section,
    NewSection,
    SectionChange,
    Draft,
    DraftChange,
    DraftState,
    SavedMessage,
    SavedState,
    ThreadState,
    ThreadUnread,
    UnreadOverview,
    ThreadEntry,
    MentionEntry,
    ReadMarkers,
    UnreadFrom,
    UserGroup,
    NewUserGroup,
    UserGroupChange,
)
"""What only REST knows of this, beside the records that events are made of."""
