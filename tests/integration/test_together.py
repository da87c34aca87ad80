"""What is said at the same moment is said together, and harms nobody who is in it."""

import asyncio
import threading
import uuid
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import tokens
from accounts.models import Token, User
from chat import exceptions, groups, selectors
from chat.consumers import entry
from chat.consumers.desks import desks
from chat.models import Channel, Message
from chat.services import channels, members, messages
from chat.services.messages import Post
from realtime import log
from realtime.models import Event, Stream
from realtime.pool import run_in_pool
from tests.integration.conftest import MakeUser, Sockets
from tests.integration.uploading import Uploader


def said(author: User, channel: Channel, text: str, **more: Any) -> Post:
    return Post(
        author_id=author.pk,
        channel_id=channel.pk,
        client_id=more.pop("client_id", None) or uuid.uuid4(),
        text=text,
        **more,
    )


def texts_in(channel: Channel) -> list[str]:
    return list(channel.messages.order_by("seq").values_list("text", flat=True))


def assert_whole(channel: Channel) -> None:
    """The log of the channel has no hole, and an event for each of its messages."""
    stream = Stream.objects.get(name=groups.channel_stream(channel.pk))
    seqs = list(stream.events.order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(1, stream.last_seq + 1))
    posted = Event.objects.filter(stream=stream, type="message.posted")
    by_seq = dict(posted.values_list("seq", "subject_id"))
    assert by_seq == dict(channel.messages.values_list("seq", "pk"))
    times = list(channel.messages.order_by("seq").values_list("created_at", flat=True))
    assert times == sorted(set(times))


def test_each_channel_has_them_in_the_order_in_which_they_came(
    ann: User, bob: User, general: Channel, secret: Channel
) -> None:
    wanted = [
        said(author, channel, f"{number} {author.username}")
        for number in range(4)
        for author in (ann, bob)
        for channel in (secret, general)
    ]
    answers = messages.say_together(wanted)
    for channel in (general, secret):
        mine = [
            (one.text, answer.seq)
            for one, answer in zip(wanted, answers, strict=True)
            if one.channel_id == channel.pk and isinstance(answer, messages.Answer)
        ]
        assert [text for text, _ in mine] == texts_in(channel)
        assert [seq for _, seq in mine] == sorted(seq for _, seq in mine)
        assert len(mine) == 8
        assert_whole(channel)


def test_it_takes_no_more_statements_for_many_than_for_one(ann: User, general: Channel) -> None:
    counts = []
    for many in (1, 30):
        with CaptureQueriesContext(connection) as queries:
            messages.say_together([said(ann, general, f"{many} {n}") for n in range(many)])
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 9


def test_who_is_refused_leaves_no_trace_and_harms_nobody(
    ann: User, bob: User, cat: User, general: Channel, secret: Channel
) -> None:
    gone = said(bob, secret, "after the removal")
    members.remove(by=ann.pk, channel_id=secret.pk, user_id=bob.pk)
    wanted = [
        said(ann, secret, "first"),
        said(cat, secret, "from outside"),
        gone,
        said(cat, general, "not in it"),
        said(ann, general, " "),
        said(ann, general, "a reply to nothing", thread_id=10**9),
        said(ann, secret, "last"),
    ]
    answers = messages.say_together(wanted)
    assert [type(answer) for answer in answers] == [
        messages.Answer,
        exceptions.NotFound,
        exceptions.NotFound,
        exceptions.NotAMember,
        exceptions.Invalid,
        exceptions.NotFound,
        messages.Answer,
    ]
    assert texts_in(secret) == ["first", "last"]
    assert texts_in(general) == []
    assert_whole(secret)
    assert_whole(general)


def test_the_same_message_twice_is_one_message(
    ann: User, general: Channel, secret: Channel
) -> None:
    one = said(ann, general, "once")
    first, second, other = messages.say_together([one, one, said(ann, secret, "else")])
    assert isinstance(first, messages.Answer)
    assert second is None
    assert isinstance(other, messages.Answer)
    again = messages.say(one)
    assert (again.seq, again.is_new) == (first.seq, False)
    (later, reused) = messages.say_together(
        [one, said(ann, secret, "reused", client_id=one.client_id)]
    )
    assert isinstance(later, messages.Answer)
    assert (later.message.pk, later.is_new) == (first.message.pk, False)
    assert reused is None
    with pytest.raises(exceptions.ClientIdReused):
        messages.say(said(ann, secret, "reused", client_id=one.client_id))
    assert texts_in(general) == ["once"]
    assert_whole(general)


def test_replies_that_come_together_are_all_counted(ann: User, bob: User, general: Channel) -> None:
    root = messages.say(said(ann, general, "root")).message
    answers = messages.say_together(
        [said(author, general, "yes", thread_id=root.pk) for author in (ann, bob, ann)]
    )
    root.refresh_from_db()
    last = answers[-1]
    assert isinstance(last, messages.Answer)
    assert (root.reply_count, root.last_reply_seq) == (3, last.seq)
    assert root.replier_ids == [ann.pk, bob.pk]
    told = Event.objects.filter(actor_id__in=[ann.pk, bob.pk], payload__contains='"reply_count":')
    counts = [
        msgspec.json.decode(payload)["thread"]["reply_count"]
        for payload in told.order_by("seq").values_list("payload", flat=True)
    ]
    assert counts == [1, 2, 3]


def _is_said(answer: object) -> bool:
    return isinstance(answer, messages.Answer)


def test_a_stream_that_has_not_begun_is_begun_by_itself(ann: User, general: Channel) -> None:
    # A channel that came from elsewhere, without a history.
    bare = Channel.objects.create(name="bare", kind="public", created_at=general.created_at)
    members.admit(channel=bare, user=ann, actor_id=ann.pk)
    Stream.objects.filter(name=groups.channel_stream(bare.pk)).delete()
    wanted = [said(ann, bare, "hello"), said(ann, general, "hello")]
    answers = messages.say_together(wanted)
    if answers[0] is None:
        answers = [messages.say(wanted[0]), answers[1]]
    assert all(_is_said(answer) for answer in answers)
    assert_whole(bare)
    assert_whole(general)


def test_whoever_writes_to_nowhere_begins_no_stream(ann: User, general: Channel) -> None:
    nowhere = Channel(pk=10**6)
    with pytest.raises(exceptions.NotFound):
        messages.say(said(ann, nowhere, "hello?"))
    assert not Stream.objects.filter(name=groups.channel_stream(10**6)).exists()


class Held:
    """Holds a channel in another transaction, until it is let go."""

    def __init__(self, channel: Channel) -> None:
        self._stream = groups.channel_stream(channel.pk)
        self._is_held = threading.Event()
        self._may_go = threading.Event()

    async def __aenter__(self) -> None:
        self._task = asyncio.create_task(run_in_pool(self._hold))
        await asyncio.to_thread(self._is_held.wait, 5)

    async def __aexit__(self, *_: object) -> None:
        self._may_go.set()
        await self._task

    def _hold(self) -> None:
        with transaction.atomic():
            log.hold(self._stream)
            self._is_held.set()
            self._may_go.wait(5)


async def test_sockets_that_speak_at_once_are_answered_in_the_order_of_the_log(
    sockets: Sockets, make_user: MakeUser, ann: User, general: Channel
) -> None:
    def crowd() -> list[User]:
        users = [make_user(f"user{number}") for number in range(8)]
        for user in users:
            members.admit(channel=general, user=user, actor_id=ann.pk)
        return users

    users = await run_in_pool(crowd)
    listener = await sockets.open(ann)
    speakers = [await sockets.open(user) for user in users]
    async with Held(general):
        posts = [
            asyncio.create_task(speaker.post(general.pk, f"from {number}"))
            for number, speaker in enumerate(speakers)
        ]
        await _until(lambda: desks().posts._rounds > 0)
    answers = await asyncio.gather(*posts)
    assert {answer["type"] for answer in answers} == {"ok"}
    seqs = sorted(answer["seq"] for answer in answers)
    assert seqs == list(range(seqs[0], seqs[0] + len(speakers)))
    heard = [await listener.next("message.posted") for _ in speakers]
    assert [frame["seq"] for frame in heard] == seqs
    by_seq = {answer["seq"]: f"from {number}" for number, answer in enumerate(answers)}
    assert [frame["message"]["text"] for frame in heard] == [by_seq[seq] for seq in seqs]
    await run_in_pool(assert_whole, general)


async def test_a_conflict_in_the_middle_is_answered_to_the_one_who_has_it(
    sockets: Sockets, ann: User, bob: User, general: Channel, secret: Channel
) -> None:
    file_id = await run_in_pool(lambda: Uploader(ann).uploaded(b"a file"))
    wanted = [
        said(bob, general, "before"),
        said(ann, general, "mine", file_ids=[int(file_id)]),
        said(ann, secret, "mine, too", file_ids=[int(file_id)]),
        said(bob, secret, "after"),
    ]
    # Only makes the runtime of this loop.
    await sockets.open(bob)
    async with Held(general):
        first = asyncio.create_task(desks().posts.ask(said(ann, general, "first")))
        await asyncio.sleep(0)
        asked = [asyncio.create_task(desks().posts.ask(one)) for one in wanted]
        await asyncio.sleep(0)
    answers = await asyncio.gather(first, *asked, return_exceptions=True)
    assert sum(isinstance(answer, exceptions.FileInUse) for answer in answers) == 1
    assert sum(isinstance(answer, messages.Answer) for answer in answers) == 4

    def look() -> None:
        assert Message.objects.filter(attachments__file=int(file_id)).count() == 1
        assert {"before", "first"} <= set(texts_in(general))
        assert "after" in texts_in(secret)
        assert_whole(general)
        assert_whole(secret)

    await run_in_pool(look)


async def test_a_channel_that_is_held_holds_up_no_other(
    sockets: Sockets, ann: User, bob: User, general: Channel, secret: Channel
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("In SQLite one writer holds up all.")
    first, second = await sockets.open(ann), await sockets.open(bob)
    async with Held(general):
        stuck = asyncio.create_task(first.post(general.pk, "stuck"))
        await _until(lambda: desks().posts._rounds > 0)
        assert (await second.post(secret.pk, "free"))["type"] == "ok"
        assert not stuck.done()
    assert (await stuck)["type"] == "ok"


async def test_after_the_removal_nothing_is_said(
    sockets: Sockets, ann: User, bob: User, secret: Channel
) -> None:
    socket = await sockets.open(bob)
    async with Held(secret):
        removal = asyncio.create_task(
            run_in_pool(members.remove, by=ann.pk, channel_id=secret.pk, user_id=bob.pk)
        )
        posts = [asyncio.create_task(socket.post(secret.pk, "still here"))]
    await removal
    await asyncio.gather(*posts)

    def look() -> None:
        removed_at = Event.objects.get(
            stream__name=groups.channel_stream(secret.pk), ejects_user_id=bob.pk
        ).seq
        assert not secret.messages.filter(author=bob, seq__gt=removed_at).exists()
        assert_whole(secret)

    await run_in_pool(look)


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.005)


def test_a_channel_is_made_and_spoken_in(ann: User) -> None:
    channel = channels.create(by=ann.pk, name="new", kind="public")
    assert messages.say(said(ann, channel, "hello")).is_new
    assert_whole(channel)


def test_who_comes_together_is_let_in_as_if_they_came_alone(
    ann: User, bob: User, cat: User
) -> None:
    def bearer(user: User) -> entry.Request:
        _, secret = tokens.issue(user_id=user.pk, name="test", expires_at=None)
        return entry.Request(origin=None, bearer=secret, ticket=None, session_key=None)

    def browser(user: User, *, origin: str) -> entry.Request:
        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        key = client.session.session_key
        return entry.Request(origin=origin, bearer=None, ticket=None, session_key=key)

    ours = settings.ORIGINS[0]
    revoked, ended = bearer(ann), browser(bob, origin=ours)
    Token.objects.filter(user=ann).update(revoked_at=timezone.now())
    bob.set_password("another harbour at dusk")
    bob.save()
    gone = bearer(cat)
    User.objects.filter(pk=cat.pk).update(is_active=False)
    nobody = entry.Request(origin=ours, bearer=None, ticket=None, session_key=None)
    requests = [
        bearer(ann),
        revoked,
        bearer(bob),
        ended,
        browser(ann, origin=ours),
        browser(ann, origin="https://evil.test"),
        gone,
        nobody,
        entry.Request(origin=ours, bearer=None, ticket=None, session_key="nonsense"),
        entry.Request(origin=None, bearer="", ticket=None, session_key=None),
    ]
    alone = [entry.visitor_of(one) for one in requests]
    assert [one is not None for one in alone] == [True, False, True, False, True, *[False] * 5]
    with CaptureQueriesContext(connection) as queries:
        together = entry.admit_all(requests)
    assert len(queries) <= 3
    assert [one if isinstance(one, entry.Visitor) else None for one in together] == alone


def test_what_many_hear_is_what_each_hears(
    ann: User, bob: User, cat: User, general: Channel, secret: Channel
) -> None:
    messages.say(said(ann, general, "hello"))
    ids = [ann.pk, cat.pk, bob.pk, ann.pk]
    with CaptureQueriesContext(connection) as queries:
        together = selectors.heard_by_all(ids)
    assert len(queries) == 1
    assert together == [selectors.heard_by_all([one])[0] for one in ids]
    streams = {groups.channel_stream(channel.pk) for channel in (general, secret)}
    assert [set(heard.channels) for heard in together] == [streams, set(), streams, streams]
    for user_id, heard in zip(ids, together, strict=True):
        own = groups.user_stream(user_id)
        assert {own: heard.own_head, **heard.channels} == log.heads([own, *heard.channels])
    wanted = [[*streams], [groups.user_stream(ann.pk), "c:999999"], []]
    assert log.heads_in_epoch_of_all(wanted) == [log.heads_in_epoch(names) for names in wanted]


def test_the_past_is_read_together_as_it_is_alone(
    ann: User, general: Channel, secret: Channel
) -> None:
    for number in range(30):
        messages.say(said(ann, general, str(number)))
    messages.say(said(ann, secret, "other"))
    general_stream, secret_stream = (groups.channel_stream(one.pk) for one in (general, secret))
    questions = [
        log.Past(stream=stream, after=after, limit=limit)
        for stream, after, limit in [
            (general_stream, 5, 5),
            (general_stream, 8, 5),
            (general_stream, 13, 5),
            (general_stream, 28, 5),
            (secret_stream, 0, 50),
            (secret_stream, 10**6, 50),
            ("c:999999", 0, 5),
        ]
    ]
    together = log.read_all(questions)
    assert together[2] is None
    assert together[3] is None
    for one, found in zip(questions, together, strict=True):
        alone = log.read(one.stream, after=one.after, limit=one.limit)
        assert found in (None, alone)
