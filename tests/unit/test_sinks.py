"""The end of a socket: in order, held until the welcome, bounded."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime import sinks
from realtime.letters import text_frame
from realtime.sinks import SocketSink


class Wire:
    """A transport that remembers, and a client that reads nothing when told so."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.waiting = 0
        self.code: int | None = None
        self.was_cut = asyncio.Event()

    def send_frame(self, frame: bytes) -> None:
        self.sent.append(frame)

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
        opened=lambda *_: None,
        closed=lambda _: None,
        doubted=lambda: None,
        too_slow=lambda: slow.append(True),
    )
    one.accepted()
    return one


def test_what_comes_before_the_welcome_is_sent_after_it(sink: SocketSink, wire: Wire) -> None:
    sink.send(b"one", ephemeral=False)
    sink.send(b"typing", ephemeral=True)
    sink.release(b"{}")
    sink.send(b"two", ephemeral=False)
    assert wire.sent == [text_frame(b"{}"), b"one", b"two"]


def test_a_slow_client_is_spared_what_it_can_do_without(sink: SocketSink, wire: Wire) -> None:
    sink.release(b"{}")
    wire.waiting = sinks.SKIP_EPHEMERAL_BYTES + 1
    sink.send(b"typing", ephemeral=True)
    sink.send(b"message", ephemeral=False)
    assert wire.sent[1:] == [b"message"]


async def test_a_client_that_does_not_read_is_cut_off_once(
    sink: SocketSink, wire: Wire, slow: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sinks, "ABORT_SECONDS", 0)
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
        sink.send(b"x" * 10_000, ephemeral=False)
    assert sink.buffered_bytes() > sinks.LAG_BYTES
    sink.release(b"{}")
    assert not sink.is_full


def test_nothing_is_sent_after_the_close(sink: SocketSink, wire: Wire) -> None:
    sink.release(b"{}")
    sink.end(4408)
    sink.send(b"message", ephemeral=False)
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
