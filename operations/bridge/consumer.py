"""The operators' socket: for owners and admins with a browser's session."""

import contextlib
import time
import uuid
from typing import Any

import msgspec
import structlog
from channels.consumer import AsyncConsumer
from channels.exceptions import StopConsumer
from django.conf import settings
from django.db import Error as DatabaseFailure

import protocol
from accounts.models import User
from audit import origin
from chat import exceptions, groups, serialize
from chat.consumers import entry, vigil
from chat.consumers.entry import Visitor
from chat.consumers.socket import BURST, PER_SECOND, TokenBucket
from chat.edges import error_of
from operations.bridge import cluster, dispatch
from operations.bridge.observatory import look_of, observatory
from operations.bridge.threads import apart
from protocol import limits
from protocol.bridge import (
    AnyBridgeCommand,
    CloseConnection,
    DrainProcess,
    EndSession,
    SetAccess,
    WatchCluster,
)
from protocol.close_codes import CloseCode
from protocol.codec import Refused, decode_bridge_command, encode
from protocol.commands import Ping
from protocol.errors import ErrorCode
from protocol.events import Frame, Ok, Welcome
from realtime import runtime
from realtime.connections import Connection, connections
from realtime.inquiries import Unreachable
from realtime.letters import DELIVER, from_message, group
from realtime.pool import run_in_pool
from realtime.sinks import SocketSink, transport_for
from realtime.traffic import traffic

logger = structlog.stdlib.get_logger("parley.bridge")


class BridgeSocket(AsyncConsumer):
    """The consumer behind `/ws/bridge/`.

    It hears its user's own stream for one thing only: that what opened it has ended.
    """

    user: User
    sink: SocketSink
    _connection: Connection

    def __init__(self) -> None:
        super().__init__()
        self.connection_id = uuid.uuid4().hex
        self._bad_frames = 0
        self._bucket = TokenBucket(capacity=BURST, per_second=PER_SECOND)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._clean_up()

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Call the handler of what came."""
        match message["type"]:
            case "websocket.connect":
                await self._connect()
            case "websocket.receive":
                await self._receive(message)
            case "websocket.disconnect":
                raise StopConsumer
            case kind if kind == DELIVER:
                # From a stock layer; the project's own brings letters to the hub itself.
                with contextlib.suppress(msgspec.DecodeError, KeyError):
                    runtime.current().arrive(from_message(message))
            case kind:
                logger.warning("LAYER_MESSAGE_REFUSED", kind=str(kind)[:40])

    # ── Beginning and end ───────────────────────────────────────────────────────────────────

    async def _connect(self) -> None:
        try:
            visitor = await run_in_pool(entry.visitor_of, entry.request_of(dict(self.scope)))
            if visitor is None or not _may_come_in(visitor):
                # Closed before it was accepted: the client sees HTTP 403.
                await self.send({"type": "websocket.close"})
                raise StopConsumer
            await self._begin(visitor)
        except DatabaseFailure as error:
            logger.warning("CONNECT_FAILED", reason=type(error).__name__)
            await self.send({"type": "websocket.accept"})
            transport_for(dict(self.scope), self.send).close(CloseCode.RESTART)

    async def _begin(self, visitor: Visitor) -> None:
        self.user = visitor.user
        source = entry.origin_of(dict(self.scope), connection_id=self.connection_id)
        origin.stay(source)
        hub = runtime.current().hub
        self.sink = SocketSink(
            user_id=self.user.pk,
            transport=transport_for(dict(self.scope), self.send),
            joiner=runtime.current().joiner,
            opened=lambda _stream, _after: None,
            closed=lambda _stream: None,
            doubted=lambda: vigil.vigil().doubt(self.sink),
            too_slow=lambda: None,
        )
        vigil.vigil().enter(self.sink, visitor.credential)
        own = groups.user_stream(self.user.pk)
        with contextlib.suppress(OSError, runtime.LayerFailure):
            await self.channel_layer.group_add(group(own), self.channel_name)
        head = (await hub.open([own]))[own]
        if settings.RATE_LIMITS and hub.hearers(own) >= limits.SOCKETS_PER_USER:
            self.sink.end(CloseCode.FLOODING)
        await hub.follow(self.sink, own, after=head)
        # What ended before this was told to others than this socket.
        self.sink.doubt()
        await self.send({"type": "websocket.accept"})
        if not self.sink.accepted():
            return
        self._connection = Connection(
            id=self.connection_id,
            user_id=self.user.pk,
            kind="browser",
            address=source.address or "",
            agent=source.agent,
            sink=self.sink,
            streams=(own,),
            token_id=None,
            session=visitor.credential.session_digest,
        )
        connections.enter(self._connection)
        line: Any = self.scope.get("parley.protocol")
        if line is not None:
            line.open_connection = self._connection
        traffic.came("browser")
        self.sink.release(
            encode(
                Welcome(
                    protocol=protocol.VERSION,
                    instance=settings.INSTANCE_ID,
                    connection_id=self.connection_id,
                    epoch=hub.epoch,
                    heartbeat_seconds=limits.HEARTBEAT_SECONDS,
                    user=serialize.own_user(self.user),
                    streams={own: head},
                )
            )
        )
        logger.info("BRIDGE_CONNECT", user=self.user.pk, connection=self.connection_id)

    async def _clean_up(self) -> None:
        if not hasattr(self, "sink"):
            return
        self.sink.dispose()
        observatory().leave(self.sink)
        vigil.vigil().leave(self.sink)
        runtime.current().hub.leave(self.sink)
        with contextlib.suppress(OSError, runtime.LayerFailure):
            own = groups.user_stream(self.user.pk)
            await self.channel_layer.group_discard(group(own), self.channel_name)
        if hasattr(self, "_connection"):
            connections.leave(self.connection_id)
            traffic.went("browser", code=self.sink.code)
            del self._connection

    # ── Commands ────────────────────────────────────────────────────────────────────────────

    async def _receive(self, message: dict[str, Any]) -> None:
        if not hasattr(self, "_connection"):
            return
        traffic.received += 1
        self._connection.heard_at = time.time()
        await self.sink.drained()
        if self.sink.is_shut:
            return
        try:
            frame = message.get("text")
            if frame is None:
                raise Refused(ErrorCode.NOT_TEXT)
            command = decode_bridge_command(frame)
        except Refused as refused:
            self._refuse_frame(refused)
            return
        try:
            if settings.RATE_LIMITS:
                self._bucket.take()
            await self._run(command)
        except Unreachable:
            away = exceptions.Unavailable("Redis or the process does not answer just now.")
            self._send(error_of(away, re=command.id))
        except Exception as error:  # noqa: BLE001 - every failure is answered, and the socket lives
            self._send(error_of(error, re=command.id))
        else:
            self._send(Ok(re=command.id))

    async def _run(self, command: AnyBridgeCommand) -> None:
        match command:
            case Ping():
                pass
            case DrainProcess() | CloseConnection() | EndSession() | SetAccess():
                await apart(dispatch.do, command, by=self.user)
            case _:
                await apart(dispatch.note_look, command, by=self.user)
                if isinstance(command, WatchCluster):
                    self._send(await apart(cluster.history))
                scene, look = look_of(command, asker_id=self.user.pk)
                observatory().watch(self.sink, scene, look)

    # ── Answers ─────────────────────────────────────────────────────────────────────────────

    def _send(self, frame: Frame) -> None:
        self.sink.send_payload(encode(frame))

    def _refuse_frame(self, refused: Refused) -> None:
        self._send(error_of(refused, re=refused.re))
        self._bad_frames += 1
        if settings.RATE_LIMITS and self._bad_frames > limits.BAD_FRAMES_MAX:
            self.sink.end(CloseCode.PROTOCOL_ABUSE)


def _may_come_in(visitor: Visitor) -> bool:
    # A token that leaks must not be able to watch everybody.
    return visitor.user.is_admin and visitor.credential.session_key is not None
