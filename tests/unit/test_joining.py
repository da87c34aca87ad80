"""While more is under way, what has come waits for it; otherwise nothing waits."""

import asyncio
import time

import pytest

from realtime import joining
from realtime.joining import Joiner


class Socket:
    """Counts how often it wrote."""

    def __init__(self) -> None:
        self.writes = 0
        self.has_left = asyncio.Event()

    def leave(self) -> None:
        self.writes += 1
        self.has_left.set()


@pytest.fixture
def joiner() -> Joiner:
    return Joiner()


def tell(joiner: Joiner, socket: Socket, *, sinks: int = 1) -> bool:
    """Tell a socket an event, and return whether that waits for others."""
    waits = joiner.begin(sinks)
    if waits:
        joiner.add(socket)
    joiner.end()
    return waits


async def test_a_message_that_comes_alone_does_not_wait(joiner: Joiner) -> None:
    with joiner.under_way():
        assert not tell(joiner, Socket())


async def test_what_comes_while_more_is_under_way_leaves_with_the_last(
    joiner: Joiner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joining, "JOIN_SECONDS", 60)
    socket = Socket()
    with joiner.under_way():
        with joiner.under_way():
            assert tell(joiner, socket)
        assert tell(joiner, socket)
        assert not socket.writes
    async with asyncio.timeout(5):
        await socket.has_left.wait()


async def test_nothing_waits_long_for_what_takes_long(joiner: Joiner) -> None:
    socket = Socket()
    with joiner.under_way(), joiner.under_way():
        assert tell(joiner, socket)
        async with asyncio.timeout(5):
            await socket.has_left.wait()


async def test_events_that_come_faster_than_they_are_written_leave_together(
    joiner: Joiner,
) -> None:
    joiner.begin(1)
    time.sleep(0.02)  # noqa: ASYNC251 - stands for many writes
    joiner.end()
    socket = Socket()
    assert tell(joiner, socket)
    async with asyncio.timeout(5):
        await socket.has_left.wait()


async def test_a_large_channel_is_written_to_in_portions(joiner: Joiner) -> None:
    sockets = [Socket() for _ in range(joining.AT_ONCE + 1)]
    assert joiner.begin(len(sockets))
    for socket in sockets:
        joiner.add(socket)
    joiner.end()
    async with asyncio.timeout(5):
        await sockets[0].has_left.wait()
        assert sockets[joining.AT_ONCE - 1].writes
        assert not sockets[-1].writes
        await sockets[-1].has_left.wait()


async def test_what_gathers_can_be_let_go_at_once(joiner: Joiner) -> None:
    socket = Socket()
    with joiner.under_way(), joiner.under_way():
        tell(joiner, socket)
        joiner.flush()
        assert socket.writes == 1
