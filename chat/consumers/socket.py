"""One socket: decide who it is, hear their streams, handle their frames one after another."""

import asyncio
import contextlib
import time
import uuid
from collections import deque
from typing import Any, Final

import msgspec
import structlog
from channels.consumer import AsyncConsumer
from channels.exceptions import StopConsumer
from django.conf import settings
from django.db import Error as DatabaseFailure

import protocol
from accounts.credentials import Credential
from accounts.models import ALL_SCOPES, Scope, User
from audit import origin
from chat import groups, serialize
from chat.consumers import desks, dispatch, entry, vigil, watching
from chat.consumers.dispatch import ServiceCommand
from chat.edges import error_of
from chat.exceptions import InsufficientScope, RateLimited
from chat.services import people
from metrics.instruments import COMMAND_SECONDS
from presence.store import Choice
from protocol import limits
from protocol.close_codes import CloseCode
from protocol.codec import Refused, decode_command, encode
from protocol.commands import (
    AnyCommand,
    Ping,
    PostMessage,
    ReportIdle,
    SetPresence,
    Sync,
    WatchPresence,
)
from protocol.describing import wire_type
from protocol.errors import ErrorCode
from protocol.events import Frame, Ok, Page, Reset, Welcome
from realtime import log, runtime
from realtime.connections import Connection, connections
from realtime.letters import DELIVER, from_message, group
from realtime.pool import run_in_pool
from realtime.sinks import SocketSink, transport_for
from realtime.tasks import rest_before_asking_again
from realtime.traffic import Kind, traffic

logger = structlog.stdlib.get_logger("parley.socket")

BURST: Final = 60
"""Commands that may come at once."""

ANSWER_SECONDS: Final = 10.0

PER_SECOND: Final = 15.0
"""Commands a second in the long run."""


class ChatSocket(AsyncConsumer):
    """The consumer behind `/ws/`.

    It joins the groups of its user's streams, as Channels teaches. What comes through them goes to
    the hub of the process, and from there straight to the socket.
    """

    user: User
    sink: SocketSink
    _connection: Connection

    def __init__(self) -> None:
        super().__init__()
        self.connection_id = uuid.uuid4().hex
        self._streams: set[str] = set()
        self._told_of_early: set[str] = set()
        self._follows: dict[str, asyncio.Task[None]] = {}
        self._bucket = TokenBucket(capacity=BURST, per_second=PER_SECOND)
        self._bad_frames: deque[float] = deque()
        self._refused: deque[float] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._scopes = ALL_SCOPES
        self._is_open = False
        self._kind: Kind = "browser"
        self._code: int | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            # Also after a failure or a kill: Channels calls disconnect() only in good weather.
            await self._clean_up()

    # ── What the server says ────────────────────────────────────────────────────────────────

    async def websocket_connect(self, _message: dict[str, Any]) -> None:
        """Accept the socket of a known person and let it hear; refuse any other."""
        try:
            request = entry.request_of(dict(self.scope))
            visitor = await desks.desks().visitors.ask(request)
            self.user = visitor.user
            source = entry.origin_of(dict(self.scope), connection_id=self.connection_id)
            origin.stay(source)
            self._scopes = visitor.scopes
            await self._begin(visitor.credential, source)
        except entry.NotAdmitted:
            await self._refuse()
        except DatabaseFailure as error:
            # Not a refusal: who it is could not be found out. The client should come back.
            logger.warning("CONNECT_FAILED", reason=type(error).__name__)
            await self.send({"type": "websocket.accept"})
            transport_for(dict(self.scope), self.send).close(CloseCode.RESTART)

    async def websocket_receive(self, message: dict[str, Any]) -> None:
        """Answer one frame."""
        if not self._is_open:
            return
        traffic.received += 1
        self._connection.heard_at = time.time()
        # Whoever does not read the answers gets nothing done: what they send waits, and then their
        # connection is not read either.
        await self.sink.drained()
        if self.sink.is_shut:
            return
        try:
            frame = message.get("text")
            if frame is None:
                raise Refused(ErrorCode.NOT_TEXT)
            command = decode_command(frame)
        except Refused as refused:
            self._refuse_frame(refused)
            return
        began_at = time.perf_counter()
        try:
            if settings.RATE_LIMITS:
                self._bucket.take()
            answer = await self._run(command)
        except Exception as error:  # noqa: BLE001 - every failure is answered, and the socket lives
            self._send(error_of(error, re=command.id))
            if isinstance(error, RateLimited):
                self._count(self._refused, limits.FLOOD_MAX, CloseCode.FLOODING)
        else:
            self._send(answer)
            COMMAND_SECONDS.labels(wire_type(type(command))).observe(time.perf_counter() - began_at)

    async def websocket_disconnect(self, message: dict[str, Any]) -> None:
        """The socket is closed."""
        self._code = message.get("code")
        await self._clean_up()
        raise StopConsumer

    # ── What the layer says ─────────────────────────────────────────────────────────────────

    async def deliver(self, message: dict[str, Any]) -> None:
        """Hand a letter to the hub, which sees to it that it goes to every socket here once.

        Only a stock layer brings letters this way; the project's own brings them to the hub itself.
        """
        try:
            letter = from_message(message)
        except (msgspec.DecodeError, KeyError):
            # From another version of the program. The log has it.
            logger.warning("LAYER_NOT_UNDERSTOOD")
        else:
            runtime.current().arrive(letter)

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Call the handler of what came.

        Channels' own dispatch would look after the database connection of its single thread first,
        for each event, which costs more than the event itself.
        """
        match message["type"]:
            case "websocket.connect":
                await self.websocket_connect(message)
            case "websocket.receive":
                await self.websocket_receive(message)
            case "websocket.disconnect":
                await self.websocket_disconnect(message)
            case kind if kind == DELIVER:
                await self.deliver(message)
            case kind:
                # A layer message names a method: it must not be able to name any other.
                logger.warning("LAYER_MESSAGE_REFUSED", kind=str(kind)[:40])

    # ── Beginning and end ───────────────────────────────────────────────────────────────────

    async def _begin(self, credential: Credential, source: origin.Origin) -> None:
        hub = runtime.current().hub
        self.sink = SocketSink(
            user_id=self.user.pk,
            transport=transport_for(dict(self.scope), self.send),
            joiner=runtime.current().joiner,
            opened=self._stream_opened,
            closed=self._stream_closed,
            doubted=lambda: vigil.vigil().doubt(self.sink),
            too_slow=self._too_slow,
        )
        vigil.vigil().enter(self.sink, credential)
        # The own stream first: whatever changes after the snapshot is told on it.
        own = groups.user_stream(self.user.pk)
        await self._join([own])
        await hub.open([own])
        if settings.RATE_LIMITS and hub.hearers(own) >= limits.SOCKETS_PER_USER:
            self.sink.end(CloseCode.FLOODING)
            await self.send({"type": "websocket.accept"})
            self.sink.accepted()
            return
        heard = await desks.desks().heard.ask(self.user.pk)
        own_head, channels = heard.own_head, heard.channels
        await hub.follow(self.sink, own, after=own_head)
        # What ended before this was told to others than this socket.
        self.sink.doubt()
        await self._join(list(channels))
        await hub.open(channels)
        # Of what changed since the snapshot the own stream has told meanwhile, or will.
        heads = {
            stream: head for stream, head in channels.items() if stream not in self._told_of_early
        }
        hub.attach(self.sink, heads)
        epoch = hub.epoch
        await self.send({"type": "websocket.accept"})
        if not self.sink.accepted():
            # What it came in with has ended in this very moment.
            return
        self._enter(credential, source)
        self._is_open = True
        self.sink.release(
            encode(
                Welcome(
                    protocol=protocol.VERSION,
                    instance=settings.INSTANCE_ID,
                    connection_id=self.connection_id,
                    epoch=epoch,
                    heartbeat_seconds=limits.HEARTBEAT_SECONDS,
                    user=serialize.own_user(self.user),
                    streams={own: own_head, **heads},
                )
            )
        )
        watching.board().door.connected(
            user_id=self.user.pk,
            connection_id=self.connection_id,
            choice=_choice_of(self.user),
        )
        traffic.came(self._kind)
        logger.info("CONNECT", user=self.user.pk, connection=self.connection_id)

    def _enter(self, credential: Credential, source: origin.Origin) -> None:
        self._kind = "browser" if credential.token_id is None else "bot"
        self._connection = Connection(
            id=self.connection_id,
            user_id=self.user.pk,
            kind=self._kind,
            address=source.address or "",
            agent=source.agent,
            sink=self.sink,
            streams=self._streams,
            token_id=credential.token_id,
            session=credential.session_digest,
        )
        connections.enter(self._connection)
        line: Any = self.scope.get("parley.protocol")
        if line is not None:
            line.open_connection = self._connection

    async def _clean_up(self) -> None:
        if not hasattr(self, "sink"):
            return
        was_open, self._is_open = self._is_open, False
        self.sink.dispose()
        vigil.vigil().leave(self.sink)
        for task in list(self._tasks):
            task.cancel()
        runtime.current().hub.leave(self.sink)
        for stream in list(self._streams):
            self._stream_closed(stream)
        for task in list(self._tasks):
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await task
        connections.leave(self.connection_id)
        if was_open:
            board = watching.board()
            board.unwatch(self.sink)
            board.door.disconnected(
                connection_id=self.connection_id, is_draining=runtime.current().is_draining
            )
            code = self._code if self.sink.code is None else self.sink.code
            traffic.went(self._kind, code=code)
            logger.info("DISCONNECT", user=self.user.pk, connection=self.connection_id)

    async def _refuse(self) -> None:
        # Closed before it was accepted: the client sees HTTP 403.
        await self.send({"type": "websocket.close"})
        raise StopConsumer

    def _too_slow(self) -> None:
        logger.warning("TOO_SLOW", user=self.user.pk, connection=self.connection_id)

    # ── Streams ─────────────────────────────────────────────────────────────────────────────

    async def _join(self, streams: list[str]) -> None:
        self._streams |= set(streams)
        await asyncio.gather(*(self._group_add(stream) for stream in streams))

    async def _group_add(self, stream: str) -> None:
        # Without the layer a socket lives all the same: the hub reads the log.
        with contextlib.suppress(*_LAYER_FAILURES):
            await self.channel_layer.group_add(group(stream), self.channel_name)

    async def _group_discard(self, stream: str) -> None:
        with contextlib.suppress(*_LAYER_FAILURES):
            await self.channel_layer.group_discard(group(stream), self.channel_name)

    def _stream_opened(self, stream: str, after: int) -> None:
        self._no_longer_follow(stream)
        self._follows[stream] = self._soon(self._follow(stream, after))
        watching.board().met(self.sink)

    def _stream_closed(self, stream: str) -> None:
        self._no_longer_follow(stream)
        self._streams.discard(stream)
        self._soon(self._group_discard(stream))

    def _no_longer_follow(self, stream: str) -> None:
        if not self._is_open:
            self._told_of_early.add(stream)
        # Of several changes at once, the last counts.
        task = self._follows.pop(stream, None)
        if task is not None:
            task.cancel()

    async def _follow(self, stream: str, after: int) -> None:
        await self._join([stream])
        while True:
            try:
                await runtime.current().hub.follow(self.sink, stream, after=after)
            except DatabaseFailure as error:
                logger.warning("FOLLOW_FAILED", stream=stream, reason=type(error).__name__)
                await rest_before_asking_again()
            else:
                return

    def _soon(self, coroutine: Any) -> "asyncio.Task[None]":
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    # ── Commands ────────────────────────────────────────────────────────────────────────────

    async def _run(self, command: AnyCommand) -> Ok:
        match command:
            case Ping():
                return Ok(re=command.id)
            case Sync():
                await self._send_past(command.cursors)
                return Ok(re=command.id)
            case WatchPresence():
                return Ok(re=command.id, users=await self._watch(command.user_ids))
            case _ if Scope.WRITE not in self._scopes:
                raise InsufficientScope
            case SetPresence():
                await self._choose_presence(command.state)
                return Ok(re=command.id)
            case ReportIdle():
                watching.board().door.idle(
                    connection_id=self.connection_id, is_idle=command.is_idle
                )
                return Ok(re=command.id)
            case _:
                # A database that neither answers nor fails must not keep the client waiting. What
                # is under way may be done all the same: sent again, it is the same message.
                with runtime.current().joiner.under_way():
                    async with asyncio.timeout(ANSWER_SECONDS):
                        return await self._serve(command)

    async def _serve(self, command: PostMessage | ServiceCommand) -> Ok:
        if isinstance(command, PostMessage):
            wanted = dispatch.post_of(command, user_id=self.user.pk)
            return dispatch.posted(command, await desks.desks().posts.ask(wanted))
        return await run_in_pool(dispatch.run, command, user_id=self.user.pk)

    async def _watch(self, user_ids: list[str]) -> dict[str, Any]:
        asked = {int(user_id) for user_id in user_ids}
        return dict(await watching.board().watch(self.sink, asked))

    async def _choose_presence(self, state: str) -> None:
        async with asyncio.timeout(ANSWER_SECONDS):
            user = await run_in_pool(
                lambda: people.choose_presence(user_id=self.user.pk, state=state)
            )
        watching.board().door.chosen(user_id=user.pk, choice=_choice_of(user))

    async def _send_past(self, cursors: dict[str, int]) -> None:
        """Send the pages between the client's cursors and where live delivery is."""
        hub = runtime.current().hub
        mine = {stream: after for stream, after in cursors.items() if stream in self._streams}
        ahead = [s for s, after in mine.items() if after > (hub.place(self.sink, s) or 0)]
        heads = await run_in_pool(log.heads, ahead) if ahead else {}
        for stream, after in mine.items():
            place = hub.place(self.sink, stream)
            if place is None or after == place:
                continue
            # This process may lag behind the one that the client comes from. What the log does not
            # hold either is from another history.
            is_unknown = after > max(place, heads.get(stream, 0))
            if is_unknown or place - after > limits.SYNC_BEHIND_MAX:
                self._send(Reset(stream=stream, seq=place))
            elif after < place:
                await self._send_pages(stream, after)

    async def _send_pages(self, stream: str, after: int) -> None:
        pages = runtime.current().hub.replay(
            self.sink, stream, after=after, limit=limits.SYNC_PAGE_EVENTS
        )
        async with contextlib.aclosing(pages):
            async for letters, more in pages:
                rest = letters
                while rest:
                    some = log.fit(rest, max_bytes=limits.SYNC_PAGE_BYTES)
                    rest = rest[len(some) :]
                    await self.sink.drained()
                    self._send(
                        Page(
                            stream=stream,
                            from_seq=some[0].seq,
                            to_seq=some[-1].seq,
                            events=[msgspec.Raw(letter.payload) for letter in some],
                            more=more or bool(rest),
                        )
                    )

    # ── Answers ─────────────────────────────────────────────────────────────────────────────

    def _send(self, frame: Frame) -> None:
        self.sink.send_payload(encode(frame))

    def _refuse_frame(self, refused: Refused) -> None:
        self._send(error_of(refused, re=refused.re))
        if settings.RATE_LIMITS:
            self._count(self._bad_frames, limits.BAD_FRAMES_MAX, CloseCode.PROTOCOL_ABUSE)

    def _count(self, moments: deque[float], most: int, code: CloseCode) -> None:
        """Close the socket when this has happened too often within a minute."""
        now = time.monotonic()
        moments.append(now)
        while now - moments[0] > 60:
            moments.popleft()
        if len(moments) > most:
            self.sink.end(code)


def _choice_of(user: User) -> Choice:
    return Choice(state=serialize.own_user(user).presence_choice, version=user.presence_version)


class TokenBucket:
    """Allows bursts, and a rate in the long run."""

    def __init__(self, *, capacity: int, per_second: float) -> None:
        self._capacity = float(capacity)
        self._per_second = per_second
        self._tokens = float(capacity)
        self._at = time.monotonic()

    def take(self) -> None:
        """Take one.

        Raises:
            RateLimited: when there is none.
        """
        now = time.monotonic()
        self._tokens = min(self._capacity, self._tokens + (now - self._at) * self._per_second)
        self._at = now
        if self._tokens < 1:
            raise RateLimited(retry_after_seconds=round((1 - self._tokens) / self._per_second, 2))
        self._tokens -= 1


_LAYER_FAILURES: Final = (OSError, runtime.LayerFailure)
