"""Profiles, roles, access, bots, and what a token is made for."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts import tokens
from accounts.models import Role, Token, User
from chat import exceptions
from chat.models import Channel
from chat.services import access, people
from protocol.close_codes import CloseCode
from realtime.pool import run_in_pool
from tests.integration.conftest import MakeUser, Sockets
from tests.integration.test_accounts_invites import at_once
from tests.integration.test_rest import MakeApi


@pytest.fixture
def owner(transactional_db: None, make_user: MakeUser) -> User:
    return make_user("root", Role.OWNER)


# ── Profiles ───────────────────────────────────────────────────────────────────────────────


def test_one_changes_ones_own_profile(ann: User, bob: User, api: MakeApi) -> None:
    changes = {
        "display_name": "Ann Lee",
        "title": "Captain",
        "pronouns": "she/her",
        "about": "Likes rope.",
        "time_zone": "Europe/Berlin",
        "locale": "de",
        "username": "Ann.Lee",
    }
    status, own = api(ann)("PATCH", "users/me", changes)
    assert status == 200
    assert {field: own[field] for field in changes} == {**changes, "username": "ann.lee"}
    seen = api(bob)("GET", f"users/{ann.pk}")[1]
    assert (seen["title"], seen["about"]) == ("Captain", "Likes rope.")
    assert "email" not in seen
    status, own = api(ann)("PATCH", "users/me", {"title": ""})
    assert (own["title"], own["time_zone"]) == ("", "Europe/Berlin")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"time_zone": "Mars/Olympus"}, "invalid"),
        ({"time_zone": "../../etc/passwd"}, "invalid"),
        ({"display_name": " "}, "invalid"),
        ({"display_name": "A\u202eB"}, "invalid"),
        ({"display_name": "A\u2028B"}, "invalid"),
        ({"username": "two words"}, "invalid"),
        ({"username": "bob"}, "name_taken"),
        ({"username": "BOB"}, "name_taken"),
        ({"role": "owner"}, "invalid"),
        ({"is_active": True}, "invalid"),
        ({"email": "x@example.org"}, "invalid"),
        ({"locale": "../x"}, "invalid"),
    ],
)
def test_a_profile_that_makes_no_sense_is_refused_and_nothing_changes(
    body: dict[str, Any], code: str, ann: User, bob: User, api: MakeApi
) -> None:
    status, answer = api(ann)("PATCH", "users/me", body)
    assert answer["error"]["code"] == code
    assert status in {400, 409}
    before = (ann.username, ann.display_name, ann.time_zone, ann.role)
    ann.refresh_from_db()
    assert (ann.username, ann.display_name, ann.time_zone, ann.role) == before


async def test_others_see_a_new_name_at_once_and_strangers_are_not_told(
    sockets: Sockets, ann: User, bob: User, cat: User, general: Channel
) -> None:
    hers, his = await sockets.open(ann), await sockets.open(bob)
    strangers = await sockets.open(cat)
    await run_in_pool(people.change_profile, user_id=ann.pk, changes={"display_name": "Ann Lee"})
    for socket in (hers, his):
        told = await socket.next("user.changed")
        assert told["user"]["display_name"] == "Ann Lee"
        assert "seq" not in told
    await strangers.ask("ping")
    assert [one["type"] for one in strangers.arrived()] == []


# ── Roles and access ───────────────────────────────────────────────────────────────────────


def test_an_owner_gives_roles_and_an_admin_those_below_their_own(
    owner: User, make_user: MakeUser, api: MakeApi
) -> None:
    adam, mia = make_user("adam"), make_user("mia")
    as_owner, as_adam = api(owner, "admin"), api(adam, "admin")
    assert as_adam("PATCH", f"users/{mia.pk}", {"role": "guest"})[0] == 403
    status, answer = as_owner("PATCH", f"users/{adam.pk}", {"role": "admin"})
    assert (status, answer["role"]) == (200, "admin")
    adam.refresh_from_db()
    assert adam.is_staff
    assert as_adam("PATCH", f"users/{mia.pk}", {"role": "guest"})[0] == 200
    assert as_adam("PATCH", f"users/{mia.pk}", {"role": "member"})[0] == 200
    for refused in (
        (mia, {"role": "admin"}),
        (mia, {"role": "owner"}),
        (adam, {"role": "owner"}),
        (owner, {"role": "member"}),
        (owner, {"is_active": False}),
    ):
        status, answer = as_adam("PATCH", f"users/{refused[0].pk}", refused[1])
        assert (status, answer["error"]["code"]) == (403, "forbidden"), refused
    assert as_owner("PATCH", "users/999999", {"role": "guest"})[0] == 404


def test_the_last_owner_stays_one(owner: User, make_user: MakeUser, api: MakeApi) -> None:
    asks = api(owner, "admin")
    for body in ({"role": "member"}, {"is_active": False}):
        assert asks("PATCH", f"users/{owner.pk}", body)[0] == 403
    second = make_user("second", Role.OWNER)
    assert asks("PATCH", f"users/{second.pk}", {"is_active": False})[0] == 200
    assert asks("PATCH", f"users/{owner.pk}", {"role": "member"})[0] == 403


def test_two_owners_who_dismiss_each_other_at_once_do_not_both_succeed(
    owner: User, make_user: MakeUser
) -> None:
    second = make_user("second", Role.OWNER)
    pair = [(owner.pk, second.pk), (second.pk, owner.pk)]
    outcomes = at_once(2, lambda n: people.change(by=pair[n][0], user_id=pair[n][1], role="member"))
    assert sum(isinstance(one, exceptions.Forbidden) for one in outcomes) == 1
    assert User.objects.filter(role=Role.OWNER).count() == 1


async def test_deactivating_ends_everything_for_good_and_keeps_what_was_said(
    sockets: Sockets, owner: User, ann: User, bob: User, general: Channel
) -> None:
    socket = await sockets.open(ann)
    await socket.post(general.pk, "remember me")
    client = Client()
    await run_in_pool(client.force_login, ann)
    await run_in_pool(people.change, by=owner.pk, user_id=ann.pk, is_active=False)
    assert await socket.closing() == CloseCode.ACCESS_ENDED

    def look() -> None:
        assert not Token.objects.filter(user=ann, revoked_at=None).exists()
        assert general.messages.get().text == "remember me"
        people.change(by=owner.pk, user_id=ann.pk, is_active=True)
        assert not Token.objects.filter(user=ann, revoked_at=None).exists()
        assert ann.channels.get() == general

    await run_in_pool(look)


def test_a_session_does_not_come_back_with_its_person(
    owner: User, make_user: MakeUser, transactional_db: None
) -> None:
    mia = make_user("mia", Role.MEMBER, "harbour lights at dusk")
    client = Client()
    client.post("/login/", {"login": "mia", "password": "harbour lights at dusk"})
    assert client.get("/api/v1/users/me").status_code == 200
    people.change(by=owner.pk, user_id=mia.pk, is_active=False)
    assert client.get("/api/v1/users/me").status_code in {401, 403}
    people.change(by=owner.pk, user_id=mia.pk, is_active=True)
    assert client.get("/api/v1/users/me").status_code in {401, 403}


def test_the_admin_goes_the_same_way(owner: User, make_user: MakeUser) -> None:
    mia = make_user("mia")
    tokens.issue(user_id=mia.pk, name="t", expires_at=None)
    client = Client()
    client.force_login(owner)
    form = {"username": "mia", "display_name": "Mia", "email": "", "role": "guest"}
    client.post(f"/admin/accounts/user/{mia.pk}/change/", form)
    mia.refresh_from_db()
    assert (mia.role, mia.is_active) == (Role.GUEST, False)
    assert not Token.objects.filter(user=mia, revoked_at=None).exists()


def test_an_admin_does_not_change_another_in_the_admin(owner: User, make_user: MakeUser) -> None:
    adam, eva = make_user("adam", Role.ADMIN), make_user("eva", Role.ADMIN)
    client = Client()
    client.force_login(adam)
    form = {"username": "eva", "display_name": "Eva", "role": "member", "is_active": "on"}
    assert client.post(f"/admin/accounts/user/{eva.pk}/change/", form).status_code == 403
    eva.refresh_from_db()
    assert eva.role == Role.ADMIN


# ── Bots ───────────────────────────────────────────────────────────────────────────────────


def test_an_admin_makes_a_bot_that_comes_in_with_its_token_alone(owner: User, api: MakeApi) -> None:
    asks = api(owner, "admin")
    status, bot = asks("POST", "bots", {"username": "bosun", "display_name": "Bosun"})
    assert status == 201
    assert (bot["is_bot"], bot["role"], bot["created_by_id"]) == (True, "member", str(owner.pk))
    status, token = asks("POST", f"bots/{bot['id']}/tokens", {"name": "ci", "scopes": ["write"]})
    assert status == 201
    assert token["scopes"] == ["write"]
    assert [one["prefix"] for one in asks("GET", f"bots/{bot['id']}/tokens")[1]["results"]] == [
        token["prefix"]
    ]
    bearer = Client(headers={"Authorization": f"Bearer {token['token']}"})
    assert bearer.get("/api/v1/users/me").json()["error"]["code"] == "insufficient_scope"
    assert [one["id"] for one in asks("GET", "bots")[1]["results"]] == [bot["id"]]
    assert not User.objects.get(pk=bot["id"]).has_usable_password()
    assert asks("DELETE", f"bots/{bot['id']}/tokens/{token['id']}")[0] == 204
    assert bearer.get("/api/v1/users/me").status_code == 401
    # A bot cannot be made to manage anything, and somebody else is no bot.
    assert asks("PATCH", f"users/{bot['id']}", {"role": "admin"})[0] == 403
    assert asks("POST", f"bots/{owner.pk}/tokens", {"name": "x"})[0] == 404


def test_members_make_no_bots(owner: User, ann: User, api: MakeApi) -> None:
    asks = api(ann, "admin")
    assert asks("POST", "bots", {"username": "b", "display_name": "B"})[0] == 403
    assert asks("GET", "bots")[0] == 403
    assert asks("POST", "bots/1/tokens", {"name": "x"})[0] == 403
    status, answer = api(owner, "admin")(
        "POST", "bots", {"username": "ann", "display_name": "Other"}
    )
    assert (status, answer["error"]["code"]) == (409, "name_taken")
    assert not User.objects.filter(is_bot=True).exists()


# ── Scopes ─────────────────────────────────────────────────────────────────────────────────


def bearer(user: User, *scopes: str, days: int | None = None) -> Client:
    _, secret = tokens.issue(
        user_id=user.pk,
        name="t",
        expires_at=None if days is None else timezone.now() + timedelta(days=days),
        scopes=scopes,
    )
    return Client(headers={"Authorization": f"Bearer {secret}"})


def send(client: Client, method: str, path: str, body: object = None) -> tuple[int, Any]:
    answer = client.generic(method, f"/api/v1/{path}", _json(body), "application/json")
    return answer.status_code, answer.json() if answer.content else None


def _json(body: object) -> bytes:
    import msgspec

    return b"" if body is None else msgspec.json.encode(body)


def test_every_operation_asks_for_its_scope(owner: User, api: MakeApi) -> None:
    document = api(None)("GET", "schema/")[1]
    wants = {
        operation["operationId"]: operation["description"].rpartition("`")[0].rpartition("`")[2]
        for methods in document["paths"].values()
        for operation in methods.values()
    }
    for_admins = {name for name, scope in wants.items() if scope == "admin"}
    assert for_admins == {
        "workspace_change",
        "users_change",
        "invites_list",
        "invites_create",
        "invites_revoke",
        "bots_list",
        "bots_create",
        "bot_tokens_list",
        "bot_tokens_create",
        "bot_tokens_revoke",
        "groups_create",
        "groups_change",
        "groups_delete",
    }
    for name in ("channels_list", "users_me", "tickets_create", "tokens_list"):
        assert wants[name] == "read"
    for name in ("messages_create", "tokens_create", "channels_read"):
        if name in wants:
            assert wants[name] == "write"
    assert set(wants.values()) == {"read", "write", "admin"}


def test_a_token_does_what_it_is_made_for(owner: User, ann: User, general: Channel) -> None:
    reads, writes = bearer(ann, "read"), bearer(ann, "write")
    message = {"client_id": "0191d7a2-6f0e-7c3b-9f53-2f6d1c5a7b10", "text": "hi"}
    path = f"channels/{general.pk}/messages"
    assert send(reads, "GET", path)[0] == 200
    status, answer = send(reads, "POST", path, message)
    assert (status, answer["error"]["code"]) == (403, "insufficient_scope")
    assert general.messages.count() == 0
    assert send(writes, "POST", path, message)[0] == 201
    assert send(writes, "GET", path)[0] == 403
    for scopes in (("read",), ("read", "write")):
        status, answer = send(bearer(owner, *scopes), "PATCH", "workspace", {"name": "Mine"})
        assert (status, answer["error"]["code"]) == (403, "insufficient_scope")
    assert send(bearer(owner, "admin"), "PATCH", "workspace", {"name": "Mine"})[0] == 200


def test_a_browser_may_do_all_that_its_person_may(owner: User) -> None:
    client = Client()
    client.force_login(owner)
    assert send(client, "PATCH", "workspace", {"name": "Mine"})[0] == 200


def test_a_token_makes_none_that_may_do_more_or_lives_longer(ann: User) -> None:
    reads = bearer(ann, "read")
    assert send(reads, "POST", "tokens", {"name": "x", "scopes": ["read"]})[0] == 403
    both = bearer(ann, "read", "write", days=2)
    status, answer = send(both, "POST", "tokens", {"name": "x", "scopes": ["read", "admin"]})
    assert (status, answer["error"]["code"]) == (403, "insufficient_scope")
    status, answer = send(both, "POST", "tokens", {"name": "x", "expires_in_days": None})
    assert (status, answer["scopes"]) == (201, ["read", "write"])
    made = Token.objects.get(pk=answer["id"])
    assert made.expires_at is not None
    assert made.expires_at < timezone.now() + timedelta(days=2)


def test_a_bots_token_is_limited_by_the_token_that_makes_it(owner: User) -> None:
    bot = people.make_bot(by=owner.pk, username="bosun", display_name="B", role="member")
    admin = bearer(owner, "admin", "read")
    path = f"bots/{bot.pk}/tokens"
    assert send(admin, "POST", path, {"name": "x", "scopes": ["write"]})[0] == 403
    assert send(admin, "POST", path, {"name": "x", "scopes": ["read"]})[0] == 201


async def test_a_socket_that_may_only_look_hears_and_changes_nothing(
    sockets: Sockets, ann: User, bob: User, general: Channel
) -> None:
    def make(*scopes: str) -> str:
        return tokens.issue(user_id=bob.pk, name="t", expires_at=None, scopes=scopes)[1]

    def header(secret: str) -> list[tuple[bytes, bytes]]:
        return [(b"authorization", f"Bearer {secret}".encode())]

    secret = await run_in_pool(make, "read")
    ticket = await run_in_pool(
        lambda: (
            Client(headers={"Authorization": f"Bearer {secret}"})
            .post("/api/v1/tickets")
            .json()["ticket"]
        )
    )
    talks = await sockets.open(ann)
    await talks.post(general.pk, "hello")
    for looks in (
        sockets.prepare(headers=header(secret)),
        sockets.prepare(path=f"/ws/?ticket={ticket}"),
    ):
        await looks.connect()
        assert (await looks.ask("ping"))["type"] == "ok"
        assert (await looks.ask("sync", cursors={f"c:{general.pk}": 0}))["type"] == "ok"
        watched = await looks.ask("presence.watch", user_ids=[str(ann.pk)])
        assert watched["type"] == "ok"
        refused = await looks.post(general.pk, "me too")
        assert (refused["type"], refused["code"]) == ("error", "insufficient_scope")
        for kind, fields in (
            ("channel.read", {"channel_id": str(general.pk), "seq": 1}),
            ("typing.start", {"channel_id": str(general.pk)}),
            ("channel.leave", {"channel_id": str(general.pk)}),
        ):
            assert (await looks.ask(kind, **fields))["code"] == "insufficient_scope"
    assert await run_in_pool(general.messages.count) == 1
    # What may not look is not let in.
    blind = await run_in_pool(make, "write")
    assert not await sockets.prepare(headers=header(blind)).handshake()


def test_revoking_tokens_for_others_is_counted(ann: User, make_user: MakeUser) -> None:
    rows = [tokens.issue(user_id=ann.pk, name="t", expires_at=None)[0] for _ in range(2)]
    owner = make_user("owner", Role.OWNER)
    assert access.revoke_tokens(rows, by=owner.pk) == 2
    assert access.revoke_tokens(rows, by=owner.pk) == 0
    with pytest.raises(exceptions.Forbidden):
        access.revoke_tokens(rows, by=ann.pk)
