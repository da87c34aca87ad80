"""Tells each socket of the presence of the people on its screen, and of nobody else."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Final

import structlog

from chat import selectors
from presence import service
from presence.service import Door
from presence.store import READ_MAX, Change, Place, Seen
from protocol.codec import encode
from protocol.events import PresenceChanged
from protocol.resources import PresenceState
from realtime import runtime
from realtime.letters import text_frame
from realtime.pool import run_in_pool
from realtime.sinks import SocketSink
from realtime.tasks import keep_running, rest_before_asking_again

logger = structlog.stdlib.get_logger("parley.presence")

BATCH_SECONDS: Final = 0.5
LOOK_SECONDS: Final = 15.0
"""How long a change that was missed can stay unnoticed."""

NOWHERE: Final = Place("", 0)


class Board:
    """The people who are watched from this process, and from which sockets.

    It knows up to which change it has heard everything. When one is missing, when the link to Redis
    was gone, and now and then, it asks what has changed since: that is one comparison when nothing
    has. Only where that cannot be answered, or in another history, it reads all whom it watches.
    """

    def __init__(self) -> None:
        self.door = Door(on_change=self._changed, on_gap=self._look_soon)
        self._watchers: dict[int, set[SocketSink]] = defaultdict(set)
        self._asked_by: dict[SocketSink, set[int]] = {}
        self._watched_by: dict[SocketSink, set[int]] = {}
        self._sinks_of: dict[int, set[SocketSink]] = defaultdict(set)
        self._known: dict[int, tuple[int, PresenceState]] = {}
        self._place = NOWHERE
        self._pending: dict[SocketSink, dict[str, PresenceState]] = {}
        self._ejections = 0
        self._parted: set[int] = set()
        self._met: set[SocketSink] = set()
        self._wake = asyncio.Event()
        self._someone_moved = asyncio.Event()
        runtime.current().hub.on_ejected = self._ejected
        self._tasks = [
            asyncio.create_task(keep_running("presence_batches", self._flush_for_ever)),
            asyncio.create_task(keep_running("presence_looks", self._look_for_ever)),
            asyncio.create_task(keep_running("presence_nearness", self._follow_nearness)),
        ]

    async def watch(self, sink: SocketSink, user_ids: Collection[int]) -> dict[str, PresenceState]:
        """Let the socket hear from now on of those of these people who are near its person.

        Return how they are.
        """
        self.unwatch(sink)
        ejections = self._ejections
        if not user_ids:
            return {}
        asked = self._asked_by[sink] = set(user_ids)
        self._watched_by[sink] = set()
        self._sinks_of[sink.user_id].add(sink)
        near = await run_in_pool(selectors.those_near, asker_id=sink.user_id, user_ids=asked)
        if self._asked_by.get(sink) is not asked:
            return {}  # It has closed.
        self._add(sink, near)
        if self._ejections != ejections:
            # Meanwhile somebody has left a channel, and nobody knew yet whom that concerns here.
            self._ejected(sink.user_id)
        await self._read(list(near))
        # All that came meanwhile is in the answer, too.
        self._pending.pop(sink, None)
        watched = self._watched_by.get(sink, set())
        return {str(user_id): self._state_of(user_id) for user_id in watched}

    def met(self, sink: SocketSink) -> None:
        """The person of a socket has come into a channel: more of those asked about may be near."""
        if sink in self._asked_by:
            self._met.add(sink)
            self._someone_moved.set()

    def unwatch(self, sink: SocketSink) -> None:
        """Let the socket hear of nobody."""
        self._pending.pop(sink, None)
        self._met.discard(sink)
        self._asked_by.pop(sink, None)
        watched = self._watched_by.pop(sink, None)
        if watched is None:
            return
        for user_id in watched:
            self._drop(sink, user_id)
        mine = self._sinks_of[sink.user_id]
        mine.discard(sink)
        if not mine:
            del self._sinks_of[sink.user_id]

    def watched(self) -> dict[int, PresenceState]:
        """Return everybody who is watched from here, and how they are."""
        return {user_id: self._state_of(user_id) for user_id in self._watchers}

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.door.close()

    # ── What changes ────────────────────────────────────────────────────────────────────────

    def _changed(self, change: Change) -> None:
        epoch, version = change.place
        if epoch != self._place.epoch or version > self._place.version + 1:
            self._look_soon()
        elif version == self._place.version + 1:
            self._place = change.place
        if epoch == self._place.epoch:
            self._learn(change.user_id, version, change.state)

    def _learn(self, user_id: int, version: int, state: PresenceState) -> None:
        watchers = self._watchers.get(user_id)
        if not watchers:
            return
        known_version, known_state = self._known.get(user_id, (-1, "unknown"))
        # What is unknown may be found out at the very same version.
        if version < known_version or (version == known_version and known_state != "unknown"):
            return
        self._known[user_id] = (version, state)
        if state != known_state:
            for sink in watchers:
                self._pending.setdefault(sink, {})[str(user_id)] = state

    def _lose(self, user_ids: Iterable[int]) -> None:
        for user_id in user_ids:
            if self._known.pop(user_id, (0, "unknown"))[1] != "unknown":
                for sink in self._watchers.get(user_id, ()):
                    self._pending.setdefault(sink, {})[str(user_id)] = "unknown"

    def _state_of(self, user_id: int) -> PresenceState:
        return self._known.get(user_id, (0, "unknown"))[1]

    def _add(self, sink: SocketSink, user_ids: Iterable[int]) -> None:
        for user_id in user_ids:
            self._watched_by[sink].add(user_id)
            self._watchers[user_id].add(sink)

    def _drop(self, sink: SocketSink, user_id: int) -> None:
        watchers = self._watchers.get(user_id)
        if watchers is None:
            return
        watchers.discard(sink)
        if not watchers:
            del self._watchers[user_id]
            self._known.pop(user_id, None)

    async def _flush_for_ever(self) -> None:
        while True:
            await asyncio.sleep(BATCH_SECONDS)
            pending, self._pending = self._pending, {}
            for sink, users in pending.items():
                sink.whisper(text_frame(encode(PresenceChanged(users=users))))

    # ── What was missed ─────────────────────────────────────────────────────────────────────

    def _look_soon(self) -> None:
        self._wake.set()

    async def _look_for_ever(self) -> None:
        seconds = LOOK_SECONDS
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._wake.wait()
            self._wake.clear()
            seconds = LOOK_SECONDS
            if self._watchers:
                settles_ms = await self._look()
                if settles_ms:
                    # Then it can be said of more people how they are.
                    seconds = min(seconds, settles_ms / 1000 + BATCH_SECONDS)
                # Where much is lost, it is asked for together.
                await asyncio.sleep(BATCH_SECONDS)

    async def _look(self) -> int:
        """Find out what has changed. Return in how many ms it is settled who is offline."""
        look = await asyncio.to_thread(service.look, self._place)
        if look is None:
            self._place = NOWHERE
            self._lose(list(self._known))
            return 0
        epoch, version = look.seen.place
        if epoch != self._place.epoch:
            # What was known is of another history; it is shown until that one has been read.
            self._known = {user_id: (-1, state) for user_id, (_, state) in self._known.items()}
            self._place = look.seen.place
        elif version > self._place.version:
            self._place = look.seen.place
        if look.is_all:
            for user_id, state in look.seen.states.items():
                self._learn(user_id, version, state)
            unread = [one for one in self._watchers if self._state_of(one) == "unknown"]
        else:
            unread = list(self._watchers)
        await self._read(unread)
        return look.seen.settles_ms

    async def _read(self, user_ids: list[int]) -> None:
        for start in range(0, len(user_ids), READ_MAX):
            some = user_ids[start : start + READ_MAX]
            self._take(some, await asyncio.to_thread(service.read, some))

    def _take(self, user_ids: list[int], seen: Seen | None) -> None:
        if seen is None:
            self._place = NOWHERE
            self._lose(user_ids)
        elif seen.place.epoch == self._place.epoch:
            for user_id, state in seen.states.items():
                self._learn(user_id, seen.place.version, state)
        else:
            # Of a history of which nothing is known here yet: how they are is as good as any, and
            # the next look reads all.
            for user_id, state in seen.states.items():
                self._learn(user_id, self._known.get(user_id, (-1, ""))[0], state)
            self._look_soon()

    # ── Who may no longer hear of whom ──────────────────────────────────────────────────────

    def _ejected(self, user_id: int) -> None:
        """Somebody is out of a channel: it may have been the last that they shared with others."""
        self._ejections += 1
        if user_id in self._watchers or user_id in self._sinks_of:
            self._parted.add(user_id)
            self._someone_moved.set()

    async def _follow_nearness(self) -> None:
        while True:
            await self._someone_moved.wait()
            self._someone_moved.clear()
            while self._parted or self._met:
                parted, met = set(self._parted), set(self._met)
                try:
                    for user_id in parted:
                        self._parted.discard(user_id)
                        await self._part(user_id)
                    for sink in met:
                        self._met.discard(sink)
                        await self._meet(sink)
                except Exception as error:  # noqa: BLE001 - whatever it is, they may have parted
                    logger.warning("PRESENCE_NEARNESS_FAILED", reason=type(error).__name__)
                    self._parted |= parted
                    self._met |= met & self._asked_by.keys()
                    await rest_before_asking_again()

    async def _part(self, user_id: int) -> None:
        own = list(self._sinks_of.get(user_id, ()))
        others = {sink.user_id for sink in self._watchers.get(user_id, ())}
        others.update(*(self._watched_by[sink] for sink in own))
        # Of whoever is watched only since then it was just found out that they are near.
        far = others - await run_in_pool(selectors.those_near, asker_id=user_id, user_ids=others)
        for sink in own:
            for other in self._watched_by.get(sink, set()) & far:
                self._take_from(sink, other)
        for sink in list(self._watchers.get(user_id, ())):
            if sink.user_id in far:
                self._take_from(sink, user_id)

    async def _meet(self, sink: SocketSink) -> None:
        asked = self._asked_by.get(sink)
        if asked is None:
            return
        near = await run_in_pool(selectors.those_near, asker_id=sink.user_id, user_ids=asked)
        if self._asked_by.get(sink) is not asked:
            return
        new = near - self._watched_by[sink]
        self._add(sink, new)
        await self._read(list(new))
        for user_id in new & self._watched_by.get(sink, set()):
            self._pending.setdefault(sink, {})[str(user_id)] = self._state_of(user_id)

    def _take_from(self, sink: SocketSink, user_id: int) -> None:
        self._watched_by[sink].discard(user_id)
        self._drop(sink, user_id)
        self._pending.setdefault(sink, {})[str(user_id)] = "unknown"


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
