"""Doing together what comes at the same time."""

import asyncio
import threading
from collections.abc import Sequence
from typing import Any

import pytest

from realtime import together
from realtime.together import Together


class Work:
    """Doubles numbers, and tells how it was asked. It can be made to wait."""

    def __init__(self) -> None:
        self.rounds: list[list[int]] = []
        self.alone: list[int] = []
        self.may_go = threading.Event()
        self.is_broken = False
        self.stuck: set[int] = set()

    def one(self, number: int) -> int:
        self._wait([number])
        self.alone.append(number)
        if number < 0:
            raise ValueError(number)
        return 2 * number

    def all(self, numbers: Sequence[int]) -> list[int | Exception | None]:
        self._wait(numbers)
        self.rounds.append(list(numbers))
        if self.is_broken:
            raise OSError("broken")
        return [None if n == 0 else 2 * n if n > 0 else ValueError(n) for n in numbers]

    def _wait(self, numbers: Sequence[int]) -> None:
        if self.stuck & set(numbers):
            self.may_go.wait(5)


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.fixture
def desk(work: Work) -> Together[int, int]:
    return Together("numbers", answer=work.one, answer_all=work.all)


pytestmark = pytest.mark.django_db(transaction=True)


async def under_way(desk: Together[int, int]) -> "asyncio.Task[int]":
    """Begin what hangs."""
    task = asyncio.create_task(desk.ask(1000))
    while not desk._rounds or desk._waiting:  # noqa: ASYNC110 - nothing tells of it
        await asyncio.sleep(0)
    return task


async def crowd(desk: Together[int, int], work: Work, numbers: Sequence[int]) -> list[Any]:
    """Ask for all of these while something is under way."""
    work.stuck = {1000}
    first = await under_way(desk)
    others = [asyncio.create_task(desk.ask(number)) for number in numbers]
    await asyncio.sleep(0)
    work.may_go.set()
    _, *answers = await asyncio.gather(first, *others, return_exceptions=True)
    return answers


async def test_what_comes_alone_is_done_at_once(desk: Together[int, int], work: Work) -> None:
    assert await desk.ask(4) == 8
    assert (work.alone, work.rounds) == ([4], [])


async def test_what_comes_meanwhile_is_done_together_and_in_order(
    desk: Together[int, int], work: Work
) -> None:
    assert await crowd(desk, work, [3, 1, 2]) == [6, 2, 4]
    assert work.rounds == [[3, 1, 2]]


async def test_a_refusal_is_for_the_one_whom_it_concerns(
    desk: Together[int, int], work: Work
) -> None:
    first, refused, last = await crowd(desk, work, [1, -1, 2])
    assert (first, last) == (2, 4)
    assert isinstance(refused, ValueError)
    assert work.alone == [1000]


async def test_what_must_be_done_alone_is(desk: Together[int, int], work: Work) -> None:
    assert await crowd(desk, work, [1, 0, 2]) == [2, 0, 4]
    assert work.alone == [1000, 0]


async def test_a_round_that_fails_is_done_one_by_one(desk: Together[int, int], work: Work) -> None:
    work.is_broken = True
    first, refused, last = await crowd(desk, work, [1, -1, 2])
    assert (first, last) == (2, 4)
    assert isinstance(refused, ValueError)
    assert sorted(work.alone) == [-1, 1, 2, 1000]


async def test_a_round_has_an_end(
    desk: Together[int, int], work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(together, "MOST", 2)
    assert await crowd(desk, work, [1, 2, 3, 4, 5]) == [2, 4, 6, 8, 10]
    assert work.rounds == [[1, 2], [3, 4]]
    assert work.alone == [1000, 5]


async def test_whoever_has_gone_is_not_done_for(desk: Together[int, int], work: Work) -> None:
    work.stuck = {1000}
    first = await under_way(desk)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await desk.ask(7)
    second = asyncio.create_task(desk.ask(8))
    await asyncio.sleep(0)
    work.may_go.set()
    assert (await first, await second) == (2000, 16)
    assert work.alone == [1000, 8]


async def test_whoever_goes_meanwhile_takes_nothing_from_the_others(
    desk: Together[int, int], work: Work
) -> None:
    work.stuck = {1000, 5}
    first = await under_way(desk)
    gone, stays = asyncio.create_task(desk.ask(5)), asyncio.create_task(desk.ask(6))
    # Long enough for another round to begin.
    while desk._rounds < 2:  # noqa: ASYNC110 - nothing tells of it
        await asyncio.sleep(0.005)
    gone.cancel()
    work.may_go.set()
    assert await stays == 12
    assert await first == 2000
    assert work.rounds == [[5, 6]]


async def test_what_hangs_holds_up_no_other_for_long(desk: Together[int, int], work: Work) -> None:
    work.stuck = {1000}
    first = await under_way(desk)
    assert await desk.ask(3) == 6
    assert not first.done()
    work.may_go.set()
    assert await first == 2000


async def test_closing_answers_nobody(desk: Together[int, int], work: Work) -> None:
    work.stuck = {1000}
    asked = [await under_way(desk), asyncio.create_task(desk.ask(2))]
    await asyncio.sleep(0)
    await desk.close()
    work.may_go.set()
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert all(isinstance(answer, asyncio.CancelledError) for answer in answers)
