"""A WebSocket client of as little code as possible: hundreds of them fit beside a server."""

import asyncio
import socket
from typing import Final, Protocol

from websockets.client import ClientProtocol
from websockets.exceptions import InvalidStatus
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.protocol import State
from websockets.uri import parse_uri

from tools.programs import HOST

FRAME_MAX_BYTES: Final = 2 * 1024 * 1024
_RECEIVE_BYTES: Final = 32 * 1024
_NOBODY_SAID_GOODBYE: Final = 1006


class Listener(Protocol):
    """Whoever holds the line."""

    def frame_received(self, line: "Line", payload: bytes) -> None: ...

    def line_ended(self, line: "Line", code: int) -> None: ...


class RefusedError(Exception):
    """The server answered the handshake with another status than 101."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(f"The handshake was answered with {status}.")


class Line(asyncio.Protocol):
    """One open socket. Make it with `call`."""

    def __init__(self, *, port: int, token: str, listener: Listener) -> None:
        self._protocol = ClientProtocol(
            parse_uri(f"ws://{HOST}:{port}/ws/"), max_size=FRAME_MAX_BYTES
        )
        self._token = token
        self._listener = listener
        self._transport: asyncio.Transport | None = None
        self._is_open: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.is_ended = False
        self.heard_at = asyncio.get_running_loop().time()

    @classmethod
    async def call(cls, *, port: int, token: str, listener: Listener, seconds: float) -> "Line":
        """Open a socket.

        Raises:
            OSError: nobody is there, or the line was cut.
            RefusedError: the server did not want us.
            TimeoutError: no answer in time.
        """
        loop = asyncio.get_running_loop()
        # Small, so that a client that does not read is felt by the server.
        bare = socket.socket()
        bare.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BYTES)
        bare.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        bare.setblocking(False)
        try:
            async with asyncio.timeout(seconds):
                await loop.sock_connect(bare, (HOST, port))
                _, line = await loop.create_connection(
                    lambda: cls(port=port, token=token, listener=listener), sock=bare
                )
                try:
                    await line._is_open  # noqa: SLF001 - of this class
                except BaseException:
                    line.cut()
                    raise
        except BaseException:
            bare.close()
            raise
        return line

    def send(self, payload: bytes) -> None:
        """Send one text frame. What is said into a dead line is lost, as it is on a network."""
        if self._transport and self._protocol.state is State.OPEN:
            self._protocol.send_text(payload)
            self._flush()

    def hang_up(self) -> None:
        """Say goodbye."""
        if self._protocol.state is State.OPEN:
            self._protocol.send_close(1000)
            self._flush()
        elif self._transport:
            self._transport.abort()

    def cut(self) -> None:
        """Drop the line without a word."""
        if self._transport:
            self._transport.abort()

    def stop_reading(self) -> None:
        if self._transport and not self.is_ended:
            self._transport.pause_reading()

    def go_on_reading(self) -> None:
        if self._transport and not self.is_ended:
            self._transport.resume_reading()
            self.heard_at = asyncio.get_running_loop().time()

    # ── What asyncio calls ──────────────────────────────────────────────────────────────────

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - for the type checker
        self._transport = transport
        request = self._protocol.connect()
        request.headers["Authorization"] = f"Bearer {self._token}"
        self._protocol.send_request(request)
        self._flush()

    def data_received(self, data: bytes) -> None:
        self.heard_at = asyncio.get_running_loop().time()
        self._protocol.receive_data(data)
        self._take()

    def eof_received(self) -> None:
        self._protocol.receive_eof()
        self._take()

    def connection_lost(self, _error: Exception | None) -> None:
        if self._protocol.state is not State.CLOSED:
            self._protocol.receive_eof()
        self.is_ended = True
        if not self._is_open.done():
            self._is_open.set_exception(self._reason())
            return
        if self._is_open.cancelled() or self._is_open.exception():
            return
        code = self._protocol.close_code
        self._listener.line_ended(self, _NOBODY_SAID_GOODBYE if code is None else code)

    def _take(self) -> None:
        for event in self._protocol.events_received():
            if isinstance(event, Frame):
                if event.opcode is Opcode.TEXT:
                    self._listener.frame_received(self, bytes(event.data))
            elif isinstance(event, Response) and not self._is_open.done():
                if self._protocol.handshake_exc is None:
                    self._is_open.set_result(None)
                else:
                    self._is_open.set_exception(self._reason())
        self._flush()

    def _flush(self) -> None:
        if self._transport is None:
            return
        for data in self._protocol.data_to_send():
            if data:
                self._transport.write(data)
            else:
                self._transport.close()

    def _reason(self) -> Exception:
        error = self._protocol.handshake_exc
        if isinstance(error, InvalidStatus):
            return RefusedError(error.response.status_code)
        return ConnectionResetError("The line was cut before it was open.")
