"""What hangs on messages: threads, reactions, pins, quotes, history; told alike to all."""

import uuid
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from accounts.models import Role, User
from chat import groups
from chat.models import Channel, Mention, Message, ThreadFollow
from chat.services import channels, direct, members, messages, reading
from protocol.limits import BROAD_MENTION_CONFIRM, PINS_MAX, REACTIONS_MAX, REPLIERS_SHOWN
from realtime import log
from tests.integration.conftest import Api, MakeUser

MakeApi = Callable[[User | None], Api]
Record = dict[str, Any]


def say(author: User, channel: Channel, text: str = "hi", **more: Any) -> Message:
    return messages.post(
        author_id=author.pk, channel_id=channel.pk, client_id=uuid.uuid4(), text=text, **more
    ).message


def said(text: str = "hello", **more: Any) -> Record:
    return {"client_id": str(uuid.uuid4()), "text": text, **more}


def events_after(channel: Channel, seq: int) -> list[Record]:
    letters = log.read(groups.channel_stream(channel.pk), after=seq, limit=1000)
    return [msgspec.json.decode(letter.payload) for letter in letters]


def apply(known: dict[str, Record], event: Record) -> None:
    """Do with a snapshot what a window does."""
    if "message" in event:
        known[event["message"]["id"]] = event["message"]
    message = known.get(event.get("message_id", ""))
    match event["type"].split("."):
        case ["message", "deleted"]:
            assert message is not None
            gone = {"text": "", "html": "", "broad": "", "mention_ids": [], "reactions": []}
            message |= {**gone, "pinned_at": None, "pinned_by_id": None, "deleted_at": event["at"]}
        case ["message", "pinned"]:
            assert message is not None
            message |= {"pinned_at": event["at"], "pinned_by_id": event["actor_id"]}
        case ["message", "unpinned"]:
            assert message is not None
            message |= {"pinned_at": None, "pinned_by_id": None}
        case ["reaction", what]:
            assert message is not None
            given = {one["emoji"]: one["user_ids"] for one in message["reactions"]}
            people = given.setdefault(event["emoji"], [])
            (people.append if what == "added" else people.remove)(event["user_id"])
            message["reactions"] = [
                {"emoji": emoji, "user_ids": ids} for emoji, ids in given.items() if ids
            ]
    if event.get("thread"):
        root = known[event["thread"]["root_id"]]
        root["thread"] = event["thread"] if event["thread"]["reply_count"] else None


def test_a_snapshot_and_the_events_after_it_are_the_fresh_snapshot(
    api: MakeApi, ann: User, bob: User, general: Channel
) -> None:
    first, second = api(ann), api(bob)
    root = say(ann, general, "root")
    other = say(bob, general, "other")
    _, page = first("GET", f"channels/{general.pk}/messages")
    known = {one["id"]: one for one in page["results"]}
    seq = log.heads([groups.channel_stream(general.pk)])[groups.channel_stream(general.pk)]

    path = f"channels/{general.pk}/messages"
    reply = said("a reply for @bob", thread_id=str(root.pk))
    _, posted = second("POST", path, reply)
    second("POST", path, said("and another", thread_id=str(root.pk), also_to_channel=True))
    first("POST", path, said("quoting", quoted_id=str(other.pk)))
    second("PUT", f"messages/{root.pk}/reactions/tada")
    first("PUT", f"messages/{root.pk}/reactions/🎉")
    first("PUT", f"messages/{root.pk}/reactions/heart")
    second("DELETE", f"messages/{root.pk}/reactions/tada")
    first("PUT", f"messages/{root.pk}/pin")
    first("PATCH", f"messages/{root.pk}", {"text": "root, with @bob"})
    second("PUT", f"messages/{other.pk}/pin")
    second("DELETE", f"messages/{other.pk}/pin")
    second("DELETE", f"messages/{posted['id']}")
    first("PUT", f"messages/{other.pk}/reactions/eyes")
    second("DELETE", f"messages/{other.pk}")

    for event in events_after(general, seq):
        apply(known, event)
    _, fresh = first("GET", f"channels/{general.pk}/messages")
    assert known == {one["id"]: one for one in fresh["results"]}
    assert {event["type"] for event in events_after(general, seq)} == {
        "message.posted",
        "message.edited",
        "message.deleted",
        "message.pinned",
        "message.unpinned",
        "reaction.added",
        "reaction.removed",
    }


# ── Threads ────────────────────────────────────────────────────────────────────────────────


def test_a_root_shows_how_many_replied_and_who_was_last(
    make_user: MakeUser, ann: User, general: Channel
) -> None:
    root = say(ann, general)
    people = [make_user(f"person{index}") for index in range(REPLIERS_SHOWN + 1)]
    for person in people:
        members.admit(channel=general, user=person, actor_id=person.pk)
        last = say(person, general, thread_id=root.pk)
    root.refresh_from_db()
    assert root.reply_count == len(people)
    assert (root.last_reply_seq, root.last_reply_at) == (last.seq, last.created_at)
    assert root.replier_ids == [person.pk for person in reversed(people)][:REPLIERS_SHOWN]


def test_a_deleted_reply_no_longer_counts(ann: User, bob: User, general: Channel) -> None:
    root = say(ann, general)
    first = say(bob, general, thread_id=root.pk)
    second = say(ann, general, thread_id=root.pk)
    messages.delete(by=ann.pk, message_id=second.pk)
    root.refresh_from_db()
    assert (root.reply_count, root.last_reply_seq, root.replier_ids) == (1, first.seq, [bob.pk])
    messages.delete(by=bob.pk, message_id=first.pk)
    root.refresh_from_db()
    assert (root.reply_count, root.last_reply_at, root.replier_ids) == (0, None, [])


def test_a_thread_stays_when_its_root_is_deleted(
    api: MakeApi, ann: User, bob: User, general: Channel
) -> None:
    root = say(ann, general)
    say(bob, general, "reply", thread_id=root.pk)
    messages.delete(by=ann.pk, message_id=root.pk)
    _, page = api(bob)("GET", f"channels/{general.pk}/messages")
    stub = page["results"][0]
    assert (stub["text"], stub["thread"]["reply_count"]) == ("", 1)
    _, thread = api(bob)("GET", f"messages/{root.pk}/thread")
    assert [one["text"] for one in thread["results"]] == ["reply"]


def test_writing_replying_and_being_called_makes_one_follow_a_thread(
    make_user: MakeUser, ann: User, bob: User, general: Channel
) -> None:
    cid = make_user("cid")
    members.admit(channel=general, user=cid, actor_id=cid.pk)
    root = say(ann, general)
    reply = say(bob, general, "what do you think, @cid?", thread_id=root.pk)
    follows = dict(ThreadFollow.objects.filter(root=root).values_list("user_id", "read_seq"))
    assert follows == {ann.pk: reply.seq - 1, bob.pk: reply.seq, cid.pk: reply.seq - 1}


def test_whoever_does_not_want_a_thread_is_not_made_to_follow_it(
    ann: User, bob: User, general: Channel
) -> None:
    root = say(ann, general)
    say(bob, general, thread_id=root.pk)
    ThreadFollow.objects.filter(root=root, user=bob).update(is_following=False)
    say(bob, general, thread_id=root.pk)
    assert not ThreadFollow.objects.get(root=root, user=bob).is_following


def test_replies_can_be_left_out_of_a_channels_pages(
    api: MakeApi, ann: User, bob: User, general: Channel
) -> None:
    root = say(ann, general, "root")
    say(bob, general, "in the thread", thread_id=root.pk)
    say(bob, general, "in both", thread_id=root.pk, also_to_channel=True)
    reader = api(ann)
    _, page = reader("GET", f"channels/{general.pk}/messages?replies=false")
    assert [one["text"] for one in page["results"]] == ["root", "in both"]
    _, thread = reader("GET", f"messages/{root.pk}/thread")
    assert [one["text"] for one in thread["results"]] == ["in the thread", "in both"]


def test_only_a_reply_can_also_go_to_the_channel(api: MakeApi, ann: User, general: Channel) -> None:
    path = f"channels/{general.pk}/messages"
    status, answer = api(ann)("POST", path, said(also_to_channel=True))
    assert (status, answer["error"]["code"]) == (400, "invalid")
    assert "also_to_channel" in answer["error"]["fields"]


@pytest.mark.parametrize("where", ["reply", "elsewhere", "nowhere", "deleted"])
def test_a_thread_hangs_on_a_message_of_its_channel_only(
    api: MakeApi, ann: User, general: Channel, secret: Channel, where: str
) -> None:
    root = say(ann, general)
    reply = say(ann, general, thread_id=root.pk)
    gone = say(ann, general)
    messages.delete(by=ann.pk, message_id=gone.pk)
    elsewhere = say(ann, secret)
    ids = {"reply": reply.pk, "elsewhere": elsewhere.pk, "nowhere": 10**9, "deleted": gone.pk}
    body = said(thread_id=str(ids[where]))
    status, answer = api(ann)("POST", f"channels/{general.pk}/messages", body)
    assert (status, answer["error"]["code"]) == (404, "not_found")


# ── Reactions ──────────────────────────────────────────────────────────────────────────────


def test_one_emoji_has_one_spelling_and_counts_once_for_each_person(
    api: MakeApi, ann: User, bob: User, general: Channel
) -> None:
    message = say(ann, general)
    first, second = api(ann), api(bob)
    _, one = first("PUT", f"messages/{message.pk}/reactions/heart")
    _, again = first("PUT", f"messages/{message.pk}/reactions/❤")
    second("PUT", f"messages/{message.pk}/reactions/:heart:")
    second("PUT", f"messages/{message.pk}/reactions/👍🏽")
    _, record = first("GET", f"messages/{message.pk}")
    assert record["reactions"] == [
        {"emoji": "❤️", "user_ids": [str(ann.pk), str(bob.pk)]},
        {"emoji": "👍🏽", "user_ids": [str(bob.pk)]},
    ]
    assert again["seq"] == one["seq"]


@pytest.mark.parametrize("emoji", ["nonsense", "zz", "🎉🎉", "%20", "<script>", "🎉 ", "%00"])
def test_what_is_no_emoji_is_refused(api: MakeApi, ann: User, general: Channel, emoji: str) -> None:
    message = say(ann, general)
    status, answer = api(ann)("PUT", f"messages/{message.pk}/reactions/{emoji}")
    assert (status, answer["error"]["code"]) == (400, "invalid")
    assert not message.reactions.exists()


def test_there_are_so_many_different_reactions_and_no_more(
    api: MakeApi, ann: User, bob: User, general: Channel
) -> None:
    message = say(ann, general)
    react = api(ann)
    first = 0x1F600
    for index in range(REACTIONS_MAX):
        assert react("PUT", f"messages/{message.pk}/reactions/{chr(first + index)}")[0] == 200
    status, answer = react("PUT", f"messages/{message.pk}/reactions/tada")
    assert (status, answer["error"]["code"]) == (409, "limit_reached")
    # What is there already can still be joined.
    assert api(bob)("PUT", f"messages/{message.pk}/reactions/{chr(first)}")[0] == 200


def test_a_reaction_that_is_not_there_is_taken_away_in_silence(
    api: MakeApi, ann: User, general: Channel
) -> None:
    message = say(ann, general)
    status, answer = api(ann)("DELETE", f"messages/{message.pk}/reactions/tada")
    assert (status, answer["seq"]) == (200, message.seq)


# ── Pins ───────────────────────────────────────────────────────────────────────────────────


def test_pins_are_listed_the_latest_first_and_pinning_twice_changes_nothing(
    api: MakeApi, ann: User, bob: User, general: Channel
) -> None:
    one, two = say(ann, general, "one"), say(ann, general, "two")
    reader = api(bob)
    reader("PUT", f"messages/{one.pk}/pin")
    _, first = reader("PUT", f"messages/{two.pk}/pin")
    _, second = api(ann)("PUT", f"messages/{two.pk}/pin")
    assert first == second
    _, pins = reader("GET", f"channels/{general.pk}/pins")
    assert [(pin["text"], pin["pinned_by_id"]) for pin in pins["results"]] == [
        ("two", str(bob.pk)),
        ("one", str(bob.pk)),
    ]
    reader("DELETE", f"messages/{two.pk}/pin")
    messages.delete(by=ann.pk, message_id=one.pk)
    assert reader("GET", f"channels/{general.pk}/pins")[1]["results"] == []


def test_a_channel_has_so_many_pins_and_no_more(api: MakeApi, ann: User, general: Channel) -> None:
    for _ in range(PINS_MAX):
        message = say(ann, general)
        Message.objects.filter(pk=message.pk).update(pinned_at=message.created_at)
    status, answer = api(ann)("PUT", f"messages/{say(ann, general).pk}/pin")
    assert (status, answer["error"]["code"]) == (409, "limit_reached")


# ── Quotes, history ────────────────────────────────────────────────────────────────────────


def test_a_quote_names_what_it_answers_and_carries_none_of_its_text(
    api: MakeApi, ann: User, bob: User, general: Channel, secret: Channel
) -> None:
    quoted = say(ann, general, "the words that are quoted")
    _, quoting = api(bob)(
        "POST", f"channels/{secret.pk}/messages", said("look", quoted_id=str(quoted.pk))
    )
    assert quoting["quote"] == {
        "message_id": str(quoted.pk),
        "channel_id": str(general.pk),
        "seq": quoted.seq,
        "author_id": str(ann.pk),
    }
    assert b"the words that are quoted" not in msgspec.json.encode(quoting)
    messages.delete(by=ann.pk, message_id=quoted.pk)
    _, gone = api(bob)("GET", f"messages/{quoting['quote']['message_id']}")
    assert gone["text"] == ""


def test_what_was_said_in_private_is_quoted_only_there(
    api: MakeApi, ann: User, general: Channel, secret: Channel
) -> None:
    hidden = say(ann, secret, "the secret word")
    writer = api(ann)
    body = said("look", quoted_id=str(hidden.pk))
    status, answer = writer("POST", f"channels/{general.pk}/messages", body)
    assert (status, answer["error"]["code"]) == (403, "forbidden")
    assert not general.messages.exists()
    assert writer("POST", f"channels/{secret.pk}/messages", body)[0] == 201


def test_nobody_quotes_what_they_cannot_read(
    api: MakeApi, ann: User, cat: User, general: Channel, secret: Channel
) -> None:
    hidden = say(ann, secret)
    members.admit(channel=general, user=cat, actor_id=cat.pk)
    path = f"channels/{general.pk}/messages"
    status, answer = api(cat)("POST", path, said(quoted_id=str(hidden.pk)))
    assert (status, answer["error"]["code"]) == (404, "not_found")


def test_the_texts_that_a_message_had_are_kept_until_it_is_deleted(
    api: MakeApi, ann: User, bob: User, general: Channel
) -> None:
    message = say(ann, general, "one")
    messages.edit(by=ann.pk, message_id=message.pk, text="two")
    messages.edit(by=ann.pk, message_id=message.pk, text="three")
    reader = api(bob)
    _, history = reader("GET", f"messages/{message.pk}/history")
    assert [(one["version"], one["text"]) for one in history["results"]] == [
        (1, "one"),
        (2, "two"),
        (3, "three"),
    ]
    messages.delete(by=ann.pk, message_id=message.pk)
    assert reader("GET", f"messages/{message.pk}/history")[0] == 404
    assert not message.versions.exists()


def test_the_same_text_again_is_no_edit(api: MakeApi, ann: User, general: Channel) -> None:
    message = say(ann, general, "one")
    _, edited = api(ann)("PATCH", f"messages/{message.pk}", {"text": "one"})
    assert (edited["version"], edited["edited_at"]) == (1, None)


# ── Calling people ─────────────────────────────────────────────────────────────────────────


def crowd(make_user: MakeUser, channel: Channel, size: int) -> None:
    for index in range(size - channel.memberships.count()):
        user = make_user(f"one-of-many-{index}")
        members.admit(channel=channel, user=user, actor_id=user.pk)


@pytest.mark.parametrize("text", ["@channel lunch", "@here lunch"])
def test_calling_many_people_is_confirmed_first(
    api: MakeApi, make_user: MakeUser, ann: User, general: Channel, text: str
) -> None:
    crowd(make_user, general, BROAD_MENTION_CONFIRM + 1)
    path = f"channels/{general.pk}/messages"
    body = said(text)
    status, answer = api(ann)("POST", path, body)
    assert (status, answer["error"]["code"]) == (409, "confirmation_required")
    assert answer["error"]["fields"] == {"members": str(BROAD_MENTION_CONFIRM + 1)}
    assert not general.messages.exists()
    status, message = api(ann)("POST", path, {**body, "confirmed": True})
    assert (status, message["broad"]) == (201, text.split(maxsplit=1)[0][1:])


def test_calling_a_few_needs_no_confirmation(api: MakeApi, ann: User, general: Channel) -> None:
    status, message = api(ann)("POST", f"channels/{general.pk}/messages", said("@channel lunch"))
    assert (status, message["broad"]) == (201, "channel")


@pytest.mark.parametrize(
    ("rule", "role", "is_allowed"),
    [
        ("everyone", Role.MEMBER, True),
        ("everyone", Role.GUEST, False),
        ("moderators", Role.MEMBER, False),
        ("moderators", Role.ADMIN, True),
        ("nobody", Role.OWNER, False),
    ],
)
def test_the_workspace_says_who_may_call_everyone(
    api: MakeApi,
    make_user: MakeUser,
    general: Channel,
    *,
    rule: str,
    role: Role,
    is_allowed: bool,
) -> None:
    owner = Api(make_user("olga", Role.OWNER), "admin")
    assert owner("PATCH", "workspace", {"broad_mentions": rule})[1]["broad_mentions"] == rule
    dan = make_user("dan", role)
    members.admit(channel=general, user=dan, actor_id=dan.pk)
    status, answer = api(dan)("POST", f"channels/{general.pk}/messages", said("@here hello"))
    assert status == (201 if is_allowed else 403)
    if not is_allowed:
        assert answer["error"]["fields"] == {"text": "broad_mention"}


def test_nobody_calls_everyone_by_an_edit_or_from_inside_a_thread(
    ann: User, general: Channel
) -> None:
    message = say(ann, general, "quiet")
    messages.edit(by=ann.pk, message_id=message.pk, text="@channel loud")
    message.refresh_from_db()
    assert message.broad_mention == ""
    assert say(ann, general, "@channel", thread_id=message.pk).broad_mention == ""


def test_an_edit_calls_whom_the_text_calls_now(
    make_user: MakeUser, ann: User, bob: User, general: Channel
) -> None:
    cid = make_user("cid")
    members.admit(channel=general, user=cid, actor_id=cid.pk)
    message = say(ann, general, "@bob")
    messages.edit(by=ann.pk, message_id=message.pk, text="@cid")
    assert list(Mention.objects.values_list("user_id", flat=True)) == [cid.pk]


# ── Notices ────────────────────────────────────────────────────────────────────────────────


def test_what_happened_between_the_messages_comes_with_them(
    api: MakeApi, ann: User, bob: User, cat: User, general: Channel
) -> None:
    say(ann, general)
    members.join(user_id=cat.pk, channel_id=general.pk)
    wanted = channels.Change(name="plaza", topic="sun")
    channels.change(by=ann.pk, channel_id=general.pk, wanted=wanted)
    members.remove(by=ann.pk, channel_id=general.pk, user_id=cat.pk)
    members.leave(user_id=bob.pk, channel_id=general.pk)
    _, page = api(ann)("GET", f"channels/{general.pk}/messages")
    assert [(one["kind"], one["subject_id"], one["text"]) for one in page["notices"]] == [
        ("created", str(ann.pk), ""),
        ("added", str(bob.pk), ""),
        ("joined", str(cat.pk), ""),
        ("renamed", None, "plaza"),
        ("topic", None, "sun"),
        ("removed", str(cat.pk), ""),
        ("left", None, ""),
    ]
    _, events = api(ann)("GET", f"channels/{general.pk}/events")
    changes = [one for one in events["results"] if one["type"] == "channel.changed"]
    assert [change["changed"] for change in changes] == [["name", "topic"]]


def test_every_notice_comes_in_one_page_and_in_no_other(
    api: MakeApi, ann: User, general: Channel
) -> None:
    for index in range(12):
        say(ann, general)
        wanted = channels.Change(topic=f"topic {index}")
        channels.change(by=ann.pk, channel_id=general.pk, wanted=wanted)
    reader = api(ann)
    path = f"channels/{general.pk}/messages?limit=5"
    backward: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        _, page = reader("GET", path + (f"&before={cursor}" if cursor else ""))
        backward = [one["seq"] for one in page["notices"]] + backward
        cursor = page["next_cursor"]
    forward: list[int] = []
    cursor = "0"
    while cursor is not None:
        _, page = reader("GET", f"{path}&after={cursor}")
        forward += [one["seq"] for one in page["notices"]]
        cursor = page["next_cursor"]
    assert len(backward) == 14
    assert backward == forward == sorted(set(backward))


# ── Direct conversations ───────────────────────────────────────────────────────────────────


def test_the_same_people_have_the_same_conversation(
    api: MakeApi, ann: User, bob: User, cat: User
) -> None:
    first, second = api(ann), api(bob)
    status, opened = first("POST", "dms", {"user_ids": [str(bob.pk)]})
    assert (status, opened["kind"], opened["name"]) == (201, "dm", "")
    assert opened["user_ids"] == sorted([str(ann.pk), str(bob.pk)], key=int)
    status, again = second("POST", "dms", {"user_ids": [str(ann.pk), str(bob.pk)]})
    assert (status, again["id"]) == (200, opened["id"])
    status, three = first("POST", "dms", {"user_ids": [str(bob.pk), str(cat.pk)]})
    assert (status, len(three["user_ids"])) == (201, 3)
    status, notes = first("POST", "dms", {"user_ids": []})
    assert (status, notes["user_ids"]) == (201, [str(ann.pk)])
    status, _ = first("POST", f"channels/{notes['id']}/messages", said("a note"))
    assert status == 201


def test_a_conversation_shows_up_when_something_is_said_in_it(
    api: MakeApi, ann: User, bob: User
) -> None:
    channel, _ = direct.open_with(by=ann.pk, user_ids=[bob.pk])
    reader = api(bob)
    assert reader("GET", f"channels/{channel.pk}")[1]["membership"]["is_hidden"]
    say(ann, channel, "psst")
    assert not reader("GET", f"channels/{channel.pk}")[1]["membership"]["is_hidden"]
    last = log.read(groups.user_stream(bob.pk), after=0, limit=100)[-1]
    event = msgspec.json.decode(last.payload)
    assert event["type"] == "membership.changed"
    assert event["membership"]["is_hidden"] is False


def test_nobody_else_sees_a_conversation(
    api: MakeApi, make_user: MakeUser, ann: User, bob: User, cat: User
) -> None:
    channel, _ = direct.open_with(by=ann.pk, user_ids=[bob.pk])
    message = say(ann, channel, "psst")
    owner = make_user("olga", Role.OWNER)
    for stranger in (api(cat), api(owner)):
        for path in (f"channels/{channel.pk}", f"messages/{message.pk}"):
            assert stranger("GET", path)[0] == 404
        for path in ("join", "leave", "archive"):
            assert stranger("POST", f"channels/{channel.pk}/{path}")[0] == 404


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "leave", None),
        ("POST", "archive", None),
        ("POST", "members", {"user_id": "CAT"}),
        ("DELETE", "members/BOB", None),
        ("PATCH", "members/BOB", {"role": "admin"}),
        ("PATCH", "", {"name": "named"}),
        ("PATCH", "", {"kind": "public"}),
    ],
)
def test_a_conversation_stays_as_it_is_with_its_people(
    api: MakeApi, ann: User, bob: User, cat: User, method: str, path: str, body: Record | None
) -> None:
    channel, _ = direct.open_with(by=ann.pk, user_ids=[bob.pk])
    path = path.replace("BOB", str(bob.pk))
    if body and body.get("user_id"):
        body = {"user_id": str(cat.pk)}
    status, answer = api(ann)(method, f"channels/{channel.pk}/{path}".rstrip("/"), body)
    assert (status, answer["error"]["code"]) == (403, "forbidden")


def test_a_conversation_of_two_ends_when_one_is_deactivated_and_stays_readable(
    api: MakeApi, ann: User, bob: User
) -> None:
    channel, _ = direct.open_with(by=ann.pk, user_ids=[bob.pk])
    mine = say(ann, channel, "mine")
    say(bob, channel, "bye")
    bob.is_active = False
    bob.save()
    writer = api(ann)
    status, _ = writer("POST", f"channels/{channel.pk}/messages", said("hello?"))
    assert status == 403
    _, page = writer("GET", f"channels/{channel.pk}/messages")
    assert [one["text"] for one in page["results"]] == ["mine", "bye"]
    assert writer("DELETE", f"messages/{mine.pk}")[0] == 200
    assert writer("POST", "dms", {"user_ids": [str(bob.pk)]})[0] == 200


@pytest.mark.parametrize("who", ["nobody", "deactivated", "unseen by a guest"])
def test_one_talks_only_to_people_whom_one_can_see(
    api: MakeApi, make_user: MakeUser, ann: User, bob: User, cat: User, who: str
) -> None:
    asker = ann
    if who == "deactivated":
        cat.is_active = False
        cat.save()
    if who == "unseen by a guest":
        asker = make_user("gus", Role.GUEST)
    wanted = 10**9 if who == "nobody" else cat.pk
    status, answer = api(asker)("POST", "dms", {"user_ids": [str(wanted)]})
    assert (status, answer["error"]["code"]) == (404, "not_found")


# ── Kinds of channels ──────────────────────────────────────────────────────────────────────


def test_in_an_announcement_channel_moderators_post_and_all_reply_and_react(
    api: MakeApi, ann: User, bob: User, general: Channel
) -> None:
    path = f"channels/{general.pk}"
    status, changed = api(ann)("PATCH", path, {"posting": "moderators"})
    assert (status, changed["posting"]) == (200, "moderators")
    root = say(ann, general, "news")
    member = api(bob)
    assert member("POST", f"{path}/messages", said())[0] == 403
    assert member("POST", f"{path}/messages", said(thread_id=str(root.pk)))[0] == 201
    _, thread = member("GET", f"messages/{root.pk}/thread")
    (reply,) = thread["results"]
    assert member("PATCH", f"messages/{reply['id']}", {"text": "better"})[0] == 200
    loud = said(thread_id=str(root.pk), also_to_channel=True)
    assert member("POST", f"{path}/messages", loud)[0] == 403
    assert member("PUT", f"messages/{root.pk}/reactions/tada")[0] == 200
    assert member("PUT", f"messages/{root.pk}/pin")[0] == 403
    assert member("PATCH", path, {"topic": "mine"})[0] == 403


def test_those_outside_lose_sight_of_a_channel_that_becomes_private(
    api: MakeApi, ann: User, bob: User, cat: User, general: Channel
) -> None:
    message = say(ann, general, "plain")
    outside = api(cat)
    assert outside("GET", f"messages/{message.pk}")[0] == 200
    assert api(ann)("PATCH", f"channels/{general.pk}", {"kind": "private"})[0] == 200
    for path in (
        f"channels/{general.pk}",
        f"channels/{general.pk}/messages",
        f"channels/{general.pk}/events",
        f"messages/{message.pk}",
    ):
        assert outside("GET", path)[0] == 404
    assert api(bob)("GET", f"messages/{message.pk}")[0] == 200


def test_only_an_admin_of_the_workspace_makes_a_private_channel_public(
    api: MakeApi, make_user: MakeUser, ann: User, secret: Channel
) -> None:
    assert api(ann)("PATCH", f"channels/{secret.pk}", {"kind": "public"})[0] == 403
    boss = make_user("boss", Role.ADMIN)
    assert api(boss)("PATCH", f"channels/{secret.pk}", {"kind": "public"})[0] == 404
    members.admit(channel=secret, user=boss, actor_id=ann.pk)
    assert api(boss)("PATCH", f"channels/{secret.pk}", {"kind": "public"})[0] == 200


def test_admins_choose_where_newcomers_begin(
    api: MakeApi, make_user: MakeUser, ann: User, general: Channel, secret: Channel
) -> None:
    boss = make_user("boss", Role.ADMIN)
    members.admit(channel=secret, user=boss, actor_id=ann.pk)
    assert api(ann)("PATCH", f"channels/{general.pk}", {"is_default": True})[0] == 403
    status, changed = api(boss)("PATCH", f"channels/{general.pk}", {"is_default": True})
    assert (status, changed["is_default"]) == (200, True)
    status, answer = api(boss)("PATCH", f"channels/{secret.pk}", {"is_default": True})
    assert (status, answer["error"]["code"]) == (400, "invalid")
    status, changed = api(boss)("PATCH", f"channels/{general.pk}", {"kind": "private"})
    assert (status, changed["is_default"]) == (200, False)


def test_reading_a_thread_is_not_reading_the_channel(
    ann: User, bob: User, general: Channel
) -> None:
    root = say(ann, general)
    reply = say(bob, general, thread_id=root.pk)
    assert reading.mark_read(user_id=bob.pk, channel_id=general.pk, seq=reply.seq) == reply.seq
    assert ThreadFollow.objects.get(root=root, user=ann).read_seq == reply.seq - 1
