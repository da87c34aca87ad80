"""Frames that wait for the same sockets leave in one write.

A write to a socket costs the kernel the same, whether it carries one event or ten. So while more is
under way, what has come is kept for a moment and written together with what comes next. When
nothing else is under way, nothing waits.
"""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Iterator
from typing import Final, Protocol

JOIN_SECONDS: Final = 0.01
"""So long an event waits at most for others, and only while something else is under way."""

AT_ONCE: Final = 300
"""After so many writes the loop does something else, so that a large channel stalls nobody."""


RESTS_MAX: Final = 8
"""While events keep coming, they are written after so many times what the last writing took."""


class Leaver(Protocol):
    """What has frames that leave together."""

    def leave(self) -> None:
        """Write what has gathered."""


class Joiner:
    """When the sockets of a loop write what has gathered for them.

    Two things tell that waiting pays: commands that are being done here, each of which will be told
    to somebody; and that the last event was written less long ago than its writing took.
    """

    def __init__(self) -> None:
        self._leaving: deque[Leaver] = deque()
        self._under_way = 0
        self._began_at = 0.0
        self._rest_until = 0.0
        self._rests = 1
        self._timer: asyncio.Handle | None = None
        self._is_flushing = False

    @contextlib.contextmanager
    def under_way(self) -> Iterator[None]:
        """Expect something to tell until the block ends."""
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1
            if not self._under_way and self._leaving:
                self._flush_soon()

    def begin(self, sinks: int) -> bool:
        """Begin to hand an event to so many sinks. Return whether it should wait for others."""
        self._began_at = now = time.monotonic()
        if not self._leaving:
            # The longer it goes on, the more may gather.
            self._rests = min(RESTS_MAX, self._rests * 2) if now < self._rest_until else 1
        return (
            bool(self._leaving)
            # One of them is what tells this event.
            or self._under_way > 1
            or now < self._rest_until
            or sinks > AT_ONCE
        )

    def end(self) -> None:
        """End that. What has gathered leaves in time."""
        now = time.monotonic()
        if not self._leaving:
            self._rest(now, now - self._began_at)
        elif self._timer is None:
            rest = JOIN_SECONDS if self._under_way > 1 else self._rest_until - now
            if rest > 0:
                self._timer = asyncio.get_running_loop().call_later(rest, self._flush)
            else:
                self._flush_soon()

    def add(self, leaver: Leaver) -> None:
        """Let it write what has gathered for it when it is time."""
        self._leaving.append(leaver)

    def flush(self) -> None:
        """Let all that has gathered leave now."""
        while self._leaving:
            self._leaving.popleft().leave()

    def _rest(self, now: float, took: float) -> None:
        self._rest_until = now + min(JOIN_SECONDS, took * self._rests)

    def _flush_soon(self) -> None:
        if not self._is_flushing:
            self._is_flushing = True
            if self._timer is not None:
                self._timer.cancel()
            self._timer = asyncio.get_running_loop().call_soon(self._flush)

    def _flush(self) -> None:
        leaving, began_at = self._leaving, time.monotonic()
        for _ in range(min(AT_ONCE, len(leaving))):
            leaving.popleft().leave()
        now = time.monotonic()
        self._rest(now, now - began_at)
        self._is_flushing = bool(leaving)
        self._timer = asyncio.get_running_loop().call_soon(self._flush) if leaving else None
