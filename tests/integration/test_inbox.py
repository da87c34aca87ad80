"""What calls somebody, and which threads they follow."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from chat import inboxes
from chat.models import Channel, Mention, Message, UserGroup
from chat.services import (
    following,
    members,
    memberships,
    messages,
    notifications,
    preferences,
    reading,
)
from protocol.personal import PreferencesChange, QuietHours
from realtime.pool import run_in_pool
from tests.integration.conftest import Api, MakeUser, Sockets

MakeApi = Callable[[User | None], Api]


def post(author: User, channel: Channel, text: str = "hello", **kwargs: Any) -> Message:
    return messages.post(
        author_id=author.pk, channel_id=channel.pk, client_id=uuid.uuid4(), text=text, **kwargs
    ).message


def wants(user: User, **wanted: Any) -> None:
    preferences.change(user_id=user.pk, wanted=PreferencesChange(**wanted))


def all_pages(client: Api, path: str, limit: int = 2) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        status, page = client("GET", f"{path}limit={limit}{cursor}")
        assert status == 200
        assert len(page["results"]) <= limit
        found += page["results"]
        if not page["has_more"]:
            assert page["next_cursor"] is None
            return found
        cursor = f"&cursor={page['next_cursor']}"


# ── What calls somebody ─────────────────────────────────────────────────────────────────────


def test_all_that_calls_one_is_in_one_list_the_newest_first(
    api: MakeApi, ann: User, bob: User, general: Channel, secret: Channel
) -> None:
    wants(bob, keywords=["release"])
    UserGroup.objects.create(handle="crew", name="Crew").members.add(bob)
    for text in ("@bob one", "nobody", "@crew two", "the Release three", "@here four"):
        post(ann, general, text)
    post(ann, secret, "@channel and @bob five")
    post(bob, general, "@channel by myself")
    client = api(bob)
    entries = all_pages(client, "mentions?")
    assert [(entry["reason"], entry["message"]["text"]) for entry in entries] == [
        ("name", "@channel and @bob five"),
        ("here", "@here four"),
        ("keyword", "the Release three"),
        ("group", "@crew two"),
        ("name", "@bob one"),
    ]
    assert all(entry["is_unread"] for entry in entries)
    reading.mark_all_read(user_id=bob.pk)
    assert not any(entry["is_unread"] for entry in all_pages(client, "mentions?"))


def test_only_what_one_may_still_read_and_what_was_said_since_one_came_is_in_it(
    api: MakeApi, ann: User, bob: User, cat: User, general: Channel, secret: Channel
) -> None:
    post(ann, general, "@channel before cat came")
    members.join(user_id=cat.pk, channel_id=general.pk)
    members.add(by=ann.pk, channel_id=secret.pk, user_id=cat.pk)
    post(ann, secret, "@cat among us")
    gone = post(ann, general, "@cat never mind")
    post(ann, general, "@cat stays")
    messages.delete(by=ann.pk, message_id=gone.pk)
    members.remove(by=ann.pk, channel_id=secret.pk, user_id=cat.pk)
    entries = api(cat)("GET", "mentions")[1]["results"]
    assert [entry["message"]["text"] for entry in entries] == ["@cat stays"]


def test_a_mention_in_a_followed_thread_is_unread_until_the_thread_is_read(
    api: MakeApi, ann: User, bob: User, general: Channel
) -> None:
    client = api(bob)
    root = post(ann, general)
    reply = post(ann, general, "@bob?", thread_id=root.pk)
    reading.mark_read(user_id=bob.pk, channel_id=general.pk, seq=reply.seq)
    (entry,) = client("GET", "mentions")[1]["results"]
    assert entry["is_unread"]
    overview = client("GET", "unread")[1]
    assert [(row["replies"], row["mentions"]) for row in overview["threads"]] == [(1, 1)]
    assert overview["results"][0]["mentions"] == 0
    status, state = client("POST", f"messages/{root.pk}/thread/read", {"seq": reply.seq})
    assert (status, state["read_seq"]) == (200, reply.seq)
    (entry,) = client("GET", "mentions")[1]["results"]
    assert not entry["is_unread"]
    assert client("GET", "unread")[1]["threads"] == []


# ── Threads ─────────────────────────────────────────────────────────────────────────────────


def test_ones_threads_are_in_one_list_the_latest_reply_first(
    api: MakeApi, ann: User, bob: User, general: Channel
) -> None:
    client = api(bob)
    roots = [post(bob, general, f"question {number}") for number in range(5)]
    for number in (0, 1, 2, 0, 3):
        post(ann, general, f"answer to {number}", thread_id=roots[number].pk)
    threads = all_pages(client, "threads?")
    assert [thread["root"]["text"] for thread in threads] == [
        "question 3",
        "question 0",
        "question 2",
        "question 1",
    ]
    assert threads[1]["unread"]["replies"] == 2
    following.mark_read(
        user_id=bob.pk, root_id=roots[3].pk, seq=threads[0]["unread"]["last_reply_seq"]
    )
    unread = all_pages(client, "threads?unread=1&")
    assert [thread["root"]["text"] for thread in unread] == [
        "question 0",
        "question 2",
        "question 1",
    ]


def test_a_thread_shows_its_last_two_replies_and_no_deleted_one(
    api: MakeApi, ann: User, bob: User, general: Channel
) -> None:
    root = post(bob, general)
    replies = [post(ann, general, f"reply {number}", thread_id=root.pk) for number in range(4)]
    messages.delete(by=ann.pk, message_id=replies[3].pk)
    (thread,) = api(bob)("GET", "threads")[1]["results"]
    assert [reply["text"] for reply in thread["latest"]] == ["reply 1", "reply 2"]
    assert (thread["unread"]["replies"], thread["root"]["id"]) == (3, str(root.pk))


def test_threads_of_left_channels_and_those_unfollowed_are_not_in_it(
    api: MakeApi, ann: User, bob: User, general: Channel, secret: Channel
) -> None:
    for channel in (general, secret):
        root = post(bob, channel)
        post(ann, channel, thread_id=root.pk)
    assert len(api(bob)("GET", "threads")[1]["results"]) == 2
    api(bob)("DELETE", f"messages/{root.pk}/follow")
    members.leave(user_id=bob.pk, channel_id=general.pk)
    assert api(bob)("GET", "threads")[1]["results"] == []
    assert inboxes.unread_threads(asker=bob) == ([], False)


def test_whoever_comes_back_has_missed_nothing(
    api: MakeApi, ann: User, bob: User, general: Channel
) -> None:
    root = post(bob, general)
    post(ann, general, "@bob?", thread_id=root.pk)
    members.leave(user_id=bob.pk, channel_id=general.pk)
    post(ann, general, "are you gone?", thread_id=root.pk)
    members.join(user_id=bob.pk, channel_id=general.pk)
    overview = api(bob)("GET", "unread")[1]
    assert [(row["messages"], row["mentions"]) for row in overview["results"]] == [(0, 0)]
    assert overview["threads"] == []
    post(ann, general, "welcome back", thread_id=root.pk)
    assert [row["replies"] for row in api(bob)("GET", "unread")[1]["threads"]] == [1]


@pytest.mark.parametrize("path", ["mentions", "threads", "saved", "groups", "drafts"])
def test_a_bad_cursor_is_refused(path: str, api: MakeApi, ann: User) -> None:
    for query in ("cursor=abc", "cursor=0", "limit=101", "colour=red"):
        status, answer = api(ann)("GET", f"{path}?{query}")
        assert (status, answer["error"]["code"]) == (400, "invalid")


def test_the_inboxes_cost_the_same_for_many_rows(
    api: MakeApi, ann: User, bob: User, general: Channel
) -> None:
    def cost() -> list[int]:
        costs = []
        for act in (
            lambda: inboxes.called(asker=bob, before=None, limit=50),
            lambda: inboxes.followed_threads(asker=bob, before=None, limit=50, only_unread=False),
            lambda: list(inboxes.saved(asker=bob)),
        ):
            with CaptureQueriesContext(connection) as queries:
                act()
            costs.append(len(queries))
        return costs

    client = api(bob)

    def more() -> None:
        root = post(bob, general, "@channel")
        reply = post(ann, general, "@bob", thread_id=root.pk)
        post(ann, general, "@here", thread_id=root.pk, also_to_channel=True)
        client("PUT", f"messages/{reply.pk}/saved")

    more()
    few = cost()
    for _ in range(4):
        more()
    assert cost() == few
    assert max(few) <= 8


# ── Whom a message calls ────────────────────────────────────────────────────────────────────


async def test_a_keyword_calls_who_waits_for_it_and_nobody_learns_of_it(
    sockets: Sockets, ann: User, bob: User, cat: User, general: Channel
) -> None:
    for user in (ann, bob, cat):
        await run_in_pool(wants, user, keywords=["release notes"])
    writer, waits, stranger = [await sockets.open(user) for user in (ann, bob, cat)]
    answer = await writer.post(general.pk, "The **Release   Notes** are out, not the releases")
    event = await waits.next("mention.created")
    assert (event["message_id"], event["reason"]) == (answer["message_id"], "keyword")
    assert (await writer.next("message.posted"))["message"]["mention_ids"] == []
    await stranger.ask("ping")
    assert stranger.arrived() == []
    assert await run_in_pool(lambda: list(Mention.objects.values_list("user_id"))) == [(bob.pk,)]


def test_one_reason_is_given_and_the_closest_counts(ann: User, bob: User, general: Channel) -> None:
    wants(bob, keywords=["bob"])
    message = post(ann, general, "nothing yet")

    def reasons(**kwargs: Any) -> list[str]:
        return [
            one.reason
            for one in notifications.recipients(
                message,
                waiting=notifications.waiting_for([(general.pk, "bob")])[0],
                channel=general,
                **{"named": [], "grouped": [], **kwargs},
            )
        ]

    assert reasons() == ["keyword"]
    assert reasons(grouped=[bob.pk]) == ["group"]
    assert reasons(grouped=[bob.pk, ann.pk], named=[bob.pk]) == ["name"]


def test_an_edit_changes_why_somebody_is_called(ann: User, bob: User, general: Channel) -> None:
    wants(bob, keywords=["release"])
    message = post(ann, general, "the release")
    assert list(message.mentions.values_list("reason", flat=True)) == ["keyword"]
    messages.edit(by=ann.pk, message_id=message.pk, text="the release, @bob")
    assert list(message.mentions.values_list("reason", flat=True)) == ["name"]
    messages.edit(by=ann.pk, message_id=message.pk, text="nothing")
    assert not message.mentions.exists()


def test_whether_to_tell_at_once_follows_from_what_people_want(
    make_user: MakeUser, ann: User, bob: User, general: Channel
) -> None:
    people = {"bob": bob}
    for name in ("muted", "nothing", "night", "later", "plain"):
        people[name] = make_user(name)
        members.admit(channel=general, user=people[name], actor_id=ann.pk)
    memberships.change(user_id=people["muted"].pk, channel_id=general.pk, is_muted=True)
    wants(people["nothing"], level="nothing")
    always = QuietHours(is_on=True, from_="00:00", to="00:00", days=[0, 1, 2, 3, 4, 5, 6])
    wants(people["night"], quiet_hours=always)
    wants(people["later"], dnd_until=datetime(2100, 1, 1, tzinfo=UTC))
    message = post(ann, general, "nobody yet")
    with CaptureQueriesContext(connection) as queries:
        recipients = notifications.recipients(
            message,
            named=[user.pk for user in people.values()],
            grouped=[],
            waiting=[],
            channel=general,
        )
    assert len(queries) <= 2
    told = {one.user_id for one in recipients if one.notify}
    assert len(recipients) == len(people)
    assert told == {bob.pk, people["plain"].pk}


def test_a_message_that_calls_nobody_costs_one_query(
    ann: User, bob: User, general: Channel
) -> None:
    message = post(ann, general)
    with CaptureQueriesContext(connection) as queries:
        (waiting,) = notifications.waiting_for([(general.pk, "hi")])
        called = notifications.recipients(
            message, named=[], grouped=[], waiting=waiting, channel=general
        )
    assert called == []
    assert len(queries) == 1


async def test_whoever_is_drawn_into_a_thread_is_told_that_they_follow_it(
    sockets: Sockets, ann: User, bob: User, general: Channel
) -> None:
    first, second = await sockets.open(ann), await sockets.open(bob)
    root = await first.post(general.pk, "question")
    reply = await second.ask(
        "message.post",
        channel_id=str(general.pk),
        client_id=str(uuid.uuid4()),
        text="answer",
        thread_id=root["message_id"],
    )
    for socket, read_seq in ((first, reply["seq"] - 1), (second, reply["seq"])):
        event = await socket.next("thread.changed")
        assert (event["root_id"], event["is_following"]) == (root["message_id"], True)
        assert event["read_seq"] == read_seq


def test_replies_are_read_back_from_any_place_and_around_one(
    api: MakeApi, ann: User, bob: User, general: Channel
) -> None:
    root = post(ann, general)
    replies = [post(ann, general, f"reply {number}", thread_id=root.pk) for number in range(6)]
    client = api(bob)
    path = f"messages/{root.pk}/thread"

    def texts(query: str) -> tuple[list[str], str | None]:
        status, page = client("GET", f"{path}?{query}")
        assert status == 200
        return [row["text"] for row in page["results"]], page["next_cursor"]

    end = replies[-1].seq + 1
    assert texts(f"before={end}&limit=2") == (["reply 4", "reply 5"], str(replies[4].seq))
    assert texts(f"before={replies[2].seq}&limit=5") == (["reply 0", "reply 1"], None)
    around = f"around={replies[3].seq}&limit=3"
    assert texts(around) == (["reply 2", "reply 3", "reply 4"], str(replies[2].seq))
    status, answer = client("GET", f"{path}?around=1&before=2")
    assert (status, answer["error"]["code"]) == (400, "invalid")


def test_somebody_can_ask_what_a_thread_is_to_them(
    api: MakeApi, ann: User, bob: User, general: Channel
) -> None:
    root = post(ann, general)
    client = api(bob)
    assert client("GET", f"messages/{root.pk}/follow")[1] == {
        "root_id": str(root.pk),
        "channel_id": str(general.pk),
        "is_following": False,
        "read_seq": 0,
    }
    reply = post(bob, general, thread_id=root.pk)
    state = client("GET", f"messages/{root.pk}/follow")[1]
    assert (state["is_following"], state["read_seq"]) == (True, reply.seq)
    assert client("GET", f"messages/{reply.pk}/follow")[0] == 404


def test_the_overview_names_the_threads_one_follows(
    api: MakeApi, ann: User, bob: User, general: Channel
) -> None:
    roots = [post(ann, general) for _ in range(3)]
    for root in roots:
        following.set_following(user_id=bob.pk, root_id=root.pk, is_following=True)
    following.set_following(user_id=bob.pk, root_id=roots[1].pk, is_following=False)
    overview = api(bob)("GET", "unread")[1]
    assert [row["root_id"] for row in overview["following"]] == [str(roots[2].pk), str(roots[0].pk)]
    members.leave(user_id=bob.pk, channel_id=general.pk)
    assert api(bob)("GET", "unread")[1]["following"] == []
