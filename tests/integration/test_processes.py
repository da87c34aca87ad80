"""What each process says of itself: to people, and in the same moment to programs."""

import asyncio
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import User
from chat.models import Channel
from operations import processes
from realtime import registry, runtime
from realtime.pool import run_in_pool
from tests.integration.conftest import Sockets

pytestmark = pytest.mark.django_db


async def process_that(condition: Callable[[processes.Process], bool]) -> processes.Process:
    async with asyncio.timeout(20):
        while True:
            found = await run_in_pool(processes.all_known)
            for one in found or []:
                if condition(one):
                    return one
            await asyncio.sleep(0.1)


async def test_a_process_says_what_goes_through_it(
    sockets: Sockets, ann: User, bob: User, general: Channel, settings: Any
) -> None:
    own, _ = await sockets.open(ann), await sockets.open(bob)
    one = await process_that(lambda process: process.sockets == 2)
    assert (one.state, one.users, one.instance) == ("live", 2, settings.INSTANCE_ID)
    assert one.sockets_browser + one.sockets_bot == 2
    assert one.streams == 3  # the channel and two people
    assert one.version == settings.VERSION
    assert one.memory_bytes > 10_000_000
    assert one.loop_lag_median_ms <= one.loop_lag_ms
    await own.post(general.pk, "hi")
    later = await process_that(lambda process: process.reported_at > one.reported_at)
    assert later.received == one.received + 1
    assert later.sent >= one.sent + 3  # the answer, and the message twice
    rates = processes.rates([one], later)
    assert rates is not None
    assert rates[0] > 0
    assert rates[1] > rates[0]


async def test_a_process_that_renews_nothing_is_lost_and_then_forgotten(
    sockets: Sockets, ann: User, redis: Any, settings: Any
) -> None:
    await sockets.open(ann)
    one = await process_that(lambda process: process.sockets == 1)
    # As after a kill: the report of another life of a process, that nobody renews.
    key = next(key for key in redis.scan_iter("*:process:*") if key.endswith(one.id))
    report = json.loads(redis.get(key)) | {"instance": "Instance-9"}
    prefix = key.removesuffix(one.id)

    def leave(name: str, left_ms: int) -> None:
        redis.set(f"{prefix}{name}", json.dumps(report | {"id": name}), px=left_ms)
        redis.zadd(f"{settings.REDIS_PREFIX}:processes", {name: one.reported_at})

    leave("gone", 20_000)
    gone = await process_that(lambda process: process.id == "gone")
    assert gone.state == "lost"
    assert gone.silent_seconds > registry.LOST_SECONDS
    living = await run_in_pool(registry.reports)
    assert [report.id for report in living or []] == [one.id]
    # Somebody has started it again under its name.
    leave("anew", registry.LIFE_SECONDS * 1000)
    known = await run_in_pool(processes.all_known)
    assert {process.id for process in known or []} == {one.id, "anew"}


async def test_whoever_comes_under_a_name_takes_the_place_of_those_who_had_it(
    sockets: Sockets, ann: User, redis: Any, settings: Any
) -> None:
    # An earlier life that was killed.
    await sockets.open(ann)
    one = await process_that(lambda process: process.sockets == 1)
    key = next(key for key in redis.scan_iter("*:process:*") if key.endswith(one.id))
    earlier = redis.get(key)
    await sockets.close()
    await runtime.shut_down()
    assert not redis.exists(key)
    redis.set(key, earlier, px=20_000)
    redis.zadd(f"{settings.REDIS_PREFIX}:processes", {one.id: one.reported_at})
    await sockets.open(ann)
    other = await process_that(lambda process: process.sockets == 1 and process.id != one.id)
    known = await run_in_pool(processes.all_known)
    assert [process.id for process in known or []] == [other.id]
    # It ends in order, and nothing of the earlier one comes back.
    await sockets.close()
    await runtime.shut_down()
    assert await run_in_pool(processes.all_known) == []


async def test_the_command_tells_programs_the_same(sockets: Sockets, ann: User) -> None:
    await sockets.open(ann)
    one = await process_that(lambda process: process.sockets == 1)
    out = io.StringIO()
    await run_in_pool(call_command, "instances", json=True, stdout=out)
    (line,) = out.getvalue().splitlines()
    told = json.loads(line)
    assert (told["id"], told["state"], told["sockets"]) == (one.id, "live", 1)
    out = io.StringIO()
    await run_in_pool(call_command, "instances", stdout=out)
    header, row = out.getvalue().splitlines()
    assert header.split()[:3] == ["INSTANCE", "STATE", "PID"]
    assert row.split()[:3] == [one.instance, "live", str(one.pid)]
