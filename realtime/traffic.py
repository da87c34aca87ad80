"""What has gone through the sockets of this process: numbers that only grow, and who is there now.

Plain numbers, changed on the event loop alone: what is counted for each frame must cost nothing.
Whoever wants to know how much there is in a second asks twice.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final, Literal

from protocol.close_codes import CloseCode
from realtime.letters import Letter

Kind = Literal["browser", "bot"]
"""Whether a socket was opened with a browser's session or with a token."""

_KNOWN_CODES: Final = {int(code) for code in CloseCode} | {1001, 1002, 1005, 1006, 1009, 1011}
_TYPE: Final = b'{"type":"'


@dataclass(slots=True)
class Traffic:
    """Since the process began.

    Attributes:
        received: frames that clients sent.
        sent: frames that were handed to clients.
        skipped: frames of what can be done without, not sent to clients that read slowly.
        events: type of an event → how often it was handed to a socket while it was new.
        open: kind → sockets that are open now.
        opened: kind → sockets that were opened.
        closed: close code → sockets that were closed with it.
    """

    received: int = 0
    sent: int = 0
    skipped: int = 0
    events: Counter[str] = field(default_factory=Counter)
    open: Counter[Kind] = field(default_factory=Counter)
    opened: Counter[Kind] = field(default_factory=Counter)
    closed: Counter[str] = field(default_factory=Counter)

    def came(self, kind: Kind) -> None:
        """Count a socket that has opened."""
        self.open[kind] += 1
        self.opened[kind] += 1

    def went(self, kind: Kind, *, code: int | None) -> None:
        """Count a socket that has closed."""
        self.open[kind] -= 1
        # A client may name any code: a label for each would have no end.
        self.closed[str(code) if code in _KNOWN_CODES else "other"] += 1

    def delivered(self, letter: Letter, sockets: int) -> None:
        """Count an event that was handed to so many sockets."""
        if sockets:
            self.events[_type_of(letter.payload)] += sockets


def _type_of(payload: bytes) -> str:
    # The encoder writes the tag first. Decoding the whole would cost more than delivering it.
    if not payload.startswith(_TYPE):
        return "other"
    end = payload.find(b'"', len(_TYPE))
    return payload[len(_TYPE) : end].decode()


traffic: Final = Traffic()
"""That of this process."""
