"""A database of yesterday, a Redis of yesterday: nobody goes on as if nothing had happened."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis as redis_client

from protocol.close_codes import CloseCode
from tools.client import Client
from tools.cluster import Cluster, Provisioned


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    with Cluster(instances=2) as running:
        yield running


@pytest.fixture
def crew(cluster: Cluster) -> Provisioned:
    return cluster.provision(users=2, channel="history")


def database(cluster: Cluster) -> Path:
    return Path(cluster.environment["DATABASE_URL"].removeprefix("sqlite:///"))


def channel_of(crew: Provisioned) -> str:
    assert crew.channel is not None
    return crew.channel.id


async def test_after_a_restored_backup_every_client_begins_anew(
    cluster: Cluster, crew: Provisioned, tmp_path: Path
) -> None:
    first, second = cluster.instances
    channel_id = channel_of(crew)
    token = crew.users[0].token
    client = await Client.connect(url=first.ws_url, token=token)
    await client.post(channel_id=channel_id, text="kept")
    backup = tmp_path / "backup.sqlite3"
    with sqlite3.connect(database(cluster)) as source, sqlite3.connect(backup) as target:
        source.backup(target)
    for number in range(3):
        await client.post(channel_id=channel_id, text=f"lost {number}")
    # Long enough for the length of the history to be remembered.
    key = "parley:high_water"
    with redis_client.Redis.from_url(cluster.valkey.url) as redis:
        assert await client.until(
            lambda: redis.zscore(key, client.welcome.epoch) == newest_event(cluster), seconds=15
        )
    first.terminate()
    second.terminate()
    await client.close()
    for leftover in database(cluster).parent.glob("*.sqlite3-*"):
        leftover.unlink()
    database(cluster).write_bytes(backup.read_bytes())
    first.start()
    second.start()
    # As much is said again as was lost: without another epoch the old cursors would look current.
    async with await Client.connect(url=second.ws_url, token=crew.users[1].token) as other:
        for number in range(5):
            await other.post(channel_id=channel_id, text=f"new {number}")
        async with await Client.connect(
            url=first.ws_url,
            token=token,
            cursors=client.cursors.as_dict(),
            epoch=client.welcome.epoch,
        ) as again:
            assert again.welcome.epoch == other.welcome.epoch != client.welcome.epoch


async def closing(client: Client) -> int | None:
    await client.until(lambda: client.close_code is not None, seconds=20)
    return client.close_code


def newest_event(cluster: Cluster) -> int:
    with sqlite3.connect(database(cluster)) as connection:
        (newest,) = connection.execute("SELECT max(id) FROM realtime_event").fetchone()
    return int(newest)


async def test_a_history_that_shrinks_while_people_are_connected_is_noticed(
    cluster: Cluster, crew: Provisioned
) -> None:
    channel_id = channel_of(crew)
    clients = [
        await Client.connect(url=instance.ws_url, token=user.token)
        for instance, user in zip(cluster.instances, crew.users, strict=True)
    ]
    for number in range(3):
        await clients[0].post(channel_id=channel_id, text=f"lost {number}")
    seq = clients[0].cursors[f"c:{channel_id}"]
    assert await clients[1].until(lambda: clients[1].cursors[f"c:{channel_id}"] == seq, seconds=10)
    with sqlite3.connect(database(cluster), timeout=10) as connection:
        (stream,) = connection.execute(
            "SELECT id FROM realtime_stream WHERE name = ?", (f"c:{channel_id}",)
        ).fetchone()
        connection.execute(
            "DELETE FROM realtime_event WHERE stream_id = ? AND seq > ?", (stream, seq - 2)
        )
        connection.execute(
            "DELETE FROM chat_message WHERE channel_id = ? AND seq > ?", (channel_id, seq - 2)
        )
        connection.execute(
            "UPDATE realtime_stream SET last_seq = ? WHERE id = ?", (seq - 2, stream)
        )
    for client in clients:
        assert await closing(client) == CloseCode.RESTART
    again = [
        await Client.connect(url=instance.ws_url, token=user.token)
        for instance, user in zip(cluster.instances, crew.users, strict=True)
    ]
    assert {one.welcome.epoch for one in again} != {clients[0].welcome.epoch}
    assert len({one.welcome.epoch for one in again}) == 1
    await again[0].post(channel_id=channel_id, text="after")
    assert await again[1].until(
        lambda: "after" in again[1].texts(channel_id=channel_id), seconds=10
    )
    for client in (*clients, *again):
        await client.close()


async def test_a_redis_of_yesterday_shows_nobody_offline_and_loses_nothing(
    cluster: Cluster, crew: Provisioned
) -> None:
    channel_id = channel_of(crew)
    first, second = cluster.instances
    # What is dumped knows the first person as somebody who has just left.
    gone = await Client.connect(url=first.ws_url, token=crew.users[0].token)
    await gone.close()
    with redis_client.Redis.from_url(cluster.valkey.url) as redis:
        redis.save()
    one = await Client.connect(url=first.ws_url, token=crew.users[0].token)
    two = await Client.connect(url=second.ws_url, token=crew.users[1].token)
    await two.watch([one.user_id])
    assert await two.until(lambda: two.presence.get(one.user_id) == "online", seconds=30)
    cluster.valkey.stop()
    cluster.valkey.start()
    await one.post(channel_id=channel_id, text="meanwhile")
    # Longer than the grace of whoever the dump knows as gone.
    assert not await two.until(lambda: two.presence[one.user_id] == "offline", seconds=20)
    assert two.texts(channel_id=channel_id) == ["meanwhile"]
    assert await two.until(lambda: two.presence[one.user_id] == "online", seconds=20)
    await one.close()
    await two.close()
