"""What a process knows of a stream: who hears it here, its last events, what came too early."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import Final, Protocol

from realtime.letters import Letter

RING_SIZE: Final = 256
RING_BYTES: Final = 512 * 1024
"""The last events of a stream that are kept, whichever is less: most resumes need no database."""

FRUITLESS_MAX: Final = 20
"""How often the log is looked through for something that came too early and is not in it."""

WAITING_MAX: Final = 1_000
NONCES_KEPT: Final = 1_000


class Sink(Protocol):
    """The end of a socket, as the hub sees it."""

    user_id: int

    def deliver(self, frame: bytes) -> bool:
        """Send the finished frame of an event now; False, and nothing, when the sink is full."""

    def join(self, frame: bytes) -> bool:
        """Send it a moment later, in one write with what else has come by then."""

    def whisper(self, frame: bytes) -> None:
        """Send the finished frame of something that can be done without."""

    @property
    def is_full(self) -> bool:
        """Whether so much waits for the client to read that no event may be added."""

    async def drained(self) -> None:
        """Return when events may be sent again, or never will be."""

    def buffered_bytes(self) -> int:
        """Return how much waits for the client to read."""

    def give_up(self) -> None:
        """End a client that reads too slowly, and forget what waits for it."""

    def doubt(self) -> None:
        """Ask again whether what opened the socket still counts."""

    def end(self, code: int) -> None:
        """Close the socket with a code, and send nothing more."""

    def stream_opened(self, stream: str, *, after: int) -> None:
        """The user hears another stream from now on."""

    def stream_closed(self, stream: str) -> None:
        """The user hears this stream no longer."""


@dataclass(slots=True)
class Follower:
    """One socket's place in one stream.

    While it is live it is wherever the stream is, so `cursor` and `told` are not written with each
    event: `LocalStream.settle` does when somebody has to know them.

    `told` is the highest seq whose consequences (another stream opens or ends) the socket knows.
    It is not set back when the socket asks for the past again. `base` is the seq of which the
    socket was told when it began: what came after it was sent while it was there.
    """

    cursor: int
    live: bool
    told: int
    base: int = 0


@dataclass(slots=True)
class LocalStream:
    """A stream that somebody here hears.

    Attributes:
        top: the seq up to which it was forwarded; None before that is known.
        ring: the last events, in order.
        waiting: what came too early, by seq.
        filling: what looks in the log for what is missing.
        fruitless: how often that has found nothing.
        opened_at: when somebody last began to hear it, by the loop's clock.
    """

    name: str
    top: int | None = None
    followers: dict[Sink, Follower] = field(default_factory=dict)
    _abreast: tuple[Sink, ...] | None = None
    _ahead: tuple[tuple[Sink, Follower], ...] = ()
    ring: deque[Letter] = field(default_factory=deque)
    ring_bytes: int = 0
    waiting: dict[int, Letter] = field(default_factory=dict)
    filling: asyncio.Task[None] | None = None
    fruitless: int = 0
    opened_at: float = 0.0

    def count_fill(self, *, was_fruitless: bool) -> None:
        """Give up what nobody has committed. If somebody has after all, the head check finds it."""
        self.fruitless = self.fruitless + 1 if was_fruitless else 0
        if self.fruitless >= FRUITLESS_MAX:
            self.fruitless = 0
            self.waiting.clear()

    # ── Who hears it ────────────────────────────────────────────────────────────────────────

    def put(self, sink: Sink, follower: Follower) -> None:
        """Give a sink a place, instead of the one that it had."""
        self.followers[sink] = follower
        self._abreast = None

    def remove(self, sink: Sink) -> None:
        """Take a sink's place away, if it has one."""
        self.followers.pop(sink, None)
        self._abreast = None

    def clear(self) -> None:
        """Take the places of all away."""
        self.followers.clear()
        self._abreast = None

    def go_live(self, follower: Follower) -> None:
        """Let a follower that is where the stream is go on with it."""
        follower.live = True
        self._abreast = None

    def fall_behind(self, follower: Follower, *, after: int) -> None:
        """Let the stream go on without a live follower, which has heard it up to this seq."""
        follower.cursor = max(follower.cursor, after)
        follower.told = max(follower.told, after)
        follower.live = False
        self._abreast = None

    def settle(self, follower: Follower) -> None:
        """Write down where a follower is."""
        if follower.live:
            top = self.top or 0
            follower.cursor = max(follower.cursor, top)
            follower.told = max(follower.told, top)

    def place(self, follower: Follower) -> int:
        """Return the seq up to which a follower was sent everything."""
        return max(follower.cursor, self.top or 0) if follower.live else follower.cursor

    def abreast(self) -> tuple[Sink, ...]:
        """Return the sinks to which the next event goes, made once for as long as they stay."""
        top = self.top or 0
        if self._ahead and any(follower.cursor <= top for _, follower in self._ahead):
            self._abreast = None
        if self._abreast is None:
            live = [(sink, one) for sink, one in self.followers.items() if one.live]
            self._abreast = tuple(sink for sink, one in live if one.cursor <= top)
            # These know already what is still to arrive here.
            self._ahead = tuple((sink, one) for sink, one in live if one.cursor > top)
        return self._abreast

    # ── What was told ───────────────────────────────────────────────────────────────────────

    def remember(self, letter: Letter) -> None:
        """Keep what was just forwarded."""
        if letter.rewrites:
            # The log has changed what it says of earlier events, and so must the memory.
            self.ring.clear()
            self.ring_bytes = 0
        self.ring.append(letter)
        self.ring_bytes += len(letter.payload)
        while len(self.ring) > RING_SIZE or self.ring_bytes > RING_BYTES:
            self.ring_bytes -= len(self.ring.popleft().payload)

    def recent(self, *, after: int, limit: int) -> list[Letter] | None:
        """Return the events after a seq; None when only the log knows them."""
        if self.ring and self.ring[0].seq <= after + 1:
            return [letter for letter in self.ring if letter.seq > after][:limit]
        return None

    def keep_waiting(self, letter: Letter) -> None:
        """Keep what came too early."""
        # What does not fit is in the log, and the fill that is due will read it there.
        if len(self.waiting) < WAITING_MAX:
            self.waiting[letter.seq] = letter

    def next_waiting(self) -> Letter | None:
        """Take out what is next in order, if it waits."""
        return None if self.top is None else self.waiting.pop(self.top + 1, None)

    def drop_told(self) -> None:
        """Let nothing wait that was forwarded meanwhile."""
        self.waiting = {seq: one for seq, one in self.waiting.items() if seq > (self.top or 0)}

    def has_arrived(self, sink: Sink, follower: Follower) -> bool:
        """Return whether a follower is where the stream is, or replaced. It is live then."""
        if self.followers.get(sink) is not follower or follower.live:
            return True
        if follower.cursor >= (self.top or 0):
            self.go_live(follower)
        return follower.live


class Copies:
    """Knows the last nonces, to tell an ephemeral letter from its own copies."""

    def __init__(self) -> None:
        self._known: dict[str, None] = {}

    def is_known(self, nonce: str) -> bool:
        """Return whether it came before, and know it from now on."""
        if nonce in self._known:
            return True
        self._known[nonce] = None
        if len(self._known) > NONCES_KEPT:
            del self._known[next(iter(self._known))]
        return False
