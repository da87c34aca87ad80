"""The operators' socket: what they see of everybody, what they can do, and who cannot come in."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from django.test import Client

from accounts import tokens
from accounts.models import Role, User
from audit.actions import Action
from audit.models import Entry
from chat.models import Channel
from chat.services import people
from protocol import limits
from protocol.close_codes import CloseCode
from realtime.inquiries import Answer, Question, Respondent
from realtime.pool import run_in_pool
from realtime.tasks import end
from tests.integration.conftest import MakeUser, Sockets
from tests.integration.sockets import Socket
from tests.integration.test_processes import process_that

pytestmark = pytest.mark.django_db(transaction=True)

OURS = b"http://127.0.0.1:8000"
PATH = "/ws/bridge/"


def session_of(user: User) -> list[tuple[bytes, bytes]]:
    """Sign in as a browser does, and return the headers that its sockets come with."""
    client = Client()
    client.force_login(user)
    name, morsel = next(iter(client.cookies.items()))
    return [(b"cookie", f"{name}={morsel.value}".encode()), (b"origin", OURS)]


@pytest.fixture
def owner(transactional_db: None, make_user: MakeUser) -> User:
    return make_user("owner", Role.OWNER)


@pytest.fixture
def admin(transactional_db: None, make_user: MakeUser) -> User:
    return make_user("admin", Role.ADMIN)


Bridge = Callable[[User], Awaitable[Socket]]


@pytest.fixture
def bridge(sockets: Sockets) -> Bridge:
    async def come_in(user: User) -> Socket:
        headers = await run_in_pool(session_of, user)
        socket = sockets.prepare(path=PATH, headers=headers)
        await socket.connect()
        return socket

    return come_in


async def browser_of(sockets: Sockets, user: User) -> Socket:
    """Open the window of somebody who is signed in, with a session that they can see."""
    client = Client(headers={"user-agent": "Firefox on a boat"})
    await run_in_pool(sign_in, client, user)
    name, morsel = next((k, v) for k, v in client.cookies.items() if "sid" in k)
    headers = [
        (b"cookie", f"{name}={morsel.value}".encode()),
        (b"origin", OURS),
        (b"user-agent", b"Firefox on a boat"),
    ]
    socket = sockets.prepare(headers=headers)
    await socket.connect()
    return socket


def sign_in(client: Client, user: User) -> None:
    user.set_password("harbour lights at dusk")
    user.save()
    answer = client.post("/login/", {"login": user.username, "password": "harbour lights at dusk"})
    assert answer.status_code == 302


def acts() -> list[tuple[str, str, str]]:
    return list(
        Entry.objects.order_by("pk")
        .values_list("action", "actor", "target")
        .exclude(action=Action.SIGNED_IN)
    )


# ── Who comes in ────────────────────────────────────────────────────────────────────────────


async def test_owners_and_admins_come_in(bridge: Bridge, owner: User, admin: User) -> None:
    for user in (owner, admin):
        assert (await bridge(user)).welcome["user"]["username"] == user.username


@pytest.mark.parametrize("role", [Role.MEMBER, Role.GUEST])
async def test_nobody_else_comes_in(sockets: Sockets, make_user: MakeUser, role: Role) -> None:
    user = await run_in_pool(make_user, "eve", role)
    headers = await run_in_pool(session_of, user)
    assert not await sockets.prepare(path=PATH, headers=headers).handshake()


async def test_a_token_opens_it_for_nobody(sockets: Sockets, owner: User) -> None:
    _, secret = await run_in_pool(
        tokens.issue, user_id=owner.pk, name="all", expires_at=None, scopes={"read", "admin"}
    )
    bearer = [(b"authorization", f"Bearer {secret}".encode())]
    assert not await sockets.prepare(path=PATH, headers=bearer).handshake()


async def test_a_foreign_page_opens_it_for_nobody(sockets: Sockets, owner: User) -> None:
    cookie, _ = await run_in_pool(session_of, owner)
    headers = [cookie, (b"origin", b"http://evil.test")]
    assert not await sockets.prepare(path=PATH, headers=headers).handshake()


async def test_whoever_is_admin_no_longer_is_sent_away_at_once(
    bridge: Bridge, owner: User, admin: User
) -> None:
    socket = await bridge(admin)
    await run_in_pool(people.change, by=owner.pk, user_id=admin.pk, role=Role.MEMBER)
    assert await socket.closing() == CloseCode.RESTART  # And nobody lets them in again.


async def test_a_bad_frame_is_answered_and_the_socket_lives(bridge: Bridge, owner: User) -> None:
    socket = await bridge(owner)
    await socket.send_raw(text="{")
    assert (await socket.next("error"))["code"] == "not_json"
    assert (await socket.ask("message.post"))["code"] == "unknown_type"
    assert (await socket.ask("channel.watch", channel_id="0x"))["code"] == "invalid"
    assert (await socket.ask("ping"))["type"] == "ok"


# ── What they see ───────────────────────────────────────────────────────────────────────────


async def test_the_cluster_shows_each_process_and_what_they_share(
    bridge: Bridge, sockets: Sockets, owner: User, ann: User, general: Channel, settings: Any
) -> None:
    await sockets.open(ann)
    await process_that(lambda process: process.sockets == 1)
    socket = await bridge(owner)
    assert (await socket.ask("cluster.watch"))["type"] == "ok"
    assert settings.INSTANCE_ID in (await socket.next("cluster.history"))["samples"]
    seen = await socket.next(
        lambda frame: (
            frame["type"] == "cluster.seen"
            and all(service["state"] == "ok" for service in frame["services"])
        )
    )
    (process,) = seen["processes"]
    assert (process["instance"], process["state"]) == (settings.INSTANCE_ID, "live")
    assert process["bots"] == 1
    services = {service["name"]: service for service in seen["services"]}
    assert services["database"]["product"].startswith(("SQLite", "PostgreSQL"))
    assert services["redis"]["latency_ms"] > 0
    # It goes on by itself, and once there were two reports there is a rate.
    rated = await socket.next(
        lambda frame: (
            frame["type"] == "cluster.seen"
            and frame["processes"][0]["received_per_second"] is not None
        )
    )
    assert rated["at"] > seen["at"]


async def test_a_process_that_does_not_answer_is_named(
    bridge: Bridge, sockets: Sockets, owner: User, ann: User, redis: Any, settings: Any
) -> None:
    await sockets.open(ann)
    one = await process_that(lambda process: process.sockets == 1)
    key = next(key for key in redis.scan_iter("*:process:*") if key.endswith(one.id))
    frozen = json.loads(redis.get(key)) | {"id": "frozen", "instance": "Instance-9"}
    redis.set(key.removesuffix(one.id) + "frozen", json.dumps(frozen), ex=60)
    redis.zadd(f"{settings.REDIS_PREFIX}:processes", {"frozen": one.reported_at})
    socket = await bridge(owner)
    await socket.ask("connections.watch")
    seen = await socket.next("connections.seen")
    assert seen["silent"] == ["Instance-9"]
    assert "ann" in [connection["user"]["username"] for connection in seen["connections"]]


async def test_connections_of_all_processes_are_listed_together(
    bridge: Bridge, sockets: Sockets, owner: User, ann: User, redis: Any, settings: Any
) -> None:
    await browser_of(sockets, ann)
    one = await process_that(lambda process: process.sockets == 1)
    socket = await bridge(owner)
    await socket.ask("connections.watch", user_id=str(ann.pk))
    seen = await socket.next("connections.seen")
    (mine,) = seen["connections"]
    assert seen["total"] == 1
    assert mine["user"]["username"] == "ann"
    assert (mine["kind"], mine["agent"]) == ("browser", "Firefox on a boat")
    assert mine["opened_at"] <= mine["heard_at"]
    assert (Action.PERSON_SEEN, "owner", "ann") in await run_in_pool(acts)
    await socket.ask("connection.watch", connection_id=mine["id"])
    closer = await socket.next("connection.seen")
    assert closer["connection"]["id"] == mine["id"]
    assert f"u:{ann.pk}" in [place["stream"] for place in closer["streams"]]
    # Of another process: what it answers is shown as its own.
    key = next(key for key in redis.scan_iter("*:process:*") if key.endswith(one.id))
    other = json.loads(redis.get(key)) | {"id": "other", "instance": "Instance-9"}
    redis.set(key.removesuffix(one.id) + "other", json.dumps(other), ex=60)
    redis.zadd(f"{settings.REDIS_PREFIX}:processes", {"other": one.reported_at})
    asked: list[Question] = []

    def answer(question: Question) -> Answer:
        asked.append(question)
        return Answer(total=41)

    responding = asyncio.create_task(Respondent("other", answer).run())
    await socket.ask("connections.watch", instance="Instance-9")
    seen = await socket.next(
        lambda frame: frame["type"] == "connections.seen" and frame["total"] == 41
    )
    assert seen["silent"] == []
    assert asked
    await end([responding])


async def test_a_channel_shows_who_is_here_and_what_happened_but_not_what_was_said(
    bridge: Bridge, sockets: Sockets, owner: User, ann: User, secret: Channel
) -> None:
    own = await sockets.open(ann)
    await own.post(secret.pk, "the gold is under the mast")
    socket = await bridge(owner)
    await socket.ask("channel.watch", channel_id=str(secret.pk))
    seen = await socket.next(
        lambda frame: (
            frame["type"] == "channel.seen"
            and any(place["sockets"] for place in frame["processes"] or [])
        )
    )
    assert "gold" not in json.dumps(seen)
    assert (seen["channel"]["name"], seen["channel"]["members"]) == ("secret", 2)
    assert [user["username"] for user in seen["online"]] == ["ann"]
    assert seen["online_count"] == 1
    assert sum(seen["messages_per_minute"]) == 1
    assert seen["events"][0]["type"] == "message.posted"
    assert seen["events"][0]["actor"] == "ann"
    assert [event["seq"] for event in seen["events"]] == sorted(
        (event["seq"] for event in seen["events"]), reverse=True
    )
    (place,) = seen["processes"]
    assert (place["sockets"], place["behind"], place["is_silent"]) == (1, 0, False)
    assert place["top"] == seen["channel"]["last_seq"]
    assert (Action.PRIVATE_SEEN, "owner", "#secret") in await run_in_pool(acts)


async def test_looking_at_a_public_channel_is_not_written_down(
    bridge: Bridge, owner: User, general: Channel
) -> None:
    socket = await bridge(owner)
    await socket.ask("channel.watch", channel_id=str(general.pk))
    await socket.next("channel.seen")
    assert Action.PRIVATE_SEEN not in [action for action, *_ in await run_in_pool(acts)]


async def test_a_person_shows_their_devices_and_looking_is_written_down(
    bridge: Bridge, sockets: Sockets, owner: User, ann: User
) -> None:
    await browser_of(sockets, ann)
    await sockets.open(ann)
    await process_that(lambda process: process.sockets == 2)
    socket = await bridge(owner)
    await socket.ask("person.watch", user_id=str(ann.pk))
    seen = await socket.next(
        lambda frame: frame["type"] == "person.seen" and frame["presence"] == "online"
    )
    assert sorted(connection["kind"] for connection in seen["connections"]) == ["bot", "browser"]
    assert (seen["sessions"], seen["tokens"]) == (1, 1)
    assert (Action.PERSON_SEEN, "owner", "ann") in await run_in_pool(acts)


async def test_what_does_not_exist_is_said_to_be_so(bridge: Bridge, owner: User) -> None:
    socket = await bridge(owner)
    for answer in (
        await socket.ask("person.watch", user_id="404"),
        await socket.ask("connections.watch", user_id="404"),
        await socket.ask("connection.watch", connection_id="gone"),
        await socket.ask("channel.watch", channel_id="404"),
        await socket.ask("connection.close", connection_id="gone"),
        await socket.ask("session.end", connection_id="gone"),
        await socket.ask("person.set_access", user_id="404", is_active=False),
        await socket.ask("process.drain", instance="nobody"),
    ):
        assert (answer["type"], answer["code"]) == ("error", "not_found")


async def test_without_redis_it_is_said_that_nothing_is_known(
    bridge: Bridge, owner: User, ann: User, settings: Any
) -> None:
    socket = await bridge(owner)
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert (await socket.ask("connections.watch"))["type"] == "ok"
    told = await socket.next("error")
    assert (told["re"], told["code"], told["retryable"]) == (None, "unavailable", True)
    answer = await socket.ask("person.watch", user_id=str(ann.pk))
    assert answer["type"] == "ok"
    assert (await socket.ask("connection.close", connection_id="x"))["code"] == "unavailable"
    await socket.ask("cluster.watch")
    seen = await socket.next("cluster.seen")
    assert seen["processes"] is None
    assert {service["name"]: service["state"] for service in seen["services"]} == {
        "database": "ok",
        "redis": "failed",
    }


async def test_more_sockets_than_a_person_may_have_are_sent_away(
    bridge: Bridge, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SOCKETS_PER_USER", 1)
    first = await bridge(owner)
    with pytest.raises(AssertionError):  # A close, where a welcome is expected.
        await bridge(owner)
    assert (await first.ask("ping"))["type"] == "ok"


# ── What they do ────────────────────────────────────────────────────────────────────────────


async def test_a_connection_is_closed_and_it_is_written_down(
    bridge: Bridge, sockets: Sockets, owner: User, ann: User
) -> None:
    theirs = await sockets.open(ann)
    await process_that(lambda process: process.sockets == 1)
    socket = await bridge(owner)
    connection_id = theirs.welcome["connection_id"]
    assert (await socket.ask("connection.close", connection_id=connection_id))["type"] == "ok"
    assert await theirs.closing() == CloseCode.BYE
    assert (Action.SOCKET_CLOSED, "owner", "ann") in await run_in_pool(acts)


async def test_ending_a_session_signs_the_browser_out(
    bridge: Bridge, sockets: Sockets, owner: User, ann: User
) -> None:
    theirs = await browser_of(sockets, ann)
    await process_that(lambda process: process.sockets == 1)
    socket = await bridge(owner)
    connection_id = theirs.welcome["connection_id"]
    assert (await socket.ask("session.end", connection_id=connection_id))["type"] == "ok"
    assert await theirs.closing() == CloseCode.SESSION_ENDED
    assert (Action.SESSION_ENDED, "owner", "ann") in await run_in_pool(acts)


async def test_ending_what_a_program_came_in_with_revokes_its_token(
    bridge: Bridge, sockets: Sockets, owner: User, ann: User
) -> None:
    theirs = await sockets.open(ann)
    await process_that(lambda process: process.sockets == 1)
    socket = await bridge(owner)
    connection_id = theirs.welcome["connection_id"]
    assert (await socket.ask("session.end", connection_id=connection_id))["type"] == "ok"
    assert await theirs.closing() == CloseCode.SESSION_ENDED
    assert Action.TOKEN_REVOKED in [action for action, *_ in await run_in_pool(acts)]


async def test_an_admin_cannot_end_what_an_owner_came_in_with(
    bridge: Bridge, sockets: Sockets, owner: User, admin: User
) -> None:
    theirs = await browser_of(sockets, owner)
    await process_that(lambda process: process.sockets == 1)
    socket = await bridge(admin)
    connection_id = theirs.welcome["connection_id"]
    for answer in (
        await socket.ask("session.end", connection_id=connection_id),
        await socket.ask("connection.close", connection_id=connection_id),
        await socket.ask("person.set_access", user_id=str(owner.pk), is_active=False),
    ):
        assert (answer["type"], answer["code"]) == ("error", "forbidden")
    assert (await theirs.ask("ping"))["type"] == "ok"


async def test_taking_access_away_closes_everything_of_theirs(
    bridge: Bridge, sockets: Sockets, owner: User, ann: User
) -> None:
    theirs = await sockets.open(ann)
    socket = await bridge(owner)
    assert (await socket.ask("person.set_access", user_id=str(ann.pk), is_active=False))[
        "type"
    ] == "ok"
    assert await theirs.closing() == CloseCode.ACCESS_ENDED
    assert (Action.DEACTIVATED, "owner", "ann") in await run_in_pool(acts)
