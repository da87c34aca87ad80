"""Writing down whom a message calls, and telling them."""

from collections.abc import Iterable

from chat import broadcast
from chat.models import Mention, Message
from chat.services.notifications import Recipient
from chat.services.own_streams import Make
from protocol.events import MentionCreated
from realtime.log import Place


def rewrite(message: Message, called: Iterable[Recipient]) -> list[tuple[int, Make]]:
    """Write the mentions of an edited message. Return what those are to be told who are new."""
    by_user = {one.user_id: one for one in called}
    message.mentions.exclude(user__in=by_user).delete()
    known = dict(message.mentions.values_list("user_id", "reason"))
    for reason in Mention.Reason.values:
        # Whoever waited for a word may be named now.
        changed = [
            one.user_id
            for one in by_user.values()
            if one.reason == reason and known.get(one.user_id, reason) != reason
        ]
        if changed:
            message.mentions.filter(user__in=changed).update(reason=reason)
    return write(message, [one for one in by_user.values() if one.user_id not in known])


def write(message: Message, called: Iterable[Recipient]) -> list[tuple[int, Make]]:
    """Write the mentions of a message. Return what each of them is to be told."""
    called = list(called)
    if not called:
        return []
    Mention.objects.bulk_create(
        Mention(
            message=message,
            user_id=one.user_id,
            channel_id=message.channel_id,
            seq=message.seq,
            thread_id=message.thread_id,
            reason=one.reason,
        )
        for one in called
    )
    return [(one.user_id, _news(message, one)) for one in called]


def _news(message: Message, one: Recipient) -> Make:
    def make(place: Place) -> MentionCreated:
        return MentionCreated(
            **broadcast.envelope(place, actor_id=message.author_id),
            channel_id=str(message.channel_id),
            message_id=str(message.pk),
            message_seq=message.seq,
            thread_id=None if message.thread_id is None else str(message.thread_id),
            reason=one.reason,
            notify=one.notify,
        )

    return make
