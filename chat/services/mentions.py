"""Writing down whom a message calls, and telling them."""

from collections.abc import Iterable
from dataclasses import dataclass

from chat import broadcast
from chat.models import Membership, Mention, Message
from chat.services.own_streams import Make
from protocol.events import MentionCreated
from protocol.resources import MentionReason
from realtime.log import Place


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody whom a message calls."""

    user_id: int
    reason: MentionReason
    notify: bool


def recipients(
    message: Message, *, named: Iterable[int], grouped: Iterable[int]
) -> list[Recipient]:
    """Return whom a message calls of those who are in its channel. Nobody calls themselves."""
    reasons: dict[int, MentionReason] = dict.fromkeys(grouped, "group")
    reasons |= dict.fromkeys(named, "name")
    reasons.pop(message.author_id, None)
    if not reasons:
        return []
    present = Membership.objects.filter(channel=message.channel_id, user__in=reasons)
    return [
        Recipient(user_id=user_id, reason=reasons[user_id], notify=True)
        for user_id in present.order_by("user_id").values_list("user_id", flat=True)
    ]


def write(message: Message, called: Iterable[Recipient]) -> list[tuple[int, Make]]:
    """Write the mentions of a message. Return what each of them is to be told."""
    called = list(called)
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
