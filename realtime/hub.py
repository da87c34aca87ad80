"""Puts what arrives back in order, fills holes from the log, and hands it to the local sockets.

There is one hub for each process. For every stream that somebody here hears it knows `top`: the
last seq that it forwarded. What comes next in order is forwarded; what was forwarded already is
dropped; what comes too early waits a moment, and then one read from the log fills the hole for
everyone. So the layer between the processes may lose, double and reorder: nobody here will see
it.
"""

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from typing import Final

import structlog
from django.db import DatabaseError, InterfaceError

from protocol.close_codes import CloseCode
from realtime.joining import Joiner
from realtime.letters import EPHEMERAL, Letter, text_frame
from realtime.log import Heads, fit
from realtime.streams import Copies, Follower, LocalStream, Sink
from realtime.tasks import rest_before_asking_again

logger = structlog.stdlib.get_logger("parley.hub")

HOLD_SECONDS: Final = 0.15
"""So long a hole may close itself: processes may publish in another order than they commit."""

BUFFERS_MAX_BYTES: Final = 256 * 1024 * 1024
"""What may wait for all clients of a process together; the slowest are ended first."""

BUFFER_CHECK_SECONDS: Final = 2.0
CATCH_UP_BATCH: Final = 50
PAST_BYTES: Final = 1024 * 1024
"""So much of the past is held for one socket at a time."""

UNHEARD_SECONDS: Final = 60.0
FILL_BATCH: Final = 200
HEAD_CHECK_SECONDS: Final = 5.0
HEAD_CHECK_SECONDS_ALONE: Final = 1.5
"""While the layer is gone the log is the only way to hear of other processes' events."""


ReadLog = Callable[[str, int, int], Awaitable[list[Letter]]]
"""(stream, after, limit) → the events after it."""

ReadHeads = Callable[[list[str]], Awaitable[Heads]]

RenewEpoch = Callable[[str], Awaitable[str]]
"""(old) → new: the log has lost what was forwarded already, so another history begins."""


class Hub:
    """The streams that somebody on this process hears.

    Everything here runs on one event loop, and what has no `await` in it is atomic.
    """

    def __init__(
        self,
        *,
        read_log: ReadLog,
        read_heads: ReadHeads,
        renew_epoch: RenewEpoch,
        is_layer_up: Callable[[], bool],
        joiner: Joiner,
        on_forward: Callable[[Letter, int], None] = lambda *_: None,
    ) -> None:
        self._read_log = read_log
        self._read_heads_in_epoch = read_heads
        self._renew_epoch = renew_epoch
        self._is_layer_up = is_layer_up
        self._joiner = joiner
        self._on_forward = on_forward
        self._streams: dict[str, LocalStream] = {}
        self._opening: dict[str, asyncio.Future[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        # A process hears its own letters again from the layer; a stock layer brings one to every
        # socket.
        self._copies = Copies()
        self.buffered_bytes = 0
        """What waited for all clients together when it was last looked at."""
        self.on_ejected: Callable[[int], None] = lambda _: None
        """Called with a user id when an event that is forwarded ends their hearing of a stream."""
        self.epoch = ""
        """The history that the tops belong to; "" before the log was first read."""
        self.counters: dict[str, int] = dict.fromkeys(
            ("forwarded", "duplicates", "gaps", "filled", "deliveries", "lags"), 0
        )

    # ── Who hears what ──────────────────────────────────────────────────────────────────────

    async def open(self, names: Iterable[str]) -> dict[str, int]:
        """Begin to hear these streams, and return the seq up to which each was forwarded.

        The caller must be in the layer's groups of these streams already: an event that is
        committed after the heads are read must arrive.

        Raises:
            DatabaseError: when the heads cannot be read.
        """
        names = list(names)
        now = asyncio.get_running_loop().time()
        for name in names:
            self._local(name).opened_at = now
        unknown = [name for name in names if self._local(name).top is None]
        mine = [name for name in unknown if name not in self._opening]
        if mine:
            done = asyncio.get_running_loop().create_future()
            self._opening |= dict.fromkeys(mine, done)
            try:
                heads = await self._read_heads(mine)
                for name, head in heads.items():
                    self._begin(self._local(name), head)
            finally:
                for name in mine:
                    del self._opening[name]
                    if self._local(name).top is None:
                        self._forget_unheard(name)
                done.set_result(None)
        for name in unknown:
            if name in self._opening:
                # Shielded: whoever waits and is cancelled must not cancel it for the others.
                await asyncio.shield(self._opening[name])
        if any(self._local(name).top is None for name in names):
            return await self.open(names)  # Somebody else's attempt failed: make our own.
        return {name: self._streams[name].top or 0 for name in names}

    def attach(self, sink: Sink, streams: dict[str, int]) -> None:
        """Let the sink hear open streams from after these seqs on, wherever the tops are.

        Seqs above a top are of events that have not arrived here yet: the sink knows them already.
        """
        for name, seq in streams.items():
            local = self._local(name)
            follower = Follower(cursor=seq, live=False, told=seq, base=seq)
            local.put(sink, follower)
            self._resume(local, sink, follower)

    async def follow(self, sink: Sink, name: str, *, after: int) -> None:
        """Let the sink hear a stream from a seq in its past, and then on.

        Raises:
            DatabaseError: when the log cannot be read.
        """
        top = (await self.open([name]))[name]
        local = self._local(name)
        known = local.followers.get(sink)
        if known is not None and local.place(known) >= after:
            return
        follower = Follower(cursor=after, live=after >= top, told=after, base=after)
        local.put(sink, follower)
        try:
            await self._deliver_past(local, sink, follower)
        except BaseException:
            # Unless somebody has given the sink a newer place meanwhile.
            if local.followers.get(sink) is follower:
                self.detach(sink, name)
            raise

    async def replay(
        self, sink: Sink, name: str, *, after: int, limit: int
    ) -> AsyncGenerator[tuple[list[Letter], bool], None]:
        """Yield a sink's past of a stream, and whether more follows; live delivery then goes on.

        Nothing of the stream is sent to the sink meanwhile, so the order on the socket is the order
        of the log. The caller sends what is yielded.

        Raises:
            DatabaseError: when the log cannot be read. Live delivery has gone on then.
        """
        local = self._local(name)
        known = local.followers.get(sink)
        if known is None:
            return
        local.settle(known)
        was = known.cursor
        # Another object: whatever else was catching up for this sink sees that it is replaced.
        follower = Follower(cursor=after, live=False, told=known.told, base=known.base)
        local.put(sink, follower)
        try:
            async for letters, more in self._past_of(local, sink, follower, limit=limit):
                set_back = self._set_back_what_opens(sink, follower, letters)
                try:
                    yield letters, more
                finally:
                    for other, place in set_back:
                        self._resume(other, sink, place)
                for letter in letters:
                    follower.cursor = letter.seq
                    self._tell_consequences(local, sink, follower, letter)
        finally:
            if local.followers.get(sink) is follower and not follower.live:
                follower.cursor = max(was, follower.cursor)
                self._resume(local, sink, follower)

    def place(self, sink: Sink, name: str) -> int | None:
        """Return the seq after which the sink hears a stream, if it does."""
        local = self._streams.get(name)
        follower = local.followers.get(sink) if local else None
        return local.place(follower) if local and follower else None

    def leave(self, sink: Sink) -> None:
        """Let the sink hear nothing more of anything."""
        for name in [name for name, local in self._streams.items() if sink in local.followers]:
            self.detach(sink, name)

    def detach(self, sink: Sink, name: str) -> None:
        """Let the sink hear nothing more of a stream."""
        local = self._streams.get(name)
        if local is not None:
            local.remove(sink)
            self._forget_unheard(name)

    def top(self, name: str) -> int | None:
        """Return the seq up to which a stream was forwarded here, if anybody hears it."""
        local = self._streams.get(name)
        return local.top if local else None

    def hearers(self, name: str) -> int:
        """Return how many sockets here hear a stream."""
        local = self._streams.get(name)
        return len(local.followers) if local else 0

    def hearers_by_stream(self) -> dict[str, int]:
        """Return how many sockets here hear each stream."""
        return {name: len(local.followers) for name, local in self._streams.items()}

    def tops(self) -> dict[str, int]:
        """Return the seq up to which each stream was forwarded here."""
        return {name: local.top or 0 for name, local in self._streams.items()}

    def sinks(self) -> set[Sink]:
        """Return the sockets that hear anything here."""
        return {sink for local in self._streams.values() for sink in local.followers}

    # ── What arrives ────────────────────────────────────────────────────────────────────────

    def receive(self, letter: Letter) -> None:
        """Take in what arrived from anywhere."""
        local = self._streams.get(letter.stream)
        if local is None or (letter.epoch and self.epoch and letter.epoch != self.epoch):
            return
        if letter.seq == EPHEMERAL:
            self._forward_ephemeral(local, letter)
        elif local.top is None:
            local.keep_waiting(letter)
        elif letter.seq <= local.top:
            self.counters["duplicates"] += 1
        elif letter.seq == local.top + 1:
            self._forward(local, letter)
            self._forward_waiting(local)
        else:
            local.keep_waiting(letter)
            self._fill_later(local, hold=HOLD_SECONDS)

    async def check_heads(self) -> None:
        """Compare every stream's top with the log, and fill what is missing.

        Finds what no letter told of: a link that died in silence, or a process that committed and
        was killed before it published.

        Raises:
            DatabaseError: when the heads cannot be read.
        """
        self._forget_all_unheard()
        # What is forwarded while the log is read may be newer than the answer.
        before = {name: one.top for name, one in self._streams.items() if one.top is not None}
        heads = await self._read_heads(list(before))
        if any(heads[name] < top for name, top in before.items() if name in self._streams):
            logger.warning("HISTORY_LOST", epoch=self.epoch)
            self._begin_again(await self._renew_epoch(self.epoch))
            return
        for name, head in heads.items():
            local = self._streams.get(name)
            if local is not None and local.top is not None and head > local.top:
                self._fill_later(local, hold=0)

    async def watch_heads(self) -> None:
        """Check the heads for ever, with jitter, so that processes do not ask all at once."""
        while True:
            period = HEAD_CHECK_SECONDS if self._is_layer_up() else HEAD_CHECK_SECONDS_ALONE
            await asyncio.sleep(period * random.uniform(0.8, 1.2))  # noqa: S311 - no secret
            try:
                await self.check_heads()
            except (DatabaseError, InterfaceError) as error:
                logger.warning("HEAD_CHECK_FAILED", reason=type(error).__name__)

    async def watch_buffers(self) -> None:
        """Keep what waits for all clients together within bounds, for ever."""
        while True:
            await asyncio.sleep(BUFFER_CHECK_SECONDS)
            self._shed()

    async def close(self) -> None:
        """Stop whatever is under way."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # ── Inside ──────────────────────────────────────────────────────────────────────────────

    async def _read_heads(self, names: list[str]) -> dict[str, int]:
        while True:
            known = self.epoch
            heads = await self._read_heads_in_epoch(names)
            # Else an answer that took long could bring back a history that has ended meanwhile.
            if self.epoch == known:
                break
        if self.epoch and heads.epoch != self.epoch:
            self._begin_again(heads.epoch)
        self.epoch = heads.epoch
        return heads.seqs

    def _begin_again(self, epoch: str) -> None:
        """Forget everything: it belongs to a history that has ended. The clients come back."""
        streams, self._streams = self._streams, {}
        self.epoch = epoch
        sinks = {sink for local in streams.values() for sink in local.followers}
        for local in streams.values():
            # Whoever is catching up sees that its follower is gone.
            local.clear()
            if local.filling is not None:
                local.filling.cancel()
        for sink in sinks:
            sink.end(CloseCode.RESTART)

    def _shed(self) -> None:
        waiting = {sink: sink.buffered_bytes() for sink in self.sinks()}
        total = self.buffered_bytes = sum(waiting.values())
        for sink in sorted(waiting, key=waiting.__getitem__, reverse=True):
            if total <= BUFFERS_MAX_BYTES:
                return
            total -= waiting[sink]
            sink.give_up()

    def _local(self, name: str) -> LocalStream:
        local = self._streams.get(name)
        if local is None:
            local = self._streams[name] = LocalStream(name)
        return local

    def _begin(self, local: LocalStream, head: int) -> None:
        if local.top is None:
            local.top = head
            local.drop_told()
            self._forward_waiting(local)
            if local.waiting:
                self._fill_later(local, hold=HOLD_SECONDS)

    def _forward_waiting(self, local: LocalStream) -> None:
        while (letter := local.next_waiting()) is not None:
            self._forward(local, letter)

    def _forward(self, local: LocalStream, letter: Letter) -> None:
        frame = text_frame(letter.payload)
        if letter.changes_who_hears:
            sent = self._forward_one_by_one(local, letter, frame)
        else:
            sent = self._forward_to_all(local, letter, frame)
        self.counters["forwarded"] += 1
        self.counters["deliveries"] += sent
        self._on_forward(letter, sent)
        if letter.ejects_user_id:
            self.on_ejected(letter.ejects_user_id)

    def _forward_to_all(self, local: LocalStream, letter: Letter, frame: bytes) -> int:
        # Nobody comes or goes meanwhile: the sinks are told nothing but the frame.
        sinks, before = local.abreast(), local.top or 0
        if self._joiner.begin(len(sinks)):
            full = [sink for sink in sinks if not sink.join(frame)]
        else:
            full = [sink for sink in sinks if not sink.deliver(frame)]
        self._joiner.end()
        self._note(local, letter)
        for sink in full:
            self._lag(local, sink, local.followers[sink], after=before)
        return len(sinks) - len(full)

    def _forward_one_by_one(self, local: LocalStream, letter: Letter, frame: bytes) -> int:
        before, sent = local.top or 0, 0
        self._note(local, letter)
        for sink, follower in [one for one in local.followers.items() if one[1].live]:
            # A sink may detach itself while it is told. And some know already what arrives here.
            if not follower.live or follower.cursor >= letter.seq:
                continue
            if self._hand_over(local, sink, follower, letter, frame):
                sent += 1
            else:
                self._lag(local, sink, follower, after=before)
        return sent

    @staticmethod
    def _note(local: LocalStream, letter: Letter) -> None:
        local.top = letter.seq
        local.remember(letter)

    def _lag(self, local: LocalStream, sink: Sink, follower: Follower, *, after: int) -> None:
        # Nothing more is kept for it: when it has read, the log has all that it missed.
        self.counters["lags"] += 1
        local.fall_behind(follower, after=after)
        self._resume(local, sink, follower)

    def _hand_over(
        self, local: LocalStream, sink: Sink, follower: Follower, letter: Letter, frame: bytes
    ) -> bool:
        if not sink.deliver(frame):
            return False
        follower.cursor = letter.seq
        self._tell_consequences(local, sink, follower, letter)
        return True

    def _tell_consequences(
        self, local: LocalStream, sink: Sink, follower: Follower, letter: Letter
    ) -> None:
        if letter.seq <= follower.told:
            return
        follower.told = letter.seq
        if letter.opens:
            sink.stream_opened(letter.opens, after=letter.opens_after)
        if letter.closes:
            self.detach(sink, letter.closes)
            sink.stream_closed(letter.closes)
        if letter.ejects_user_id and letter.ejects_user_id == sink.user_id:
            self.detach(sink, local.name)
            sink.stream_closed(local.name)

    def _forward_ephemeral(self, local: LocalStream, letter: Letter) -> None:
        if letter.nonce and self._copies.is_known(letter.nonce):
            self.counters["duplicates"] += 1
            return
        if letter.doubts:
            for sink in list(local.followers):
                sink.doubt()
            return
        frame = text_frame(letter.payload)
        sent = 0
        for sink, follower in list(local.followers.items()):
            if follower.live and sink.user_id != letter.origin_user_id:
                sink.whisper(frame)
                sent += 1
        self._on_forward(letter, sent)

    async def _past_of(
        self, local: LocalStream, sink: Sink, follower: Follower, *, limit: int
    ) -> AsyncGenerator[tuple[list[Letter], bool], None]:
        """Yield what lies between a follower and the top, until it is live or gone."""
        while not local.has_arrived(sink, follower):
            letters = await self._next_past(local, sink, follower, limit=limit)
            if local.followers.get(sink) is follower:
                yield letters, letters[-1].seq < (local.top or 0)

    async def _next_past(
        self, local: LocalStream, sink: Sink, follower: Follower, *, limit: int
    ) -> list[Letter]:
        letters = local.recent(after=follower.cursor, limit=limit)
        if letters is None:
            letters = await self._read_log(local.name, follower.cursor, limit)
        top = local.top or 0
        letters = [letter for letter in letters if letter.seq <= top]
        if not letters:
            raise DatabaseError("The log does not hold what was forwarded.")
        for count, letter in enumerate(letters, 1):
            if letter.ejects_user_id == sink.user_id and letter.seq > follower.told:
                return letters[:count]
        return list(fit(letters, max_bytes=PAST_BYTES))

    def _set_back_what_opens(
        self, sink: Sink, follower: Follower, letters: list[Letter]
    ) -> list[tuple[LocalStream, Follower]]:
        """Hold the streams that these letters open, and let them begin anew after that.

        The letters were sent when they happened, and the streams flowed; but the sink was behind,
        and could not make anything of either until it is told now what lies between.
        """
        held = []
        for letter in letters:
            local = self._streams.get(letter.opens) if letter.opens else None
            known = local.followers.get(sink) if local else None
            if local is None or known is None or not follower.base < letter.seq <= follower.told:
                continue
            local.settle(known)
            after = min(known.cursor, letter.opens_after)
            place = Follower(cursor=after, live=False, told=known.told, base=known.base)
            local.put(sink, place)
            held.append((local, place))
        return held

    def _resume(self, local: LocalStream, sink: Sink, follower: Follower) -> None:
        if follower.cursor >= (local.top or 0):
            local.go_live(follower)
            return
        task = asyncio.create_task(self._catch_up(local, sink, follower))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _catch_up(self, local: LocalStream, sink: Sink, follower: Follower) -> None:
        while True:
            try:
                await self._deliver_past(local, sink, follower)
            except (DatabaseError, InterfaceError) as error:
                logger.warning("CATCH_UP_FAILED", stream=local.name, reason=type(error).__name__)
                await rest_before_asking_again()
            else:
                return

    async def _deliver_past(self, local: LocalStream, sink: Sink, follower: Follower) -> None:
        await sink.drained()
        while not local.has_arrived(sink, follower):
            # Nothing that was read is kept while the client reads: it would be bounded by nothing,
            # and what was deleted meanwhile must not be sent.
            for letter in await self._next_past(local, sink, follower, limit=CATCH_UP_BATCH):
                if local.followers.get(sink) is not follower:
                    break
                frame = text_frame(letter.payload)
                if not self._hand_over(local, sink, follower, letter, frame):
                    break
            await sink.drained()

    def _forget_unheard(self, name: str) -> None:
        local = self._streams.get(name)
        if local is not None and not local.followers and name not in self._opening:
            del self._streams[name]
            if local.filling is not None:
                local.filling.cancel()

    def _forget_all_unheard(self) -> None:
        # Opened for a socket that was gone before it could follow.
        now = asyncio.get_running_loop().time()
        for local in list(self._streams.values()):
            if not local.followers and now - local.opened_at > UNHEARD_SECONDS:
                self._forget_unheard(local.name)

    def _fill_later(self, local: LocalStream, *, hold: float) -> None:
        if local.filling is None:
            local.filling = asyncio.create_task(self._fill(local, hold=hold))
            self._tasks.add(local.filling)
            local.filling.add_done_callback(self._tasks.discard)

    async def _fill(self, local: LocalStream, *, hold: float) -> None:
        try:
            if hold:
                await asyncio.sleep(hold)
                if not local.waiting:
                    return
            self.counters["gaps"] += 1
            before = local.top
            while local.top is not None:
                try:
                    letters = await self._read_log(local.name, local.top, FILL_BATCH)
                except (DatabaseError, InterfaceError) as error:
                    logger.warning("FILL_FAILED", stream=local.name, reason=type(error).__name__)
                    await rest_before_asking_again()
                    continue
                for letter in letters:
                    if letter.seq == local.top + 1:
                        self.counters["filled"] += 1
                        self._forward(local, letter)
                local.drop_told()
                self._forward_waiting(local)
                if len(letters) < FILL_BATCH:
                    local.count_fill(was_fruitless=local.top == before)
                    return
        except asyncio.CancelledError:
            local.waiting.clear()
            raise
        finally:
            local.filling = None
            if local.waiting:
                # Committed but not yet seen by that read: look again, with patience.
                self._fill_later(local, hold=HOLD_SECONDS)
