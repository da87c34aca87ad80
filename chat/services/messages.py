"""Saying, changing and taking back."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from django.db import IntegrityError, transaction

from accounts.models import User
from audit.actions import Action
from audit.recording import record
from chat import broadcast, exceptions, groups, markdown, policies, selectors, serialize
from chat.models import Message, MessageVersion
from chat.services import (
    attachments,
    calls,
    memberships,
    mentions,
    notifications,
    own_streams,
    retelling,
    threads,
)
from metrics.instruments import MESSAGES
from protocol.events import MessageDeleted, MessageEdited, MessagePosted
from realtime import log


@dataclass(frozen=True, slots=True)
class Answer:
    """Where an act on a message stands in the channel's log."""

    message: Message
    seq: int
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Post:
    """Something that somebody wants to say."""

    author_id: int
    channel_id: int
    client_id: uuid.UUID
    text: str
    thread_id: int | None
    file_ids: Sequence[int]
    also_to_channel: bool
    quoted_id: int | None
    confirmed: bool
    sender_name: str
    sender_emoji: str
    at: datetime | None


def post(
    *,
    author_id: int,
    channel_id: int,
    client_id: uuid.UUID,
    text: str,
    thread_id: int | None = None,
    file_ids: Sequence[int] = (),
    also_to_channel: bool = False,
    quoted_id: int | None = None,
    confirmed: bool = False,
    sender_name: str = "",
    sender_emoji: str = "",
    at: datetime | None = None,
) -> Answer:
    """Say something in a channel.

    The same `client_id` again is the same message again: nothing happens, the answer is the same.

    Args:
        thread_id: the message that it is a reply to.
        file_ids: the author's own files that hang on it, in order; the text may be empty then.
        also_to_channel: whether a reply is shown in the channel, too.
        quoted_id: a message that it answers, wherever the author can read it.
        confirmed: whether the author means to call so many people.
        sender_name: whom a bot speaks as.
        sender_emoji: the face of it.
        at: when it was said, for messages that come from elsewhere.

    Raises:
        NotFound, NotAMember, ChannelArchived, ClientIdReused, Forbidden, Invalid,
        ConfirmationRequired, FileInUse.
    """
    attachments.require_something(text=text, has_files=bool(file_ids))
    if also_to_channel and thread_id is None:
        raise exceptions.Invalid(
            "Only a reply can be shown in the channel, too.",
            fields={"also_to_channel": "needs thread_id"},
        )
    sent_before = _sent_before(author_id=author_id, channel_id=channel_id, client_id=client_id)
    if sent_before is not None:
        return sent_before
    wanted = _Post(
        author_id=author_id,
        channel_id=channel_id,
        client_id=client_id,
        text=text,
        thread_id=thread_id,
        file_ids=file_ids,
        also_to_channel=also_to_channel,
        quoted_id=quoted_id,
        confirmed=confirmed,
        sender_name=sender_name,
        sender_emoji=sender_emoji,
        at=at,
    )
    try:
        return _post(wanted)
    except IntegrityError:
        # Another connection sent the same message in this very moment, and was first.
        sent_before = _sent_before(author_id=author_id, channel_id=channel_id, client_id=client_id)
        if sent_before is None:
            raise
        return sent_before


@transaction.atomic
def edit(*, by: int, message_id: int, text: str, at: datetime | None = None) -> Answer:
    """Give a message another text. Its old one is kept. The same text again changes nothing.

    Who is called now and was not before is told; nobody calls everyone by an edit.

    Args:
        at: when, for changes that come from elsewhere.

    Raises:
        NotFound, NotAMember, ChannelArchived, Forbidden.
    """
    asker = policies.require_active(user_id=by)
    channel_id = policies.require_message(asker=asker, message_id=message_id).channel_id
    stream = groups.channel_stream(channel_id)
    log.hold(stream)
    # Read again: only what is read behind the lock of the stream is still true.
    message = policies.require_message(asker=asker, message_id=message_id)
    policies.require_can_edit(asker=asker, message=message)
    attachments.require_something(text=text, has_files=message.attachments.exists())
    if message.text == text:
        return Answer(message=message, seq=log.heads([stream])[stream], is_new=False)
    place = log.take(stream, at=at)
    MessageVersion.objects.create(
        message=message,
        version=message.version,
        text=message.text,
        html=message.html,
        written_at=message.edited_at or message.created_at,
        written_by_id=message.edited_by_id or message.author_id,
    )
    call = calls.read(text, author=asker, channel=message.channel)
    message.text = text
    message.html = call.html
    message.html_version = markdown.VERSION
    if not call.broad:
        message.broad_mention = Message.Broad.NONE
    message.version += 1
    message.edited_at = place.at
    message.edited_by = asker
    message.save()
    called = notifications.recipients(
        message,
        named=call.named_ids,
        grouped=call.grouped_ids,
        text=text,
        channel=message.channel,
    )
    news = mentions.rewrite(message, called)
    broadcast.announce(
        place,
        MessageEdited(
            **broadcast.envelope(place, actor_id=by),
            channel_id=str(channel_id),
            message=serialize.stored_message(_with_all(message)),
        ),
        subject_id=message.pk,
    )
    own_streams.tell(news)
    return Answer(message=message, seq=place.seq, is_new=True)


@transaction.atomic
def delete(*, by: int, message_id: int, at: datetime | None = None) -> Answer:
    """Delete a message. Its place stays; its text leaves the row, its history and the log.

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
    if message.author_id != by:
        record(
            Action.MESSAGE_DELETED,
            by=asker,
            target=message,
            before={"author_id": message.author_id, "channel_id": channel_id},
        )
    message.text = message.html = ""
    message.broad_mention = Message.Broad.NONE
    message.pinned_at = message.pinned_by = None
    message.deleted_at = place.at
    message.deleted_by = asker
    message.save()
    message.mentions.all().delete()
    message.reactions.all().delete()
    message.versions.all().delete()
    message.saved.all().delete()
    attachments.release(message)
    root = message.thread
    if root is not None:
        threads.count_again(root)
    # Nothing of an earlier form stays, whatever version wrote it.
    tombstone = msgspec.to_builtins(serialize.message(message, mention_ids=[]))
    retelling.retell(message, change=lambda _told: tombstone)
    broadcast.announce(
        place,
        MessageDeleted(
            **broadcast.envelope(place, actor_id=by),
            channel_id=str(channel_id),
            message_id=str(message.pk),
            thread=None if root is None else serialize.thread_summary(root),
        ),
        rewrites=True,
    )
    return Answer(message=message, seq=place.seq, is_new=True)


@transaction.atomic
def _post(wanted: _Post) -> Answer:
    author = policies.require_active(user_id=wanted.author_id)
    # The lock comes first: whoever was removed before this place cannot write at it.
    place = log.take(groups.channel_stream(wanted.channel_id), at=wanted.at)
    membership = policies.require_can_post(
        asker=author, channel_id=wanted.channel_id, is_reply=_is_reply_alone(wanted)
    )
    root = None
    if wanted.thread_id is not None:
        root = policies.require_can_reply(channel_id=wanted.channel_id, root_id=wanted.thread_id)
    call = calls.read(wanted.text, author=author, channel=membership.channel)
    # Nobody calls the whole channel from inside a thread.
    broad = call.broad if root is None or wanted.also_to_channel else Message.Broad.NONE
    if broad:
        policies.require_can_call_all(
            asker=author, membership=membership, is_confirmed=wanted.confirmed
        )
    message = Message.objects.create(
        channel_id=wanted.channel_id,
        seq=place.seq,
        author=author,
        client_id=wanted.client_id,
        sender_name=wanted.sender_name,
        sender_emoji=wanted.sender_emoji,
        thread=root,
        also_to_channel=wanted.also_to_channel,
        quoted=_quoted(wanted, author=author),
        text=wanted.text,
        html=call.html,
        html_version=markdown.VERSION,
        broad_mention=broad,
        created_at=place.at,
    )
    files = attachments.claim(message=message, file_ids=wanted.file_ids, by=author.pk)
    called = notifications.recipients(
        message,
        named=call.named_ids,
        grouped=call.grouped_ids,
        text=wanted.text,
        channel=membership.channel,
    )
    news = mentions.write(message, called)
    if root is not None:
        # Waiting for a word is no reason to hear of all that follows it.
        news += threads.note_reply(
            root, message, called=[one.user_id for one in called if one.reason != "keyword"]
        )
    broadcast.announce(
        place,
        MessagePosted(
            **broadcast.envelope(place, actor_id=wanted.author_id),
            channel_id=str(wanted.channel_id),
            message=serialize.message(
                message,
                mention_ids=[one.user_id for one in called if one.reason != "keyword"],
                files=files,
            ),
            thread=None if root is None else serialize.thread_summary(root),
        ),
        subject_id=message.pk,
    )
    if membership.channel.is_direct:
        news += memberships.show_again(channel_id=wanted.channel_id, actor_id=wanted.author_id)
    own_streams.tell(news)
    broadcast.note("MESSAGE_SEND", user=wanted.author_id, channel=wanted.channel_id, seq=place.seq)
    kind = "direct" if membership.channel.is_direct else "channel" if root is None else "reply"
    transaction.on_commit(MESSAGES.labels(kind).inc)
    return Answer(message=message, seq=place.seq, is_new=True)


def _is_reply_alone(wanted: _Post) -> bool:
    return wanted.thread_id is not None and not wanted.also_to_channel


def _sent_before(*, author_id: int, channel_id: int, client_id: uuid.UUID) -> Answer | None:
    message = Message.objects.filter(author=author_id, client_id=client_id).first()
    if message is None:
        return None
    if message.channel_id != channel_id:
        raise exceptions.ClientIdReused
    # Whoever was removed meanwhile does not learn what has become of their message.
    author = policies.require_active(user_id=author_id)
    policies.require_message(asker=author, message_id=message.pk)
    return Answer(message=message, seq=message.seq, is_new=False)


def _quoted(wanted: _Post, *, author: User) -> Message | None:
    if wanted.quoted_id is None:
        return None
    quoted = policies.require_message(asker=author, message_id=wanted.quoted_id)
    if quoted.deleted_at is not None:
        raise exceptions.NotFound("There is no such message to quote.")
    policies.require_can_quote(quoted=quoted, channel_id=wanted.channel_id)
    return quoted


def _with_all(message: Message) -> Message:
    return selectors.with_all(Message.objects.filter(pk=message.pk)).get()
