"""What people and programs ask for: the bodies of REST requests, and the words they are made of."""

from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from protocol import limits
from protocol.characters import UNSEEN, VISIBLE
from protocol.resources import (
    BroadMentions,
    ChannelRole,
    Id,
    InviteRole,
    Posting,
    Scope,
    Seq,
    SignUp,
    WorkspaceRole,
)

ClientId = Annotated[
    str,
    Meta(
        pattern=r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$(?!\n)",
        description="A UUID that the client chooses. The same again is the same message.",
        examples=["0191d7a2-6f0e-7c3b-9f53-2f6d1c5a7b10"],
    ),
]
TextOrFiles = Annotated[
    str,
    Meta(
        max_length=limits.TEXT_MAX_CHARS,
        description="Markdown. It may be empty where files hang on the message.",
        examples=["hi"],
    ),
]
ChannelName = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=limits.NAME_MAX_CHARS,
        pattern=r"^[^\s\x00-\x1f\x7f-\x9f\ufeff#@/\\:]+$(?!\n)",
        description="No spaces and none of # @ / \\ :",
        examples=["general"],
    ),
]
FileIds = Annotated[
    list[Id], Meta(max_length=limits.FILES_PER_MESSAGE, description="One's own uploads.")
]
AlsoToChannel = Annotated[
    bool, Meta(description="Show a reply in the channel, too, not only in its thread.")
]
Confirmed = Annotated[
    bool, Meta(description="Yes, so many people shall be called: see `confirmation_required`.")
]
Topic = Annotated[str, Meta(max_length=limits.TOPIC_MAX_CHARS)]
Description = Annotated[str, Meta(max_length=limits.DESCRIPTION_MAX_CHARS)]
Emoji = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=limits.EMOJI_MAX_CHARS,
        description="A Unicode emoji, a short name such as `tada`, or the name of a custom one.",
        examples=["🎉", "tada"],
    ),
]
Locale = Annotated[
    str,
    Meta(
        max_length=limits.LOCALE_MAX_CHARS,
        pattern=r"^([A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*)?$(?!\n)",
        description="A language tag. Empty: what the browser says.",
        examples=["de-AT"],
    ),
]
NewChannelKind = Literal["public", "private"]


class RequestBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Unknown fields are an error: a misspelt field must not be lost in silence."""


class NewChannel(RequestBody, frozen=True):
    name: ChannelName
    kind: NewChannelKind
    topic: Topic = ""
    description: Description = ""
    posting: Posting = "everyone"


class NewDirect(RequestBody, frozen=True):
    """The others. Nobody else: notes to oneself."""

    user_ids: Annotated[list[Id], Meta(max_length=limits.DIRECT_MAX_USERS)]


class ChannelChange(RequestBody, frozen=True):
    """Only the fields that are sent are changed."""

    name: ChannelName | msgspec.UnsetType = msgspec.UNSET
    kind: NewChannelKind | msgspec.UnsetType = msgspec.UNSET
    topic: Topic | msgspec.UnsetType = msgspec.UNSET
    description: Description | msgspec.UnsetType = msgspec.UNSET
    posting: Posting | msgspec.UnsetType = msgspec.UNSET
    is_default: bool | msgspec.UnsetType = msgspec.UNSET


class NewMember(RequestBody, frozen=True):
    user_id: Id


class MemberChange(RequestBody, frozen=True):
    role: ChannelRole


class NewMessage(RequestBody, frozen=True):
    client_id: ClientId
    text: TextOrFiles
    thread_id: Id | None = None
    file_ids: FileIds = []
    also_to_channel: AlsoToChannel = False
    quoted_id: Id | None = None
    confirmed: Confirmed = False


class MessageChange(RequestBody, frozen=True):
    text: TextOrFiles


class ReadUpTo(RequestBody, frozen=True):
    seq: Seq


TokenName = Annotated[
    str, Meta(min_length=1, max_length=limits.TOKEN_NAME_MAX_CHARS, pattern=VISIBLE)
]
Scopes = Annotated[
    list[Scope],
    Meta(
        min_length=1,
        max_length=3,
        description="`read` to look, `write` to act, `admin` to manage the workspace.",
    ),
]
DEFAULT_SCOPES: Final[tuple[Scope, ...]] = ("read", "write")
PersonName = Annotated[str, Meta(min_length=1, max_length=limits.NAME_MAX_CHARS, pattern=VISIBLE)]
Username = Annotated[str, Meta(min_length=1, max_length=limits.USERNAME_MAX_CHARS)]


class NewTokenRequest(RequestBody, frozen=True):
    name: TokenName
    expires_in_days: Annotated[int, Meta(ge=1, le=3650)] | None = 90
    scopes: Scopes = msgspec.field(default_factory=lambda: list(DEFAULT_SCOPES))


class ProfileChange(RequestBody, frozen=True):
    """Only the fields that are sent are changed."""

    username: Username | msgspec.UnsetType = msgspec.UNSET
    display_name: PersonName | msgspec.UnsetType = msgspec.UNSET
    title: Annotated[str, Meta(max_length=limits.NAME_MAX_CHARS)] | msgspec.UnsetType = (
        msgspec.UNSET
    )
    pronouns: Annotated[str, Meta(max_length=limits.PRONOUNS_MAX_CHARS)] | msgspec.UnsetType = (
        msgspec.UNSET
    )
    about: Annotated[str, Meta(max_length=limits.ABOUT_MAX_CHARS)] | msgspec.UnsetType = (
        msgspec.UNSET
    )
    time_zone: (
        Annotated[str, Meta(max_length=64, description="As IANA names it: `Europe/Berlin`.")]
        | msgspec.UnsetType
    ) = msgspec.UNSET
    locale: Locale | msgspec.UnsetType = msgspec.UNSET
    status_emoji: (
        Annotated[
            str,
            Meta(
                max_length=limits.EMOJI_MAX_CHARS,
                description="An emoji as under messages, or empty.",
                examples=["🌴"],
            ),
        ]
        | msgspec.UnsetType
    ) = msgspec.UNSET
    status_text: Annotated[str, Meta(max_length=limits.STATUS_MAX_CHARS)] | msgspec.UnsetType = (
        msgspec.UNSET
    )
    status_until: (
        Annotated[datetime, Meta(tz=True, description="In the future. Null: until it is changed.")]
        | msgspec.UnsetType
        | None
    ) = msgspec.UNSET


class UserChange(RequestBody, frozen=True):
    """Only the fields that are sent are changed."""

    role: WorkspaceRole | msgspec.UnsetType = msgspec.UNSET
    is_active: bool | msgspec.UnsetType = msgspec.UNSET


class WorkspaceChange(RequestBody, frozen=True):
    """Only the fields that are sent are changed."""

    name: PersonName | msgspec.UnsetType = msgspec.UNSET
    sign_up: SignUp | msgspec.UnsetType = msgspec.UNSET
    broad_mentions: BroadMentions | msgspec.UnsetType = msgspec.UNSET
    email_domains: (
        Annotated[
            list[Annotated[str, Meta(max_length=253)]],
            Meta(max_length=limits.EMAIL_DOMAINS_MAX),
        ]
        | msgspec.UnsetType
    ) = msgspec.UNSET


class NewInviteRequest(RequestBody, frozen=True):
    role: InviteRole = "member"
    channel_ids: Annotated[list[Id], Meta(max_length=limits.INVITE_CHANNELS_MAX)] = []
    expires_in_days: Annotated[int, Meta(ge=1, le=365)] | None = 7
    max_uses: Annotated[int, Meta(ge=1, le=100_000)] | None = None
    note: Annotated[str, Meta(max_length=limits.NAME_MAX_CHARS)] = ""


class NewBot(RequestBody, frozen=True):
    username: Username
    display_name: PersonName
    role: InviteRole = "member"


WebhookName = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=limits.NAME_MAX_CHARS,
        pattern=rf"^(?=.*{VISIBLE})[^{UNSEEN}]+$(?!\n)",
        description="What its bot is called. Visible characters only.",
        examples=["Deploys"],
    ),
]
IsLockedToChannel = Annotated[
    bool,
    Meta(description="Whether it posts in its own channel, whichever a message names."),
]


class NewWebhookRequest(RequestBody, frozen=True):
    channel_id: Id
    name: WebhookName
    is_locked_to_channel: IsLockedToChannel = True


class WebhookChange(RequestBody, frozen=True):
    """Only the fields that are sent are changed."""

    name: WebhookName | msgspec.UnsetType = msgspec.UNSET
    channel_id: Id | msgspec.UnsetType = msgspec.UNSET
    is_locked_to_channel: IsLockedToChannel | msgspec.UnsetType = msgspec.UNSET


ASKED_RECORDS: Final[tuple[type[Struct], ...]] = (
    NewChannel,
    NewDirect,
    ChannelChange,
    NewMember,
    MemberChange,
    NewMessage,
    MessageChange,
    ReadUpTo,
    NewTokenRequest,
    ProfileChange,
    UserChange,
    WorkspaceChange,
    NewInviteRequest,
    NewBot,
    NewWebhookRequest,
    WebhookChange,
)
"""What is sent to REST."""
