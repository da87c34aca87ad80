"""Whatever the layer loses, doubles and reorders, a socket hears 1, 2, 3 …"""

import asyncio
import json
import random

import pytest
from django.db import OperationalError

from realtime import hub as hub_module
from realtime import streams
from realtime.hub import Hub
from realtime.joining import Joiner
from realtime.letters import EPHEMERAL, Letter
from realtime.log import Heads

STREAM = "c:1"


class Log:
    """A log in memory, which can be away."""

    def __init__(self) -> None:
        self.letters: dict[str, list[Letter]] = {}
        self.epoch = "first"
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

    async def heads(self, streams: list[str]) -> Heads:
        await asyncio.sleep(0)
        if self.is_away:
            raise OperationalError
        return Heads(
            epoch=self.epoch,
            seqs={stream: len(self.letters.get(stream, [])) for stream in streams},
        )

    async def renew_epoch(self, old: str) -> str:
        await asyncio.sleep(0)
        if self.epoch == old:
            self.epoch += "+"
        return self.epoch


class Ear:
    """A sink that remembers what it heard."""

    def __init__(self, user_id: int = 1) -> None:
        self.user_id = user_id
        self.ended_with = 0
        self.is_full = False
        self.waiting = 0
        self.doubts = 0
        self.has_read = asyncio.Event()
        self.heard: list[int] = []
        self.whispers = 0
        self.opened: list[tuple[str, int]] = []
        self.closed: list[str] = []
        self.something_came = asyncio.Event()

    def deliver(self, frame: bytes) -> bool:
        if self.is_full:
            return False
        self.heard.append(json.loads(frame[frame.index(b"{") :])["seq"])
        self.something_came.set()
        return True

    def join(self, frame: bytes) -> bool:
        return self.deliver(frame)

    def whisper(self, frame: bytes) -> None:  # noqa: ARG002 - as a sink's
        self.whispers += 1
        self.something_came.set()

    def end(self, code: int) -> None:
        self.ended_with = code

    async def drained(self) -> None:
        while self.is_full:
            self.has_read.clear()
            await self.has_read.wait()

    def read_everything(self) -> None:
        self.is_full = False
        self.has_read.set()

    def buffered_bytes(self) -> int:
        return self.waiting

    def give_up(self) -> None:
        self.end(4408)

    def doubt(self) -> None:
        self.doubts += 1

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
    return Hub(
        read_log=log.read,
        read_heads=log.heads,
        renew_epoch=log.renew_epoch,
        is_layer_up=lambda: True,
        joiner=Joiner(),
    )


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
    for _ in range(streams.RING_SIZE + 10):
        hub.receive(log.append())
    log.is_away = True
    with pytest.raises(OperationalError):
        async for _ in hub.replay(ear, STREAM, after=0, limit=100):
            pass
    log.is_away = False
    hub.receive(log.append())
    await ear.until(streams.RING_SIZE + 11)
    assert ear.heard == list(range(1, streams.RING_SIZE + 12))


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


async def test_who_gives_up_waiting_for_an_opening_ends_it_for_nobody(hub: Hub) -> None:
    first = asyncio.create_task(hub.open([STREAM]))
    await asyncio.sleep(0)
    impatient, patient = (asyncio.create_task(hub.open([STREAM])) for _ in range(2))
    await asyncio.sleep(0)
    impatient.cancel()
    async with asyncio.timeout(5):
        assert await first == await patient == {STREAM: 0}


async def test_a_doubt_reaches_the_hearers_of_that_stream_alone(hub: Hub) -> None:
    meant, other = await hearing(hub, 1, "u:1"), await hearing(hub, 2, "u:2")
    hub.receive(Letter(stream="u:1", seq=EPHEMERAL, payload=b"", doubts=True))
    assert (meant.doubts, other.doubts) == (1, 0)


async def test_a_client_that_lags_is_told_what_it_missed_from_the_log(hub: Hub, log: Log) -> None:
    slow, fast = await hearing(hub, 1), await hearing(hub, 2)
    hub.receive(log.append())
    slow.is_full = True
    count = streams.RING_SIZE + 50
    for _ in range(count):
        hub.receive(log.append())
    assert slow.heard == [1]
    assert len(fast.heard) == count + 1
    slow.read_everything()
    await slow.until(count + 1)
    hub.receive(log.append())
    assert slow.heard == fast.heard == list(range(1, count + 3))


async def test_a_removal_is_kept_also_while_the_removed_lags(hub: Hub, log: Log) -> None:
    slow = await hearing(hub, 2)
    slow.is_full = True
    hub.receive(log.append())
    hub.receive(log.append(ejects_user_id=2))
    hub.receive(log.append())
    slow.read_everything()
    await slow.until(2)
    hub.receive(log.append())
    await asyncio.sleep(0)
    assert slow.heard == [1, 2]
    assert slow.closed == [STREAM]


async def test_who_asks_for_the_past_while_it_lags_hears_nothing_twice(hub: Hub, log: Log) -> None:
    slow = await hearing(hub)
    slow.is_full = True
    for _ in range(3):
        hub.receive(log.append())
    await asyncio.sleep(0)
    slow.read_everything()
    paged = [
        letter.seq
        async for page, _ in hub.replay(slow, STREAM, after=0, limit=2)
        for letter in page
    ]
    hub.receive(log.append())
    await slow.until(4)
    assert paged == [1, 2, 3]
    assert slow.heard == [4]


async def test_all_that_waits_is_bounded_and_the_slowest_go_first(hub: Hub) -> None:
    ears = [await hearing(hub, number) for number in range(4)]
    for number, ear in enumerate(ears):
        ear.waiting = number * hub_module.BUFFERS_MAX_BYTES // 4
    hub._shed()
    assert [ear.ended_with for ear in ears] == [0, 0, 0, 4408]
    assert hub.buffered_bytes > hub_module.BUFFERS_MAX_BYTES


async def test_a_log_that_has_lost_what_was_told_begins_another_history(hub: Hub, log: Log) -> None:
    ear = await hearing(hub)
    for _ in range(3):
        hub.receive(log.append())
    log.letters[STREAM] = log.letters[STREAM][:1]
    await hub.check_heads()
    assert ear.ended_with == 1012
    assert hub.epoch == log.epoch == "first+"
    again = await hearing(hub)
    hub.receive(log.append())
    assert again.heard == [2]


async def test_a_new_epoch_ends_the_sockets_of_the_old_one(hub: Hub, log: Log) -> None:
    ear = await hearing(hub)
    log.epoch = "second"
    await hearing(hub, stream="c:2")
    assert ear.ended_with == 1012
    assert hub.epoch == "second"
    assert hub.top(STREAM) is None


async def test_a_late_answer_does_not_bring_back_a_history_that_has_ended(
    hub: Hub, log: Log
) -> None:
    await hearing(hub)
    answered = asyncio.Event()
    before = log.heads

    async def answer_late(streams: list[str]) -> Heads:
        heads = await before(streams)
        await answered.wait()
        return heads

    hub._read_heads_in_epoch = answer_late
    late = asyncio.create_task(hub.check_heads())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    log.epoch = "second"
    hub._read_heads_in_epoch = before
    ear = await hearing(hub, stream="c:2")
    answered.set()
    await late
    assert (hub.epoch, ear.ended_with) == ("second", 0)


async def test_what_is_told_while_the_heads_are_read_is_no_loss(hub: Hub, log: Log) -> None:
    ear = await hearing(hub)
    check = asyncio.create_task(hub.check_heads())
    await asyncio.sleep(0)
    hub.receive(log.append())
    await check
    assert (ear.ended_with, ear.heard) == (0, [1])


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
    for _ in range(streams.RING_SIZE + 5):
        hub.receive(log.append())
    ear = Ear()
    older = asyncio.create_task(hub.follow(ear, STREAM, after=0))
    await log.was_read.wait()
    await hub.follow(ear, STREAM, after=streams.RING_SIZE + 3)
    async with asyncio.timeout(5):
        await older
    hub.receive(log.append())
    assert ear.heard == list(range(streams.RING_SIZE + 4, streams.RING_SIZE + 7))


async def test_a_copy_of_a_whisper_is_dropped(hub: Hub) -> None:
    ear = await hearing(hub)
    for nonce in ("a", "a", "b", "a"):
        hub.receive(Letter(stream=STREAM, seq=EPHEMERAL, payload=b"{}", nonce=nonce))
    assert ear.whispers == 2


async def test_a_removal_before_the_snapshot_does_not_touch_who_is_back(hub: Hub, log: Log) -> None:
    await hearing(hub, 1)
    away, removed, back = log.append(), log.append(ejects_user_id=2), log.append()
    ear = Ear(2)
    # The snapshot is newer than what this process has heard so far.
    hub.attach(ear, {STREAM: back.seq})
    for letter in (away, removed, back, log.append()):
        hub.receive(letter)
    assert ear.heard == [4]
    assert ear.closed == []


async def test_a_removal_after_the_snapshot_holds_also_when_it_is_heard_already(
    hub: Hub, log: Log
) -> None:
    await hearing(hub, 1)
    hub.receive(log.append())
    hub.receive(log.append(ejects_user_id=2))
    hub.receive(log.append())
    ear = Ear(2)
    hub.attach(ear, {STREAM: 1})
    await ear.until(2)
    hub.receive(log.append())
    assert ear.heard == [2]
    assert ear.closed == [STREAM]


async def test_what_was_opened_while_one_was_behind_comes_again_after_the_page(
    hub: Hub, log: Log
) -> None:
    ear = await hearing(hub, 1, "u:1")
    await hearing(hub, 2, "c:9")
    hub.receive(log.append("c:9"))
    hub.receive(log.append("u:1", opens="c:9", opens_after=1))
    await hub.follow(ear, "c:9", after=1)
    hub.receive(log.append("c:9"))
    assert ear.heard == [1, 2]
    ear.heard.clear()
    async for _ in hub.replay(ear, "u:1", after=0, limit=10):
        hub.receive(log.append("c:9"))
        # Nothing of it before the client has the page.
        assert ear.heard == []
    await ear.until(3)
    hub.receive(log.append("c:9"))
    assert ear.heard == [2, 3, 4]


async def test_a_new_epoch_leaves_nobody_catching_up(hub: Hub, log: Log) -> None:
    ear = await hearing(hub)
    ear.is_full = True
    hub.receive(log.append())
    log.letters.clear()
    await hub.check_heads()
    ear.read_everything()
    async with asyncio.timeout(5):
        while hub._tasks:
            await asyncio.wait(hub._tasks)
    assert ear.heard == []


async def test_what_nobody_committed_is_given_up(
    hub: Hub, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "FRUITLESS_MAX", 3)
    ear = await hearing(hub)
    hub.receive(Letter(stream=STREAM, seq=5, payload=b"{}"))
    async with asyncio.timeout(5):
        while hub._tasks:
            await asyncio.wait(hub._tasks)
    assert log.reads == 3
    hub.receive(log.append())
    assert ear.heard == [1]


async def test_a_letter_of_another_history_is_dropped(hub: Hub, log: Log) -> None:
    ear = await hearing(hub)
    hub.receive(Letter(stream=STREAM, seq=1, payload=b'{"seq": 1}', epoch="another"))
    assert ear.heard == []
    hub.receive(log.append(epoch="first"))
    assert ear.heard == [1]
