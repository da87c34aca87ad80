"""Whether a message is told to a person at once: one rule, without a database.

The browser has the same rule (`ui/js/store/notifying.js`); both are held to
`tests/notification_cases.json`.

What was decided where the words "mute" and "nothing" leave it open:

- A *muted* channel never notifies. Only a mention by name still counts as one: somebody means this
  person, whatever they think of the channel. `@channel`, `@here`, groups and keywords do not count.
- The level *nothing* never notifies either, but counts whatever calls the person.
- A direct conversation notifies of every message, unless it was itself set to *mentions*: the
  level for all channels is meant for channels. *Nothing* for all channels is nothing at all.
- Do not disturb holds notifications back. It changes nothing in what counts as a mention.
- `@here` is for those who are here: it counts for everyone and notifies nobody who is not online.
- A reply that is not shown in the channel is no message of the channel: the level *all* does not
  notify of it, following its thread does.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Final, Literal

from accounts import zones

Call = Literal["", "name", "group", "keyword", "channel", "here"]
Level = Literal["default", "all", "mentions", "nothing"]
DefaultLevel = Literal["all", "mentions", "nothing"]
Presence = Literal["online", "away", "dnd", "offline", "unknown"]
Reason = Literal[
    "own",
    "muted",
    "nothing",
    "not_called",
    "not_here",
    "do_not_disturb",
    "name",
    "group",
    "keyword",
    "channel",
    "here",
    "direct",
    "thread",
    "all",
]

EVERY_DAY: Final = (0, 1, 2, 3, 4, 5, 6)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """When somebody does not want to be disturbed, by the clock on their wall.

    Over midnight when `to` is not later than `start`; a whole day when they are equal.
    """

    is_on: bool = False
    start: str = "22:00"
    to: str = "08:00"
    days: Collection[int] = EVERY_DAY
    """The days on which they begin. 0 is Monday."""

    def hold(self, now: datetime, *, time_zone: str) -> bool:
        """Return whether it is quiet at this moment."""
        if not self.is_on:
            return False
        local = now.astimezone(zones.named(time_zone))
        start, to = time.fromisoformat(self.start), time.fromisoformat(self.to)
        at = local.time()
        began_today = local.weekday() in self.days
        if start < to:
            return began_today and start <= at < to
        began_yesterday = (local.date() - timedelta(days=1)).weekday() in self.days
        return (began_today and at >= start) or (began_yesterday and at < to)


@dataclass(frozen=True, slots=True)
class Situation:
    """A message and a person, with all that matters between them."""

    now: datetime
    is_own: bool = False
    is_direct: bool = False
    is_in_channel: bool = True
    """Whether the channel itself shows it: not so a reply that stays in its thread."""
    call: Call = ""
    """What in it calls the person; the first in the order of `Call` where there is more."""
    follows_thread: bool = False
    level: Level = "default"
    default_level: DefaultLevel = "mentions"
    is_muted: bool = False
    notify_threads: bool = True
    presence: Presence = "online"
    dnd_until: datetime | None = None
    quiet_hours: QuietHours = field(default_factory=QuietHours)
    time_zone: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of it."""

    counts_as_mention: bool
    notifies: bool
    reason: Reason
    """Why it notifies, or why not."""


def decide(situation: Situation) -> Decision:
    """Return whether a message counts as a mention, and whether it is told at once."""
    if situation.is_own:
        return Decision(counts_as_mention=False, notifies=False, reason="own")
    counts = situation.call != "" and not (situation.is_muted and situation.call != "name")
    reason = _why(situation)
    is_wanted = reason in _WANTED
    if is_wanted and _is_undisturbed(situation):
        is_wanted, reason = False, "do_not_disturb"
    return Decision(counts_as_mention=counts, notifies=is_wanted, reason=reason)


_WANTED: Final[frozenset[Reason]] = frozenset(
    ("name", "group", "keyword", "channel", "here", "direct", "thread", "all")
)


def _why(situation: Situation) -> Reason:
    level = situation.default_level if situation.level == "default" else situation.level
    rules: tuple[tuple[bool, Reason], ...] = (
        (situation.is_muted, "muted"),
        (level == "nothing", "nothing"),
        (situation.call == "name", "name"),
        (situation.call == "group", "group"),
        (situation.call == "keyword", "keyword"),
        (situation.call == "channel", "channel"),
        (situation.call == "here" and situation.presence in {"online", "dnd"}, "here"),
        (situation.is_direct and situation.level != "mentions", "direct"),
        (situation.follows_thread and situation.notify_threads, "thread"),
        (level == "all" and situation.is_in_channel, "all"),
        (situation.call == "here", "not_here"),
    )
    return next((reason for holds, reason in rules if holds), "not_called")


def _is_undisturbed(situation: Situation) -> bool:
    if situation.presence == "dnd":
        return True
    if situation.dnd_until is not None and situation.now < situation.dnd_until:
        return True
    return situation.quiet_hours.hold(situation.now, time_zone=situation.time_zone)
