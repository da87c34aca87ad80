"""A stranger's client against a server that follows a script."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from tools.client import Client, CommandRefusedError, ConnectionEndedError, Cursors, Step

Json = dict[str, Any]
Script = Callable[[ServerConnection], Awaitable[None]]

WELCOME: Json = {
    "type": "welcome",
    "protocol": 1,
    "instance": "Instance-1",
    "connection_id": "a",
    "epoch": "e1",
    "heartbeat_seconds": 15,
    "user": {
        "id": "3",
        "username": "ann",
        "display_name": "Ann",
        "role": "member",
        "is_bot": False,
        "is_active": True,
        "title": "",
        "time_zone": "",
        "about": "",
        "pronouns": "",
        "avatar": None,
        "status_emoji": "",
        "status_text": "",
        "status_until": None,
        "presence_choice": "auto",
        "email": "ann@example.org",
        "locale": "",
    },
    "streams": {"u:3": 0, "c:7": 10},
}


def posted(seq: int) -> Json:
    return {
        "type": "message.posted",
        "stream": "c:7",
        "channel_id": "7",
        "seq": seq,
        "at": "2026-01-05T09:00:00Z",
        "actor_id": "3",
        "message": {
            "id": str(9000 + seq),
            "channel_id": "7",
            "seq": seq,
            "author_id": "3",
            "client_id": "c",
            "text": f"text {seq}",
            "html": "",
            "thread_id": None,
            "version": 1,
            "created_at": "2026-01-05T09:00:00Z",
            "edited_at": None,
            "edited_by_id": None,
            "deleted_at": None,
            "mention_ids": [],
            "broad": "",
            "reactions": [],
            "files": [],
            "also_to_channel": False,
            "thread": None,
            "quote": None,
            "pinned_at": None,
            "pinned_by_id": None,
            "sender_name": "",
            "sender_emoji": "",
        },
        "thread": None,
    }


def page(first: int, last: int) -> Json:
    events = [posted(seq) for seq in range(first, last + 1)]
    return {
        "type": "page", "stream": "c:7", "from": first, "to": last, "events": events, "more": False
    }  # fmt: skip


async def say(socket: ServerConnection, *frames: Json) -> None:
    for frame in frames:
        await socket.send(json.dumps(frame))


async def hear(socket: ServerConnection) -> Json:
    command: Json = json.loads(await socket.recv())
    return command


@asynccontextmanager
async def client_of(script: Script, **options: Any) -> AsyncIterator[Client]:
    """Connect a client to a server that says `welcome` and then does what the script says."""

    async def handle(socket: ServerConnection) -> None:
        await say(socket, WELCOME)
        await script(socket)

    async with serve(handle, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        client = await Client.connect(url=f"ws://127.0.0.1:{port}/ws/", token="t", **options)
        async with client:
            yield client


def seqs(client: Client) -> list[int]:
    return [event.seq for event in client.events]


def test_a_stream_is_applied_as_1_2_3_without_a_hole_or_a_repeat() -> None:
    cursors = Cursors({"c:7": 10})

    steps = [cursors.offer(stream="c:7", seq=seq) for seq in (10, 11, 11, 13, 12, 13)]

    assert steps == [Step.IGNORE, Step.APPLY, Step.IGNORE, Step.SYNC, Step.APPLY, Step.APPLY]
    assert cursors.as_dict() == {"c:7": 13}


def test_a_stream_with_a_hole_is_behind_until_it_is_filled() -> None:
    cursors = Cursors({"c:7": 10, "u:3": 4})

    cursors.offer(stream="c:7", seq=12)
    assert cursors.behind() == {"c:7": 10}

    cursors.offer(stream="c:7", seq=11)
    cursors.offer(stream="c:7", seq=12)
    assert cursors.behind() == {}


def test_a_stream_that_nobody_announced_is_ignored() -> None:
    cursors = Cursors({"c:7": 10})

    assert cursors.offer(stream="c:8", seq=1) is Step.IGNORE
    assert "c:8" not in cursors


def test_a_stream_that_ended_is_ignored_until_it_begins_again() -> None:
    cursors = Cursors({"c:7": 10})

    cursors.end(stream="c:7")
    assert cursors.offer(stream="c:7", seq=11) is Step.IGNORE

    cursors.begin(stream="c:7", seq=20)
    assert cursors.offer(stream="c:7", seq=21) is Step.APPLY


def test_events_are_applied_in_order_and_counted_once() -> None:
    async def script(socket: ServerConnection) -> None:
        await say(socket, posted(11), posted(11), posted(12))
        await socket.wait_closed()

    async def run() -> None:
        async with client_of(script) as client:
            assert await client.until(lambda: client.cursors["c:7"] == 12, seconds=5)
            assert seqs(client) == [11, 12]
            assert client.texts(channel_id="7") == ["text 11", "text 12"]
            assert not client.trouble.gaps

    asyncio.run(run())


def test_a_hole_is_filled_by_one_sync() -> None:
    commands: list[Json] = []

    async def script(socket: ServerConnection) -> None:
        await say(socket, posted(13), posted(14))
        command = await hear(socket)
        commands.append(command)
        await say(socket, page(11, 14), {"type": "ok", "re": command["id"]}, posted(15))
        await socket.wait_closed()

    async def run() -> None:
        async with client_of(script) as client:
            assert await client.until(lambda: client.cursors["c:7"] == 15, seconds=5)
            assert seqs(client) == [11, 12, 13, 14, 15]
            assert len(client.trouble.gaps) == 2

    asyncio.run(run())
    assert [(command["type"], command["cursors"]["c:7"]) for command in commands] == [("sync", 10)]


def test_older_cursors_are_caught_up_before_connect_returns() -> None:
    async def script(socket: ServerConnection) -> None:
        command = await hear(socket)
        first = command["cursors"]["c:7"] + 1
        await say(socket, page(first, 10), {"type": "ok", "re": command["id"]})
        await socket.wait_closed()

    async def run() -> None:
        async with client_of(script, cursors={"c:7": 7}, epoch="e1") as client:
            assert seqs(client) == [8, 9, 10]

    asyncio.run(run())


def test_cursors_of_another_epoch_mean_nothing() -> None:
    async def script(socket: ServerConnection) -> None:
        await socket.wait_closed()

    async def run() -> None:
        async with client_of(script, cursors={"c:7": 3}, epoch="e0") as client:
            assert client.cursors["c:7"] == 10
            assert not client.events

    asyncio.run(run())


def test_a_reset_forgets_the_stream_and_goes_on_after_its_seq() -> None:
    async def script(socket: ServerConnection) -> None:
        await say(socket, {"type": "reset", "stream": "c:7", "seq": 5_000}, posted(5_001))
        await socket.wait_closed()

    async def run() -> None:
        async with client_of(script) as client:
            assert await client.until(lambda: client.cursors["c:7"] == 5_001, seconds=5)
            assert client.trouble.resets == ["c:7 to 5000"]

    asyncio.run(run())


def test_an_answer_belongs_to_the_command_with_its_id() -> None:
    async def script(socket: ServerConnection) -> None:
        first, second = await hear(socket), await hear(socket)
        answers = {"channel_id": "7", "message_id": "1"}
        await say(
            socket,
            {"type": "ok", "re": second["id"], "seq": 2, **answers},
            {"type": "ok", "re": first["id"], "seq": 1, **answers},
        )
        await socket.wait_closed()

    async def run() -> None:
        async with client_of(script) as client:
            first, second = await asyncio.gather(
                client.post(channel_id="7", text="a"), client.post(channel_id="7", text="b")
            )
            assert (first.seq, second.seq) == (1, 2)

    asyncio.run(run())


def test_a_refused_command_raises_the_code() -> None:
    async def script(socket: ServerConnection) -> None:
        command = await hear(socket)
        error = {"code": "not_a_member", "detail": "No.", "fields": {}, "retryable": False}
        await say(socket, {"type": "error", "re": command["id"], **error})
        await socket.wait_closed()

    async def run() -> None:
        async with client_of(script) as client:
            with pytest.raises(CommandRefusedError) as refused:
                await client.post(channel_id="8", text="a")
            assert refused.value.error.code == "not_a_member"

    asyncio.run(run())


def test_a_command_without_an_answer_ends_with_the_close_code() -> None:
    async def script(socket: ServerConnection) -> None:
        await hear(socket)
        await socket.close(code=4403)

    async def run() -> None:
        async with client_of(script) as client:
            with pytest.raises(ConnectionEndedError) as ended:
                await client.post(channel_id="7", text="a")
            assert ended.value.code == 4403
            assert client.close_code == 4403

    asyncio.run(run())


def test_presence_is_the_answer_and_every_change_after_it() -> None:
    async def script(socket: ServerConnection) -> None:
        command = await hear(socket)
        await say(
            socket,
            {"type": "ok", "re": command["id"], "users": {"3": "online", "4": "offline"}},
            {"type": "presence.changed", "users": {"4": "online"}},
        )
        await socket.wait_closed()

    async def run() -> None:
        async with client_of(script) as client:
            await client.watch(["3", "4"])
            assert await client.until(lambda: client.presence.get("4") == "online", seconds=5)
            assert client.presence == {"3": "online", "4": "online"}

    asyncio.run(run())


def test_a_channel_that_one_is_added_to_flows_from_its_head() -> None:
    channel: Json = {
        "id": "8", "name": "new", "kind": "public", "topic": "", "description": "",
        "created_at": "2026-01-05T09:00:00Z", "created_by_id": None, "archived_at": None,
        "posting": "everyone", "is_default": False, "user_ids": [],
        "last_seq": 5, "last_message_at": None, "member_count": 1, "membership": None,
    }  # fmt: skip
    own = {"stream": "u:3", "at": "2026-01-05T09:00:00Z", "actor_id": "3"}

    async def script(socket: ServerConnection) -> None:
        await say(
            socket,
            {"type": "channel.added", "seq": 1, "channel": channel, **own},
            {**posted(6), "stream": "c:8", "channel_id": "8"},
            {"type": "channel.removed", "seq": 2, "channel_id": "8", **own},
            {**posted(7), "stream": "c:8", "channel_id": "8"},
        )
        await socket.wait_closed()

    async def run() -> None:
        async with client_of(script) as client:
            assert await client.until(lambda: client.cursors["u:3"] == 2, seconds=5)
            streams = [(event.stream, event.seq) for event in client.events]
            assert streams == [("u:3", 1), ("c:8", 6), ("u:3", 2)]
            assert "c:8" not in client.cursors

    asyncio.run(run())


def test_what_a_newer_server_sends_is_ignored_or_counted_but_never_fatal() -> None:
    async def script(socket: ServerConnection) -> None:
        await say(
            socket,
            {"type": "weather.changed", "users": {"3": "sunny"}},
            {**posted(11), "type": "message.sung", "melody": "la"},
            {**posted(12), "later": True},
        )
        await socket.wait_closed()

    async def run() -> None:
        async with client_of(script) as client:
            assert await client.until(lambda: client.cursors["c:7"] == 12, seconds=5)
            assert client.events[0].record() is None
            assert client.texts(channel_id="7") == ["text 12"]

    asyncio.run(run())
