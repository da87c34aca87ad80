"""The rules of presence: a lease for this process, and what is known of everyone."""

import asyncio
import contextlib
import uuid
from collections import Counter
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, Final

import structlog
from django.conf import settings
from redis import asyncio as aioredis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from presence.store import (
    DRAIN_GRACE_MS,
    GRACE_MS,
    LEASE_MS,
    TIMEOUT_SECONDS,
    Arrival,
    Change,
    Choice,
    Departure,
    Idleness,
    Look,
    Place,
    Seen,
    Store,
)
from protocol.resources import PresenceState

logger = structlog.stdlib.get_logger("parley.presence")

RENEW_SECONDS: Final = 3.0
REAP_SECONDS: Final = 1.0
CLOSE_STEP_SECONDS: Final = 1.5
REGISTER_BATCH: Final = 500
REAP_STEPS: Final = 20
"""Steps of reaping in one turn, while there is more to do: other commands get between them."""

WAKE_SECONDS: Final = 1.0
"""A process that was paused hears first who hung up meanwhile, before it says who is here."""

DEPARTURES_MAX: Final = 10_000
"""Departures that wait for Redis. With more, the lease ends instead."""

NO_CHOICE: Final = Choice(state="auto", version=0)


@cache
def store() -> Store:
    """Return the store of this process."""
    return Store(settings.REDIS_URL, prefix=settings.REDIS_PREFIX)


def read(user_ids: Collection[int]) -> Seen | None:
    """Return how people are, or None while Redis cannot be asked. At most `READ_MAX` of them."""
    try:
        return store().read(user_ids)
    except RedisError:
        return None


def look(since: Place) -> Look | None:
    """Return what has changed since then, or None while Redis cannot be asked."""
    try:
        return store().look(since)
    except RedisError:
        return None


def online_among(user_ids: Collection[int]) -> set[int] | None:
    """Return who of these people does not look offline, or None while nobody can know."""
    try:
        return store().online_among(user_ids)
    except RedisError:
        return None


def states(user_ids: Collection[int]) -> dict[str, PresenceState]:
    """Return the state of each person, `READ_MAX` at most.

    `unknown` for all while Redis cannot be asked, and for those who are not found while it has only
    just begun to hear of everybody again.
    """
    if not user_ids:
        return {}
    seen = read(user_ids)
    if seen is None:
        return {str(user_id): "unknown" for user_id in user_ids}
    return {str(user_id): state for user_id, state in seen.states.items()}


class Door:
    """Holds this process's lease and keeps its connections entered, whatever becomes of Redis.

    All that it has to say to Redis is said by one task, in batches: whatever comes meanwhile waits
    for the next turn.

    Args:
        on_change: called whenever somebody's presence changes, on whichever process.
        on_gap: called when changes may have been missed.
    """

    def __init__(self, *, on_change: Callable[[Change], None], on_gap: Callable[[], None]) -> None:
        self._on_change = on_change
        self._on_gap = on_gap
        self._store = store()
        # Its own thread: a Redis that hangs must not take those of the database.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="presence")
        self._process = ""
        self._renewed_at = float("-inf")
        self._reaped_at = float("-inf")
        self._local: dict[str, int] = {}
        self._sockets: Counter[int] = Counter()
        self._choices: dict[int, Choice] = {}
        self._idle: set[str] = set()
        self._waiting: dict[str, None] = {}
        self._entered: set[str] = set()
        self._departures: list[Departure] = []
        self._chosen: set[int] = set()
        self._moved: set[str] = set()
        self._wake = asyncio.Event()
        self._tasks = [
            asyncio.create_task(self._hold()),
            asyncio.create_task(self._listen()),
        ]

    def connected(self, *, user_id: int, connection_id: str, choice: Choice) -> None:
        """A socket has opened, of somebody who wants to look like this. Returns at once."""
        self._local[connection_id] = user_id
        self._waiting[connection_id] = None
        self._sockets[user_id] += 1
        self._remember(user_id, choice)
        self._wake.set()

    def chosen(self, *, user_id: int, choice: Choice) -> None:
        """Somebody with a socket here wants to look like this. Returns at once."""
        if user_id in self._sockets:
            self._remember(user_id, choice)
            self._chosen.add(user_id)
            self._wake.set()

    def idle(self, *, connection_id: str, is_idle: bool) -> None:
        """Nobody is at the device of a socket any more, or somebody is again. Returns at once."""
        if connection_id not in self._local or (connection_id in self._idle) == is_idle:
            return
        if is_idle:
            self._idle.add(connection_id)
        else:
            self._idle.discard(connection_id)
        self._moved.add(connection_id)
        self._wake.set()

    def disconnected(self, *, connection_id: str, is_draining: bool) -> None:
        """A socket has closed. Returns at once."""
        user_id = self._local.pop(connection_id, None)
        if user_id is None:
            return
        self._waiting.pop(connection_id, None)
        self._idle.discard(connection_id)
        self._moved.discard(connection_id)
        self._sockets[user_id] -= 1
        if not self._sockets[user_id]:
            del self._sockets[user_id]
            self._choices.pop(user_id, None)
            self._chosen.discard(user_id)
        if connection_id in self._entered:
            self._entered.discard(connection_id)
            self._depart(connection_id, user_id, DRAIN_GRACE_MS if is_draining else GRACE_MS)

    async def close(self) -> None:
        """Stop. What has departed is said; what is entered expires with the lease."""
        left = set(self._tasks)
        while left:
            # While redis-py connects it can swallow that a task was cancelled.
            for task in left:
                task.cancel()
            _, left = await asyncio.wait(left, timeout=CLOSE_STEP_SECONDS)
        with contextlib.suppress(RedisError):
            await self._say_departures()
        self._thread.shutdown(wait=False, cancel_futures=True)

    # ── Inside ──────────────────────────────────────────────────────────────────────────────

    async def _run(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(
            self._thread, lambda: function(*args, **kwargs)
        )

    async def _hold(self) -> None:
        was_reachable = True
        while True:
            try:
                await self._turn()
                was_reachable = True
            except RedisError as error:
                if was_reachable:
                    logger.warning("PRESENCE_UNKNOWN", reason=type(error).__name__)
                    self._on_gap()
                was_reachable = False
                # Whoever is waiting to be entered must not have it asked at once, again and again.
                self._wake.clear()
            except Exception:
                # Whatever it is: the lease must not run out because of it.
                logger.exception("PRESENCE_FAILED")
                self._wake.clear()
            # Not wait_for(): before Python 3.12 it can swallow a cancellation.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(REAP_SECONDS):
                    await self._wake.wait()
            self._wake.clear()

    async def _turn(self) -> None:
        """Say whatever there is to say. What fails is said in the next turn."""
        await self._keep_lease()
        # Who comes before who goes: whoever only moves is never without a connection.
        await self._say_arrivals()
        await self._say_departures()
        await self._say_news()
        if self._now() - self._reaped_at >= REAP_SECONDS:
            self._reaped_at = self._now()
            await self._reap()

    async def _keep_lease(self) -> None:
        if not self._process or self._now() - self._renewed_at >= RENEW_SECONDS:
            await self._renew()
            self._renewed_at = self._now()

    async def _renew(self) -> None:
        if self._process and await self._run(self._store.renew, self._process):
            return
        # Paused for too long, or Redis came back without us: under the old name we may be declared
        # dead at any moment, so begin again under a new one.
        if self._process and self._now() - self._renewed_at > LEASE_MS / 1000:
            self._process = ""
            await asyncio.sleep(WAKE_SECONDS)
        process = uuid.uuid4().hex
        await self._run(self._store.begin, process)
        self._process = process
        self._entered.clear()
        self._waiting = dict.fromkeys(self._local)

    async def _say_arrivals(self) -> None:
        while self._waiting:
            await self._keep_lease()
            ids = list(self._waiting)[:REGISTER_BATCH]
            arrivals = [self._arrival_of(connection_id) for connection_id in ids]
            try:
                states = await self._run(self._store.enter, arrivals, process=self._process)
            except RedisError:
                # It may be done all the same, later, and who has gone by then would stay for ever.
                # Under a lease that is given up they cannot.
                self._process = ""
                raise
            if states is None:
                self._process = ""
                continue
            for arrival, state in zip(arrivals, states, strict=True):
                self._note_entered(arrival, state)

    def _arrival_of(self, connection_id: str) -> Arrival:
        user_id = self._local[connection_id]
        self._moved.discard(connection_id)
        return Arrival(
            connection_id=connection_id,
            user_id=user_id,
            is_idle=connection_id in self._idle,
            choice=self._choices.get(user_id, NO_CHOICE),
        )

    def _note_entered(self, arrival: Arrival, state: PresenceState) -> None:
        if state == "online":
            logger.info("PRESENCE_ONLINE", user=arrival.user_id)
        if arrival.connection_id in self._local:
            self._waiting.pop(arrival.connection_id, None)
            self._entered.add(arrival.connection_id)
        else:
            # It closed while it was entered.
            self._depart(arrival.connection_id, arrival.user_id, GRACE_MS)

    def _depart(self, connection_id: str, user_id: int, grace_ms: int) -> None:
        self._departures.append(Departure(self._process, connection_id, user_id, grace_ms))
        if len(self._departures) > DEPARTURES_MAX:
            # They stay entered under this lease, so end it: the others enter again under another
            # name, and these are reaped.
            self._departures.clear()
            self._process = ""
        self._wake.set()

    async def _say_departures(self) -> None:
        while self._departures:
            batch = self._departures[:REGISTER_BATCH]
            await self._run(self._store.leave, batch)
            del self._departures[: len(batch)]

    async def _say_news(self) -> None:
        chosen, self._chosen = self._chosen, set()
        moved, self._moved = self._moved, set()
        # Who is not entered yet comes in with all that is known of them.
        devices = [
            Idleness(connection_id, self._local[connection_id], connection_id in self._idle)
            for connection_id in moved & self._entered
        ]
        try:
            if chosen:
                choices = {user_id: self._choices[user_id] for user_id in chosen}
                await self._run(self._store.choose, choices)
            if devices:
                await self._run(self._store.idle, devices)
        except RedisError:
            self._chosen |= chosen & self._choices.keys()
            self._moved |= moved & self._local.keys()
            raise

    async def _reap(self) -> None:
        for _ in range(REAP_STEPS):
            reaped = await self._run(self._store.reap)
            for user_id in reaped.gone:
                logger.info("PRESENCE_OFFLINE", user=user_id)
            if not reaped.is_full:
                return
            await self._keep_lease()
        # There is more, and it should not wait.
        self._reaped_at = float("-inf")
        self._wake.set()

    def _remember(self, user_id: int, choice: Choice) -> None:
        known = self._choices.get(user_id)
        if known is None or known.version <= choice.version:
            self._choices[user_id] = choice

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

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
                            self._on_change(self._store.change_of(message["data"]))
            except (RedisError, OSError):
                self._on_gap()
            except Exception:
                logger.exception("PRESENCE_FAILED")
                self._on_gap()
            finally:
                with contextlib.suppress(RedisError, OSError):
                    await client.aclose()
            await asyncio.sleep(REAP_SECONDS)
