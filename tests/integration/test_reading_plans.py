"""Reading asks a bounded number of questions, and none that goes through a big table.

What the database means to do is asked of the database itself, with enough rows and statistics that
it decides as in production. How long it takes is measured by `tools.bench.reading`.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from chat import selectors
from chat.models import Channel, Message
from realtime import log
from realtime.models import Stream
from tests.integration.conftest import Api, MakeUser
from tools.bench import filling

BIG: Final = ("chat_message", "realtime_event", "chat_mention")
"""They grow with every message. The others grow with people and channels."""

MESSAGES: Final = 20_000
FIRST: Final = 10_000
"""The id of the first channel that is filled in."""

MANY: Final = 2_000
UNREAD: Final = 500


def run(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.fixture
def world(ann: User, bob: User, general: Channel, make_user: MakeUser) -> User:
    """Somebody in two thousand channels of many people, one of them long."""
    vendor, last = connection.vendor, FIRST + 2 * MANY
    reader = make_user("reader")
    run(filling.messages(vendor, channel_id=general.pk, author_id=ann.pk, first=100, last=MESSAGES))
    run(filling.mentions(channel_id=general.pk, user_id=bob.pk))
    stream_id = Stream.objects.get(name=f"c:{general.pk}").pk
    run(filling.events(vendor, stream_id=stream_id, first=100, last=MESSAGES))
    run(filling.channels(vendor, first=FIRST, last=last, seqs=3))
    for user in (ann, bob):
        run(filling.memberships(vendor, user_id=user.pk, first=FIRST, last=last, read_seq=0))
    for first, last, read_seq in (
        (FIRST, FIRST + MANY - 2, 0),
        (general.pk, general.pk, MESSAGES - 50),
    ):
        run(
            filling.memberships(
                vendor, user_id=reader.pk, first=first, last=last, read_seq=read_seq
            )
        )
    for channel_id in range(FIRST, FIRST + UNREAD):
        run(filling.messages(vendor, channel_id=channel_id, author_id=ann.pk, first=1, last=3))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return reader


class Asked:
    """What was asked of the database, and what it means to do."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def scans(self) -> list[str]:
        """Return the big tables that are read from end to end, with the statement."""
        return [
            f"{table} in {statement}"
            for statement in self.statements
            for table in _scanned(statement)
            if table in BIG
        ]


def _scanned(statement: str) -> Iterator[str]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("EXPLAIN " + statement.replace("%", "%%"))
            for (line,) in cursor.fetchall():
                yield from re.findall(r"Seq Scan on (\w+)", line)
            return
        names = {
            alias: table
            for table, alias in re.findall(r'(?:FROM|JOIN) "?(\w+)"? "?(\w+)"?', statement)
        }
        cursor.execute("EXPLAIN QUERY PLAN " + statement.replace("%", "%%"))
        for *_, detail in cursor.fetchall():
            if found := re.match(r"SCAN (\w+)(?! USING .*INDEX)", detail):
                yield str(names.get(found[1], found[1]))


def asked_by(read: Callable[[], Any]) -> Asked:
    asked = Asked()
    with CaptureQueriesContext(connection) as queries:
        read()
    asked.statements = [
        query["sql"].strip()
        for query in queries
        if query["sql"].lstrip().upper().startswith(("SELECT", "WITH"))
    ]
    return asked


def get(user: User, path: str) -> Callable[[], dict[str, Any]]:
    client = Api(user)

    def ask() -> dict[str, Any]:
        status, answer = client("GET", path)
        assert status == 200
        return dict(answer)

    return ask


def test_a_page_of_a_long_channel_is_found_by_its_place(world: User, general: Channel) -> None:
    middle = MESSAGES // 2
    for query in ("", f"before={middle}", f"after={middle}", f"around={middle}", "around=101"):
        read = get(world, f"channels/{general.pk}/messages?limit=50&{query}")
        assert len(read()["results"]) >= 25
        asked = asked_by(read)
        assert len(asked.statements) <= 12, query
        assert asked.scans() == [], query


def test_the_past_of_a_stream_is_found_by_its_place(world: User, general: Channel) -> None:
    name = f"c:{general.pk}"
    asked = asked_by(lambda: log.read(name, after=MESSAGES // 2, limit=200))
    assert len(asked.statements) == 1
    assert asked.scans() == []
    pasts = [log.Past(stream=name, after=MESSAGES - n, limit=200) for n in range(20, 40)]
    asked = asked_by(lambda: log.read_all(pasts))
    assert len(asked.statements) == 1
    assert asked.scans() == []


def test_what_is_unread_in_many_channels_is_counted_where_it_lies(world: User) -> None:
    read = get(world, "unread")
    rows = {row["channel_id"]: row["messages"] for row in read()["results"]}
    assert len(rows) == MANY
    assert sum(rows.values()) == 3 * UNREAD + 50
    asked = asked_by(read)
    assert len(asked.statements) <= 6
    assert asked.scans() == []


def test_a_long_sidebar_costs_as_many_statements_as_a_short_one(world: User) -> None:
    read = get(world, "channels?limit=100")
    assert len(read()["results"]) == 100
    asked = asked_by(read)
    assert len(asked.statements) <= 8
    assert asked.scans() == []


def test_a_welcome_is_one_statement(world: User) -> None:
    asked = asked_by(lambda: selectors.heard_by_all([world.pk]))
    assert len(asked.statements) == 1
    assert asked.scans() == []
    (heard,) = selectors.heard_by_all([world.pk])
    assert len(heard.channels) == MANY


def test_a_question_without_an_index_is_seen_as_one(world: User, general: Channel) -> None:
    assert world.pk
    asked = asked_by(lambda: Message.objects.filter(text__endswith=" 17").count())
    assert len(asked.scans()) == 1
    asked = asked_by(lambda: general.messages.filter(seq__gt=MESSAGES - 5).count())
    assert asked.scans() == []
