"""Gives every line of every conversation its moment, in the working hours of the last weeks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone
from random import Random
from typing import Final, assert_never

from operations.demo.script import WEEKS, At, Conversation, Line, Recently, Within

_MORNING: Final = time(8, 30)
_EVENING: Final = time(18, 15)
_HOURS: Final = (8, 9, 10, 11, 12, 13, 14, 15, 16, 17)
_HOUR_WEIGHTS: Final = (2, 8, 14, 12, 5, 9, 13, 12, 9, 4)

_BOAT_DAY: Final = (WEEKS, 4)
_BOAT_HOURS: Final = range(13, 19)
"""Everybody is at sea, and nothing is said."""

_DRAWS: Final = 200
_SHIFTS: Final = 20
_SHIFT: Final = timedelta(minutes=4)
_KEEP_APART: Final = timedelta(minutes=3)

_PAUSE: Final = timedelta(minutes=45)
"""In a pause longer than this, others may talk."""

_LONG_GAP_MINUTES: Final = 60
"""Who answers after this long, answers in working hours."""

_CHARACTERS_A_SECOND: Final = 6
_TYPING_SECONDS_MAX: Final = 150


@dataclass(frozen=True, slots=True)
class Placed:
    """A conversation with a moment for each of its lines."""

    conversation: Conversation
    moments: tuple[datetime, ...]


class Schedule:
    """The weeks before `now`, and what already goes on in each channel in them.

    Weeks count from 1, the oldest; the one that now runs is number WEEKS + 1.
    """

    def __init__(self, *, now: datetime, random: Random) -> None:
        offset = now.utcoffset()
        if offset is None:
            raise ValueError("`now` must know its time zone.")
        # A fixed offset: on the day when the clocks change, hours of a zone can come twice.
        self._now = now.astimezone(timezone(offset))
        self._random = random
        monday = self._now.date() - timedelta(days=self._now.weekday(), weeks=WEEKS)
        self._first_monday = datetime.combine(monday, time(), tzinfo=timezone(offset))
        self._busy: dict[str, list[tuple[datetime, datetime]]] = {}

    def working_days(self) -> list[tuple[int, int]]:
        """Every working day that has begun: the week from 1, the day in it from 0."""
        return [
            (week, day)
            for week in range(1, WEEKS + 2)
            for day in range(5)
            if self._moment(week=week, day=day, hour=0, minute=0) <= self._now
        ]

    def place(self, conversation: Conversation) -> Placed | None:
        """Give a conversation its moments, or None when there is no room for it before now.

        Conversations of one channel are kept apart, so place those first that must not move.
        """
        match conversation.when:
            case Recently(minutes=minutes):
                moments = self._ending(conversation.lines, minutes_ago=minutes)
            case At() as at:
                moments = self._at_or_soon_after(conversation, at)
            case Within() as within:
                moments = self._somewhere(conversation, within)
            case _ as never:
                assert_never(never)
        if not moments or moments[-1] > self._now:
            return None
        self._busy.setdefault(conversation.channel, []).extend(_stretches(moments))
        return Placed(conversation=conversation, moments=tuple(moments))

    def _ending(self, lines: Sequence[Line], *, minutes_ago: int) -> list[datetime]:
        moments = self._follow(lines, start=self._now)
        too_late_by = moments[-1] - (self._now - timedelta(minutes=minutes_ago))
        return [moment - too_late_by for moment in moments]

    def _at_or_soon_after(self, conversation: Conversation, at: At) -> list[datetime]:
        start = self._moment(week=at.week, day=at.day, hour=at.hour, minute=at.minute)
        start += timedelta(seconds=self._random.randint(0, 59))
        for _ in range(0 if self._is_at_sea(start) else _SHIFTS):
            moments = self._follow(conversation.lines, start=start)
            if self._is_free(conversation.channel, moments):
                return moments
            start += _SHIFT
        return []

    def _somewhere(self, conversation: Conversation, within: Within) -> list[datetime]:
        days = [
            (week, day)
            for week, day in self.working_days()
            if within.first_week <= week <= within.last_week
        ]
        for _ in range(_DRAWS if days else 0):
            week, day = self._random.choice(days)
            (hour,) = self._random.choices(_HOURS, _HOUR_WEIGHTS)
            start = self._moment(week=week, day=day, hour=hour, minute=0)
            start += timedelta(seconds=self._random.randint(0, 3_599))
            moments = self._follow(conversation.lines, start=start)
            if moments[-1] <= self._now and self._is_free(conversation.channel, moments):
                return moments
        return []

    def _follow(self, lines: Sequence[Line], *, start: datetime) -> list[datetime]:
        """Let the lines follow each other from `start` on, as fast as people think and type."""
        moments: list[datetime] = []
        moment = start
        for line in lines:
            if moments:
                moment += self._gap(line)
                if (line.gap_minutes or 0) >= _LONG_GAP_MINUTES:
                    moment = self._next_working_time(moment)
            moments.append(moment)
        return moments

    def _gap(self, line: Line) -> timedelta:
        if line.gap_minutes is not None:
            return timedelta(minutes=line.gap_minutes, seconds=self._random.randint(0, 50))
        typing = min(_TYPING_SECONDS_MAX, len(line.text) // _CHARACTERS_A_SECOND)
        # A thread is for those who look in later.
        thinking = self._random.randint(50, 500) if line.in_thread else self._random.randint(6, 60)
        distraction = self._random.randint(60, 300) if self._random.random() < 0.15 else 0
        return timedelta(
            seconds=typing + thinking + distraction, milliseconds=self._random.randint(1, 999)
        )

    def _next_working_time(self, moment: datetime) -> datetime:
        if moment.time() > _EVENING:
            moment = self._morning_of(moment + timedelta(days=1))
        elif moment.time() < _MORNING:
            moment = self._morning_of(moment)
        while moment.weekday() > 4:
            moment = self._morning_of(moment + timedelta(days=1))
        return moment

    def _morning_of(self, moment: datetime) -> datetime:
        minutes = self._random.randint(20, 90)
        return datetime.combine(moment.date(), _MORNING, moment.tzinfo) + timedelta(minutes=minutes)

    def _moment(self, *, week: int, day: int, hour: int, minute: int) -> datetime:
        return self._first_monday + timedelta(weeks=week - 1, days=day, hours=hour, minutes=minute)

    def _is_free(self, channel: str, moments: Sequence[datetime]) -> bool:
        if any(self._is_at_sea(moment) for moment in (moments[0], moments[-1])):
            return False
        return not any(
            begin < other_end + _KEEP_APART and other_begin < end + _KEEP_APART
            for begin, end in _stretches(moments)
            for other_begin, other_end in self._busy.get(channel, ())
        )

    def _is_at_sea(self, moment: datetime) -> bool:
        days = (moment - self._first_monday).days
        return (days // 7 + 1, days % 7) == _BOAT_DAY and moment.hour in _BOAT_HOURS


def _stretches(moments: Sequence[datetime]) -> list[tuple[datetime, datetime]]:
    """Cut where there is a pause, so that a conversation of two days does not fill a channel."""
    stretches = [(moments[0], moments[0])]
    for moment in moments[1:]:
        begin, end = stretches[-1]
        if moment - end > _PAUSE:
            stretches.append((moment, moment))
        else:
            stretches[-1] = (begin, moment)
    return stretches
