"""How many people of a channel are there. Whoever looks at it asks again and again.

So one answer serves all who ask on a process, for a moment, and is found out once however many do.
"""

import threading
import time
from typing import Final

from chat import selectors
from presence import service as presence
from protocol.limits import ONLINE_LISTED_MAX
from protocol.resources import ChannelPresence

FRESH_SECONDS: Final = 2.0
KEPT_MAX: Final = 1_000
"""Channels whose answers are kept."""


class _Answer:
    """What was found out of one channel, until when it is good."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until = 0.0
        self._found = ChannelPresence(online=None, user_ids=None)

    def of(self, channel_id: int) -> ChannelPresence:
        with self._lock:
            if time.monotonic() >= self._until:
                self._found = _find_out(channel_id)
                self._until = time.monotonic() + FRESH_SECONDS
            return self._found


_answers: dict[int, _Answer] = {}
_lock = threading.Lock()


def in_channel(channel_id: int) -> ChannelPresence:
    """Return how many people of a channel are there, and who, as it was a moment ago at most.

    The caller has found out that the asker may know.
    """
    with _lock:
        answer = _answers.get(channel_id)
        if answer is None:
            if len(_answers) >= KEPT_MAX:
                del _answers[next(iter(_answers))]
            answer = _answers[channel_id] = _Answer()
    return answer.of(channel_id)


def forget() -> None:
    """Find everything out anew."""
    with _lock:
        _answers.clear()


def _find_out(channel_id: int) -> ChannelPresence:
    online = presence.online_among(selectors.member_ids(channel_id=channel_id))
    if online is None:
        return ChannelPresence(online=None, user_ids=None)
    is_listed = len(online) <= ONLINE_LISTED_MAX
    return ChannelPresence(
        online=len(online),
        user_ids=[str(user_id) for user_id in sorted(online)] if is_listed else None,
    )
