"""Reading what belongs to one person: what calls them, what they follow, keep and prefer."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from django.db.models import (
    BooleanField,
    Case,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    When,
)

from accounts.models import User
from chat import selectors
from chat.models import (
    Draft,
    Keyword,
    Membership,
    Mention,
    Message,
    Preferences,
    SavedMessage,
    Section,
    ThreadFollow,
    UserGroup,
)
from protocol import personal
from protocol.limits import FOLLOWED_THREADS_MAX, UNREAD_THREADS_MAX


@dataclass(frozen=True, slots=True)
class ThreadUnreadRow:
    """How much of a thread a person has not read."""

    root_id: int
    channel_id: int
    replies: int
    mentions: int
    read_seq: int
    last_reply_seq: int


@dataclass(frozen=True, slots=True)
class ThreadRow:
    """A thread that a person follows, with its last replies, the oldest first."""

    root: Message
    latest: list[Message]
    unread: ThreadUnreadRow
    cursor: int


@dataclass(frozen=True, slots=True)
class CalledRow:
    """A message that calls a person."""

    message: Message
    reason: personal.CallReason
    is_unread: bool


# ── Threads ─────────────────────────────────────────────────────────────────────────────────


def last_reply_seq(*, root_id: int) -> int:
    """Return where the last reply of a thread stands; 0 when there is none."""
    replies = Message.objects.filter(thread=root_id).order_by("-seq")
    return replies.values_list("seq", flat=True).first() or 0


def thread_state(root: Message, *, asker: User) -> ThreadFollow:
    """Return what a thread is to the asker. What they never followed is not stored.

    The caller has checked that the asker may read it.
    """
    follow = ThreadFollow.objects.filter(user=asker, root=root).first()
    return follow or ThreadFollow(
        root=root, user=asker, channel_id=root.channel_id, is_following=False
    )


def following(*, asker: User) -> list[ThreadFollow]:
    """Return the threads that the asker follows, those that they came to last first.

    At most `FOLLOWED_THREADS_MAX`, in the channels that they are in.
    """
    rows = ThreadFollow.objects.filter(
        user=asker, is_following=True, channel__memberships__user=asker
    )
    return list(rows.order_by("-pk")[:FOLLOWED_THREADS_MAX])


def follows(*, asker: User) -> QuerySet[Any]:
    """Return the asker's threads in the channels that they are in, with what is unread there.

    Each row knows the id of its last reply (`latest_id`; None without replies) and of the one
    before it (`earlier_id`), and the numbers of unread `replies` and `mentions`.
    """
    replies = Message.objects.filter(thread=OuterRef("root_id"), deleted_at=None)
    newest = replies.order_by("-seq")
    mentions = (
        selectors.calls(asker=asker)
        .filter(
            channel=OuterRef("channel_id"),
            seq__gt=OuterRef("read_seq"),
            thread=OuterRef("root_id"),
            # What is in the channel, too, is counted there.
            message__also_to_channel=False,
        )
        .alias(in_muted=ExpressionWrapper(OuterRef("is_muted"), output_field=BooleanField()))
        .filter(Q(in_muted=False) | Q(reason=Mention.Reason.NAME))
    )
    mine = Membership.objects.filter(user=asker, channel=OuterRef("channel_id"))
    return (
        ThreadFollow.objects.filter(user=asker)
        .annotate(is_muted=Subquery(mine.values("is_muted")[:1]))
        .filter(is_muted__isnull=False)
        .annotate(
            latest_id=Subquery(newest.values("pk")[:1]),
            latest_seq=Subquery(newest.values("seq")[:1]),
            earlier_id=Subquery(newest.values("pk")[1:2]),
            replies=Case(
                When(
                    is_following=True,
                    then=selectors.count_of(
                        replies.filter(seq__gt=OuterRef("read_seq")).exclude(author=asker)
                    ),
                ),
                default=0,
            ),
            mentions=selectors.count_of(mentions),
        )
    )


def unread_follows(*, asker: User) -> QuerySet[Any]:
    """Return those of the asker's threads where something is unread."""
    return follows(asker=asker).filter(Q(replies__gt=0) | Q(mentions__gt=0))


def marker_of_follow(*, asker: User) -> QuerySet[Any, Any]:
    """Return how far the asker has read the channel of a thread, for a subquery."""
    return Membership.objects.filter(user=asker, channel=OuterRef("channel_id")).values("read_seq")


def unread_threads(*, asker: User) -> tuple[list[ThreadUnreadRow], bool]:
    """Return the threads where something is unread, the latest first, and whether there are more.

    At most `UNREAD_THREADS_MAX`; one query.
    """
    rows = list(unread_follows(asker=asker).order_by("-latest_id")[: UNREAD_THREADS_MAX + 1])
    return [_thread_unread(row) for row in rows[:UNREAD_THREADS_MAX]], len(
        rows
    ) > UNREAD_THREADS_MAX


def followed_threads(
    *, asker: User, before: int | None, limit: int, only_unread: bool
) -> tuple[list[ThreadRow], bool]:
    """Return the asker's followed threads, the latest reply first, and whether there are more.

    Args:
        before: the `cursor` of the last one seen.
    """
    rows = unread_follows(asker=asker) if only_unread else follows(asker=asker)
    rows = rows.filter(is_following=True, latest_id__isnull=False)
    if before is not None:
        rows = rows.filter(latest_id__lt=before)
    found: list[Any] = list(rows.order_by("-latest_id")[: limit + 1])
    shown = found[:limit]
    reply_ids = [[row.earlier_id, row.latest_id] for row in shown]
    messages = _messages({row.root_id for row in shown}.union(*reply_ids) - {None})
    return [
        ThreadRow(
            root=messages[row.root_id],
            latest=[messages[pk] for pk in pair if pk is not None],
            unread=_thread_unread(row),
            cursor=row.latest_id,
        )
        for row, pair in zip(shown, reply_ids, strict=True)
    ], len(found) > limit


def _thread_unread(row: Any) -> ThreadUnreadRow:
    return ThreadUnreadRow(
        root_id=row.root_id,
        channel_id=row.channel_id,
        replies=row.replies,
        mentions=row.mentions,
        read_seq=row.read_seq,
        last_reply_seq=row.latest_seq or 0,
    )


# ── What calls somebody ─────────────────────────────────────────────────────────────────────


def called(*, asker: User, before: int | None, limit: int) -> tuple[list[CalledRow], bool]:
    """Return the messages that call the asker, the newest first, and whether there are more.

    By name, group or keyword in channels that they may still read; with `@channel` and `@here` in
    those that they are in, since they came. As many queries for a hundred as for one.

    Args:
        before: the id of the last message seen.
    """
    mentions = selectors.calls(asker=asker).filter(
        message__deleted_at=None,
        channel__in=selectors.visible_channels(asker=asker).values("pk"),
    )
    broad = selectors.broad_calls(asker=asker).filter(
        channel__memberships__user=asker,
        created_at__gte=F("channel__memberships__joined_at"),
    )
    if before is not None:
        mentions = mentions.filter(message__lt=before)
        broad = broad.filter(pk__lt=before)
    reasons: dict[int, Any] = dict(
        mentions.order_by("-message_id").values_list("message_id", "reason")[: limit + 1]
    )
    reasons |= dict(broad.order_by("-pk").values_list("pk", "broad_mention")[: limit + 1])
    newest = sorted(reasons, reverse=True)
    messages = _messages(newest[:limit])
    is_unread = _unread_test(messages.values(), asker=asker)
    return [
        CalledRow(message=messages[pk], reason=reasons[pk], is_unread=is_unread[pk])
        for pk in newest[:limit]
    ], len(newest) > limit


def _unread_test(messages: Iterable[Message], *, asker: User) -> dict[int, bool]:
    """Return message id → whether it is beyond the marker that counts for it."""
    rows = list(messages)
    in_channel = dict(
        Membership.objects.filter(
            user=asker, channel__in={row.channel_id for row in rows}
        ).values_list("channel_id", "read_seq")
    )
    in_thread = dict(
        ThreadFollow.objects.filter(
            user=asker, root__in={row.thread_id for row in rows if row.thread_id is not None}
        ).values_list("root_id", "read_seq")
    )
    unread = {}
    for row in rows:
        marker = in_channel.get(row.channel_id, row.seq)
        if row.thread_id in in_thread and not (row.also_to_channel or row.broad_mention):
            marker = in_thread[row.thread_id]
        unread[row.pk] = row.seq > marker
    return unread


# ── What somebody keeps ─────────────────────────────────────────────────────────────────────


def saved(*, asker: User) -> QuerySet[SavedMessage]:
    """Return what the asker has kept and may still read."""
    return SavedMessage.objects.filter(
        user=asker,
        message__deleted_at=None,
        message__channel__in=selectors.visible_channels(asker=asker).values("pk"),
    ).prefetch_related(Prefetch("message", queryset=selectors.with_all(Message.objects.all())))


def drafts(*, asker: User) -> QuerySet[Draft]:
    """Return the asker's drafts in the channels that they are in.

    Whoever leaves a channel gives up what they had begun there: when they come back it stays gone.
    """
    return Draft.objects.filter(
        user=asker,
        channel__memberships__user=asker,
        updated_at__gte=F("channel__memberships__joined_at"),
    )


def sections(*, asker: User) -> QuerySet[Section]:
    """Return the headings of the asker's sidebar, in order."""
    return Section.objects.filter(user=asker).order_by("position", "pk")


# ── How somebody wants it ───────────────────────────────────────────────────────────────────


def preferences(*, asker: User) -> personal.Preferences:
    """Return how the asker wants it. Two queries."""
    keywords = Keyword.objects.filter(user=asker).values_list("phrase", flat=True)
    return msgspec.structs.replace(wishes([asker.pk])[asker.pk], keywords=sorted(keywords))


def wishes(user_ids: Collection[int]) -> dict[int, personal.Preferences]:
    """Return how these people want it, without their keywords. One query."""
    stored = dict(Preferences.objects.filter(user__in=user_ids).values_list("user_id", "values"))
    return {user_id: _read(stored.get(user_id, {})) for user_id in user_ids}


def _read(values: Mapping[str, object]) -> personal.Preferences:
    try:
        return msgspec.convert(values, personal.Preferences)
    except msgspec.ValidationError:
        return msgspec.convert(
            {name: value for name, value in values.items() if _is_sound(name, value)},
            personal.Preferences,
        )


def _is_sound(name: str, value: object) -> bool:
    # What another version wrote and this one does not know is as it is for who never said it.
    try:
        msgspec.convert({name: value}, personal.Preferences)
    except msgspec.ValidationError:
        return False
    return True


# ── Groups of people ────────────────────────────────────────────────────────────────────────


def user_groups(*, asker: User) -> QuerySet[UserGroup]:
    """Return the groups, each with those people in it whom the asker can see: `seen`.

    Guests see only the groups in which they can see somebody.
    """
    visible = selectors.people(asker=asker).filter(is_active=True)
    rows = UserGroup.objects.all()
    if not selectors.sees_everyone(asker=asker):
        rows = rows.filter(
            Exists(
                UserGroup.members.through.objects.filter(
                    usergroup=OuterRef("pk"), user__in=visible.values("pk")
                )
            )
        )
    return rows.prefetch_related(
        Prefetch("members", queryset=visible.order_by("pk"), to_attr="seen")
    )


def seen(group: UserGroup) -> list[User]:
    """Return who is in a group of `user_groups`, as far as its asker sees them."""
    found: list[User] = group.seen  # type: ignore[attr-defined]  # prefetched
    return found


def _messages(ids: Iterable[int]) -> dict[int, Message]:
    rows = selectors.with_all(Message.objects.filter(pk__in=list(ids)))
    return {row.pk: row for row in rows}
