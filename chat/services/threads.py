"""What a thread's root shows of its replies, and who follows the thread."""

from collections.abc import Iterable

from chat.models import Membership, Message, ThreadFollow
from chat.services import following
from chat.services.own_streams import Make
from protocol.limits import REPLIERS_SHOWN


def note_reply(root: Message, reply: Message, *, called: Iterable[int]) -> list[tuple[int, Make]]:
    """Count a reply at its root. Who wrote the root, replies or is called follows the thread.

    The caller holds the channel's stream, so that no other reply comes in between.

    Args:
        called: whom the reply mentions.

    Return what those are to be told who follow the thread from now on.
    """
    root.reply_count += 1
    root.last_reply_seq = reply.seq
    root.last_reply_at = reply.created_at
    others = [user_id for user_id in root.replier_ids if user_id != reply.author_id]
    root.replier_ids = [reply.author_id, *others][:REPLIERS_SHOWN]
    _save_summary(root)
    # Whoever replies has seen what is above.
    mine = ThreadFollow.objects.filter(root=root, user=reply.author_id, read_seq__lt=reply.seq)
    mine.update(read_seq=reply.seq)
    return _follow(root, reply, user_ids={root.author_id, reply.author_id, *called})


def _follow(root: Message, reply: Message, *, user_ids: set[int]) -> list[tuple[int, Make]]:
    known = ThreadFollow.objects.filter(root=root, user__in=user_ids)
    new = user_ids - set(known.values_list("user_id", flat=True))
    if not new:
        return []
    present = Membership.objects.filter(channel=root.channel_id, user__in=new)
    follows = [
        ThreadFollow(
            root=root,
            user_id=user_id,
            channel_id=root.channel_id,
            # What was said before they came is not news to them.
            read_seq=reply.seq if user_id == reply.author_id else reply.seq - 1,
        )
        for user_id in present.order_by("user_id").values_list("user_id", flat=True)
    ]
    # They may have begun to follow it themselves in this very moment.
    ThreadFollow.objects.bulk_create(follows, ignore_conflicts=True)
    return [
        (follow.user_id, following.news_of(follow, actor_id=reply.author_id)) for follow in follows
    ]


def count_again(root: Message) -> None:
    """Set right what the root shows, after a reply was deleted."""
    replies = Message.objects.filter(thread=root, deleted_at=None)
    latest = replies.order_by("-seq").first()
    root.reply_count = replies.count()
    root.last_reply_seq = latest.seq if latest else 0
    root.last_reply_at = latest.created_at if latest else None
    repliers: list[int] = []
    # The same few people write most of a thread: this ends early.
    for user_id in replies.order_by("-seq").values_list("author_id", flat=True).iterator():
        if user_id not in repliers:
            repliers.append(user_id)
        if len(repliers) == REPLIERS_SHOWN:
            break
    root.replier_ids = repliers
    _save_summary(root)


def _save_summary(root: Message) -> None:
    root.save(update_fields=["reply_count", "last_reply_seq", "last_reply_at", "replier_ids"])
