"""What one process has of the realtime machinery: its hub, its way out to the others, its state.

There is one runtime for an event loop, and in production one event loop for a process.
"""

import asyncio
import contextlib
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

import msgspec
import structlog
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from redis.exceptions import RedisError

from metrics.instruments import BROADCASTS, REDIS_SECONDS, ROUNDTRIP_SECONDS
from realtime import answering, letters, log
from realtime.connections import connections
from realtime.high_water import HighWater
from realtime.hub import Hub
from realtime.inquiries import Answer, Question, Respondent
from realtime.joining import Joiner
from realtime.layer import HubLoopLayer
from realtime.letters import EPHEMERAL, Letter
from realtime.pool import run_in_pool
from realtime.registry import Report, Reporter
from realtime.tasks import end, keep_running
from realtime.together import Together
from realtime.traffic import traffic

logger = structlog.stdlib.get_logger("parley.runtime")

OUTBOX_MAX: Final = 10_000
"""Letters that wait for Redis. What does not fit is found in the log by the other processes."""

LayerFailure = RedisError
"""What a layer raises when Redis cannot be reached."""

AWAY_MAX: Final = 1_000
"""Of so many events that are on their way through Redis it is known when they left."""

# Looked up once: they count for each message.
_PUBLISH_SECONDS: Final = REDIS_SECONDS.labels("publish")
_PUBLISHED: Final = BROADCASTS.labels("ok")

PUBLISH_BATCH: Final = 100
REST_AFTER_FAILURE_SECONDS: Final = 1.0


class Runtime:
    """The hub of this loop and the task that publishes for it."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.layer: Any = get_channel_layer()
        # Those who come back at the same time ask the database together.
        self._pasts: Together[log.Past, list[Letter]] = Together(
            "pasts",
            answer=lambda one: log.read(one.stream, after=one.after, limit=one.limit),
            answer_all=log.read_all,
        )
        self._heads: Together[list[str], log.Heads] = Together(
            "heads", answer=log.heads_in_epoch, answer_all=log.heads_in_epoch_of_all
        )
        self.joiner = Joiner()
        self.hub = Hub(
            joiner=self.joiner,
            read_log=self._read_log,
            read_heads=self._read_heads,
            renew_epoch=self._renew_epoch,
            is_layer_up=lambda: self.is_layer_up,
            on_forward=_note_delivery,
        )
        self.is_layer_up = True
        self.is_draining = False
        self._outbox: deque[Letter] = deque(maxlen=OUTBOX_MAX)
        self._away: dict[tuple[str, int], float] = {}
        self._wake = asyncio.Event()
        hub_layer = hub_layer_of(self.layer)
        if hub_layer is not None:
            # A consumer may have met the layer before anybody asked for the runtime.
            self.is_layer_up = hub_layer.link.is_up
            hub_layer.on_letter = self.arrive
            hub_layer.on_link = self._link_changed
            hub_layer.link.start()
        self._reporter = Reporter(self.hub, is_draining=lambda: self.is_draining)
        self._respondent = Respondent(self._reporter.id, self._answer)
        self._high_water = HighWater(self.hub)
        self._tasks = [
            asyncio.create_task(keep_running(name, task))
            for name, task in {
                "publish": self._publish_for_ever,
                "heads": self.hub.watch_heads,
                "buffers": self.hub.watch_buffers,
                "report": self._reporter.run,
                "questions": self._respondent.run,
                "high_water": self._high_water.run,
            }.items()
        ]
        self._soon: set[asyncio.Task[None]] = set()
        self._closers: list[Callable[[], Awaitable[None]]] = []

    def on_close(self, closer: Callable[[], Awaitable[None]]) -> None:
        """Have something of this loop closed together with the runtime."""
        self._closers.append(closer)

    def arrive(self, letter: Letter) -> None:
        """Take in what came from the layer."""
        left_at = self._away.pop((letter.stream, letter.seq), None)
        if left_at is not None:
            ROUNDTRIP_SECONDS.observe(time.perf_counter() - left_at)
        self.hub.receive(letter)

    def send(self, letter: Letter) -> None:
        """Hand a letter to the local sockets and to the others. Any thread may call this."""
        self.send_all([letter])

    def send_all(self, letters: Sequence[Letter]) -> None:
        """Hand letters over, in order, waking the loop once. Any thread may call this."""
        self.loop.call_soon_threadsafe(self._send_all, letters)

    @property
    def report(self) -> Report | None:
        """What this process last said of itself. Any thread may read it."""
        return self._reporter.last

    async def close(self) -> None:
        """Stop everything."""
        for closer in self._closers:
            await closer()
        await end([*self._tasks, *self._soon])
        await self.hub.close()
        await self._pasts.close()
        await self._heads.close()
        if hub_layer_of(self.layer) is not None:
            await self.layer.flush()

    def _send_all(self, letters: Sequence[Letter]) -> None:
        for letter in letters:
            self._send(letter)

    def _answer(self, question: Question) -> Answer:
        return answering.answer(
            question, hub=self.hub, open_here=connections, is_draining=self.is_draining
        )

    def _send(self, letter: Letter) -> None:
        # The local sockets hear it at once, whatever becomes of Redis; the copy that comes back
        # from there is dropped as a repeat.
        self.hub.receive(letter)
        self._outbox.append(msgspec.structs.replace(letter, epoch=self.hub.epoch))
        if letter.seq != EPHEMERAL and self.hub.hearers(letter.stream):
            # Only what is heard here comes back.
            self._away[letter.stream, letter.seq] = time.perf_counter()
            if len(self._away) > AWAY_MAX:
                del self._away[next(iter(self._away))]
        self._wake.set()

    async def _publish_for_ever(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._outbox:
                batch = [
                    self._outbox.popleft() for _ in range(min(PUBLISH_BATCH, len(self._outbox)))
                ]
                try:
                    await self._publish(batch)
                except Exception as error:  # noqa: BLE001 - whatever a layer raises, posts go on
                    # Not kept for later: the others will have read it in the log by then.
                    BROADCASTS.labels("failed").inc(len(batch))
                    self._layer_is(up=False, reason=type(error).__name__)
                    await asyncio.sleep(REST_AFTER_FAILURE_SECONDS)
                else:
                    hub_layer = hub_layer_of(self.layer)
                    if hub_layer is None or hub_layer.link.is_up:
                        self._layer_is(up=True, reason="")

    async def _publish(self, batch: list[Letter]) -> None:
        messages = [(letters.group(one.stream), letters.to_message(one)) for one in batch]
        hub_layer = hub_layer_of(self.layer)
        began_at = time.perf_counter()
        if hub_layer is not None:
            await hub_layer.group_send_many(messages)
        else:
            for group, message in messages:
                await self.layer.group_send(group, message)
        _PUBLISH_SECONDS.observe(time.perf_counter() - began_at)
        _PUBLISHED.inc(len(batch))
        for letter in batch:
            if letter.seq != EPHEMERAL:
                logger.info("BROADCAST", stream=letter.stream, seq=letter.seq)

    def _link_changed(self, is_up: bool) -> None:  # noqa: FBT001 - a callback's only argument
        self._layer_is(up=is_up, reason="link")
        if is_up:
            # Whatever was published while the link was down is only in the log.
            task = asyncio.create_task(self._check_heads())
            self._soon.add(task)
            task.add_done_callback(self._soon.discard)

    async def _check_heads(self) -> None:
        try:
            await self.hub.check_heads()
        except Exception as error:  # noqa: BLE001 - the periodic check will try again
            logger.warning("HEAD_CHECK_FAILED", reason=type(error).__name__)

    def _layer_is(self, *, up: bool, reason: str) -> None:
        if self.is_layer_up != up:
            self.is_layer_up = up
            if not up:
                logger.warning("LAYER_DEGRADED", reason=reason)

    async def _read_log(self, stream: str, after: int, limit: int) -> list[Letter]:
        return await self._pasts.ask(log.Past(stream=stream, after=after, limit=limit))

    async def _read_heads(self, names: list[str]) -> log.Heads:
        return await self._heads.ask(names)

    @staticmethod
    async def _renew_epoch(old: str) -> str:
        return await run_in_pool(log.renew_epoch, old)


def _note_delivery(letter: Letter, sockets: int) -> None:
    traffic.delivered(letter, sockets)
    if sockets and letter.seq != EPHEMERAL:
        logger.info("DELIVER", stream=letter.stream, seq=letter.seq, sockets=sockets)


_current: Runtime | None = None
_lock = threading.Lock()


def current() -> Runtime:
    """Return the runtime of the running event loop; the first to ask makes it."""
    global _current  # noqa: PLW0603 - one for the process
    loop = asyncio.get_running_loop()
    known = _current
    if known is not None and known.loop is loop:
        return known
    with _lock:
        if _current is None or _current.loop is not loop:
            _current = Runtime()
        return _current


async def shut_down() -> None:
    """Stop the runtime of the running event loop, if there is one."""
    global _current
    with _lock:
        runtime, _current = _current, None
    if runtime is not None:
        await runtime.close()


def send(letter: Letter) -> None:
    """Send a letter from any thread of any process, also of one that serves no sockets."""
    send_all([letter])


def send_all(letters: Sequence[Letter]) -> None:
    """Send letters, in order, as `send` does."""
    runtime = _current
    if runtime is not None and runtime.loop.is_running():
        # The loop may end between the question and the call. It is committed: the log has it.
        with contextlib.suppress(RuntimeError):
            runtime.send_all(letters)
        return
    for letter in letters:
        _send_from_outside(letter)


def _send_from_outside(letter: Letter) -> None:
    message = letters.to_message(letter)
    try:
        async_to_sync(_send_once)(letters.group(letter.stream), message)
    except Exception as error:  # noqa: BLE001 - it is committed: the log has it
        logger.debug("BROADCAST_FAILED", stream=letter.stream, reason=type(error).__name__)
    else:
        logger.info("BROADCAST", stream=letter.stream, seq=letter.seq)


def of_process() -> Runtime | None:
    """Return the runtime of this process, if it has one. Any thread may ask."""
    return _current


def is_layer_up() -> bool:
    """Return whether this process hears the others without reading the log."""
    return _current is not None and _current.is_layer_up


def is_draining() -> bool:
    """Return whether this process is saying goodbye."""
    return _current is not None and _current.is_draining


def hub_layer_of(layer: Any) -> HubLoopLayer | None:
    """Return the project's own layer behind a configured one, or None for a stock layer."""
    own = getattr(layer, "_get_layer", None)
    loop_layer = own() if own is not None else None
    return loop_layer if isinstance(loop_layer, HubLoopLayer) else None


async def _send_once(group: str, message: dict[str, object]) -> None:
    layer: Any = get_channel_layer()
    try:
        await layer.group_send(group, message)
    finally:
        if hub_layer_of(layer) is not None:
            await layer.flush()
