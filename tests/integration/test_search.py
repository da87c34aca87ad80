"""Search: it finds what one may read, the same on both databases, and loses nothing."""

import itertools
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from urllib.parse import quote

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Role, User
from chat.exceptions import Invalid, SearchTooBroad
from chat.models import (
    Attachment,
    Channel,
    Membership,
    Message,
    Reaction,
    SavedMessage,
    SearchEntry,
)
from chat.search import engines, finding, index
from chat.search.engines import Expression, engine
from chat.search.phrases import Atom
from chat.services import channels, members, messages
from files.models import File
from tests.integration.conftest import Api, MakeUser
from tests.unit.test_search_query import CASES

MakeApi = Callable[[User | None], Api]


def say(author: User, channel: Channel, text: str, **more: object) -> Message:
    return messages.post(
        author_id=author.pk,
        channel_id=channel.pk,
        client_id=uuid.uuid4(),
        text=text,
        **more,  # type: ignore[arg-type]
    ).message


def said_at(author: User, channel: Channel, text: str, at: datetime) -> None:
    """Say something at another time, as what comes from elsewhere was."""
    message = say(author, channel, text)
    Message.objects.filter(pk=message.pk).update(created_at=at)
    index.keep([message.pk])


def found(asker: User, text: str) -> list[str]:
    """Return the texts of everything that is found, the newest first."""
    hits, before = [], None
    while True:
        page = finding.find(asker=asker, text=text, before=before, limit=100)
        hits += [hit.message.text for hit in page.hits]
        before = page.go_on_before
        if before is None:
            return hits


def refusal(asker: User, text: str) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        finding.find(asker=asker, text=text, limit=10)
    return refused.value.fields


# ── What is found ───────────────────────────────────────────────────────────────────────────────


def test_every_search_of_the_table_finds_the_same_on_every_database(
    ann: User, general: Channel
) -> None:
    texts = dict.fromkeys(text for _, text, _ in CASES)
    for text in texts:
        say(ann, general, text)
    wrong = [
        (search, text)
        for search, text, is_found in CASES
        if (text in found(ann, search)) != is_found
    ]
    assert wrong == []


def test_the_newest_stands_first_with_its_place_and_a_piece_of_its_text(
    api: MakeApi, ann: User, general: Channel
) -> None:
    say(ann, general, "the deploy is <b>over</b>")
    last = say(ann, general, "Deploying again")
    status, page = api(ann)("GET", "search?q=deploy")
    assert status == 200
    assert (page["has_more"], page["next_cursor"]) == (False, None)
    first, second = page["results"]
    assert first["message"]["id"] == str(last.pk)
    assert (first["channel_id"], first["message"]["seq"]) == (str(general.pk), last.seq)
    assert first["snippet"] == [
        {"text": "Deploy", "is_match": True},
        {"text": "ing again", "is_match": False},
    ]
    assert second["snippet"] == [
        {"text": "the ", "is_match": False},
        {"text": "deploy", "is_match": True},
        {"text": " is <b>over</b>", "is_match": False},
    ]


def test_who_said_it_can_be_asked(ann: User, bob: User, general: Channel) -> None:
    say(ann, general, "one from ann")
    say(bob, general, "one from bob")
    assert found(ann, "from:@bob one") == ["one from bob"]
    assert found(ann, "from:bob") == ["one from bob"]
    assert found(bob, "from:me") == found(bob, "is:mine") == ["one from bob"]
    assert found(ann, "one from:ann from:bob") == ["one from bob", "one from ann"]
    assert found(ann, "one -from:bob") == ["one from ann"]


def test_where_it_was_said_can_be_asked(
    ann: User, bob: User, general: Channel, secret: Channel
) -> None:
    direct = conversation(ann, bob)
    for channel in (general, secret, direct):
        say(ann, channel, f"here {channel.kind}")
    assert found(ann, "in:#General") == ["here public"]
    assert found(ann, "here in:secret") == ["here private"]
    assert found(bob, "in:@ann") == ["here dm"]
    assert found(ann, "here in:@bob in:#secret") == ["here dm", "here private"]
    assert found(ann, "here -in:#secret") == ["here dm", "here public"]


def test_a_channel_is_named_in_any_case_and_without_its_accents(ann: User) -> None:
    say(ann, channels.create(by=ann.pk, name="Übersicht", kind="public"), "word")
    for name in ("Übersicht", "ÜBERSICHT", "ubersicht"):
        assert found(ann, f"in:#{name} word") == ["word"]


def test_when_it_was_said_can_be_asked(ann: User, general: Channel) -> None:
    for day in ("2026-10-31T23:59:59", "2026-11-01T00:00:00", "2026-11-01T12:00:00", "2026-11-02"):
        said_at(ann, general, f"at {day}", datetime.fromisoformat(day).replace(tzinfo=UTC))
    first, second, third, fourth = (
        "at 2026-10-31T23:59:59",
        "at 2026-11-01T00:00:00",
        "at 2026-11-01T12:00:00",
        "at 2026-11-02",
    )
    assert found(ann, "before:2026-11-01") == [first]
    assert found(ann, "at after:2026-11-01") == [fourth]
    assert found(ann, "on:2026-11-01") == [third, second]
    assert found(ann, "at during:2026-11") == [fourth, third, second]
    assert found(ann, "after:2026-11-01 before:2026-11-01") == []
    assert found(ann, "at after:2026-10-30 before:2026-11-01") == [first]


def test_days_are_those_of_the_asker(ann: User, general: Channel) -> None:
    said_at(ann, general, "late", datetime(2026, 11, 1, 23, 30, tzinfo=UTC))
    ann.time_zone = "Asia/Tokyo"
    assert found(ann, "on:2026-11-01") == []
    assert found(ann, "on:2026-11-02") == ["late"]
    ann.time_zone = "Nowhere/Never"
    assert found(ann, "on:2026-11-01") == ["late"]


def test_what_a_message_has_can_be_asked(ann: User, bob: User, general: Channel) -> None:
    root = say(ann, general, "plain")
    link = say(ann, general, "see https://example.org")
    say(ann, general, "run `make`")
    say(bob, general, "an answer", thread_id=root.pk)
    Message.objects.filter(pk=root.pk).update(reply_count=1)
    Reaction.objects.create(message=link, user=bob, emoji="👍", created_at=timezone.now())
    assert found(ann, "has:link") == ["see https://example.org"]
    assert found(ann, "has:code") == ["run `make`"]
    assert found(ann, "has:reaction") == ["see https://example.org"]
    assert found(ann, "see has:reaction") == ["see https://example.org"]
    assert found(ann, "has:thread") == ["plain"]
    assert found(ann, "is:thread") == ["an answer"]
    assert found(ann, "from:ann -has:link -has:code") == ["plain"]


def test_what_a_message_is_can_be_asked(ann: User, bob: User, general: Channel) -> None:
    pinned, saved, edited = (say(ann, general, text) for text in ("pinned", "saved", "firstly"))
    say(ann, general, "neither pinned nor saved")
    messages.edit(by=ann.pk, message_id=edited.pk, text="secondly")
    Message.objects.filter(pk=pinned.pk).update(pinned_at=timezone.now())
    SavedMessage.objects.create(message=saved, user=ann, saved_at=timezone.now())
    assert found(ann, "is:pinned") == found(ann, "has:pin") == ["pinned"]
    assert found(ann, "is:saved") == ["saved"]
    assert found(ann, "saved is:saved") == ["saved"]
    assert found(ann, "pinned is:saved") == []
    assert found(bob, "is:saved") == []
    assert found(ann, "is:edited") == ["secondly"]
    assert found(ann, "saved -is:saved") == ["neither pinned nor saved"]


def test_a_message_is_found_by_its_files(ann: User, general: Channel) -> None:
    plain, picture = say(ann, general, "plain"), say(ann, general, "look")
    say(ann, general, "nothing on it")
    for message, name, kind in (
        (plain, "Übersicht-2026.pdf", "application/pdf"),
        (picture, "foo.png", "image/png"),
    ):
        file = File.objects.create(
            owner=ann, name=name, content_type=kind, size=1, digest="", created_at=timezone.now()
        )
        Attachment.objects.create(message=message, file=file, position=0)
        index.keep([message.pk])
    assert found(ann, "has:file") == ["look", "plain"]
    assert found(ann, "has:image") == ["look"]
    assert found(ann, "foo.png") == ["look"]
    assert found(ann, "ubersicht") == found(ann, "2026.pdf") == ["plain"]
    assert found(ann, "look foo") == ["look"]
    assert found(ann, "from:me -has:file") == ["nothing on it"]


def test_a_very_long_word_is_found_by_all_of_it(ann: User, general: Channel) -> None:
    say(ann, general, "x" * 80 + "y")
    say(ann, general, "x" * 80 + "z")
    assert found(ann, "x" * 80 + "z") == ["x" * 80 + "z"]
    assert found(ann, "x -" + "x" * 80 + "z") == []
    assert found(ann, "from:me -" + "x" * 80 + "z") == ["x" * 80 + "y"]


def test_a_message_of_any_length_is_found(ann: User, general: Channel) -> None:
    words = " ".join(f"w{number}" for number in range(1_600))
    say(ann, general, words)
    assert found(ann, "w1599") == [words]


# ── What may be found ───────────────────────────────────────────────────────────────────────────


def conversation(one: User, other: User) -> Channel:
    """A direct conversation, as far as searches know it."""
    ids = sorted([one.pk, other.pk])
    channel = Channel.objects.create(
        kind=Channel.Kind.DIRECT, people_key=",".join(map(str, ids)), created_at=timezone.now()
    )
    for user in (one, other):
        Membership.objects.create(channel=channel, user=user, joined_at=timezone.now())
    return channel


def test_a_private_channel_is_searched_by_its_members_only(
    ann: User, bob: User, cat: User, general: Channel, secret: Channel
) -> None:
    say(ann, general, "treasure for all")
    say(ann, secret, "treasure hidden")
    assert found(bob, "treasure") == ["treasure hidden", "treasure for all"]
    assert found(cat, "treasure") == ["treasure for all"]
    assert refusal(cat, "treasure in:#secret") == {
        "q": "You can see no channel with the name secret."
    }


def test_a_direct_conversation_is_searched_by_its_people_only(
    ann: User, bob: User, cat: User, make_user: MakeUser
) -> None:
    say(ann, conversation(ann, bob), "between us")
    owner = make_user("owner", Role.OWNER)
    assert found(bob, "between") == ["between us"]
    assert found(cat, "between") == []
    assert found(owner, "between") == []
    assert found(owner, "from:ann") == []


def test_whoever_left_finds_nothing_more_there(ann: User, bob: User, secret: Channel) -> None:
    message = say(bob, secret, "my own words")
    SavedMessage.objects.create(message=message, user=bob, saved_at=timezone.now())
    assert found(bob, "words") == ["my own words"]
    members.remove(by=ann.pk, channel_id=secret.pk, user_id=bob.pk)
    assert found(bob, "words") == []
    assert found(bob, "from:me") == []
    assert found(bob, "is:saved") == []


def test_a_guest_finds_only_what_is_in_their_channels(
    ann: User, general: Channel, make_user: MakeUser
) -> None:
    guest = make_user("guest", Role.GUEST)
    other = channels.create(by=ann.pk, name="other", kind="public")
    say(ann, other, "word elsewhere")
    say(ann, general, "word here")
    assert found(guest, "word") == []
    members.admit(channel=general, user=guest, actor_id=ann.pk)
    assert found(guest, "word") == ["word here"]
    assert "q" in refusal(guest, "in:#other")
    hidden = make_user("hidden")
    assert refusal(guest, f"from:{hidden.username}").keys() == refusal(guest, "from:nil").keys()


@pytest.mark.parametrize("channel_count", [3, 60])
def test_with_few_and_with_many_channels_the_same_is_found(
    ann: User, bob: User, channel_count: int
) -> None:
    for number in range(channel_count):
        kind = "public" if number % 2 else "private"
        say(ann, channels.create(by=ann.pk, name=f"n{number}", kind=kind), f"word {kind}")
    assert len(found(ann, "word")) == channel_count
    assert set(found(bob, "word")) == {"word public"}


def test_a_deleted_message_is_never_found(ann: User, general: Channel) -> None:
    message = say(ann, general, "regrettable https://example.org")
    messages.delete(by=ann.pk, message_id=message.pk)
    for text in ("regrettable", "from:me", "has:link", "on:today"):
        assert found(ann, text) == []
    assert not SearchEntry.objects.filter(pk=message.pk).exists()


def test_an_edited_message_is_found_by_the_new_text_only(ann: User, general: Channel) -> None:
    message = say(ann, general, "the old text https://example.org")
    messages.edit(by=ann.pk, message_id=message.pk, text="the new text")
    assert found(ann, "old") == []
    assert found(ann, "has:link") == []
    assert found(ann, "new") == ["the new text"]


def test_what_is_rolled_back_is_not_found(ann: User, general: Channel) -> None:
    class Never(Exception):
        pass

    with pytest.raises(Never), transaction.atomic():
        say(ann, general, "never said")
        raise Never
    assert found(ann, "never") == []
    call_command("reindex", "--check", stdout=StringIO())


def test_a_stale_index_finds_nothing_that_is_not_there(ann: User, general: Channel) -> None:
    message = say(ann, general, "secret plan")
    Message.objects.filter(pk=message.pk).update(text="nothing", html="<p>nothing</p>")
    assert found(ann, "plan") == []


def test_a_stranger_is_asked_to_log_in(api: MakeApi, general: Channel) -> None:
    status, answer = api(None)("GET", "search?q=x")
    assert (status, answer["error"]["code"]) == (401, "unauthenticated")


# ── Pages ───────────────────────────────────────────────────────────────────────────────────────


def test_pages_neither_repeat_nor_leave_out_while_people_talk(
    api: MakeApi, ann: User, general: Channel
) -> None:
    said = [say(ann, general, f"word {number}") for number in range(25)]
    client, seen, cursor = api(ann), [], ""
    for page_number in itertools.count():
        status, page = client("GET", f"search?q=word&limit=4{cursor}")
        assert status == 200
        seen += [one["message"]["id"] for one in page["results"]]
        if not page["has_more"]:
            break
        cursor = f"&cursor={page['next_cursor']}"
        say(ann, general, f"word said meanwhile {page_number}")
        messages.edit(by=ann.pk, message_id=said[0].pk, text=f"word {page_number}")
    assert seen == [str(message.pk) for message in reversed(said)]


def test_a_page_that_has_looked_long_enough_says_where_to_go_on(
    ann: User, general: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(90):
        say(ann, general, "alpha and beta" if number == 3 else "beta and then alpha")
    monkeypatch.setattr(finding, "BUDGET_SECONDS", 0)
    first = finding.find(asker=ann, text='"alpha and"', limit=20)
    assert first.hits == []
    assert first.go_on_before is not None
    assert found(ann, '"alpha and"') == ["alpha and beta"]


def test_messages_without_an_end_are_gone_through_in_windows(
    ann: User, general: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "FIRST_WINDOW", 3)
    said = [say(ann, general, "word" if number % 5 else "rare") for number in range(40)]
    everything: list[int] = []
    step = engines.Step([], engines.NEWEST)
    while step.go_on_before is not None:
        step = engine().candidates(
            Expression(all_of=(Atom("rar", is_prefix=True),)), before=step.go_on_before, limit=3
        )
        everything += step.ids
    assert everything == [message.pk for message in reversed(said) if message.text == "rare"]


# ── Refusals ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ("", "q"),
        ("q=", "q"),
        ("q=%20", "q"),
        ("q=!!", "q"),
        ("q=has:wings", "q"),
        ("q=before:soon", "q"),
        ("q=from:nobody", "q"),
        ("q=" + "x" * 501, "q"),
        ("q=x&cursor=abc", "cursor"),
        ("q=x&cursor=-1", "cursor"),
        ("q=x&limit=0", "limit"),
        ("q=x&limit=101", "limit"),
        ("q=x&sort=wild", "sort"),
    ],
)
def test_a_search_that_makes_no_sense_is_refused_by_field(
    api: MakeApi, ann: User, parameters: str, field: str
) -> None:
    status, answer = api(ann)("GET", f"search?{parameters}")
    assert (status, answer["error"]["code"]) == (400, "invalid")
    assert list(answer["error"]["fields"]) == [field]


@pytest.mark.parametrize(
    "text",
    [
        "'",
        '"',
        "\\",
        "%",
        "a'b",
        "a\\b",
        "a & b | !c",
        "(x",
        "x:*",
        "NEAR(a b)",
        "AND",
        "{a}",
        "^a",
    ],
)
def test_no_sign_means_something_to_the_database(
    api: MakeApi, ann: User, general: Channel, text: str
) -> None:
    say(ann, general, f"so {text} it is")
    status, _ = api(ann)("GET", f"search?q={quote(text)}")
    assert status in {200, 400}
    assert api(ann)("GET", f"search?q={quote('x ' + text)}")[0] == 200


def test_a_search_that_takes_too_long_is_refused_with_a_reason(
    api: MakeApi, ann: User, general: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(ann, general, "word")
    endless = {
        "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
        " SELECT count(*) FROM n",
        "postgresql": "SELECT pg_sleep(60)",
    }[connection.vendor]
    with pytest.raises(SearchTooBroad), engine().limited(0.05), connection.cursor() as cursor:
        cursor.execute(endless)
    monkeypatch.setattr(finding, "STATEMENT_SECONDS", 5.0)
    assert found(ann, "word") == ["word"]


# ── The index ───────────────────────────────────────────────────────────────────────────────────


def damage(ways: str, message: Message) -> None:
    with connection.cursor() as cursor:
        match ways:
            case "lost":
                cursor.execute("DELETE FROM chat_searchentry")
            case "wrong":
                cursor.execute(
                    "UPDATE chat_searchentry SET terms = '_a1 other' WHERE message_id = %s",
                    [message.pk],
                )
            case _:
                cursor.execute(
                    "INSERT INTO chat_searchindex(chat_searchindex) VALUES('delete-all')"
                )


@pytest.mark.parametrize("ways", ["lost", "wrong", "out of step"])
def test_a_damaged_index_is_made_anew(ann: User, general: Channel, ways: str) -> None:
    if ways == "out of step" and connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has no second table.")
    message = say(ann, general, "worth keeping")
    gone = say(ann, general, "not worth keeping")
    messages.delete(by=ann.pk, message_id=gone.pk)
    damage(ways, message)
    assert found(ann, "keeping") == []
    if ways != "wrong":
        with pytest.raises(CommandError):
            call_command("reindex", "--check")
    output = StringIO()
    call_command("reindex", stdout=output)
    assert output.getvalue() == "1 messages are indexed.\n"
    assert found(ann, "keeping") == ["worth keeping"]
    call_command("reindex", "--check", stdout=StringIO())


def test_messages_that_are_there_already_are_indexed(ann: User, general: Channel) -> None:
    said = [say(ann, general, f"word {number}") for number in range(3)]
    SearchEntry.objects.exclude(pk=said[1].pk).delete()
    assert index.fill(Message) == 2
    assert len(found(ann, "word")) == 3


@pytest.mark.django_db(transaction=True)
def test_what_was_said_before_there_was_a_search_is_found(ann: User, general: Channel) -> None:
    say(ann, general, "long ago")
    try:
        call_command("migrate", "chat", "0002", verbosity=0)
    finally:
        call_command("migrate", "chat", verbosity=0)
    assert found(ann, "ago") == ["long ago"]


def test_who_writes_many_at_once_says_so(ann: User, general: Channel) -> None:
    now = timezone.now()
    rows = Message.objects.bulk_create(
        Message(
            channel=general,
            seq=100 + number,
            author=ann,
            client_id=uuid.uuid4(),
            text=f"word {number}",
            created_at=now + timedelta(seconds=number),
        )
        for number in range(3)
    )
    index.keep([row.pk for row in rows])
    assert len(found(ann, "word")) == 3
    Message.objects.filter(pk=rows[0].pk).update(text="", deleted_at=now)
    index.keep([rows[0].pk])
    assert not SearchEntry.objects.filter(pk=rows[0].pk).exists()


def test_a_channel_takes_its_words_along(ann: User, general: Channel) -> None:
    say(ann, general, "word")
    Message.objects.all().delete()
    assert not SearchEntry.objects.exists()
    assert engine().is_sound()


def test_what_does_not_change_the_words_does_not_touch_the_index(
    ann: User, general: Channel
) -> None:
    message = say(ann, general, "word")
    SearchEntry.objects.all().delete()
    message.reply_count = 1
    message.save(update_fields=["reply_count"])
    assert not SearchEntry.objects.exists()


def test_a_search_asks_as_much_whatever_it_finds(api: MakeApi, ann: User, general: Channel) -> None:
    client, counts = api(ann), []
    for number in range(30):
        say(ann, general, f"word {number}")
    # The first request also writes down when the token was last used.
    for limit in (1, 2, 30):
        with CaptureQueriesContext(connection) as queries:
            status, page = client("GET", f"search?q=word&limit={limit}")
        assert (status, len(page["results"])) == (200, limit)
        counts.append(len(queries))
    assert counts[1] == counts[2] <= 20
