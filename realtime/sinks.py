"""The server's end of a socket: three methods, whatever server it stands behind."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar, Final, Protocol

from protocol.close_codes import CloseCode
from realtime.joining import Joiner
from realtime.letters import text_frame
from realtime.traffic import traffic

SKIP_EPHEMERAL_BYTES: Final = 64 * 1024
"""A client with more than this before it is not sent what it can do without."""

LAG_BYTES: Final = 1024 * 1024
"""A client with more than this before it *lags*: it is sent no event until it has read nearly all,
and then what it missed, from the log."""

BUFFER_MAX_BYTES: Final = 4 * 1024 * 1024
"""More than this, with pages and answers, nobody gets: it is cut off, and can come back."""

LAG_SECONDS_MAX: Final = 30.0
"""So long a client that lags may read nothing at all."""

LAG_CHECK_SECONDS: Final = 0.05
ABORT_SECONDS: Final = 3.0
"""How long a client that reads nothing has to answer a goodbye."""

AsgiSend = Callable[[dict[str, Any]], Awaitable[None]]


class Transport(Protocol):
    """How bytes reach one client."""

    def send_frame(self, frame: bytes) -> bool:
        """Send a finished frame, now or soon; return whether all of it has gone. Never blocks."""

    def send_frames(self, frames: list[bytes]) -> bool:
        """Send finished frames in one go, in their order; otherwise the same."""

    def buffered_bytes(self) -> int:
        """Return how much waits for the client to read."""

    def close(self, code: int) -> None:
        """Close with a code after what waits has been sent."""

    def abort(self) -> None:
        """Cut the line and forget what waits."""

    def dispose(self) -> None:
        """Let go of what belongs to a connection that is gone."""


class DaphneTransport:
    """Writes finished frames straight to the connection behind daphne.

    Sending through ASGI costs a task, an encoding and a framing for each client; a frame made once
    serves all. Valid because daphne compresses nothing and server frames are not masked.

    Twisted would write in the loop's next turn, and ask the kernel to be told and not to be told
    any more when it can: so where nothing waits, it is not asked. What the kernel does not take,
    and whatever is wrong with the connection, is Twisted's.
    """

    # With thousands of them each look into memory counts.
    __slots__ = ("_open", "_protocol", "_send_now", "_transport")

    _joined: ClassVar[tuple[list[bytes], bytes]] = ([], b"")

    def __init__(self, protocol: Any) -> None:
        self._protocol = protocol
        self._open = protocol.STATE_OPEN
        self._transport = protocol.transport
        # The line may be gone before anybody knows who it was, and the socket with it.
        connection = None if self._transport.TLS else getattr(self._transport, "socket", None)
        self._send_now: Callable[[bytes], int] | None = connection and connection.send

    def send_frame(self, frame: bytes) -> bool:
        if self._protocol.state != self._open:
            return True
        transport = self._transport
        if transport.dataBuffer or transport._tempDataBuffer or self._send_now is None:  # noqa: SLF001 - Twisted has no public name for what waits
            transport.write(frame)
            return False
        try:
            sent = self._send_now(frame)
        except OSError:
            sent = 0
        if sent == len(frame):
            return True
        transport.write(frame[sent:])
        return False

    def send_frames(self, frames: list[bytes]) -> bool:
        if len(frames) == 1:
            return self.send_frame(frames[0])
        # The others have gathered the same ones: they share the bytes, also while those wait.
        known, joined = DaphneTransport._joined
        if known != frames:
            joined = b"".join(frames)
            DaphneTransport._joined = (frames, joined)
        return self.send_frame(joined)

    def buffered_bytes(self) -> int:
        # Twisted has no public name for this.
        transport = self._transport
        waiting: int = len(transport.dataBuffer) - transport.offset + transport._tempDataLen  # noqa: SLF001
        return waiting

    def close(self, code: int) -> None:
        # sendClose() refuses every standard code but 1000.
        if self._protocol.state == self._protocol.STATE_OPEN:
            self._protocol.sendCloseFrame(code=code, reasonUtf8=b"", isReply=False)

    def abort(self) -> None:
        self._protocol.transport.abortConnection()

    def dispose(self) -> None:
        pass


class AsgiTransport:
    """Sends through ASGI, for any other server and for tests without one."""

    def __init__(self, send: AsgiSend) -> None:
        self._send = send
        self._queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._waiting = 0
        self._writer = asyncio.create_task(self._write())

    def send_frame(self, frame: bytes) -> bool:
        payload = frame[_header_length(frame) :]
        self._waiting += len(payload)
        self._queue.put_nowait({"type": "websocket.send", "text": payload.decode()})
        return False

    def send_frames(self, frames: list[bytes]) -> bool:
        for frame in frames:
            self.send_frame(frame)
        return False

    def buffered_bytes(self) -> int:
        return self._waiting

    def close(self, code: int) -> None:
        self._queue.put_nowait({"type": "websocket.close", "code": code})

    def abort(self) -> None:
        # ASGI has no word for it. What waits is forgotten.
        self.dispose()

    def dispose(self) -> None:
        self._writer.cancel()

    async def _write(self) -> None:
        while True:
            message = await self._queue.get()
            try:
                await self._send(message)
            except (OSError, RuntimeError):  # The client has gone.
                return
            finally:
                self._waiting -= len(message.get("text", "").encode())
            if message["type"] == "websocket.close":
                return


class SocketSink:
    """One socket as the hub sees it: frames go out in order; before `release` they wait.

    Args:
        opened: called when the user hears another stream from now on.
        closed: called when the user hears a stream no longer.
        doubted: called when it has to be asked again whether the user may still hear.
        too_slow: called once when the client does not read what it is sent; it then ends.
    """

    __slots__ = (
        "_closed",
        "_doubted",
        "_held",
        "_held_bytes",
        "_is_accepted",
        "_is_flowing",
        "_is_shut",
        "_joined",
        "_joined_bytes",
        "_joiner",
        "_lag",
        "_opened",
        "_too_slow",
        "_transport",
        "code",
        "user_id",
    )

    def __init__(
        self,
        *,
        user_id: int,
        transport: Transport,
        joiner: Joiner,
        opened: Callable[[str, int], None],
        closed: Callable[[str], None],
        doubted: Callable[[], None],
        too_slow: Callable[[], None],
    ) -> None:
        self.user_id = user_id
        self._transport = transport
        self._joiner = joiner
        self._opened = opened
        self._closed = closed
        self._doubted = doubted
        self._too_slow = too_slow
        self._held: list[bytes] | None = []
        self._held_bytes = 0
        self._joined: list[bytes] = []
        self._joined_bytes = 0
        # Whether the kernel took all that came last: then there is nothing to look after.
        self._is_flowing = False
        self._lag: asyncio.Task[None] | None = None
        self._is_shut = False
        self._is_accepted = False
        self.code: int | None = None
        """With what it was ended from here. Before the handshake is over nobody can be told."""

    def deliver(self, frame: bytes) -> bool:
        if self._is_flowing and not self._joined:
            traffic.sent += 1
            self._is_flowing = self._transport.send_frame(frame)
            return True
        return self._deliver_with_care(frame)

    def join(self, frame: bytes) -> bool:
        if not self._is_flowing or self._joined_bytes > LAG_BYTES:
            return self._deliver_with_care(frame)
        if not self._joined:
            self._joiner.add(self)
        traffic.sent += 1
        self._joined.append(frame)
        self._joined_bytes += len(frame)
        return True

    def leave(self) -> None:
        """Write what has gathered."""
        frames, self._joined, self._joined_bytes = self._joined, [], 0
        if frames:
            self._is_flowing = self._transport.send_frames(frames)

    def whisper(self, frame: bytes) -> None:
        if self._is_shut or self._held is not None:
            return
        if not self._is_flowing and self.buffered_bytes() > SKIP_EPHEMERAL_BYTES:
            traffic.skipped += 1
            return
        self._put(frame)

    def send_payload(self, payload: bytes) -> None:
        """Send one frame that concerns this socket alone, also while it lags, within bounds."""
        if not self._is_flowing and self.buffered_bytes() > BUFFER_MAX_BYTES:
            self.give_up()
            return
        self._put(text_frame(payload))

    def release(self, first: bytes) -> None:
        """Send the first frame, then what came meanwhile; from now on nothing waits."""
        held, self._held, self._held_bytes = self._held or [], None, 0
        self.send_payload(first)
        for frame in held:
            self._put(frame)

    def _deliver_with_care(self, frame: bytes) -> bool:
        if self.is_full:
            return False
        self._put(frame)
        return True

    def _put(self, frame: bytes) -> None:
        if self._is_shut:
            return
        if self._held is not None:
            self._held.append(frame)
            self._held_bytes += len(frame)
            return
        traffic.sent += 1
        if self._joined:
            # Behind what has gathered already: frames leave in the order in which they came.
            self._joined.append(frame)
            self._joined_bytes += len(frame)
        else:
            self._is_flowing = self._transport.send_frame(frame)

    @property
    def is_shut(self) -> bool:
        """Whether nothing is sent any more."""
        return self._is_shut

    def shut(self) -> None:
        """Send nothing more."""
        self._is_shut = True
        self._is_flowing = False
        self._held, self._held_bytes = None, 0
        self._joined, self._joined_bytes = [], 0
        if self._lag is not None:
            self._lag.cancel()

    def end(self, code: int) -> None:
        """Close the socket with a code, and send nothing more."""
        self.leave()
        self.shut()
        self.code = code
        if self._is_accepted:
            self._transport.close(code)

    def accepted(self) -> bool:
        """Note that the handshake is over. Return False when the socket was ended before that."""
        self._is_accepted = True
        if self.code is not None:
            self._transport.close(self.code)
        return self.code is None

    def dispose(self) -> None:
        """Let go of what belongs to a connection that is gone."""
        self.shut()
        self._transport.dispose()

    @property
    def is_full(self) -> bool:
        """Whether the client lags: no event may be added to what waits for it."""
        if self._is_shut:
            return False
        return self._lag is not None or self.buffered_bytes() > LAG_BYTES

    async def drained(self) -> None:
        """Return when events may be sent again, or the socket has ended."""
        while self.is_full:
            if self._lag is None:
                self._lag = asyncio.create_task(self._wait_until_read())
            # Not `await`: whoever else waits for it must not lose it with us.
            await asyncio.wait({self._lag})

    def buffered_bytes(self) -> int:
        """Return how much waits for the client."""
        return self._held_bytes + self._joined_bytes + self._transport.buffered_bytes()

    def doubt(self) -> None:
        self._doubted()

    def stream_opened(self, stream: str, *, after: int) -> None:
        self._opened(stream, after)

    def stream_closed(self, stream: str) -> None:
        self._closed(stream)

    async def _wait_until_read(self) -> None:
        loop = asyncio.get_running_loop()
        lowest, read_at = self.buffered_bytes(), loop.time()
        try:
            # Twisted would tell only of its own buffer's end.
            while (waiting := self.buffered_bytes()) > SKIP_EPHEMERAL_BYTES:
                if waiting < lowest:
                    lowest, read_at = waiting, loop.time()
                elif loop.time() - read_at >= LAG_SECONDS_MAX:
                    self.give_up()
                    return
                await asyncio.sleep(LAG_CHECK_SECONDS)
        finally:
            self._lag = None

    def give_up(self) -> None:
        """End a client that reads too slowly, and forget what waits for it."""
        if self._is_shut:
            return
        self._too_slow()
        self.end(CloseCode.TOO_SLOW)
        # The goodbye waits behind all that was not read.
        asyncio.get_running_loop().call_later(ABORT_SECONDS, self._transport.abort)


def transport_for(scope: dict[str, Any], send: AsgiSend) -> Transport:
    """Return the fastest way to the client of this scope."""
    protocol = scope.get("parley.protocol")
    return DaphneTransport(protocol) if protocol is not None else AsgiTransport(send)


def _header_length(frame: bytes) -> int:
    length = frame[1] & 0x7F
    return 4 if length == 126 else 10 if length == 127 else 2
