"""daphne, as Parley runs it: finished frames, a goodbye to every client, and no lost listeners.

Stock daphne cuts the TCP connections at SIGTERM, so clients see 1006 and `disconnect()` never runs.
"""

import asyncio
import random
import socket
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import structlog
from daphne.server import Server, reactor
from daphne.ws_protocol import WebSocketProtocol
from twisted.internet import defer
from twisted.internet.endpoints import AdoptedStreamServerEndpoint

from protocol.close_codes import CloseCode
from protocol.codec import encode
from protocol.events import ServerDraining
from protocol.limits import HEARTBEAT_SECONDS
from realtime import runtime
from realtime.bodies import BodyQueue, Factory, Request
from realtime.connections import Connection
from realtime.letters import text_frame

logger = structlog.stdlib.get_logger("parley.server")

PONG_SECONDS: Final = 10
MESSAGE_MAX_BYTES: Final = 1024 * 1024
"""Larger frames cut the connection. Between this and the protocol's limit, an `error` answers."""

INBOUND_PAUSE: Final = 32
INBOUND_RESUME: Final = 8
"""Frames of one client that wait to be handled: from the first on, its connection is not read."""

GOODBYES_PER_SECOND: Final = 100
"""How fast the others can take over what this process had: reconnecting costs more than staying."""

GOODBYE_SECONDS_MAX: Final = 15.0
GOODBYE_STEP_SECONDS: Final = 0.1
RECONNECT_MS: Final = (0, 500)
FINISH_SECONDS: Final = 5.0


class InboundQueue(asyncio.Queue[dict[str, Any]]):
    """What a client sent and nobody has handled yet. When it is long, reading stops."""

    def __init__(self, transport: Any) -> None:
        super().__init__()
        self._transport = transport
        self._is_paused = False

    def _put(self, item: dict[str, Any]) -> None:
        super()._put(item)
        if not self._is_paused and self.qsize() >= INBOUND_PAUSE:
            self._is_paused = True
            self._transport.pauseProducing()

    def _get(self) -> dict[str, Any]:
        item: dict[str, Any] = super()._get()
        if self._is_paused and self.qsize() <= INBOUND_RESUME:
            self._is_paused = False
            self._transport.resumeProducing()
        return item


class Line(WebSocketProtocol):  # type: ignore[misc]  # daphne has no types
    """A client's line. It notes when a client that says nothing has answered a ping."""

    open_connection: Connection | None = None

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        # autobahn would draw up a line for its log of whatever a client sends.
        self._dataReceived(data)

    def onPong(self, payload: bytes) -> None:  # noqa: ARG002, N802 - autobahn's name
        if self.open_connection is not None:
            self.open_connection.heard_at = time.time()


class ParleyServer(Server):  # type: ignore[misc]  # daphne has no types
    """Serves the application on sockets that are listening already."""

    def __init__(
        self,
        application: Any,
        *,
        sockets: list[socket.socket],
        body_max_bytes: int,
        is_stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        """Prepare to serve.

        Args:
            sockets: listen already.
            body_max_bytes: a request with a larger body is refused before it has come.
            is_stopping: whether the process was told to stop before Twisted heard its signals.
        """
        super().__init__(
            application,
            endpoints=["given as sockets"],  # daphne insists on one
            signal_handlers=True,
            ping_interval=HEARTBEAT_SECONDS,
            ping_timeout=PONG_SECONDS,
            websocket_timeout=-1,
            websocket_max_message_size=MESSAGE_MAX_BYTES,
            websocket_max_frame_size=MESSAGE_MAX_BYTES,
            server_name="parley",
            verbosity=2,  # What Twisted has to say of failures goes to the log, not to nowhere.
        )
        self.endpoints: list[str] = []
        self._sockets = sockets
        self._is_stopping = is_stopping
        self._ports: list[Any] = []
        self._body_max_bytes = body_max_bytes

    def run(self) -> None:
        # Not callWhenRunning(): asyncio's loop does not run yet when Twisted calls that.
        reactor.callLater(0, self._listen)
        super().run()

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        # A proxy sets the path, never a client: daphne would take it from a header.
        scope["root_path"] = self.root_path
        is_websocket = scope["type"] == "websocket"
        if is_websocket:
            scope["parley.protocol"] = protocol
        scope.setdefault("asgi", {"version": "3.0"})
        if protocol not in self.connections:
            return None
        # daphne's own queue has no end: a client could fill the memory with what it sends.
        queue = InboundQueue(protocol.transport) if is_websocket else BodyQueue(protocol)
        application = self.application(
            scope=scope, receive=queue.get, send=partial(self.handle_reply, protocol)
        )
        self.connections[protocol]["application_instance"] = asyncio.ensure_future(application)
        return queue

    def protocol_disconnected(self, protocol: Any) -> None:
        # A handshake that was refused before it began was never connected.
        if protocol in self.connections:
            super().protocol_disconnected(protocol)

    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        # A handshake that took too long was dropped, and cannot be accepted any more.
        if isinstance(protocol, WebSocketProtocol) and protocol.state == protocol.STATE_CLOSED:
            return
        is_body = message["type"] == "http.response.body"
        is_last = not message.get("more_body", False)
        if is_body and is_last and isinstance(protocol, Request):
            await protocol.flow(is_last=True)
        await super().handle_reply(protocol, message)
        if is_body and not is_last and isinstance(protocol, Request):
            await protocol.flow(is_last=False)

    def kill_all_applications(self) -> defer.Deferred[None]:
        """Say goodbye before the reactor ends. Twisted waits for what this returns."""
        return defer.Deferred.fromFuture(asyncio.ensure_future(self._say_goodbye()))

    def _listen(self) -> None:
        # Twisted has put its own log in their place: each of our lines would go through it twice.
        sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
        if self._is_stopping():
            reactor.stop()
            return
        runtime.current()
        self.ws_factory.protocol = Line
        factory = Factory(self, body_max_bytes=self._body_max_bytes)
        for one in self._sockets:
            # The endpoint makes a copy of the descriptor and closes this one.
            family = one.family
            endpoint: Any = AdoptedStreamServerEndpoint(  # type: ignore[no-untyped-call]
                reactor, one.detach(), family
            )
            listening = endpoint.listen(factory)
            listening.addCallback(self._ports.append)
            listening.addErrback(self.listen_error)

    async def _say_goodbye(self) -> None:
        runtime.current().is_draining = True
        loop = asyncio.get_running_loop()
        for port in self._ports:
            await defer.maybeDeferred(port.stopListening).asFuture(loop)
        await self._close_sockets()
        late_comers = asyncio.create_task(self._send_late_comers_away())
        deadline = loop.time() + FINISH_SECONDS
        # Again and again: on a connection that is kept open another request may come meanwhile.
        while (under_way := self._applications()) and (left := deadline - loop.time()) > 0:
            await asyncio.wait(under_way, timeout=left)
        for application in under_way:
            application.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        late_comers.cancel()
        await runtime.shut_down()

    def _applications(self) -> list[asyncio.Task[None]]:
        running = (one.get("application_instance") for one in self.connections.values())
        return [one for one in running if one is not None and not one.done()]

    async def _close_sockets(self) -> None:
        """Send the clients away, no more at a time than the other processes can take in.

        Those that wait for their turn go on talking here meanwhile.
        """
        waiting = self._open_sockets()
        logger.info("DRAIN", sockets=len(waiting))
        random.shuffle(waiting)
        per_second = max(GOODBYES_PER_SECOND, len(waiting) / GOODBYE_SECONDS_MAX)
        batch = max(1, round(per_second * GOODBYE_STEP_SECONDS))
        while waiting:
            # What was told before the goodbye is heard before it.
            runtime.current().joiner.flush()
            for protocol in waiting[:batch]:
                self._send_away(protocol)
            waiting = waiting[batch:]
            if waiting:
                await asyncio.sleep(GOODBYE_STEP_SECONDS)

    async def _send_late_comers_away(self) -> None:
        """Close the handshakes that were under way as soon as they are over."""
        while True:
            await asyncio.sleep(GOODBYE_STEP_SECONDS)
            for protocol in self._open_sockets():
                self._send_away(protocol)

    def _open_sockets(self) -> list[WebSocketProtocol]:
        return [
            protocol
            for protocol in self.connections
            if isinstance(protocol, WebSocketProtocol) and protocol.state == protocol.STATE_OPEN
        ]

    @staticmethod
    def _send_away(protocol: Any) -> None:
        if protocol.state != protocol.STATE_OPEN:
            return
        delay = random.randint(*RECONNECT_MS)  # noqa: S311 - no secret
        protocol.transport.write(text_frame(encode(ServerDraining(reconnect_after_ms=delay))))
        protocol.sendCloseFrame(code=CloseCode.RESTART, reasonUtf8=b"server restart", isReply=False)
