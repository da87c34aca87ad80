"""The end of a socket: in order, held until the welcome, bounded."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet import main, tcp

from realtime import sinks
from realtime.joining import Joiner
from realtime.letters import text_frame
from realtime.sinks import DaphneTransport, SocketSink


class Wire:
    """A transport that remembers, and a client that reads nothing when told so."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.waiting = 0
        self.code: int | None = None
        self.was_cut = asyncio.Event()

    def send_frame(self, frame: bytes) -> bool:
        self.sent.append(frame)
        return not self.waiting

    def send_frames(self, frames: list[bytes]) -> bool:
        return self.send_frame(b"".join(frames))

    def buffered_bytes(self) -> int:
        return self.waiting

    def close(self, code: int) -> None:
        self.code = code

    def abort(self) -> None:
        self.was_cut.set()

    def dispose(self) -> None:
        pass


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def slow() -> list[bool]:
    return []


@pytest.fixture
def sink(wire: Wire, slow: list[bool]) -> SocketSink:
    one = SocketSink(
        user_id=1,
        transport=wire,
        joiner=Joiner(),
        opened=lambda *_: None,
        closed=lambda _: None,
        doubted=lambda: None,
        too_slow=lambda: slow.append(True),
    )
    one.accepted()
    return one


def test_what_comes_before_the_welcome_is_sent_after_it(sink: SocketSink, wire: Wire) -> None:
    sink.deliver(b"one")
    sink.whisper(b"typing")
    sink.release(b"{}")
    sink.deliver(b"two")
    assert wire.sent == [text_frame(b"{}"), b"one", b"two"]


def test_a_slow_client_is_spared_what_it_can_do_without(sink: SocketSink, wire: Wire) -> None:
    wire.waiting = 1
    sink.release(b"{}")
    wire.waiting = sinks.SKIP_EPHEMERAL_BYTES + 1
    sink.whisper(b"typing")
    sink.deliver(b"message")
    assert wire.sent[1:] == [b"message"]


async def test_a_client_that_does_not_read_is_cut_off_once(
    sink: SocketSink, wire: Wire, slow: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sinks, "ABORT_SECONDS", 0)
    wire.waiting = 1
    sink.release(b"{}")
    wire.waiting = sinks.BUFFER_MAX_BYTES + 1
    for _ in range(3):
        sink.send_payload(b"answer")
    assert slow == [True]
    assert len(wire.sent) == 1
    assert wire.code == 4408
    async with asyncio.timeout(5):
        await wire.was_cut.wait()


async def test_a_client_that_lags_is_waited_for_until_it_has_read_nearly_all(
    sink: SocketSink, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sinks, "LAG_CHECK_SECONDS", 0)
    sink.release(b"{}")
    wire.waiting = sinks.LAG_BYTES + 1
    assert sink.is_full
    waiting = [asyncio.create_task(sink.drained()) for _ in range(2)]
    await asyncio.sleep(0)
    wire.waiting = sinks.SKIP_EPHEMERAL_BYTES + 1
    await asyncio.sleep(0.01)
    assert sink.is_full
    waiting[0].cancel()
    wire.waiting = 0
    async with asyncio.timeout(5):
        await asyncio.wait(waiting)
    assert waiting[0].cancelled()
    assert not sink.is_full


async def test_a_client_that_lags_for_too_long_is_cut_off(
    sink: SocketSink, wire: Wire, slow: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sinks, "LAG_SECONDS_MAX", 0)
    monkeypatch.setattr(sinks, "ABORT_SECONDS", 0)
    sink.release(b"{}")
    wire.waiting = sinks.LAG_BYTES + 1
    async with asyncio.timeout(5):
        await sink.drained()
    assert (slow, wire.code) == ([True], 4408)


async def test_what_is_held_before_the_welcome_is_bounded_too(sink: SocketSink) -> None:
    while not sink.is_full:
        sink.deliver(b"x" * 10_000)
    assert sink.buffered_bytes() > sinks.LAG_BYTES
    sink.release(b"{}")
    assert not sink.is_full


def test_nothing_is_sent_after_the_close(sink: SocketSink, wire: Wire) -> None:
    sink.release(b"{}")
    sink.end(4408)
    sink.deliver(b"message")
    assert wire.code == 4408
    assert len(wire.sent) == 1


@given(st.sampled_from([0, 1, 125, 126, 127, 65_535, 65_536, 100_000]))
def test_a_frame_is_what_the_standard_says(length: int) -> None:
    frame = text_frame(b"x" * length)
    assert frame[0] == 0x81
    header = sinks._header_length(frame)
    assert len(frame) == header + length
    declared = frame[1] if header == 2 else int.from_bytes(frame[2:header], "big")
    assert declared == length


# ── What gathers ────────────────────────────────────────────────────────────────────────────


def test_what_has_gathered_leaves_in_one_write(sink: SocketSink, wire: Wire) -> None:
    sink.release(b"{}")
    assert sink.join(b"one")
    assert sink.join(b"two")
    assert len(wire.sent) == 1
    assert sink.buffered_bytes() == 6
    sink.leave()
    assert wire.sent[1:] == [b"onetwo"]
    assert sink.buffered_bytes() == 0


def test_whatever_comes_leaves_behind_what_has_gathered(sink: SocketSink, wire: Wire) -> None:
    sink.release(b"{}")
    sink.join(b"one")
    sink.deliver(b"two")
    sink.whisper(b"typing")
    sink.send_payload(b"ok")
    sink.leave()
    assert wire.sent[1:] == [b"onetwotyping" + text_frame(b"ok")]


def test_a_goodbye_comes_behind_what_has_gathered(sink: SocketSink, wire: Wire) -> None:
    sink.release(b"{}")
    sink.join(b"one")
    sink.end(4401)
    assert wire.sent[1:] == [b"one"]
    assert wire.code == 4401
    sink.join(b"two")
    sink.leave()
    assert wire.sent[1:] == [b"one"]


def test_what_has_gathered_for_a_connection_that_is_gone_is_forgotten(
    sink: SocketSink, wire: Wire
) -> None:
    sink.release(b"{}")
    sink.join(b"one")
    sink.dispose()
    sink.leave()
    assert len(wire.sent) == 1


def test_for_a_client_that_lags_nothing_gathers(sink: SocketSink, wire: Wire) -> None:
    wire.waiting = sinks.LAG_BYTES + 1
    sink.release(b"{}")
    assert not sink.join(b"one")
    assert not sink.deliver(b"one")
    assert len(wire.sent) == 1


def test_what_gathers_is_bounded_too(sink: SocketSink) -> None:
    sink.release(b"{}")
    for _ in range(sinks.LAG_BYTES // 10_000 + 1):
        assert sink.join(b"x" * 10_000)
    assert not sink.join(b"x")
    assert sink.is_full
    sink.leave()
    assert sink.join(b"x")


# ── The line to daphne's client ─────────────────────────────────────────────────────────────


class Reactor:
    """Knows who wants to write, and lets nobody."""

    def __init__(self) -> None:
        self.writers: set[Any] = set()

    def addWriter(self, writer: Any) -> None:  # noqa: N802 - Twisted's name
        self.writers.add(writer)

    def removeWriter(self, writer: Any) -> None:  # noqa: N802 - Twisted's name
        self.writers.discard(writer)


class Line:
    """A real socket behind Twisted's real buffers, as autobahn's protocol has it."""

    STATE_OPEN = 3

    def __init__(self, near: socket.socket, far: socket.socket) -> None:
        self.state = self.STATE_OPEN
        self.reactor = Reactor()
        protocol: Any = self
        reactor: Any = self.reactor
        self.transport: Any = tcp.Connection(near, protocol, reactor)
        self.transport.connected = 1
        self.far = far
        self.sender = DaphneTransport(self)

    def fill(self) -> int:
        """Let the kernel take no more. Return how much it has taken."""
        count = 0
        with contextlib.suppress(BlockingIOError):
            while True:
                count += self.transport.socket.send(b"f" * 65_536)
        return count

    def read(self, count: int) -> bytes:
        """Read at the far end, and let Twisted write what it has."""
        data = bytearray()
        while len(data) < count:
            if self.transport in self.reactor.writers:
                assert self.transport.doWrite() is None
            data += self.far.recv(count - len(data))
        return bytes(data)


@pytest.fixture
def line() -> Iterator[Line]:
    near, far = socket.socketpair()
    near.setblocking(False)
    far.settimeout(5)
    near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_096)
    yield Line(near, far)
    near.close()
    far.close()


def test_what_the_kernel_takes_is_gone_at_once(line: Line) -> None:
    assert line.sender.send_frame(b"one")
    assert line.sender.send_frames([b"two", b"three"])
    assert not line.reactor.writers
    assert line.sender.buffered_bytes() == 0
    assert line.far.recv(100) == b"onetwothree"


def test_the_rest_of_a_frame_waits_and_the_next_ones_behind_it(line: Line) -> None:
    large = bytes(range(256)) * 4_096
    assert not line.sender.send_frame(large)
    assert 0 < line.sender.buffered_bytes() < len(large)
    assert not line.sender.send_frame(b"two")
    assert not line.sender.send_frames([b"three", b"four"])
    sent = large + b"twothreefour"
    assert line.read(len(sent)) == sent
    line.transport.doWrite()
    assert line.sender.send_frame(b"five")
    assert line.far.recv(100) == b"five"


def test_what_the_kernel_does_not_take_at_all_waits_whole(line: Line) -> None:
    count = line.fill()
    assert not line.sender.send_frame(b"one")
    assert line.sender.buffered_bytes() == 3
    assert line.read(count + 3)[-3:] == b"one"


def test_a_frame_does_not_overtake_what_twisted_has_been_given(line: Line) -> None:
    line.transport.write(b"ping")
    assert not line.sender.send_frame(b"one")
    assert line.read(7) == b"pingone"


def test_a_line_that_is_broken_is_found_by_twisted(line: Line) -> None:
    line.far.close()
    assert not line.sender.send_frame(b"one")
    assert line.transport in line.reactor.writers
    assert line.transport.doWrite() is main.CONNECTION_LOST


def test_nothing_is_written_once_the_goodbye_is_said(line: Line) -> None:
    line.state = 2
    line.sender.send_frame(b"one")
    assert not line.reactor.writers
    line.far.setblocking(False)
    with pytest.raises(BlockingIOError):
        line.far.recv(1)


def test_sockets_that_have_gathered_the_same_share_it(line: Line) -> None:
    frames = [b"one", b"two"]
    line.fill()
    line.sender.send_frames(frames)
    line.sender.send_frames(list(frames))
    first, second = line.transport._tempDataBuffer
    assert first is second
