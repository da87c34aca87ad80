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
from chat.models import Channel, Message, MessageVersion
from chat.search import index
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
from files.models import File
from metrics.instruments import MESSAGES
from protocol.events import MessageDeleted, MessageEdited, MessagePosted
from realtime import log, rows
from realtime.log import Place


@dataclass(frozen=True, slots=True)
class Answer:
    """Where an act on a message stands in the channel's log."""

    message: Message
    seq: int
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Something that somebody wants to say.

    The same `client_id` again is the same message again: nothing happens, the answer is the same.

    Attributes:
        thread_id: the message that it is a reply to.
        file_ids: the author's own files that hang on it, in order; the text may be empty then.
        also_to_channel: whether a reply is shown in the channel, too.
        quoted_id: a message that it answers, wherever the author can read it.
        confirmed: whether the author means to call so many people.
        sender_name: whom a bot speaks as.
        sender_emoji: the face of it.
        at: when it was said, for messages that come from elsewhere.
    """

    author_id: int
    channel_id: int
    client_id: uuid.UUID
    text: str
    thread_id: int | None = None
    file_ids: Sequence[int] = ()
    also_to_channel: bool = False
    quoted_id: int | None = None
    confirmed: bool = False
    sender_name: str = ""
    sender_emoji: str = ""
    at: datetime | None = None

    @property
    def is_reply_alone(self) -> bool:
        """Whether only the thread shows it."""
        return self.thread_id is not None and not self.also_to_channel


@dataclass(frozen=True, slots=True)
class _Allowed:
    """A post that may be said, with all that it refers to."""

    post: Post
    author: User
    channel: Channel
    root: Message | None
    quoted: Message | None
    files: list[File]
    call: calls.Call
    broad: Message.Broad


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
    """Say something in a channel. `Post` tells what can be given; `say` what can go wrong."""
    return say(
        Post(
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
    )


def say(wanted: Post) -> Answer:
    """Say something in a channel.

    Raises:
        NotFound, NotAMember, ChannelArchived, ClientIdReused, Forbidden, Invalid,
        ConfirmationRequired, FileInUse.
    """
    try:
        (outcome,) = _post([wanted])
    except IntegrityError:
        # Another connection sent the same message in this very moment, and was first.
        sent_before = _sent_before(wanted)
        if sent_before is None:
            raise
        return sent_before
    if isinstance(outcome, Answer):
        return outcome
    if outcome is None:
        raise RuntimeError("A post that is alone is never put off.")
    raise outcome


def say_together(wanted: Sequence[Post]) -> Sequence[Answer | exceptions.ChatError | None]:
    """Say what several people have to say in one transaction, in this order.

    What is refused is answered with its refusal and harms nobody else; None means that a post has
    to be said by itself, with `say`.

    Raises:
        Exception: whatever goes wrong with one of them. Nothing of it was said, and each has to be
            said by itself. It was said, though, if that came after the commit; a post that is sent
            again is the same post.
    """
    return _post(wanted)


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
        waiting=notifications.waiting_for([(channel_id, text)])[0],
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
def _post(wanted: Sequence[Post]) -> list[Answer | exceptions.ChatError | None]:
    streams = [groups.channel_stream(one.channel_id) for one in wanted]
    # The lock comes first: whoever was removed before this place cannot write at it.
    held = log.hold_all(streams)
    early = None
    if len(wanted) == 1 and not held:
        # A stream that has not begun is held by its first place. A refusal gives it back.
        early = log.take_all(streams, at=wanted[0].at)
        held = {streams[0]}
    outcomes: list[Answer | exceptions.ChatError | None] = [None] * len(wanted)
    speakers = selectors.speakers([(o.author_id, o.channel_id, o.client_id) for o in wanted])
    roots: dict[int, Message] = {}
    said: set[tuple[int, uuid.UUID]] = set()
    allowed: dict[int, _Allowed] = {}
    for number, (one, stream, speaker) in enumerate(zip(wanted, streams, speakers, strict=True)):
        if stream not in held or (one.author_id, one.client_id) in said:
            continue
        said.add((one.author_id, one.client_id))
        try:
            sent_before = _sent_before(one) if speaker is None or speaker.has_said_it else None
            if sent_before is None:
                allowed[number] = _allow(one, speaker, roots=roots)
            else:
                outcomes[number] = sent_before
        except exceptions.ChatError as refusal:
            outcomes[number] = refusal
    if early is not None and not allowed:
        # Nothing was said at the place.
        transaction.set_rollback(True)
    if allowed:
        places = early or log.take_all([streams[number] for number in allowed], at=wanted[0].at)
        messages = _write(list(allowed.values()), places)
        for number, message in zip(allowed, messages, strict=True):
            outcomes[number] = Answer(message=message, seq=message.seq, is_new=True)
    return outcomes


def _allow(
    wanted: Post, speaker: selectors.Speaker | None, *, roots: dict[int, Message]
) -> _Allowed:
    """Return a post with all that it refers to, if it may be said."""
    attachments.require_something(text=wanted.text, has_files=bool(wanted.file_ids))
    if wanted.also_to_channel and wanted.thread_id is None:
        raise exceptions.Invalid(
            "Only a reply can be shown in the channel, too.",
            fields={"also_to_channel": "needs thread_id"},
        )
    author = speaker.author if speaker else policies.require_active(user_id=wanted.author_id)
    if speaker and speaker.membership:
        membership = speaker.membership
        policies.require_voice(asker=author, membership=membership, is_reply=wanted.is_reply_alone)
    else:
        membership = policies.require_can_post(
            asker=author, channel_id=wanted.channel_id, is_reply=wanted.is_reply_alone
        )
    root = None
    if wanted.thread_id is not None:
        root = roots.get(wanted.thread_id)
        if root is None or root.channel_id != wanted.channel_id:
            root = policies.require_can_reply(
                channel_id=wanted.channel_id, root_id=wanted.thread_id
            )
        # Several replies in one transaction are counted on the same row.
        roots[root.pk] = root
    call = calls.read(wanted.text, author=author, channel=membership.channel)
    # Nobody calls the whole channel from inside a thread.
    broad = Message.Broad.NONE if wanted.is_reply_alone else call.broad
    if broad:
        policies.require_can_call_all(
            asker=author, membership=membership, is_confirmed=wanted.confirmed
        )
    return _Allowed(
        post=wanted,
        author=author,
        channel=membership.channel,
        root=root,
        quoted=_quoted(wanted, author=author),
        files=attachments.claim(file_ids=wanted.file_ids, by=author.pk),
        call=call,
        broad=broad,
    )


def _write(allowed: Sequence[_Allowed], places: Sequence[Place]) -> list[Message]:
    """Write what may be said at these places, and tell it after the commit."""
    messages = [_message(one, place) for one, place in zip(allowed, places, strict=True)]
    rows.insert(messages)
    index.add(messages)
    waiting = notifications.waiting_for([(one.channel.pk, one.post.text) for one in allowed])
    news: list[tuple[int, own_streams.Make]] = []
    entries = []
    for one, place, message, words in zip(allowed, places, messages, waiting, strict=True):
        attachments.hang(one.files, on=message)
        called = notifications.recipients(
            message,
            named=one.call.named_ids,
            grouped=one.call.grouped_ids,
            waiting=words,
            channel=one.channel,
        )
        shown = [recipient.user_id for recipient in called if recipient.reason != "keyword"]
        news += mentions.write(message, called)
        if one.root is not None:
            # Waiting for a word is no reason to hear of all that follows it.
            news += threads.note_reply(one.root, message, called=shown)
        if one.channel.is_direct:
            news += memberships.show_again(channel_id=one.channel.pk, actor_id=one.author.pk)
        event = MessagePosted(
            **broadcast.envelope(place, actor_id=one.author.pk),
            channel_id=str(one.channel.pk),
            message=serialize.message(message, mention_ids=shown, files=one.files),
            thread=None if one.root is None else serialize.thread_summary(one.root),
        )
        entries.append(log.Entry(place=place, event=event, subject_id=message.pk))
    broadcast.announce_all(entries)
    own_streams.tell(news)
    for one, message in zip(allowed, messages, strict=True):
        broadcast.note("MESSAGE_SEND", user=one.author.pk, channel=one.channel.pk, seq=message.seq)
        transaction.on_commit(MESSAGES.labels(_kind(one)).inc)
    return messages


def _message(one: _Allowed, place: Place) -> Message:
    wanted = one.post
    return Message(
        channel_id=one.channel.pk,
        seq=place.seq,
        author_id=one.author.pk,
        client_id=wanted.client_id,
        sender_name=wanted.sender_name,
        sender_emoji=wanted.sender_emoji,
        thread_id=wanted.thread_id,
        also_to_channel=wanted.also_to_channel,
        quoted=one.quoted,
        text=wanted.text,
        html=one.call.html,
        html_version=markdown.VERSION,
        broad_mention=one.broad,
        created_at=place.at,
    )


def _kind(one: _Allowed) -> str:
    if one.channel.is_direct:
        return "direct"
    return "channel" if one.root is None else "reply"


def _sent_before(wanted: Post) -> Answer | None:
    message = Message.objects.filter(author=wanted.author_id, client_id=wanted.client_id).first()
    if message is None:
        return None
    if message.channel_id != wanted.channel_id:
        raise exceptions.ClientIdReused
    # Whoever was removed meanwhile does not learn what has become of their message.
    author = policies.require_active(user_id=wanted.author_id)
    policies.require_message(asker=author, message_id=message.pk)
    return Answer(message=message, seq=message.seq, is_new=False)


def _quoted(wanted: Post, *, author: User) -> Message | None:
    if wanted.quoted_id is None:
        return None
    quoted = policies.require_message(asker=author, message_id=wanted.quoted_id)
    if quoted.deleted_at is not None:
        raise exceptions.NotFound("There is no such message to quote.")
    policies.require_can_quote(quoted=quoted, channel_id=wanted.channel_id)
    return quoted


def _with_all(message: Message) -> Message:
    return selectors.with_all(Message.objects.filter(pk=message.pk)).get()
