"""The channel layer: one subscription for each group and process, one copy of each event for each.

It is a channel layer as Channels defines it, so any consumer works on it. What it adds: a letter
(an ordered event, see `realtime.letters`) goes to the hub of the process, which writes it to the
sockets; `group_add` returns when Redis has confirmed; and nothing raises when Redis is gone,
because the log in the database is the truth and the hub reads it.
"""

import asyncio
import contextlib
import math
import random
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, Final

import msgspec
import structlog
from channels_redis.pubsub import (
    RedisPubSubChannelLayer,
    RedisPubSubLoopLayer,
    RedisSingleShardConnection,
)
from redis import asyncio as aioredis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from realtime import letters
from realtime.letters import Letter
from realtime.tasks import end, keep_running

logger = structlog.stdlib.get_logger("parley.layer")

CONNECT_SECONDS: Final = 1.0
PUBLISH_SECONDS: Final = 1.0
CONFIRM_SECONDS: Final = 1.0
HEARTBEAT_SECONDS: Final = 2.0
SILENCE_SECONDS: Final = 6.0
"""No echo of our own heartbeat for so long: the link is dead, even when TCP says nothing."""

RETRY_SECONDS: Final = (0.2, 2.0)
UNSUBSCRIBE_SECONDS: Final = 60.0
QUEUE_MAX: Final = 1_000
"""Messages that may wait for one consumer without a sink; the oldest are dropped first."""

_LETTER: Final = b"L"
_MESSAGE: Final = b"M"
_HEARTBEAT: Final = b"H"


class LayerDown(RedisError):
    """Redis cannot be reached just now."""


class HubChannelLayer(RedisPubSubChannelLayer):  # type: ignore[misc]  # channels_redis has no types
    """What `CHANNEL_LAYERS` names. It has one `HubLoopLayer` for each event loop."""

    def _get_layer(self) -> "HubLoopLayer":
        loop = asyncio.get_running_loop()
        layer: HubLoopLayer | None = self._layers.get(loop)
        if layer is None:
            layer = self._layers[loop] = HubLoopLayer(channel_layer=self, **self._kwargs)
        return layer


class HubLoopLayer(RedisPubSubLoopLayer):  # type: ignore[misc]  # channels_redis has no types
    """The layer of one event loop.

    Attributes:
        on_letter: called with each letter that arrives.
        on_link: called when the link to Redis comes up (True: all subscriptions are confirmed) or
            goes down (False).
    """

    def __init__(
        self,
        hosts: Iterable[Any],
        prefix: str = "asgi",
        channel_layer: HubChannelLayer | None = None,
    ) -> None:
        super().__init__(hosts=[], prefix=prefix, channel_layer=channel_layer)
        (host,) = hosts
        self.process = uuid.uuid4().hex
        self.inbox = f"{prefix}__inbox__{self.process}"
        self.link = Link(host, self)
        self._shards = [self.link]
        self._groups_of: dict[str, set[str]] = defaultdict(set)
        self.on_letter: Callable[[Letter], object] = lambda _: None
        self.on_link: Callable[[bool], object] = lambda _: None

    # ── The channel layer API ───────────────────────────────────────────────────────────────

    async def new_channel(self, prefix: str = "specific") -> str:
        """Return a name for a consumer. The inbox of the process serves all of them."""
        name = f"{prefix}.{self.process}!{uuid.uuid4().hex}"
        self.channels[name] = asyncio.Queue(QUEUE_MAX)
        self.link.start()
        return name

    async def send(self, channel: str, message: dict[str, Any]) -> None:
        """Send to one consumer, on whichever process it is."""
        if channel in self.channels:
            self._put(channel, message)
            return
        process = channel.partition("!")[0].rpartition(".")[2]
        body = msgspec.msgpack.encode((channel, message))
        await self.link.publish_many([(f"{self.prefix}__inbox__{process}", _MESSAGE + body)])

    async def receive(self, channel: str) -> dict[str, Any]:
        """Wait for the next message of a consumer that has no sink."""
        queue = self.channels.setdefault(channel, asyncio.Queue(QUEUE_MAX))
        try:
            message: dict[str, Any] = await queue.get()
        except BaseException:
            # The consumer is leaving, perhaps without having left its groups.
            self.forget(channel)
            raise
        return message

    async def group_add(self, group: str, channel: str) -> None:
        """Enter a group. Returns when Redis has confirmed, or after a second when it is gone."""
        if channel not in self.channels:
            raise RuntimeError("Only a channel of this process can be added to a group here.")
        name = self._get_group_channel_name(group)
        self.groups.setdefault(name, set()).add(channel)
        self._groups_of[channel].add(name)
        await self.link.subscribe(name)

    async def group_discard(self, group: str, channel: str) -> None:
        """Leave a group."""
        name = self._get_group_channel_name(group)
        self._groups_of[channel].discard(name)
        self._leave(name, channel)

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        """Send to everyone in a group.

        Raises:
            LayerDown: when Redis cannot be reached.
        """
        await self.group_send_many([(group, message)])

    async def group_send_many(self, messages: Iterable[tuple[str, dict[str, Any]]]) -> None:
        """Send many messages in one round trip, in their order.

        Raises:
            LayerDown: when Redis cannot be reached.
        """
        await self.link.publish_many(
            [(self._get_group_channel_name(group), _encode(message)) for group, message in messages]
        )

    async def flush(self) -> None:
        """Forget everything and close the connections."""
        self.channels.clear()
        self.groups.clear()
        self._groups_of.clear()
        await self.link.close()

    # ── Inside ──────────────────────────────────────────────────────────────────────────────

    def forget(self, channel: str) -> None:
        """Take a consumer out of everything."""
        self.channels.pop(channel, None)
        for name in self._groups_of.pop(channel, ()):
            self._leave(name, channel)

    def take_in(self, name: str, data: bytes) -> None:
        """Hand over what came from Redis."""
        kind, body = data[:1], data[1:]
        if kind == _LETTER:
            self.on_letter(letters.from_message({"letter": body}))
        elif name == self.inbox:
            channel, message = msgspec.msgpack.decode(body)
            if channel in self.channels:
                self._put(channel, message)
        else:
            for channel in self.groups.get(name, ()):
                # Each consumer gets a copy of its own: one that changes it must not harm others.
                self._put(channel, msgspec.msgpack.decode(body))

    def _put(self, channel: str, message: dict[str, Any]) -> None:
        queue = self.channels[channel]
        if queue.full():
            queue.get_nowait()
        queue.put_nowait(message)

    def _leave(self, name: str, channel: str) -> None:
        members = self.groups.get(name)
        if members is None:
            return
        members.discard(channel)
        if not members:
            del self.groups[name]
            # A reload of a page comes back at once: it should find the subscription still there.
            asyncio.get_running_loop().call_later(UNSUBSCRIBE_SECONDS, self._unsubscribe, name)

    def _unsubscribe(self, name: str) -> None:
        if name not in self.groups:
            self.link.unsubscribe_soon(name)


class Link(RedisSingleShardConnection):  # type: ignore[misc]  # channels_redis has no types
    """The connection to one Redis: what is wanted is subscribed again whenever it comes back."""

    def __init__(self, host: Any, layer: HubLoopLayer) -> None:
        super().__init__(host, layer)
        url = host["address"] if isinstance(host, dict) else host
        common: dict[str, Any] = {
            "socket_connect_timeout": CONNECT_SECONDS,
            "retry": Retry(NoBackoff(), 0),
            "protocol": 2,
        }
        # The reader waits for ever; the heartbeat says when that is too long. Whoever publishes
        # watches the time themselves: redis-py would make a task for each command.
        self._reader = aioredis.Redis.from_url(
            url, socket_timeout=None, max_connections=2, **common
        )
        pool: Any = self._reader.connection_pool
        self._writer = pool.make_connection()
        self._one_writes = asyncio.Lock()
        self._wanted: dict[str, None] = {}
        self._confirmed: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._unconfirmed: set[str] = set()
        self._session: Any = None
        self._one_at_a_time = asyncio.Lock()
        self._leaving: set[asyncio.Future[None]] = set()
        self._last_heard = 0.0
        self._task: asyncio.Task[None] | None = None
        self.is_up = False

    def start(self) -> None:
        """Begin to hold the link. Calling it again changes nothing."""
        if self._task is None:
            self._wanted[self.channel_layer.inbox] = None
            self._unconfirmed.add(self.channel_layer.inbox)
            self._task = asyncio.create_task(keep_running("link", self._hold))

    async def subscribe(self, channel: str) -> None:
        """Want a Redis channel, and wait until Redis has confirmed it."""
        self.start()
        if channel not in self._wanted:
            self._wanted[channel] = None
            self._unconfirmed.add(channel)
            async with self._one_at_a_time:
                if self._session is not None:
                    with contextlib.suppress(RedisError, OSError):
                        await self._session.subscribe(channel)
        confirmed = self._confirmed[channel]
        if not confirmed.is_set() and (self.is_up or self._last_heard == 0.0):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CONFIRM_SECONDS):
                    await confirmed.wait()

    def unsubscribe_soon(self, channel: str) -> None:
        """Want a Redis channel no longer."""
        self._wanted.pop(channel, None)
        self._confirmed.pop(channel, None)
        self._unconfirmed.discard(channel)
        task = asyncio.ensure_future(self._unsubscribe(channel))
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    async def publish_many(self, messages: list[tuple[str, bytes]]) -> None:
        """Publish in one round trip.

        Raises:
            LayerDown: when Redis does not answer in time.
        """
        try:
            async with asyncio.timeout(PUBLISH_SECONDS), self._one_writes:
                try:
                    await self._publish(messages)
                except BaseException:
                    # The next would read the answers that were meant for these.
                    await self._writer.disconnect(nowait=True)
                    raise
        except (RedisError, OSError, TimeoutError) as error:
            raise LayerDown(type(error).__name__) from error

    async def _publish(self, messages: list[tuple[str, bytes]]) -> None:
        # What a pipeline of redis-py does beyond this costs more than all of this.
        writer = self._writer
        commands = [("PUBLISH", channel, data) for channel, data in messages]
        await writer.send_packed_command(writer.pack_commands(commands), check_health=False)
        for _ in messages:
            await writer.read_response()

    async def close(self) -> None:
        task, self._task = self._task, None
        await end([] if task is None else [task])
        await self._reader.aclose()
        await self._writer.disconnect()

    async def _unsubscribe(self, channel: str) -> None:
        async with self._one_at_a_time:
            # Somebody may want it again by now, and must not lose it to us.
            if channel not in self._wanted and self._session is not None:
                with contextlib.suppress(RedisError, OSError):
                    await self._session.unsubscribe(channel)

    async def _hold(self) -> None:
        while True:
            try:
                await self._live_through_one_connection()
            except (RedisError, OSError, TimeoutError) as error:
                if self.is_up or self._last_heard == 0.0:
                    logger.warning("LAYER_DOWN", reason=type(error).__name__)
                self._last_heard = self._last_heard or 1e-9
                self._set_up(is_up=False)
            except Exception:
                # Nobody foresaw it, but the next link must find what this one lost.
                self._set_up(is_up=False)
                raise
            await asyncio.sleep(random.uniform(*RETRY_SECONDS))  # noqa: S311 - no secret

    async def _live_through_one_connection(self) -> None:
        session = self._reader.pubsub()
        tasks: list[asyncio.Task[None]] = []
        try:
            # Redis may hang already while we connect: nothing else would notice.
            async with asyncio.timeout(SILENCE_SECONDS):
                await self._subscribe_all(session)
            self._last_heard = asyncio.get_running_loop().time()
            tasks = [asyncio.create_task(self._read(session)), asyncio.create_task(self._beat())]
            ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in ended:
                task.result()
        finally:
            self._session = None
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._confirmed.clear()
            self._unconfirmed = set(self._wanted)
            with contextlib.suppress(RedisError, OSError):
                await session.aclose()  # type: ignore[no-untyped-call]

    async def _subscribe_all(self, session: Any) -> None:
        wanted = list(self._wanted)
        for start in range(0, len(wanted), 500):
            await session.subscribe(*wanted[start : start + 500])
        # What is wanted from now on is subscribed by whoever wants it.
        self._session = session
        late = set(self._wanted) - set(wanted)
        if late:
            await session.subscribe(*late)

    async def _read(self, session: Any) -> None:
        connection = session.connection
        while True:
            answer = await connection.read_response(timeout=math.inf)
            if answer[0] == b"message":
                self._take_in(answer[1].decode(), answer[2])
            else:
                self._confirm(await session.handle_message(answer))

    async def _beat(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            with contextlib.suppress(LayerDown):
                await self.publish_many([(self.channel_layer.inbox, _HEARTBEAT)])
            await asyncio.sleep(HEARTBEAT_SECONDS)
            if loop.time() - self._last_heard > SILENCE_SECONDS:
                raise TimeoutError

    def _confirm(self, message: dict[str, Any]) -> None:
        if message["type"] == "subscribe":
            name = message["channel"].decode()
            self._confirmed[name].set()
            self._unconfirmed.discard(name)
            if not self.is_up and not self._unconfirmed:
                self._set_up(is_up=True)

    def _take_in(self, name: str, data: bytes) -> None:
        if data == _HEARTBEAT:
            self._last_heard = asyncio.get_running_loop().time()
            return
        try:
            self.channel_layer.take_in(name, data)
        except msgspec.DecodeError:
            logger.warning("LAYER_NOT_UNDERSTOOD")

    def _set_up(self, *, is_up: bool) -> None:
        if self.is_up != is_up:
            self.is_up = is_up
            if is_up:
                logger.info("LAYER_UP")
            self.channel_layer.on_link(is_up)


def _encode(message: dict[str, Any]) -> bytes:
    if message.get("type") == letters.DELIVER:
        body = message["letter"]
        assert isinstance(body, bytes)  # noqa: S101 - narrows the type
        return _LETTER + body
    return _MESSAGE + msgspec.msgpack.encode(message)
