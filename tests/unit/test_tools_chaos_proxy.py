"""What the bad network does to those who go through it."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.letters import text_frame
from tools.chaos.proxy import AckTrap, Address, Proxy
from tools.programs import HOST

HANDSHAKE = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"
ACK = text_frame(b'{"type":"ok","re":"p1","channel_id":"7","message_id":"9","seq":4}')
PLAIN_OK = text_frame(b'{"type":"ok","re":"s2"}')
EVENT = text_frame(b'{"type":"message.posted","message":{"text":"' + b"x" * 300 + b'"}}')
LARGE = text_frame(b'{"type":"page","events":["' + b"y" * 70_000 + b'"]}')


def test_the_acknowledgement_of_a_post_is_found_and_what_stands_before_it_goes_on() -> None:
    trap = AckTrap()

    assert trap.split(HANDSHAKE + EVENT + PLAIN_OK + ACK + EVENT) == HANDSHAKE + EVENT + PLAIN_OK


def test_what_is_no_acknowledgement_of_a_post_is_let_through() -> None:
    trap = AckTrap()

    assert trap.split(HANDSHAKE + EVENT + PLAIN_OK + LARGE) is None


@given(st.lists(st.integers(1, 400), min_size=1, max_size=40))
def test_frames_are_followed_however_they_are_cut_into_pieces(lengths: list[int]) -> None:
    stream = HANDSHAKE + LARGE + EVENT + PLAIN_OK
    trap = AckTrap()
    at = 0
    for length in lengths:
        assert trap.split(stream[at : at + length]) is None
        at += length
    if at < len(stream):
        assert trap.split(stream[at:]) is None

    assert trap.split(EVENT + ACK) == EVENT


@asynccontextmanager
async def echoing_through_a_proxy() -> AsyncIterator[
    tuple[Proxy, asyncio.StreamReader, asyncio.StreamWriter]
]:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(4096):
            writer.write(data)
        writer.close()

    server = await asyncio.start_server(echo, HOST, 0)
    port = server.sockets[0].getsockname()[1]
    proxy = Proxy(name="echo", upstream=lambda: Address(port=port))
    await proxy.start()
    reader, writer = await asyncio.open_connection(HOST, proxy.port)
    try:
        yield proxy, reader, writer
    finally:
        writer.close()
        await proxy.stop()
        server.close()


async def test_a_proxy_in_a_good_mood_passes_everything_on() -> None:
    async with echoing_through_a_proxy() as (proxy, reader, writer):
        writer.write(b"a" * 100_000)

        assert await reader.readexactly(100_000) == b"a" * 100_000
        assert proxy.hits.held == proxy.hits.cut == proxy.hits.delayed == 0


async def test_what_is_held_back_arrives_in_order_when_it_is_released() -> None:
    async with echoing_through_a_proxy() as (proxy, reader, writer):
        writer.write(b"1")
        assert await reader.readexactly(1) == b"1"
        proxy.is_held = True
        writer.write(b"2")
        await writer.drain()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await reader.read(1)
        writer.write(b"3")
        proxy.release()

        assert await reader.readexactly(2) == b"23"
        assert proxy.hits.held >= 1


async def test_a_delay_delays_and_keeps_the_order() -> None:
    loop = asyncio.get_running_loop()
    async with echoing_through_a_proxy() as (proxy, reader, writer):
        proxy.delay_seconds = 0.2
        began = loop.time()
        writer.write(b"1")
        await writer.drain()
        await asyncio.sleep(0)
        writer.write(b"2")

        assert await reader.readexactly(2) == b"12"
        assert loop.time() - began >= 0.4
        assert proxy.hits.delayed >= 2


async def test_a_cut_ends_the_connection_and_is_counted() -> None:
    async with echoing_through_a_proxy() as (proxy, reader, writer):
        writer.write(b"1")
        await reader.readexactly(1)

        assert proxy.cut(share=1, draw=random.Random(1)) == 1
        with pytest.raises(ConnectionResetError):
            await reader.readexactly(1)
        assert proxy.hits.cut == 1


async def test_a_server_that_is_away_is_away_for_the_client_too() -> None:
    proxy = Proxy(name="nobody", upstream=lambda: Address(port=1))
    await proxy.start()
    reader, writer = await asyncio.open_connection(HOST, proxy.port)

    assert await reader.read(1) == b""
    writer.close()
    await proxy.stop()


async def test_who_does_not_read_is_felt_by_who_sends() -> None:
    sent = 0
    is_stuck = asyncio.Event()

    async def pour(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        try:
            while True:
                writer.write(b"x" * 65_536)
                async with asyncio.timeout(0.5):
                    await writer.drain()
                sent += 65_536
        except TimeoutError:
            is_stuck.set()
        writer.transport.abort()

    server = await asyncio.start_server(pour, HOST, 0)
    port = server.sockets[0].getsockname()[1]
    proxy = Proxy(name="pouring", upstream=lambda: Address(port=port))
    await proxy.start()
    _, writer = await asyncio.open_connection(HOST, proxy.port, limit=1024)

    async with asyncio.timeout(20):
        await is_stuck.wait()
    assert proxy.hits.stalled >= 1
    assert sent < 64 * 1024 * 1024
    writer.transport.abort()
    await proxy.stop()
    server.close()
