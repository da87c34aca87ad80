"""A stranger's client: it knows `docs/protocol.md`, and nothing else of the server.

async with await Client.connect(url="ws://127.0.0.1:8000/ws/", token=token) as client:
    await client.post(channel_id="7", text="hi")
    await client.until(lambda: "hi" in client.texts(channel_id="7"), seconds=5)
"""

import asyncio
import contextlib
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import TracebackType
from typing import Final, Self, TypeVar

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from protocol import codec
from protocol.commands import AnyCommand, Ping, PostMessage, Sync, WatchPresence
from protocol.events import (
    AnyOrderedEvent,
    ChannelAdded,
    ChannelRemoved,
    Error,
    MessagePosted,
    Ok,
    Page,
    PresenceChanged,
    Reset,
    ServerDraining,
    Welcome,
)
from protocol.resources import Message, PresenceState

ANSWER_SECONDS: Final = 15.0
"""How long a command waits for its `ok` or `error`."""

_FRAME_MAX_BYTES: Final = 2 * 1024 * 1024
_Frame = TypeVar("_Frame")


class CommandRefusedError(Exception):
    """The server answered a command with `error`.

    Attributes:
        error: the whole answer: code, detail, and whether it may succeed later.
    """

    def __init__(self, error: Error) -> None:
        self.error = error
        super().__init__(f"{error.code}: {error.detail}")


class ConnectionEndedError(Exception):
    """The socket is closed, so the answer will never come.

    Attributes:
        code: the close code, 1006 when the line was cut.
    """

    def __init__(self, *, code: int) -> None:
        self.code = code
        super().__init__(f"The socket was closed with {code}.")


class Step(Enum):
    """What to do with an event that has come in."""

    APPLY = "apply"
    IGNORE = "ignore"
    SYNC = "sync"


class Cursors:
    """How far each stream has been applied: as 1, 2, 3 … without a hole or a repeat."""

    def __init__(self, applied: Mapping[str, int] | None = None) -> None:
        self._applied = dict(applied or {})
        self._seen = dict(self._applied)

    def __getitem__(self, stream: str) -> int:
        return self._applied[stream]

    def __contains__(self, stream: str) -> bool:
        return stream in self._applied

    def as_dict(self) -> dict[str, int]:
        """Every stream with the seq that was applied last: what `sync` wants to know."""
        return dict(self._applied)

    def offer(self, *, stream: str, seq: int) -> Step:
        """Say what to do with an event, and count it as applied when the answer is APPLY."""
        last = self._applied.get(stream)
        if last is None or seq <= last:
            # A stream that nobody announced, or one that has ended: not ours.
            return Step.IGNORE
        self._seen[stream] = max(self._seen[stream], seq)
        if seq > last + 1:
            return Step.SYNC
        self._applied[stream] = seq
        return Step.APPLY

    def begin(self, *, stream: str, seq: int) -> None:
        """Follow the stream from after `seq`, whatever was known of it before."""
        self._applied[stream] = seq
        self._seen[stream] = seq

    def end(self, *, stream: str) -> None:
        """Stop following the stream."""
        self._applied.pop(stream, None)
        self._seen.pop(stream, None)

    def behind(self) -> dict[str, int]:
        """The streams of which more has been seen than could be applied, with their cursors."""
        return {stream: seq for stream, seq in self._applied.items() if self._seen[stream] > seq}


class _Envelope(msgspec.Struct):
    """As much of any frame as is needed to know where it goes."""

    type: str
    re: str | None = None
    stream: str | None = None
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One ordered event that was applied."""

    type: str
    stream: str
    seq: int
    frame: bytes
    received_at: float
    """When it arrived, by `time.monotonic()`."""

    def record(self) -> AnyOrderedEvent | None:
        """Return what it says, or None for an event of a newer server that we do not know."""
        try:
            return codec.decode_event(self.frame)
        except msgspec.ValidationError:
            return None


@dataclass(slots=True)
class Trouble:
    """What a client should never have to do while nothing fails."""

    gaps: list[str] = field(default_factory=list)
    resets: list[str] = field(default_factory=list)
    unasked_errors: list[str] = field(default_factory=list)


class Client:
    """One open socket. Make it with `Client.connect`.

    Attributes:
        welcome: the first frame.
        cursors: how far each stream has been applied.
        events: every ordered event that was applied, in the order of its arrival.
        presence: the last known state of everyone who is watched.
        on_presence: called with every answer and every change of it.
        draining: the server's wish to be left, when it has said so.
        trouble: what went wrong on the way without an end to the connection.
        close_code: what the socket was closed with, or None while it is open.
    """

    def __init__(self, *, connection: ClientConnection, welcome: Welcome, cursors: Cursors) -> None:
        self.welcome = welcome
        self.cursors = cursors
        self.events: list[Event] = []
        self.presence: dict[str, PresenceState] = {}
        self.on_presence: Callable[[Mapping[str, PresenceState]], None] = lambda _: None
        self.draining: ServerDraining | None = None
        self.trouble = Trouble()
        self.close_code: int | None = None
        self._connection = connection
        self._answers: dict[str, asyncio.Future[Ok]] = {}
        self._changed = asyncio.Event()
        self._last_said_at = time.monotonic()
        self._command_count = 0
        self._catching_up: asyncio.Task[None] | None = None
        self._handlers: Final[dict[str, Callable[[bytes], None]]] = {
            _tag(Ok): self._on_ok,
            _tag(Error): self._on_error,
            _tag(Page): self._on_page,
            _tag(Reset): self._on_reset,
            _tag(PresenceChanged): self._on_presence_changed,
            _tag(ServerDraining): self._on_draining,
        }
        self._tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._stay_alive())]

    @classmethod
    async def connect(
        cls,
        *,
        url: str,
        token: str,
        cursors: Mapping[str, int] | None = None,
        epoch: str | None = None,
        seconds: float = ANSWER_SECONDS,
    ) -> Self:
        """Open a socket, wait for `welcome`, and catch up when older cursors are given.

        `cursors` are where an earlier connection stopped, and `epoch` is the epoch of that one:
        in another epoch they mean nothing.
        """
        connection = await connect(
            url,
            additional_headers={"Authorization": f"Bearer {token}"},
            compression=None,
            max_size=_FRAME_MAX_BYTES,
            open_timeout=seconds,
            # The server pings, and `_stay_alive` speaks: a third heartbeat proves nothing more.
            ping_interval=None,
            # A proxy from the environment has no business on the way to a server that we name.
            proxy=None,
        )
        try:
            async with asyncio.timeout(seconds):
                welcome = msgspec.json.decode(await connection.recv(), type=Welcome)
        except ConnectionClosed as closed:
            raise ConnectionEndedError(code=closed.rcvd.code if closed.rcvd else 1006) from closed
        except BaseException:
            await connection.close()
            raise
        kept = cursors if cursors and epoch in (None, welcome.epoch) else {}
        # What one was in before but is no longer has no stream any more; what is new starts now.
        start = {stream: kept.get(stream, seq) for stream, seq in welcome.streams.items()}
        client = cls(connection=connection, welcome=welcome, cursors=Cursors(start))
        if start != welcome.streams:
            await client.sync()
        return client

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    @property
    def user_id(self) -> str:
        return self.welcome.user.id

    async def close(self) -> None:
        """Say goodbye and wait until the socket is closed. Closing twice does no harm."""
        await self._connection.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def cut(self) -> None:
        """Drop the line without a goodbye, as a lost network does."""
        self._connection.transport.abort()

    async def post(
        self,
        *,
        channel_id: str,
        text: str,
        client_id: str | None = None,
        thread_id: str | None = None,
    ) -> Ok:
        """Say something; return when it is committed. The same `client_id` is the same message."""
        return await self.ask(
            PostMessage(
                id=self.next_id(),
                channel_id=channel_id,
                client_id=client_id or str(uuid.uuid4()),
                text=text,
                thread_id=thread_id,
            )
        )

    async def watch(self, user_ids: list[str]) -> dict[str, PresenceState]:
        """Follow the presence of these people, and of nobody else, and return it as it is now."""
        self.presence.clear()
        await self.ask(WatchPresence(id=self.next_id(), user_ids=user_ids))
        return dict(self.presence)

    async def sync(self) -> None:
        """Ask for everything after the cursors, and return when it has been applied."""
        await self.ask(Sync(id=self.next_id(), cursors=self.cursors.as_dict()))

    async def ask(self, command: AnyCommand) -> Ok:
        """Send one command and return its `ok`.

        Raises:
            CommandRefusedError: the answer was `error`.
            ConnectionEndedError: the socket closed first: it may or may not have been done.
            TimeoutError: no answer within ANSWER_SECONDS: the same holds.
        """
        answer: asyncio.Future[Ok] = asyncio.get_running_loop().create_future()
        self._answers[command.id] = answer
        try:
            await self.send_raw(codec.encode(command).decode())
            async with asyncio.timeout(ANSWER_SECONDS):
                return await answer
        finally:
            self._answers.pop(command.id, None)

    async def send_raw(self, frame: str | bytes) -> None:
        """Send any frame at all, also one that no honest client would send."""
        if self.close_code is not None:
            raise ConnectionEndedError(code=self.close_code)
        self._last_said_at = time.monotonic()
        try:
            await self._connection.send(frame)
        except ConnectionClosed as closed:
            raise ConnectionEndedError(code=closed.rcvd.code if closed.rcvd else 1006) from closed

    def next_id(self) -> str:
        """Return an id that no command of this socket has had."""
        self._command_count += 1
        return str(self._command_count)

    async def until(self, condition: Callable[[], bool], *, seconds: float) -> bool:
        """Return True once the condition holds, False when the time is over or the line is."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not condition() and self.close_code is None:
                    self._changed.clear()
                    await self._changed.wait()
        return condition()

    def arrivals(self, *, channel_id: str) -> list[tuple[Message, float]]:
        """The messages of one channel, each with its arrival by `time.monotonic()`."""
        return [
            (record.message, event.received_at)
            for event in self.events
            if isinstance(record := event.record(), MessagePosted)
            and record.channel_id == channel_id
        ]

    def messages(self, *, channel_id: str) -> list[Message]:
        """The messages of one channel that were posted while this client followed it."""
        return [message for message, _ in self.arrivals(channel_id=channel_id)]

    def texts(self, *, channel_id: str) -> list[str]:
        """The texts of `messages`."""
        return [message.text for message in self.messages(channel_id=channel_id)]

    async def _read(self) -> None:
        try:
            with contextlib.suppress(ConnectionClosed):
                async for frame in self._connection:
                    self._receive(frame if isinstance(frame, bytes) else frame.encode())
                    self._changed.set()
        finally:
            self.close_code = self._connection.close_code or 1006
            for answer in self._answers.values():
                if not answer.done():
                    answer.set_exception(ConnectionEndedError(code=self.close_code))
            self._changed.set()

    def _receive(self, frame: bytes) -> None:
        kind = msgspec.json.decode(frame, type=_Envelope).type
        # What is no answer and no frame of the session is an event; a client must ignore those that
        # it does not know, so everything else only has to have a place in a stream to be counted.
        self._handlers.get(kind, self._apply)(frame)

    def _on_ok(self, frame: bytes) -> None:
        ok = _as(frame, Ok)
        if ok.users:
            # Here and not in `watch`: the answer must not overwrite a change that follows it.
            self._learn_presence(ok.users)
        answer = self._answers.get(ok.re)
        if answer and not answer.done():
            answer.set_result(ok)

    def _on_error(self, frame: bytes) -> None:
        error = _as(frame, Error)
        answer = self._answers.get(error.re) if error.re is not None else None
        if answer is None:
            self.trouble.unasked_errors.append(f"{error.code}: {error.detail}")
        elif not answer.done():
            answer.set_exception(CommandRefusedError(error))

    def _on_page(self, frame: bytes) -> None:
        for event in _as(frame, Page).events:
            self._apply(bytes(event))

    def _on_reset(self, frame: bytes) -> None:
        reset = _as(frame, Reset)
        self.trouble.resets.append(f"{reset.stream} to {reset.seq}")
        self.cursors.begin(stream=reset.stream, seq=reset.seq)

    def _on_presence_changed(self, frame: bytes) -> None:
        self._learn_presence(_as(frame, PresenceChanged).users)

    def _learn_presence(self, users: Mapping[str, PresenceState]) -> None:
        self.presence.update(users)
        self.on_presence(users)

    def _on_draining(self, frame: bytes) -> None:
        self.draining = _as(frame, ServerDraining)

    def _apply(self, frame: bytes) -> None:
        envelope = msgspec.json.decode(frame, type=_Envelope)
        if envelope.stream is None or envelope.seq is None:
            return
        match self.cursors.offer(stream=envelope.stream, seq=envelope.seq):
            case Step.IGNORE:
                return
            case Step.SYNC:
                self.trouble.gaps.append(
                    f"{envelope.stream}: {envelope.seq} after {self.cursors[envelope.stream]}"
                )
                self._catch_up()
            case Step.APPLY:
                event = Event(
                    type=envelope.type,
                    stream=envelope.stream,
                    seq=envelope.seq,
                    frame=frame,
                    received_at=time.monotonic(),
                )
                self.events.append(event)
                self._follow(event)

    def _follow(self, event: Event) -> None:
        """Start or end a stream when the event says that one is in a channel, or no longer."""
        if event.type not in (_tag(ChannelAdded), _tag(ChannelRemoved)):
            return
        # In a page of the past, it is history: the list of streams in `welcome` is newer.
        if event.seq <= self.welcome.streams.get(event.stream, 0):
            return
        match event.record():
            case ChannelAdded(channel=channel):
                self.cursors.begin(stream=f"c:{channel.id}", seq=channel.last_seq)
            case ChannelRemoved(channel_id=channel_id):
                self.cursors.end(stream=f"c:{channel_id}")

    def _catch_up(self) -> None:
        # One `sync` at a time: it answers for every stream, however many gaps there were.
        if self._catching_up is None or self._catching_up.done():
            self._catching_up = asyncio.create_task(self._sync_until_whole())

    async def _sync_until_whole(self) -> None:
        with contextlib.suppress(ConnectionEndedError, CommandRefusedError, TimeoutError):
            while self.cursors.behind():
                await self.sync()

    async def _stay_alive(self) -> None:
        """Speak when nothing was said for a heartbeat, so that the server knows that we live."""
        beat = self.welcome.heartbeat_seconds
        with contextlib.suppress(ConnectionEndedError):
            while True:
                silent_for = time.monotonic() - self._last_said_at
                if silent_for >= beat:
                    with contextlib.suppress(TimeoutError):
                        await self.ask(Ping(id=self.next_id()))
                else:
                    await asyncio.sleep(beat - silent_for)


def _tag(frame: type[msgspec.Struct]) -> str:
    return str(frame.__struct_config__.tag)


def _as(frame: bytes, shape: type[_Frame]) -> _Frame:
    return msgspec.json.decode(frame, type=shape)
