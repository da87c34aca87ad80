"""Conversations between a few people, and notes to oneself."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils import timezone

from chat import exceptions, groups, policies, selectors
from chat.models import Channel, Membership
from chat.services import members, memberships, own_streams
from protocol.limits import DIRECT_MAX_USERS


def open_with(*, by: int, user_ids: Iterable[int]) -> tuple[Channel, bool]:
    """Return the conversation of these people and the asker, and whether it is new.

    The same people have the same conversation for ever; without others it is for notes to oneself.
    The others see it when something is said in it.

    Raises:
        NotFound: when one of them cannot be seen or is no longer here. LimitReached, Forbidden.
    """
    people = sorted({by, *user_ids})
    if len(people) > DIRECT_MAX_USERS:
        raise exceptions.LimitReached(f"At most {DIRECT_MAX_USERS} people talk directly.")
    key = ",".join(str(user_id) for user_id in people)
    known = _find(by=by, key=key)
    if known is not None:
        return known, False
    try:
        return _begin(by=by, people=people, key=key), True
    except IntegrityError:
        # One of the others opened it in this very moment.
        known = _find(by=by, key=key)
        if known is None:
            raise
        return known, False


@transaction.atomic
def _find(*, by: int, key: str) -> Channel | None:
    policies.require_active(user_id=by)
    channel = Channel.objects.filter(people_key=key).first()
    if channel is not None:
        own_streams.tell(memberships.show_again(channel_id=channel.pk, user_id=by, actor_id=by))
    return channel


@transaction.atomic
def _begin(*, by: int, people: list[int], key: str) -> Channel:
    asker = policies.require_active(user_id=by)
    found = {
        user.pk: user
        for user in selectors.people(asker=asker).filter(pk__in=people, is_active=True)
    }
    if len(found) != len(people):
        raise exceptions.NotFound("There is no such person.")
    channel = Channel.objects.create(
        kind=Channel.Kind.DIRECT,
        name="",
        people_key=key,
        created_at=timezone.now(),
        created_by=asker,
    )
    for user_id in sorted(people, key=groups.user_stream):
        members.admit(
            channel=channel,
            user=found[user_id],
            actor_id=by,
            role=Membership.Role.MEMBER,
            is_hidden=user_id != by,
        )
    return channel
