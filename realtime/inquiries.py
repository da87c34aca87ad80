"""Asking other processes about what only they know, and telling one what to do.

Whoever asks puts the question into a list in Redis that the process waits at, and then waits at a
list of its own for the answers. Both expire: a question to a process that is gone, frozen or cut
off is answered by nobody, and whoever asks knows after a moment.
"""

import asyncio
import contextlib
import time
import uuid
from collections.abc import Callable, Collection
from typing import Final

import msgspec
import redis
import structlog
from django.conf import settings
from redis.exceptions import RedisError

from realtime import redis_clients
from realtime.tasks import rest_before_asking_again
from realtime.traffic import Kind

logger = structlog.stdlib.get_logger("parley.runtime")

ANSWER_SECONDS: Final = 1.0
"""So long is waited for the answers."""

QUESTION_LIFE_SECONDS: Final = 15
ANSWER_LIFE_SECONDS: Final = 10
WAIT_SECONDS: Final = 5.0


class Unreachable(Exception):
    """Redis cannot be asked, so no process can be asked or told anything."""


class ListConnections(msgspec.Struct, frozen=True, kw_only=True, tag="connections"):
    """Which sockets are open: all, somebody's, those that hear a stream, or a certain one."""

    limit: int
    user_id: int | None = None
    stream: str | None = None
    connection_id: str | None = None


class LookAtStream(msgspec.Struct, frozen=True, kw_only=True, tag="stream"):
    """How far a stream was forwarded here, and to how many sockets it goes."""

    stream: str


class EndConnection(msgspec.Struct, frozen=True, kw_only=True, tag="end"):
    """Close a socket with this code."""

    connection_id: str
    code: int


class Drain(msgspec.Struct, frozen=True, tag="drain"):
    """Send all clients to the other processes, and end."""


Question = ListConnections | LookAtStream | EndConnection | Drain


class ConnectionFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One open socket, as its process sees it. Times are seconds since 1970."""

    id: str
    user_id: int
    kind: Kind
    address: str
    agent: str
    opened_at: float
    heard_at: float
    streams: list[str]
    """What it hears; only when one certain socket was asked for."""
    stream_count: int
    buffered_bytes: int
    is_lagging: bool
    token_id: int | None
    session: str


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a process answers."""

    process: str = ""
    connections: list[ConnectionFacts] = []
    total: int = 0
    """How many sockets there are of those that were asked for, also beyond the limit."""
    sockets: int = 0
    """How many hear the stream that was asked for."""
    top: int | None = None
    """Up to where that stream was forwarded, if anybody hears it."""
    is_done: bool = False
    """Whether it did what it was told."""


class _Envelope(msgspec.Struct, frozen=True):
    answer_to: str
    question: Question


_encode: Final = msgspec.json.encode
_decode_envelope: Final = msgspec.json.Decoder(_Envelope).decode
_decode_answer: Final = msgspec.json.Decoder(Answer).decode


class Respondent:
    """Answers for this process, for as long as it lives.

    Args:
        process: its id.
        answer: called on the event loop with each question.
    """

    def __init__(self, process: str, answer: Callable[[Question], Answer]) -> None:
        self._process = process
        self._answer = answer
        self._redis = redis_clients.asynchronous(timeout_seconds=2 * WAIT_SECONDS)

    async def run(self) -> None:
        """Wait for questions for ever."""
        try:
            while True:
                try:
                    await self._answer_next()
                except (RedisError, OSError):
                    await rest_before_asking_again()
        finally:
            with contextlib.suppress(RedisError, OSError):
                await self._redis.aclose()

    async def _answer_next(self) -> None:
        came = await self._redis.blpop([_questions_key(self._process)], timeout=WAIT_SECONDS)
        if came is None:
            return
        try:
            envelope = _decode_envelope(came[1])
        except msgspec.DecodeError:
            # From a process of another version. It finds that nobody answers.
            logger.warning("QUESTION_NOT_UNDERSTOOD")
            return
        answer = msgspec.structs.replace(self._answer(envelope.question), process=self._process)
        async with self._redis.pipeline(transaction=False) as pipeline:
            pipeline.rpush(envelope.answer_to, _encode(answer))
            pipeline.expire(envelope.answer_to, ANSWER_LIFE_SECONDS)
            await pipeline.execute()


def ask(
    processes: Collection[str], question: Question, *, seconds: float = ANSWER_SECONDS
) -> dict[str, Answer]:
    """Ask processes by their ids, and return what those answer that do so in time.

    Blocks for `seconds` at most, and less when all have answered.

    Raises:
        Unreachable.
    """
    if not processes:
        return {}
    answer_to = f"{settings.REDIS_PREFIX}:answers:{uuid.uuid4().hex}"
    envelope = _encode(_Envelope(answer_to, question))
    deadline = time.monotonic() + seconds
    client = redis_clients.blocking(timeout_seconds=seconds + redis_clients.TIMEOUT_SECONDS)
    answers: dict[str, Answer] = {}
    try:
        with client.pipeline(transaction=False) as pipeline:
            for process in processes:
                pipeline.rpush(_questions_key(process), envelope)
                pipeline.expire(_questions_key(process), QUESTION_LIFE_SECONDS)
            pipeline.execute()
        while len(answers) < len(processes) and (left := deadline - time.monotonic()) > 0:
            came = client.blpop([answer_to], timeout=left)
            if came is None:
                break
            # One of another version answers what is not understood.
            with contextlib.suppress(msgspec.DecodeError):
                answer = _decode_answer(came[1])
                answers[answer.process] = answer
        _take_back(client, envelope, [one for one in processes if one not in answers])
    except (RedisError, OSError) as error:
        raise Unreachable from error
    finally:
        client.close()
    return answers


def _take_back(client: "redis.Redis", envelope: bytes, silent: Collection[str]) -> None:
    # The list lives on while others ask: a process that wakes up later must not do what whoever
    # asked was told it had not done.
    if silent:
        with client.pipeline(transaction=False) as pipeline:
            for process in silent:
                pipeline.lrem(_questions_key(process), 0, envelope.decode())
            pipeline.execute()


async def ask_soon(
    processes: Collection[str], question: Question, *, seconds: float = ANSWER_SECONDS
) -> dict[str, Answer]:
    """Ask from the event loop, as `ask` does.

    Raises:
        Unreachable.
    """
    return await asyncio.to_thread(ask, processes, question, seconds=seconds)


def _questions_key(process: str) -> str:
    return f"{settings.REDIS_PREFIX}:questions:{process}"
