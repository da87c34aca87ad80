"""Asking processes, and the last hour that they remember together."""

import asyncio
import time
from typing import Any, Self

import msgspec
import pytest

from realtime import inquiries, redis_clients, registry
from realtime.inquiries import Answer, Drain, LookAtStream, Question, Respondent, Unreachable
from realtime.registry import Report, Sampler
from realtime.tasks import end


def report(at: float, **fields: Any) -> Report:
    plain = {
        "id": "one",
        "instance": "Instance-1",
        "host": "here",
        "pid": 1,
        "started_at": 0.0,
        "is_draining": False,
        "sockets": 3,
        "users": 3,
        "buffered_bytes": 0,
        "loop_lag_ms": 1,
        "streams": {},
        "tops": {},
    }
    return Report(**{**plain, "reported_at": at, **fields})


class Running:
    """A process that answers, for as long as the block lasts."""

    def __init__(self, process: str, answer: Answer) -> None:
        self.asked: list[Question] = []
        self._answer = answer
        self._respondent = Respondent(process, self._hear)

    def _hear(self, question: Question) -> Answer:
        self.asked.append(question)
        return self._answer

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._respondent.run())
        return self

    async def __aexit__(self, *_: object) -> None:
        await end([self._task])


async def test_all_are_asked_at_once_and_each_answers_for_itself(real_redis: str) -> None:
    async with Running("a", Answer(top=7)) as a, Running("b", Answer(top=9)):
        question = LookAtStream(stream="c:1")
        answers = await inquiries.ask_soon(["a", "b"], question)
        assert {process: answer.top for process, answer in answers.items()} == {"a": 7, "b": 9}
        assert a.asked == [question]


async def test_whoever_does_not_answer_is_not_waited_for(real_redis: str) -> None:
    async with Running("a", Answer(is_done=True)):
        began_at = time.monotonic()
        answers = await inquiries.ask_soon(["a", "frozen"], Drain(), seconds=0.5)
        assert set(answers) == {"a"}
        assert time.monotonic() - began_at < inquiries.QUESTION_LIFE_SECONDS / 2


async def test_what_was_not_answered_is_not_done_later(real_redis: str, redis: Any) -> None:
    key = f"{real_redis}:questions:frozen"
    # Somebody else asks, too: their question keeps the list alive.
    redis.rpush(key, "of another")
    await inquiries.ask_soon(["frozen"], Drain(), seconds=0.1)
    assert redis.lrange(key, 0, -1) == ["of another"]


async def test_a_question_of_another_version_is_left_unanswered(
    real_redis: str, redis: Any
) -> None:
    async with Running("a", Answer(is_done=True)) as a:
        redis.rpush(f"{real_redis}:questions:a", '["elsewhere", {"type": "sing"}]')
        assert set(await inquiries.ask_soon(["a"], Drain())) == {"a"}
        assert a.asked == [Drain()]


async def test_without_redis_nobody_can_be_asked(real_redis: str, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    with pytest.raises(Unreachable):
        await inquiries.ask_soon(["a"], Drain())
    assert registry.history(["Instance-1"]) == {"Instance-1": []}


def test_a_sample_has_the_rates_and_the_longest_wait_of_its_time() -> None:
    sampler = Sampler()
    assert sampler.take(report(100, received=10, sent=100)) is None
    assert sampler.take(report(105, received=20, sent=200, loop_lag_ms=40)) is None
    sample = sampler.take(report(116, received=42, sent=260, loop_lag_ms=2))
    assert sample is not None
    assert (sample.at, sample.received_per_second, sample.sent_per_second) == (116, 2.0, 10.0)
    assert sample.loop_lag_ms == 40
    later = sampler.take(report(131, received=42, sent=260))
    assert later is not None
    assert (later.received_per_second, later.loop_lag_ms) == (0.0, 1)


async def test_the_last_hour_is_kept_under_the_name_and_no_more(
    real_redis: str, redis: Any
) -> None:
    now = time.time()
    client = redis_clients.asynchronous()
    for number in range(registry.SAMPLES_MAX + 5):
        async with client.pipeline(transaction=False) as pipeline:
            registry.keep(pipeline, "Instance-1", registry.Sample(now, number, 0, 0, 1, 2, 0))
            await pipeline.execute()
    await client.aclose()
    key = f"{real_redis}:history:Instance-1"
    assert 0 < redis.ttl(key) <= registry.HISTORY_SECONDS
    redis.rpush(key, "not a sample")
    redis.rpush(key, msgspec.json.encode(registry.Sample(now - 7200, 3, 0, 0, 1, 2, 0)))
    found = await asyncio.to_thread(registry.history, ["Instance-1", "Instance-2"])
    assert len(found["Instance-1"]) == registry.SAMPLES_MAX
    assert found["Instance-1"][-1].sockets == registry.SAMPLES_MAX + 4
    assert found["Instance-2"] == []
