"""Messages that people keep for later."""

from django.db import transaction

from chat import broadcast, exceptions, groups, policies
from chat.models import Message, SavedMessage
from protocol.events import SavedChanged
from realtime import log


@transaction.atomic
def save(*, user_id: int, message_id: int) -> Message:
    """Keep a message for somebody. Keeping it again changes nothing.

    Raises:
        NotFound.
    """
    user = policies.require_active(user_id=user_id)
    message = policies.require_message(asker=user, message_id=message_id)
    if message.deleted_at is not None:
        raise exceptions.NotFound
    if SavedMessage.objects.filter(user=user, message=message).exists():
        return message
    place = log.take(groups.user_stream(user_id))
    SavedMessage.objects.get_or_create(user=user, message=message, defaults={"saved_at": place.at})
    _announce(place, message=message, user_id=user_id, is_saved=True)
    return message


@transaction.atomic
def forget(*, user_id: int, message_id: int) -> Message:
    """Keep a message no longer, also one that this person may no longer read.

    Raises:
        NotFound: when they can neither read it nor have kept it.
    """
    user = policies.require_active(user_id=user_id)
    kept = SavedMessage.objects.filter(user=user, message=message_id).select_related("message")
    saved = kept.first()
    if saved is None:
        return policies.require_message(asker=user, message_id=message_id)
    place = log.take(groups.user_stream(user_id))
    kept.delete()
    _announce(place, message=saved.message, user_id=user_id, is_saved=False)
    return saved.message


def _announce(place: log.Place, *, message: Message, user_id: int, is_saved: bool) -> None:
    broadcast.announce(
        place,
        SavedChanged(
            **broadcast.envelope(place, actor_id=user_id),
            message_id=str(message.pk),
            channel_id=str(message.channel_id),
            is_saved=is_saved,
        ),
    )
