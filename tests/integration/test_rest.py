"""The REST API: the same records, the same refusals, one shape of error."""

import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import Role, User
from chat.api import operation
from chat.models import Channel, Message
from chat.services import channels
from protocol.limits import REST_BURST
from tests.integration.conftest import Api, MakeUser

MakeApi = Callable[..., Api]


def said(text: str = "hello") -> dict[str, str]:
    return {"client_id": str(uuid.uuid4()), "text": text}


def test_one_can_talk_over_rest_alone(api: MakeApi, ann: User, bob: User) -> None:
    first, second = api(ann), api(bob)
    status, channel = first("POST", "channels", {"name": "plans", "kind": "public", "topic": "t"})
    assert status == 201
    assert channel["last_seq"] == 1
    assert channel["membership"]["role"] == "owner"
    path = f"channels/{channel['id']}"
    status, browse = second("GET", "channels?browse=1")
    assert [one["name"] for one in browse["results"]] == ["plans"]
    assert second("POST", f"{path}/join")[0] == 200
    status, message = first("POST", f"{path}/messages", said("hi @bob"))
    assert status == 201
    assert message["mention_ids"] == [str(bob.pk)]
    status, unread = second("GET", "unread")
    assert unread["results"] == [
        {
            "channel_id": channel["id"],
            "messages": 1,
            "mentions": 1,
            "read_seq": 2,
            "last_seq": 3,
        }
    ]
    assert second("POST", f"{path}/read", {"seq": message["seq"]})[1]["read_seq"] == 3
    assert second("GET", "unread")[1]["results"][0]["messages"] == 0
    status, edited = first("PATCH", f"messages/{message['id']}", {"text": "hello @bob"})
    assert (status, edited["version"], edited["seq"]) == (200, 2, message["seq"])
    assert first("DELETE", f"messages/{message['id']}")[0] == 200
    status, page = second("GET", f"{path}/messages")
    assert [(one["text"], one["deleted_at"] is None) for one in page["results"]] == [("", False)]
    status, log = second("GET", f"{path}/events?after=2")
    assert [event["type"] for event in log["results"]] == [
        "message.posted",
        "message.edited",
        "message.deleted",
    ]


def test_a_resend_answers_the_same_with_another_status(
    api: MakeApi, ann: User, general: Channel
) -> None:
    client, body = api(ann), said()
    first = client("POST", f"channels/{general.pk}/messages", body)
    second = client("POST", f"channels/{general.pk}/messages", body)
    assert (first[0], second[0]) == (201, 200)
    assert first[1] == second[1]


def test_a_client_id_of_another_channel_is_refused(
    api: MakeApi, ann: User, general: Channel, secret: Channel
) -> None:
    client, body = api(ann), said()
    client("POST", f"channels/{general.pk}/messages", body)
    status, answer = client("POST", f"channels/{secret.pk}/messages", body)
    assert (status, answer["error"]["code"]) == (409, "client_id_reused")


def test_pages_go_back_in_time_and_forward(api: MakeApi, ann: User, general: Channel) -> None:
    client, path = api(ann), f"channels/{general.pk}/messages"
    seqs = [client("POST", path, said(f"{number}"))[1]["seq"] for number in range(7)]
    status, newest = client("GET", f"{path}?limit=3")
    assert [one["seq"] for one in newest["results"]] == seqs[4:]
    assert newest["has_more"]
    status, older = client("GET", f"{path}?limit=3&before={newest['next_cursor']}")
    assert [one["seq"] for one in older["results"]] == seqs[1:4]
    status, oldest = client("GET", f"{path}?limit=3&before={older['next_cursor']}")
    assert [one["seq"] for one in oldest["results"]] == seqs[:1]
    assert (oldest["has_more"], oldest["next_cursor"]) == (False, None)
    status, forward = client("GET", f"{path}?limit=3&after={seqs[0]}")
    assert [one["seq"] for one in forward["results"]] == seqs[1:4]
    assert forward["next_cursor"] == str(seqs[3])
    status, around = client("GET", f"{path}?limit=3&around={seqs[3]}")
    assert [one["seq"] for one in around["results"]] == seqs[2:5]


def test_a_day_is_found_by_its_time(api: MakeApi, ann: User, general: Channel) -> None:
    client, path = api(ann), f"channels/{general.pk}/messages"
    said_at = [client("POST", path, said(f"{number}"))[1] for number in range(9)]
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    for number, message in enumerate(said_at):
        row = Message.objects.filter(pk=message["id"])
        row.update(created_at=noon + timedelta(days=number))
    for number, moment in [
        (0, "2020-01-01T00:00:00Z"),
        (4, "2026-03-05T00:00:00%2B02:00"),
        (4, "2026-03-05T12:00:00Z"),
        (8, "2026-03-09T11:59:59Z"),
    ]:
        _, page = client("GET", f"{path}?limit=1&at={moment}")
        assert [one["text"] for one in page["results"]] == [f"{number}"], moment
    _, page = client("GET", f"{path}?limit=1&at=2030-01-01T00:00:00Z")
    assert [one["text"] for one in page["results"]] == ["8"]
    status, _ = client("GET", f"{path}?at=2026-03-05T12:00:00")
    assert status == 400


def test_lists_come_in_pages_without_gaps(
    api: MakeApi, ann: User, make_user: MakeUser, transactional_db: None
) -> None:
    for number in range(7):
        make_user(f"person{number}")
    client, found, cursor = api(ann), [], ""
    while True:
        _, page = client("GET", f"users?limit=3{cursor}")
        found += [user["username"] for user in page["results"]]
        if not page["has_more"]:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert found == ["ann", *(f"person{number}" for number in range(7))]


def test_the_hidden_and_the_missing_look_the_same(
    api: MakeApi, ann: User, cat: User, secret: Channel
) -> None:
    _, message = api(ann)("POST", f"channels/{secret.pk}/messages", said("among us"))
    stranger = api(cat)
    for method, path in [
        ("GET", "channels/{}"),
        ("PATCH", "channels/{}"),
        ("GET", "channels/{}/members"),
        ("POST", "channels/{}/members"),
        ("DELETE", f"channels/{{}}/members/{ann.pk}"),
        ("GET", "channels/{}/messages"),
        ("POST", "channels/{}/messages"),
        ("GET", "channels/{}/events"),
        ("POST", "channels/{}/join"),
        ("POST", "channels/{}/leave"),
        ("POST", "channels/{}/read"),
        ("POST", "channels/{}/archive"),
    ]:
        bodies = {
            ("PATCH", "channels/{}"): {"topic": "x"},
            ("POST", "channels/{}/members"): {"user_id": str(cat.pk)},
            ("POST", "channels/{}/messages"): said(),
            ("POST", "channels/{}/read"): {"seq": 1},
        }
        body = bodies.get((method, path))
        answers = [stranger(method, path.format(pk), body) for pk in (secret.pk, 999_999)]
        for _, answer in answers:
            answer["error"].pop("request_id")
        assert answers[0] == answers[1], (method, path)
        assert answers[0][0] == 404, (method, path, answers[0])
    for method in ("PATCH", "DELETE", "GET"):
        path = "messages/{}/thread" if method == "GET" else "messages/{}"
        body = {"text": "x"} if method == "PATCH" else None
        answers = [stranger(method, path.format(pk), body) for pk in (message["id"], 999_999)]
        for _, answer in answers:
            answer["error"].pop("request_id")
        assert answers[0] == answers[1]
        assert answers[0][0] == 404
    assert Message.objects.get().text == "among us"


def test_socket_and_rest_refuse_with_the_same_code(
    api: MakeApi, ann: User, cat: User, general: Channel
) -> None:
    status, answer = api(cat)("POST", f"channels/{general.pk}/messages", said())
    assert (status, answer["error"]["code"]) == (403, "not_a_member")


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        (b"{nope", 400, "not_json", None),
        (b"[]", 400, "not_an_object", None),
        (b"{}", 400, "invalid", "name"),
        (b'{"name":"x","kind":"open"}', 400, "invalid", "kind"),
        (b'{"name":"x","kind":"public","colour":"red"}', 400, "invalid", "colour"),
        (b'{"name":"two words","kind":"public"}', 400, "invalid", "name"),
        (b'{"name":"x\\u0000","kind":"public"}', 400, "not_text", None),
        (b'{"name":"x\\ud800","kind":"public"}', 400, "not_text", None),
        (b'{"name":"' + b"x" * 70_000 + b'","kind":"public"}', 413, "too_large", None),
    ],
)
def test_a_bad_body_is_refused_with_a_code(
    body: bytes, status: int, code: str, field: str | None, api: MakeApi, ann: User
) -> None:
    client = api(ann)
    found, answer = client("POST", "channels", body)
    assert (found, answer["error"]["code"]) == (status, code)
    if field is not None:
        assert field in answer["error"]["fields"]
    assert answer["error"]["request_id"] == client.response["X-Request-Id"]
    assert Channel.objects.count() == 0


def test_only_json_is_understood(api: MakeApi, ann: User) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        status, answer = api(ann)(
            "POST", "channels", b'{"name":"x","kind":"public"}', content_type=kind
        )
        assert (status, answer["error"]["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=abc", "limit=-1", "colour=red"])
def test_a_bad_query_is_refused(query: str, api: MakeApi, ann: User) -> None:
    status, answer = api(ann)("GET", f"users?{query}")
    assert (status, answer["error"]["code"]) == (400, "invalid")


def test_what_is_nowhere_and_what_is_not_allowed_have_the_same_shape(
    api: MakeApi, ann: User, transactional_db: None
) -> None:
    client = api(ann)
    assert client("GET", "nowhere")[1]["error"]["code"] == "not_found"
    assert client("GET", "channels/007")[1]["error"]["code"] == "not_found"
    status, answer = client("DELETE", "users")
    assert (status, answer["error"]["code"]) == (405, "method_not_allowed")
    status, answer = api(None)("GET", "users")
    assert (status, answer["error"]["code"]) == (401, "unauthenticated")


def test_every_operation_wants_to_know_who_asks(api: MakeApi, transactional_db: None) -> None:
    from chat.api.urls import urlpatterns

    asked = 0
    for pattern in urlpatterns:
        path = str(pattern.pattern)
        if path.startswith(("schema/", "docs/")):
            continue
        for converter, example in (("id", "1"), ("upload", "u" * 24), ("emoji", "ab")):
            path = re.sub(rf"<{converter}:\w+>", example, path)
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            status, answer = api(None)(method, path)
            assert status in {401, 405}, (method, path)
            asked += status == 401
    assert asked > 20


def test_a_session_needs_the_csrf_token_to_change_anything(
    ann: User, transactional_db: None
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ann)
    assert client.get("/api/v1/users/me").status_code == 200
    response = client.post(
        "/api/v1/channels", b'{"name":"x","kind":"public"}', content_type="application/json"
    )
    assert (response.status_code, response.json()["error"]["code"]) == (403, "csrf_failed")
    assert Channel.objects.count() == 0
    token = client.get("/").context["bootstrap"]["csrf_token"]
    response = client.post(
        "/api/v1/channels",
        b'{"name":"x","kind":"public"}',
        content_type="application/json",
        headers={"X-CSRFToken": token},
    )
    assert response.status_code == 201


def test_tokens_are_shown_once_and_can_be_revoked(api: MakeApi, ann: User, bob: User) -> None:
    client = api(ann)
    status, made = client("POST", "tokens", {"name": "laptop", "expires_in_days": 7})
    assert status == 201
    listed = client("GET", "tokens")[1]["results"]
    assert made["id"] in {one["id"] for one in listed}
    assert "token" not in listed[0]
    bearer = {"Authorization": f"Bearer {made['token']}"}
    assert Client(headers=bearer).get("/api/v1/users/me").status_code == 200
    assert api(bob)("DELETE", f"tokens/{made['id']}")[0] == 404
    assert client("DELETE", f"tokens/{made['id']}")[0] == 204
    assert Client(headers=bearer).get("/api/v1/users/me").status_code == 401


def test_a_private_channel_is_joined_by_invitation_only(
    api: MakeApi, ann: User, cat: User, secret: Channel
) -> None:
    assert api(cat)("POST", f"channels/{secret.pk}/join")[0] == 404
    path = f"channels/{secret.pk}/members"
    status, member = api(ann)("POST", path, {"user_id": str(cat.pk)})
    assert (status, member["user"]["username"]) == (201, "cat")
    assert api(cat)("GET", f"channels/{secret.pk}")[0] == 200
    assert api(cat)("DELETE", f"{path}/{ann.pk}")[1]["error"]["code"] == "forbidden"
    assert api(ann)("DELETE", f"{path}/{cat.pk}")[0] == 200
    assert api(cat)("GET", f"channels/{secret.pk}")[0] == 404


def test_the_same_role_again_changes_nothing(
    api: MakeApi, ann: User, bob: User, general: Channel
) -> None:
    client, path = api(ann), f"channels/{general.pk}"
    for _ in range(2):
        _, member = client("PATCH", f"{path}/members/{bob.pk}", {"role": "admin"})
        assert member["role"] == "admin"
    _, page = client("GET", f"{path}/events")
    assert [event["type"] for event in page["results"]].count("member.role_changed") == 1
    assert client("GET", path)[1]["last_seq"] == page["results"][-1]["seq"]


def test_a_channel_is_known_by_its_name_in_any_case(
    api: MakeApi, ann: User, general: Channel
) -> None:
    client = api(ann)
    _, made = client("POST", "channels", {"name": "Ärzte", "kind": "public"})
    status, answer = client("POST", "channels", {"name": "ärzte", "kind": "public"})
    assert (status, answer["error"]["code"]) == (409, "name_taken")
    status, answer = client("PATCH", f"channels/{general.pk}", {"name": "ÄRZTE"})
    assert (status, answer["error"]["code"]) == (409, "name_taken")
    assert client("PATCH", f"channels/{made['id']}", {"name": "äRZTE"})[0] == 200
    _, told = client("POST", f"channels/{general.pk}/messages", said("see #ÄrztE"))
    assert f'data-channel-id="{made["id"]}"' in told["html"]


def test_a_channel_changes_for_those_who_may(
    api: MakeApi, ann: User, bob: User, general: Channel, secret: Channel
) -> None:
    path = f"channels/{general.pk}"
    assert api(bob)("PATCH", path, {"topic": "by bob"})[1]["topic"] == "by bob"
    assert api(bob)("PATCH", path, {"name": "bobs"})[1]["error"]["code"] == "forbidden"
    assert api(ann)("PATCH", path, {"name": "Secret"})[1]["error"]["code"] == "name_taken"
    assert api(ann)("PATCH", path, {"name": "all"})[1]["name"] == "all"
    head = api(ann)("GET", path)[1]["last_seq"]
    assert api(ann)("PATCH", path, {"name": "all"})[1]["last_seq"] == head
    assert api(ann)("POST", f"{path}/archive")[1]["archived_at"] is not None
    status, answer = api(bob)("POST", f"{path}/messages", said())
    assert (status, answer["error"]["code"]) == (409, "channel_archived")
    assert api(bob)("POST", f"{path}/unarchive")[1]["error"]["code"] == "forbidden"
    assert api(ann)("POST", f"{path}/unarchive")[1]["archived_at"] is None
    assert api(bob)("POST", f"{path}/messages", said())[0] == 201


def test_archived_channels_are_listed_for_whoever_may_look_at_them(
    api: MakeApi, ann: User, bob: User, cat: User, general: Channel
) -> None:
    def archived(asker: User) -> list[str]:
        return [channel["id"] for channel in api(asker)("GET", "channels?archived=1")[1]["results"]]

    hidden = channels.create(by=ann.pk, name="hidden", kind="private")
    assert archived(cat) == []
    for channel in (general, hidden):
        api(ann)("POST", f"channels/{channel.pk}/archive")
    assert archived(cat) == [str(general.pk)]
    assert archived(ann) == [str(general.pk), str(hidden.pk)]


def test_a_channel_says_when_its_last_message_was_written(
    api: MakeApi, ann: User, general: Channel
) -> None:
    path = f"channels/{general.pk}"
    assert api(ann)("GET", path)[1]["last_message_at"] is None
    message = api(ann)("POST", f"{path}/messages", said())[1]
    assert api(ann)("GET", path)[1]["last_message_at"] == message["created_at"]


def test_a_guest_sees_only_their_channels_and_the_people_in_them(
    api: MakeApi, make_user: MakeUser, ann: User, bob: User, cat: User, general: Channel
) -> None:
    guest = make_user("gus", Role.GUEST)
    client = api(guest)
    assert client("GET", "channels?browse=1")[1]["results"] == []
    assert client("GET", f"channels/{general.pk}")[0] == 404
    assert [user["username"] for user in client("GET", "users")[1]["results"]] == ["gus"]
    api(ann)("POST", f"channels/{general.pk}/members", {"user_id": str(guest.pk)})
    names = [user["username"] for user in client("GET", "users")[1]["results"]]
    assert names == ["ann", "bob", "gus"]
    status, answer = client("POST", "channels", {"name": "mine", "kind": "public"})
    assert (status, answer["error"]["code"]) == (403, "forbidden")
    assert client("GET", f"presence?user_ids={cat.pk}")[1]["users"] == {}


def test_replies_stay_in_their_thread(api: MakeApi, ann: User, bob: User, general: Channel) -> None:
    client, path = api(ann), f"channels/{general.pk}/messages"
    root = client("POST", path, said("question"))[1]
    reply = client("POST", path, {**said("answer"), "thread_id": root["id"]})[1]
    assert reply["thread_id"] == root["id"]
    thread = api(bob)("GET", f"messages/{root['id']}/thread")[1]["results"]
    assert [one["id"] for one in thread] == [reply["id"]]
    status, answer = client("POST", path, {**said(), "thread_id": reply["id"]})
    assert (status, answer["error"]["code"]) == (404, "not_found")


@pytest.mark.usefixtures("general")
def test_presence_over_rest_is_offline_for_who_is_not_there(
    api: MakeApi, ann: User, bob: User
) -> None:
    status, answer = api(ann)("GET", f"presence?user_ids={bob.pk},999")
    assert (status, answer["users"]) == (200, {str(bob.pk): "offline"})


def test_the_schema_names_every_operation_and_record(api: MakeApi, ann: User) -> None:
    status, schema = api(ann)("GET", "schema/")
    assert status == 200
    assert schema["openapi"].startswith("3.1")
    operations = {
        operation["operationId"]
        for methods in schema["paths"].values()
        for operation in methods.values()
    }
    assert {"messages_post", "channels_list", "tickets_create", "events_list"} <= operations
    assert len(operations) > 25
    assert {"Message", "ChannelView", "ErrorAnswer"} <= set(schema["components"]["schemas"])


def test_no_answer_may_be_kept_by_a_cache(api: MakeApi, ann: User) -> None:
    client = api(ann)
    client("GET", "users/me")
    assert client.response["Cache-Control"] == "private, no-store"
    assert client.response["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in client.response["Content-Security-Policy"]


def test_who_asks_too_often_is_told_when_to_come_back_and_others_are_not(
    api: MakeApi, ann: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "RATE_LIMITS", True)
    # However slow this machine is, the bucket does not fill again meanwhile.
    monkeypatch.setattr(operation, "REST_PER_SECOND", 0.1)
    busy = api(ann)
    answers = [busy("GET", "users/me") for _ in range(REST_BURST + 5)]
    refused = [answer for status, answer in answers if status == 429]
    assert refused
    assert {answer["error"]["code"] for answer in refused} == {"rate_limited"}
    assert int(busy.response["Retry-After"]) >= 1
    assert api(bob)("GET", "users/me")[0] == 200
