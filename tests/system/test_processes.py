"""Several real processes, real sockets, real signals."""

import asyncio
import json
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from protocol.close_codes import CloseCode
from tools import check_instances
from tools.client import Client, ConnectionEndedError
from tools.cluster import Cluster, Provisioned

PRESENCE_SECONDS = 30.0


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with Cluster(instances=3) as running:
        yield running


@pytest.fixture(autouse=True)
def everything_runs(cluster: Cluster) -> None:
    """Each test may break what it likes; the next one finds it whole."""
    cluster.valkey.resume()
    if not cluster.valkey.is_alive:
        cluster.valkey.start()
    for instance in cluster.instances:
        if not instance.is_alive:
            instance.start()


@pytest.fixture
def crew(cluster: Cluster, request: pytest.FixtureRequest) -> Provisioned:
    name = request.node.name.replace("test_", "")[:24].strip("_")
    return cluster.provision(users=3, prefix=f"{name}-", channel=name)


@asynccontextmanager
async def everyone(cluster: Cluster, crew: Provisioned) -> AsyncIterator[list[Client]]:
    """One client of each person, each on a process of their own."""
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(
                await Client.connect(url=instance.ws_url, token=user.token)
            )
            for instance, user in zip(cluster.instances, crew.users, strict=True)
        ]


def channel_of(crew: Provisioned) -> str:
    assert crew.channel is not None
    return crew.channel.id


async def heard(clients: list[Client], channel_id: str, *, count: int, seconds: float = 15) -> None:
    """Wait until everyone heard so many messages, and they are the same in the same order."""
    for client in clients:
        found = await client.until(
            lambda client=client: len(client.messages(channel_id=channel_id)) >= count,  # type: ignore[misc]
            seconds=seconds,
        )
        assert found, f"{len(client.messages(channel_id=channel_id))} of {count} were heard"
    logs = [[(m.seq, m.text) for m in c.messages(channel_id=channel_id)] for c in clients]
    assert all(log == logs[0] for log in logs)
    seqs = [seq for seq, _ in logs[0]]
    assert seqs == sorted(set(seqs))


def test_what_is_said_anywhere_is_heard_everywhere_in_one_order(
    cluster: Cluster, crew: Provisioned
) -> None:
    async def scenario() -> None:
        async with everyone(cluster, crew) as clients:
            await asyncio.gather(
                *(
                    client.post(channel_id=channel_of(crew), text=f"{number} {turn}")
                    for turn in range(10)
                    for number, client in enumerate(clients)
                )
            )
            await heard(clients, channel_of(crew), count=30)

    asyncio.run(scenario())


def test_who_is_online_is_the_same_from_everywhere_and_right_after_a_kill(
    cluster: Cluster, crew: Provisioned
) -> None:
    ids = [user.id for user in crew.users]

    async def scenario() -> None:
        async with everyone(cluster, crew) as clients:
            for client in clients:
                await client.watch(ids)
                assert await client.until(
                    lambda client=client: all(client.presence.get(i) == "online" for i in ids),  # type: ignore[misc]
                    seconds=10,
                )
            cluster.instances[2].kill()
            for client in clients[:2]:
                assert await client.until(
                    lambda client=client: client.presence.get(ids[2]) == "offline",  # type: ignore[misc]
                    seconds=PRESENCE_SECONDS,
                )
                assert client.presence[ids[0]] == client.presence[ids[1]] == "online"

    asyncio.run(scenario())


def test_what_was_acknowledged_before_a_kill_is_kept(cluster: Cluster, crew: Provisioned) -> None:
    channel_id = channel_of(crew)

    async def scenario() -> None:
        async with everyone(cluster, crew) as clients:
            acknowledged: list[str] = []

            async def talk() -> None:
                for number in range(1000):
                    await clients[0].post(channel_id=channel_id, text=f"kept {number}")
                    acknowledged.append(f"kept {number}")

            talking = asyncio.create_task(talk())
            assert await clients[1].until(
                lambda: len(clients[1].messages(channel_id=channel_id)) > 5, seconds=15
            )
            cluster.instances[0].kill()
            with pytest.raises(ConnectionEndedError):
                await talking
            assert acknowledged
            assert await clients[1].until(
                lambda: set(acknowledged) <= set(clients[1].texts(channel_id=channel_id)),
                seconds=15,
            )
            texts = clients[1].texts(channel_id=channel_id)
            assert len(texts) == len(set(texts))
            assert texts[: len(acknowledged)] == acknowledged

    asyncio.run(scenario())


def test_without_redis_people_go_on_talking(cluster: Cluster, crew: Provisioned) -> None:
    async def scenario() -> None:
        async with everyone(cluster, crew) as clients:
            await clients[0].post(channel_id=channel_of(crew), text="before")
            cluster.valkey.stop()
            await clients[0].post(channel_id=channel_of(crew), text="without")
            newcomer = await Client.connect(
                url=cluster.instances[1].ws_url, token=crew.users[1].token
            )
            async with newcomer:
                await newcomer.post(channel_id=channel_of(crew), text="from a new socket")
            await heard(clients, channel_of(crew), count=3)
            ready = await asyncio.to_thread(get_json, f"{cluster.instances[0].url}/readyz")
            assert ready["status"] == "degraded"
            cluster.valkey.start()
            await clients[2].post(channel_id=channel_of(crew), text="after")
            await heard(clients, channel_of(crew), count=4)
            assert await until(
                lambda: get_json(f"{cluster.instances[0].url}/readyz")["status"] == "ok"
            )

    asyncio.run(scenario())


def test_a_cluster_that_never_saw_redis_works_all_the_same() -> None:
    with Cluster(instances=2, env={"REDIS_URL": "redis://127.0.0.1:1/0"}) as alone:
        crew = alone.provision(users=2, channel="alone")

        async def scenario() -> None:
            async with everyone(alone, crew) as clients:
                await clients[0].post(channel_id=channel_of(crew), text="anybody?")
                await clients[1].post(channel_id=channel_of(crew), text="here")
                await heard(clients, channel_of(crew), count=2)
                states = await clients[0].watch([crew.users[1].id])
                assert states == {crew.users[1].id: "unknown"}

        asyncio.run(scenario())
        assert get_json(f"{alone.instances[0].url}/readyz")["status"] == "degraded"
        with urllib.request.urlopen(f"{alone.instances[0].url}/", timeout=10) as page:
            assert page.status == 200


def test_a_process_that_is_told_to_stop_says_goodbye(cluster: Cluster, crew: Provisioned) -> None:
    async def scenario() -> None:
        async with everyone(cluster, crew) as clients:
            leaving = cluster.instances[1]
            status = await asyncio.to_thread(leaving.terminate)
            assert status == 0
            assert await clients[1].until(
                lambda: clients[1].close_code == CloseCode.RESTART, seconds=10
            )
            assert clients[1].draining is not None
            await clients[0].post(channel_id=channel_of(crew), text="still here")
            await heard([clients[0], clients[2]], channel_of(crew), count=1)

    asyncio.run(scenario())


def test_a_client_that_was_away_is_brought_up_to_date_elsewhere(
    cluster: Cluster, crew: Provisioned
) -> None:
    channel_id = channel_of(crew)

    async def scenario() -> None:
        async with everyone(cluster, crew) as clients:
            away = clients[2]
            await clients[0].post(channel_id=channel_id, text="one")
            await heard(clients, channel_id, count=1)
            cursors, epoch = away.cursors.as_dict(), away.welcome.epoch
            await away.close()
            for text in ("two", "three"):
                await clients[0].post(channel_id=channel_id, text=text)
            back = await Client.connect(
                url=cluster.instances[0].ws_url,
                token=crew.users[2].token,
                cursors=cursors,
                epoch=epoch,
            )
            async with back:
                assert await back.until(
                    lambda: back.texts(channel_id=channel_id) == ["two", "three"], seconds=10
                )
                assert back.trouble.gaps == []

    asyncio.run(scenario())


def test_the_check_passes_on_parley(capsys: pytest.CaptureFixture[str]) -> None:
    assert check_instances.main(["--instances", "2"]) == 0
    assert "PASS" in capsys.readouterr().out


def test_the_check_fails_on_the_tutorial(capsys: pytest.CaptureFixture[str]) -> None:
    assert check_instances.main(["--instances", "2", "--contrast", "tutorial"]) == 1
    assert "FAIL" in capsys.readouterr().out


def get_json(url: str) -> dict[str, object]:
    with urllib.request.urlopen(url, timeout=10) as answer:
        found: dict[str, object] = json.load(answer)
        return found


async def until(condition: Callable[[], bool], *, seconds: float = 15) -> bool:
    async with asyncio.timeout(seconds):
        while not await asyncio.to_thread(condition):  # noqa: ASYNC110 - another program's state
            await asyncio.sleep(0.1)
    return True
