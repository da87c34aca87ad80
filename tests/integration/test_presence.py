"""Presence is a lease: whoever stops renewing is taken out, by exactly one of the others."""

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator

import pytest
import redis as redis_client

from presence import store as store_module
from presence.service import NO_CHOICE, Door
from presence.store import Arrival, Change, Choice, Departure, Idleness, Place, Store
from protocol.resources import PresenceChoice, PresenceState

Prefix = str
CROWD = 10_000
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
    states = store.enter([Arrival(connection_id, user_id, is_idle, choice)], process=process)
    return states[0] if states else None


def leave(store: Store, *, process: str, connection_id: str, user_id: int, grace_ms: int) -> None:
    store.leave([Departure(process, connection_id, user_id, grace_ms)])


def online(store: Store, user_ids: list[int]) -> tuple[set[int], bool]:
    seen = store.read(user_ids)
    there = {user_id for user_id, state in seen.states.items() if state == "online"}
    return there, seen.settles_ms == 0


def how(store: Store, user_id: int) -> PresenceState:
    return store.read([user_id]).states[user_id]


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
    store.begin("p1")
    assert enter(store, process="p1", connection_id="a", user_id=7) == "online"
    assert enter(store, process="p1", connection_id="b", user_id=7) == NO_NEWS
    assert online(store, [7, 8]) == ({7}, True)


def test_nobody_is_called_offline_before_all_had_time_to_come_back(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "SETTLE_MS", 300)
    assert online(store, [7]) == (set(), False)
    store.begin("p1")
    enter(store, process="p1", connection_id="a", user_id=7)
    leave(store, process="p1", connection_id="a", user_id=7, grace_ms=1)
    assert online(store, [8]) == (set(), False)
    assert store.reap().gone == []
    eventually(lambda: online(store, [8]) == (set(), True))
    assert store.reap().gone == [7]


def test_a_process_without_a_lease_can_enter_nobody(store: Store) -> None:
    assert enter(store, process="p1", connection_id="a", user_id=7) is None
    assert online(store, [7])[0] == set()


def test_a_reload_of_a_page_is_not_seen(store: Store) -> None:
    store.begin("p1")
    enter(store, process="p1", connection_id="a", user_id=7)
    leave(store, process="p1", connection_id="a", user_id=7, grace_ms=10_000)
    assert online(store, [7])[0] == {7}
    assert enter(store, process="p1", connection_id="b", user_id=7) == NO_NEWS
    assert store.reap().gone == []


def test_whoever_stays_away_goes_offline_once(store: Store) -> None:
    store.begin("p1")
    enter(store, process="p1", connection_id="a", user_id=7)
    leave(store, process="p1", connection_id="a", user_id=7, grace_ms=1)
    gone: list[int] = []

    def somebody_is_gone() -> bool:
        gone.extend(store.reap().gone)
        return bool(gone)

    eventually(somebody_is_gone)
    assert gone == [7]
    assert store.reap().gone == []
    assert online(store, [7])[0] == set()


def test_the_people_of_a_killed_process_go_offline(store: Store) -> None:
    store.begin("dead")
    enter(store, process="dead", connection_id="a", user_id=7)
    gone: list[int] = []

    def seven_is_gone() -> bool:
        gone.extend(store.reap().gone)
        return 7 in gone

    eventually(seven_is_gone)
    assert store.renew("dead") is False


def test_a_person_on_two_processes_survives_the_death_of_one(
    store: Store, redis: "redis_client.Redis", real_redis: Prefix
) -> None:
    store.begin("dead")
    store.begin("alive")
    enter(store, process="dead", connection_id="a", user_id=7)
    enter(store, process="alive", connection_id="b", user_id=7)

    def dead_is_reaped() -> bool:
        store.begin("alive")
        assert store.reap().gone == []
        return redis.zscore(procs(real_redis), "dead") is None

    eventually(dead_is_reaped)
    for _ in range(3):
        assert store.reap().gone == []
    assert online(store, [7])[0] == {7}


def test_a_process_that_was_declared_dead_and_lives_keeps_its_sockets(
    store: Store, redis: "redis_client.Redis", real_redis: Prefix
) -> None:
    store.begin("old-name")
    enter(store, process="old-name", connection_id="a", user_id=7)
    store.begin("new-name")
    enter(store, process="new-name", connection_id="a", user_id=7)

    def old_name_is_reaped() -> bool:
        store.begin("new-name")
        assert store.reap().gone == []
        return redis.zscore(procs(real_redis), "old-name") is None

    eventually(old_name_is_reaped)
    assert online(store, [7])[0] == {7}
    assert store.renew("old-name") is False


def test_three_racing_reapers_take_ten_thousand_out_once(
    store: Store, monkeypatch: pytest.MonkeyPatch, redis: "redis_client.Redis", real_redis: Prefix
) -> None:
    monkeypatch.setattr(store_module, "LEASE_MS", 60_000)
    store.begin("dead")
    everyone = range(1, CROWD + 1)
    enter_all(store, "dead", everyone)
    heard = redis.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
    heard.subscribe(store.events_channel)
    redis.zadd(procs(real_redis), {"dead": 1})
    counted: list[int] = []
    gone: list[int] = []
    lock = threading.Lock()
    done = threading.Event()

    def reap() -> None:
        while not done.is_set():
            reaped = store.reap()
            with lock:
                counted.append(reaped.connections)
                gone.extend(reaped.gone)
                if len(gone) >= CROWD:
                    done.set()

    deadline = threading.Timer(60, done.set)
    deadline.start()
    reapers = [threading.Thread(target=reap) for _ in range(3)]
    for reaper in reapers:
        reaper.start()
    for reaper in reapers:
        reaper.join()
    deadline.cancel()
    assert sum(counted) == CROWD
    assert sorted(gone) == list(everyone)
    messages = heard.listen()
    told = [store.change_of(next(messages)["data"]) for _ in everyone]
    assert {change.state for change in told} == {"offline"}
    assert sorted(change.user_id for change in told) == list(everyone)
    assert heard.get_message(timeout=0.1) is None
    heard.close()
    assert store.count_online() == 0


def enter_all(store: Store, process: str, user_ids: Iterable[int]) -> None:
    arrivals = [Arrival(f"c{one}", one, False, NO_CHOICE) for one in user_ids]
    for start in range(0, len(arrivals), 500):
        assert store.enter(arrivals[start : start + 500], process=process) is not None


def test_data_of_another_run_is_not_believed(
    store: Store,
    valkey: "object",
    redis: "redis_client.Redis",
    real_redis: Prefix,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store.begin("p1")
    enter(store, process="p1", connection_id="a", user_id=7)
    before = store.read([7]).place.epoch
    # As if it had been restored from a dump, just now.
    redis.hset(f"{{{real_redis}:presence}}:born", "run", "of-yesterday")
    monkeypatch.setattr(store_module, "SETTLE_MS", 60_000)
    again = Store(valkey.url, prefix=real_redis)  # type: ignore[attr-defined]
    assert again.renew("p1") is False
    assert enter(again, process="p1", connection_id="b", user_id=8) is None
    seen = again.read([7, 8])
    assert seen.states == {7: "online", 8: "unknown"}
    assert seen.settles_ms > 0
    assert seen.place.epoch != before
    assert again.reap().gone == []
    again.close()


def test_what_changed_is_told_by_its_rows(store: Store) -> None:
    store.begin("p1")
    enter_all(store, "p1", range(1, 11))
    then = store.read([1]).place
    assert store.look(then).seen.states == {}
    leave(store, process="p1", connection_id="c3", user_id=3, grace_ms=0)
    store.choose({5: Choice("dnd", 1)})
    eventually(lambda: 3 in store.reap().gone)
    look = store.look(then)
    assert look.is_all
    assert look.seen.states == {3: "offline", 5: "dnd"}
    assert look.seen.place.version == then.version + 2


def test_of_old_changes_nobody_knows_who_it_was_and_the_log_stays_small(
    store: Store, redis: "redis_client.Redis", real_redis: Prefix, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "LEASE_MS", 60_000)
    store.begin("p1")
    enter(store, process="p1", connection_id="a", user_id=1)
    then = store.read([1]).place
    enter_all(store, "p1", range(2, CROWD + 1))
    # So many that it is cheaper to read those who are watched.
    assert not store.look(then).is_all
    log = f"{{{real_redis}:presence}}:log"
    assert redis.zcard(log) == CROWD
    enter_all(store, "p1", range(CROWD + 1, CROWD + 501))
    assert redis.zcard(log) == CROWD
    latest = store.read([1]).place
    assert store.look(Place(latest.epoch, latest.version - 500)).is_all
    assert not store.look(then).is_all
    assert not store.look(Place("another", latest.version)).is_all
    assert not store.look(Place(latest.epoch, latest.version + 1)).is_all


def test_those_who_are_invisible_are_not_counted(store: Store) -> None:
    store.begin("p1")
    enter(store, process="p1", connection_id="a", user_id=7)
    enter(store, process="p1", connection_id="b", user_id=8, choice=Choice("invisible", 1))
    enter(store, process="p1", connection_id="c", user_id=9, is_idle=True)
    assert store.count_online() == 2
    assert store.online_among([7, 8, 9, 10]) == {7, 9}


def test_a_departure_may_be_said_twice(store: Store) -> None:
    store.begin("p1")
    enter(store, process="p1", connection_id="a", user_id=7)
    enter(store, process="p1", connection_id="b", user_id=7)
    for _ in range(2):
        leave(store, process="p1", connection_id="a", user_id=7, grace_ms=0)
    assert store.reap().gone == []
    assert how(store, 7) == "online"


def test_a_process_that_is_killed_while_it_drains(
    store: Store, redis: "redis_client.Redis", real_redis: Prefix
) -> None:
    """Whom it has sent away keeps the long grace; the others have the one after a crash."""
    store.begin("draining")
    for user_id in (7, 8):
        enter(store, process="draining", connection_id=f"c{user_id}", user_id=user_id)
    leave(store, process="draining", connection_id="c7", user_id=7, grace_ms=60_000)
    gone: list[int] = []

    def eight_is_gone() -> bool:
        gone.extend(store.reap().gone)
        return 8 in gone

    eventually(eight_is_gone)
    assert gone == [8]
    assert redis.zscore(procs(real_redis), "draining") is None
    assert how(store, 7) == "online"
    store.begin("next")
    assert enter(store, process="next", connection_id="d7", user_id=7) == NO_NEWS


def test_somebody_is_away_when_nobody_is_at_any_of_their_devices(store: Store) -> None:
    store.begin("p1")
    enter(store, process="p1", connection_id="laptop", user_id=7)
    enter(store, process="p1", connection_id="phone", user_id=7)
    store.idle([Idleness("laptop", 7, True)])
    assert how(store, 7) == "online"
    store.idle([Idleness("phone", 7, True)])
    assert how(store, 7) == "away"
    # A page that is loaded again while nobody is there brings nobody back.
    entered = enter(store, process="p1", connection_id="tablet", user_id=7, is_idle=True)
    assert entered == NO_NEWS
    store.idle([Idleness("phone", 7, False)])
    assert how(store, 7) == "online"
    leave(store, process="p1", connection_id="phone", user_id=7, grace_ms=1)
    assert how(store, 7) == "away"


def test_a_device_that_is_not_here_is_not_idle(store: Store) -> None:
    store.begin("p1")
    enter(store, process="p1", connection_id="a", user_id=7)
    store.idle([Idleness("gone", 7, True)])
    assert how(store, 7) == "online"


@pytest.mark.parametrize(
    ("wanted", "seen"), [("away", "away"), ("dnd", "dnd"), ("invisible", "offline")]
)
def test_what_is_chosen_counts_on_every_device_and_after_coming_back(
    store: Store, wanted: PresenceChoice, seen: PresenceState
) -> None:
    store.begin("p1")
    enter(store, process="p1", connection_id="a", user_id=7)
    store.choose({7: Choice(wanted, 1)})
    assert how(store, 7) == seen
    enter(store, process="p1", connection_id="b", user_id=7, choice=Choice(wanted, 1))
    store.idle([Idleness("b", 7, True)])
    assert how(store, 7) == seen
    store.choose({7: Choice("auto", 2)})
    assert how(store, 7) == "online"


def test_an_older_choice_changes_nothing(store: Store) -> None:
    store.begin("p1")
    enter(store, process="p1", connection_id="a", user_id=7, choice=Choice("dnd", 2))
    store.choose({7: Choice("auto", 1)})
    enter(store, process="p1", connection_id="b", user_id=7, choice=Choice("invisible", 1))
    assert how(store, 7) == "dnd"


def test_nobody_hears_that_somebody_invisible_comes_or_goes(
    store: Store, redis: "redis_client.Redis", real_redis: Prefix
) -> None:
    store.begin("p1")
    hidden = Choice("invisible", 1)
    assert enter(store, process="p1", connection_id="a", user_id=7, choice=hidden) == NO_NEWS
    leave(store, process="p1", connection_id="a", user_id=7, grace_ms=1)

    def the_grace_is_over() -> bool:
        assert store.reap().gone == []
        return redis.zscore(f"{{{real_redis}:presence}}:grace", "7") is None

    eventually(the_grace_is_over)
    assert redis.zscore(f"{{{real_redis}:presence}}:log", "7") is None


def test_the_death_of_the_process_with_the_awake_device_shows(
    store: Store, redis: "redis_client.Redis", real_redis: Prefix
) -> None:
    store.begin("dead")
    store.begin("alive")
    enter(store, process="dead", connection_id="laptop", user_id=7)
    enter(store, process="alive", connection_id="phone", user_id=7, is_idle=True)
    assert how(store, 7) == "online"

    def dead_is_reaped() -> bool:
        store.begin("alive")
        store.reap()
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


async def test_ten_thousand_are_entered_again_when_redis_comes_back_empty(
    real_redis: Prefix,
    redis: "redis_client.Redis",
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And nobody of them is shown offline meanwhile."""
    monkeypatch.setattr(store_module, "LEASE_MS", 10_000)
    monkeypatch.setattr(store_module, "SETTLE_MS", 10_000)
    told: list[Change] = []
    door = Door(on_change=told.append, on_gap=lambda: None)
    everyone = range(1, CROWD + 1)
    try:
        for user_id in everyone:
            door.connected(user_id=user_id, connection_id=f"c{user_id}", choice=NO_CHOICE)
        await until(lambda: store.count_online() == CROWD, seconds=60)
        keys = redis.keys(f"{{{real_redis}:presence}}:*")
        assert isinstance(keys, list)
        redis.delete(*keys)
        seen: set[PresenceState] = set()

        def all_are_back() -> bool:
            seen.update(store.read(everyone[::20]).states.values())
            return store.count_online() == CROWD

        await until(all_are_back, seconds=60)
        assert seen <= {"online", "unknown"}
        assert {change.state for change in told} == {"online"}
    finally:
        await door.close()


async def test_who_leaves_while_the_door_closes_is_taken_out(
    real_redis: Prefix, redis: "redis_client.Redis", store: Store
) -> None:
    door = Door(on_change=lambda _: None, on_gap=lambda: None)
    door.connected(user_id=7, connection_id="a", choice=NO_CHOICE)
    await until(lambda: how(store, 7) == "online")
    door.disconnected(connection_id="a", is_draining=False)
    await door.close()
    assert redis.exists(f"{{{real_redis}:presence}}:uc:7") == 0
    assert how(store, 7) == "online"


async def test_changes_are_told_to_every_process(real_redis: Prefix, store: Store) -> None:
    told: list[Change] = []
    ready = asyncio.Event()
    door = Door(on_change=told.append, on_gap=ready.set)
    try:
        async with asyncio.timeout(5):
            await ready.wait()
        store.begin("elsewhere")
        enter(store, process="elsewhere", connection_id="a", user_id=9)
        await until(lambda: (9, "online") in [(one.user_id, one.state) for one in told])
    finally:
        await door.close()


async def until(condition: Callable[[], bool], *, seconds: float = 5) -> None:
    async with asyncio.timeout(seconds):
        while not await asyncio.to_thread(condition):  # noqa: ASYNC110 - Redis cannot tell us
            await asyncio.sleep(0.02)
