"""People talk over sockets. Every rule holds on the project's layer and on the stock one."""

import uuid

import pytest

from accounts.models import User
from chat.models import Channel, Message
from chat.services import members, messages
from protocol import limits
from realtime.pool import run_in_pool
from tests.integration.conftest import Sockets

pytestmark = pytest.mark.parametrize("real_redis", ["hub", "stock"], indirect=True)


async def test_what_one_says_everyone_in_the_channel_hears(
    sockets: Sockets, ann: User, bob: User, general: Channel
) -> None:
    first, second = await sockets.open(ann), await sockets.open(bob)
    answer = await first.post(general.pk, "hello **you**")
    assert answer["type"] == "ok"
    for socket in (first, second):
        event = await socket.next("message.posted")
        assert event["seq"] == answer["seq"]
        assert event["stream"] == f"c:{general.pk}"
        assert event["actor_id"] == str(ann.pk)
        assert event["message"]["id"] == answer["message_id"]
        assert event["message"]["html"] == "<p>hello <strong>you</strong></p>"


async def test_a_stranger_hears_nothing_and_may_not_post(
    sockets: Sockets, ann: User, cat: User, secret: Channel
) -> None:
    insider, stranger = await sockets.open(ann), await sockets.open(cat)
    assert list(stranger.welcome["streams"]) == [f"u:{cat.pk}"]
    assert (await stranger.post(secret.pk, "let me in"))["code"] == "not_found"
    assert (await insider.post(secret.pk, "among us"))["type"] == "ok"
    await stranger.ask("ping")
    assert stranger.arrived() == []
    assert await run_in_pool(Message.objects.count) == 1


async def test_a_resend_is_the_same_message(
    sockets: Sockets, ann: User, bob: User, general: Channel
) -> None:
    first, second = await sockets.open(ann), await sockets.open(bob)
    client_id = str(uuid.uuid4())
    answers = [await first.post(general.pk, "once", client_id) for _ in range(3)]
    assert len({(one["message_id"], one["seq"]) for one in answers}) == 1
    await first.post(general.pk, "after")
    assert (await second.next("message.posted"))["message"]["text"] == "once"
    assert (await second.next("message.posted"))["message"]["text"] == "after"


async def test_events_come_in_order_without_a_hole(
    sockets: Sockets, ann: User, bob: User, general: Channel
) -> None:
    first, second = await sockets.open(ann), await sockets.open(bob)
    start = second.welcome["streams"][f"c:{general.pk}"]
    for number in range(20):
        await (first if number % 2 else second).post(general.pk, f"message {number}")
    seqs = [(await second.next("message.posted"))["seq"] for _ in range(20)]
    assert seqs == list(range(start + 1, start + 21))


async def test_an_edit_and_a_deletion_reach_everyone(
    sockets: Sockets, ann: User, bob: User, general: Channel
) -> None:
    first, second = await sockets.open(ann), await sockets.open(bob)
    posted = await first.post(general.pk, "helo")
    edited = await first.ask("message.edit", message_id=posted["message_id"], text="hello")
    event = await second.next("message.edited")
    assert (event["seq"], event["message"]["text"]) == (edited["seq"], "hello")
    assert event["message"]["edited_at"] is not None
    assert event["message"]["version"] == 2
    deleted = await first.ask("message.delete", message_id=posted["message_id"])
    event = await second.next("message.deleted")
    assert (event["seq"], event["message_id"]) == (deleted["seq"], posted["message_id"])


async def test_only_the_author_edits_and_a_moderator_may_delete(
    sockets: Sockets, ann: User, bob: User, general: Channel
) -> None:
    owner, member = await sockets.open(ann), await sockets.open(bob)
    of_owner = (await owner.post(general.pk, "mine"))["message_id"]
    of_member = (await member.post(general.pk, "mine too"))["message_id"]
    for kind, fields in (("message.edit", {"text": "x"}), ("message.delete", {})):
        answer = await member.ask(kind, message_id=of_owner, **fields)
        assert answer["code"] == "forbidden"
    assert (await owner.ask("message.edit", message_id=of_member, text="x"))["code"] == "forbidden"
    assert (await owner.ask("message.delete", message_id=of_member))["type"] == "ok"
    assert (await owner.ask("message.delete", message_id=of_member))["code"] == "not_found"


async def test_whoever_joins_hears_from_then_on(
    sockets: Sockets, ann: User, cat: User, general: Channel
) -> None:
    insider, newcomer = await sockets.open(ann), await sockets.open(cat)
    await insider.post(general.pk, "before")
    joined = await newcomer.ask("channel.join", channel_id=str(general.pk))
    added = await newcomer.next("channel.added")
    assert added["channel"]["last_seq"] == joined["seq"]
    assert added["channel"]["membership"]["role"] == "member"
    answer = await insider.post(general.pk, "welcome")
    heard = await newcomer.next("message.posted")
    assert (heard["seq"], heard["message"]["text"]) == (answer["seq"], "welcome")
    assert (await insider.next("member.joined"))["member"]["user_id"] == str(cat.pk)


async def test_joining_again_changes_nothing(sockets: Sockets, ann: User, general: Channel) -> None:
    socket = await sockets.open(ann)
    head = socket.welcome["streams"][f"c:{general.pk}"]
    assert (await socket.ask("channel.join", channel_id=str(general.pk)))["seq"] == head
    assert (await socket.ask("ping"))["type"] == "ok"
    assert socket.arrived() == []


async def test_whoever_leaves_hears_nothing_more(
    sockets: Sockets, ann: User, bob: User, general: Channel
) -> None:
    stays, goes = await sockets.open(ann), await sockets.open(bob)
    left = await goes.ask("channel.leave", channel_id=str(general.pk))
    assert (await stays.next("member.left"))["seq"] == left["seq"]
    assert (await goes.next("channel.removed"))["channel_id"] == str(general.pk)
    await stays.post(general.pk, "are they gone?")
    await stays.next("message.posted")
    await goes.ask("ping")
    assert [frame["type"] for frame in goes.arrived()] in ([], ["member.left"])
    assert (await goes.post(general.pk, "no"))["code"] == "not_a_member"


async def test_nothing_after_a_removal_reaches_the_removed(
    sockets: Sockets, ann: User, bob: User, secret: Channel
) -> None:
    socket = await sockets.open(bob)

    def remove_and_talk() -> int:
        seq = members.remove(by=ann.pk, channel_id=secret.pk, user_id=bob.pk)
        for number in range(10):
            messages.post(
                author_id=ann.pk,
                channel_id=secret.pk,
                client_id=uuid.uuid4(),
                text=f"secret {number}",
            )
        return seq

    removed_at = await run_in_pool(remove_and_talk)
    await socket.next("channel.removed")
    await socket.ask("ping")
    later = [
        frame
        for frame in socket.arrived()
        if frame.get("stream") == f"c:{secret.pk}" and frame["seq"] > removed_at
    ]
    assert later == []
    assert (await socket.post(secret.pk, "still here"))["code"] == "not_found"


async def test_whoever_is_brought_back_hears_again(
    sockets: Sockets, ann: User, bob: User, secret: Channel
) -> None:
    insider, socket = await sockets.open(ann), await sockets.open(bob)
    await run_in_pool(members.remove, by=ann.pk, channel_id=secret.pk, user_id=bob.pk)
    await run_in_pool(members.add, by=ann.pk, channel_id=secret.pk, user_id=bob.pk)
    await socket.next("channel.removed")
    await socket.next("channel.added")
    await insider.post(secret.pk, "good to see you")
    assert (await socket.next("message.posted"))["message"]["text"] == "good to see you"


async def test_typing_is_told_to_the_others_only(
    sockets: Sockets, ann: User, bob: User, general: Channel
) -> None:
    types, sees = await sockets.open(ann), await sockets.open(bob)
    assert (await types.ask("typing.start", channel_id=str(general.pk)))["type"] == "ok"
    event = await sees.next("typing.started")
    assert (event["channel_id"], event["user_id"]) == (str(general.pk), str(ann.pk))
    await types.ask("ping")
    assert types.arrived() == []
    # What goes through the layer in the same order comes back after any copy of the first.
    await types.post(general.pk, "said it")
    await sees.next("message.posted")
    await sees.ask("ping")
    assert sees.arrived() == []


async def test_reading_is_shared_by_the_devices_of_one_person(
    sockets: Sockets, ann: User, bob: User, general: Channel
) -> None:
    writer = await sockets.open(ann)
    phone, laptop = await sockets.open(bob), await sockets.open(bob)
    seq = (await writer.post(general.pk, "news"))["seq"]
    answer = await phone.ask("channel.read", channel_id=str(general.pk), seq=seq)
    assert answer["type"] == "ok"
    event = await laptop.next("read.changed")
    assert (event["channel_id"], event["read_seq"]) == (str(general.pk), seq)
    answer = await phone.ask("channel.read", channel_id=str(general.pk), seq=seq + 5)
    assert answer["code"] == "invalid"


async def test_a_mention_is_told_to_the_mentioned_member(
    sockets: Sockets, ann: User, bob: User, cat: User, general: Channel
) -> None:
    writer, named, stranger = [await sockets.open(user) for user in (ann, bob, cat)]
    answer = await writer.post(general.pk, "@bob and @cat, look")
    event = await named.next("mention.created")
    assert event["message_id"] == answer["message_id"]
    assert (await named.next("message.posted"))["message"]["mention_ids"] == [str(bob.pk)]
    await stranger.ask("ping")
    assert stranger.arrived() == []


async def test_an_older_cursor_is_brought_up_to_date(
    sockets: Sockets, ann: User, general: Channel
) -> None:
    socket = await sockets.open(ann)
    for number in range(3):
        await socket.post(general.pk, f"message {number}")
        await socket.next("message.posted")
    stream = f"c:{general.pk}"
    answer = await socket.ask("sync", cursors={stream: 2})
    assert answer["type"] == "ok"
    page = await socket.next("page")
    assert (page["stream"], page["from"], page["to"], page["more"]) == (stream, 3, 5, False)
    assert [event["seq"] for event in page["events"]] == [3, 4, 5]
    assert [event["message"]["text"] for event in page["events"]] == [
        "message 0",
        "message 1",
        "message 2",
    ]
    await socket.post(general.pk, "live again")
    assert (await socket.next("message.posted"))["seq"] == 6


async def test_a_cursor_from_the_future_is_reset(
    sockets: Sockets, ann: User, general: Channel
) -> None:
    socket = await sockets.open(ann)
    stream = f"c:{general.pk}"
    await socket.ask("sync", cursors={stream: 1000})
    reset = await socket.next("reset")
    assert (reset["stream"], reset["seq"]) == (stream, socket.welcome["streams"][stream])


async def test_a_cursor_too_far_behind_is_reset(
    sockets: Sockets, ann: User, general: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SYNC_BEHIND_MAX", 3)
    socket = await sockets.open(ann)
    for number in range(4):
        await socket.post(general.pk, f"message {number}")
        await socket.next("message.posted")
    await socket.ask("sync", cursors={f"c:{general.pk}": 1})
    assert (await socket.next("reset"))["seq"] == 6


async def test_a_page_never_shows_what_was_deleted_since(
    sockets: Sockets, ann: User, general: Channel
) -> None:
    socket = await sockets.open(ann)
    posted = await socket.post(general.pk, "regrettable")
    await socket.ask("message.edit", message_id=posted["message_id"], text="regrettable still")
    await socket.ask("message.delete", message_id=posted["message_id"])
    await socket.next("message.deleted")
    await socket.ask("sync", cursors={f"c:{general.pk}": 2})
    page = await socket.next("page")
    assert [event["type"] for event in page["events"]] == [
        "message.posted",
        "message.edited",
        "message.deleted",
    ]
    assert [event["seq"] for event in page["events"]] == [3, 4, 5]
    assert "regrettable" not in str(page)
    assert page["events"][0]["message"]["deleted_at"] is not None


@pytest.mark.usefixtures("general")
async def test_who_is_online_is_told_to_those_who_watch(
    sockets: Sockets, ann: User, bob: User
) -> None:
    watcher = await sockets.open(ann)
    answer = await watcher.ask("presence.watch", user_ids=[str(bob.pk)])
    assert answer["users"] == {str(bob.pk): "offline"}
    await sockets.open(bob)
    change = await watcher.next("presence.changed")
    assert change["users"] == {str(bob.pk): "online"}
    answer = await watcher.ask("presence.watch", user_ids=[str(bob.pk)])
    assert answer["users"] == {str(bob.pk): "online"}
