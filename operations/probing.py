"""Sends a real message from each process to each, through real sockets, and says how long it took.

With a bot and a private channel of its own: nobody else is in it, and the bot has no access between
two probes. What they leave is taken away again, but for the two of them.
"""

import asyncio
import contextlib
import json
import time
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Final

import msgspec
from django.conf import settings
from django.db import transaction
from redis.exceptions import RedisError
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from accounts import people, tokens
from accounts.models import Token, User
from chat import groups
from chat.models import Channel, Message
from chat.services import channels
from operations.processes import Process
from protocol.codec import encode
from protocol.commands import PostMessage
from protocol.describing import wire_type
from protocol.events import MessagePosted
from realtime import log, redis_clients

NAME: Final = "parley-probe"
OPEN_SECONDS: Final = 10.0
HEAR_SECONDS: Final = 10.0
"""A message that needs longer counts as lost. What a letter loses is found in the log before."""

LOCK_SECONDS: Final = 600
_POSTED: Final = wire_type(MessagePosted)


class ProbeError(Exception):
    """The probe cannot be made. Says why in one sentence."""


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """A message from one process to another: how long it took, or what went wrong."""

    sender: str
    hearer: str
    milliseconds: float | None = None
    failure: str = ""


def run(targets: Sequence[Process]) -> list[Pair]:
    """Probe every pair of these processes, each also with itself.

    Raises:
        ProbeError: when another probe runs, or Redis cannot be asked whether one does.
    """
    with _alone(), _channel() as (channel_id, token):
        return asyncio.run(_probe(targets, channel_id=channel_id, token=token))


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    key = f"{settings.REDIS_PREFIX}:probe"
    client = redis_clients.blocking()
    try:
        if not client.set(key, "1", nx=True, ex=LOCK_SECONDS):
            raise ProbeError("Another probe runs, or was killed within the last ten minutes.")
        try:
            yield
        finally:
            with contextlib.suppress(RedisError):
                client.delete(key)
    except RedisError as error:
        raise ProbeError("Redis cannot be asked.") from error
    finally:
        client.close()


@contextlib.contextmanager
def _channel() -> Iterator[tuple[int, str]]:
    """Let the bot in, into its channel, for as long as the context lasts."""
    with transaction.atomic():
        bot = User.objects.filter(username=NAME, is_bot=True).first()
        if bot is None:
            bot = people.create(username=NAME, display_name="Probe", is_bot=True)
        elif not bot.is_active:
            bot.is_active = True
            bot.save(update_fields=["is_active"])
        channel = Channel.objects.filter(created_by=bot, name=NAME).first()
        if channel is None:
            channel = channels.create(by=bot.pk, name=NAME, kind=Channel.Kind.PRIVATE)
        _, token = tokens.issue(user_id=bot.pk, name="probe", expires_at=None)
    try:
        yield channel.pk, token
    finally:
        with transaction.atomic():
            Token.objects.filter(user=bot).delete()
            bot.is_active = False
            bot.save(update_fields=["is_active"])
            Message.objects.filter(channel=channel).delete()
            for stream in (groups.channel_stream(channel.pk), groups.user_stream(bot.pk)):
                log.forget_past(stream)


async def _probe(targets: Sequence[Process], *, channel_id: int, token: str) -> list[Pair]:
    async with contextlib.AsyncExitStack() as stack:
        ends: dict[str, _End | str] = {}
        for target in targets:
            try:
                ends[target.instance] = await stack.enter_async_context(_opened(target, token))
            except (OSError, WebSocketException, TimeoutError, ProbeError) as error:
                ends[target.instance] = str(error) or type(error).__name__
        pairs = []
        for name, sender in ends.items():
            pairs += await _say(name, sender, ends, channel_id=channel_id)
        return pairs


async def _say(
    name: str, sender: "_End | str", ends: "dict[str, _End | str]", *, channel_id: int
) -> list[Pair]:
    """Say one thing through one process and wait until it was heard through each."""
    if isinstance(sender, str):
        return [Pair(sender=name, hearer=other, failure=sender) for other in ends]
    client_id = str(uuid.uuid4())
    said_at = time.perf_counter()
    try:
        await sender.post(channel_id=channel_id, client_id=client_id)
    except (OSError, WebSocketException) as error:
        why = str(error) or type(error).__name__
        return [Pair(sender=name, hearer=other, failure=why) for other in ends]

    async def heard(other: str, end: _End | str) -> Pair:
        if isinstance(end, str):
            return Pair(sender=name, hearer=other, failure=end)
        try:
            async with asyncio.timeout(HEAR_SECONDS):
                at = await end.heard(client_id)
        except TimeoutError:
            words = f"not heard within {HEAR_SECONDS:g} s"
            return Pair(sender=name, hearer=other, failure=words)
        return Pair(sender=name, hearer=other, milliseconds=round((at - said_at) * 1000, 1))

    return list(await asyncio.gather(*(heard(other, end) for other, end in ends.items())))


class _End:
    """An open socket, and when it heard what."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._heard: dict[str, asyncio.Future[float]] = {}

    async def post(self, *, channel_id: int, client_id: str) -> None:
        command = PostMessage(id="1", channel_id=str(channel_id), client_id=client_id, text="probe")
        await self._connection.send(encode(command).decode())

    async def heard(self, client_id: str) -> float:
        """Return when this message was heard."""
        return await self._moment(client_id)

    async def listen(self) -> None:
        """Note what comes, until the socket is closed."""
        with contextlib.suppress(WebSocketException, OSError):
            async for text in self._connection:
                frame = json.loads(text)
                if frame["type"] == _POSTED:
                    moment = self._moment(frame["message"]["client_id"])
                    if not moment.done():
                        moment.set_result(time.perf_counter())

    def _moment(self, client_id: str) -> "asyncio.Future[float]":
        if client_id not in self._heard:
            self._heard[client_id] = asyncio.get_running_loop().create_future()
        return self._heard[client_id]


@contextlib.asynccontextmanager
async def _opened(target: Process, token: str) -> AsyncIterator[_End]:
    address = target.address.replace("http", "ws", 1) + "/ws/"
    async with contextlib.AsyncExitStack() as stack:
        async with asyncio.timeout(OPEN_SECONDS):
            connection = await stack.enter_async_context(
                connect(address, additional_headers={"Authorization": f"Bearer {token}"})
            )
            welcome = json.loads(await connection.recv())
        if welcome.get("instance") != target.instance:
            raise ProbeError(f"{target.address} is answered by {welcome.get('instance')}")
        end = _End(connection)
        listening = asyncio.create_task(end.listen())
        try:
            yield end
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
