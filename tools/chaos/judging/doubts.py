"""Why a run without violations may say nothing: it tried too little, or not all was seen."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from tools.chaos.history import Run, Screen
from tools.chaos.judging.following import Followers
from tools.chaos.judging.logbook import Logbook
from tools.chaos.verdict import Figures

PHASES: Final = ("load", "calm", "quiet", "read")

ACKNOWLEDGED_MIN: Final = 20
ACKNOWLEDGED_SHARE_MIN: Final = 0.5


@dataclass(frozen=True, slots=True)
class Tried:
    """What was done in a run.

    Attributes:
        acknowledged_in: phase → posts acknowledged in it.
        instances: all that were heard of.
        open_at_end: the tabs with an open socket at the end of the quiet phase.
        presence_compared: how many states were compared with the truth there.
        absence_compared: how many of these of people who had gone.
        was_restored: whether a fault hit the database.
    """

    run: Run | None
    phases: AbstractSet[str]
    acknowledged_in: Mapping[str, int]
    figures: Figures
    instances: AbstractSet[str]
    screens: Sequence[Screen]
    open_at_end: AbstractSet[str]
    presence_compared: int
    absence_compared: int
    was_restored: bool


def doubts(tried: Tried, followers: Followers, log: Logbook) -> Iterator[str]:
    """Yield each reason in a sentence."""
    if tried.run is None:
        yield "Nothing says what was run: the `run` record is missing."
    yield from _of_phases(tried)
    yield from _of_posts(tried.figures, followers)
    yield from _of_faults(tried)
    yield from _of_screens(tried, followers)
    yield from _of_reading(tried, followers, log)
    if not tried.presence_compared:
        yield "Nobody's presence could be compared with the truth."
    elif not tried.absence_compared:
        yield "Nobody was away whose presence could be compared with the truth."
    if not tried.figures.memory_max:
        yield "Nobody measured memory."
    for what, count in _exercised(followers, log).items():
        if not count:
            yield f"The run has no {what}."


def _of_phases(tried: Tried) -> Iterator[str]:
    for name in PHASES:
        if name not in tried.phases:
            yield f"The phase `{name}` is missing."
    for name in ("load", "calm"):
        if name in tried.phases and not tried.acknowledged_in.get(name):
            yield f"No post was acknowledged in the phase `{name}`."


def _of_posts(figures: Figures, followers: Followers) -> Iterator[str]:
    if figures.acknowledged < ACKNOWLEDGED_MIN:
        yield (
            f"Only {figures.acknowledged} posts were acknowledged; at least "
            f"{ACKNOWLEDGED_MIN} are needed."
        )
    elif figures.acknowledged < ACKNOWLEDGED_SHARE_MIN * figures.sent:
        yield f"Only {figures.acknowledged} of {figures.sent} posts were acknowledged."
    for client_id in followers.unsent:
        yield f"{client_id} was acknowledged, but the history does not know of its sending."
        break


def _of_faults(tried: Tried) -> Iterator[str]:
    if not tried.figures.faults:
        yield "Nothing was broken on purpose."
    for fault in tried.figures.faults:
        if not fault.hits:
            yield f"The fault {fault.name} hit nothing in {fault.injections} injections."
    if tried.figures.epochs > 1 and not tried.was_restored:
        yield f"There were {tried.figures.epochs} epochs, but no fault restored the database."


def _of_screens(tried: Tried, followers: Followers) -> Iterator[str]:
    if not tried.screens:
        yield "No tab said where it stood at the end of the quiet phase."
        return
    shown = {(screen.tab, screen.stream) for screen in tried.screens}
    for name in sorted(tried.open_at_end):
        streams = followers.tabs[name].streams
        unseen = [one for one, at in streams.items() if at.is_active and (name, one) not in shown]
        if unseen:
            yield f"Tab {name} was open at the end but did not show {', '.join(unseen)}."
            break


def _of_reading(tried: Tried, followers: Followers, log: Logbook) -> Iterator[str]:
    unread = sorted(tried.instances - log.readers)
    if unread:
        yield f"The log was not read through {', '.join(unread)} at the end."
    if tried.run is not None and len(log.readers) < tried.run.instances:
        yield f"The log was read through {len(log.readers)} of {tried.run.instances} instances."
    partly = sorted(
        stream
        for stream in log.streams
        if stream.startswith("c:") and log.readers_of(stream) != log.readers
    )
    if partly:
        yield f"Not every instance was asked for {partly[0]} ({len(partly)} such streams)."
    heard = [stream for stream in followers.world.told if not log.was_read(stream)]
    if heard:
        yield f"Tabs heard {len(heard)} streams that nobody read at the end, {heard[0]} first."


def _exercised(followers: Followers, log: Logbook) -> dict[str, int]:
    absences = [
        absence
        for users in log.absences.values()
        for of_user in users.values()
        for absence in of_user
    ]
    return {
        "post that was sent again": followers.resent,
        "page for a tab that came back": followers.paged,
        "removal from a channel": len(absences),
        "return after a removal": sum(absence.until is not None for absence in absences),
        "tab that opened a second socket": sum(tab.sockets > 1 for tab in followers.tabs.values()),
    }
