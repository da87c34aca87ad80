"""Rows to what the wire shows of them. Nothing else makes these records."""

from collections.abc import Sequence

from msgspec.structs import asdict

from accounts.models import Token, User
from chat.models import Channel, Membership, Message
from chat.selectors import ChannelRow, UnreadRow
from protocol import resources


def user(row: User) -> resources.User:
    return resources.User(
        id=str(row.pk),
        username=row.username,
        display_name=row.display_name,
        role=_workspace_role(row.role),
        is_bot=row.is_bot,
        is_active=row.is_active,
    )


def own_user(row: User) -> resources.OwnUser:
    return resources.OwnUser(**asdict(user(row)), email=row.email)


def channel(row: Channel) -> resources.Channel:
    return resources.Channel(
        id=str(row.pk),
        name=row.name,
        kind=_kind(row.kind),
        topic=row.topic,
        description=row.description,
        created_at=row.created_at,
        created_by_id=_id(row.created_by_id),
        archived_at=row.archived_at,
    )


def channel_view(row: ChannelRow) -> resources.ChannelView:
    return resources.ChannelView(
        **asdict(channel(row.channel)),
        last_seq=row.last_seq,
        member_count=row.member_count,
        membership=own_membership(row.membership) if row.membership else None,
    )


def own_membership(row: Membership) -> resources.OwnMembership:
    return resources.OwnMembership(
        role=_channel_role(row.role), read_seq=row.read_seq, joined_at=row.joined_at
    )


def member(row: Membership) -> resources.Member:
    return resources.Member(
        channel_id=str(row.channel_id),
        user_id=str(row.user_id),
        role=_channel_role(row.role),
        joined_at=row.joined_at,
        user=user(row.user),
    )


def message(row: Message, *, mention_ids: Sequence[int]) -> resources.Message:
    return resources.Message(
        id=str(row.pk),
        channel_id=str(row.channel_id),
        seq=row.seq,
        author_id=str(row.author_id),
        client_id=str(row.client_id),
        text=row.text,
        html=row.html,
        thread_id=_id(row.thread_id),
        version=row.version,
        created_at=row.created_at,
        edited_at=row.edited_at,
        edited_by_id=_id(row.edited_by_id),
        deleted_at=row.deleted_at,
        mention_ids=[str(user_id) for user_id in mention_ids],
        reactions=[],
        files=[],
    )


def stored_message(row: Message) -> resources.Message:
    """Return a message whose mentions were fetched with it."""
    mention_ids = sorted(mention.user_id for mention in row.mentions.all())
    return message(row, mention_ids=mention_ids)


def unread(row: UnreadRow) -> resources.Unread:
    return resources.Unread(
        channel_id=str(row.channel_id),
        messages=row.messages,
        mentions=row.mentions,
        read_seq=row.read_seq,
        last_seq=row.last_seq,
    )


def token(row: Token) -> resources.Token:
    return resources.Token(
        id=str(row.pk),
        name=row.name,
        prefix=row.prefix,
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
    )


def new_token(row: Token, secret: str) -> resources.NewToken:
    return resources.NewToken(**asdict(token(row)), token=secret)


def _id(value: int | None) -> str | None:
    return None if value is None else str(value)


def _kind(value: str) -> resources.ChannelKind:
    return "private" if value == Channel.Kind.PRIVATE else "public"


def _channel_role(value: str) -> resources.ChannelRole:
    roles: dict[str, resources.ChannelRole] = {
        "owner": "owner",
        "admin": "admin",
        "member": "member",
    }
    return roles[value]


def _workspace_role(value: str) -> resources.WorkspaceRole:
    roles: dict[str, resources.WorkspaceRole] = {
        "owner": "owner",
        "admin": "admin",
        "member": "member",
        "guest": "guest",
    }
    return roles[value]
