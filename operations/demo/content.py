"""Builds the demo workspace: the same seed and the same moment give the same workspace."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

from operations.demo.people import CHANNELS, PEOPLE, WORKSPACE_NAME
from operations.demo.records import DemoMessage, DemoReadPosition, DemoWorkspace
from operations.demo.routine import routine
from operations.demo.schedule import Placed, Schedule
from operations.demo.script import At, Conversation, Line, Recently, read_scripts

_SCRIPTS: Final = Path(__file__).with_name("scripts")
_FIRST_TICKET: Final = 48_117
_FIRST_MERGE_REQUEST: Final = 2_204
_TICK: Final = timedelta(milliseconds=1)
_MENTION: Final = re.compile(r"(?<![\w@])@(?P<username>[a-z]+)\b")

_LONG: Final = 40
"""People say "Count me in." every day, and longer sentences once."""

_OTHER_UNREAD_CHANNELS: Final = 3
_UNREAD_MAX: Final = 9


def workspace(*, seed: int, now: datetime) -> DemoWorkspace:
    """Return the team with its last six weeks.

    Args:
        seed: another one gives other days, numbers and lunches; the people talk about the same.
        now: aware. Nothing is later than this, and what is newest is a few minutes older.
    """
    random = Random(seed)
    messages = _messages(_place_everything(now=now, random=random), random=random)
    return DemoWorkspace(
        name=WORKSPACE_NAME,
        people=PEOPLE,
        channels=CHANNELS,
        messages=messages,
        read_positions=tuple(_read_positions(messages, random=random)),
    )


def mentions(text: str) -> set[str]:
    """Return the usernames that a text mentions."""
    return {match["username"] for match in _MENTION.finditer(text)}


def _place_everything(*, now: datetime, random: Random) -> list[Placed]:
    schedule = Schedule(now=now, random=random)
    scripts = sorted(read_scripts(_SCRIPTS), key=_firmness)
    everyday = routine(days=schedule.working_days(), random=random)
    fresh = _without_repeats([*scripts, *everyday])
    placed = (schedule.place(conversation) for conversation in fresh)
    return [conversation for conversation in placed if conversation]


def _without_repeats(conversations: Iterable[Conversation]) -> Iterable[Conversation]:
    """Leave out what repeats a sentence: who has read it before knows that a machine wrote it."""
    said: set[str] = set()
    for conversation in conversations:
        sentences = {line.text for line in conversation.lines if len(line.text) > _LONG}
        if not said & sentences:
            said |= sentences
            yield conversation


def _firmness(conversation: Conversation) -> int:
    match conversation.when:
        case At():
            return 0
        case Recently():
            return 1
        case _:
            return 2


@dataclass(frozen=True, slots=True)
class _Said:
    at: datetime
    order: int
    channel: str
    line: Line
    root: int | None
    """The `order` of the message that it answers in a thread."""


def _messages(placed: Sequence[Placed], *, random: Random) -> tuple[DemoMessage, ...]:
    said = sorted(_flatten(placed), key=lambda one: (one.at, one.order))
    position = {one.order: index for index, one in enumerate(said)}
    numbers = {"%ticket%": _FIRST_TICKET, "%pr%": _FIRST_MERGE_REQUEST}
    messages: list[DemoMessage] = []
    for one in said:
        text = one.line.text
        for name, last in numbers.items():
            if name in text:
                numbers[name] = last + random.randint(1, 5)
                text = text.replace(name, str(numbers[name]))
        at = max(one.at, messages[-1].at + _TICK) if messages else one.at
        messages.append(
            DemoMessage(
                channel=one.channel,
                author=one.line.author,
                text=text,
                at=at,
                thread_root=None if one.root is None else position[one.root],
                edited_at=at + timedelta(seconds=41) if one.line.is_edited else None,
                deleted_at=at + timedelta(seconds=23) if one.line.is_deleted else None,
                reactions=one.line.reactions,
            )
        )
    return tuple(messages)


def _flatten(placed: Sequence[Placed]) -> Iterable[_Said]:
    order = 0
    for one in placed:
        root: int | None = None
        for line, at in zip(one.conversation.lines, one.moments, strict=True):
            order += 1
            if not line.in_thread:
                root = order
            yield _Said(
                at=at,
                order=order,
                channel=one.conversation.channel,
                line=line,
                root=root if line.in_thread else None,
            )


def _read_positions(
    messages: Sequence[DemoMessage], *, random: Random
) -> Iterable[DemoReadPosition]:
    """Leave everyone their newest mention unread, and a little in a few other channels."""
    by_channel = {
        channel.name: [message for message in messages if message.channel == channel.name]
        for channel in CHANNELS
    }
    for person in PEOPLE:
        mine = [channel.name for channel in CHANNELS if person.username in channel.members]
        unread = dict.fromkeys(mine, 0)
        if not person.is_bot:
            for name in random.sample(mine, k=min(_OTHER_UNREAD_CHANNELS, len(mine))):
                unread[name] = random.randint(1, _UNREAD_MAX)
            unread |= _unread_since_last_mention(person.username, mine, by_channel)
        for name in mine:
            read = max(0, len(by_channel[name]) - unread[name])
            yield DemoReadPosition(username=person.username, channel=name, messages_read=read)


def _unread_since_last_mention(
    username: str, channels: Sequence[str], by_channel: dict[str, list[DemoMessage]]
) -> dict[str, int]:
    newest: tuple[datetime, str, int] | None = None
    for name in channels:
        for distance, message in enumerate(reversed(by_channel[name]), start=1):
            if username in mentions(message.text) and message.author != username:
                newest = max(newest or (message.at, name, distance), (message.at, name, distance))
                break
    return {newest[1]: newest[2]} if newest else {}
