"""Rows to what the wire shows of them. Nothing else makes these records."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, get_args

from django.utils import timezone
from msgspec.structs import asdict

from accounts.models import AccessRules, Invite, Role, Token, User
from chat.models import (
    Attachment,
    Channel,
    CustomEmoji,
    Membership,
    Mention,
    Message,
    MessageVersion,
    Notice,
    Reaction,
    Workspace,
)
from chat.selectors import ChannelRow, UnreadRow
from files.models import File, Upload
from protocol import resources


def user(row: User) -> resources.User:
    # A status that has run out is none, whoever looks.
    has_status = row.status_until is None or row.status_until > timezone.now()
    return resources.User(
        id=str(row.pk),
        username=row.username,
        display_name=row.display_name,
        role=_word(row.role, resources.WorkspaceRole),
        is_bot=row.is_bot,
        is_active=row.is_active,
        title=row.title,
        time_zone=row.time_zone,
        avatar=row.avatar or None,
        status_emoji=row.status_emoji if has_status else "",
        status_text=row.status_text if has_status else "",
        status_until=row.status_until if has_status else None,
    )


def profile(row: User) -> resources.Profile:
    return resources.Profile(**asdict(user(row)), about=row.about, pronouns=row.pronouns)


def own_user(row: User) -> resources.OwnUser:
    return resources.OwnUser(
        **asdict(profile(row)),
        email=row.email,
        locale=row.locale,
        presence_choice=_word(row.presence_choice, resources.PresenceChoice),
    )


def bot(row: User) -> resources.Bot:
    return resources.Bot(**asdict(user(row)), created_by_id=_id(row.created_by_id))


def workspace(row: Workspace, rules: AccessRules) -> resources.Workspace:
    return resources.Workspace(
        name=row.name,
        sign_up=_word(rules.sign_up, resources.SignUp),
        email_domains=list(rules.email_domains),
        broad_mentions=_word(row.broad_mentions, resources.BroadMentions),
    )


def invite(row: Invite) -> resources.Invite:
    return resources.Invite(
        id=str(row.pk),
        note=row.note,
        role="guest" if row.role == Role.GUEST else "member",
        channel_ids=[str(channel.pk) for channel in row.channels.all()],
        created_by_id=_id(row.created_by_id),
        created_at=row.created_at,
        expires_at=row.expires_at,
        max_uses=row.max_uses,
        uses=row.uses,
        revoked_at=row.revoked_at,
        is_open=row.is_open,
    )


def new_invite(row: Invite, *, url: str, qr_svg: str) -> resources.NewInvite:
    return resources.NewInvite(**asdict(invite(row)), url=url, qr_svg=qr_svg)


def channel(row: Channel) -> resources.Channel:
    return resources.Channel(
        id=str(row.pk),
        name=row.name,
        kind=_word(row.kind, resources.ChannelKind),
        topic=row.topic,
        description=row.description,
        posting=_word(row.posting, resources.Posting),
        is_default=row.is_default,
        user_ids=[str(user_id) for user_id in row.person_ids],
        created_at=row.created_at,
        created_by_id=_id(row.created_by_id),
        archived_at=row.archived_at,
    )


def channel_view(row: ChannelRow) -> resources.ChannelView:
    return resources.ChannelView(
        **asdict(channel(row.channel)),
        last_seq=row.last_seq,
        last_message_at=row.last_message_at,
        member_count=row.member_count,
        membership=own_membership(row.membership) if row.membership else None,
    )


def own_membership(row: Membership) -> resources.OwnMembership:
    return resources.OwnMembership(
        role=_word(row.role, resources.ChannelRole),
        read_seq=row.read_seq,
        joined_at=row.joined_at,
        level=_word(row.level, resources.Level),
        is_muted=row.is_muted,
        is_favourite=row.is_favourite,
        is_hidden=row.is_hidden,
        section_id=_id(row.section_id),
    )


def member(row: Membership) -> resources.Member:
    return resources.Member(
        channel_id=str(row.channel_id),
        user_id=str(row.user_id),
        role=_word(row.role, resources.ChannelRole),
        joined_at=row.joined_at,
        user=user(row.user),
    )


def message(
    row: Message,
    *,
    mention_ids: Sequence[int],
    given: Iterable[Reaction] = (),
    files: Iterable[File] = (),
) -> resources.Message:
    """Return a message.

    Args:
        row: with its quoted message, where it has one.
        mention_ids: whom it calls by name or group.
        given: its reactions, the oldest first.
        files: what hangs on it, in order.
    """
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
        broad=_word(row.broad_mention, resources.Broad),
        reactions=reactions(given),
        files=[file(one) for one in files],
        also_to_channel=row.also_to_channel,
        thread=thread_summary(row) if row.reply_count else None,
        quote=_quote(row.quoted),
        pinned_at=row.pinned_at,
        pinned_by_id=_id(row.pinned_by_id),
        sender_name=row.sender_name,
        sender_emoji=row.sender_emoji,
    )


def stored_message(row: Message) -> resources.Message:
    """Return a message of `selectors.messages`, which come with all that hangs on them."""
    mention_ids = sorted(
        mention.user_id
        for mention in row.mentions.all()
        # Who waits for a word is nobody else's business.
        if mention.reason != Mention.Reason.KEYWORD
    )
    return message(
        row,
        mention_ids=mention_ids,
        given=row.reactions.all(),
        files=[] if row.deleted_at else [one.file for one in row.attachments.all()],
    )


def file(row: File) -> resources.File:
    return resources.File(
        id=str(row.pk),
        name=row.name,
        size=row.size,
        content_type=row.content_type,
        state=_word(row.state, resources.FileState),
        is_inline=row.is_inline,
        width=row.width,
        height=row.height,
        colour=row.colour,
        thumbnails=[
            resources.Thumbnail(size=one["size"], width=one["width"], height=one["height"])
            for one in row.thumbnails
        ],
    )


def channel_file(row: Attachment) -> resources.ChannelFile:
    return resources.ChannelFile(
        file=file(row.file),
        message_id=str(row.message_id),
        channel_id=str(row.message.channel_id),
        seq=row.message.seq,
        author_id=str(row.message.author_id),
        posted_at=row.message.created_at,
    )


def upload(row: Upload) -> resources.Upload:
    return resources.Upload(
        id=row.pk,
        name=row.name,
        size=row.size,
        offset=row.offset,
        expires_at=row.expires_at,
        file=None if row.file is None else file(row.file),
    )


def custom_emoji(row: CustomEmoji) -> resources.CustomEmoji:
    return resources.CustomEmoji(
        name=row.name,
        version=row.version,
        created_by_id=_id(row.created_by_id),
        created_at=row.created_at,
    )


def reactions(given: Iterable[Reaction]) -> list[resources.Reaction]:
    """Return each emoji once, in the order in which they came, with who gave it."""
    people: dict[str, list[str]] = {}
    for reaction in given:
        people.setdefault(reaction.emoji, []).append(str(reaction.user_id))
    return [
        resources.Reaction(emoji=emoji, user_ids=user_ids) for emoji, user_ids in people.items()
    ]


def thread_summary(root: Message) -> resources.ThreadSummary:
    return resources.ThreadSummary(
        root_id=str(root.pk),
        reply_count=root.reply_count,
        last_reply_seq=root.last_reply_seq,
        last_reply_at=root.last_reply_at,
        replier_ids=[str(user_id) for user_id in root.replier_ids],
    )


def history(row: Message, earlier: Sequence[MessageVersion]) -> resources.MessageHistory:
    """Return the texts that a message had, and the one that it has."""
    today = resources.MessageVersion(
        version=row.version,
        text=row.text,
        html=row.html,
        written_at=row.edited_at or row.created_at,
        written_by_id=_id(row.edited_by_id or row.author_id),
    )
    return resources.MessageHistory(results=[*(version(one) for one in earlier), today])


def version(row: MessageVersion) -> resources.MessageVersion:
    return resources.MessageVersion(
        version=row.version,
        text=row.text,
        html=row.html,
        written_at=row.written_at,
        written_by_id=_id(row.written_by_id),
    )


def notice(row: Notice) -> resources.Notice:
    return resources.Notice(
        channel_id=str(row.channel_id),
        seq=row.seq,
        kind=_word(row.kind, resources.NoticeKind),
        actor_id=_id(row.actor_id),
        subject_id=_id(row.subject_id),
        text=row.text,
        at=row.at,
    )


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
        scopes=[scope for scope in _SCOPES if scope in row.scope_set],
    )


def new_token(row: Token, secret: str) -> resources.NewToken:
    return resources.NewToken(**asdict(token(row)), token=secret)


_SCOPES: Final[tuple[resources.Scope, ...]] = ("read", "write", "admin")


def _id(value: int | None) -> str | None:
    return None if value is None else str(value)


def _quote(row: Message | None) -> resources.Quote | None:
    if row is None:
        return None
    return resources.Quote(
        message_id=str(row.pk),
        channel_id=str(row.channel_id),
        seq=row.seq,
        author_id=str(row.author_id),
    )


def _word(value: str, allowed: Any) -> Any:
    """Return the database's word as the wire's; fail when it is none."""
    if value not in get_args(allowed):
        raise ValueError(f"{value!r} is no word of the wire.")
    return value
