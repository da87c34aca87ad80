"""Presence is a lease: whoever stops renewing is taken out, by exactly one of the others."""

import asyncio
import threading
from collections.abc import Callable, Iterator

import pytest
import redis as redis_client

from presence import store as store_module
from presence.service import NO_CHOICE, Door
from presence.store import Choice, Store
from protocol.resources import PresenceChoice, PresenceState

Prefix = str
NO_NEWS: PresenceState = "unknown"


@pytest.fixture
def store(real_redis: Prefix, valkey: "object", monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setattr(store_module, "LEASE_MS", 300)
    monkeypatch.setattr(store_module, "GRACE_MS", 100)
    monkeypatch.setattr(store_module, "SETTLE_MS", 0)
    one = Store(valkey.url, prefix=real_redis)  # type: ignore[attr-defined]
    yield one
    one.close()


def enter(
    store: Store,
    *,
    process: str,
    connection_id: str,
    user_id: int,
    is_idle: bool = False,
    choice: Choice = NO_CHOICE,
) -> PresenceState | None:
    return store.connect(
        process=process,
        connection_id=connection_id,
        user_id=user_id,
        is_idle=is_idle,
        choice=choice,
    )


def online(store: Store, user_ids: list[int]) -> tuple[set[int], bool]:
    states, is_settled = store.states(user_ids)
    return {user_id for user_id, state in states.items() if state == "online"}, is_settled


def how(store: Store, user_id: int) -> PresenceState:
    return store.states([user_id])[0].get(user_id, "offline")


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
    assert enter(store, process="p1", connection_id="a", user_id=7) == "online"
    assert enter(store, process="p1", connection_id="b", user_id=7) == NO_NEWS
    assert online(store, [7, 8]) == ({7}, True)


def test_nobody_is_called_offline_before_all_had_time_to_come_back(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "SETTLE_MS", 300)
    assert online(store, [7]) == (set(), False)
    store.begin("p1", run_id=store.run_id())
    enter(store, process="p1", connection_id="a", user_id=7)
    store.disconnect(process="p1", connection_id="a", user_id=7, grace_ms=1)
    assert online(store, [8]) == (set(), False)
    assert store.reap(run_id=store.run_id()) == []
    eventually(lambda: online(store, [8]) == (set(), True))
    assert store.reap(run_id=store.run_id()) == [7]
    # Data of another run of Redis says nothing of today.
    store.begin("p2", run_id="another")
    assert online(store, [7]) == (set(), False)
    assert store.reap(run_id=store.run_id()) == []


def test_a_process_without_a_lease_can_enter_nobody(store: Store) -> None:
    assert enter(store, process="p1", connection_id="a", user_id=7) is None
    assert online(store, [7])[0] == set()


def test_a_reload_of_a_page_is_not_seen(store: Store) -> None:
    store.begin("p1", run_id=store.run_id())
    enter(store, process="p1", connection_id="a", user_id=7)
    store.disconnect(process="p1", connection_id="a", user_id=7, grace_ms=10_000)
    assert online(store, [7])[0] == {7}
    assert enter(store, process="p1", connection_id="b", user_id=7) == NO_NEWS
    assert store.reap(run_id=store.run_id()) == []


def test_whoever_stays_away_goes_offline_once(store: Store) -> None:
    store.begin("p1", run_id=store.run_id())
    enter(store, process="p1", connection_id="a", user_id=7)
    store.disconnect(process="p1", connection_id="a", user_id=7, grace_ms=1)
    gone: list[int] = []

    def somebody_is_gone() -> bool:
        gone.extend(store.reap(run_id=store.run_id()))
        return bool(gone)

    eventually(somebody_is_gone)
    assert gone == [7]
    assert store.reap(run_id=store.run_id()) == []
    assert online(store, [7])[0] == set()


def test_the_people_of_a_killed_process_go_offline(store: Store) -> None:
    store.begin("dead", run_id=store.run_id())
    enter(store, process="dead", connection_id="a", user_id=7)
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
    enter(store, process="dead", connection_id="a", user_id=7)
    enter(store, process="alive", connection_id="b", user_id=7)

    def dead_is_reaped() -> bool:
        store.begin("alive", run_id=store.run_id())
        assert store.reap(run_id=store.run_id()) == []
        return redis.zscore(procs(real_redis), "dead") is None

    eventually(dead_is_reaped)
    for _ in range(3):
        assert store.reap(run_id=store.run_id()) == []
    assert online(store, [7])[0] == {7}


def test_a_process_that_was_declared_dead_and_lives_keeps_its_sockets(
    store: Store, redis: "redis_client.Redis", real_redis: Prefix
) -> None:
    store.begin("old-name", run_id=store.run_id())
    enter(store, process="old-name", connection_id="a", user_id=7)
    store.begin("new-name", run_id=store.run_id())
    enter(store, process="new-name", connection_id="a", user_id=7)

    def old_name_is_reaped() -> bool:
        store.begin("new-name", run_id=store.run_id())
        assert store.reap(run_id=store.run_id()) == []
        return redis.zscore(procs(real_redis), "old-name") is None

    eventually(old_name_is_reaped)
    assert online(store, [7])[0] == {7}
    assert store.renew("old-name") is False


def test_racing_reapers_take_each_person_out_once(store: Store) -> None:
    store.begin("dead", run_id=store.run_id())
    for user_id in range(1, 601):
        enter(store, process="dead", connection_id=f"c{user_id}", user_id=user_id)
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


def test_somebody_is_away_when_nobody_is_at_any_of_their_devices(store: Store) -> None:
    store.begin("p1", run_id=store.run_id())
    enter(store, process="p1", connection_id="laptop", user_id=7)
    enter(store, process="p1", connection_id="phone", user_id=7)
    store.idle(connection_id="laptop", user_id=7, is_idle=True)
    assert how(store, 7) == "online"
    store.idle(connection_id="phone", user_id=7, is_idle=True)
    assert how(store, 7) == "away"
    # A page that is loaded again while nobody is there brings nobody back.
    entered = enter(store, process="p1", connection_id="tablet", user_id=7, is_idle=True)
    assert entered == NO_NEWS
    store.idle(connection_id="phone", user_id=7, is_idle=False)
    assert how(store, 7) == "online"
    store.disconnect(process="p1", connection_id="phone", user_id=7, grace_ms=1)
    assert how(store, 7) == "away"


def test_a_device_that_is_not_here_is_not_idle(store: Store) -> None:
    store.begin("p1", run_id=store.run_id())
    enter(store, process="p1", connection_id="a", user_id=7)
    store.idle(connection_id="gone", user_id=7, is_idle=True)
    assert how(store, 7) == "online"


@pytest.mark.parametrize(
    ("wanted", "seen"), [("away", "away"), ("dnd", "dnd"), ("invisible", "offline")]
)
def test_what_is_chosen_counts_on_every_device_and_after_coming_back(
    store: Store, wanted: PresenceChoice, seen: PresenceState
) -> None:
    store.begin("p1", run_id=store.run_id())
    enter(store, process="p1", connection_id="a", user_id=7)
    store.choose(user_id=7, choice=Choice(wanted, 1))
    assert how(store, 7) == seen
    enter(store, process="p1", connection_id="b", user_id=7, choice=Choice(wanted, 1))
    store.idle(connection_id="b", user_id=7, is_idle=True)
    assert how(store, 7) == seen
    store.choose(user_id=7, choice=Choice("auto", 2))
    assert how(store, 7) == "online"


def test_an_older_choice_changes_nothing(store: Store) -> None:
    store.begin("p1", run_id=store.run_id())
    enter(store, process="p1", connection_id="a", user_id=7, choice=Choice("dnd", 2))
    store.choose(user_id=7, choice=Choice("auto", 1))
    enter(store, process="p1", connection_id="b", user_id=7, choice=Choice("invisible", 1))
    assert how(store, 7) == "dnd"


def test_nobody_hears_that_somebody_invisible_comes_or_goes(
    store: Store, redis: "redis_client.Redis", real_redis: Prefix
) -> None:
    store.begin("p1", run_id=store.run_id())
    hidden = Choice("invisible", 1)
    assert enter(store, process="p1", connection_id="a", user_id=7, choice=hidden) == NO_NEWS
    store.disconnect(process="p1", connection_id="a", user_id=7, grace_ms=1)

    def the_grace_is_over() -> bool:
        assert store.reap(run_id=store.run_id()) == []
        return redis.zscore(f"{{{real_redis}:presence}}:grace", "7") is None

    eventually(the_grace_is_over)
    assert redis.zscore(f"{{{real_redis}:presence}}:log", "7") is None


def test_the_death_of_the_process_with_the_awake_device_shows(
    store: Store, redis: "redis_client.Redis", real_redis: Prefix
) -> None:
    store.begin("dead", run_id=store.run_id())
    store.begin("alive", run_id=store.run_id())
    enter(store, process="dead", connection_id="laptop", user_id=7)
    enter(store, process="alive", connection_id="phone", user_id=7, is_idle=True)
    assert how(store, 7) == "online"

    def dead_is_reaped() -> bool:
        store.begin("alive", run_id=store.run_id())
        store.reap(run_id=store.run_id())
        return redis.zscore(procs(real_redis), "dead") is None

    eventually(dead_is_reaped)
    assert how(store, 7) == "away"


async def test_a_door_says_again_what_was_chosen_when_redis_comes_back_empty(
    real_redis: Prefix, redis: "redis_client.Redis", store: Store
) -> None:
    door = Door(on_change=lambda *_: None, on_gap=lambda: None)
    try:
        door.connected(user_id=7, connection_id="a", choice=NO_CHOICE)
        await until(lambda: how(store, 7) == "online")
        door.idle(connection_id="a", is_idle=True)
        await until(lambda: how(store, 7) == "away")
        door.chosen(user_id=7, choice=Choice("dnd", 1))
        await until(lambda: how(store, 7) == "dnd")
        keys = redis.keys(f"{{{real_redis}:presence}}:*")
        assert isinstance(keys, list)
        redis.delete(*keys)
        await until(lambda: how(store, 7) == "dnd", seconds=10)
        door.chosen(user_id=7, choice=Choice("auto", 2))
        await until(lambda: how(store, 7) == "away")
    finally:
        await door.close()


async def test_a_door_enters_its_sockets_again_when_redis_comes_back_empty(
    real_redis: Prefix, redis: "redis_client.Redis", store: Store
) -> None:
    door = Door(on_change=lambda *_: None, on_gap=lambda: None)
    try:
        door.connected(user_id=7, connection_id="a", choice=NO_CHOICE)
        await until(lambda: online(store, [7])[0] == {7})
        keys = redis.keys(f"{{{real_redis}:presence}}:*")
        assert isinstance(keys, list)
        redis.delete(*keys)
        assert online(store, [7])[0] == set()
        await until(lambda: online(store, [7])[0] == {7}, seconds=10)
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
        enter(store, process="elsewhere", connection_id="a", user_id=9)
        await until(lambda: (9, "online") in told)
    finally:
        await door.close()


async def until(condition: Callable[[], bool], *, seconds: float = 5) -> None:
    async with asyncio.timeout(seconds):
        while not await asyncio.to_thread(condition):  # noqa: ASYNC110 - Redis cannot tell us
            await asyncio.sleep(0.02)
