"""The project's layer is a channel layer, and survives what Redis does."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from realtime.layer import HubChannelLayer, HubLoopLayer, LayerDown
from realtime.letters import Letter, to_message
from tools.cluster import Valkey


@pytest.fixture
async def layers(valkey: Valkey) -> AsyncIterator[tuple[Any, Any]]:
    prefix = uuid.uuid4().hex
    pair = [HubChannelLayer(hosts=[valkey.url], prefix=prefix) for _ in range(2)]
    yield pair[0], pair[1]
    for layer in pair:
        await layer.flush()


async def test_a_group_is_heard_on_every_process(layers: tuple[Any, Any]) -> None:
    here, there = layers
    names = [await here.new_channel(), await there.new_channel(), await there.new_channel()]
    for layer, name in ((here, names[0]), (there, names[1]), (there, names[2])):
        await layer.group_add("room", name)
    await here.group_send("room", {"type": "note", "n": 1})
    async with asyncio.timeout(5):
        got = [await here.receive(names[0]), await there.receive(names[1])]
        last = await there.receive(names[2])
    assert got == [{"type": "note", "n": 1}] * 2
    last["n"] = 2
    assert got[1]["n"] == 1


async def test_a_consumer_elsewhere_can_be_written_to(layers: tuple[Any, Any]) -> None:
    here, there = layers
    name = await there.new_channel()
    await there.group_add("anything", name)
    await here.send(name, {"type": "note"})
    async with asyncio.timeout(5):
        assert await there.receive(name) == {"type": "note"}


async def test_whoever_left_a_group_hears_it_no_more(layers: tuple[Any, Any]) -> None:
    here, there = layers
    stays, goes = await there.new_channel(), await there.new_channel()
    for name in (stays, goes):
        await there.group_add("room", name)
    await there.group_discard("room", goes)
    await here.group_send("room", {"type": "note"})
    async with asyncio.timeout(5):
        await there.receive(stays)
    assert there._get_layer().channels[goes].empty()


async def test_a_consumer_that_is_cancelled_leaves_nothing_behind(layers: tuple[Any, Any]) -> None:
    here, _ = layers
    name = await here.new_channel()
    await here.group_add("room", name)
    waiting = asyncio.create_task(here.receive(name))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    layer: HubLoopLayer = here._get_layer()
    assert name not in layer.channels
    assert layer.groups == {}


async def test_a_letter_goes_to_the_hub_and_not_to_a_queue(layers: tuple[Any, Any]) -> None:
    here, there = layers
    name = await there.new_channel()
    letters: list[Letter] = []
    arrived = asyncio.Event()

    def take(letter: Letter) -> None:
        letters.append(letter)
        arrived.set()

    there._get_layer().on_letter = take
    await there.group_add("s.c.1", name)
    letter = Letter(stream="c:1", seq=4, payload=b'{"x":1}', opens="c:2", opens_after=7)
    await here.group_send("s.c.1", to_message(letter))
    async with asyncio.timeout(5):
        await arrived.wait()
    assert letters == [letter]
    assert there._get_layer().channels[name].empty()


async def test_redis_may_go_and_come_back(tmp_path: Path) -> None:
    server = Valkey(directory=tmp_path)
    server.start()
    layer: Any = HubChannelLayer(hosts=[server.url], prefix="x")
    loop_layer: HubLoopLayer = layer._get_layer()
    states: list[bool] = []
    loop_layer.on_link = states.append
    try:
        name = await layer.new_channel()
        await layer.group_add("room", name)
        await until(lambda: states == [True])
        await asyncio.to_thread(server.stop)
        await until(lambda: states == [True, False])
        with pytest.raises(LayerDown):
            await layer.group_send("room", {"type": "lost"})
        other = await layer.new_channel()
        await layer.group_add("hall", other)
        await asyncio.to_thread(server.start)
        await until(lambda: states == [True, False, True])
        for group, channel in (("room", name), ("hall", other)):
            await layer.group_send(group, {"type": "back"})
            async with asyncio.timeout(5):
                assert await layer.receive(channel) == {"type": "back"}
    finally:
        await layer.flush()
        server.stop()


async def test_a_redis_that_hangs_is_noticed(tmp_path: Path) -> None:
    server = Valkey(directory=tmp_path)
    server.start()
    layer: Any = HubChannelLayer(hosts=[server.url], prefix="x")
    states: list[bool] = []
    layer._get_layer().on_link = states.append
    try:
        await layer.group_add("room", await layer.new_channel())
        await until(lambda: states == [True])
        server.pause()
        await until(lambda: states == [True, False], seconds=15)
        server.resume()
        await until(lambda: states == [True, False, True], seconds=15)
    finally:
        server.resume()
        await layer.flush()
        server.stop()


async def until(condition: Callable[[], bool], *, seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - the state of another program
            await asyncio.sleep(0.02)
