"""What people have begun to write and not sent, on all their devices."""

import msgspec
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from chat import broadcast, groups, policies, serialize_personal
from chat.models import Draft
from protocol import personal
from protocol.events import DraftChanged
from protocol.limits import DRAFTS_MAX
from realtime import log


@transaction.atomic
def put(
    *, user_id: int, channel_id: int, thread_id: int | None, text: str, version: int = 0
) -> Draft | None:
    """Keep what somebody has begun to write; the last one wins. An empty text ends the draft.

    There are `DRAFTS_MAX` at most; then the oldest goes.

    Args:
        version: the one that this follows. The new one is higher than it and than what is stored,
            so it rises also over the end of a draft.

    Raises:
        NotFound, NotAMember, ChannelArchived, Forbidden.
    """
    user = policies.require_active(user_id=user_id)
    if not text.strip():
        _end(user, channel_id=channel_id, thread_id=thread_id)
        return None
    membership = policies.require_can_post(
        asker=user, channel_id=channel_id, is_reply=thread_id is not None
    )
    if thread_id is not None:
        policies.require_can_reply(channel_id=channel_id, root_id=thread_id)
    # Nobody else writes their drafts behind the lock of the own stream.
    place = log.take(groups.user_stream(user_id))
    row = _at(user, channel_id=channel_id, thread_id=thread_id).first()
    if row is None:
        row = Draft(user=user, channel_id=channel_id, thread_id=thread_id, version=0)
    row.text = text
    row.version = max(row.version, version) + 1
    # A draft from before the last time that one came in counts no more: see `inboxes.drafts`.
    row.updated_at = max(place.at, membership.joined_at)
    row.save()
    _announce(place, row, draft=serialize_personal.draft(row))
    _drop_oldest(user)
    return row


def _end(user: User, *, channel_id: int, thread_id: int | None) -> None:
    row = _at(user, channel_id=channel_id, thread_id=thread_id).first()
    if row is None:
        policies.require_visible(asker=user, channel_id=channel_id)
    else:
        _drop(row)


def _drop_oldest(user: User) -> None:
    rows = Draft.objects.filter(user=user).order_by("-updated_at", "-pk")
    if rows.count() > DRAFTS_MAX:
        for row in rows[DRAFTS_MAX:]:
            _drop(row)


def _drop(row: Draft) -> None:
    place = log.take(groups.user_stream(row.user_id))
    _announce(place, row, draft=None)
    row.delete()


def _announce(place: log.Place, row: Draft, *, draft: personal.Draft | None) -> None:
    # Only the newest event has a text: what was taken out of a draft is nowhere any more.
    log.redact(place.stream, subject_id=row.pk, change=_without_text)
    broadcast.announce(
        place,
        DraftChanged(
            **broadcast.envelope(place, actor_id=row.user_id),
            channel_id=str(row.channel_id),
            thread_id=None if row.thread_id is None else str(row.thread_id),
            draft=draft,
        ),
        subject_id=row.pk,
        rewrites=True,
    )


def _without_text(payload: bytes) -> bytes:
    event: dict[str, object] = msgspec.json.decode(payload)
    return msgspec.json.encode({**event, "draft": None})


def _at(user: User, *, channel_id: int, thread_id: int | None) -> QuerySet[Draft]:
    return Draft.objects.filter(user=user, channel=channel_id, thread=thread_id)
