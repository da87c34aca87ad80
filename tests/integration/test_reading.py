"""How far people have read, and what follows from it."""

import contextlib
import random
import time
import uuid
from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from chat import groups, inboxes, selectors
from chat.exceptions import ChatError, NotFound
from chat.models import Channel, Membership, Mention, Message, ThreadFollow, UserGroup
from chat.services import (
    channels,
    following,
    members,
    memberships,
    messages,
    preferences,
    reading,
)
from protocol.personal import PreferencesChange
from realtime import log
from realtime.pool import run_in_pool
from tests.integration.conftest import Api, Sockets

MakeApi = Callable[[User | None], Api]


def post(author: User, channel: Channel, text: str = "hello", **kwargs: object) -> Message:
    return messages.post(
        author_id=author.pk,
        channel_id=channel.pk,
        client_id=uuid.uuid4(),
        text=text,
        **kwargs,  # type: ignore[arg-type]
    ).message


def own_events(user: User, after: int = 0) -> "list[dict[str, object]]":
    letters = log.read(groups.user_stream(user.pk), after=after, limit=1000)
    return [msgspec.json.decode(letter.payload) for letter in letters]


def own_head(user: User) -> int:
    stream = groups.user_stream(user.pk)
    return log.heads([stream])[stream]


# ── The markers ─────────────────────────────────────────────────────────────────────────────


async def test_marking_as_unread_is_shared_by_the_devices_of_one_person(
    sockets: Sockets, ann: User, bob: User, general: Channel
) -> None:
    writer = await sockets.open(ann)
    phone, laptop = await sockets.open(bob), await sockets.open(bob)
    seqs = [(await writer.post(general.pk, f"news {number}"))["seq"] for number in range(3)]
    await phone.ask("channel.read", channel_id=str(general.pk), seq=seqs[2])
    assert (await laptop.next("read.changed"))["read_seq"] == seqs[2]
    answer = await phone.ask("channel.unread", channel_id=str(general.pk), seq=seqs[1])
    assert answer["type"] == "ok"
    assert (await laptop.next("read.changed"))["read_seq"] == seqs[0]
    (row,) = await run_in_pool(selectors.unread, asker=bob)
    assert (row.read_seq, row.messages) == (seqs[0], 2)


async def test_a_thread_is_read_on_all_devices_at_once(
    sockets: Sockets, ann: User, bob: User, general: Channel
) -> None:
    root = await run_in_pool(post, bob, general, "question")
    await run_in_pool(following.set_following, user_id=bob.pk, root_id=root.pk, is_following=True)
    reply = await run_in_pool(lambda: post(ann, general, "answer", thread_id=root.pk))
    phone, laptop = await sockets.open(bob), await sockets.open(bob)
    answer = await phone.ask("thread.read", thread_id=str(root.pk), seq=reply.seq)
    assert answer["type"] == "ok"
    event = await laptop.next("thread.changed")
    assert (event["root_id"], event["is_following"]) == (str(root.pk), True)
    assert event["read_seq"] == reply.seq
    assert await run_in_pool(inboxes.unread_threads, asker=bob) == ([], False)


def test_a_thread_marker_never_moves_back(ann: User, bob: User, general: Channel) -> None:
    root = post(bob, general)
    following.set_following(user_id=bob.pk, root_id=root.pk, is_following=True)
    reply = post(ann, general, thread_id=root.pk)
    following.mark_read(user_id=bob.pk, root_id=root.pk, seq=reply.seq)
    before = own_head(bob)
    follow = following.mark_read(user_id=bob.pk, root_id=root.pk, seq=1)
    assert (follow.read_seq, own_head(bob)) == (reply.seq, before)


@pytest.mark.parametrize("seq", [0, 99])
def test_only_a_place_in_the_channel_can_be_marked_as_unread(
    seq: int, api: MakeApi, bob: User, general: Channel
) -> None:
    before = Membership.objects.get(user=bob).read_seq
    status, answer = api(bob)("POST", f"channels/{general.pk}/unread", {"seq": seq})
    assert (status, answer["error"]["code"]) == (400, "invalid")
    assert Membership.objects.get(user=bob).read_seq == before


def test_a_stranger_marks_nothing(
    api: MakeApi, ann: User, cat: User, general: Channel, secret: Channel
) -> None:
    root = post(ann, secret)
    stranger = api(cat)
    assert stranger("POST", f"channels/{general.pk}/unread", {"seq": 1})[0] == 403
    for method, path, body in [
        ("POST", f"channels/{secret.pk}/unread", {"seq": 1}),
        ("POST", f"messages/{root.pk}/thread/read", {"seq": 1}),
        ("PUT", f"messages/{root.pk}/follow", None),
        ("DELETE", f"messages/{root.pk}/follow", None),
    ]:
        assert stranger(method, path, body)[0] == 404, path
    assert not ThreadFollow.objects.filter(user=cat).exists()
    assert own_head(cat) == 0


def test_everything_is_read_at_once_with_one_event(
    api: MakeApi, ann: User, bob: User, general: Channel, secret: Channel
) -> None:
    root = post(bob, general, "question")
    client = api(bob)
    assert client("PUT", f"messages/{root.pk}/follow")[1]["is_following"] is True
    post(ann, general, "answer", thread_id=root.pk)
    last = post(ann, secret, "psst")
    before = own_head(bob)
    status, answer = client("POST", "read-all")
    heads = {
        str(channel.pk): log.heads([groups.channel_stream(channel.pk)])[
            groups.channel_stream(channel.pk)
        ]
        for channel in (general, secret)
    }
    assert (status, answer["markers"]) == (200, heads)
    assert heads[str(secret.pk)] == last.seq
    (event,) = own_events(bob, before)
    assert (event["type"], event["markers"]) == ("read.all_changed", heads)
    _, unread = client("GET", "unread")
    assert [(row["messages"], row["mentions"]) for row in unread["results"]] == [(0, 0), (0, 0)]
    assert unread["threads"] == []
    assert client("POST", "read-all")[1] == {"markers": {}}
    assert own_head(bob) == before + 1


def test_reading_everything_costs_the_same_for_many_channels(
    ann: User, bob: User, general: Channel
) -> None:
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            reading.mark_all_read(user_id=bob.pk)
        return len(queries)

    post(ann, general)
    few = cost()
    for number in range(12):
        channel = channels.create(by=ann.pk, name=f"channel{number}", kind="public")
        members.admit(channel=channel, user=bob, actor_id=ann.pk)
        root = post(bob, channel)
        following.set_following(user_id=bob.pk, root_id=root.pk, is_following=True)
        post(ann, channel, thread_id=root.pk)
    assert cost() <= few + 1
    assert all(row.messages == 0 for row in selectors.unread(asker=bob))


# ── Following ───────────────────────────────────────────────────────────────────────────────


def test_who_follows_a_thread_hears_of_it_until_they_do_no_more(
    api: MakeApi, ann: User, bob: User, general: Channel
) -> None:
    client = api(bob)
    root = post(ann, general, "question")
    earlier = post(ann, general, "before", thread_id=root.pk)
    _, state = client("PUT", f"messages/{root.pk}/follow")
    assert state == {
        "root_id": str(root.pk),
        "channel_id": str(general.pk),
        "is_following": True,
        "read_seq": earlier.seq,
    }
    reply = post(ann, general, "after", thread_id=root.pk)
    assert client("GET", "unread")[1]["threads"] == [
        {
            "root_id": str(root.pk),
            "channel_id": str(general.pk),
            "replies": 1,
            "mentions": 0,
            "read_seq": earlier.seq,
            "last_reply_seq": reply.seq,
        }
    ]
    assert client("DELETE", f"messages/{root.pk}/follow")[1]["is_following"] is False
    assert client("GET", "unread")[1]["threads"] == []
    post(bob, general, "I reply all the same", thread_id=root.pk)
    assert not ThreadFollow.objects.get(user=bob, root=root).is_following
    types = [event["type"] for event in own_events(bob)]
    assert types.count("thread.changed") == 2


def test_only_a_root_is_followed(api: MakeApi, ann: User, cat: User, general: Channel) -> None:
    root = post(ann, general)
    reply = post(ann, general, thread_id=root.pk)
    assert api(ann)("PUT", f"messages/{reply.pk}/follow")[0] == 404
    status, answer = api(cat)("PUT", f"messages/{root.pk}/follow")
    assert (status, answer["error"]["code"]) == (403, "not_a_member")


# ── The counts ──────────────────────────────────────────────────────────────────────────────


def slow_counts(user: User) -> tuple[dict[int, tuple[int, int]], dict[int, tuple[int, int]]]:
    """Count what is unread as the rules say it, row by row."""
    in_channels: dict[int, tuple[int, int]] = {}
    in_threads: dict[int, tuple[int, int]] = {}
    everything = list(Message.objects.all())
    called = {row.message_id: row.reason for row in Mention.objects.filter(user=user)}
    follows = {row.root_id: row for row in ThreadFollow.objects.filter(user=user)}
    for membership in Membership.objects.filter(user=user):
        messages_, mentions_ = 0, 0
        for message in everything:
            if message.channel_id != membership.channel_id or message.author_id == user.pk:
                continue
            if message.deleted_at is not None:
                continue
            is_shown = message.thread_id is None or message.also_to_channel
            reason = called.get(message.pk, "broad" if message.broad_mention else "")
            counts = reason == "name" or (reason != "" and not membership.is_muted)
            follow = follows.get(message.thread_id or 0)
            if message.seq > membership.read_seq:
                messages_ += is_shown
                mentions_ += counts and (is_shown or follow is None or reason == "broad")
            if follow is None or message.seq <= follow.read_seq:
                continue
            replies, in_thread = in_threads.get(follow.root_id, (0, 0))
            in_threads[follow.root_id] = (
                replies + follow.is_following,
                in_thread + (counts and reason != "broad" and not is_shown),
            )
        in_channels[membership.channel_id] = (messages_, mentions_)
    return in_channels, {root: counts for root, counts in in_threads.items() if any(counts)}


def fast_counts(user: User) -> tuple[dict[int, tuple[int, int]], dict[int, tuple[int, int]]]:
    rows, has_more = inboxes.unread_threads(asker=user)
    assert not has_more
    return (
        {row.channel_id: (row.messages, row.mentions) for row in selectors.unread(asker=user)},
        {row.root_id: (row.replies, row.mentions) for row in rows},
    )


class Crowd:
    """Three people in two channels who do what comes into their heads."""

    TEXTS = ("hello", "@bob look", "@cat and @bob", "@ann", "@crew", "@channel all", "the release")

    def __init__(self, seed: int, people: list[User]) -> None:
        self.dice = random.Random(seed)
        self.people = people
        ann, bob, self.comes_and_goes = people
        self.places = [
            channels.create(by=ann.pk, name=f"place{number}", kind="public") for number in (1, 2)
        ]
        for place in self.places:
            members.admit(channel=place, user=bob, actor_id=ann.pk)
        crew = UserGroup.objects.create(handle="crew", name="Crew")
        crew.members.set(people)
        preferences.change(user_id=bob.pk, wanted=PreferencesChange(keywords=["release"]))

    def act(self) -> str:
        acts = [self.say] * 3 + [self.reply] * 4 + [self.edit, self.delete]
        acts += [self.read] * 2 + [self.read_thread] * 2 + [self.follow] * 2
        acts += [self.move, self.mute]
        act = self.read_all if self.dice.random() < 0.03 else self.dice.choice(acts)
        act()
        return act.__name__

    def say(self) -> None:
        post(self._person(), self.dice.choice(self.places), self._text())

    def reply(self) -> None:
        root = self._message(thread=None)
        post(
            self._person(),
            root.channel,
            self._text(),
            thread_id=root.pk,
            also_to_channel=self.dice.random() < 0.3,
        )

    def edit(self) -> None:
        message = self._message()
        messages.edit(by=message.author_id, message_id=message.pk, text=self._text() + "!")

    def delete(self) -> None:
        message = self._message()
        messages.delete(by=message.author_id, message_id=message.pk)

    def read(self) -> None:
        place = self.dice.choice(self.places)
        act = self.dice.choice([reading.mark_read, reading.mark_unread])
        act(user_id=self._person().pk, channel_id=place.pk, seq=self._seq(place.pk))

    def read_thread(self) -> None:
        root = self._message(thread=None)
        user_id, seq = self._person().pk, self._seq(root.channel_id)
        following.mark_read(user_id=user_id, root_id=root.pk, seq=seq)

    def follow(self) -> None:
        following.set_following(
            user_id=self._person().pk,
            root_id=self._message(thread=None).pk,
            is_following=self.dice.random() < 0.7,
        )

    def move(self) -> None:
        act = self.dice.choice([members.join, members.join, members.leave])
        act(user_id=self.comes_and_goes.pk, channel_id=self.dice.choice(self.places).pk)

    def mute(self) -> None:
        memberships.change(
            user_id=self._person().pk,
            channel_id=self.dice.choice(self.places).pk,
            is_muted=self.dice.random() < 0.5,
        )

    def read_all(self) -> None:
        reading.mark_all_read(user_id=self._person().pk)

    def _person(self) -> User:
        return self.dice.choice(self.people)

    def _text(self) -> str:
        return self.dice.choice(self.TEXTS)

    def _message(self, **filters: object) -> Message:
        rows = list(Message.objects.filter(deleted_at=None, **filters))
        if not rows:
            raise NotFound
        return self.dice.choice(rows)

    def _seq(self, channel_id: int) -> int:
        stream = groups.channel_stream(channel_id)
        return self.dice.randint(1, log.heads([stream])[stream])


@pytest.mark.parametrize("seed", range(6))
def test_the_counts_are_those_of_somebody_who_counts_slowly(
    seed: int, ann: User, bob: User, cat: User
) -> None:
    crowd = Crowd(seed, [ann, bob, cat])
    done = []
    for number in range(90):
        # Cat is not everywhere, and nobody edits where they are not.
        with contextlib.suppress(ChatError):
            done.append(crowd.act())
        if number % 5 == 4:
            for user in crowd.people:
                assert fast_counts(user) == slow_counts(user), (seed, done)
    assert len(done) > 50


def test_the_counts_are_two_statements_however_many_channels(
    ann: User, bob: User, general: Channel, secret: Channel
) -> None:
    for channel in (general, secret):
        root = post(bob, channel)
        following.set_following(user_id=bob.pk, root_id=root.pk, is_following=True)
        post(ann, channel, "@bob", thread_id=root.pk)
    with CaptureQueriesContext(connection) as queries:
        assert len(fast_counts(bob)[0]) == 2
    assert len(queries) == 2


def test_the_counts_read_no_table_of_messages_from_end_to_end(
    ann: User, bob: User, general: Channel
) -> None:
    root = post(bob, general)
    following.set_following(user_id=bob.pk, root_id=root.pk, is_following=True)
    with CaptureQueriesContext(connection) as queries:
        fast_counts(bob)
    plans = ""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # With a handful of rows it would be right to read them all.
            cursor.execute("SET enable_seqscan = off")
        for query in queries:
            explain = "EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN "
            cursor.execute(explain + query["sql"])
            plans += "\n".join(str(row) for row in cursor.fetchall())
        if connection.vendor == "postgresql":
            cursor.execute("RESET enable_seqscan")
    assert "Index" in plans or "INDEX" in plans
    for table in ("chat_message", "chat_mention"):
        assert f"Seq Scan on {table} " not in plans
    # SQLite says SCAN for reading from end to end, and SEARCH for looking up.
    assert not [line for line in plans.splitlines() if "SCAN" in line and "Scan" not in line], plans


@pytest.mark.parametrize("count", [500])
def test_the_counts_of_many_channels_are_quick(
    count: int, ann: User, bob: User, transactional_db: None
) -> None:
    now = timezone.now()
    Channel.objects.bulk_create(
        Channel(name=f"channel{number}", kind="public", created_at=now) for number in range(count)
    )
    places = list(Channel.objects.all())
    Membership.objects.bulk_create(
        Membership(channel=place, user=bob, joined_at=now, read_seq=2) for place in places
    )
    Message.objects.bulk_create(
        Message(
            channel=place,
            seq=seq,
            author=ann,
            client_id=uuid.uuid4(),
            text="hello",
            created_at=now + timedelta(microseconds=seq),
        )
        for place in places
        for seq in range(1, 11)
    )
    started = time.monotonic()
    in_channels, in_threads = fast_counts(bob)
    assert time.monotonic() - started < 1.0
    assert in_channels == {place.pk: (8, 0) for place in places}
    assert in_threads == {}
