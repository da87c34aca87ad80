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

    def send(self, frame: bytes, *, ephemeral: bool) -> None:
        """Send a finished WebSocket frame. Never blocks, never raises."""

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
        follower.live = follower.cursor >= (self.top or 0)
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
