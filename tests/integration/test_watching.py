"""Who hears of whose presence, and that a change that was missed is found."""

import asyncio
from collections.abc import Callable, Iterator

import pytest
import redis as redis_client
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from chat import online, selectors
from chat.consumers import watching
from chat.models import Channel, Membership
from chat.services import channels, direct, members
from presence import service as presence
from presence import store as store_module
from presence.service import NO_CHOICE
from presence.store import Arrival, Choice, Departure
from protocol.limits import ONLINE_LISTED_MAX, WATCH_MAX_USERS
from realtime.pool import run_in_pool
from tests.integration.conftest import Api, MakeUser, Sockets

MakeApi = Callable[..., Api]


@pytest.fixture
def elsewhere() -> Iterator["Elsewhere"]:
    one = Elsewhere()
    yield one
    one.close()


class Elsewhere:
    """Another process, of which only what it tells Redis is here."""

    def __init__(self) -> None:
        presence.store().begin("elsewhere")

    def enter(self, *user_ids: int, choice: Choice = NO_CHOICE) -> None:
        arrivals = [Arrival(f"c{user_id}", user_id, False, choice) for user_id in user_ids]
        assert presence.store().enter(arrivals, process="elsewhere") is not None

    def leave(self, user_id: int) -> None:
        presence.store().leave([Departure("elsewhere", f"c{user_id}", user_id, 0)])
        while user_id not in presence.store().reap().gone:
            pass

    def close(self) -> None:
        presence.store.cache_clear()


@pytest.fixture
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "LOOK_SECONDS", 0.2)
    monkeypatch.setattr(watching, "BATCH_SECONDS", 0.1)


# ── Who may hear of whom ────────────────────────────────────────────────────────────────────


def test_those_are_near_who_share_a_channel_or_a_conversation(
    ann: User, bob: User, cat: User, general: Channel, make_user: MakeUser
) -> None:
    everyone = {ann.pk, bob.pk, cat.pk}
    assert selectors.those_near(asker_id=ann.pk, user_ids=everyone) == {ann.pk, bob.pk}
    assert selectors.those_near(asker_id=cat.pk, user_ids=everyone) == {cat.pk}
    direct.open_with(by=ann.pk, user_ids=[cat.pk])
    assert selectors.those_near(asker_id=cat.pk, user_ids=everyone) == {ann.pk, cat.pk}
    # A public channel that both could join is none that they share.
    guest = make_user("gus", Role.GUEST)
    members.admit(channel=general, user=guest, actor_id=ann.pk)
    assert selectors.those_near(asker_id=guest.pk, user_ids=everyone) == {ann.pk, bob.pk}
    assert guest.pk not in selectors.those_near(asker_id=cat.pk, user_ids={guest.pk})


def test_nearness_is_the_same_from_both_sides(
    ann: User, bob: User, cat: User, general: Channel, secret: Channel
) -> None:
    members.admit(channel=secret, user=cat, actor_id=ann.pk)
    everyone = {ann.pk, bob.pk, cat.pk}
    near = {one: selectors.those_near(asker_id=one, user_ids=everyone) for one in everyone}
    assert all((two in near[one]) == (one in near[two]) for one in everyone for two in everyone)


def test_a_whole_screen_of_people_is_one_query(
    ann: User, general: Channel, make_user: MakeUser
) -> None:
    people = [make_user(f"p{number}") for number in range(30)]
    for one in people[:20]:
        members.admit(channel=general, user=one, actor_id=ann.pk)
    ids = {one.pk for one in people} | set(range(10_000, 10_000 + WATCH_MAX_USERS - 30))
    with CaptureQueriesContext(connection) as queries:
        near = selectors.those_near(asker_id=ann.pk, user_ids=ids)
    assert near == {one.pk for one in people[:20]}
    assert len(queries) == 1


@pytest.mark.usefixtures("general")
async def test_one_hears_of_nobody_with_whom_one_shares_nothing(
    sockets: Sockets, ann: User, bob: User, cat: User
) -> None:
    await sockets.open(cat)
    socket = await sockets.open(ann)
    answer = await socket.ask("presence.watch", user_ids=[str(bob.pk), str(cat.pk)])
    assert set(answer["users"]) == {str(bob.pk)}
    await sockets.open(bob)
    change = await socket.next("presence.changed")
    assert set(change["users"]) == {str(bob.pk)}


def test_rest_tells_of_the_same_people(
    api: MakeApi, ann: User, bob: User, cat: User, general: Channel
) -> None:
    path = f"presence?user_ids={ann.pk},{bob.pk},{cat.pk}"
    assert set(api(ann)("GET", path)[1]["users"]) == {str(ann.pk), str(bob.pk)}
    assert set(api(cat)("GET", path)[1]["users"]) == {str(cat.pk)}


@pytest.mark.parametrize("who_goes", ["ann", "bob"])
async def test_whoever_has_parted_hears_no_more(
    sockets: Sockets,
    ann: User,
    bob: User,
    general: Channel,
    elsewhere: Elsewhere,
    who_goes: str,
) -> None:
    goer = {"ann": ann, "bob": bob}[who_goes]
    await asyncio.to_thread(elsewhere.enter, bob.pk)
    socket = await sockets.open(ann)
    answer = await socket.ask("presence.watch", user_ids=[str(bob.pk), str(ann.pk)])
    assert answer["users"][str(bob.pk)] == "online"
    secret = await run_in_pool(lambda: channels.create(by=ann.pk, name="second", kind="private"))
    await run_in_pool(lambda: members.admit(channel=secret, user=bob, actor_id=ann.pk))
    # While they share another one, nothing changes.
    await run_in_pool(lambda: members.leave(user_id=goer.pk, channel_id=general.pk))
    await asyncio.to_thread(presence.store().choose, {bob.pk: Choice("dnd", 1)})
    await socket.next(lambda frame: frame.get("users", {}).get(str(bob.pk)) == "dnd")
    await run_in_pool(lambda: members.remove(by=ann.pk, channel_id=secret.pk, user_id=bob.pk))
    await socket.next(lambda frame: frame.get("users", {}).get(str(bob.pk)) == "unknown")
    board = watching.board()
    assert bob.pk not in board.watched()
    assert ann.pk in board.watched()


async def test_however_a_question_and_a_departure_fall_together_nobody_is_left_watched(
    sockets: Sockets, ann: User, bob: User, general: Channel
) -> None:
    socket = await sockets.open(ann)
    for _ in range(10):
        await asyncio.gather(
            socket.ask("presence.watch", user_ids=[str(bob.pk), str(ann.pk)]),
            run_in_pool(lambda: members.leave(user_id=bob.pk, channel_id=general.pk)),
        )
        await until(lambda: set(watching.board().watched()) == {ann.pk})
        await run_in_pool(lambda: members.admit(channel=general, user=bob, actor_id=ann.pk))


async def test_whoever_joins_hears_of_those_whom_they_have_asked_about_already(
    sockets: Sockets, ann: User, cat: User, general: Channel, elsewhere: Elsewhere
) -> None:
    """A window shows who wrote in a channel before one joins it, and does not ask again."""
    await asyncio.to_thread(elsewhere.enter, ann.pk)
    socket = await sockets.open(cat)
    answer = await socket.ask("presence.watch", user_ids=[str(ann.pk)])
    assert answer["users"] == {}
    await run_in_pool(lambda: members.join(user_id=cat.pk, channel_id=general.pk))
    told = await socket.next("presence.changed")
    assert told["users"] == {str(ann.pk): "online"}


# ── What was missed ─────────────────────────────────────────────────────────────────────────


def change_in_silence(redis: "redis_client.Redis", prefix: str, user_id: int, state: str) -> None:
    """Change what is told of somebody, as if the letter that says so were lost."""
    keys = f"{{{prefix}:presence}}:"
    redis.hset(f"{keys}told", str(user_id), state)
    version = redis.incr(f"{keys}ver")
    assert isinstance(version, int)
    redis.zadd(f"{keys}log", {str(user_id): version})


@pytest.mark.usefixtures("general", "quick_looks")
async def test_a_change_that_nobody_heard_of_is_found(
    sockets: Sockets, ann: User, bob: User, redis: "redis_client.Redis", real_redis: str
) -> None:
    socket = await sockets.open(ann)
    await socket.ask("presence.watch", user_ids=[str(ann.pk), str(bob.pk)])
    await until(lambda: watching.board().watched().get(ann.pk) == "online")
    change_in_silence(redis, real_redis, bob.pk, "online")
    await socket.next(lambda frame: frame.get("users", {}).get(str(bob.pk)) == "online")


@pytest.mark.usefixtures("general")
async def test_a_gap_before_a_change_is_looked_into_at_once(
    sockets: Sockets,
    ann: User,
    bob: User,
    elsewhere: Elsewhere,
    redis: "redis_client.Redis",
    real_redis: str,
) -> None:
    socket = await sockets.open(ann)
    await socket.ask("presence.watch", user_ids=[str(ann.pk), str(bob.pk)])
    await until(lambda: watching.board().watched().get(ann.pk) == "online")
    change_in_silence(redis, real_redis, bob.pk, "online")
    await asyncio.to_thread(elsewhere.enter, 999)
    await socket.next(lambda frame: frame.get("users", {}).get(str(bob.pk)) == "online")


@pytest.mark.usefixtures("general")
async def test_two_who_watch_the_same_person_are_told_the_same(
    sockets: Sockets, ann: User, bob: User, redis: "redis_client.Redis", real_redis: str
) -> None:
    """Who asks later must not hide from the others what the answer brought."""
    first, second = await sockets.open(ann), await sockets.open(ann)
    await first.ask("presence.watch", user_ids=[str(bob.pk)])
    change_in_silence(redis, real_redis, bob.pk, "online")
    answer = await second.ask("presence.watch", user_ids=[str(bob.pk)])
    assert answer["users"] == {str(bob.pk): "online"}
    told = await first.next(lambda frame: frame.get("users", {}).get(str(bob.pk)) == "online")
    assert told["type"] == "presence.changed"


@pytest.mark.usefixtures("general", "quick_looks")
async def test_a_redis_that_comes_back_empty_is_another_history(
    sockets: Sockets,
    ann: User,
    bob: User,
    elsewhere: Elsewhere,
    redis: "redis_client.Redis",
    real_redis: str,
) -> None:
    await asyncio.to_thread(elsewhere.enter, bob.pk)
    socket = await sockets.open(ann)
    answer = await socket.ask("presence.watch", user_ids=[str(ann.pk), str(bob.pk)])
    assert answer["users"][str(bob.pk)] == "online"
    keys = redis.keys(f"{{{real_redis}:presence}}:*")
    assert isinstance(keys, list)
    redis.delete(*keys)
    # Nobody says of bob that he is here; ann's process says so of her again.
    await socket.next(lambda frame: frame.get("users", {}).get(str(bob.pk)) == "offline")
    board = watching.board()
    await until(lambda: board.watched() == {ann.pk: "online", bob.pk: "offline"})


@pytest.mark.usefixtures("general", "quick_looks")
async def test_nobody_is_called_offline_too_early_and_it_is_told_when_it_is_sure(
    sockets: Sockets, ann: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "SETTLE_MS", 2_000)
    socket = await sockets.open(ann)
    answer = await socket.ask("presence.watch", user_ids=[str(bob.pk)])
    if answer["users"] == {str(bob.pk): "unknown"}:
        told = await socket.next("presence.changed")
        assert told["users"] == {str(bob.pk): "offline"}
    else:
        assert answer["users"] == {str(bob.pk): "offline"}


# ── How many are online in a channel ────────────────────────────────────────────────────────


def test_a_channel_says_how_many_are_there_and_who(
    api: MakeApi, ann: User, bob: User, cat: User, general: Channel, elsewhere: Elsewhere
) -> None:
    path = f"channels/{general.pk}/presence"
    assert api(ann)("GET", path)[1] == {"online": 0, "user_ids": []}
    elsewhere.enter(ann.pk, cat.pk)
    elsewhere.enter(bob.pk, choice=Choice("invisible", 1))
    online.forget()
    assert api(ann)("GET", path)[1] == {"online": 1, "user_ids": [str(ann.pk)]}
    status, answer = api(cat)("GET", path)
    assert (status, answer["error"]["code"]) == (403, "not_a_member")


def test_however_many_ask_it_is_found_out_once(
    api: MakeApi, ann: User, bob: User, general: Channel
) -> None:
    first, second = api(ann), api(bob)
    path = f"channels/{general.pk}/presence"
    first("GET", path)
    second("GET", path)
    with CaptureQueriesContext(connection) as queries:
        second("GET", path)
    asked = [one["sql"] for one in queries if "chat_membership" in one["sql"]]
    # Whether the asker is in it, and nothing of the others.
    assert len(asked) == 1


def test_of_very_many_there_is_a_count_alone(
    ann: User, general: Channel, elsewhere: Elsewhere
) -> None:
    people = User.objects.bulk_create(
        User(username=f"p{number}") for number in range(ONLINE_LISTED_MAX + 1)
    )
    Membership.objects.bulk_create(
        Membership(channel=general, user=one, joined_at=general.created_at) for one in people
    )
    elsewhere.enter(*(one.pk for one in people[1:]))
    found = online.in_channel(general.pk)
    assert found.user_ids is not None
    assert found.online == len(found.user_ids) == ONLINE_LISTED_MAX
    elsewhere.enter(people[0].pk)
    online.forget()
    found = online.in_channel(general.pk)
    assert (found.online, found.user_ids) == (ONLINE_LISTED_MAX + 1, None)


def test_without_redis_there_is_no_count(
    api: MakeApi, ann: User, general: Channel, settings: pytest.FixtureRequest
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"  # type: ignore[attr-defined]
    presence.store.cache_clear()
    status, answer = api(ann)("GET", f"channels/{general.pk}/presence")
    assert (status, answer) == (200, {"online": None, "user_ids": None})


async def until(condition: Callable[[], bool], *, seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - nobody tells us
            await asyncio.sleep(0.02)
