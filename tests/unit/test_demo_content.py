"""The demo workspace is whole: whoever looks around in it finds nothing that could not be."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path
from random import Random

import msgspec
import pytest

import operations.demo
from operations.demo.content import mentions, workspace
from operations.demo.people import CHANNELS, HUMANS, PEOPLE
from operations.demo.records import DemoWorkspace
from operations.demo.schedule import Schedule
from operations.demo.script import (
    At,
    Conversation,
    Line,
    Recently,
    ScriptError,
    Within,
    parse,
    read_scripts,
)
from protocol import limits
from protocol.requests import ChannelName, Description, TextOrFiles, Topic

LONG = 40
MOMENTS = {
    "in the middle of a working day": datetime(2026, 3, 4, 14, 20, tzinfo=UTC),
    "in the first minute of a week": datetime(2026, 3, 2, 0, 1, tzinfo=UTC),
    "on a Sunday night, far east": datetime(
        2026, 3, 8, 23, 50, tzinfo=timezone(timedelta(hours=9))
    ),
}


@pytest.fixture(scope="module", params=list(MOMENTS.values()), ids=list(MOMENTS))
def now(request: pytest.FixtureRequest) -> datetime:
    moment: datetime = request.param
    return moment


@pytest.fixture(scope="module")
def demo(now: datetime) -> DemoWorkspace:
    return workspace(seed=7, now=now)


def test_it_is_lively(demo: DemoWorkspace) -> None:
    assert len(demo.people) >= 14
    assert len(demo.channels) >= 10
    assert len(demo.messages) >= 2_500
    assert {channel.kind for channel in demo.channels} == {"public", "private"}
    written_in = Counter(message.channel for message in demo.messages)
    assert all(written_in[channel.name] >= 30 for channel in demo.channels)


def test_everyone_writes_and_only_where_they_are_members(demo: DemoWorkspace) -> None:
    members = {channel.name: set(channel.members) for channel in demo.channels}

    assert all(message.author in members[message.channel] for message in demo.messages)
    assert {message.author for message in demo.messages} == {person.username for person in PEOPLE}


def test_every_owner_and_member_is_somebody() -> None:
    usernames = {person.username for person in PEOPLE}

    assert len(usernames) == len(PEOPLE)
    for channel in CHANNELS:
        assert channel.owner in channel.members
        assert set(channel.members) <= usernames
        assert len(set(channel.members)) == len(channel.members)


def test_who_is_mentioned_exists_and_is_in_the_channel(demo: DemoWorkspace) -> None:
    members = {channel.name: set(channel.members) for channel in demo.channels}

    mentioned = [(message, mentions(message.text)) for message in demo.messages]

    assert sum(bool(names) for _, names in mentioned) >= 60
    for message, names in mentioned:
        assert names <= members[message.channel], message.text


def test_who_reacts_is_in_the_channel_and_does_so_once(demo: DemoWorkspace) -> None:
    members = {channel.name: set(channel.members) for channel in demo.channels}

    for message in demo.messages:
        emoji = [reaction.emoji for reaction in message.reactions]
        assert len(set(emoji)) == len(emoji)
        for reaction in message.reactions:
            assert reaction.usernames
            assert set(reaction.usernames) <= members[message.channel]
            assert len(set(reaction.usernames)) == len(reaction.usernames)


def test_time_goes_forward_and_ends_before_now(demo: DemoWorkspace, now: datetime) -> None:
    times = [message.at for message in demo.messages]

    assert all(earlier < later for earlier, later in pairwise(times))
    assert times[-1] <= now
    assert now - times[-1] < timedelta(hours=1)
    assert timedelta(days=41) <= now - times[0] <= timedelta(weeks=7)
    for message in demo.messages:
        for changed_at in (message.edited_at, message.deleted_at):
            assert changed_at is None or message.at < changed_at <= now


def test_most_is_said_in_working_hours(demo: DemoWorkspace) -> None:
    working = [
        message
        for message in demo.messages
        if message.at.weekday() < 5 and 8 <= message.at.hour < 19
    ]

    assert len(working) / len(demo.messages) > 0.95


def test_a_thread_answers_an_earlier_message_of_its_channel(demo: DemoWorkspace) -> None:
    answers = [
        (index, message)
        for index, message in enumerate(demo.messages)
        if message.thread_root is not None
    ]

    assert len(answers) >= 150
    for index, message in answers:
        assert message.thread_root is not None
        root = demo.messages[message.thread_root]
        assert message.thread_root < index
        assert root.channel == message.channel
        assert root.thread_root is None
        assert root.deleted_at is None


def test_everything_fits_the_limits_of_the_wire(demo: DemoWorkspace) -> None:
    for message in demo.messages:
        assert message.text.strip()
        assert msgspec.convert(message.text, TextOrFiles) == message.text
        assert len(mentions(message.text)) <= limits.MENTIONS_MAX
    for channel in demo.channels:
        msgspec.convert(channel.name, ChannelName)
        msgspec.convert(channel.topic, Topic)
        msgspec.convert(channel.description, Description)
    for person in demo.people:
        assert len(person.username) <= limits.USERNAME_MAX_CHARS
        assert len(person.display_name) <= limits.NAME_MAX_CHARS


def test_nothing_long_is_said_twice(demo: DemoWorkspace) -> None:
    said = Counter(message.text for message in demo.messages if len(message.text) > LONG)

    assert [text for text, times in said.items() if times > 1] == []
    assert len(said) >= 1_500


def test_no_placeholder_is_left_and_every_link_leads_nowhere_real(demo: DemoWorkspace) -> None:
    for message in demo.messages:
        assert "%ticket%" not in message.text
        assert "%pr%" not in message.text
        for host in re.findall(r"https?://([^/\s]+)", message.text):
            assert host.endswith(("example.org", "example.com", "example.net"))


def test_some_messages_were_edited_and_some_were_taken_back(demo: DemoWorkspace) -> None:
    assert 3 <= sum(message.edited_at is not None for message in demo.messages) <= 40
    assert 2 <= sum(message.deleted_at is not None for message in demo.messages) <= 20


def test_everyone_finds_a_mention_and_a_little_more_unread(demo: DemoWorkspace) -> None:
    by_channel = {
        channel.name: [message for message in demo.messages if message.channel == channel.name]
        for channel in demo.channels
    }
    for username in HUMANS:
        unread = {
            position.channel: by_channel[position.channel][position.messages_read :]
            for position in demo.read_positions
            if position.username == username
        }
        assert {channel.name for channel in demo.channels if username in channel.members} == set(
            unread
        )
        mentioning = [
            message
            for messages in unread.values()
            for message in messages
            if username in mentions(message.text) and message.author != username
        ]
        assert mentioning, username
        assert 2 <= sum(bool(messages) for messages in unread.values()) <= 6
        assert sum(len(messages) for messages in unread.values()) <= 60


def test_the_same_seed_and_moment_give_the_same_workspace(now: datetime) -> None:
    assert workspace(seed=7, now=now) == workspace(seed=7, now=now)
    assert workspace(seed=7, now=now) != workspace(seed=8, now=now)


def test_now_must_know_its_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        workspace(seed=1, now=datetime(2026, 3, 4, 14, 20))  # noqa: DTZ001 - that is the point


def test_no_written_conversation_is_lost(now: datetime) -> None:
    folder = Path(operations.demo.__file__).with_name("scripts")
    written = [line.text for one in read_scripts(folder) for line in one.lines]
    said = {message.text for message in workspace(seed=3, now=now).messages}

    lost = [text for text in written if text not in said and "%" not in text]

    assert lost == []
    assert len(written) >= 1_000
    assert sum(len(one.lines) >= 6 for one in read_scripts(folder)) >= 70


def test_a_script_says_who_what_where_and_when() -> None:
    script = """\
== general @ w2 tue 09:30
mira: Two lines:
    - and a list

    after a blank one
tobias > in the thread
~ 🙌 mira priya
wen (edited) (+90): later
== coffee @ recent 12
jonas (deleted): oops
== lunch @ w2-4
ines: soup
"""
    general, coffee, lunch = parse(script, source="test")

    assert general.when == At(week=2, day=1, hour=9, minute=30)
    assert [line.author for line in general.lines] == ["mira", "tobias", "wen"]
    assert general.lines[0].text == "Two lines:\n- and a list\n\nafter a blank one"
    assert general.lines[1].in_thread
    assert general.lines[1].reactions[0].usernames == ("mira", "priya")
    assert (general.lines[2].is_edited, general.lines[2].gap_minutes) == (True, 90)
    assert coffee.when == Recently(minutes=12)
    assert coffee.lines[0].is_deleted
    assert lunch.when == Within(first_week=2, last_week=4)


def test_a_line_that_cannot_be_read_is_named() -> None:
    with pytest.raises(ScriptError, match=r"broken\.txt, line 2"):
        list(parse("== general\nno colon here\n", source="broken.txt"))


def test_two_conversations_of_a_channel_are_not_mixed() -> None:
    now = datetime(2026, 3, 4, 14, 20, tzinfo=UTC)
    schedule = Schedule(now=now, random=Random(1))
    lines = tuple(Line("mira", "A sentence.") for _ in range(8))
    at = At(week=2, day=1, hour=10, minute=0)

    first, second = (
        schedule.place(Conversation(channel="general", when=at, lines=lines)) for _ in range(2)
    )

    assert first is not None
    assert second is not None
    assert first.moments[-1] < second.moments[0]


def test_what_would_not_be_over_by_now_is_left_out() -> None:
    now = datetime(2026, 3, 4, 14, 20, tzinfo=UTC)
    schedule = Schedule(now=now, random=Random(1))
    this_afternoon = At(week=7, day=2, hour=15, minute=0)

    placed = schedule.place(
        Conversation(channel="general", when=this_afternoon, lines=(Line("mira", "Later."),))
    )

    assert placed is None
