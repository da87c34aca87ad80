"""The points of the product at which something may happen, and what."""

import asyncio
import contextlib
import os
import random
import signal
import time
from collections.abc import AsyncGenerator
from functools import wraps
from typing import Any, Final
from weakref import WeakSet

from django.db import OperationalError, connection, transaction
from redis.exceptions import ConnectionError as RedisConnectionError

from chat.consumers.socket import ChatSocket
from presence.service import Door
from protocol.events import Ok
from realtime import log
from realtime.hub import Hub
from realtime.runtime import Runtime
from tests.faulty import settings
from tests.faulty.patching import replace
from tests.faulty.plan import Action, Point
from tests.faulty.saying import say

DELAY_SECONDS: Final = (0.05, 0.5)
WRITTEN_SECONDS: Final = 0.02
"""Twisted writes to a socket soon after it was told to, not at once."""

_filling: Final[WeakSet[asyncio.Task[Any]]] = WeakSet()
"""The tasks that fill a hole just now. Not in a context: tasks that they begin would inherit it."""


def install() -> None:
    """Make every point one."""
    replace(log, "write", _around_the_commit)
    replace(Runtime, "_publish", _around_publish, kind="coroutine")
    replace(ChatSocket, "_run", _before_ack, kind="coroutine")
    replace(ChatSocket, "_send", _remember_ack)
    replace(ChatSocket, "websocket_receive", _after_ack, kind="coroutine")
    replace(ChatSocket, "_begin", _before_accept, kind="coroutine")
    replace(Hub, "replay", _in_replay, kind="generator")
    replace(Hub, "_fill", _mark_fill, kind="coroutine")
    replace(Runtime, "_read_log", _in_fill, kind="coroutine")
    replace(Door, "_renew", _before_renew, kind="coroutine")


# ── Acting ──────────────────────────────────────────────────────────────────────────────────


def hit(point: Point) -> None:
    """Let happen what is drawn, in a thread that may wait."""
    action = _drawn(point)
    if action == "delay":
        time.sleep(random.uniform(*DELAY_SECONDS))
    elif action is not None:
        _strike(point, action, OperationalError)


async def pause_at(point: Point, *, error: type[Exception] = OperationalError) -> None:
    """Let happen what is drawn, on the event loop."""
    action = _drawn(point)
    if action == "delay":
        await asyncio.sleep(random.uniform(*DELAY_SECONDS))
    elif action is not None:
        _strike(point, action, error)


def _drawn(point: Point) -> Action | None:
    action: Action | None = settings.FAULTY_PLAN.action_at(point)
    if action is not None:
        say(f"FAILPOINT name={point} action={action}")
    return action


def _strike(point: Point, action: Action, error: type[Exception]) -> None:
    if action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    raise error(f"The failpoint {point}.")


# ── The points ──────────────────────────────────────────────────────────────────────────────


def _after_commit() -> None:
    hit("after_commit")


def _around_the_commit(original: Any) -> Any:
    @wraps(original)
    def write(*args: Any, **kwargs: Any) -> Any:
        letter = original(*args, **kwargs)
        # Once for each transaction, before whatever it has to tell: the letters come behind it.
        if not any(entry[1] is _after_commit for entry in connection.run_on_commit):
            transaction.on_commit(_after_commit)
        hit("before_commit")
        return letter

    return write


def _around_publish(original: Any) -> Any:
    @wraps(original)
    async def publish(self: Runtime, *args: Any, **kwargs: Any) -> None:
        await pause_at("before_publish", error=RedisConnectionError)
        await original(self, *args, **kwargs)
        await pause_at("after_publish", error=RedisConnectionError)

    return publish


def _has_place(answer: object) -> bool:
    return isinstance(answer, Ok) and answer.seq is not None


def _before_ack(original: Any) -> Any:
    @wraps(original)
    async def run(self: ChatSocket, *args: Any, **kwargs: Any) -> Any:
        answer = await original(self, *args, **kwargs)
        if _has_place(answer):
            await pause_at("before_ack")
        return answer

    return run


def _remember_ack(original: Any) -> Any:
    @wraps(original)
    def send(self: Any, frame: Any, *args: Any, **kwargs: Any) -> Any:
        self.faulty_has_acked = _has_place(frame)
        return original(self, frame, *args, **kwargs)

    return send


def _after_ack(original: Any) -> Any:
    @wraps(original)
    async def websocket_receive(self: Any, *args: Any, **kwargs: Any) -> None:
        self.faulty_has_acked = False
        await original(self, *args, **kwargs)
        if self.faulty_has_acked:
            await asyncio.sleep(WRITTEN_SECONDS)
            await pause_at("after_ack")

    return websocket_receive


def _before_accept(original: Any) -> Any:
    @wraps(original)
    async def begin(self: Any, *args: Any, **kwargs: Any) -> None:
        send = self.send

        async def pause_and_send(message: dict[str, Any]) -> None:
            if message["type"] == "websocket.accept":
                await pause_at("before_accept")
            await send(message)

        self.send = pause_and_send
        try:
            await original(self, *args, **kwargs)
        finally:
            # Also the apology after an error is sent by accepting first, and is no such moment.
            del self.send

    return begin


def _in_replay(original: Any) -> Any:
    @wraps(original)
    async def replay(self: Hub, *args: Any, **kwargs: Any) -> AsyncGenerator[Any, None]:
        async with contextlib.aclosing(original(self, *args, **kwargs)) as pages:
            async for letters, more in pages:
                yield letters, more
                if more:
                    await pause_at("in_replay")

    return replay


def _mark_fill(original: Any) -> Any:
    @wraps(original)
    async def fill(self: Hub, *args: Any, **kwargs: Any) -> None:
        task = asyncio.current_task()
        assert task is not None
        _filling.add(task)
        try:
            await original(self, *args, **kwargs)
        finally:
            _filling.discard(task)

    return fill


def _in_fill(original: Any) -> Any:
    @wraps(original)
    async def read_log(*args: Any, **kwargs: Any) -> Any:
        if asyncio.current_task() in _filling:
            await pause_at("in_fill")
        return await original(*args, **kwargs)

    return read_log


def _before_renew(original: Any) -> Any:
    @wraps(original)
    async def renew(self: Door, *args: Any, **kwargs: Any) -> None:
        await pause_at("before_renew", error=RedisConnectionError)
        await original(self, *args, **kwargs)

    return renew
