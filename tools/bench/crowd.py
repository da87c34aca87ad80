"""Many sockets that listen, a few of which speak: the load, lean enough not to be the limit.

One thread, raw sockets and epoll. A text carries its number, and when that was sent is known here,
so how long it took is counted where it is received.
"""

import contextlib
import gc
import json
import os
import select
import socket
import struct
import time
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol, Self

HOST: Final = "127.0.0.1"

MARK: Final = b"no."
DIGITS: Final = 7
"""A text begins with `no.0000042`."""

_TEXT: Final = (
    "the ferry leaves at six and nobody knows who has the key to the quay; ask the harbour"
)
_AT_ONCE: Final = 50
_READ_BYTES: Final = 65_536
_CONNECT_SECONDS: Final = 60.0
_WAIT_SECONDS: Final = 15.0
"""So long nothing has to arrive until what is missing counts as lost."""

_TEXT_OPCODE: Final = 0x1
_PING: Final = 0x9
_PONG: Final = 0xA


def text_of(number: int, *, size: int = 100) -> str:
    """Return the text with this number."""
    return f"{MARK.decode()}{number:0{DIGITS}} {_TEXT}"[:size].ljust(size, ".")


@dataclass(frozen=True, slots=True)
class Door:
    """Where one socket connects, and what it says first."""

    port: int
    request: bytes


class Tongue(Protocol):
    """How one speaks with a server."""

    hello: bytes
    """The text to send after the handshake, or nothing."""

    ready: bytes
    """What a text holds that says: you are in. Nothing when the handshake says so."""

    acknowledged: bytes
    """What a text holds that acknowledges a post. Nothing where none is acknowledged."""

    is_bare: bool
    """Whether there is no handshake, and what is sent comes back as it is."""

    def post(self, text: str, *, number: int) -> bytes:
        """Return what a client sends to say this."""

    def answer(self, said: bytes) -> bytes | None:
        """Return what a client has to answer to something that is no message, if anything."""


@dataclass(slots=True)
class Heard:
    """What came of a run."""

    seconds: float = 0.0
    posts: int = 0
    deliveries: int = 0
    lost: int = 0
    doubled: int = 0
    unacknowledged: int = 0
    latencies: "array[float]" = field(default_factory=lambda: array("d"))
    """In seconds, from send to receipt, of each delivery."""

    own_cpu_seconds: float = 0.0


class Crowd:
    """Sockets on a server, all of which hear what one of them says."""

    def __init__(self, tongue: Tongue, doors: Sequence[Door]) -> None:
        self._tongue = tongue
        self._poll = select.epoll()
        self._sockets: dict[int, socket.socket] = {}
        self._receive: dict[int, Callable[[int], bytes]] = {}
        self._rests: dict[int, bytes] = {}
        self._speakers: list[socket.socket] = []
        self._sent_at: list[float] = []
        self._missing: list[int] = []
        self._done = 0
        self._acknowledged = 0
        self._heard = Heard()
        for start in range(0, len(doors), _AT_ONCE):
            self._enter(doors[start : start + _AT_ONCE])

    def __enter__(self) -> Self:
        gc.collect()
        gc.disable()
        return self

    def __exit__(self, *_: object) -> None:
        gc.enable()
        for one in self._sockets.values():
            one.close()
        self._poll.close()

    def talk(self, *, seconds: float, in_flight: int, posts_max: int = 1_000_000) -> Heard:
        """Say one thing after another, so that this many are under way, and hear all of them."""
        heard = self._heard = Heard()
        self._speakers = list(self._sockets.values())[:in_flight]
        self._done = self._acknowledged = 0
        first = len(self._sent_at)
        began_at, own = time.perf_counter(), time.process_time()
        while (time.perf_counter() - began_at < seconds) and heard.posts < posts_max:
            while heard.posts - self._done < in_flight:
                self._say(heard.posts % in_flight)
            if not self._listen(_WAIT_SECONDS):
                break
        while self._done < heard.posts or self._acknowledged < self._expected():
            if not self._listen(_WAIT_SECONDS):
                break
        heard.seconds = time.perf_counter() - began_at
        heard.own_cpu_seconds = time.process_time() - own
        heard.deliveries = len(heard.latencies)
        heard.lost = sum(max(0, one) for one in self._missing[first:])
        heard.doubled = sum(max(0, -one) for one in self._missing[first:])
        heard.unacknowledged = self._expected() - self._acknowledged
        return heard

    def idle(self, seconds: float) -> None:
        """Only listen: what belongs to the connecting comes to its end."""
        until = time.perf_counter() + seconds
        while (rest := until - time.perf_counter()) > 0:
            self._listen(rest)

    # ── Inside ──────────────────────────────────────────────────────────────────────────────

    def _say(self, speaker: int) -> None:
        number = len(self._sent_at)
        said = self._tongue.post(text_of(number), number=number)
        frame = frame_of(said, is_masked=not self._tongue.is_bare)
        self._missing.append(len(self._sockets))
        self._heard.posts += 1
        self._sent_at.append(time.perf_counter())
        self._speakers[speaker].sendall(frame)

    def _expected(self) -> int:
        return self._heard.posts if self._tongue.acknowledged else 0

    def _listen(self, seconds: float) -> bool:  # noqa: C901 - one loop: each call would be measured
        """Take in what has arrived. Return whether anything has."""
        clock, receive, rests = time.perf_counter, self._receive, self._rests
        sent_at, missing, note = self._sent_at, self._missing, self._heard.latencies.append
        found = self._poll.poll(seconds)
        for fd, _ in found:
            data = receive[fd](_READ_BYTES)
            now = clock()
            if not data:
                raise ConnectionError("The server has closed a socket.")
            if fd in rests:
                data = rests.pop(fd) + data
            at, end = 0, len(data)
            while end - at >= 2:
                length, start = data[at + 1], at + 2
                if length == 126:
                    length, start = int.from_bytes(data[at + 2 : at + 4], "big"), at + 4
                elif length == 127:
                    length, start = int.from_bytes(data[at + 2 : at + 10], "big"), at + 10
                stop = start + length
                if stop > end or start > end:
                    break
                place = data.find(MARK, start, stop)
                if place < 0:
                    self._take_other(fd, data[at] & 0xF, data[start:stop])
                else:
                    number = int(data[place + 3 : place + 10])
                    note(now - sent_at[number])
                    missing[number] -= 1
                    if not missing[number]:
                        self._done += 1
                at = stop
            if at < end:
                rests[fd] = data[at:]
        return bool(found)

    def _take_other(self, fd: int, opcode: int, payload: bytes) -> None:
        if opcode == _PING:
            self._sockets[fd].send(frame_of(payload, is_masked=True, opcode=_PONG))
        elif self._tongue.acknowledged and self._tongue.acknowledged in payload:
            self._acknowledged += 1
        elif (answer := self._tongue.answer(payload)) is not None:
            self._sockets[fd].send(frame_of(answer, is_masked=True))

    def _enter(self, doors: Sequence[Door]) -> None:
        entering = []
        for door in doors:
            one = socket.create_connection((HOST, door.port), timeout=_CONNECT_SECONDS)
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            one.sendall(door.request)
            entering.append(one)
        for one in entering:
            rest = b"" if self._tongue.is_bare else self._shake_hands(one)
            one.setblocking(False)
            self._sockets[one.fileno()] = one
            self._receive[one.fileno()] = one.recv
            if rest:
                self._rests[one.fileno()] = rest
            self._poll.register(one.fileno(), select.EPOLLIN)

    def _shake_hands(self, one: socket.socket) -> bytes:
        """Come in, and return what was read of the first whole or part of a frame after that."""
        data = b""
        while b"\r\n\r\n" not in data:
            data += _more(one)
        head, _, data = data.partition(b"\r\n\r\n")
        if b" 101 " not in head.splitlines()[0]:
            raise ConnectionError(f"A socket was refused: {head[:200]!r}")
        if self._tongue.hello:
            one.sendall(frame_of(self._tongue.hello, is_masked=True))
        while self._tongue.ready:
            frame, data = _split(data)
            if frame is None:
                data += _more(one)
            elif self._tongue.ready in frame:
                break
        return data


def frame_of(payload: bytes, *, is_masked: bool, opcode: int = _TEXT_OPCODE) -> bytes:
    """Return the WebSocket frame (RFC 6455, 5.2) of one message."""
    bit = 0x80 if is_masked else 0
    size = len(payload)
    if size < 126:
        head = bytes((0x80 | opcode, bit | size))
    elif size < 1 << 16:
        head = struct.pack("!BBH", 0x80 | opcode, bit | 126, size)
    else:
        head = struct.pack("!BBQ", 0x80 | opcode, bit | 127, size)
    if not is_masked:
        return head + payload
    key = os.urandom(4)
    whole = int.from_bytes((key * (size // 4 + 1))[:size], "big")
    return head + key + (int.from_bytes(payload, "big") ^ whole).to_bytes(size, "big")


def _split(data: bytes) -> tuple[bytes | None, bytes]:
    """Return the first frame's payload, if it is whole, and what follows."""
    if len(data) < 10 and (len(data) < 2 or len(data) < 2 + (data[1] & 0x7F)):
        return None, data
    length, start = data[1], 2
    if length == 126:
        length, start = int.from_bytes(data[2:4], "big"), 4
    elif length == 127:
        length, start = int.from_bytes(data[2:10], "big"), 10
    if len(data) < start + length:
        return None, data
    return data[start : start + length], data[start + length :]


def _more(one: socket.socket) -> bytes:
    with contextlib.suppress(TimeoutError):
        if data := one.recv(_READ_BYTES):
            return data
    raise ConnectionError("The server let nobody in.")


def request(path: str, *, port: int, headers: dict[str, str] | None = None) -> bytes:
    """Return the request for a WebSocket."""
    lines = {
        "Host": f"{HOST}:{port}",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
        **(headers or {}),
    }
    said = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"GET {path} HTTP/1.1\r\n{said}\r\n".encode()


def json_text(**fields: object) -> bytes:
    """Return a JSON object as a client sends it."""
    return json.dumps(fields, separators=(",", ":")).encode()
