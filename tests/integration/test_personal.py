"""What belongs to one person: how they want it, what they keep, what they have begun."""

import uuid
from collections.abc import Callable
from importlib import import_module
from typing import Any

import msgspec
import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.test import Client

from accounts import people
from accounts.models import Role, User
from chat import groups
from chat.models import Channel, Draft, Keyword, Message, Preferences, SavedMessage, UserGroup
from chat.services import members, messages, workspace
from protocol import limits
from realtime import log
from realtime.models import Event
from realtime.pool import run_in_pool
from tests.integration.conftest import Api, MakeUser, Sockets

MakeApi = Callable[[User | None], Api]


def post(author: User, channel: Channel, text: str = "hello", **kwargs: Any) -> Message:
    return messages.post(
        author_id=author.pk, channel_id=channel.pk, client_id=uuid.uuid4(), text=text, **kwargs
    ).message


class Device:
    """A client that has read its snapshots once, and hears what comes after."""

    def __init__(self, client: Api, user: User) -> None:
        self._client = client
        self._stream = groups.user_stream(user.pk)
        self._seen = log.heads([self._stream])[self._stream]
        self.state = self.fresh()

    def fresh(self) -> dict[str, Any]:
        def rows(path: str) -> list[dict[str, Any]]:
            return list(self._client("GET", path)[1]["results"])

        return {
            "preferences": self._client("GET", "preferences")[1],
            "sections": rows("sections"),
            "drafts": {(row["channel_id"], row["thread_id"]): row for row in rows("drafts")},
            "saved": {row["message"]["id"] for row in rows("saved")},
            "memberships": {row["id"]: row["membership"] for row in rows("channels")},
        }

    def hear(self) -> list[str]:
        """Apply what has happened, and return the types of it."""
        letters = log.read(self._stream, after=self._seen, limit=1000)
        events = [msgspec.json.decode(letter.payload) for letter in letters]
        for event in events:
            assert event["seq"] == self._seen + 1
            self._seen = event["seq"]
            self._apply(event)
        return [event["type"] for event in events]

    def _apply(self, event: dict[str, Any]) -> None:  # noqa: C901, PLR0912 - a case for each
        state = self.state
        match event["type"]:
            case "preferences.changed":
                state["preferences"] = event["preferences"]
            case "sections.changed":
                state["sections"] = event["sections"]
                known = {section["id"] for section in event["sections"]}
                for membership in state["memberships"].values():
                    if membership["section_id"] not in known:
                        membership["section_id"] = None
            case "draft.changed":
                key = (event["channel_id"], event["thread_id"])
                state["drafts"].pop(key, None)
                if event["draft"] is not None:
                    state["drafts"][key] = event["draft"]
            case "saved.changed":
                (state["saved"].add if event["is_saved"] else state["saved"].discard)(
                    event["message_id"]
                )
            case "membership.changed":
                state["memberships"][event["channel_id"]] = event["membership"]
            case "read.changed":
                state["memberships"][event["channel_id"]]["read_seq"] = event["read_seq"]
            case "read.all_changed":
                for channel_id, read_seq in event["markers"].items():
                    state["memberships"][channel_id]["read_seq"] = read_seq
            case "channel.removed":
                state["memberships"].pop(event["channel_id"])
                state["drafts"] = {
                    key: row
                    for key, row in state["drafts"].items()
                    if row["channel_id"] != event["channel_id"]
                }
            case "channel.added":
                state["memberships"][event["channel"]["id"]] = event["channel"]["membership"]


# ── A snapshot and what comes after it are the next snapshot ────────────────────────────────


def test_what_is_heard_after_a_snapshot_makes_the_next_one(
    api: MakeApi, ann: User, bob: User, general: Channel, secret: Channel
) -> None:
    client = api(bob)
    root = post(ann, general)
    device = Device(client, bob)
    here = f"channels/{general.pk}"
    draft = {"channel_id": str(general.pk), "text": "I was about to"}
    work = client("POST", "sections", {"name": "Work"})[1]["id"]
    acts: list[tuple[str, str, Any]] = [
        ("POST", "sections", {"name": "Fun", "position": 0}),
        ("PATCH", f"sections/{work}", {"is_collapsed": True, "position": 0}),
        ("PATCH", f"{here}/membership", {"section_id": work, "level": "all"}),
        ("PATCH", f"{here}/membership", {"is_muted": True, "is_favourite": True}),
        ("DELETE", f"sections/{work}", None),
        ("PATCH", "preferences", {"theme": "dark", "keywords": ["release", "Release"]}),
        ("PATCH", "preferences", {"dnd_until": "2030-01-01T10:00:00+02:00"}),
        ("PATCH", "preferences", {"dnd_until": None, "keywords": []}),
        ("PUT", "drafts", draft),
        ("PUT", "drafts", {**draft, "text": "I was about to say"}),
        ("PUT", "drafts", {**draft, "thread_id": str(root.pk)}),
        ("PUT", "drafts", {**draft, "channel_id": str(secret.pk)}),
        ("PUT", "drafts", {**draft, "text": ""}),
        ("PUT", f"messages/{root.pk}/saved", None),
        ("DELETE", f"messages/{root.pk}/saved", None),
        ("POST", f"{here}/read", {"seq": root.seq}),
        ("POST", f"{here}/unread", {"seq": 1}),
        ("POST", "read-all", None),
        ("POST", f"{here}/leave", None),
        ("POST", f"{here}/join", None),
    ]
    for method, path, body in acts:
        status, answer = client(method, path, body)
        assert status < 300, (method, path, answer)
        assert device.hear(), (method, path)
        assert device.state == device.fresh(), (method, path, body)


def test_what_changes_nothing_is_not_told(
    api: MakeApi, ann: User, bob: User, general: Channel
) -> None:
    client, root = api(bob), post(ann, general)
    acts: list[tuple[str, str, Any]] = [
        ("PATCH", "preferences", {"theme": "dark", "keywords": ["release"]}),
        ("PATCH", f"channels/{general.pk}/membership", {"is_muted": True, "section_id": None}),
        ("PUT", f"messages/{root.pk}/saved", None),
        ("PUT", f"messages/{root.pk}/follow", None),
        ("POST", f"channels/{general.pk}/unread", {"seq": 2}),
    ]
    for method, path, body in acts:
        assert client(method, path, body)[0] == 200
        device = Device(client, bob)
        assert client(method, path, body)[0] == 200
        assert device.hear() == [], path


async def test_a_draft_is_on_the_other_device_at_once(
    sockets: Sockets, api: MakeApi, bob: User, general: Channel
) -> None:
    laptop = await sockets.open(bob)
    draft = {"channel_id": str(general.pk), "text": "half a thought"}
    status, answer = await run_in_pool(lambda: api(bob)("PUT", "drafts", draft))
    assert status == 200
    event = await laptop.next("draft.changed")
    assert event["draft"] == answer["draft"]
    assert event["draft"]["text"] == "half a thought"


# ── Preferences ─────────────────────────────────────────────────────────────────────────────


def test_whoever_never_said_anything_has_the_usual_preferences(api: MakeApi, ann: User) -> None:
    status, preferences = api(ann)("GET", "preferences")
    assert status == 200
    assert (preferences["level"], preferences["keywords"]) == ("mentions", [])
    assert preferences["quiet_hours"]["from"] == "22:00"
    assert not Preferences.objects.exists()


def test_only_what_is_sent_is_changed(api: MakeApi, ann: User) -> None:
    client = api(ann)
    before = client("GET", "preferences")[1]
    hours = {"is_on": True, "from": "20:00", "to": "06:30", "days": [4, 0, 4]}
    client("PATCH", "preferences", {"quiet_hours": hours, "locale": "de-AT"})
    _, after = client("PATCH", "preferences", {"clock": "24"})
    assert after == {
        **before,
        "quiet_hours": {**hours, "days": [0, 4]},
        "locale": "de-AT",
        "clock": "24",
    }
    assert client("GET", "preferences")[1] == after


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"theme": "pink"}, "theme"),
        ({"level": "default"}, "level"),
        ({"colour": "red"}, "colour"),
        ({"dnd_until": "tomorrow"}, "dnd_until"),
        ({"dnd_until": "2030-01-01T10:00:00"}, "dnd_until"),
        (
            {"quiet_hours": {"is_on": True, "from": "24:00", "to": "08:00", "days": []}},
            "quiet_hours",
        ),
        (
            {"quiet_hours": {"is_on": True, "from": "22:00", "to": "08:00", "days": [7]}},
            "quiet_hours",
        ),
        ({"keywords": ["++"]}, "keywords"),
        ({"keywords": [""]}, "keywords"),
        ({"keywords": ["x" * 81]}, "keywords"),
        ({"keywords": [f"word{number}" for number in range(51)]}, "keywords"),
        ({"locale": "<script>"}, "locale"),
    ],
)
def test_a_wrong_preference_is_refused_and_nothing_is_stored(
    body: dict[str, Any], field: str, api: MakeApi, ann: User
) -> None:
    status, answer = api(ann)("PATCH", "preferences", body)
    assert (status, answer["error"]["code"]) == (400, "invalid")
    assert list(answer["error"]["fields"]) == [field]
    assert not Preferences.objects.exists()
    assert not Keyword.objects.exists()


def test_keywords_that_mean_the_same_are_one(api: MakeApi, ann: User) -> None:
    keywords = ["Café  au lait", "cafe au LAIT", "zug"]
    _, preferences = api(ann)("PATCH", "preferences", {"keywords": keywords})
    assert preferences["keywords"] == ["Café au lait", "zug"]
    assert set(Keyword.objects.values_list("first_word", flat=True)) == {"cafe", "zug"}


def test_keywords_that_were_folded_otherwise_are_found_after_the_migration(
    ann: User, bob: User, general: Channel
) -> None:
    migration = import_module("chat.migrations.0005_refold_keywords")
    for phrase in ("smørrebrød", "release"):
        Keyword.objects.create(user=bob, phrase=phrase, first_word=phrase)
    migration.refold(apps, None)
    assert post(ann, general, "SMØRREBRØD").mentions.get().user == bob
    assert post(ann, general, "a release").mentions.get().user == bob


def test_a_keyword_may_grow_when_it_is_folded(api: MakeApi, ann: User) -> None:
    for keyword in ("ß" * 80, "\ufdfa" * 80):
        assert api(ann)("PATCH", "preferences", {"keywords": [keyword]})[0] == 200


def test_what_another_version_wrote_is_read_as_far_as_it_is_understood(
    api: MakeApi, ann: User
) -> None:
    Preferences.objects.create(
        user=ann, values={"theme": "dark", "density": "roomy", "future": [1]}
    )
    _, preferences = api(ann)("GET", "preferences")
    assert (preferences["theme"], preferences["density"]) == ("dark", "comfortable")


# ── What a channel is to one ────────────────────────────────────────────────────────────────


def test_a_channel_is_to_each_member_what_they_want(
    api: MakeApi, ann: User, bob: User, general: Channel
) -> None:
    path = f"channels/{general.pk}/membership"
    status, mine = api(bob)("PATCH", path, {"level": "nothing", "is_favourite": True})
    assert (status, mine["level"], mine["is_favourite"]) == (200, "nothing", True)
    _, theirs = api(ann)("GET", f"channels/{general.pk}")
    assert theirs["membership"]["level"] == "default"


def test_only_ones_own_sections_and_conversations_can_be_used(
    api: MakeApi, ann: User, bob: User, cat: User, general: Channel, secret: Channel
) -> None:
    section = api(ann)("POST", "sections", {"name": "Work"})[1]
    path = f"channels/{general.pk}/membership"
    assert api(bob)("PATCH", path, {"section_id": section["id"]})[0] == 404
    status, answer = api(bob)("PATCH", path, {"is_hidden": True})
    assert (status, answer["error"]["fields"]) == (400, {"is_hidden": "not a conversation"})
    assert api(cat)("PATCH", path, {"is_muted": True})[1]["error"]["code"] == "not_a_member"
    path = f"channels/{secret.pk}/membership"
    assert api(cat)("PATCH", path, {"is_muted": True})[0] == 404
    assert api(bob)("PATCH", path, {"level": "loud"})[0] == 400


# ── Sections ────────────────────────────────────────────────────────────────────────────────


def test_sections_stand_in_the_order_that_one_gives_them(api: MakeApi, ann: User) -> None:
    client = api(ann)
    ids = [client("POST", "sections", {"name": name})[1]["id"] for name in ("a", "b", "c")]

    def names() -> list[str]:
        rows = client("GET", "sections")[1]["results"]
        assert [row["position"] for row in rows] == list(range(len(rows)))
        return [row["name"] for row in rows]

    client("PATCH", f"sections/{ids[2]}", {"position": 0})
    assert names() == ["c", "a", "b"]
    client("PATCH", f"sections/{ids[2]}", {"position": 50})
    assert names() == ["a", "b", "c"]
    client("POST", "sections", {"name": "d", "position": 1})
    assert names() == ["a", "d", "b", "c"]
    assert client("DELETE", f"sections/{ids[0]}")[0] == 204
    assert names() == ["d", "b", "c"]
    status, answer = client("POST", "sections", {"name": "B"})
    assert (status, answer["error"]["code"]) == (409, "name_taken")
    status, answer = client("PATCH", f"sections/{ids[2]}", {"name": "b"})
    assert (status, answer["error"]["code"]) == (409, "name_taken")
    assert names() == ["d", "b", "c"]


def test_sections_are_nobody_elses_and_not_without_end(
    api: MakeApi, ann: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    section = api(ann)("POST", "sections", {"name": "Work"})[1]
    for method, body in (("PATCH", {"name": "x"}), ("DELETE", None)):
        assert api(bob)(method, f"sections/{section['id']}", body)[0] == 404
    client = api(bob)
    for number in range(limits.SECTIONS_MAX):
        assert client("POST", "sections", {"name": f"section {number}"})[0] == 201
    status, answer = client("POST", "sections", {"name": "one more"})
    assert (status, answer["error"]["code"]) == (409, "limit_reached")


# ── Drafts ──────────────────────────────────────────────────────────────────────────────────


def test_the_last_word_wins_and_its_version_only_rises(
    api: MakeApi, ann: User, general: Channel
) -> None:
    client, place = api(ann), {"channel_id": str(general.pk)}
    first = client("PUT", "drafts", {**place, "text": "one"})[1]["draft"]
    second = client("PUT", "drafts", {**place, "text": "two", "version": 0})[1]["draft"]
    assert (first["version"], second["version"]) == (1, 2)
    assert client("PUT", "drafts", {**place, "text": " \n"})[1]["draft"] is None
    assert client("GET", "drafts")[1]["results"] == []
    third = client("PUT", "drafts", {**place, "text": "three", "version": 2})[1]["draft"]
    assert third["version"] == 3


def test_what_was_taken_out_of_a_draft_is_nowhere_any_more(
    api: MakeApi, ann: User, general: Channel
) -> None:
    client, place = api(ann), {"channel_id": str(general.pk)}
    for text in ("regrettable", "regrettable indeed", "harmless"):
        client("PUT", "drafts", {**place, "text": text})
    kept = "".join(Event.objects.values_list("payload", flat=True))
    assert "regrettable" not in kept
    assert kept.count("harmless") == 1
    client("PUT", "drafts", {**place, "text": ""})
    assert "harmless" not in "".join(Event.objects.values_list("payload", flat=True))


def test_drafts_are_only_where_one_may_write(
    api: MakeApi, ann: User, cat: User, general: Channel, secret: Channel
) -> None:
    root, gone = post(ann, general), post(ann, general)
    messages.delete(by=ann.pk, message_id=gone.pk)
    for user, place, code in [
        (cat, {"channel_id": str(secret.pk)}, "not_found"),
        (cat, {"channel_id": str(general.pk)}, "not_a_member"),
        (ann, {"channel_id": str(secret.pk), "thread_id": str(root.pk)}, "not_found"),
        (ann, {"channel_id": str(general.pk), "thread_id": str(gone.pk)}, "not_found"),
    ]:
        status, answer = api(user)("PUT", "drafts", {**place, "text": "x"})
        assert answer["error"]["code"] == code
    assert not Draft.objects.exists()


def test_whoever_leaves_gives_up_what_they_had_begun(
    api: MakeApi, ann: User, bob: User, general: Channel
) -> None:
    client, place = api(bob), {"channel_id": str(general.pk)}
    client("PUT", "drafts", {**place, "text": "never mind"})
    members.leave(user_id=bob.pk, channel_id=general.pk)
    assert client("GET", "drafts")[1]["results"] == []
    members.join(user_id=bob.pk, channel_id=general.pk)
    assert client("GET", "drafts")[1]["results"] == []
    client("PUT", "drafts", {**place, "text": "back again"})
    assert [row["text"] for row in client("GET", "drafts")[1]["results"]] == ["back again"]


def test_of_too_many_drafts_the_oldest_goes(
    api: MakeApi, ann: User, general: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chat.services import drafts

    monkeypatch.setattr(drafts, "DRAFTS_MAX", 3)
    client = api(ann)
    device = Device(client, ann)
    for number in range(4):
        root = post(ann, general)
        place = {"channel_id": str(general.pk), "thread_id": str(root.pk)}
        client("PUT", "drafts", {**place, "text": f"draft {number}"})
    texts = {row["text"] for row in client("GET", "drafts")[1]["results"]}
    assert texts == {"draft 1", "draft 2", "draft 3"}
    device.hear()
    assert device.state == device.fresh()


# ── Saved messages ──────────────────────────────────────────────────────────────────────────


def test_what_one_keeps_comes_back_the_last_first(
    api: MakeApi, ann: User, bob: User, general: Channel
) -> None:
    client = api(bob)
    said = [post(ann, general, f"text {number}") for number in range(3)]
    for message in (said[1], said[0], said[2]):
        status, answer = client("PUT", f"messages/{message.pk}/saved")
        assert (status, answer["is_saved"]) == (200, True)
    status, page = client("GET", "saved?limit=2")
    assert [row["message"]["text"] for row in page["results"]] == ["text 2", "text 0"]
    assert page["has_more"]
    _, rest = client("GET", f"saved?limit=2&cursor={page['next_cursor']}")
    assert [row["message"]["text"] for row in rest["results"]] == ["text 1"]
    assert (rest["has_more"], rest["next_cursor"]) == (False, None)
    assert client("DELETE", f"messages/{said[0].pk}/saved")[1]["is_saved"] is False
    messages.delete(by=ann.pk, message_id=said[1].pk)
    assert [row["message"]["text"] for row in client("GET", "saved")[1]["results"]] == ["text 2"]
    assert api(ann)("GET", "saved")[1]["results"] == []


def test_only_what_one_may_still_read_is_shown(
    api: MakeApi, ann: User, bob: User, cat: User, secret: Channel
) -> None:
    message = post(ann, secret, "among us")
    assert api(cat)("PUT", f"messages/{message.pk}/saved")[0] == 404
    assert api(cat)("DELETE", f"messages/{message.pk}/saved")[0] == 404
    client = api(bob)
    client("PUT", f"messages/{message.pk}/saved")
    members.remove(by=ann.pk, channel_id=secret.pk, user_id=bob.pk)
    assert client("GET", "saved")[1]["results"] == []
    assert client("DELETE", f"messages/{message.pk}/saved")[0] == 200
    assert not SavedMessage.objects.exists()


# ── Groups of people ────────────────────────────────────────────────────────────────────────


def test_admins_make_groups_and_a_mention_of_one_calls_its_members(
    api: MakeApi, make_user: MakeUser, ann: User, bob: User, cat: User, general: Channel
) -> None:
    boss = Api(make_user("boss", Role.ADMIN), "admin")
    body = {"handle": "design", "name": "Design", "user_ids": [str(bob.pk), str(cat.pk)]}
    status, group = boss("POST", "groups", body)
    assert (status, group) == (201, {**body, "id": group["id"]})
    assert api(ann)("GET", "groups")[1]["results"] == [group]
    message = post(ann, general, "@design, please look")
    assert list(message.mentions.values_list("user_id", "reason")) == [(bob.pk, "group")]
    path = f"groups/{group['id']}"
    _, changed = boss("PATCH", path, {"name": "Designers", "user_ids": [str(ann.pk)]})
    assert (changed["name"], changed["user_ids"]) == ("Designers", [str(ann.pk)])
    assert boss("DELETE", path)[0] == 204
    assert api(ann)("GET", path)[0] == 404


def test_others_make_no_groups(api: MakeApi, ann: User, bob: User) -> None:
    group = UserGroup.objects.create(handle="design", name="Design")
    client = Api(bob, "admin")
    for method, path, body in [
        ("POST", "groups", {"handle": "x", "name": "X"}),
        ("PATCH", f"groups/{group.pk}", {"name": "X"}),
        ("DELETE", f"groups/{group.pk}", None),
    ]:
        status, answer = client(method, path, body)
        assert (status, answer["error"]["code"]) == (403, "forbidden"), method
    assert list(UserGroup.objects.values_list("handle", "name")) == [("design", "Design")]


def test_a_handle_calls_one_thing_only(api: MakeApi, make_user: MakeUser, ann: User) -> None:
    boss = Api(make_user("boss", Role.ADMIN), "admin")
    assert boss("POST", "groups", {"handle": "design", "name": "Design"})[0] == 201
    for handle in ("design", "ann", "here", "channel", "everyone", "all"):
        status, answer = boss("POST", "groups", {"handle": handle, "name": "X"})
        assert (status, answer["error"]["code"]) == (409, "name_taken"), handle
    for handle in ("De sign", "DESIGN", "", "-x", "x" * 41):
        assert boss("POST", "groups", {"handle": handle, "name": "X"})[0] == 400, handle
    status, answer = boss("POST", "groups", {"handle": "x", "name": "X", "user_ids": ["999"]})
    assert (status, answer["error"]["code"]) == (404, "not_found")
    assert UserGroup.objects.count() == 1


@pytest.mark.parametrize("name", ["design", "Design", "here", "channel", "everyone", "all"])
def test_nobody_is_named_like_a_group_or_everyone(
    name: str, make_user: MakeUser, ann: User
) -> None:
    UserGroup.objects.create(handle="design", name="Design")
    with pytest.raises(ValidationError, match=r"calls a group|meaning of its own"):
        make_user(name)
    assert User.objects.count() == 1


def test_nobody_signs_up_as_a_group(make_user: MakeUser, transactional_db: None) -> None:
    boss = make_user("boss", Role.OWNER)
    workspace.change(by=boss.pk, sign_up="open", email_domains=[])
    UserGroup.objects.create(handle="design", name="Design")
    form = {
        "display_name": "Nia New",
        "username": "Design",
        "email": "nia@example.org",
        "password1": "harbour lights at dusk",
    }
    page = Client().post("/sign-up/", form)
    assert page.context["form"].errors["username"]
    assert User.objects.count() == 1
    assert people.free_username("here@example.org") == "here2"
    assert people.free_username("design@example.org") == "design2"


def test_who_has_a_name_keeps_it(ann: User) -> None:
    UserGroup.objects.create(handle="ann", name="Before there was a rule")
    ann.full_clean(exclude=["password"])


def test_a_guest_sees_of_a_group_whom_they_see_anyway(
    api: MakeApi, make_user: MakeUser, ann: User, bob: User, cat: User, general: Channel
) -> None:
    boss = Api(make_user("boss", Role.ADMIN), "admin")
    guest = make_user("gus", Role.GUEST)
    people = [str(bob.pk), str(cat.pk)]
    boss("POST", "groups", {"handle": "design", "name": "Design", "user_ids": people})
    client = api(guest)
    assert client("GET", "groups")[1]["results"] == []
    members.admit(channel=general, user=guest, actor_id=ann.pk)
    (group,) = client("GET", "groups")[1]["results"]
    assert group["user_ids"] == [str(bob.pk)]
