"""The only way out: what happened is written to the log now and told after the commit."""

import contextlib
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextvars import ContextVar
from typing import Any

import structlog
from django.db import transaction

from protocol.codec import encode
from protocol.events import Frame, OrderedEvent
from realtime import log, runtime
from realtime.letters import EPHEMERAL, Letter
from realtime.log import Place

logger = structlog.stdlib.get_logger("parley.chat")

_is_quiet: ContextVar[bool] = ContextVar("is_quiet", default=False)


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """Write to the log and tell nobody: for a past that is brought in before anyone listens.

    Whoever listens all the same reads it in the log a few seconds later.
    """
    token = _is_quiet.set(True)
    try:
        yield
    finally:
        _is_quiet.reset(token)


def announce(
    place: Place,
    event: OrderedEvent,
    *,
    subject_id: int | None = None,
    opens: str = "",
    opens_after: int = 0,
    closes: str = "",
    ejects_user_id: int | None = None,
    rewrites: bool = False,
) -> None:
    """Write an event at its place, and tell it after the commit. A rollback tells nothing.

    Args:
        subject_id: the message that it is about, so that its text can be taken out of the log.
        opens: the stream that the hearers of this one hear from now on, after `opens_after`.
        closes: the stream that they hear no longer.
        ejects_user_id: who hears nothing of this stream after this event.
        rewrites: whether what the log says of earlier events was changed.
    """
    announce_all(
        [
            log.Entry(
                place=place,
                event=event,
                subject_id=subject_id,
                opens=opens,
                opens_after=opens_after,
                closes=closes,
                ejects_user_id=ejects_user_id,
                rewrites=rewrites,
            )
        ]
    )


def announce_all(entries: Sequence[log.Entry]) -> None:
    """Write several events at their places, and tell them after the commit, in this order."""
    if not entries:
        return
    letters = log.write(entries)
    if not _is_quiet.get():
        transaction.on_commit(lambda: runtime.send_all(letters))


def note(event: str, **fields: int) -> None:
    """Log after the commit that something was done."""
    if not _is_quiet.get():
        transaction.on_commit(lambda: logger.info(event, **fields))


def whisper(stream: str, event: Frame, *, origin_user_id: int) -> None:
    """Tell something that is not kept and may be lost, to all but the one who caused it."""
    runtime.send(
        Letter(
            stream=stream,
            seq=EPHEMERAL,
            payload=encode(event),
            origin_user_id=origin_user_id,
            nonce=secrets.token_hex(8),
        )
    )


def hint(streams: Iterable[str], event: Frame) -> None:
    """Tell something that is not kept and may be lost to the hearers of all these streams.

    After the commit; whoever hears several of them is told several times.
    """
    payload = encode(event)
    letters = [
        Letter(stream=stream, seq=EPHEMERAL, payload=payload, nonce=secrets.token_hex(8))
        for stream in streams
    ]

    if not _is_quiet.get():
        transaction.on_commit(lambda: runtime.send_all(letters))


def doubt(stream: str) -> None:
    """Have every process ask the database, after the commit, who may still hear a stream.

    What is lost on the way is made good by the question that each process asks now and then.
    """
    letter = Letter(
        stream=stream, seq=EPHEMERAL, payload=b"", doubts=True, nonce=secrets.token_hex(8)
    )
    transaction.on_commit(lambda: runtime.send(letter))


def envelope(place: Place, *, actor_id: int | None) -> dict[str, Any]:
    """Return the fields that every ordered event has."""
    return {
        "stream": place.stream,
        "seq": place.seq,
        "at": place.at,
        "actor_id": None if actor_id is None else str(actor_id),
    }
