"""Who may open a socket. Everyone else is refused before it is accepted."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts import tokens
from accounts.credentials import Credential
from accounts.models import Role, Token, User
from chat.consumers import entry, vigil
from chat.services import access
from protocol import limits
from realtime.pool import run_in_pool
from tests.integration.conftest import MakeUser, Sockets

OURS = "http://127.0.0.1:8000"
FOREIGN = [
    None,
    "null",
    "",
    "http://evil.test",
    "https://127.0.0.1:8000",
    "http://127.0.0.1:8001",
    "http://127.0.0.1",
    "http://127.0.0.1:8000.evil.test",
    "http://evil127.0.0.1:8000",
    "http://sub.127.0.0.1:8000",
    "http://127.0.0.1:8000/",
    "http://127.0.0.1:99999",
    "http://[",
    "ftp://127.0.0.1:8000",
]


@pytest.fixture
def cookie(make_user: MakeUser, transactional_db: None) -> tuple[bytes, bytes]:
    user = make_user("eve", password="correct horse battery")
    client = Client()
    client.force_login(user)
    name, morsel = next(iter(client.cookies.items()))
    return (b"cookie", f"{name}={morsel.value}".encode())


async def test_a_session_from_our_own_page_is_let_in(
    sockets: Sockets, cookie: tuple[bytes, bytes]
) -> None:
    socket = sockets.prepare(headers=[cookie, (b"origin", OURS.encode())])
    await socket.connect()
    assert socket.welcome["user"]["username"] == "eve"


@pytest.mark.parametrize("odd", [b'prefs={"a":1}; ', b"a b=c d; ", b"a[b]=1; ", b"x=\xe9; "])
async def test_an_odd_cookie_of_somebody_else_does_no_harm(
    odd: bytes, sockets: Sockets, cookie: tuple[bytes, bytes]
) -> None:
    mixed = (cookie[0], odd + cookie[1])
    await sockets.prepare(headers=[mixed, (b"origin", OURS.encode())]).connect()


@pytest.mark.parametrize("origin", FOREIGN)
async def test_a_session_from_anywhere_else_is_refused(
    origin: str | None, sockets: Sockets, cookie: tuple[bytes, bytes]
) -> None:
    headers = [cookie] if origin is None else [cookie, (b"origin", origin.encode())]
    assert not await sockets.prepare(headers=headers).handshake()


async def test_nobody_in_particular_is_refused(sockets: Sockets) -> None:
    assert not await sockets.prepare(headers=[(b"origin", OURS.encode())]).handshake()


@pytest.mark.parametrize(
    "headers",
    [
        [(b"cookie", b"parley_sid=\xff\xfe")],
        [(b"cookie", b"parley_sid=nonsense; =; ;")],
        [(b"authorization", b"Bearer nonsense")],
        [(b"authorization", b"Bearer ")],
        [(b"authorization", b"\xff")],
    ],
)
async def test_broken_credentials_are_refused(
    headers: list[tuple[bytes, bytes]], sockets: Sockets
) -> None:
    socket = sockets.prepare(headers=[*headers, (b"origin", OURS.encode())])
    assert not await socket.handshake()


async def test_a_token_is_let_in_from_anywhere_and_no_cookie_is_looked_at(
    sockets: Sockets, ann: User, cookie: tuple[bytes, bytes]
) -> None:
    _, secret = await run_in_pool(tokens.issue, user_id=ann.pk, name="bot", expires_at=None)
    bearer = (b"authorization", f"Bearer {secret}".encode())
    socket = sockets.prepare(headers=[bearer, cookie, (b"origin", b"http://evil.test")])
    await socket.connect()
    assert socket.welcome["user"]["username"] == "ann"
    wrong = (b"authorization", b"Bearer ply_wrong")
    assert not await sockets.prepare(headers=[wrong, cookie, (b"origin", b"x")]).handshake()


async def test_a_revoked_token_is_refused(sockets: Sockets, ann: User) -> None:
    token, secret = await run_in_pool(tokens.issue, user_id=ann.pk, name="bot", expires_at=None)
    assert await run_in_pool(tokens.revoke, token_id=token.pk, user_id=ann.pk)
    bearer = (b"authorization", f"Bearer {secret}".encode())
    assert not await sockets.prepare(headers=[bearer]).handshake()


async def test_a_token_of_somebody_deactivated_is_refused(sockets: Sockets, ann: User) -> None:
    _, secret = await run_in_pool(tokens.issue, user_id=ann.pk, name="bot", expires_at=None)
    await run_in_pool(User.objects.filter(pk=ann.pk).update, is_active=False)
    bearer = (b"authorization", f"Bearer {secret}".encode())
    assert not await sockets.prepare(headers=[bearer]).handshake()


async def test_a_ticket_opens_one_socket_once(sockets: Sockets, ann: User) -> None:
    token, _ = await run_in_pool(tokens.issue, user_id=ann.pk, name="bot", expires_at=None)
    credential = Credential(user_id=ann.pk, role=ann.role, token_id=token.pk)
    secret = await run_in_pool(tokens.issue_ticket, credential)
    socket = sockets.prepare(path=f"/ws/?ticket={secret}")
    await socket.connect()
    assert socket.welcome["user"]["username"] == "ann"
    assert not await sockets.prepare(path=f"/ws/?ticket={secret}").handshake()


async def test_a_changed_password_ends_older_sessions(
    sockets: Sockets, cookie: tuple[bytes, bytes]
) -> None:
    def change() -> None:
        user = User.objects.get(username="eve")
        user.set_password("something else entirely")
        user.save()

    await run_in_pool(change)
    socket = sockets.prepare(headers=[cookie, (b"origin", OURS.encode())])
    assert not await socket.handshake()


async def test_another_path_is_refused_without_a_traceback(sockets: Sockets, ann: User) -> None:
    _, secret = await run_in_pool(tokens.issue, user_id=ann.pk, name="bot", expires_at=None)
    bearer = (b"authorization", f"Bearer {secret}".encode())
    assert not await sockets.prepare(headers=[bearer], path="/ws/else").handshake()


async def test_logging_out_closes_the_sockets_of_that_session_alone(
    sockets: Sockets, ann: User, cookie: tuple[bytes, bytes]
) -> None:
    socket = sockets.prepare(headers=[cookie, (b"origin", OURS.encode())])
    await socket.connect()
    eve = await run_in_pool(User.objects.get, username="eve")
    elsewhere, other = await sockets.open(eve), await sockets.open(ann)

    def log_out() -> None:
        client = Client(headers={"Cookie": cookie[1].decode()})
        assert client.post("/logout/").status_code == 302

    await run_in_pool(log_out)
    assert await socket.closing() == 4401
    assert (await elsewhere.ask("ping"))["type"] == "ok"
    assert (await other.ask("ping"))["type"] == "ok"


async def test_revoking_a_token_closes_its_sockets_and_those_of_its_tickets(
    sockets: Sockets, ann: User
) -> None:
    token, secret = await run_in_pool(tokens.issue, user_id=ann.pk, name="bot", expires_at=None)
    bearer = (b"authorization", f"Bearer {secret}".encode())
    by_token = sockets.prepare(headers=[bearer])
    await by_token.connect()

    def ask_for_ticket() -> str:
        client = Client(headers={"Authorization": f"Bearer {secret}"})
        return str(client.post("/api/v1/tickets").json()["ticket"])

    by_ticket = sockets.prepare(path=f"/ws/?ticket={await run_in_pool(ask_for_ticket)}")
    await by_ticket.connect()
    other = await sockets.open(ann)
    await run_in_pool(access.revoke_token, by=ann.pk, token_id=token.pk, user_id=ann.pk)
    assert await by_token.closing() == 4401
    assert await by_ticket.closing() == 4401
    assert (await other.ask("ping"))["type"] == "ok"


async def test_one_person_cannot_hold_every_socket(
    sockets: Sockets, ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SOCKETS_PER_USER", 2)
    first, _ = await sockets.open(ann), await sockets.open(ann)
    third = sockets.prepare(user=ann)
    assert await third.handshake()
    assert await third.closing() == 4429
    await first.close()
    await sockets.open(ann)


async def test_whose_access_ended_is_closed_for_good(sockets: Sockets, ann: User) -> None:
    socket = await sockets.open(ann)
    await run_in_pool(change, ann.pk, is_active=False)
    assert await socket.closing() == 4403


async def test_a_changed_password_closes_the_sessions_sockets_and_no_tokens(
    sockets: Sockets, cookie: tuple[bytes, bytes]
) -> None:
    by_session = sockets.prepare(headers=[cookie, (b"origin", OURS.encode())])
    await by_session.connect()
    eve = await run_in_pool(User.objects.get, username="eve")
    by_token = await sockets.open(eve)

    def set_password() -> None:
        user = User.objects.get(pk=eve.pk)
        user.set_password("something else entirely")
        user.save()

    await run_in_pool(set_password)
    assert await by_session.closing() == 4401
    assert (await by_token.ask("ping"))["type"] == "ok"


async def test_with_another_role_one_comes_in_again(sockets: Sockets, ann: User) -> None:
    socket = await sockets.open(ann)
    await run_in_pool(change, ann.pk, role=Role.GUEST)
    assert await socket.closing() == 1012
    again = await sockets.open(await run_in_pool(User.objects.get, pk=ann.pk))
    assert again.welcome["user"]["role"] == "guest"


async def test_what_nobody_told_is_noticed_all_the_same(
    sockets: Sockets, ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vigil, "SECONDS", 0.1)
    token, secret = await run_in_pool(tokens.issue, user_id=ann.pk, name="bot", expires_at=None)
    socket = sockets.prepare(headers=[(b"authorization", f"Bearer {secret}".encode())])
    await socket.connect()
    past = timezone.now() - timedelta(seconds=1)
    await run_in_pool(Token.objects.filter(pk=token.pk).update, expires_at=past)
    assert await socket.closing() == 4401


async def test_what_nobody_told_is_noticed_however_busy_the_process_is(
    sockets: Sockets, ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vigil, "SECONDS", 0.5)
    token, secret = await run_in_pool(tokens.issue, user_id=ann.pk, name="bot", expires_at=None)
    socket = sockets.prepare(headers=[(b"authorization", f"Bearer {secret}".encode())])
    await socket.connect()
    past = timezone.now() - timedelta(seconds=1)
    await run_in_pool(Token.objects.filter(pk=token.pk).update, expires_at=past)
    closing = asyncio.create_task(socket.closing())
    while not closing.done():
        another = await sockets.open(ann)
        await another.close()
    assert closing.result() == 4401


async def test_a_ticket_is_worth_no_more_than_what_it_was_asked_for_with(
    sockets: Sockets, ann: User
) -> None:
    token, _ = await run_in_pool(tokens.issue, user_id=ann.pk, name="bot", expires_at=None)
    credential = Credential(user_id=ann.pk, role=ann.role, token_id=token.pk)
    secret = await run_in_pool(tokens.issue_ticket, credential)
    await run_in_pool(access.revoke_token, by=ann.pk, token_id=token.pk, user_id=ann.pk)
    assert not await sockets.prepare(path=f"/ws/?ticket={secret}").handshake()


async def test_what_ends_while_the_socket_opens_is_noticed(
    sockets: Sockets, ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, secret = await run_in_pool(tokens.issue, user_id=ann.pk, name="bot", expires_at=None)
    before = entry.visitor_of

    def let_in_and_revoke(request: entry.Request) -> entry.Visitor | None:
        visitor = before(request)
        tokens.revoke(token_id=token.pk, user_id=ann.pk)
        return visitor

    monkeypatch.setattr(entry, "visitor_of", let_in_and_revoke)
    socket = sockets.prepare(headers=[(b"authorization", f"Bearer {secret}".encode())])
    assert await socket.handshake()
    assert await socket.closing() == 4401


def change(user_id: int, **fields: Any) -> None:
    user = User.objects.get(pk=user_id)
    for name, value in fields.items():
        setattr(user, name, value)
    user.save()


def test_a_token_is_kept_as_a_digest_only(ann: User) -> None:
    token, secret = tokens.issue(user_id=ann.pk, name="bot", expires_at=None)
    kept = Token.objects.filter(pk=token.pk).values().get()
    assert secret not in str(kept)
    assert secret.startswith(token.prefix)


def test_an_origin_is_ours_whatever_its_case(settings: Any) -> None:
    settings.ORIGINS = ["https://chat.example.org"]
    assert entry.is_our_origin("https://Chat.Example.ORG")
    assert not entry.is_our_origin("https://chat.example.org.evil.test")


def test_a_token_knows_when_it_was_last_used(ann: User) -> None:
    token, secret = tokens.issue(user_id=ann.pk, name="bot", expires_at=None)
    assert tokens.find(secret) == token
    tokens.note_uses()
    token.refresh_from_db()
    assert token.last_used_at is not None
    assert timezone.now() - token.last_used_at < timedelta(minutes=1)
