"""Many sockets at once from one process, as cheap as Python allows: frames in, frames out.

`tools.client` is the careful one. Here a frame that is nobody's answer is only counted.
"""

import asyncio
import base64
import os
import time
from typing import Any, Final, Self, cast
from urllib.parse import urlsplit

import msgspec

_TEXT: Final = 0x81
_OK: Final = b'{"type":"ok"'
_ERROR: Final = b'{"type":"error"'


class Refused(Exception):
    """The answer was `error`, or the line ended first."""


class _Head(msgspec.Struct):
    type: str
    re: str | None = None


class Line(asyncio.Protocol):
    """One socket.

    Attributes:
        heard: frames that came and were no answer to a command.
        welcome: the first of them.
        answers: what the last commands were answered with.
    """

    def __init__(self) -> None:
        self.heard = 0
        self.welcome: dict[str, Any] = {}
        self.kept: list[bytes] | None = None
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self._is_open = False
        self._number = 0
        self._ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._asked: dict[str, asyncio.Future[bytes]] = {}

    @classmethod
    async def open(cls, url: str, *, token: str) -> Self:
        """Connect, and return when the socket was welcomed.

        Raises:
            Refused.
        """
        parts = urlsplit(url)
        loop = asyncio.get_running_loop()
        _, line = await loop.create_connection(cls, parts.hostname or "", parts.port or 80)
        line._say_hello(f"{parts.hostname}:{parts.port}", token=token)  # noqa: SLF001 - its own
        await line._ready  # noqa: SLF001
        return line

    async def ask(self, command: dict[str, Any]) -> bytes:
        """Send a command, and return the frame that answers it.

        Raises:
            Refused.
        """
        self._number += 1
        number = str(self._number)
        future = asyncio.get_running_loop().create_future()
        self._asked[number] = future
        self._send(msgspec.json.encode({**command, "id": number}))
        answer: bytes = await future
        return answer

    def cut(self) -> None:
        """Drop the line without a goodbye."""
        if self._transport is not None:
            self._transport.abort()

    # ── asyncio ─────────────────────────────────────────────────────────────────────────────

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        lost = Refused(f"the line ended: {exc}")
        futures: list[asyncio.Future[Any]] = [self._ready, *self._asked.values()]
        for future in futures:
            if not future.done():
                future.set_exception(lost)
                future.exception()

    def data_received(self, data: bytes) -> None:
        data = self._buffer + data if self._buffer else data
        if not self._is_open:
            head, found, data = data.partition(b"\r\n\r\n")
            if not found:
                self._buffer = head
                return
            if b" 101 " not in head[:20]:
                self._ready.set_exception(Refused(head[:80].decode(errors="replace")))
                return
            self._is_open = True
        self._buffer = data[self._take_frames(data) :]

    def _take_frames(self, data: bytes) -> int:
        at, end = 0, len(data)
        while end - at >= 2:
            length, start = data[at + 1], at + 2
            if length == 126:
                start += 2
                length = int.from_bytes(data[at + 2 : start], "big")
            elif length == 127:
                start += 8
                length = int.from_bytes(data[at + 2 : start], "big")
            if start + length > end:
                break
            if data[at] == _TEXT:
                self._take(data, start, start + length)
            elif data[at] == 0x89:
                self._pong(data[start : start + length])
            at = start + length
        return at

    def _take(self, data: bytes, start: int, end: int) -> None:
        if data.startswith((_OK, _ERROR), start):
            self._answer(data[start:end])
            return
        self.heard += 1
        if not self.welcome:
            self.welcome = msgspec.json.decode(data[start:end])
            self._ready.set_result(None)
        elif self.kept is not None:
            self.kept.append(data[start:end])

    def _answer(self, frame: bytes) -> None:
        future = self._asked.pop(msgspec.json.decode(frame, type=_Head).re or "", None)
        if future is None or future.done():
            return
        if frame.startswith(_OK):
            future.set_result(frame)
        else:
            future.set_exception(Refused(frame.decode()))

    def _say_hello(self, host: str, *, token: str) -> None:
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [
            "GET /ws/ HTTP/1.1",
            f"Host: {host}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {key}",
            f"Authorization: Bearer {token}",
        ]
        if self._transport is not None:
            self._transport.write("\r\n".join([*lines, "", ""]).encode())

    def _send(self, payload: bytes) -> None:
        if self._transport is None or self._transport.is_closing():
            raise Refused("the line is closed")
        self._transport.write(_frame(payload, opcode=_TEXT))

    def _pong(self, payload: bytes) -> None:
        if self._transport is not None:
            self._transport.write(_frame(payload, opcode=0x8A))


async def timed(line: Line, command: dict[str, Any]) -> float:
    """Ask, and return how many seconds the answer took."""
    began_at = time.perf_counter()
    await line.ask(command)
    return time.perf_counter() - began_at


def _frame(payload: bytes, *, opcode: int) -> bytes:
    # A client must mask; with a mask of zeros that changes nothing.
    length = len(payload)
    if length < 126:
        return bytes((opcode, 0x80 | length, 0, 0, 0, 0)) + payload
    if length < 1 << 16:
        return bytes((opcode, 0xFE)) + length.to_bytes(2, "big") + b"\0\0\0\0" + payload
    return bytes((opcode, 0xFF)) + length.to_bytes(8, "big") + b"\0\0\0\0" + payload
