"""Does together what comes at the same time: one transaction or one query for many askers.

What comes alone is done at once. What comes while something is under way waits for it, and is then
done together: the busier it is, the more share the price of a commit.
"""

import asyncio
import contextvars
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeVar

import structlog

from realtime.pool import run_in_pool

logger = structlog.stdlib.get_logger("parley.together")

MOST: Final = 64
"""What is done at once at most: nobody shall wait long because of others."""

LANES: Final = 4
"""Rounds under way at the same time, when the first ones take long."""

PATIENCE_SECONDS: Final = 0.05
"""So long a round is waited for. What hangs for longer, at a lock perhaps, holds up only itself."""

Question = TypeVar("Question")
Answer = TypeVar("Answer")


class Together(Generic[Question, Answer]):
    """Answers questions of one kind, for one event loop.

    Args:
        name: what is done, for the log.
        answer: answers one question in a thread of the pool.
        answer_all: answers several. An exception in the place of an answer is raised to whom it
            concerns; None has that question answered by `answer`. If it raises, all of them are.
    """

    def __init__(
        self,
        name: str,
        *,
        answer: Callable[[Question], Answer],
        answer_all: Callable[[Sequence[Question]], Sequence[Answer | Exception | None]],
    ) -> None:
        self._name = name
        self._answer = answer
        self._answer_all = answer_all
        self._waiting: deque[tuple[Question, asyncio.Future[Answer]]] = deque()
        self._rounds = 0
        self._impatience: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def ask(self, question: Question) -> Answer:
        """Return the answer, or raise what the answer was refused with.

        Whoever is cancelled no longer waits; what is under way is done all the same.
        """
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, future))
        if not self._rounds:
            self._begin()
        elif self._impatience is None:
            self._be_patient()
        return await future

    async def close(self) -> None:
        """Begin nothing more."""
        if self._impatience is not None:
            self._impatience.cancel()
        for _, future in self._waiting:
            future.cancel()
        self._waiting.clear()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin(self) -> None:
        self._rounds += 1
        self._spawn(self._work())
        self._be_patient()

    def _be_patient(self) -> None:
        if self._impatience is not None:
            self._impatience.cancel()
        loop = asyncio.get_running_loop()
        self._impatience = loop.call_later(PATIENCE_SECONDS, self._lose_patience)

    def _lose_patience(self) -> None:
        self._impatience = None
        if self._waiting and self._rounds < LANES:
            self._begin()

    async def _work(self) -> None:
        try:
            while taken := self._take():
                await self._answer_round(taken)
                self._be_patient()
        finally:
            self._rounds -= 1

    def _take(self) -> list[tuple[Question, "asyncio.Future[Answer]"]]:
        taken: list[tuple[Question, asyncio.Future[Answer]]] = []
        while self._waiting and len(taken) < MOST:
            question, future = self._waiting.popleft()
            if not future.done():
                taken.append((question, future))
        return taken

    async def _answer_round(self, taken: list[tuple[Question, "asyncio.Future[Answer]"]]) -> None:
        if len(taken) == 1:
            await self._answer_alone(*taken[0])
            return
        answers: Sequence[Answer | Exception | None]
        try:
            answers = await run_in_pool(self._answer_all, [question for question, _ in taken])
        except Exception as error:  # noqa: BLE001 - each then learns for itself what is wrong
            logger.info("APART", what=self._name, count=len(taken), reason=type(error).__name__)
            answers = [None] * len(taken)
        for (question, future), answer in zip(taken, answers, strict=True):
            if answer is None:
                self._spawn(self._answer_alone(question, future))
            elif future.done():
                continue
            elif isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)

    async def _answer_alone(self, question: Question, future: "asyncio.Future[Answer]") -> None:
        try:
            answer = await run_in_pool(self._answer, question)
        except asyncio.CancelledError:
            future.cancel()
            raise
        except Exception as error:  # noqa: BLE001 - it is raised to whoever asked
            if not future.done():
                future.set_exception(error)
        else:
            if not future.done():
                future.set_result(answer)

    def _spawn(self, coroutine: "asyncio._CoroutineLike[None]") -> None:
        # Not in the context of whoever happened to ask first.
        task = asyncio.get_running_loop().create_task(coroutine, context=contextvars.Context())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
