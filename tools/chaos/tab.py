"""A tab: one client whose cursors and outbox outlive its sockets, as `docs/protocol.md` wants it.

It writes down everything that reaches it, and corrects nothing: whether it was right is for the
judge to say.
"""

import asyncio
import contextlib
import itertools
import random
import time
import uuid
import zlib
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final, Literal

import msgspec

from protocol import codec
from protocol.close_codes import CloseCode
from protocol.commands import (
    AnyCommand,
    DeleteMessage,
    EditMessage,
    MarkRead,
    Ping,
    PostMessage,
    StartTyping,
    Sync,
    WatchPresence,
)
from protocol.describing import wire_type
from protocol.events import (
    ChannelAdded,
    ChannelRemoved,
    MessagePosted,
    PresenceChanged,
    ServerDraining,
    TypingStarted,
)
from tools.chaos import history
from tools.chaos.history import Recorder
from tools.chaos.line import Line, RefusedError

_POSTED: Final = wire_type(MessagePosted)
_ADDED: Final = wire_type(ChannelAdded)
_REMOVED: Final = wire_type(ChannelRemoved)
_PRESENCE: Final = wire_type(PresenceChanged)
_TYPING: Final = wire_type(TypingStarted)
_DRAINING: Final = wire_type(ServerDraining)


RECONNECT_MAX_SECONDS: Final = 5.0
"""Less than a real client's, so that a short run sees many returns."""

CALM_SECONDS: Final = 10.0
OPEN_SECONDS: Final = 10.0
SILENT_SECONDS: Final = 5.0
"""After so long without a byte a tab asks whether anybody is there …"""

DEAD_SECONDS: Final = 12.0
"""… and after so long it looks for another process."""

ANSWER_SECONDS: Final = 60.0
"""Every command is answered by exactly one frame, long before this, also on a machine that has more
to do than it can."""

OUTBOX_MAX: Final = 20
KNOWN_MESSAGES_MAX: Final = 50
RETRY_SECONDS: Final = 0.5


class _Inner(msgspec.Struct):
    """As much of a message, a member or a channel as matters here."""

    id: str = ""
    text: str = ""
    client_id: str | None = None
    user_id: str = ""
    last_seq: int = 0


class _Incoming(msgspec.Struct):
    """As much of any frame as matters here."""

    type: str
    stream: str | None = None
    seq: int | None = None
    re: str | None = None
    message: _Inner | None = None
    channel: _Inner | None = None
    channel_id: str | None = None
    message_id: str | None = None
    code: str = ""
    detail: str = ""
    retryable: bool = False
    users: dict[str, str] | None = None
    events: list[msgspec.Raw] = []
    streams: dict[str, int] = {}
    instance: str = ""
    epoch: str = ""
    reconnect_after_ms: int = 0


class _Outgoing(msgspec.Struct):
    """A post that waits for its answer."""

    stream: str
    client_id: str
    text: str
    was_sent: bool = False
    re: str | None = None
    sent_at: float = 0.0


_decode: Final = msgspec.json.Decoder(_Incoming).decode


def hash_of(text: str) -> str:
    """Say which text it was, in a few bytes. Nothing for the text of a deleted message."""
    return format(zlib.crc32(text.encode()), "08x") if text else ""


class Tally:
    """What a crowd has done so far, for the line that moves."""

    def __init__(self) -> None:
        self.sent = 0
        self.acknowledged = 0
        self.applied = 0
        self.opened = 0
        self.closed: dict[int, int] = {}
        self.refused: dict[str, int] = {}


class Tab:
    """One client of one person.

    Args:
        ports: where the processes can be reached, as they are now.
    """

    def __init__(
        self,
        *,
        name: str,
        user_id: str,
        token: str,
        ports: Callable[[], Sequence[int]],
        recorder: Recorder,
        tally: Tally,
        draw: random.Random,
        sockets: "itertools.count[int]",
    ) -> None:
        self.name = name
        self.user_id = user_id
        self.line: Line | None = None
        self.cursors: dict[str, int] = {}
        self.epoch: str | None = None
        self.people: list[str] = []
        self.known_messages: deque[str] = deque(maxlen=KNOWN_MESSAGES_MAX)
        self.is_stopped = False
        self.has_jitter = True
        self.is_welcome = False
        self.port = 0
        self._outbox: deque[_Outgoing] = deque()
        self._token = token
        self._ports = ports
        self._write = recorder.write
        self._tally = tally
        self._draw = draw
        self._sockets = sockets
        self._ids = itertools.count(1)
        self._socket = 0
        self._own_head = 0
        self._bases: dict[str, int] = {}
        self._catching_up: set[str] = set()
        self._sync_id: str | None = None
        self._watch_id: str | None = None
        self._announced_delay: float | None = None
        self._failures = 0
        self._opened_at = 0.0
        self._read_on_at = 0.0
        self._gone = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._is_leaving = False
        self._handlers: Final[dict[str, Callable[[_Incoming], None]]] = {
            "welcome": self._on_welcome,
            "page": self._on_page,
            "reset": self._on_reset,
            "ok": self._on_ok,
            "error": self._on_error,
            _PRESENCE: self._on_presence_changed,
            _DRAINING: self._on_draining,
            _TYPING: self._ignore,
        }

    @property
    def is_away(self) -> bool:
        """Whether it will not come back."""
        return self._is_leaving

    @property
    def channels(self) -> list[str]:
        """The streams of channels that it follows."""
        return [stream for stream in self.cursors if stream.startswith("c:")]

    @property
    def waiting(self) -> int:
        """How many posts have no answer yet."""
        return len(self._outbox)

    def start(self) -> None:
        """Connect, and stay connected until told to leave."""
        self._task = asyncio.create_task(self._live())

    async def leave(self) -> None:
        """Close the socket and do not come back."""
        self._is_leaving = True
        if self.line:
            if self.is_stopped:
                self.go_on_reading()
            self.line.hang_up()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(2):
                    await self._gone.wait()
        if self.line:
            self.line.cut()
        await asyncio.sleep(0)
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    # ── What a person does ──────────────────────────────────────────────────────────────────

    def post(self, *, stream: str, text: str) -> bool:
        """Put a post into the outbox. False when too much waits there already."""
        if len(self._outbox) >= OUTBOX_MAX or self._is_leaving:
            return False
        self._outbox.append(
            _Outgoing(
                stream=stream,
                client_id=str(uuid.UUID(int=self._draw.getrandbits(128), version=4)),
                text=text,
            )
        )
        self._send_next()
        return True

    def edit(self, *, message_id: str, text: str) -> None:
        self._say(EditMessage(id=self._id("e"), message_id=message_id, text=text))

    def delete(self, *, message_id: str) -> None:
        self._say(DeleteMessage(id=self._id("d"), message_id=message_id))

    def read(self, *, stream: str) -> None:
        """Say that everything of a channel has been read."""
        self._say(
            MarkRead(
                id=self._id("r"), channel_id=stream.removeprefix("c:"), seq=self.cursors[stream]
            )
        )

    def start_typing(self, *, stream: str) -> None:
        self._say(StartTyping(id=self._id("t"), channel_id=stream.removeprefix("c:")))

    def watch(self) -> None:
        """Ask how the people on the screen are, and follow them."""
        if self.people:
            self._watch_id = self._id("w")
            self._say(WatchPresence(id=self._watch_id, user_ids=self.people))

    def reload(self) -> None:
        """Lose the socket, keep the cursors."""
        if self.line:
            self.line.cut()

    def _write_numb(self, *, is_numb: bool) -> None:
        if self.is_welcome:
            self._write(
                history.Numb(
                    t=time.monotonic(), tab=self.name, socket=self._socket, is_numb=is_numb
                )
            )

    def stop_reading(self) -> None:
        self.is_stopped = True
        self._write_numb(is_numb=True)
        if self.line:
            self.line.stop_reading()

    def go_on_reading(self) -> None:
        self.is_stopped = False
        self._read_on_at = time.monotonic()
        self._write_numb(is_numb=False)
        if self.line:
            self.line.go_on_reading()

    # ── The socket ──────────────────────────────────────────────────────────────────────────

    async def _live(self) -> None:
        while not self._is_leaving:
            await asyncio.sleep(self._delay())
            ports = self._ports()
            others = [port for port in ports if port != self.port] if self._failures else ports
            self.port = self._draw.choice(others or ports)
            self._gone.clear()
            self._socket = next(self._sockets)
            try:
                self.line = await Line.call(
                    port=self.port, token=self._token, listener=self, seconds=OPEN_SECONDS
                )
            except (OSError, TimeoutError):
                self._failures += 1
                continue
            except RefusedError as refused:
                self._failures += 1
                if refused.status != 503:
                    self._trouble(f"the handshake was answered with {refused.status}")
                continue
            if self.is_away:
                self.line.hang_up()
            await self._keep()
            self.line = None

    async def _keep(self) -> None:
        """Return when the socket is gone."""
        loop = asyncio.get_running_loop()
        asked_at = 0.0
        while not self._gone.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await self._gone.wait()
            line = self.line
            if line is None or self.is_stopped or line.is_ended:
                continue
            silent_for = loop.time() - line.heard_at
            if silent_for > DEAD_SECONDS:
                line.cut()
            elif silent_for > SILENT_SECONDS and loop.time() - asked_at > SILENT_SECONDS:
                asked_at = loop.time()
                self._say(Ping(id=self._id("i")))
            elif self._waits_in_vain():
                self._trouble(f"no answer to a post within {ANSWER_SECONDS:g} s")
                line.cut()

    def _waits_in_vain(self) -> bool:
        if not self._outbox or self._outbox[0].re is None:
            return False
        # Whoever has not read cannot say that nothing came.
        since = max(self._outbox[0].sent_at, self._read_on_at)
        return time.monotonic() - since > ANSWER_SECONDS

    def _delay(self) -> float:
        announced, self._announced_delay = self._announced_delay, None
        if announced is not None:
            return announced
        if not self.has_jitter:
            return 0.0
        return self._draw.uniform(0, min(RECONNECT_MAX_SECONDS, 2.0**self._failures))

    def line_ended(self, line: Line, code: int) -> None:
        if line is not self.line and self.line is not None:
            return
        now = time.monotonic()
        self.is_stopped = False
        self._tally.closed[code] = self._tally.closed.get(code, 0) + 1
        if self.is_welcome:
            self._write(history.Close(t=now, tab=self.name, socket=self._socket, code=code))
            is_calm = now - self._opened_at > CALM_SECONDS
            self._failures = 0 if is_calm else self._failures + 1
        else:
            self._failures += 1
        self.is_welcome = False
        self._sync_id = self._watch_id = None
        self._catching_up.clear()
        for post in self._outbox:
            post.re = None
        if code in {CloseCode.PROTOCOL_ABUSE, CloseCode.SESSION_ENDED, CloseCode.ACCESS_ENDED}:
            self._trouble(f"the socket was closed with {code}")
        self._gone.set()

    # ── What comes in ───────────────────────────────────────────────────────────────────────

    def frame_received(self, line: Line, payload: bytes) -> None:
        if self.line is None:
            # The first frame may come together with the end of the handshake.
            self.line = line
        try:
            frame = _decode(payload)
        except msgspec.DecodeError as error:
            self._trouble(f"a frame that is none: {error}: {payload[:200]!r}")
            return
        handler = self._handlers.get(frame.type)
        if handler:
            handler(frame)
        elif frame.seq is not None and frame.stream is not None:
            self._on_event(frame, is_page=False)
        else:
            self._trouble(f"an unknown frame: {frame.type}")

    def _on_page(self, frame: _Incoming) -> None:
        for raw in frame.events:
            self._on_event(_decode(raw), is_page=True)

    def _on_reset(self, frame: _Incoming) -> None:
        self._begin(frame.stream or "", frame.seq or 0, why="reset")

    def _on_draining(self, frame: _Incoming) -> None:
        self._announced_delay = frame.reconnect_after_ms / 1000

    def _on_presence_changed(self, frame: _Incoming) -> None:
        self._on_presence(frame.users or {}, asked=False)

    def _ignore(self, frame: _Incoming) -> None:
        """Nothing that could be judged."""

    def _on_welcome(self, frame: _Incoming) -> None:
        now = time.monotonic()
        self._opened_at = now
        self.is_welcome = True
        self._tally.opened += 1
        self._write(
            history.Open(
                t=now,
                tab=self.name,
                user=self.user_id,
                socket=self._socket,
                instance=frame.instance,
                epoch=frame.epoch,
            )
        )
        is_other_history = self.epoch not in {None, frame.epoch}
        self.epoch = frame.epoch
        self._own_head = frame.streams.get(f"u:{self.user_id}", 0)
        for stream in [stream for stream in self.cursors if stream not in frame.streams]:
            self._end(stream, why="absent")
        self._bases = dict(self.cursors)
        for stream, seq in frame.streams.items():
            if is_other_history:
                self._begin(stream, seq, why="epoch")
            elif stream not in self.cursors:
                self._begin(stream, seq, why="welcome")
            elif self.cursors[stream] != seq:
                self._catching_up.add(stream)
        if self._catching_up:
            self._sync()
        self.watch()
        self._send_next()

    def _on_event(self, frame: _Incoming, *, is_page: bool) -> None:
        stream, seq = frame.stream, frame.seq
        if stream is None or seq is None:
            self._trouble(f"an event without a place: {frame.type}")
            return
        last = self.cursors.get(stream)
        now = time.monotonic()
        if last is None:
            # While the own stream is behind, what opened this one may still be on its way; then it
            # comes again after that.
            if f"u:{self.user_id}" not in self._catching_up:
                self._write(
                    history.Stray(t=now, tab=self.name, socket=self._socket, stream=stream, seq=seq)
                )
            return
        if seq <= last and (is_page or seq <= self._bases.get(stream, 0)):
            return
        if seq > last + 1 and stream in self._catching_up and not is_page:
            # The pages that were asked for will bring it in its place.
            return
        message = frame.message if frame.type == _POSTED else None
        self._tally.applied += 1
        self._write(
            history.Apply(
                t=now,
                tab=self.name,
                socket=self._socket,
                stream=stream,
                seq=seq,
                type=frame.type,
                client_id=message.client_id if message else None,
                hash=hash_of(message.text) if message else "",
                page=is_page,
            )
        )
        if seq > last:
            # Also over a hole. Asking for what is missing would heal what must never have happened,
            # and where nothing can heal it, it would go on for ever.
            self.cursors[stream] = seq
            self._follow(frame)

    def _follow(self, frame: _Incoming) -> None:
        # What `welcome` has counted already is in its list of streams too: that is the newer truth.
        if frame.seq is None or frame.seq <= self._own_head:
            return
        if frame.type == _ADDED and frame.channel:
            stream, seq = f"c:{frame.channel.id}", frame.channel.last_seq
            if self.cursors.get(stream, -1) < seq:
                self._begin(stream, seq, why="added")
        elif frame.type == _REMOVED and f"c:{frame.channel_id}" in self.cursors:
            self._end(f"c:{frame.channel_id}", why="removed")

    def _on_presence(self, users: dict[str, str], *, asked: bool) -> None:
        self._write(
            history.Presence(
                t=time.monotonic(), tab=self.name, socket=self._socket, users=users, asked=asked
            )
        )

    def _on_ok(self, frame: _Incoming) -> None:
        if frame.users is not None and frame.re == self._watch_id:
            self._on_presence(frame.users, asked=True)
        elif frame.re == self._sync_id:
            self._sync_id = None
            self._catching_up.clear()
        elif self._outbox and frame.re == self._outbox[0].re:
            post = self._outbox.popleft()
            self._tally.acknowledged += 1
            self._write(
                history.Acknowledged(
                    t=time.monotonic(),
                    tab=self.name,
                    client_id=post.client_id,
                    stream=f"c:{frame.channel_id}",
                    seq=frame.seq or 0,
                    message_id=frame.message_id or "",
                )
            )
            if frame.message_id:
                self.known_messages.append(frame.message_id)
            self._send_next()

    def _on_error(self, frame: _Incoming) -> None:
        self._tally.refused[frame.code] = self._tally.refused.get(frame.code, 0) + 1
        if frame.re is None or frame.code == "internal":
            self._trouble(f"error {frame.code} for {frame.re}: {frame.detail}")
        if frame.re == self._sync_id:
            self._sync_id = None
            self._later(self._sync)
        elif frame.re == self._watch_id:
            self._later(self.watch)
        elif self._outbox and frame.re == self._outbox[0].re:
            post = self._outbox[0]
            post.re = None
            self._write(
                history.Refused(
                    t=time.monotonic(),
                    tab=self.name,
                    client_id=post.client_id,
                    code=frame.code,
                    retryable=frame.retryable,
                )
            )
            if frame.retryable:
                self._later(self._send_next)
            else:
                self._outbox.popleft()
                self._send_next()

    # ── What goes out ───────────────────────────────────────────────────────────────────────

    def _send_next(self) -> None:
        """Send the first post of the outbox, unless one is on its way."""
        if not self._outbox or not self.is_welcome or self._outbox[0].re is not None:
            return
        post = self._outbox[0]
        post.re = self._id("p")
        post.sent_at = now = time.monotonic()
        if post.was_sent:
            self._write(history.Resend(t=now, tab=self.name, client_id=post.client_id))
        else:
            post.was_sent = True
            self._tally.sent += 1
            self._write(
                history.Send(
                    t=now,
                    tab=self.name,
                    user=self.user_id,
                    stream=post.stream,
                    client_id=post.client_id,
                    hash=hash_of(post.text),
                )
            )
        self._say(
            PostMessage(
                id=post.re,
                channel_id=post.stream.removeprefix("c:"),
                client_id=post.client_id,
                text=post.text,
            )
        )

    def _sync(self) -> None:
        if self.is_welcome and self._sync_id is None:
            self._sync_id = self._id("s")
            self._say(Sync(id=self._sync_id, cursors=dict(self.cursors)))

    def _say(self, command: AnyCommand) -> None:
        if self.line and self.is_welcome:
            self.line.send(codec.encode(command))

    def _later(self, act: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_later(self._draw.uniform(0.5, 1.5) * RETRY_SECONDS, act)

    def _id(self, kind: str) -> str:
        return f"{kind}{next(self._ids)}"

    def _begin(
        self, stream: str, seq: int, *, why: Literal["welcome", "added", "reset", "epoch"]
    ) -> None:
        self.cursors[stream] = seq
        self._bases[stream] = seq
        self._write(
            history.Begin(
                t=time.monotonic(),
                tab=self.name,
                socket=self._socket,
                stream=stream,
                seq=seq,
                why=why,
            )
        )

    def _end(self, stream: str, *, why: Literal["removed", "absent"]) -> None:
        self.cursors.pop(stream, None)
        self._catching_up.discard(stream)
        self._write(
            history.End(
                t=time.monotonic(), tab=self.name, socket=self._socket, stream=stream, why=why
            )
        )

    def _trouble(self, what: str) -> None:
        self._write(history.Trouble(t=time.monotonic(), where=f"tab {self.name}", what=what))
