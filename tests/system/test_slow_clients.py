"""Who reads slowly costs little, holds up nobody, and misses nothing."""

import asyncio
import json
import socket
from collections.abc import Iterator

import msgspec
import pytest
from websockets.asyncio.client import connect

from tools.client import Client
from tools.cluster import Cluster, Instance

MESSAGES = 900
TEXT = "x" * 10_000
LAG_BYTES = 1024 * 1024


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with Cluster(instances=1) as running:
        yield running


async def test_who_stops_reading_lags_and_then_hears_everything_once_in_order(
    cluster: Cluster,
) -> None:
    (instance,) = cluster.instances
    crew = cluster.provision(users=5, channel="busy")
    assert crew.channel is not None
    stream, channel_id = f"c:{crew.channel.id}", crew.channel.id
    lazy, *busy = crew.users
    async with connect(
        instance.ws_url,
        sock=socket_with_little_room(instance),
        additional_headers={"Authorization": f"Bearer {lazy.token}"},
        compression=None,
        ping_interval=None,
        proxy=None,
        max_queue=1,
        max_size=None,
    ) as unread:
        welcome = json.loads(await unread.recv())
        start = welcome["streams"][stream]
        talkers = [await Client.connect(url=instance.ws_url, token=one.token) for one in busy]
        await asyncio.gather(*(talk(one, channel_id) for one in talkers))
        end = start + MESSAGES
        assert await talkers[0].until(lambda: talkers[0].cursors[stream] == end, seconds=20)
        assert await buffered(cluster) <= LAG_BYTES + 2 * len(TEXT)
        heard: list[int] = []
        async with asyncio.timeout(60):
            while len(heard) < MESSAGES:
                frame = json.loads(await unread.recv())
                if frame.get("stream") == stream:
                    heard.append(frame["seq"])
        assert heard == list(range(start + 1, end + 1))
        await talkers[0].post(channel_id=channel_id, text="afterwards")
        async with asyncio.timeout(10):
            while json.loads(await unread.recv()).get("seq") != end + 1:
                pass
        for one in talkers:
            await one.close()


async def talk(client: Client, channel_id: str) -> None:
    for _ in range(MESSAGES // 4):
        await client.post(channel_id=channel_id, text=TEXT)


def socket_with_little_room(instance: Instance) -> socket.socket:
    connection = socket.socket()
    # Else the kernel would read megabytes on behalf of the client.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect(("127.0.0.1", instance.port))
    return connection


async def buffered(cluster: Cluster) -> int:
    """Return what the process itself says that waits for its clients, once it waits for any."""
    async with asyncio.timeout(20):
        while True:
            listed = await asyncio.to_thread(cluster.manage, "instances", "--json")
            waiting = msgspec.json.decode(listed)["buffered_bytes"]
            if waiting:
                return int(waiting)
