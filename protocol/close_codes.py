"""Why the server closed a socket, and whether the client should come back."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final


class CloseCode(IntEnum):
    BYE = 1000
    RESTART = 1012
    PROTOCOL_ABUSE = 4400
    SESSION_ENDED = 4401
    ACCESS_ENDED = 4403
    TOO_SLOW = 4408
    FLOODING = 4429


@dataclass(frozen=True, slots=True)
class CloseMeaning:
    reconnect: bool
    sentence: str


CLOSE_MEANINGS: Final[dict[CloseCode, CloseMeaning]] = {
    CloseCode.BYE: CloseMeaning(True, "Bye."),
    CloseCode.RESTART: CloseMeaning(
        True, "The process restarts: come back after the announced delay, else with full jitter."
    ),
    CloseCode.PROTOCOL_ABUSE: CloseMeaning(False, "Too many bad frames."),
    CloseCode.SESSION_ENDED: CloseMeaning(False, "The session ended: log in again."),
    CloseCode.ACCESS_ENDED: CloseMeaning(False, "Access ended: do not come back."),
    CloseCode.TOO_SLOW: CloseMeaning(True, "Too slow to read: come back and sync."),
    CloseCode.FLOODING: CloseMeaning(True, "Too much at once: come back later."),
}
