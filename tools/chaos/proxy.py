"""A TCP proxy that can be told to behave like a bad network, and counts what it did."""

import asyncio
import random
import socket
import struct
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.programs import HOST, free_port

CONNECT_SECONDS: Final = 5.0
_SEND_BYTES: Final = 32 * 1024
_HIGH_WATER: Final = 64 * 1024
_RESET: Final = struct.pack("ii", 1, 0)
"""To linger for no time is to send a reset instead of a goodbye."""

_HEADER_MAX: Final = 10
_PEEK: Final = 64
_IS_OK: Final = b'{"type":"ok"'
_IS_OF_A_POST: Final = b'"message_id"'


@dataclass(frozen=True, slots=True)
class Address:
    """A port of this machine, or a socket in the file system."""

    port: int = 0
    path: Path | None = None


@dataclass(slots=True)
class Hits:
    """What a proxy has done to those who go through it. It only ever grows."""

    cut: int = 0
    held: int = 0
    delayed: int = 0
    dropped: int = 0
    stalled: int = 0


class AckTrap:
    """Follows the frames of a server and finds the acknowledgement of a post among them.

    It sees every byte from the first, since a frame's beginning cannot be recognised later.
    """

    def __init__(self) -> None:
        self._buffer = b""
        self._left = 0
        self._is_in_frames = False

    def split(self, data: bytes) -> bytes | None:
        """Return what comes before an acknowledgement in this data, or None when none is in it."""
        found: int | None = None
        data = self._buffer + data
        kept, self._buffer = len(self._buffer), b""
        at = 0
        if not self._is_in_frames:
            end = data.find(b"\r\n\r\n")
            if end < 0:
                self._buffer = data[-_HEADER_MAX:]
                return None
            self._is_in_frames = True
            at = end + 4
        while at < len(data):
            if self._left:
                step = min(self._left, len(data) - at)
                self._left -= step
                at += step
                continue
            header = _header_length(data, at)
            if len(data) - at < header:
                self._buffer = data[at:]
                break
            length = _payload_length(data, at)
            start = at + header
            payload = data[start : start + min(length, _PEEK * 4)]
            if found is None and payload.startswith(_IS_OK) and _IS_OF_A_POST in payload:
                found = at
            self._left = length
            at = start
        return None if found is None else data[kept:found]


def _header_length(data: bytes, at: int) -> int:
    if len(data) - at < 2:
        return _HEADER_MAX
    length = data[at + 1] & 0x7F
    return 4 if length == 126 else 10 if length == 127 else 2


def _payload_length(data: bytes, at: int) -> int:
    length = data[at + 1] & 0x7F
    if length == 126:
        return int.from_bytes(data[at + 2 : at + 4], "big")
    if length == 127:
        return int.from_bytes(data[at + 2 : at + 10], "big")
    return length


class _End(asyncio.Protocol):
    """One end of a link. What comes in here goes out at the other end."""

    def __init__(self, link: "Link", *, is_server: bool) -> None:
        self._link = link
        self._is_server = is_server
        self.transport: asyncio.Transport | None = None
        self.other: _End | None = None
        self._queue: deque[tuple[float, bytes]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - for the type checker
        self.transport = transport
        transport.set_write_buffer_limits(high=_HIGH_WATER)

    def data_received(self, data: bytes) -> None:
        link = self._link
        if self._is_server and link.trap:
            before = link.trap.split(data)
            if before is not None and link.proxy.drop_acks > 0:
                link.proxy.drop_acks -= 1
                link.proxy.hits.dropped += 1
                self.write_other(before)
                link.hang_up_after_flush()
                return
        if link.is_held or link.proxy.is_held:
            link.proxy.hits.held += 1
            self._queue.append((0.0, data))
            return
        delay = link.proxy.delay_seconds
        if delay or self._queue:
            link.proxy.hits.delayed += 1
            self._queue.append((asyncio.get_running_loop().time() + delay, data))
            self.pump()
            return
        self.write_other(data)

    def write_other(self, data: bytes) -> None:
        transport = self.other.transport if self.other else None
        if data and transport and not transport.is_closing():
            transport.write(data)

    def pump(self) -> None:
        """Send what is due."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if self._link.is_held or self._link.proxy.is_held:
            return
        loop = asyncio.get_running_loop()
        while self._queue and self._queue[0][0] <= loop.time():
            self.write_other(self._queue.popleft()[1])
        if self._queue:
            self._timer = loop.call_at(self._queue[0][0], self.pump)

    def pause_writing(self) -> None:
        # Nothing may pile up here: whoever sends must feel that the other does not read.
        if self.other and self.other.transport and not self.other.transport.is_closing():
            self._link.proxy.hits.stalled += 1
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        if self.other and self.other.transport and not self.other.transport.is_closing():
            self.other.transport.resume_reading()

    def connection_lost(self, _error: Exception | None) -> None:
        if self._timer:
            self._timer.cancel()
        while self._queue and not self._link.is_held:
            self.write_other(self._queue.popleft()[1])
        self._link.ended(self)


class Link:
    """One connection through the proxy."""

    def __init__(self, proxy: "Proxy") -> None:
        self.proxy = proxy
        self.trap = AckTrap() if proxy.has_sockets else None
        self.is_held = False
        self.client = _End(self, is_server=False)
        self.server = _End(self, is_server=True)
        self.client.other = self.server
        self.server.other = self.client

    def cut(self) -> None:
        """Drop both connections without a word: each end gets a reset."""
        for end in (self.client, self.server):
            if end.transport and not end.transport.is_closing():
                bare = end.transport.get_extra_info("socket")
                bare.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                end.transport.abort()

    def hang_up_after_flush(self) -> None:
        """Drop the server's side now, and the client's once it has what was let through."""
        if self.server.transport:
            self.server.transport.abort()
        if self.client.transport:
            self.client.transport.close()

    def ended(self, end: _End) -> None:
        self.proxy.links.discard(self)
        other = end.other
        if other and other.transport and not other.transport.is_closing():
            other.transport.close()


class Proxy:
    """Stands before one server. Every connection to `address` goes on to `upstream`.

    Args:
        upstream: where the server is now; asked for each connection.
        folder: to listen on a socket of PostgreSQL's name in this folder instead of a port.
        has_sockets: whether the server speaks WebSocket, so that its frames can be told apart.
    """

    def __init__(
        self,
        *,
        name: str,
        upstream: Callable[[], Address],
        folder: Path | None = None,
        has_sockets: bool = False,
    ) -> None:
        self.name = name
        self.folder = folder
        self.has_sockets = has_sockets
        self.port = 0 if folder else free_port()
        self.links: set[Link] = set()
        self.hits = Hits()
        self.delay_seconds = 0.0
        self.is_held = False
        self.drop_acks = 0
        self._upstream = upstream
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        if self.folder:
            self._server = await loop.create_unix_server(
                self._accept, str(self.folder / ".s.PGSQL.5432"), backlog=500
            )
        else:
            self._server = await loop.create_server(
                self._accept, HOST, self.port, reuse_address=True, backlog=1000
            )

    async def stop(self) -> None:
        if self._server:
            self._server.close()
        for link in list(self.links):
            link.cut()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.sleep(0)

    def cut(self, *, share: float, draw: random.Random) -> int:
        """Cut this share of the connections. Return how many it were."""
        chosen = [link for link in self.links if draw.random() < share]
        for link in chosen:
            link.cut()
        self.hits.cut += len(chosen)
        return len(chosen)

    def release(self) -> None:
        """Be a good network again, and deliver what was held back."""
        self.is_held = False
        self.delay_seconds = 0.0
        self.drop_acks = 0
        for link in list(self.links):
            link.is_held = False
            link.client.pump()
            link.server.pump()

    def _accept(self) -> asyncio.Protocol:
        return _Front(Link(self))

    def connect(self, link: Link) -> None:
        task = asyncio.get_running_loop().create_task(self._connect(link))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _connect(self, link: Link) -> None:
        loop = asyncio.get_running_loop()
        address = self._upstream()
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                if address.path:
                    await loop.create_unix_connection(lambda: link.server, str(address.path))
                else:
                    await loop.create_connection(lambda: link.server, HOST, address.port)
        except (OSError, TimeoutError):
            if link.client.transport:
                link.client.transport.abort()
            return
        if link.client.transport is None or link.client.transport.is_closing():
            link.cut()
            return
        self.links.add(link)
        link.client.transport.resume_reading()


class _Front(asyncio.Protocol):
    """Takes a client's connection and hands it to its link once the server has been reached."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - for the type checker
        bare = transport.get_extra_info("socket")
        if bare is not None and bare.family != socket.AF_UNIX:
            bare.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BYTES)
        transport.pause_reading()
        self._link.client.connection_made(transport)
        transport.set_protocol(self._link.client)
        self._link.proxy.connect(self._link)
