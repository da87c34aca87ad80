"""What people and programs see of the things in a workspace.

One shape for each thing: the socket's events, REST and OpenAPI all use these records.
"""

from datetime import datetime
from typing import Annotated, Final, Generic, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

Id = Annotated[
    str,
    Meta(
        pattern=r"^[1-9][0-9]{0,17}$(?!\n)", description="An id. Always a string.", examples=["7"]
    ),
]
Seq = Annotated[int, Meta(ge=0, le=2**53 - 1, description="A place in a stream: 1, 2, 3 …")]
StreamName = Annotated[
    str,
    Meta(
        pattern=r"^[cu]:[1-9][0-9]{0,17}$(?!\n)",
        description="`c:<channel_id>` or `u:<user_id>`.",
        examples=["c:7"],
    ),
]


ChannelKind = Literal["public", "private", "dm"]
Posting = Literal["everyone", "moderators"]
Level = Literal["default", "all", "mentions", "nothing"]
BroadMentions = Literal["everyone", "moderators", "nobody"]
Broad = Literal["", "here", "channel"]
MentionReason = Literal["name", "group", "keyword"]
NoticeKind = Literal[
    "created",
    "joined",
    "added",
    "left",
    "removed",
    "renamed",
    "topic",
    "description",
    "kind",
    "posting",
    "archived",
    "unarchived",
    "pinned",
]
ChannelField = Literal["name", "kind", "topic", "description", "posting"]
"""What people in a channel read of a change to it."""
ChannelRole = Literal["owner", "admin", "member"]
WorkspaceRole = Literal["owner", "admin", "member", "guest"]
PresenceState = Literal["online", "away", "dnd", "offline", "unknown"]
PresenceChoice = Literal["auto", "away", "dnd", "invisible"]
InviteRole = Literal["member", "guest"]
SignUp = Literal["closed", "domains", "open"]
Scope = Literal["read", "write", "admin"]
FileState = Literal["plain", "waiting", "ready", "failed"]


class Resource(Struct, frozen=True, kw_only=True):
    """A thing as the wire shows it. Clients must ignore fields that they do not know."""


class User(Resource, frozen=True):
    """A person or a bot."""

    id: Id
    username: str
    display_name: str
    role: WorkspaceRole
    is_bot: bool
    is_active: bool
    title: str
    time_zone: str
    avatar: Annotated[
        str | None,
        Meta(description="The version of their picture: `/users/{id}/avatar?v={avatar}`."),
    ]
    status_emoji: Annotated[
        str, Meta(description="A Unicode emoji or the name of a custom one, or empty.")
    ]
    status_text: Annotated[str, Meta(description="What they say they are doing, or empty.")]
    status_until: Annotated[
        datetime | None, Meta(description="When the status ends by itself. Null: it does not.")
    ]


class Profile(User, frozen=True):
    """A person, with what they say about themselves."""

    about: str
    pronouns: str


class OwnUser(Profile, frozen=True):
    """The person who asks."""

    email: str
    locale: str
    presence_choice: Annotated[
        PresenceChoice, Meta(description="What one wants to look like, on all devices.")
    ]


class Bot(User, frozen=True):
    """An account that a program uses. It comes in with its tokens alone."""

    created_by_id: Id | None


class OwnMembership(Resource, frozen=True):
    """What a channel is to the person who asks."""

    role: ChannelRole
    read_seq: Seq
    joined_at: datetime
    level: Level
    is_muted: bool
    is_favourite: bool
    is_hidden: bool
    section_id: Id | None


class Channel(Resource, frozen=True):
    """A channel as all its members see it. A direct conversation (`dm`) has people, no name."""

    id: Id
    name: str
    kind: ChannelKind
    topic: str
    description: str
    posting: Posting
    is_default: bool
    user_ids: Annotated[
        list[Id], Meta(description="Who is in a direct conversation. Else empty: ask for members.")
    ]
    created_at: datetime
    created_by_id: Id | None
    archived_at: datetime | None


class ChannelView(Channel, frozen=True):
    """A channel as the person who asks sees it."""

    last_seq: Seq
    last_message_at: Annotated[
        datetime | None, Meta(description="When the last message was written, if there is any.")
    ]
    member_count: int
    membership: OwnMembership | None


class Member(Resource, frozen=True):
    """A person in a channel."""

    channel_id: Id
    user_id: Id
    role: ChannelRole
    joined_at: datetime
    user: User


class Reaction(Resource, frozen=True):
    """An emoji under a message and who put it there."""

    emoji: str
    user_ids: list[Id]


class Thumbnail(Resource, frozen=True):
    """A smaller picture: `/files/{id}/thumbnail/{size}`."""

    size: Annotated[int, Meta(description="The square that it fits into.", examples=[360])]
    width: int
    height: int


class File(Resource, frozen=True):
    """A file that one brought in, or that hangs on a message: `/files/{id}` has its bytes."""

    id: Id
    name: str
    size: Annotated[int, Meta(description="Bytes.")]
    content_type: Annotated[str, Meta(description="By its content, whatever it is called.")]
    state: Annotated[
        FileState,
        Meta(description="Thumbnails come (`waiting`), are there (`ready`), or cannot be made."),
    ]
    is_inline: Annotated[bool, Meta(description="Whether a browser may show it in place.")]
    width: Annotated[int | None, Meta(description="Of a picture, as it is shown.")]
    height: int | None
    colour: Annotated[str, Meta(description="`#rrggbb` for the place of a picture, or empty.")]
    thumbnails: list[Thumbnail]


class ChannelFile(Resource, frozen=True):
    """A file with the message that it hangs on."""

    file: File
    message_id: Id
    channel_id: Id
    seq: Seq
    author_id: Id
    posted_at: datetime


class Upload(Resource, frozen=True):
    """A file on its way in, piece by piece. `file` is there when all of it has come."""

    id: str
    name: str
    size: int
    offset: Annotated[int, Meta(description="How many bytes have come.")]
    expires_at: datetime
    file: File | None


class CustomEmoji(Resource, frozen=True):
    """An emoji of this workspace: `/emoji/{name}/image?v={version}`, written as `:name:`."""

    name: str
    version: str
    created_by_id: Id | None
    created_at: datetime


class CustomEmojiList(Resource, frozen=True):
    results: list[CustomEmoji]


class ThreadSummary(Resource, frozen=True):
    """What a thread's root shows of its replies."""

    root_id: Id
    reply_count: int
    last_reply_seq: Seq
    last_reply_at: datetime | None
    replier_ids: Annotated[list[Id], Meta(description="Who replied last, the latest first.")]


class Quote(Resource, frozen=True):
    """The message that another one answers. Its text is asked for: not all may read it."""

    message_id: Id
    channel_id: Id
    seq: Seq
    author_id: Id


class Message(Resource, frozen=True):
    """A message. When it has been deleted, `deleted_at` is set and the text is gone."""

    id: Id
    channel_id: Id
    seq: Seq
    author_id: Id
    client_id: str
    text: str
    html: str
    thread_id: Id | None
    version: int
    created_at: datetime
    edited_at: datetime | None
    edited_by_id: Id | None
    deleted_at: datetime | None
    mention_ids: list[Id]
    broad: Annotated[Broad, Meta(description="Whether it calls everyone, or all who are here.")]
    reactions: list[Reaction]
    files: list[File]
    also_to_channel: bool
    thread: Annotated[
        ThreadSummary | None, Meta(description="Its replies, where it is a thread's root.")
    ]
    quote: Quote | None
    pinned_at: datetime | None
    pinned_by_id: Id | None
    sender_name: Annotated[str, Meta(description="Whom a bot speaks as; else empty.")]
    sender_emoji: str


class Notice(Resource, frozen=True):
    """What happened among the messages: somebody came, or the topic was set."""

    channel_id: Id
    seq: Seq
    kind: NoticeKind
    actor_id: Id | None
    subject_id: Annotated[Id | None, Meta(description="Who was added or removed.")]
    text: Annotated[str, Meta(description="The new name, topic, kind …")]
    at: datetime


class MessageVersion(Resource, frozen=True):
    """A text that a message had."""

    version: int
    text: str
    html: str
    written_at: datetime
    written_by_id: Id | None


class MessageHistory(Resource, frozen=True):
    results: Annotated[list[MessageVersion], Meta(description="The oldest first, with today's.")]


class SnippetPart(Resource, frozen=True):
    """A piece of a message's text. Text, not HTML."""

    text: str
    is_match: bool


class SearchResult(Resource, frozen=True):
    """A message that a search found. `around=<message.seq>` opens the window there."""

    message: Message
    channel_id: Id
    snippet: list[SnippetPart]


class Unread(Resource, frozen=True):
    """How much of a channel the person who asks has not read."""

    channel_id: Id
    messages: int
    mentions: int
    read_seq: Seq
    last_seq: Seq


class Presence(Resource, frozen=True):
    """Who is online. `unknown` while it cannot be asked."""

    users: dict[str, PresenceState]


class ChannelPresence(Resource, frozen=True):
    """How many people of a channel do not look offline, as it was a few seconds ago at most."""

    online: Annotated[
        Annotated[int, Meta(ge=0)] | None, Meta(description="`null` while it cannot be asked.")
    ]
    user_ids: Annotated[
        list[Id] | None,
        Meta(description="Who they are; `null` when they are over 500, or it cannot be asked."),
    ]


class Token(Resource, frozen=True):
    """A bearer token, without its secret."""

    id: Id
    name: str
    prefix: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    scopes: list[Scope]


class NewToken(Token, frozen=True):
    """A bearer token just made. The secret is shown this once."""

    token: str


class Webhook(Resource, frozen=True):
    """An address at which a program posts into a channel, without the address itself."""

    id: Id
    name: str
    channel_id: Id
    bot_id: Id
    is_locked_to_channel: bool
    created_by_id: Id | None
    created_at: datetime
    last_used_at: datetime | None


class NewWebhook(Webhook, frozen=True):
    """A webhook with its addresses, which are shown this once. `slack_url` looks as Slack's do."""

    url: str
    slack_url: str


class Ticket(Resource, frozen=True):
    """Opens one socket within `expires_in_seconds`: `/ws/?ticket=…`."""

    ticket: str
    expires_in_seconds: int


class Workspace(Resource, frozen=True):
    """The workspace, and how one can come into it without an invite."""

    name: str
    sign_up: SignUp
    email_domains: list[str]
    broad_mentions: Annotated[
        BroadMentions, Meta(description="Who may write `@channel` and `@here`. Guests never.")
    ]


class Invite(Resource, frozen=True):
    """A link that lets people in. Its secret is not kept."""

    id: Id
    note: str
    role: InviteRole
    channel_ids: list[Id]
    created_by_id: Id | None
    created_at: datetime
    expires_at: datetime | None
    max_uses: int | None
    uses: int
    revoked_at: datetime | None
    is_open: bool


class NewInvite(Invite, frozen=True):
    """An invite just made. The link and its QR code are shown this once."""

    url: str
    qr_svg: str


class ReadMarker(Resource, frozen=True):
    channel_id: Id
    read_seq: Seq


class Position(Resource, frozen=True):
    """Where a change stands in its stream."""

    seq: Seq


class ErrorBody(Resource, frozen=True):
    code: str
    detail: str
    fields: dict[str, str]
    request_id: str


class ErrorAnswer(Resource, frozen=True):
    error: ErrorBody


Row = TypeVar("Row")


class Page(Struct, Generic[Row], frozen=True, kw_only=True):
    """One page of a list. Ask again with `cursor=next_cursor` while `has_more`."""

    results: list[Row]
    next_cursor: str | None
    has_more: bool


class MessagePage(Struct, frozen=True, kw_only=True):
    """A stretch of a channel, and what else happened between these messages."""

    results: list[Message]
    notices: list[Notice]
    next_cursor: str | None
    has_more: bool


class EventPage(Struct, frozen=True, kw_only=True):
    """A stretch of an ordered log, as `sync` gives it."""

    results: list[msgspec.Raw]
    next_cursor: str | None
    has_more: bool


SHOWN_RECORDS: Final[tuple[type[Struct], ...]] = (
    MessagePage,
    ChannelFile,
    SnippetPart,
    SearchResult,
    Unread,
    Presence,
    ChannelPresence,
    Token,
    NewToken,
    Ticket,
    ReadMarker,
    Position,
    ErrorAnswer,
    Upload,
    CustomEmoji,
    CustomEmojiList,
    MessageHistory,
    Notice,
    Profile,
    Bot,
    Workspace,
    Invite,
    NewInvite,
    Webhook,
    NewWebhook,
)
"""What only REST shows, beside the records that events are made of."""
