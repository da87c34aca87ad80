"""Reads conversations from text files.

    == engineering @ w1 mon 10:12
    priya: The first line says who, and what.
        Four spaces continue it: lists, code blocks.
    jonas > This one answers in the thread of the last message that is in none.
    leila (+170): This comes 170 minutes after the one before.
    wen (edited): This was changed, and with `(deleted)` it would have been taken back.
    ~ 🙌 priya jonas

A conversation happens in a week (`w1` is the oldest of six), on a day, at a time; or some time in
`w2-4`; or at any time when nothing is said; or so that its last line is `recent 33` minutes old.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from operations.demo.records import DemoReaction

WEEKS: Final = 6
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri")

_HEADER: Final = re.compile(r"^== (?P<channel>[a-z-]+)(?: @ (?P<when>.+))?$")
_EXACT: Final = re.compile(r"^w(?P<week>\d) (?P<day>[a-z]{3}) (?P<hour>\d\d):(?P<minute>\d\d)$")
_RANGE: Final = re.compile(r"^w(?P<first>\d)(?:-(?P<last>\d))?$")
_RECENT: Final = re.compile(r"^recent (?P<minutes>\d+)$")
_LINE: Final = re.compile(
    r"^(?P<author>[a-z]+)(?P<marks>(?: \((?:\+\d+|edited|deleted)\))*)(?P<kind>:| >)"
    r"(?: (?P<text>.*))?$"
)
_REACTION: Final = re.compile(r"^~ (?P<emoji>\S+) (?P<usernames>[a-z ]+)$")
_INDENT: Final = "    "


class ScriptError(Exception):
    """A line of a script cannot be read."""


@dataclass(frozen=True, slots=True)
class At:
    """At this minute: weeks count from 1, the oldest; days from 0, Monday."""

    week: int
    day: int
    hour: int
    minute: int


@dataclass(frozen=True, slots=True)
class Within:
    """At some working hour of these weeks. The week that now runs is number WEEKS + 1."""

    first_week: int
    last_week: int


@dataclass(frozen=True, slots=True)
class Recently:
    """So that the last line is this many minutes old."""

    minutes: int


When = At | Within | Recently
ANY_TIME: Final = Within(first_week=1, last_week=WEEKS + 1)


@dataclass(frozen=True, slots=True)
class Line:
    """One message of a conversation, before it has a time."""

    author: str
    text: str
    in_thread: bool = False
    gap_minutes: int | None = None
    is_edited: bool = False
    is_deleted: bool = False
    reactions: tuple[DemoReaction, ...] = ()


@dataclass(frozen=True, slots=True)
class Conversation:
    channel: str
    when: When
    lines: tuple[Line, ...]


def read_scripts(folder: Path) -> list[Conversation]:
    """Read every script in the folder, in the order of the file names.

    Raises:
        ScriptError: with the file and the number of the line.
    """
    return [
        conversation
        for path in sorted(folder.glob("*.txt"))
        for conversation in parse(path.read_text(encoding="utf-8"), source=path.name)
    ]


def parse(text: str, *, source: str) -> Iterator[Conversation]:
    """Yield the conversations of one script."""
    channel: str | None = None
    when: When = ANY_TIME
    lines: list[Line] = []
    for number, row in enumerate([*text.splitlines(), "== end"], start=1):
        header = _HEADER.match(row)
        if header:
            if channel:
                yield Conversation(channel=channel, when=when, lines=_stripped(lines))
            channel, when, lines = header["channel"], _read_when(header["when"]), []
        elif row.startswith(_INDENT) or not row:
            if lines:
                lines[-1] = replace(lines[-1], text=f"{lines[-1].text}\n{row[len(_INDENT) :]}")
        elif reaction := _REACTION.match(row):
            added = DemoReaction(reaction["emoji"], tuple(reaction["usernames"].split()))
            lines[-1] = replace(lines[-1], reactions=(*lines[-1].reactions, added))
        elif line := _LINE.match(row):
            lines.append(_read_line(line))
        else:
            raise ScriptError(f"{source}, line {number}: {row!r}")


def _read_line(match: re.Match[str]) -> Line:
    gap = re.search(r"\+(\d+)", match["marks"])
    return Line(
        author=match["author"],
        text=match["text"] or "",
        in_thread=match["kind"] == " >",
        gap_minutes=int(gap[1]) if gap else None,
        is_edited="(edited)" in match["marks"],
        is_deleted="(deleted)" in match["marks"],
    )


def _read_when(text: str | None) -> When:
    if text is None:
        return ANY_TIME
    if exact := _EXACT.match(text):
        return At(
            week=int(exact["week"]),
            day=WEEKDAYS.index(exact["day"]),
            hour=int(exact["hour"]),
            minute=int(exact["minute"]),
        )
    if weeks := _RANGE.match(text):
        return Within(
            first_week=int(weeks["first"]), last_week=int(weeks["last"] or weeks["first"])
        )
    if recent := _RECENT.match(text):
        return Recently(minutes=int(recent["minutes"]))
    raise ScriptError(f"No time: {text!r}")


def _stripped(lines: list[Line]) -> tuple[Line, ...]:
    # A line may begin with its list or its code block on the next row.
    return tuple(replace(line, text=line.text.strip("\n")) for line in lines)
