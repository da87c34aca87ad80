"""Incoming webhooks: who may have them, what they may do, and how they refuse."""

import json
import logging
from collections.abc import Callable

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from accounts.models import Role, User
from chat.models import Channel, Membership, Message, UserGroup
from chat.services import channels, members, messages
from integrations import services
from integrations.models import IncomingWebhook
from protocol.limits import WEBHOOK_BURST
from realtime.pool import run_in_pool
from tests.integration.conftest import Api, MakeUser, Sockets

MakeApi = Callable[[User | None], Api]
Made = tuple[IncomingWebhook, str]


@pytest.fixture
def hook(ann: User, general: Channel) -> Made:
    return services.create(by=ann.pk, channel_id=general.pk, name="Deploys")


def deliver(secret: str, body: object, **kwargs: str) -> tuple[int, str]:
    response = Client(enforce_csrf_checks=True).post(
        f"/hooks/{secret}",
        body if isinstance(body, bytes) else json.dumps(body),
        content_type=kwargs.get("content_type", "application/json"),
    )
    assert response["Content-Type"].startswith("text/plain")
    return response.status_code, response.content.decode()


def last() -> Message:
    return Message.objects.order_by("-pk")[0]


def test_a_moderator_makes_a_webhook_that_posts(api: MakeApi, ann: User, general: Channel) -> None:
    client = api(ann)
    status, made = client(
        "POST", "webhooks", {"channel_id": str(general.pk), "name": "Build & deploy"}
    )
    assert status == 201
    assert made["is_locked_to_channel"]
    secret = made["url"].rpartition("/")[2]
    assert made["url"] == f"http://testserver/hooks/{secret}"
    assert made["slack_url"].endswith(f"/services/T1/B{made['id']}/{secret}")
    assert deliver(secret, {"text": f"*Done* <@{ann.pk}>"}) == (200, "ok")
    message = last()
    assert (message.channel_id, message.text) == (general.pk, "**Done** @ann")
    assert (message.author.display_name, message.author.is_bot) == ("Build & deploy", True)
    assert str(message.author_id) == made["bot_id"]
    listed = client("GET", "webhooks")[1]["results"]
    assert [one["id"] for one in listed] == [made["id"]]
    assert listed[0]["last_used_at"] is not None
    assert "url" not in listed[0]
    assert secret not in str(IncomingWebhook.objects.values())


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"username": "Robin", "icon_emoji": ":robot_face:"}, ("Robin", "🤖")),
        ({"username": "  Ro\u202ebin\n", "icon_emoji": ":of_their_own:"}, ("Robin", "")),
        ({}, ("", "")),
    ],
)
def test_a_message_can_speak_as_somebody(
    hook: Made, given: dict[str, str], kept: tuple[str, str]
) -> None:
    assert deliver(hook[1], {"text": "hi", **given}) == (200, "ok")
    assert (last().sender_name, last().sender_emoji) == kept


def test_an_address_like_slacks_works_too(hook: Made) -> None:
    path = f"/services/T00000000/B00000000/{hook[1]}"
    answer = Client().post(path, '{"text":"x"}', content_type="application/json")
    assert (answer.status_code, answer.content) == (200, b"ok")


def test_only_who_manages_the_channel_sees_its_webhooks(
    api: MakeApi, make_user: MakeUser, bob: User, cat: User, secret: Channel, ann: User
) -> None:
    made, _ = services.create(by=ann.pk, channel_id=secret.pk, name="x")
    for person, refused in ((bob, 403), (cat, 404), (make_user("adm", Role.ADMIN), 404)):
        client = api(person)
        body = {"channel_id": str(secret.pk), "name": "mine"}
        assert client("POST", "webhooks", body)[0] == refused
        assert client("GET", "webhooks")[1]["results"] == []
        for method, path, change in (
            ("GET", f"webhooks/{made.pk}", None),
            ("PATCH", f"webhooks/{made.pk}", {"name": "y"}),
            ("DELETE", f"webhooks/{made.pk}", None),
            ("POST", f"webhooks/{made.pk}/rotate", None),
        ):
            assert client(method, path, change)[0] == 404
    assert IncomingWebhook.objects.get().revoked_at is None


async def test_another_name_of_a_webhook_is_seen_at_once(
    sockets: Sockets, ann: User, bob: User, hook: Made
) -> None:
    his = await sockets.open(bob)
    for name in ("Deploys", " Releases "):
        await run_in_pool(services.change, by=ann.pk, webhook_id=hook[0].pk, name=name)
    told = await his.next("user.changed")
    assert (told["user"]["id"], told["user"]["display_name"]) == (str(hook[0].bot_id), "Releases")


@pytest.mark.parametrize("name", ["Bob", "Design", "Here", "…", "@" * 80])
def test_the_bot_of_a_webhook_has_a_username_that_is_free(
    ann: User, bob: User, general: Channel, name: str
) -> None:
    UserGroup.objects.create(handle="design", name="Design", created_by=ann)
    hook, key = services.create(by=ann.pk, channel_id=general.pk, name=name)
    assert hook.bot.display_name == name
    assert deliver(key, {"text": "hi"}) == (200, "ok")


def test_an_admin_of_the_workspace_manages_those_of_public_channels(
    api: MakeApi, make_user: MakeUser, hook: Made
) -> None:
    client = api(make_user("adm", Role.ADMIN))
    assert client("PATCH", f"webhooks/{hook[0].pk}", {"name": "Renamed"})[1]["name"] == "Renamed"
    assert deliver(hook[1], {"text": "x"}) == (200, "ok")
    assert last().author.display_name == "Renamed"


def test_another_secret_ends_the_old_one(api: MakeApi, ann: User, hook: Made) -> None:
    status, made = api(ann)("POST", f"webhooks/{hook[0].pk}/rotate")
    assert status == 200
    assert deliver(hook[1], {"text": "x"}) == (404, "no_service")
    assert deliver(made["url"].rpartition("/")[2], {"text": "x"}) == (200, "ok")


def test_a_revoked_webhook_is_gone_and_its_bot_has_left(
    api: MakeApi, ann: User, hook: Made
) -> None:
    client = api(ann)
    assert client("DELETE", f"webhooks/{hook[0].pk}")[0] == 204
    assert client("DELETE", f"webhooks/{hook[0].pk}")[0] == 404
    assert deliver(hook[1], {"text": "x"}) == (404, "no_service")
    assert not Membership.objects.filter(user=hook[0].bot).exists()
    assert not User.objects.get(pk=hook[0].bot_id).is_active


def test_a_name_that_cannot_be_seen_is_refused(api: MakeApi, ann: User, general: Channel) -> None:
    for name in ("\u200b", "a\u202eb", " ", "a\nb", ""):
        body = {"channel_id": str(general.pk), "name": name}
        status, answer = api(ann)("POST", "webhooks", body)
        assert (status, answer["error"]["code"]) == (400, "invalid")
    assert not IncomingWebhook.objects.exists()


def test_a_locked_webhook_posts_where_it_belongs_whatever_it_says(
    hook: Made, ann: User, general: Channel
) -> None:
    channels.create(by=ann.pk, name="other", kind="public")
    assert deliver(hook[1], {"text": "x", "channel": "#other"}) == (200, "ok")
    assert last().channel_id == general.pk


def test_an_open_webhook_posts_where_its_bot_may_come(
    ann: User, general: Channel, secret: Channel
) -> None:
    other = channels.create(by=ann.pk, name="öther", kind="public")
    hook, key = services.create(
        by=ann.pk, channel_id=general.pk, name="x", is_locked_to_channel=False
    )
    for wanted in ("öther", "#öther", str(other.pk), f"C{other.pk}", "#ÖTHER"):
        assert deliver(key, {"text": wanted, "channel": wanted}) == (200, "ok")
        assert last().channel_id == other.pk
    for wanted in ("#secret", "secret", str(secret.pk), "#nowhere", "@ann", "9" * 30, "C"):
        assert deliver(key, {"text": "x", "channel": wanted}) == (404, "channel_not_found")
    members.add(by=ann.pk, channel_id=secret.pk, user_id=hook.bot_id)
    assert deliver(key, {"text": "x", "channel": "#secret"}) == (200, "ok")
    assert last().channel_id == secret.pk


def test_in_another_channel_its_bot_comes_in_and_goes(
    api: MakeApi, ann: User, hook: Made, secret: Channel
) -> None:
    answer = api(ann)("PATCH", f"webhooks/{hook[0].pk}", {"channel_id": str(secret.pk)})[1]
    assert answer["channel_id"] == str(secret.pk)
    assert deliver(hook[1], {"text": "x"}) == (200, "ok")
    assert last().channel_id == secret.pk
    at = Membership.objects.filter(user=hook[0].bot).values_list("channel", flat=True)
    assert list(at) == [secret.pk]


def test_a_reply_goes_into_its_thread(hook: Made, ann: User, general: Channel) -> None:
    import uuid

    root = messages.post(
        author_id=ann.pk, channel_id=general.pk, client_id=uuid.uuid4(), text="root"
    ).message
    root.refresh_from_db()
    micros = int(root.created_at.timestamp()) * 1_000_000 + root.created_at.microsecond
    for wanted in (str(root.pk), f"{micros // 1_000_000}.{micros % 1_000_000:06}"):
        assert deliver(hook[1], {"text": "x", "thread_ts": wanted}) == (200, "ok")
        reply = last()
        assert reply.thread_id == root.pk
        assert deliver(hook[1], {"text": "x", "thread_ts": str(reply.pk)}) == (200, "ok")
        assert last().thread_id == root.pk
    for wanted in ("999999", "1.5", "1700000000.000001", "x", "99999999999.000000", "²"):
        assert deliver(hook[1], {"text": "x", "thread_ts": wanted}) == (404, "thread_not_found")


@pytest.mark.parametrize(
    ("body", "status", "word"),
    [
        (b"{nope", 400, "invalid_payload"),
        (b'{"text":"\\ud800"}', 400, "invalid_payload"),
        ({"text": ""}, 400, "no_text"),
        ({"attachments": [{}] * 101}, 400, "too_many_attachments"),
        ({"text": "x", "blocks": [{}] * 51}, 400, "invalid_blocks"),
        (b'{"text":"' + b"x" * 600_000 + b'"}', 413, "msg_too_long"),
        (b"x" * 1_500_000, 413, "msg_too_long"),
        (b"x" * 4_000_000, 413, "msg_too_long"),
    ],
)
def test_what_is_wrong_is_one_word(body: object, status: int, word: str, hook: Made) -> None:
    assert deliver(hook[1], body) == (status, word)
    assert not Message.objects.exists()


def test_a_large_form_is_refused_like_any_other(hook: Made) -> None:
    body = b"payload=" + b"x" * 4_000_000
    form = "application/x-www-form-urlencoded"
    assert deliver(hook[1], body, content_type=form) == (413, "msg_too_long")


def test_nul_and_long_texts_are_posted_without_harm(hook: Made) -> None:
    assert deliver(hook[1], b'{"text":"a\\u0000b"}') == (200, "ok")
    assert last().text == "ab"
    assert deliver(hook[1], {"text": "y" * 40_000}) == (200, "ok")
    assert "cut: the message was longer" in last().text


def test_an_unknown_address_and_another_method_are_refused(hook: Made) -> None:
    assert deliver("nothing", {"text": "x"}) == (404, "no_service")
    assert deliver("%00%ff", {"text": "x"}) == (404, "no_service")
    answer = Client().get(f"/hooks/{hook[1]}")
    assert (answer.status_code, answer.content, answer["Allow"]) == (
        405,
        b"method_not_allowed",
        "POST",
    )


def test_an_archived_channel_is_gone_until_it_is_open_again(
    hook: Made, ann: User, general: Channel
) -> None:
    channels.archive(by=ann.pk, channel_id=general.pk)
    assert deliver(hook[1], {"text": "x"}) == (410, "channel_is_archived")
    channels.unarchive(by=ann.pk, channel_id=general.pk)
    assert deliver(hook[1], {"text": "x"}) == (200, "ok")


def test_without_its_bot_in_the_channel_nothing_is_posted(
    hook: Made, ann: User, general: Channel
) -> None:
    members.remove(by=ann.pk, channel_id=general.pk, user_id=hook[0].bot_id)
    assert deliver(hook[1], {"text": "x"}) == (403, "action_prohibited")


def test_too_many_at_once_are_told_when_to_come_back(
    hook: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "RATE_LIMITS", True)
    path = f"/hooks/{hook[1]}"
    for _ in range(WEBHOOK_BURST + 5):
        answer = Client().post(path, b"{nope", content_type="application/json")
        if answer.status_code == 429:
            break
    assert (answer.status_code, answer.content) == (429, b"rate_limited")
    assert answer["Retry-After"] == "1"
    monkeypatch.setattr(settings, "RATE_LIMITS", False)
    assert deliver(hook[1], {"text": "x"}) == (200, "ok")


def test_one_webhook_does_not_wait_for_another(
    hook: Made, ann: User, general: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, second = services.create(by=ann.pk, channel_id=general.pk, name="Other")
    monkeypatch.setattr(settings, "RATE_LIMITS", True)
    statuses = {deliver(hook[1], b"{nope")[0] for _ in range(WEBHOOK_BURST + 5)}
    assert 429 in statuses
    assert deliver(second, {"text": "x"}) == (200, "ok")


def test_without_redis_everything_is_taken(
    hook: Made, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setattr(settings, "RATE_LIMITS", True)
    monkeypatch.setattr(settings, "REDIS_URL", f"unix://{tmp_path}/nothing.sock")
    for _ in range(WEBHOOK_BURST + 5):
        assert deliver(hook[1], b"{nope")[0] == 400
    assert deliver(hook[1], {"text": "x"}) == (200, "ok")


def test_a_database_that_is_away_is_one_word_and_no_secret_in_the_log(
    hook: Made, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    table = IncomingWebhook._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER TABLE "{table}" RENAME TO "{table}_away"')
        try:
            with caplog.at_level(logging.DEBUG):
                response = Client().post(
                    f"/hooks/{hook[1]}", '{"text":"x"}', content_type="application/json"
                )
        finally:
            cursor.execute(f'ALTER TABLE "{table}_away" RENAME TO "{table}"')
    assert (response.status_code, response.content) == (503, b"service_unavailable")
    assert response["Retry-After"] == "1"
    written = caplog.text + capsys.readouterr().err
    assert "DATABASE_FAILED" in written
    assert hook[1] not in written


def test_an_admin_makes_rotates_and_revokes_them_in_the_admin(
    make_user: MakeUser, general: Channel
) -> None:
    owner = make_user("owner", Role.OWNER)
    client = Client()
    client.force_login(owner)
    fields = {"channel": str(general.pk), "name": "Alerts", "is_locked_to_channel": "on"}
    page = client.post("/admin/integrations/incomingwebhook/add/", fields, follow=True)
    assert page.status_code == 200
    webhook = IncomingWebhook.objects.get()
    text = page.content.decode()
    secret = text.partition("/hooks/")[2][:48]
    assert deliver(secret, {"text": "x"}) == (200, "ok")
    listed = "/admin/integrations/incomingwebhook/"
    chosen = {"_selected_action": str(webhook.pk)}
    page = client.post(listed, {**chosen, "action": "rotate"}, follow=True)
    other = page.content.decode().partition("/hooks/")[2][:48]
    assert deliver(secret, {"text": "x"}) == (404, "no_service")
    assert deliver(other, {"text": "x"}) == (200, "ok")
    client.post(listed, {**chosen, "action": "revoke"}, follow=True)
    assert deliver(other, {"text": "x"}) == (404, "no_service")
    page = client.post(f"{listed}add/", {**fields, "name": "a\u202eb"})
    assert "Visible characters only" in page.content.decode()
