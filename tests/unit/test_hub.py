"""Whatever the layer loses, doubles and reorders, a socket hears 1, 2, 3 …"""

import asyncio
import json
import random

import pytest
from django.db import OperationalError

from realtime import hub as hub_module
from realtime.hub import Hub
from realtime.letters import EPHEMERAL, Letter

STREAM = "c:1"


class Log:
    """A log in memory, which can be away."""

    def __init__(self) -> None:
        self.letters: dict[str, list[Letter]] = {}
        self.reads = 0
        self.is_away = False
        self.was_read = asyncio.Event()

    def append(self, stream: str = STREAM, **fields: object) -> Letter:
        letters = self.letters.setdefault(stream, [])
        seq = len(letters) + 1
        letter = Letter(
            stream=stream,
            seq=seq,
            payload=json.dumps({"seq": seq}).encode(),
            **fields,  # type: ignore[arg-type]
        )
        letters.append(letter)
        return letter

    async def read(self, stream: str, after: int, limit: int) -> list[Letter]:
        self.reads += 1
        self.was_read.set()
        await asyncio.sleep(0)
        if self.is_away:
            raise OperationalError
        return self.letters.get(stream, [])[after : after + limit]

    async def heads(self, streams: list[str]) -> dict[str, int]:
        await asyncio.sleep(0)
        if self.is_away:
            raise OperationalError
        return {stream: len(self.letters.get(stream, [])) for stream in streams}


class Ear:
    """A sink that remembers what it heard."""

    def __init__(self, user_id: int = 1) -> None:
        self.user_id = user_id
        self.credential = f"session:{user_id}"
        self.ended_with = 0
        self.heard: list[int] = []
        self.whispers = 0
        self.opened: list[tuple[str, int]] = []
        self.closed: list[str] = []
        self.something_came = asyncio.Event()

    def send(self, frame: bytes, *, ephemeral: bool) -> None:
        if ephemeral:
            self.whispers += 1
        else:
            self.heard.append(json.loads(frame[frame.index(b"{") :])["seq"])
        self.something_came.set()

    def end(self, code: int) -> None:
        self.ended_with = code

    def stream_opened(self, stream: str, *, after: int) -> None:
        self.opened.append((stream, after))

    def stream_closed(self, stream: str) -> None:
        self.closed.append(stream)

    async def until(self, seq: int) -> None:
        async with asyncio.timeout(5):
            while seq not in self.heard:
                self.something_came.clear()
                await self.something_came.wait()


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def hub(log: Log, monkeypatch: pytest.MonkeyPatch) -> Hub:
    monkeypatch.setattr(hub_module, "HOLD_SECONDS", 0.01)
    return Hub(read_log=log.read, read_heads=log.heads, is_layer_up=lambda: True)


async def hearing(hub: Hub, user_id: int = 1, stream: str = STREAM) -> Ear:
    ear = Ear(user_id)
    hub.attach(ear, await hub.open([stream]))
    return ear


async def test_the_past_is_not_told_and_the_future_is(hub: Hub, log: Log) -> None:
    log.append()
    ear = await hearing(hub)
    hub.receive(log.append())
    hub.receive(log.append())
    assert ear.heard == [2, 3]


async def test_a_repeat_is_dropped(hub: Hub, log: Log) -> None:
    ear = await hearing(hub)
    letter = log.append()
    for _ in range(3):
        hub.receive(letter)
    assert ear.heard == [1]
    assert hub.counters["duplicates"] == 2


async def test_what_comes_too_early_waits_for_what_is_missing(hub: Hub, log: Log) -> None:
    ear = await hearing(hub)
    one, two, three = log.append(), log.append(), log.append()
    hub.receive(three)
    hub.receive(two)
    assert ear.heard == []
    hub.receive(one)
    assert ear.heard == [1, 2, 3]
    assert log.reads == 0


async def test_a_hole_is_filled_by_one_read_for_everyone(hub: Hub, log: Log) -> None:
    ears = [await hearing(hub) for _ in range(5)]
    for _ in range(4):
        log.append()
    hub.receive(log.append())
    for ear in ears:
        await ear.until(5)
        assert ear.heard == [1, 2, 3, 4, 5]
    assert log.reads == 1


async def test_a_hole_is_filled_when_the_log_is_back(hub: Hub, log: Log) -> None:
    ear = await hearing(hub)
    log.append()
    late = log.append()
    log.is_away = True
    hub.receive(late)
    async with asyncio.timeout(5):
        await log.was_read.wait()
    assert ear.heard == []
    log.is_away = False
    await ear.until(2)
    assert ear.heard == [1, 2]


async def test_the_check_of_the_heads_finds_what_no_letter_told_of(hub: Hub, log: Log) -> None:
    ear = await hearing(hub)
    log.append()
    log.append()
    await hub.check_heads()
    await ear.until(2)
    assert ear.heard == [1, 2]


async def test_any_mix_of_loss_repeats_and_disorder_ends_in_order(hub: Hub, log: Log) -> None:
    for seed in range(20):
        dice = random.Random(seed)
        stream = f"c:{seed + 10}"
        ear = await hearing(hub, stream=stream)
        letters = [log.append(stream) for _ in range(60)]
        arriving = [one for one in letters for _ in range(dice.choice([0, 1, 1, 2]))]
        dice.shuffle(arriving)
        for letter in arriving:
            hub.receive(letter)
            if dice.random() < 0.1:
                await asyncio.sleep(0)
        await hub.check_heads()
        await ear.until(60)
        assert ear.heard == list(range(1, 61))


async def test_the_ejected_hear_their_ejection_and_nothing_after_it(hub: Hub, log: Log) -> None:
    stays, goes = await hearing(hub, 1), await hearing(hub, 2)
    hub.receive(log.append())
    hub.receive(log.append(ejects_user_id=2))
    hub.receive(log.append())
    assert stays.heard == [1, 2, 3]
    assert goes.heard == [1, 2]
    assert goes.closed == [STREAM]


async def test_an_ejection_that_was_lost_holds_all_the_same(hub: Hub, log: Log) -> None:
    stays, goes = await hearing(hub, 1), await hearing(hub, 2)
    log.append(ejects_user_id=2)
    log.append()
    hub.receive(log.append())
    await stays.until(3)
    assert goes.heard == [1]


async def test_a_stream_that_opens_is_told_to_the_sink(hub: Hub, log: Log) -> None:
    ear = await hearing(hub, stream="u:1")
    hub.receive(log.append("u:1", opens="c:7", opens_after=4))
    assert ear.opened == [("c:7", 4)]


async def test_following_from_the_past_leaves_nothing_out(hub: Hub, log: Log) -> None:
    other = await hearing(hub)
    for _ in range(3):
        hub.receive(log.append())
    ear = Ear()
    await hub.follow(ear, STREAM, after=1)
    hub.receive(log.append())
    assert ear.heard == [2, 3, 4]
    assert other.heard == [1, 2, 3, 4]


async def test_following_again_changes_nothing(hub: Hub, log: Log) -> None:
    ear = await hearing(hub)
    hub.receive(log.append())
    await hub.follow(ear, STREAM, after=0)
    hub.receive(log.append())
    assert ear.heard == [1, 2]


async def test_what_happens_during_a_replay_comes_after_it(hub: Hub, log: Log) -> None:
    ear = await hearing(hub)
    for _ in range(5):
        hub.receive(log.append())
    replayed: list[int] = []
    async for letters, more in hub.replay(ear, STREAM, after=0, limit=2):
        replayed += [letter.seq for letter in letters]
        if len(replayed) == 2:
            hub.receive(log.append())
            assert more
    hub.receive(log.append())
    assert replayed == [1, 2, 3, 4, 5, 6]
    assert ear.heard == [1, 2, 3, 4, 5, 7]


async def test_a_replay_that_fails_is_made_up_for(hub: Hub, log: Log) -> None:
    ear = await hearing(hub)
    for _ in range(hub_module.RING_SIZE + 10):
        hub.receive(log.append())
    log.is_away = True
    with pytest.raises(OperationalError):
        async for _ in hub.replay(ear, STREAM, after=0, limit=100):
            pass
    log.is_away = False
    hub.receive(log.append())
    await ear.until(hub_module.RING_SIZE + 11)
    assert ear.heard == list(range(1, hub_module.RING_SIZE + 12))


async def test_a_text_that_left_the_log_leaves_the_memory(hub: Hub, log: Log) -> None:
    await hearing(hub)
    hub.receive(log.append())
    hub.receive(log.append(rewrites=True))
    ear = Ear()
    reads = log.reads
    await hub.follow(ear, STREAM, after=0)
    assert ear.heard == [1, 2]
    assert log.reads == reads + 1


async def test_a_whisper_goes_to_all_but_its_author_and_is_not_kept(hub: Hub, log: Log) -> None:
    author, other = await hearing(hub, 1), await hearing(hub, 2)
    hub.receive(Letter(stream=STREAM, seq=EPHEMERAL, payload=b"{}", origin_user_id=1))
    hub.receive(log.append())
    assert (author.whispers, other.whispers) == (0, 1)
    assert other.heard == [1]


async def test_a_stream_that_nobody_hears_is_forgotten(hub: Hub, log: Log) -> None:
    ear = await hearing(hub)
    hub.detach(ear, STREAM)
    hub.receive(log.append())
    assert hub.top(STREAM) is None
    again = await hearing(hub)
    hub.receive(log.append())
    assert again.heard == [2]


async def test_a_failed_opening_can_be_tried_again(hub: Hub, log: Log) -> None:
    log.is_away = True
    with pytest.raises(OperationalError):
        await hub.open([STREAM])
    log.is_away = False
    assert await hub.open([STREAM]) == {STREAM: 0}


async def test_an_ended_session_closes_its_own_sockets_only(hub: Hub) -> None:
    ended, other = await hearing(hub, 1, "u:1"), await hearing(hub, 2, "u:1")
    letter = Letter(
        stream="u:1", seq=EPHEMERAL, payload=b"", ends_with=4401, credential=ended.credential
    )
    hub.receive(letter)
    assert (ended.ended_with, other.ended_with) == (4401, 0)
    hub.receive(Letter(stream="u:1", seq=EPHEMERAL, payload=b"", ends_with=4403))
    assert (ended.ended_with, other.ended_with) == (4403, 4403)


async def test_an_ejection_on_the_way_from_the_past_ends_the_following(hub: Hub, log: Log) -> None:
    stays = await hearing(hub, 1)
    hub.receive(log.append())
    hub.receive(log.append(ejects_user_id=2))
    hub.receive(log.append())
    goes = Ear(2)
    async with asyncio.timeout(5):
        await hub.follow(goes, STREAM, after=0)
    hub.receive(log.append())
    assert goes.heard == [1, 2]
    assert goes.closed == [STREAM]
    assert stays.heard == [1, 2, 3, 4]


async def test_a_newer_place_wins_over_a_following_that_is_under_way(hub: Hub, log: Log) -> None:
    await hearing(hub)
    for _ in range(hub_module.RING_SIZE + 5):
        hub.receive(log.append())
    ear = Ear()
    older = asyncio.create_task(hub.follow(ear, STREAM, after=0))
    await log.was_read.wait()
    await hub.follow(ear, STREAM, after=hub_module.RING_SIZE + 3)
    async with asyncio.timeout(5):
        await older
    hub.receive(log.append())
    assert ear.heard == list(range(hub_module.RING_SIZE + 4, hub_module.RING_SIZE + 7))


async def test_a_copy_of_a_whisper_is_dropped(hub: Hub) -> None:
    ear = await hearing(hub)
    for nonce in ("a", "a", "b", "a"):
        hub.receive(Letter(stream=STREAM, seq=EPHEMERAL, payload=b"{}", nonce=nonce))
    assert ear.whispers == 2
    for number in range(hub_module.NONCES_KEPT + 5):
        hub.receive(Letter(stream=STREAM, seq=EPHEMERAL, payload=b"{}", nonce=str(number)))
    assert len(hub._nonces) == hub_module.NONCES_KEPT
