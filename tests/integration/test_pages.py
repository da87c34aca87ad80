"""The pages that Django serves: the first visit, signing in, the workspace, health, the admin."""

import json
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from accounts import people
from accounts.models import Role, Token, User
from chat.models import Channel, Membership, Workspace
from chat.services import channels, messages
from tests.integration.conftest import MakeUser
from tools.cluster import Valkey

FORM = {
    "workspace_name": "Acme",
    "display_name": "Ann Owner",
    "username": "Ann",
    "email": "ann@example.org",
    "password1": "correct horse battery",
    "password2": "correct horse battery",
}


@pytest.fixture
def client(transactional_db: None) -> Client:
    return Client()


def test_the_first_visitor_becomes_the_owner(client: Client) -> None:
    assert client.get("/").headers["Location"] == "/welcome/"
    assert client.get("/login/").headers["Location"] == "/welcome/"
    assert client.get("/welcome/").status_code == 200
    assert client.post("/welcome/", FORM).headers["Location"] == "/"
    owner = User.objects.get()
    assert (owner.username, owner.role, owner.is_superuser) == ("ann", Role.OWNER, True)
    assert Workspace.objects.get().name == "Acme"
    page = client.get("/")
    bootstrap = page.context["bootstrap"]
    assert bootstrap["workspace"] == {"name": "Acme"}
    assert {channel["name"] for channel in bootstrap["channels"]} == {"general", "random"}
    assert bootstrap["user"]["username"] == "ann"
    assert bootstrap["sections"] == []
    assert bootstrap["preferences"]["level"] == "mentions"


def test_the_second_visitor_does_not(client: Client) -> None:
    client.post("/welcome/", FORM)
    other = Client()
    assert other.get("/welcome/").headers["Location"] == "/"
    assert other.post("/welcome/", {**FORM, "username": "eve"}).headers["Location"] == "/"
    assert User.objects.count() == 1
    assert other.get("/").headers["Location"] == "/login/?next=/"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "two words"),
        ("username", ""),
        ("display_name", "Ann\u202eOwner"),
        ("email", "nobody"),
        ("password2", "something else"),
        ("password1", "short"),
        ("workspace_name", ""),
    ],
)
def test_a_wrong_field_is_explained_and_nothing_is_made(
    field: str, value: str, client: Client
) -> None:
    page = client.post("/welcome/", {**FORM, field: value})
    assert page.status_code == 200
    assert page.context["form"].errors
    assert User.objects.count() == 0


def test_signing_in_and_out(client: Client) -> None:
    people.create(
        username="ann", display_name="Ann", role=Role.OWNER, password="correct horse battery"
    )
    assert client.post("/login/", {"login": "ann", "password": "wrong"}).status_code == 200
    answer = client.post(
        "/login/?next=/channels/7", {"login": "ann", "password": "correct horse battery"}
    )
    assert answer.headers["Location"] == "/channels/7"
    assert client.get("/channels/7").status_code == 200
    assert client.post("/logout/").headers["Location"] == "/login/"
    assert client.get("/").status_code == 302


def test_a_page_for_what_is_not_there(client: Client) -> None:
    assert client.get("/nowhere").status_code == 404
    answer = client.get("/api/v1/nowhere")
    assert answer.json()["error"]["code"] == "not_found"


def test_health_and_readiness(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json()["checks"]["database"] == "ok"


def test_without_redis_it_is_degraded_and_everything_works(
    client: Client, ann: User, general: Channel, settings: Any, valkey: Valkey
) -> None:
    from presence import service

    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    service.store.cache_clear()
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
    client.force_login(ann)
    assert client.get("/").status_code == 200
    answer = client.get(f"/api/v1/presence?user_ids={ann.pk}")
    assert answer.json()["users"] == {str(ann.pk): "unknown"}


def test_provisioning_again_reuses_what_exists(
    capsys: pytest.CaptureFixture[str], client: Client
) -> None:
    printed = []
    for _ in range(2):
        call_command("provision", users=3, channel="load", json=True)
        printed.append(json.loads(capsys.readouterr().out))
    assert printed[0] == printed[1]
    assert len(printed[0]["users"]) == 3
    assert Membership.objects.filter(channel=printed[0]["channel"]["id"]).count() == 3
    bearer = Client(headers={"Authorization": f"Bearer {printed[0]['users'][2]['token']}"})
    assert bearer.get("/api/v1/users/me").json()["username"] == "u3"


# ── The admin ──────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def staff(client: Client, make_user: MakeUser) -> Client:
    owner = make_user("root", Role.OWNER)
    channel = channels.create(by=owner.pk, name="general", kind="public")
    Channel.objects.filter(pk=channel.pk).update(is_default=True)
    import uuid

    messages.post(
        author_id=owner.pk, channel_id=channel.pk, client_id=uuid.uuid4(), text="swordfish"
    )
    client.force_login(owner)
    return client


def test_staff_see_people_channels_messages_and_tokens(staff: Client) -> None:
    channel = Channel.objects.get()
    for path in (
        "",
        "accounts/user/",
        "accounts/token/",
        "chat/channel/",
        f"chat/channel/{channel.pk}/change/",
        "chat/message/",
        "chat/workspace/",
        "accounts/user/add/",
    ):
        assert staff.get(f"/admin/{path}").status_code == 200, path


def test_the_admin_keeps_the_policy_but_for_what_its_scripts_need(staff: Client) -> None:
    policy = staff.get("/admin/").headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "trusted-types" not in policy
    assert "require-trusted-types-for" in staff.get("/").headers["Content-Security-Policy"]


def test_staff_do_not_read_what_people_wrote(staff: Client) -> None:
    message = Channel.objects.get().messages.get()
    page = staff.get(f"/admin/chat/message/{message.pk}/change/")
    assert page.status_code == 200
    assert "swordfish" not in page.content.decode()


def test_a_person_made_by_staff_is_in_the_default_channels(staff: Client) -> None:
    answer = staff.post(
        "/admin/accounts/user/add/",
        {
            "username": "newbie",
            "display_name": "New Bie",
            "email": "",
            "role": "member",
            "usable_password": "true",
            "password1": "correct horse battery",
            "password2": "correct horse battery",
        },
    )
    assert answer.status_code == 302
    user = User.objects.get(username="newbie")
    assert list(user.channels.values_list("name", flat=True)) == ["general"]
    assert not user.is_staff


def test_a_channel_renamed_by_staff_is_announced(staff: Client) -> None:
    from realtime.models import Event

    channel = Channel.objects.get()
    staff.post(
        f"/admin/chat/channel/{channel.pk}/change/",
        {
            "name": "plaza",
            "kind": "public",
            "topic": "",
            "description": "",
            "posting": "everyone",
            "is_default": "on",
            "memberships-TOTAL_FORMS": "0",
            "memberships-INITIAL_FORMS": "0",
        },
    )
    assert Channel.objects.get().name == "plaza"
    assert Event.objects.filter(type="channel.changed").count() == 1


def test_an_admin_cannot_touch_an_owner_nor_become_one(staff: Client, make_user: MakeUser) -> None:
    admin = make_user("adam", Role.ADMIN)
    owner = User.objects.get(username="root")
    client = Client()
    client.force_login(admin)
    assert client.get("/admin/accounts/user/").status_code == 200
    client.post(
        f"/admin/accounts/user/{owner.pk}/password/", {"password1": "x" * 12, "password2": "x" * 12}
    )
    before = owner.password
    owner.refresh_from_db()
    assert owner.password == before
    client.post(
        f"/admin/accounts/user/{admin.pk}/change/",
        {"username": "adam", "display_name": "Adam", "role": "owner", "is_active": "on"},
    )
    admin.refresh_from_db()
    assert admin.role == Role.ADMIN


def test_the_last_owner_stays_one(staff: Client) -> None:
    owner = User.objects.get(username="root")
    page = staff.post(
        f"/admin/accounts/user/{owner.pk}/change/",
        {"username": "root", "display_name": "Root", "role": "member", "is_active": "on"},
    )
    assert page.status_code == 200
    owner.refresh_from_db()
    assert owner.role == Role.OWNER


def test_tokens_are_revoked_by_staff(staff: Client, make_user: MakeUser) -> None:
    from accounts import tokens

    token, _ = tokens.issue(user_id=make_user("bot").pk, name="x", expires_at=None)
    staff.post("/admin/accounts/token/", {"action": "revoke", "_selected_action": [token.pk]})
    assert Token.objects.get(pk=token.pk).revoked_at is not None


def test_people_without_a_role_see_no_admin(client: Client, ann: User) -> None:
    client.force_login(ann)
    assert client.get("/admin/").status_code == 302
