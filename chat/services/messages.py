"""Saying, changing and taking back."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from django.db import IntegrityError, transaction

from accounts.models import User
from chat import broadcast, exceptions, groups, markdown, policies, selectors, serialize
from chat.models import Membership, Mention, Message
from protocol import codec
from protocol.events import MentionCreated, MessageDeleted, MessageEdited, MessagePosted
from protocol.limits import MENTIONS_MAX
from realtime import log


@dataclass(frozen=True, slots=True)
class Answer:
    """Where an act on a message stands in the channel's log."""

    message: Message
    seq: int
    is_new: bool


def post(
    *,
    author_id: int,
    channel_id: int,
    client_id: uuid.UUID,
    text: str,
    thread_id: int | None = None,
    file_ids: Sequence[int] = (),
    at: datetime | None = None,
) -> Answer:
    """Say something in a channel.

    The same `client_id` again is the same message again: nothing happens, the answer is the same.

    Args:
        at: when it was said, for messages that come from elsewhere.

    Raises:
        NotFound, NotAMember, ChannelArchived, ClientIdReused, Forbidden.
    """
    if file_ids:
        raise exceptions.NotFound("There is no such file.")
    sent_before = _sent_before(author_id=author_id, channel_id=channel_id, client_id=client_id)
    if sent_before is not None:
        return sent_before
    try:
        return _post(
            author_id=author_id,
            channel_id=channel_id,
            client_id=client_id,
            text=text,
            thread_id=thread_id,
            at=at,
        )
    except IntegrityError:
        # Another connection sent the same message in this very moment, and was first.
        sent_before = _sent_before(author_id=author_id, channel_id=channel_id, client_id=client_id)
        if sent_before is None:
            raise
        return sent_before


@transaction.atomic
def edit(*, by: int, message_id: int, text: str, at: datetime | None = None) -> Answer:
    """Give a message another text.

    Args:
        at: when, for changes that come from elsewhere.

    Raises:
        NotFound, NotAMember, ChannelArchived, Forbidden.
    """
    asker = policies.require_active(user_id=by)
    channel_id = policies.require_message(asker=asker, message_id=message_id).channel_id
    place = log.take(groups.channel_stream(channel_id), at=at)
    # Read again: only what is read behind the lock of the stream is still true.
    message = policies.require_message(asker=asker, message_id=message_id)
    policies.require_can_edit(asker=asker, message=message)
    parsed = markdown.parse(text)
    mentioned = _people_in(parsed, asker=asker)
    message.text = text
    message.html = markdown.render(parsed, names=_names(mentioned))
    message.html_version = markdown.VERSION
    message.version += 1
    message.edited_at = place.at
    message.edited_by = asker
    message.save()
    known = set(message.mentions.values_list("user_id", flat=True))
    members = _members_among(channel_id, (user.pk for user in mentioned))
    message.mentions.exclude(user__in=members).delete()
    broadcast.announce(
        place,
        MessageEdited(
            **broadcast.envelope(place, actor_id=by),
            channel_id=str(channel_id),
            message=serialize.message(message, mention_ids=members),
        ),
        subject_id=message.pk,
    )
    _mention(message, [user_id for user_id in members if user_id not in known], actor_id=by)
    return Answer(message=message, seq=place.seq, is_new=True)


@transaction.atomic
def delete(*, by: int, message_id: int, at: datetime | None = None) -> Answer:
    """Delete a message. Its place stays; its text leaves the row and the log.

    Args:
        at: when, for changes that come from elsewhere.

    Raises:
        NotFound, NotAMember, ChannelArchived, Forbidden.
    """
    asker = policies.require_active(user_id=by)
    channel_id = policies.require_message(asker=asker, message_id=message_id).channel_id
    place = log.take(groups.channel_stream(channel_id), at=at)
    message = policies.require_message(asker=asker, message_id=message_id)
    policies.require_can_delete(asker=asker, message=message)
    message.text = message.html = ""
    message.deleted_at = place.at
    message.deleted_by = asker
    message.save()
    message.mentions.all().delete()
    tombstone = serialize.message(message, mention_ids=[])

    def without_text(payload: bytes) -> bytes:
        event = codec.decode_event(payload)
        if isinstance(event, MessagePosted | MessageEdited):
            event = msgspec.structs.replace(event, message=tombstone)
        return codec.encode(event)

    log.rewrite(place.stream, subject_id=message.pk, change=without_text)
    broadcast.announce(
        place,
        MessageDeleted(
            **broadcast.envelope(place, actor_id=by),
            channel_id=str(channel_id),
            message_id=str(message.pk),
            thread=None,
        ),
        rewrites=True,
    )
    return Answer(message=message, seq=place.seq, is_new=True)


@transaction.atomic
def _post(
    *,
    author_id: int,
    channel_id: int,
    client_id: uuid.UUID,
    text: str,
    thread_id: int | None,
    at: datetime | None,
) -> Answer:
    author = policies.require_active(user_id=author_id)
    # The lock comes first: whoever was removed before this place cannot write at it.
    place = log.take(groups.channel_stream(channel_id), at=at)
    policies.require_can_post(asker=author, channel_id=channel_id)
    if thread_id is not None:
        _require_root(thread_id=thread_id, channel_id=channel_id)
    parsed = markdown.parse(text)
    mentioned = _people_in(parsed, asker=author)
    message = Message.objects.create(
        channel_id=channel_id,
        seq=place.seq,
        author=author,
        client_id=client_id,
        thread_id=thread_id,
        text=text,
        html=markdown.render(parsed, names=_names(mentioned)),
        html_version=markdown.VERSION,
        created_at=place.at,
    )
    members = _members_among(channel_id, (user.pk for user in mentioned))
    broadcast.announce(
        place,
        MessagePosted(
            **broadcast.envelope(place, actor_id=author_id),
            channel_id=str(channel_id),
            message=serialize.message(message, mention_ids=members),
            thread=None,
        ),
        subject_id=message.pk,
    )
    _mention(message, members, actor_id=author_id)
    broadcast.note("MESSAGE_SEND", user=author_id, channel=channel_id, seq=place.seq)
    return Answer(message=message, seq=place.seq, is_new=True)


def _sent_before(*, author_id: int, channel_id: int, client_id: uuid.UUID) -> Answer | None:
    message = Message.objects.filter(author=author_id, client_id=client_id).first()
    if message is None:
        return None
    if message.channel_id != channel_id:
        raise exceptions.ClientIdReused
    return Answer(message=message, seq=message.seq, is_new=False)


def _require_root(*, thread_id: int, channel_id: int) -> None:
    root = Message.objects.filter(pk=thread_id, channel=channel_id, thread=None, deleted_at=None)
    if not root.exists():
        raise exceptions.NotFound("There is no such message to reply to.")


def _people_in(parsed: markdown.Parsed, *, asker: User) -> list[User]:
    names = parsed.references.handles
    if not names:
        return []
    return list(
        selectors.people(asker=asker)
        .filter(username__in=names, is_active=True)
        .order_by("pk")[:MENTIONS_MAX]
    )


def _names(people: Iterable[User]) -> markdown.Names:
    return markdown.Names(users={user.username: user.pk for user in people})


def _members_among(channel_id: int, user_ids: Iterable[int]) -> list[int]:
    ids = list(user_ids)
    if not ids:
        return []
    return list(
        Membership.objects.filter(channel=channel_id, user__in=ids)
        .order_by("user_id")
        .values_list("user_id", flat=True)
    )


def _mention(message: Message, user_ids: list[int], *, actor_id: int) -> None:
    others = [user_id for user_id in user_ids if user_id != message.author_id]
    Mention.objects.bulk_create(
        Mention(message=message, user_id=user_id, channel_id=message.channel_id, seq=message.seq)
        for user_id in user_ids
    )
    # In the order of their names, so that two posts cannot wait for each other's streams.
    for stream, _ in sorted((groups.user_stream(user_id), user_id) for user_id in others):
        place = log.take(stream)
        broadcast.announce(
            place,
            MentionCreated(
                **broadcast.envelope(place, actor_id=actor_id),
                channel_id=str(message.channel_id),
                message_id=str(message.pk),
                message_seq=message.seq,
                thread_id=None,
                reason="name",
                notify=True,
            ),
        )
