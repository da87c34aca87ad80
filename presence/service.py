"""The rules of presence: a lease for this process, and what is known of everyone."""

import asyncio
import contextlib
import uuid
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, Final

import structlog
from django.conf import settings
from redis import asyncio as aioredis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from presence.store import DRAIN_GRACE_MS, GRACE_MS, TIMEOUT_SECONDS, Choice, Store
from protocol.resources import PresenceState

logger = structlog.stdlib.get_logger("parley.presence")

RENEW_SECONDS: Final = 3.0
REAP_SECONDS: Final = 1.0
REGISTER_BATCH: Final = 500
NO_CHOICE: Final = Choice(state="auto", version=0)


@cache
def store() -> Store:
    """Return the store of this process."""
    return Store(settings.REDIS_URL, prefix=settings.REDIS_PREFIX)


def states(user_ids: Collection[int]) -> dict[str, PresenceState]:
    """Return the state of each person.

    `unknown` for all while Redis cannot be asked, and for those who are not found while it has only
    just begun to hear of everybody again.
    """
    if not user_ids:
        return {}
    try:
        found, is_settled = store().states(user_ids)
    except RedisError:
        return {str(user_id): "unknown" for user_id in user_ids}
    absent: PresenceState = "offline" if is_settled else "unknown"
    return {str(user_id): found.get(user_id, absent) for user_id in user_ids}


class Door:
    """Holds this process's lease and keeps its connections entered, whatever becomes of Redis.

    Args:
        on_change: called with a user id and a state whenever somebody's presence changes, on
            whichever process.
        on_gap: called when changes may have been missed.
    """

    def __init__(
        self,
        *,
        on_change: Callable[[int, PresenceState], None],
        on_gap: Callable[[], None],
    ) -> None:
        self._on_change = on_change
        self._on_gap = on_gap
        self._store = store()
        # Its own threads: a Redis that hangs must not take those of the database.
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="presence")
        self._process = ""
        self._run_id = ""
        self._local: dict[str, int] = {}
        self._sockets: Counter[int] = Counter()
        self._choices: dict[int, Choice] = {}
        self._idle: set[str] = set()
        self._entered: set[str] = set()
        self._news_of: set[int | str] = set()
        self._wake = asyncio.Event()
        self._tasks = [
            asyncio.create_task(self._hold()),
            asyncio.create_task(self._listen()),
        ]
        self._soon: set[asyncio.Task[None]] = set()

    def connected(self, *, user_id: int, connection_id: str, choice: Choice) -> None:
        """A socket has opened, of somebody who wants to look like this. Returns at once."""
        self._local[connection_id] = user_id
        self._sockets[user_id] += 1
        self._remember(user_id, choice)
        self._wake.set()

    def chosen(self, *, user_id: int, choice: Choice) -> None:
        """Somebody with a socket here wants to look like this. Returns at once."""
        if user_id in self._sockets:
            self._remember(user_id, choice)
            self._news_of.add(user_id)
            self._wake.set()

    def idle(self, *, connection_id: str, is_idle: bool) -> None:
        """Nobody is at the device of a socket any more, or somebody is again. Returns at once."""
        if connection_id not in self._local or (connection_id in self._idle) == is_idle:
            return
        if is_idle:
            self._idle.add(connection_id)
        else:
            self._idle.discard(connection_id)
        self._news_of.add(connection_id)
        self._wake.set()

    def disconnected(self, *, connection_id: str, is_draining: bool) -> None:
        """A socket has closed. Returns at once."""
        user_id = self._local.pop(connection_id, None)
        if user_id is None:
            return
        self._idle.discard(connection_id)
        self._sockets[user_id] -= 1
        if not self._sockets[user_id]:
            del self._sockets[user_id]
            self._choices.pop(user_id, None)
        if connection_id not in self._entered:
            return
        self._entered.discard(connection_id)
        task = asyncio.create_task(self._take_out(connection_id, user_id, is_draining=is_draining))
        self._soon.add(task)
        task.add_done_callback(self._soon.discard)

    async def close(self) -> None:
        """Stop. What is entered expires with the lease."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, *self._soon, return_exceptions=True)
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _run(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(
            self._threads, lambda: function(*args, **kwargs)
        )

    async def _hold(self) -> None:
        loop = asyncio.get_running_loop()
        renewed_at = -RENEW_SECONDS
        was_reachable = True
        while True:
            try:
                run_id = await self._run(self._store.run_id)
                if run_id != self._run_id:
                    # Redis was started again: what it knows now, if anything, is not of today.
                    self._run_id, self._process = run_id, ""
                if not self._process or loop.time() - renewed_at >= RENEW_SECONDS:
                    await self._renew()
                    renewed_at = loop.time()
                await self._enter_new()
                await self._tell_news()
                for user_id in await self._run(self._store.reap, run_id=run_id):
                    logger.info("PRESENCE_OFFLINE", user=user_id)
                was_reachable = True
            except RedisError as error:
                if was_reachable:
                    logger.warning("PRESENCE_UNKNOWN", reason=type(error).__name__)
                    self._on_gap()
                was_reachable = False
            except Exception:
                # Whatever it is: the lease must not run out because of it.
                logger.exception("PRESENCE_FAILED")
            # Not wait_for(): before Python 3.12 it can swallow a cancellation.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(REAP_SECONDS):
                    await self._wake.wait()
            self._wake.clear()

    async def _renew(self) -> None:
        if self._process and await self._run(self._store.renew, self._process):
            return
        # Paused for too long, or Redis came back empty: under the old name we may be declared dead
        # at any moment, so begin again under a new one.
        process = uuid.uuid4().hex
        await self._run(self._store.begin, process, run_id=self._run_id)
        self._process = process
        self._entered.clear()

    def _remember(self, user_id: int, choice: Choice) -> None:
        known = self._choices.get(user_id)
        if known is None or known.version <= choice.version:
            self._choices[user_id] = choice

    async def _tell_news(self) -> None:
        """Say what has changed of those who are entered. What fails is said the next time."""
        for about in list(self._news_of):
            self._news_of.discard(about)
            try:
                await self._run(self._tell, about)
            except RedisError:
                self._news_of.add(about)
                raise

    def _tell(self, about: int | str) -> None:
        if isinstance(about, int):
            choice = self._choices.get(about)
            if choice is not None:
                self._store.choose(user_id=about, choice=choice)
            return
        user_id = self._local.get(about)
        # Who is not entered yet comes in with all that is known of them.
        if user_id is not None and about in self._entered:
            self._store.idle(connection_id=about, user_id=user_id, is_idle=about in self._idle)

    async def _enter_new(self) -> None:
        new = [connection for connection in self._local if connection not in self._entered]
        for start in range(0, len(new), REGISTER_BATCH):
            if not await self._run(self._enter, new[start : start + REGISTER_BATCH]):
                self._process = ""
                return

    def _enter(self, connection_ids: Iterable[str]) -> bool:
        for connection_id in connection_ids:
            user_id = self._local.get(connection_id)
            if user_id is None:
                continue
            try:
                state = self._store.connect(
                    process=self._process,
                    connection_id=connection_id,
                    user_id=user_id,
                    is_idle=connection_id in self._idle,
                    choice=self._choices.get(user_id, NO_CHOICE),
                )
            except RedisError:
                # It may be done all the same, later. Under another lease it cannot stay for ever.
                self._process = ""
                raise
            if state is None:
                return False
            self._entered.add(connection_id)
            if state == "online":
                logger.info("PRESENCE_ONLINE", user=user_id)
            if connection_id not in self._local:
                # It closed while it was entered.
                self._entered.discard(connection_id)
                self._store.disconnect(
                    process=self._process,
                    connection_id=connection_id,
                    user_id=user_id,
                    grace_ms=GRACE_MS,
                )
        return True

    async def _take_out(self, connection_id: str, user_id: int, *, is_draining: bool) -> None:
        try:
            await self._run(
                self._store.disconnect,
                process=self._process,
                connection_id=connection_id,
                user_id=user_id,
                grace_ms=DRAIN_GRACE_MS if is_draining else GRACE_MS,
            )
        except RedisError:
            # It stays entered under this process's lease, so end the lease: the rest enter again
            # under another name, and this one is reaped.
            self._process = ""

    async def _listen(self) -> None:
        while True:
            client = aioredis.Redis.from_url(
                settings.REDIS_URL,
                socket_connect_timeout=TIMEOUT_SECONDS,
                socket_timeout=None,
                retry=Retry(NoBackoff(), 0),
                protocol=2,
                decode_responses=True,
            )
            try:
                async with client.pubsub() as session:
                    await session.subscribe(self._store.events_channel)
                    async for message in session.listen():
                        if message["type"] == "subscribe":
                            self._on_gap()
                        elif message["type"] == "message":
                            _, user_id, state = message["data"].split(" ")
                            self._on_change(int(user_id), state)
            except (RedisError, OSError):
                self._on_gap()
            except Exception:
                logger.exception("PRESENCE_FAILED")
                self._on_gap()
            finally:
                with contextlib.suppress(RedisError, OSError):
                    await client.aclose()
            await asyncio.sleep(REAP_SECONDS)
