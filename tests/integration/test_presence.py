"""Presence is a lease: whoever stops renewing is taken out, by exactly one of the others."""

import asyncio
import threading
from collections.abc import Callable, Iterator

import pytest
import redis as redis_client

from presence import store as store_module
from presence.service import Door
from presence.store import Store

Prefix = str


@pytest.fixture
def store(real_redis: Prefix, valkey: "object", monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setattr(store_module, "LEASE_MS", 300)
    monkeypatch.setattr(store_module, "GRACE_MS", 100)
    monkeypatch.setattr(store_module, "SETTLE_MS", 0)
    one = Store(valkey.url, prefix=real_redis)  # type: ignore[attr-defined]
    yield one
    one.close()


def procs(prefix: Prefix) -> str:
    return f"{{{prefix}:presence}}:procs"


def eventually(condition: Callable[[], bool], *, seconds: float = 5) -> None:
    done = threading.Event()
    deadline = threading.Timer(seconds, done.set)
    deadline.start()
    try:
        while not condition():
            assert not done.wait(0.02), "it did not come true in time"
    finally:
        deadline.cancel()


def test_a_person_comes_online_with_the_first_socket_only(store: Store) -> None:
    store.begin("p1", run_id=store.run_id())
    assert store.connect(process="p1", connection_id="a", user_id=7) is True
    assert store.connect(process="p1", connection_id="b", user_id=7) is False
    assert store.online([7, 8]) == ({7}, True)


def test_nobody_is_called_offline_before_all_had_time_to_come_back(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "SETTLE_MS", 300)
    assert store.online([7]) == (set(), False)
    store.begin("p1", run_id=store.run_id())
    store.connect(process="p1", connection_id="a", user_id=7)
    store.disconnect(process="p1", connection_id="a", user_id=7, grace_ms=1)
    assert store.online([8]) == (set(), False)
    assert store.reap(run_id=store.run_id()) == []
    eventually(lambda: store.online([8]) == (set(), True))
    assert store.reap(run_id=store.run_id()) == [7]
    # Data of another run of Redis says nothing of today.
    store.begin("p2", run_id="another")
    assert store.online([7]) == (set(), False)
    assert store.reap(run_id=store.run_id()) == []


def test_a_process_without_a_lease_can_enter_nobody(store: Store) -> None:
    assert store.connect(process="p1", connection_id="a", user_id=7) is None
    assert store.online([7])[0] == set()


def test_a_reload_of_a_page_is_not_seen(store: Store) -> None:
    store.begin("p1", run_id=store.run_id())
    store.connect(process="p1", connection_id="a", user_id=7)
    store.disconnect(process="p1", connection_id="a", user_id=7, grace_ms=10_000)
    assert store.online([7])[0] == {7}
    assert store.connect(process="p1", connection_id="b", user_id=7) is False
    assert store.reap(run_id=store.run_id()) == []


def test_whoever_stays_away_goes_offline_once(store: Store) -> None:
    store.begin("p1", run_id=store.run_id())
    store.connect(process="p1", connection_id="a", user_id=7)
    store.disconnect(process="p1", connection_id="a", user_id=7, grace_ms=1)
    gone: list[int] = []

    def somebody_is_gone() -> bool:
        gone.extend(store.reap(run_id=store.run_id()))
        return bool(gone)

    eventually(somebody_is_gone)
    assert gone == [7]
    assert store.reap(run_id=store.run_id()) == []
    assert store.online([7])[0] == set()


def test_the_people_of_a_killed_process_go_offline(store: Store) -> None:
    store.begin("dead", run_id=store.run_id())
    store.connect(process="dead", connection_id="a", user_id=7)
    gone: list[int] = []

    def seven_is_gone() -> bool:
        gone.extend(store.reap(run_id=store.run_id()))
        return 7 in gone

    eventually(seven_is_gone)
    assert store.renew("dead") is False


def test_a_person_on_two_processes_survives_the_death_of_one(
    store: Store, redis: "redis_client.Redis", real_redis: Prefix
) -> None:
    store.begin("dead", run_id=store.run_id())
    store.begin("alive", run_id=store.run_id())
    store.connect(process="dead", connection_id="a", user_id=7)
    store.connect(process="alive", connection_id="b", user_id=7)

    def dead_is_reaped() -> bool:
        store.begin("alive", run_id=store.run_id())
        assert store.reap(run_id=store.run_id()) == []
        return redis.zscore(procs(real_redis), "dead") is None

    eventually(dead_is_reaped)
    for _ in range(3):
        assert store.reap(run_id=store.run_id()) == []
    assert store.online([7])[0] == {7}


def test_a_process_that_was_declared_dead_and_lives_keeps_its_sockets(
    store: Store, redis: "redis_client.Redis", real_redis: Prefix
) -> None:
    store.begin("old-name", run_id=store.run_id())
    store.connect(process="old-name", connection_id="a", user_id=7)
    store.begin("new-name", run_id=store.run_id())
    store.connect(process="new-name", connection_id="a", user_id=7)

    def old_name_is_reaped() -> bool:
        store.begin("new-name", run_id=store.run_id())
        assert store.reap(run_id=store.run_id()) == []
        return redis.zscore(procs(real_redis), "old-name") is None

    eventually(old_name_is_reaped)
    assert store.online([7])[0] == {7}
    assert store.renew("old-name") is False


def test_racing_reapers_take_each_person_out_once(store: Store) -> None:
    store.begin("dead", run_id=store.run_id())
    for user_id in range(1, 601):
        store.connect(process="dead", connection_id=f"c{user_id}", user_id=user_id)
        if user_id % 100 == 0:
            store.begin("dead", run_id=store.run_id())
    gone: list[int] = []
    lock = threading.Lock()

    def reap() -> None:
        for _ in range(200):
            found = store.reap(run_id=store.run_id())
            with lock:
                gone.extend(found)
                if len(gone) >= 600:
                    return
            threading.Event().wait(0.01)

    reapers = [threading.Thread(target=reap) for _ in range(3)]
    for reaper in reapers:
        reaper.start()
    for reaper in reapers:
        reaper.join()
    assert sorted(gone) == list(range(1, 601))


async def test_a_door_enters_its_sockets_again_when_redis_comes_back_empty(
    real_redis: Prefix, redis: "redis_client.Redis", store: Store
) -> None:
    door = Door(on_change=lambda *_: None, on_gap=lambda: None)
    try:
        door.connected(user_id=7, connection_id="a")
        await until(lambda: store.online([7])[0] == {7})
        keys = redis.keys(f"{{{real_redis}:presence}}:*")
        assert isinstance(keys, list)
        redis.delete(*keys)
        assert store.online([7])[0] == set()
        await until(lambda: store.online([7])[0] == {7}, seconds=10)
    finally:
        await door.close()


async def test_changes_are_told_to_every_process(real_redis: Prefix, store: Store) -> None:
    told: list[tuple[int, str]] = []
    ready = asyncio.Event()
    door = Door(on_change=lambda *change: told.append(change), on_gap=ready.set)
    try:
        async with asyncio.timeout(5):
            await ready.wait()
        store.begin("elsewhere", run_id=store.run_id())
        store.connect(process="elsewhere", connection_id="a", user_id=9)
        await until(lambda: (9, "online") in told)
    finally:
        await door.close()


async def until(condition: Callable[[], bool], *, seconds: float = 5) -> None:
    async with asyncio.timeout(seconds):
        while not await asyncio.to_thread(condition):  # noqa: ASYNC110 - Redis cannot tell us
            await asyncio.sleep(0.02)
