"""The ordered log: no hole, no repeat, whatever happens at once."""

import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import redis as redis_client
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from accounts.models import User
from chat import broadcast, groups
from chat.models import Channel, Message
from chat.services import channels, members, messages, reading
from protocol import codec
from realtime import log
from realtime.letters import Letter, from_message
from realtime.models import Event, Stream
from tools.cluster import Valkey


def test_a_place_needs_a_transaction(transactional_db: None) -> None:
    with pytest.raises(TransactionManagementError):
        log.take("c:1")


class Eavesdropper:
    """Hears whatever leaves for Redis."""

    def __init__(self, redis: "redis_client.Redis", prefix: str) -> None:
        self._redis = redis
        self._end = f"{prefix}-end"
        self._session = redis.pubsub()  # type: ignore[no-untyped-call]
        self._session.psubscribe(f"{prefix}*")

    def heard(self) -> list[tuple[str, int]]:
        """Return the stream and seq of every letter since the last time."""
        self._redis.publish(self._end, b"")
        letters = []
        for message in self._session.listen():
            if message["type"] == "pmessage":
                if message["channel"].decode() == self._end:
                    break
                letter = from_message({"letter": message["data"][1:]})
                letters.append((letter.stream, letter.seq))
        return letters


@pytest.fixture
def eavesdropper(valkey: Valkey, real_redis: str) -> Iterator[Eavesdropper]:
    with redis_client.Redis.from_url(valkey.url) as client:
        yield Eavesdropper(client, real_redis)


def test_a_rollback_leaves_no_hole_and_tells_nothing(
    ann: User, general: Channel, eavesdropper: Eavesdropper
) -> None:
    eavesdropper.heard()
    stream = groups.channel_stream(general.pk)
    head = log.heads([stream])[stream]

    class Change(Exception):
        pass

    def post() -> int:
        return messages.post(
            author_id=ann.pk, channel_id=general.pk, client_id=uuid.uuid4(), text="x"
        ).seq

    with pytest.raises(Change), transaction.atomic():
        post()
        raise Change
    assert eavesdropper.heard() == []
    assert post() == head + 1
    assert eavesdropper.heard() == [(stream, head + 1)]


def test_many_writers_at_once_leave_no_hole_and_no_repeat(
    ann: User, bob: User, general: Channel
) -> None:
    errors: list[BaseException] = []

    def write(author: User) -> None:
        try:
            for _ in range(15):
                messages.post(
                    author_id=author.pk,
                    channel_id=general.pk,
                    client_id=uuid.uuid4(),
                    text="hello @ann @bob",
                )
        except BaseException as error:  # noqa: BLE001 - shown by the assertion
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(user,)) for user in (ann, bob) * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    stream = Stream.objects.get(name=groups.channel_stream(general.pk))
    seqs = list(Event.objects.filter(stream=stream).order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(1, stream.last_seq + 1))
    assert Message.objects.count() == 120
    times = list(Message.objects.order_by("seq").values_list("created_at", flat=True))
    assert times == sorted(set(times))


def test_the_same_message_sent_at_once_by_many_is_one(ann: User, general: Channel) -> None:
    client_id = uuid.uuid4()
    answers: list[tuple[int, int]] = []
    start = threading.Barrier(6)

    def send() -> None:
        try:
            start.wait()
            answer = messages.post(
                author_id=ann.pk, channel_id=general.pk, client_id=client_id, text="once"
            )
            answers.append((answer.message.pk, answer.seq))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 6
    assert len(set(answers)) == 1
    assert Message.objects.count() == 1


def test_times_in_a_stream_rise_whatever_the_clock_says(transactional_db: None) -> None:
    past = datetime(2020, 1, 1, tzinfo=UTC)
    with transaction.atomic():
        times = [log.take("c:9", at=past).at for _ in range(3)]
        later = log.take("c:9", at=past + timedelta(days=1)).at
    assert times == [past + timedelta(microseconds=step) for step in range(3)]
    assert later == past + timedelta(days=1)


def test_a_page_of_the_log_is_bounded_in_bytes() -> None:
    letters = [Letter(stream="c:1", seq=seq, payload=b"x" * 100) for seq in range(1, 11)]
    assert len(log.fit(letters, max_bytes=350)) == 3
    assert len(log.fit(letters, max_bytes=10)) == 1
    assert len(log.fit(letters, max_bytes=10_000)) == 10


def test_quietly_writes_and_tells_nobody(
    ann: User, general: Channel, eavesdropper: Eavesdropper
) -> None:
    eavesdropper.heard()
    with broadcast.quietly():
        messages.post(author_id=ann.pk, channel_id=general.pk, client_id=uuid.uuid4(), text="x")
    assert eavesdropper.heard() == []
    assert Event.objects.filter(type="message.posted").count() == 1


def test_the_old_state_and_the_events_are_the_new_state(
    ann: User, bob: User, cat: User, general: Channel
) -> None:
    """Rebuild a channel from its log alone, and compare it with the database."""
    kept = messages.post(
        author_id=ann.pk, channel_id=general.pk, client_id=uuid.uuid4(), text="kept"
    ).message
    gone = messages.post(
        author_id=bob.pk, channel_id=general.pk, client_id=uuid.uuid4(), text="gone"
    ).message
    messages.edit(by=ann.pk, message_id=kept.pk, text="kept and edited")
    messages.delete(by=bob.pk, message_id=gone.pk)
    members.join(user_id=cat.pk, channel_id=general.pk)
    members.change_role(by=ann.pk, channel_id=general.pk, user_id=cat.pk, role="admin")
    members.leave(user_id=bob.pk, channel_id=general.pk)
    wanted = channels.Change(name="plaza", topic="sun")
    channels.change(by=ann.pk, channel_id=general.pk, wanted=wanted)
    channels.archive(by=ann.pk, channel_id=general.pk)
    channels.unarchive(by=ann.pk, channel_id=general.pk)
    reading.mark_read(user_id=ann.pk, channel_id=general.pk, seq=3)

    texts: dict[str, str] = {}
    roles: dict[str, str] = {}
    name = topic = ""
    is_archived = False
    seen = set()
    for letter in log.read(groups.channel_stream(general.pk), after=0, limit=1000):
        event = codec.decode_event(letter.payload)
        kind = type(event).__name__
        seen.add(kind)
        match kind:
            case "MessagePosted" | "MessageEdited":
                texts[event.message.id] = event.message.text  # type: ignore[union-attr]
            case "MessageDeleted":
                texts[event.message_id] = ""  # type: ignore[union-attr]
            case "MemberJoined":
                roles[event.member.user_id] = event.member.role  # type: ignore[union-attr]
            case "MemberRoleChanged":
                roles[event.user_id] = event.role  # type: ignore[union-attr]
            case "MemberLeft" | "MemberRemoved":
                del roles[event.user_id]  # type: ignore[union-attr]
            case "ChannelChanged":
                name, topic = event.channel.name, event.channel.topic  # type: ignore[union-attr]
            case "ChannelArchived" | "ChannelUnarchived":
                is_archived = event.channel.archived_at is not None  # type: ignore[union-attr]

    fresh = Channel.objects.get(pk=general.pk)
    assert texts == {str(one.pk): one.text for one in fresh.messages.all()}
    assert roles == {str(one.user_id): one.role for one in fresh.memberships.all()}
    assert (name, topic, is_archived) == (fresh.name, fresh.topic, fresh.is_archived)
    assert len(seen) == 9
