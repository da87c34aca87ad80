"""Who is online, when processes are killed and frozen and Redis loses everything."""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
import redis as redis_client

from protocol.resources import PresenceState
from tools.client import Client
from tools.cluster import Cluster, Provisioned

PROMISED_SECONDS = 30.0
"""After any crash presence is right within this time."""

logger = logging.getLogger(__name__)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with Cluster(instances=3) as running:
        yield running


@pytest.fixture(autouse=True)
def everything_runs(cluster: Cluster) -> Iterator[None]:
    for instance in cluster.instances:
        if not instance.is_alive:
            instance.start()
    yield
    cluster.instances[2].resume()


@pytest.fixture
def crew(cluster: Cluster, request: pytest.FixtureRequest) -> Provisioned:
    name = request.node.name.replace("test_", "")[:24].strip("_")
    return cluster.provision(users=5, prefix=f"{name}-", channel=name)


class Observer:
    """Somebody who watches everyone, and all that they were ever told, with when it was."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.told: dict[str, list[tuple[float, PresenceState]]] = defaultdict(list)
        client.on_presence = self._hear

    def _hear(self, users: Mapping[str, PresenceState]) -> None:
        for user_id, state in users.items():
            self.told[user_id].append((time.monotonic(), state))

    def states(self, user_id: str, *, since: float = 0.0) -> list[PresenceState]:
        return [state for moment, state in self.told[user_id] if moment >= since]

    async def sees(self, user_id: str, state: PresenceState, *, seconds: float) -> None:
        found = await self.client.until(
            lambda: self.client.presence.get(user_id) == state, seconds=seconds
        )
        assert found, f"{user_id} is {self.client.presence.get(user_id)}: {self.told[user_id]}"


class Scene:
    """Two who watch on the first two processes; on the third are those whom it happens to."""

    def __init__(self, cluster: Cluster, crew: Provisioned, stack: AsyncExitStack) -> None:
        self._cluster = cluster
        self._users = crew.users
        self._stack = stack
        self.observers: list[Observer] = []

    async def open(self, user: int, *, process: int) -> Client:
        client = await Client.connect(
            url=self._cluster.instances[process].ws_url, token=self._users[user].token
        )
        return await self._stack.enter_async_context(client)

    async def begin(self) -> None:
        for number in (0, 1):
            self.observers.append(Observer(await self.open(number, process=number)))
        # Alone there; there and elsewhere; alone there, and leaves at a bad moment.
        self.alone, self.both, self.leaver = (self._users[number].id for number in (2, 3, 4))
        await self.open(2, process=2)
        await self.open(3, process=2)
        await self.open(3, process=1)
        self.line_of_leaver = await self.open(4, process=2)
        for observer in self.observers:
            await observer.client.watch([user.id for user in self._users])
            for user in self._users:
                await observer.sees(user.id, "online", seconds=PROMISED_SECONDS)

    async def all_see(self, user_id: str, state: PresenceState) -> None:
        for observer in self.observers:
            await observer.sees(user_id, state, seconds=PROMISED_SECONDS)


@asynccontextmanager
async def beginning(cluster: Cluster, crew: Provisioned) -> AsyncIterator[Scene]:
    async with AsyncExitStack() as stack:
        scene = Scene(cluster, crew, stack)
        await scene.begin()
        yield scene


async def test_after_a_kill_its_people_are_offline_everywhere_and_the_others_never(
    cluster: Cluster, crew: Provisioned
) -> None:
    async with beginning(cluster, crew) as scene:
        killed_at = time.monotonic()
        cluster.instances[2].kill()
        await scene.all_see(scene.alone, "offline")
        logger.warning("Offline everywhere %.1f s after a kill.", time.monotonic() - killed_at)
        for observer in scene.observers:
            assert set(observer.states(scene.both, since=killed_at)) <= {"online"}


async def test_a_process_that_was_frozen_is_fenced_and_brings_nobody_back(
    cluster: Cluster, crew: Provisioned
) -> None:
    with redis_client.Redis.from_url(cluster.valkey.url, decode_responses=True) as redis:
        async with beginning(cluster, crew) as scene:
            prefix = next(redis.scan_iter("*presence}:procs")).removesuffix("procs")
            before = set(redis.zrange(f"{prefix}procs", 0, -1))
            frozen_at = time.monotonic()
            cluster.instances[2].pause()
            scene.line_of_leaver.cut()
            await scene.all_see(scene.alone, "offline")
            await scene.all_see(scene.leaver, "offline")
            left = set(redis.zrange(f"{prefix}procs", 0, -1))
            assert len(left & before) == 2

            cluster.instances[2].resume()
            resumed_at = time.monotonic()
            await scene.all_see(scene.alone, "online")

            now = set(redis.zrange(f"{prefix}procs", 0, -1))
            assert len(now) == 3
            assert not now & (before - left)
            assert redis.hlen(f"{prefix}uc:{scene.leaver}") == 0
            for observer in scene.observers:
                assert set(observer.states(scene.both, since=frozen_at)) <= {"online"}
                assert "online" not in observer.states(scene.leaver, since=resumed_at)


async def test_a_redis_that_comes_back_empty_shows_nobody_offline(
    cluster: Cluster, crew: Provisioned
) -> None:
    async with beginning(cluster, crew) as scene:
        stopped_at = time.monotonic()
        cluster.valkey.stop()
        await scene.all_see(scene.alone, "unknown")
        cluster.valkey.start()
        for user in crew.users:
            await scene.all_see(user.id, "online")
        logger.warning("Known again %.1f s after Redis went.", time.monotonic() - stopped_at)
        for observer in scene.observers:
            for user in crew.users:
                assert "offline" not in observer.states(user.id, since=stopped_at)


async def test_who_moves_while_a_process_drains_is_never_seen_to_go(
    cluster: Cluster, crew: Provisioned
) -> None:
    async with beginning(cluster, crew) as scene:
        drained_at = time.monotonic()
        ending = asyncio.create_task(asyncio.to_thread(cluster.instances[2].terminate))
        assert await scene.line_of_leaver.until(
            lambda: scene.line_of_leaver.close_code is not None, seconds=PROMISED_SECONDS
        )
        await scene.open(4, process=0)
        assert await ending == 0
        await scene.all_see(scene.leaver, "online")
        for observer in scene.observers:
            for user_id in (scene.alone, scene.both, scene.leaver):
                assert set(observer.states(user_id, since=drained_at)) <= {"online"}
