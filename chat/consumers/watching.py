"""Tells each socket of the presence of the people on its screen, and of nobody else."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Collection
from typing import Final

from presence import service
from presence.service import Door
from protocol.codec import encode
from protocol.events import PresenceChanged
from protocol.resources import PresenceState
from realtime import runtime
from realtime.letters import text_frame
from realtime.sinks import SocketSink
from realtime.tasks import keep_running

BATCH_SECONDS: Final = 0.5
REFRESH_SECONDS: Final = 15.0
"""How long a change that was missed can stay unnoticed."""


class Board:
    """The people who are watched from this process, and from which sockets."""

    def __init__(self) -> None:
        self.door = Door(on_change=self._changed, on_gap=self._refresh_soon)
        self._watchers: dict[int, set[SocketSink]] = defaultdict(set)
        self._watched_by: dict[SocketSink, set[int]] = {}
        self._known: dict[int, PresenceState] = {}
        self._pending: dict[SocketSink, dict[str, PresenceState]] = {}
        self._wake = asyncio.Event()
        self._tasks = [
            asyncio.create_task(keep_running("presence_batches", self._flush_for_ever)),
            asyncio.create_task(keep_running("presence_refresh", self._refresh_for_ever)),
        ]

    async def watch(self, sink: SocketSink, user_ids: Collection[int]) -> dict[str, PresenceState]:
        """Let the socket hear of these people from now on, and return how they are."""
        self.unwatch(sink)
        self._watched_by[sink] = set(user_ids)
        for user_id in user_ids:
            self._watchers[user_id].add(sink)
        states = await asyncio.to_thread(service.states, list(user_ids))
        for user_id in user_ids:
            if user_id in self._watchers:
                self._known[user_id] = states[str(user_id)]
        return states

    def unwatch(self, sink: SocketSink) -> None:
        """Let the socket hear of nobody."""
        self._pending.pop(sink, None)
        for user_id in self._watched_by.pop(sink, ()):
            watchers = self._watchers[user_id]
            watchers.discard(sink)
            if not watchers:
                del self._watchers[user_id]
                self._known.pop(user_id, None)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.door.close()

    def _changed(self, user_id: int, state: PresenceState) -> None:
        if user_id not in self._watchers or self._known.get(user_id) == state:
            return
        self._known[user_id] = state
        for sink in self._watchers[user_id]:
            self._pending.setdefault(sink, {})[str(user_id)] = state

    def _refresh_soon(self) -> None:
        self._wake.set()

    async def _flush_for_ever(self) -> None:
        while True:
            await asyncio.sleep(BATCH_SECONDS)
            pending, self._pending = self._pending, {}
            for sink, users in pending.items():
                sink.whisper(text_frame(encode(PresenceChanged(users=users))))

    async def _refresh_for_ever(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(REFRESH_SECONDS):
                    await self._wake.wait()
            self._wake.clear()
            watched = list(self._watchers)
            for user_id, state in (await asyncio.to_thread(service.states, watched)).items():
                self._changed(int(user_id), state)


_boards: dict[asyncio.AbstractEventLoop, Board] = {}


def board() -> Board:
    """Return the board of the running event loop; it closes with the runtime."""
    loop = asyncio.get_running_loop()
    found = _boards.get(loop)
    if found is None:
        found = _boards[loop] = Board()
        runtime.current().on_close(_close)
    return found


async def _close() -> None:
    found = _boards.pop(asyncio.get_running_loop(), None)
    if found is not None:
        await found.close()
