"""Somebody on one instance who says something and tells what was heard and who looks online."""

import asyncio
import time
from collections.abc import Sequence
from typing import Protocol

from tools.findings import Findings, Order


class Witness(Protocol):
    """One person, connected to one instance."""

    @property
    def instance_id(self) -> str:
        """Where this person is connected."""

    @property
    def name(self) -> str:
        """What this person is called in answers to `look`."""

    async def say(self, text: str) -> None:
        """Say something that everyone should hear."""

    async def listen(self, texts: Sequence[str], *, seconds: float) -> None:
        """Return when all of it has been heard, or when the time is over."""

    def heard_at(self, text: str) -> float | None:
        """When this was heard, by `time.monotonic()`; None when it was not."""

    def order(self) -> Order:
        """What was heard at which place; empty when messages have no place."""

    async def look(self, names: Sequence[str], *, seconds: float) -> list[frozenset[str]]:
        """Who of these is online, by each way to ask. Waits until all are, or the time is over."""

    def trouble(self) -> list[str]:
        """What went wrong on the way, in sentences."""


async def observe(
    witnesses: Sequence[Witness], *, hear_seconds: float, look_seconds: float
) -> Findings:
    """Let everyone say one thing at the same time, then ask everyone what they heard and see."""
    names = [witness.name for witness in witnesses]
    texts = [f"Said on {witness.instance_id}" for witness in witnesses]
    said_at = time.monotonic()
    outcomes = await asyncio.gather(
        *(witness.say(text) for witness, text in zip(witnesses, texts, strict=True)),
        return_exceptions=True,
    )
    await asyncio.gather(*(witness.listen(texts, seconds=hear_seconds) for witness in witnesses))
    views = await asyncio.gather(
        *(witness.look(names, seconds=look_seconds) for witness in witnesses)
    )
    heard_at = [[witness.heard_at(text) for witness in witnesses] for text in texts]
    arrivals = [moment for row in heard_at for moment in row if moment is not None]
    return Findings(
        instances=tuple(witness.instance_id for witness in witnesses),
        heard=tuple(tuple(moment is not None for moment in row) for row in heard_at),
        online=tuple(
            tuple(all(name in answer for answer in answers) for name in names) for answers in views
        ),
        orders=tuple(witness.order() for witness in witnesses),
        slowest_seconds=max(arrivals) - said_at if arrivals else None,
        trouble=tuple(
            [
                f"{witness.instance_id}: saying it failed ({outcome})"
                for witness, outcome in zip(witnesses, outcomes, strict=True)
                if isinstance(outcome, BaseException)
            ]
            + [
                f"{witness.instance_id}: the ways to ask who is online disagree"
                for witness, answers in zip(witnesses, views, strict=True)
                if len(set(answers)) > 1
            ]
            + [
                f"{witness.instance_id}: {sentence}"
                for witness in witnesses
                for sentence in witness.trouble()
            ]
        ),
    )
