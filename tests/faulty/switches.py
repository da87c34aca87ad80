"""The behaviours that are wrong. Each changes what its name says, and nothing else."""

import asyncio
import random
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, Final

import msgspec
from django.db import OperationalError, connection, transaction
from django.db.models import Max

from chat import broadcast, exceptions, policies
from chat.consumers.socket import ChatSocket
from chat.models import Channel, Membership
from chat.services import messages
from presence import store
from presence.store import Departure, Reaped, Store
from protocol.commands import PostMessage
from protocol.events import Error, Ok
from realtime import log
from realtime.hub import Hub
from realtime.models import Event
from tests.faulty import schema
from tests.faulty.patching import replace
from tests.faulty.plan import Switch

ROLLED_BACK: Final = 0.02
"""The share of posts that fail after they were told or acknowledged."""

REFRESH_SECONDS: Final = 2.0
FOR_EVER_MS: Final = 10**12


def install(switches: frozenset[Switch]) -> None:
    """Switch on what is named."""
    for switch in sorted(switches):
        _INSTALLERS[switch]()
    schema.install(switches)


# ── publish_before_commit ───────────────────────────────────────────────────────────────────


_is_announcing: ContextVar[bool] = ContextVar("is_announcing", default=False)


class _AtOnce:
    """`django.db.transaction`, for a broadcast that does not wait for the commit."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def on_commit(self, function: Callable[[], object]) -> None:
        if _is_announcing.get():
            function()
        else:
            self._real.on_commit(function)


def _publish_before_commit() -> None:
    def make_announce_all(original: Any) -> Any:
        @wraps(original)
        def announce_all(*args: Any, **kwargs: Any) -> None:
            token = _is_announcing.set(True)
            try:
                original(*args, **kwargs)
            finally:
                _is_announcing.reset(token)

        return announce_all

    def make_post(original: Any) -> Any:
        @wraps(original)
        def post(wanted: Any) -> Any:
            with transaction.atomic():
                outcomes = original(wanted)
                _roll_some_back()
                return outcomes

        return post

    replace(broadcast, "announce_all", make_announce_all)
    replace(broadcast, "transaction", _AtOnce, kind="value")
    replace(messages, "_post", make_post)
    replace(messages, "say_together", _say_apart)


def _say_apart(_original: Any) -> Any:
    # What is rolled back among others would be said again by itself, and nobody would see it.
    return lambda wanted: [None] * len(wanted)


def _roll_some_back() -> None:
    if random.random() < ROLLED_BACK:
        raise OperationalError("Rolled back by a switch, as databases do now and then.")


# ── cached_seq ──────────────────────────────────────────────────────────────────────────────


_TAKE: Final = """
INSERT INTO realtime_stream (name, last_seq, last_at_us) VALUES (%s, %s, %s)
ON CONFLICT (name) DO UPDATE SET
    last_seq = CASE WHEN excluded.last_seq > realtime_stream.last_seq
                    THEN excluded.last_seq ELSE realtime_stream.last_seq END,
    last_at_us = CASE WHEN excluded.last_at_us > realtime_stream.last_at_us
                      THEN excluded.last_at_us ELSE realtime_stream.last_at_us + 1 END
RETURNING id, last_at_us
"""


class _Memory:
    """The highest seq of each stream, as this process remembers it."""

    def __init__(self) -> None:
        self._highest: dict[str, int] = {}
        self._read_at: dict[str, float] = {}

    def next(self, stream: str) -> int:
        """Return a seq for this transaction. It is remembered when that is committed."""
        taken = self._taken_here()
        if stream not in taken:
            if time.monotonic() - self._read_at.get(stream, -REFRESH_SECONDS) >= REFRESH_SECONDS:
                events = Event.objects.filter(stream__name=stream)
                self._highest[stream] = events.aggregate(Max("seq"))["seq__max"] or 0
                self._read_at[stream] = time.monotonic()
            taken[stream] = self._highest[stream]
        taken[stream] += 1
        return taken[stream]

    def remember(self, taken: "_Taken") -> None:
        for stream, seq in taken.items():
            self._highest[stream] = max(seq, self._highest.get(stream, 0))

    def _taken_here(self) -> "_Taken":
        for entry in connection.run_on_commit:
            if isinstance(entry[1], _Taken):
                return entry[1]
        taken = _Taken(self)
        transaction.on_commit(taken)
        return taken


class _Taken(dict[str, int]):
    """What one transaction has taken. Django calls it after the commit, and drops it otherwise."""

    def __init__(self, memory: _Memory) -> None:
        super().__init__()
        self._memory = memory

    def __call__(self) -> None:
        self._memory.remember(self)


def _cached_seq() -> None:
    memory = _Memory()

    def make(original: Any) -> Any:
        def take(stream: str, *, at: datetime | None) -> log.Place:
            microseconds = log._microseconds(at) if at else time.time_ns() // 1000
            seq = memory.next(stream)
            with connection.cursor() as cursor:
                cursor.execute(_TAKE, [stream, seq, microseconds])
                stream_id, at_us = cursor.fetchone()
            moment = log._EPOCH_START + timedelta(microseconds=at_us)
            return log.Place(stream_id=stream_id, stream=stream, seq=seq, at=moment)

        @wraps(original)
        def take_all(streams: Sequence[str], *, at: datetime | None = None) -> list[log.Place]:
            if not connection.in_atomic_block:
                refused: list[log.Place] = original(streams, at=at)
                return refused
            return [take(stream, at=at) for stream in streams]

        return take_all

    replace(log, "take_all", make)


# ── no_gap_fill ─────────────────────────────────────────────────────────────────────────────


def _no_gap_fill() -> None:
    replace(Hub, "receive", _receive_at_once)
    replace(Hub, "_fill", _fill_nothing, kind="coroutine")
    replace(Hub, "check_heads", _check_nothing, kind="coroutine")


def _let_out(hub: Hub, local: Any) -> None:
    for seq in sorted(local.waiting):
        letter = local.waiting.pop(seq)
        if seq > local.top:
            hub._forward(local, letter)


def _receive_at_once(original: Any) -> Any:
    @wraps(original)
    def receive(self: Hub, letter: Any) -> None:
        original(self, letter)
        local = self._streams.get(letter.stream)
        if local is not None and local.top is not None:
            _let_out(self, local)

    return receive


def _fill_nothing(original: Any) -> Any:
    @wraps(original)
    async def fill(self: Hub, local: Any, **_: Any) -> None:
        try:
            _let_out(self, local)
        finally:
            local.filling = None

    return fill


def _check_nothing(original: Any) -> Any:
    @wraps(original)
    async def check_heads(_: Hub) -> None:
        pass

    return check_heads


# ── no_dedupe ───────────────────────────────────────────────────────────────────────────────


def _no_dedupe() -> None:
    replace(messages, "_sent_before", lambda _: lambda _wanted: None)


# ── no_membership_check ─────────────────────────────────────────────────────────────────────


def _no_membership_check() -> None:
    def make_tell(original: Any) -> Any:
        @wraps(original)
        def tell(self: Hub, local: Any, sink: Any, follower: Any, letter: Any) -> None:
            harmless = msgspec.structs.replace(letter, closes="", ejects_user_id=0)
            original(self, local, sink, follower, harmless)

        return tell

    def make_require(original: Any) -> Any:
        @wraps(original)
        def require_can_post(*, asker: Any, channel_id: int, is_reply: bool = False) -> Membership:
            try:
                membership: Membership = original(
                    asker=asker, channel_id=channel_id, is_reply=is_reply
                )
            except (exceptions.NotAMember, exceptions.NotFound):
                channel = Channel.objects.filter(pk=channel_id, archived_at=None).first()
                if channel is None:
                    raise
                return Membership(user=asker, channel=channel)
            return membership

        return require_can_post

    replace(Hub, "_tell_consequences", make_tell)
    replace(policies, "require_can_post", make_require)


# ── presence_by_disconnect ──────────────────────────────────────────────────────────────────


def _presence_by_disconnect() -> None:
    reap = Store.reap

    def make_leave(original: Any) -> Any:
        @wraps(original)
        def leave(self: Store, departures: Iterable[Departure]) -> None:
            original(self, [one._replace(grace_ms=0) for one in departures])
            # No lease ends, not even in another run of Redis, so this finds nobody but those who
            # have gone just now.
            leases = f"{self._prefix}procs"
            for process in self._redis.zrange(leases, 0, -1):
                self._redis.zadd(leases, {process: FOR_EVER_MS * 10})
            while reap(self).is_full:
                pass

        return leave

    replace(store, "LEASE_MS", lambda _: FOR_EVER_MS, kind="value")
    replace(store, "SETTLE_MS", lambda _: 0, kind="value")
    replace(Store, "renew", lambda _: lambda _self, _process: True)
    replace(Store, "reap", lambda _: lambda _self: Reaped(0, []))
    replace(Store, "leave", make_leave)


# ── ack_before_commit ───────────────────────────────────────────────────────────────────────


_acknowledge: Final[dict[uuid.UUID, Callable[[messages.Answer], None]]] = {}
"""For each client id, what tells the sender."""


def _ack_before_commit() -> None:
    replace(messages, "_post", _post_and_acknowledge)
    replace(messages, "say_together", _say_apart)
    replace(ChatSocket, "_run", _run_acknowledged, kind="coroutine")
    replace(ChatSocket, "_send", _send_once)


def _post_and_acknowledge(original: Any) -> Any:
    @wraps(original)
    def post(wanted: Any) -> Any:
        with transaction.atomic():
            (outcome,) = original(wanted)
            acknowledge = _acknowledge.get(wanted[0].client_id)
            if acknowledge is not None and isinstance(outcome, messages.Answer):
                acknowledge(outcome)
                _roll_some_back()
            return [outcome]

    return post


def _run_acknowledged(original: Any) -> Any:
    @wraps(original)
    async def run(self: Any, command: Any) -> Any:
        if not isinstance(command, PostMessage):
            return await original(self, command)
        loop = asyncio.get_running_loop()

        def send(ok: Ok) -> None:
            self._send(ok)
            self.faulty_acked = ok.re

        def acknowledge(answer: messages.Answer) -> None:
            ok = Ok(
                re=command.id,
                channel_id=command.channel_id,
                message_id=str(answer.message.pk),
                seq=answer.seq,
            )
            loop.call_soon_threadsafe(send, ok)

        self.faulty_acked = None
        client_id = uuid.UUID(command.client_id)
        _acknowledge[client_id] = acknowledge
        try:
            return await original(self, command)
        finally:
            _acknowledge.pop(client_id, None)

    return run


def _send_once(original: Any) -> Any:
    @wraps(original)
    def send(self: Any, frame: Any) -> None:
        acked = getattr(self, "faulty_acked", None)
        if acked is not None and isinstance(frame, Ok | Error) and frame.re == acked:
            # What became of it later stays a secret.
            self.faulty_acked = None
        else:
            original(self, frame)

    return send


_INSTALLERS: Final[dict[Switch, Callable[[], None]]] = {
    "publish_before_commit": _publish_before_commit,
    "cached_seq": _cached_seq,
    "no_gap_fill": _no_gap_fill,
    "no_dedupe": _no_dedupe,
    "no_membership_check": _no_membership_check,
    "presence_by_disconnect": _presence_by_disconnect,
    "ack_before_commit": _ack_before_commit,
}
