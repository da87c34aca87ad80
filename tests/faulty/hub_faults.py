"""What may become of a letter between the layer and the hub."""

import random
import time
from collections import Counter
from functools import wraps
from typing import Any, Final

from realtime.letters import EPHEMERAL, Letter
from realtime.runtime import Runtime
from tests.faulty import settings
from tests.faulty.patching import replace
from tests.faulty.saying import say

HOLD_SECONDS: Final = (0.01, 0.3)
SAY_SECONDS: Final = 1.0


def install() -> None:
    """Stand between the layer and the hub."""
    replace(Runtime, "arrive", _spoil)


def _spoil(original: Any) -> Any:
    tally = Tally()

    @wraps(original)
    def arrive(self: Runtime, letter: Letter) -> None:
        fault = settings.FAULTY_PLAN.hub_fault() if _matters(self, letter) else None
        match fault:
            case "drop":
                tally.count(self, "dropped")
                return
            case "double":
                tally.count(self, "doubled")
                original(self, letter)
            case "reorder":
                tally.count(self, "reordered")
                self.loop.call_later(random.uniform(*HOLD_SECONDS), original, self, letter)
                return
        original(self, letter)

    return arrive


def _matters(runtime: Runtime, letter: Letter) -> bool:
    top = runtime.hub.top(letter.stream)
    return letter.seq == EPHEMERAL or top is None or letter.seq > top


class Tally:
    """Counts, and says so when a second has passed."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._said_at = 0.0
        self._is_due = False

    def count(self, runtime: Runtime, what: str) -> None:
        self._counts[what] += 1
        if not self._is_due:
            self._is_due = True
            wait = max(0.0, self._said_at + SAY_SECONDS - time.monotonic())
            runtime.loop.call_later(wait, self._say)

    def _say(self) -> None:
        self._is_due = False
        self._said_at = time.monotonic()
        counts, self._counts = self._counts, Counter()
        told = " ".join(f"{what}={counts[what]}" for what in ("dropped", "doubled", "reordered"))
        say(f"HUB_FAULTS {told}")
