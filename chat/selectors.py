"""Reading. Every function takes the person who asks, and returns only what they may see."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.db.models import (
    BooleanField,
    CharField,
    Count,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Concat

from accounts.models import Invite, Role, User
from chat import groups
from chat.models import (
    Attachment,
    Channel,
    Membership,
    Mention,
    Message,
    Notice,
    Reaction,
    ThreadFollow,
)
from files import kinds
from files.models import File
from realtime import log
from realtime.models import Stream

NOTICES_MAX: Final = 200
"""Notices in one page. Thousands can come into a channel between two messages."""


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """A channel with what it is to the person who asked."""

    channel: Channel
    last_seq: int
    last_message_at: datetime | None
    member_count: int
    membership: Membership | None


@dataclass(frozen=True, slots=True)
class UnreadRow:
    """How much of a channel a person has not read."""

    channel_id: int
    messages: int
    mentions: int
    read_seq: int
    last_seq: int


@dataclass(frozen=True, slots=True)
class MessageWindow:
    """Some messages in order, and where to go on asking; None when there is nothing more."""

    messages: list[Message]
    next_seq: int | None
    notices: list[Notice]


def people(*, asker: User) -> QuerySet[User]:
    """Return the people whom the asker can see: guests see only those in their channels."""
    if asker.role != Role.GUEST:
        return User.objects.filter(is_pending=False)
    return User.objects.filter(
        Q(pk=asker.pk) | Q(memberships__channel__memberships__user=asker)
    ).distinct()


def member_ids(*, channel_id: int) -> list[int]:
    """Return who is in a channel. The caller has found out that the asker may know."""
    return list(Membership.objects.filter(channel=channel_id).values_list("user_id", flat=True))


def those_near(*, asker_id: int, user_ids: Collection[int]) -> set[int]:
    """Return who of these people shares a channel or a direct conversation with the asker.

    They alone may know of each other's presence. It is as true the other way round. One query,
    which looks for each of them until it finds one channel.
    """
    mine = Membership.objects.filter(user=asker_id).values("channel")
    shared = Membership.objects.filter(user=OuterRef("pk"), channel__in=mine)
    rows = User.objects.filter(Q(pk=asker_id) | Exists(shared), pk__in=user_ids, is_pending=False)
    return set(rows.values_list("pk", flat=True))


def bots() -> QuerySet[User]:
    """Return the bots. The caller has checked that the asker may manage them."""
    return User.objects.filter(is_bot=True)


def invites(*, asker: User) -> QuerySet[Invite]:
    """Return the invites, each with those of its channels that the asker may know of.

    The caller has checked that the asker may manage them.
    """
    return Invite.objects.prefetch_related(
        Prefetch("channels", queryset=visible_channels(asker=asker))
    )


def visible_channels(*, asker: User) -> QuerySet[Channel]:
    """Return the channels whose existence the asker may know."""
    # Not by a join: it would go through the members of all public channels.
    mine = Q(pk__in=Membership.objects.filter(user=asker).values("channel"))
    if asker.role == Role.GUEST:
        return Channel.objects.filter(mine)
    return Channel.objects.filter(mine | Q(kind=Channel.Kind.PUBLIC))


def named(channels: QuerySet[Channel], names: Iterable[str]) -> dict[str, int]:
    """Return casefolded name → id of those channels that have one of the names, in any case.

    By Python's idea of the same letter: the databases have two, and one of them knows no umlauts.
    """
    wanted = {name.casefold() for name in names}
    rows = channels.exclude(name="").values_list("name", "pk").order_by("-pk")
    return {name.casefold(): pk for name, pk in rows.iterator() if name.casefold() in wanted}


def channels_to_invite_to(*, asker: User) -> QuerySet[Channel]:
    """Return the channels into which an invite of the asker can lead.

    One that they cannot see is one that does not exist, and a direct conversation stays with its
    people.
    """
    return visible_channels(asker=asker).filter(
        archived_at=None, kind__in=[Channel.Kind.PUBLIC, Channel.Kind.PRIVATE]
    )


def my_channels(*, asker: User) -> QuerySet[Channel]:
    """Return the channels that the asker is in."""
    return Channel.objects.filter(memberships__user=asker)


def joinable_channels(*, asker: User) -> QuerySet[Channel]:
    """Return the channels that the asker could join."""
    if asker.role == Role.GUEST:
        return Channel.objects.none()
    return Channel.objects.filter(kind=Channel.Kind.PUBLIC, archived_at=None).exclude(
        memberships__user=asker
    )


def archived_channels(*, asker: User) -> QuerySet[Channel]:
    """Return the channels that the asker can look at and in which nobody writes any more."""
    return visible_channels(asker=asker).exclude(archived_at=None)


_HEARD: Final = """
SELECT asker.id, NULL, COALESCE(stream.last_seq, 0)
FROM accounts_user asker
LEFT JOIN realtime_stream stream ON stream.name = '{own}' || CAST(asker.id AS varchar(20))
WHERE asker.id IN ({askers})
UNION ALL
SELECT membership.user_id, membership.channel_id, COALESCE(stream.last_seq, 0)
FROM chat_membership membership
LEFT JOIN realtime_stream stream
    ON stream.name = '{channel}' || CAST(membership.channel_id AS varchar(20))
WHERE membership.user_id IN ({askers})
"""


@dataclass(slots=True)
class Heard:
    """The head of somebody's own stream, and of each channel stream that they hear."""

    own_head: int = 0
    channels: dict[str, int] = field(default_factory=dict)


def heard_by_all(asker_ids: Sequence[int]) -> list[Heard]:
    """Return what each of these people hears.

    All of it is of one moment: a single statement is a snapshot, on every database. Else somebody
    who is taken out or comes back meanwhile could be told too much, or nothing any more.
    """
    found = {asker_id: Heard() for asker_id in asker_ids}
    statement = _HEARD.format(
        own=groups.USER_PREFIX,
        channel=groups.CHANNEL_PREFIX,
        askers=", ".join(["%s"] * len(found)),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*found, *found])
        for asker_id, channel_id, head in cursor.fetchall():
            if channel_id is None:
                found[asker_id].own_head = head
            else:
                found[asker_id].channels[groups.channel_stream(channel_id)] = head
    # Whoever has two sockets has two of them: each begins to hear by itself.
    return [Heard(found[one].own_head, dict(found[one].channels)) for one in asker_ids]


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody who wants to say something in a channel.

    Attributes:
        author: with what decides on rights; the rest of the row is read when it is asked for.
        membership: with its channel, likewise; None when they are not in it, or it is archived.
        has_said_it: whether a message of theirs has this client id already.
    """

    author: User
    membership: Membership | None
    has_said_it: bool


_SPEAKERS: Final = """
WITH wanted (place, author_id, channel_id, client_id) AS (VALUES {wanted})
SELECT wanted.place, {author}, {membership}, {channel}, said.id
FROM wanted
JOIN accounts_user author ON author.id = wanted.author_id AND author.is_active
LEFT JOIN chat_membership membership
    ON membership.user_id = wanted.author_id AND membership.channel_id = wanted.channel_id
LEFT JOIN chat_channel channel
    ON channel.id = membership.channel_id AND channel.archived_at IS NULL
LEFT JOIN chat_message said
    ON said.author_id = wanted.author_id AND said.client_id = wanted.client_id
"""
_OF_AUTHOR: Final = ("id", "username", "role", "is_bot")
_OF_MEMBERSHIP: Final = ("id", "channel_id", "user_id", "role", "is_muted", "level")
_OF_CHANNEL: Final = ("id", "name", "kind", "posting", "people_key")


def speakers(wanted: Sequence[tuple[int, int, uuid.UUID]]) -> list[Speaker | None]:
    """Return who they are that want to say something; None for who is not active.

    One query, written by hand: this is asked at every post.

    Args:
        wanted: user id, channel id, client id of each.
    """
    client_id = Message._meta.get_field("client_id")  # noqa: SLF001 - Django's public way
    values: list[Any] = []
    for place, (author, channel, said) in enumerate(wanted):
        values += [place, author, channel, client_id.get_db_prep_value(said, connection)]
    statement = _SPEAKERS.format(
        wanted=", ".join(["(%s, %s, %s, %s)"] * len(wanted)),
        author=_columns("author", _OF_AUTHOR),
        membership=_columns("membership", _OF_MEMBERSHIP),
        channel=_columns("channel", _OF_CHANNEL),
    )
    found: list[Speaker | None] = [None] * len(wanted)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        for place, *row in cursor.fetchall():
            found[place] = _speaker(row)
    return found


def _columns(table: str, names: Iterable[str]) -> str:
    return ", ".join(f"{table}.{name}" for name in names)


def _speaker(row: Sequence[Any]) -> Speaker:
    first, second = len(_OF_AUTHOR), len(_OF_AUTHOR) + len(_OF_MEMBERSHIP)
    author = User.from_db(connection.alias, _OF_AUTHOR, row[:first])
    membership = None
    if row[second] is not None:
        membership = Membership.from_db(connection.alias, _OF_MEMBERSHIP, row[first:second])
        membership.user = author
        membership.channel = Channel.from_db(connection.alias, _OF_CHANNEL, row[second:-1])
    return Speaker(author=author, membership=membership, has_said_it=row[-1] is not None)


def channel_rows(
    channels: Sequence[Channel], *, asker: User, heads: Mapping[int, int] | None = None
) -> list[ChannelRow]:
    """Return the channels with their heads, their sizes and what they are to the asker.

    Four queries at most, however many channels.

    Args:
        heads: channel id → last seq, where the caller knows it already.
    """
    ids = [channel.pk for channel in channels]
    if heads is None:
        by_stream = log.heads(groups.channel_stream(pk) for pk in ids)
        heads = {pk: by_stream[groups.channel_stream(pk)] for pk in ids}
    sizes = dict(
        Membership.objects.filter(channel__in=ids)
        .values_list("channel_id")
        .annotate(Count("id"))
        .order_by()
    )
    mine = {
        membership.channel_id: membership
        for membership in Membership.objects.filter(user=asker, channel__in=ids)
    }
    written_at = last_message_times(ids)
    return [
        ChannelRow(
            channel=channel,
            last_seq=heads.get(channel.pk, 0),
            last_message_at=written_at.get(channel.pk),
            member_count=sizes.get(channel.pk, 0),
            membership=mine.get(channel.pk),
        )
        for channel in channels
    ]


def last_message_times(channel_ids: Iterable[int]) -> dict[int, datetime | None]:
    """Return when the last message of each channel was written. One query."""
    newest = Message.objects.filter(channel=OuterRef("pk")).order_by("-seq").values("created_at")
    rows = Channel.objects.filter(pk__in=channel_ids).annotate(written_at=Subquery(newest[:1]))
    return dict(rows.values_list("pk", "written_at"))


def members(*, channel_id: int) -> QuerySet[Membership]:
    """Return who is in a channel. The caller has checked that the asker may see it."""
    return Membership.objects.filter(channel=channel_id).select_related("user")


def messages(*, channel_id: int) -> QuerySet[Message]:
    """Return what was said in a channel. The caller has checked that the asker may read it."""
    return with_all(Message.objects.filter(channel=channel_id))


def with_all(rows: QuerySet[Message]) -> QuerySet[Message]:
    """Return the messages with all that hangs on them: four queries, however many they are."""
    return rows.select_related("quoted").prefetch_related(
        Prefetch("mentions", queryset=Mention.objects.only("message_id", "user_id", "reason")),
        Prefetch("reactions", queryset=Reaction.objects.order_by("pk")),
        Prefetch(
            "attachments",
            queryset=Attachment.objects.select_related("file").order_by("position"),
        ),
    )


def message_window(
    *,
    channel_id: int,
    before: int | None,
    after: int | None,
    around: int | None,
    limit: int,
    without_replies: bool = False,
) -> MessageWindow:
    """Return messages by seq, ascending: before, after or around one, else the newest.

    The caller has checked that the asker may read the channel.

    Args:
        without_replies: leave out what stands in threads alone.
    """
    rows = messages(channel_id=channel_id)
    if without_replies:
        rows = rows.filter(Q(thread=None) | Q(also_to_channel=True))
    if after is not None:
        forward = list(rows.filter(seq__gt=after).order_by("seq")[: limit + 1])
        found = forward[:limit]
        next_seq = found[-1].seq if len(forward) > limit else None
        # What stands behind the last message of all belongs to this page, too.
        between = notices(channel_id=channel_id, first_seq=after + 1, last_seq=next_seq)
        return MessageWindow(found, next_seq, list(between[:NOTICES_MAX]))
    newer: list[Message] = []
    end = None if before is None else before - 1
    if around is not None:
        newer = list(rows.filter(seq__gte=around).order_by("seq")[: limit // 2 + 1])
        end = newer[-1].seq if len(newer) > limit // 2 else None
        limit, before = limit - len(newer), around
    if before is not None:
        rows = rows.filter(seq__lt=before)
    backward = list(rows.order_by("-seq")[: limit + 1])
    found = [*reversed(backward[:limit]), *newer]
    next_seq = found[0].seq if len(backward) > limit and found else None
    between = notices(channel_id=channel_id, first_seq=next_seq or 0, last_seq=end)
    # Of too many, those at the end: a page is read from there.
    latest = sorted(between.reverse()[:NOTICES_MAX], key=lambda notice: (notice.seq, notice.pk))
    return MessageWindow(found, next_seq, latest)


def seq_at(*, channel_id: int, moment: datetime) -> int | None:
    """Return the place of the first message at or after a moment, or None after the last one."""
    later = Message.objects.filter(channel=channel_id, created_at__gte=moment)
    return later.order_by("created_at").values_list("seq", flat=True).first()


def replies(*, root_id: int) -> QuerySet[Message]:
    """Return the replies to a message. The caller has checked that the asker may read it."""
    return with_all(Message.objects.filter(thread=root_id))


def replies_back(
    *, root_id: int, before: int | None, around: int | None, limit: int
) -> tuple[list[Message], int | None]:
    """Return replies by seq, ascending, before or around a place, and before what to go on."""
    rows = replies(root_id=root_id)
    newer: list[Message] = []
    if around is not None:
        newer = list(rows.filter(seq__gte=around).order_by("seq")[: limit // 2 + 1])
        limit, before = limit - len(newer), around
    backward = list(rows.filter(seq__lt=before).order_by("-seq")[: limit + 1])
    found = [*reversed(backward[:limit]), *newer]
    return found, found[0].seq if len(backward) > limit and found else None


def attachments(*, channel_id: int, kind: str | None) -> QuerySet[Attachment]:
    """Return what hangs on a channel's messages, perhaps of one kind only.

    The caller has checked that the asker may read the channel.
    """
    rows = Attachment.objects.filter(
        message__channel=channel_id, message__deleted_at=None, file__released_at=None
    ).select_related("message", "file")
    if kind is None:
        return rows
    pictures = Q(file__content_type__in=kinds.PICTURES)
    videos = Q(file__content_type__startswith="video/")
    sounds = Q(file__content_type__startswith="audio/")
    wanted = {
        "picture": pictures,
        "video": videos,
        "audio": sounds,
        "other": ~(pictures | videos | sounds),
    }
    return rows.filter(wanted[kind])


def pinned(*, channel_id: int) -> QuerySet[Message]:
    """Return a channel's pins, the latest first. There are `PINS_MAX` at most."""
    return messages(channel_id=channel_id).filter(pinned_at__isnull=False).order_by("-pinned_at")


def notices(*, channel_id: int, first_seq: int, last_seq: int | None) -> QuerySet[Notice]:
    """Return what else happened in a stretch of a channel, in its order."""
    rows = Notice.objects.filter(channel=channel_id, seq__gte=first_seq)
    if last_seq is not None:
        rows = rows.filter(seq__lte=last_seq)
    return rows.order_by("seq", "pk")


def visible_message(*, asker: User, message_id: int) -> Message | None:
    """Return a message in a channel that the asker may read, or None."""
    return (
        Message.objects.filter(pk=message_id, channel__in=visible_channels(asker=asker))
        .select_related("channel")
        .first()
    )


def visible_files(*, asker: User) -> QuerySet[File]:
    """Return the files that the asker may read.

    One's own as long as they hang nowhere; then whoever may read the message may read its files.
    """
    own = Q(owner=asker, attached_at=None)
    shown = Q(
        attachment__message__channel__in=visible_channels(asker=asker),
        attachment__message__deleted_at=None,
    )
    return File.objects.filter(own | shown, released_at=None)


def unread(*, asker: User) -> list[UnreadRow]:
    """Return how much the asker has not read, for each of their channels.

    One's own messages and deleted ones do not count, nor replies that stay in their threads. What
    calls somebody counts as a mention, once; in a muted channel only by name. A mention in a
    thread that one follows, or did, is not counted here but with the thread
    (`inboxes.unread_threads`).

    It is one statement, so the counts and the heads are of the same instant: what comes after a
    head was not counted.
    """
    messages = (
        Message.objects.filter(
            channel=OuterRef("channel_id"), seq__gt=OuterRef("read_seq"), deleted_at=None
        )
        .filter(Q(thread=None) | Q(also_to_channel=True))
        .exclude(author=asker)
    )
    has_marker = Exists(ThreadFollow.objects.filter(root=OuterRef("thread_id"), user=asker))
    mentions = (
        calls(asker=asker)
        .filter(channel=OuterRef("channel_id"), seq__gt=OuterRef("read_seq"))
        .filter(Q(thread=None) | Q(message__also_to_channel=True) | ~has_marker)
        .alias(in_muted=_outer_is_muted())
        .filter(Q(in_muted=False) | Q(reason=Mention.Reason.NAME))
    )
    broad = (
        broad_calls(asker=asker)
        .filter(channel=OuterRef("channel_id"), seq__gt=OuterRef("read_seq"))
        .alias(in_muted=_outer_is_muted())
        .filter(in_muted=False)
    )
    mine = with_head(Membership.objects.filter(user=asker)).annotate(
        message_count=count_of(messages),
        mention_count=count_of(mentions),
        broad_count=count_of(broad),
    )
    return [
        UnreadRow(
            channel_id=row.channel_id,
            messages=row.message_count,
            mentions=row.mention_count + row.broad_count,
            read_seq=row.read_seq,
            last_seq=row.head,
        )
        for row in mine.order_by("channel_id")
    ]


def calls(*, asker: User) -> QuerySet[Mention]:
    """Return what calls the asker in particular. Nobody calls themselves."""
    return Mention.objects.filter(user=asker).exclude(message__author=asker)


def broad_calls(*, asker: User) -> QuerySet[Message]:
    """Return what others said to everyone, where it does not call the asker in particular, too."""
    in_particular = Mention.objects.filter(message=OuterRef("pk"), user=asker)
    return (
        Message.objects.exclude(broad_mention=Message.Broad.NONE)
        .exclude(author=asker)
        .filter(~Exists(in_particular))
    )


def with_head(memberships: QuerySet[Membership]) -> QuerySet[Any]:
    """Return the memberships, each with the `head` of its channel's stream."""
    name = Concat(Value(groups.CHANNEL_PREFIX), Cast(OuterRef("channel_id"), CharField()))
    heads = Stream.objects.filter(name=name).values("last_seq")
    return memberships.annotate(head=Coalesce(Subquery(heads[:1]), 0))


def count_of(rows: QuerySet[Message] | QuerySet[Mention]) -> Coalesce:
    """Return the number of rows of a subquery, as an expression."""
    everything = rows.order_by().annotate(everything=Value(1)).values("everything")
    return Coalesce(Subquery(everything.annotate(count=Count("id")).values("count")), 0)


def sees_everyone(*, asker: User) -> bool:
    """Return whether the asker can see all people of the workspace."""
    return asker.role != Role.GUEST


def _outer_is_muted() -> Combinable:
    return ExpressionWrapper(OuterRef("is_muted"), output_field=BooleanField())
