"""What threads are to somebody: whether they follow one, and how far they have read in it."""

from django.db import transaction

from chat import broadcast, inboxes, policies
from chat.models import ThreadFollow
from chat.services import own_streams, reading
from chat.services.own_streams import Make
from protocol.events import ThreadChanged


@transaction.atomic
def mark_read(*, user_id: int, root_id: int, seq: int) -> ThreadFollow:
    """Move somebody's marker in a thread forward, and return what the thread is to them.

    It never moves back. Who neither follows a thread nor ever did has no marker in it: nothing is
    kept then, and what is returned is not stored.

    Raises:
        NotFound, NotAMember, Invalid: for a seq that the channel has not reached.
    """
    user = policies.require_active(user_id=user_id)
    root = policies.require_thread(asker=user, root_id=root_id)
    reading.require_reached(channel_id=root.channel_id, seq=seq)
    moved = ThreadFollow.objects.filter(root=root, user=user, read_seq__lt=seq).update(read_seq=seq)
    follow = ThreadFollow.objects.filter(root=root, user=user).first()
    if follow is None:
        return ThreadFollow(root=root, user=user, channel=root.channel, is_following=False)
    if moved:
        own_streams.tell([(user_id, news_of(follow, actor_id=user_id))])
    return follow


@transaction.atomic
def set_following(*, user_id: int, root_id: int, is_following: bool) -> ThreadFollow:
    """Have somebody hear of a thread, or no more: then not even when they reply there.

    Whoever begins with a thread has seen it: what is there already counts as read.

    Raises:
        NotFound, NotAMember.
    """
    user = policies.require_active(user_id=user_id)
    root = policies.require_thread(asker=user, root_id=root_id)
    follow, is_new = ThreadFollow.objects.select_for_update(of=("self",)).get_or_create(
        root=root,
        user=user,
        defaults={
            "channel": root.channel,
            "is_following": is_following,
            "read_seq": inboxes.last_reply_seq(root_id=root.pk),
        },
    )
    if not is_new and follow.is_following == is_following:
        return follow
    follow.is_following = is_following
    follow.save(update_fields=["is_following"])
    own_streams.tell([(user_id, news_of(follow, actor_id=user_id))])
    return follow


def news_of(follow: ThreadFollow, *, actor_id: int) -> Make:
    """Return what somebody's devices are told of what a thread is to them now."""
    return lambda place: ThreadChanged(
        **broadcast.envelope(place, actor_id=actor_id),
        root_id=str(follow.root_id),
        channel_id=str(follow.channel_id),
        is_following=follow.is_following,
        read_seq=follow.read_seq,
    )
