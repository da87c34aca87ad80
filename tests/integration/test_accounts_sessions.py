"""Where one is signed in, and signing a browser out from another one."""

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.test import Client

from accounts.models import Role, User
from protocol.close_codes import CloseCode
from realtime.pool import run_in_pool
from tests.integration.conftest import MakeUser, Sockets
from tests.integration.sockets import Socket

PASSWORD = "harbour lights at dusk"


@pytest.fixture
def eve(transactional_db: None, make_user: MakeUser) -> User:
    make_user("root", Role.OWNER)
    return make_user("eve", Role.MEMBER, PASSWORD)


def signed_in(agent: str = "Browser/1") -> Client:
    client = Client(headers={"User-Agent": agent})
    client.post("/login/", {"login": "eve", "password": PASSWORD})
    assert client.get("/api/v1/users/me").status_code == 200
    return client


async def opened(sockets: Sockets, client: Client) -> Socket:
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    socket = sockets.prepare(
        headers=[(b"cookie", cookie.encode()), (b"origin", b"http://127.0.0.1:8000")]
    )
    await socket.connect()
    return socket


def session_of(client: Client) -> UserSession:
    return UserSession.objects.get(session_key=client.session.session_key)


@pytest.mark.parametrize("way", ["page", "json"])
async def test_ending_one_session_closes_its_sockets_and_no_others(
    way: str, sockets: Sockets, eve: User
) -> None:
    here, there = await run_in_pool(signed_in), await run_in_pool(signed_in)
    open_here, open_there = await opened(sockets, here), await opened(sockets, there)

    def end() -> int:
        session = session_of(there)
        if way == "page":
            return here.post(f"/account/sessions/{session.pk}/end/").status_code
        return here.delete(
            "/_allauth/browser/v1/auth/sessions",
            {"sessions": [session.pk]},
            content_type="application/json",
        ).status_code

    assert await run_in_pool(end) in {200, 302}
    assert await open_there.closing() == CloseCode.SESSION_ENDED
    assert (await open_here.ask("ping"))["type"] == "ok"

    def look() -> None:
        assert here.get("/api/v1/users/me").status_code == 200
        assert there.get("/api/v1/users/me").status_code in {401, 403}

    await run_in_pool(look)


async def test_ending_all_others_closes_their_sockets(sockets: Sockets, eve: User) -> None:
    here, there = await run_in_pool(signed_in), await run_in_pool(signed_in)
    open_here, open_there = await opened(sockets, here), await opened(sockets, there)
    await run_in_pool(here.post, "/account/sessions/")
    assert await open_there.closing() == CloseCode.SESSION_ENDED
    assert (await open_here.ask("ping"))["type"] == "ok"


async def test_a_new_password_ends_the_sockets_of_the_other_sessions(
    sockets: Sockets, eve: User
) -> None:
    here, there = await run_in_pool(signed_in), await run_in_pool(signed_in)
    open_there = await opened(sockets, there)
    new = "quiet water under stars"

    def change() -> None:
        here.post("/account/reauthenticate/", {"password": PASSWORD})
        answer = here.post(
            "/account/password/change/",
            {"oldpassword": PASSWORD, "password1": new, "password2": new},
        )
        assert answer.status_code == 302
        assert here.get("/api/v1/users/me").status_code == 200

    await run_in_pool(change)
    assert await open_there.closing() == CloseCode.SESSION_ENDED


def test_the_page_lists_ones_own_sessions_and_no_others(eve: User, make_user: MakeUser) -> None:
    here = signed_in("Here/1")
    there = signed_in("<b>There</b>")
    page = here.get("/account/sessions/").content.decode()
    assert "Here/1" in page
    assert "&lt;b&gt;There" in page
    mia = make_user("mia")
    other = Client()
    other.force_login(mia)
    for client in (other, Client()):
        client.post(f"/account/sessions/{session_of(here).pk}/end/")
    assert here.get("/api/v1/users/me").status_code == 200
    assert there.get("/api/v1/users/me").status_code == 200


async def test_logging_out_on_the_page_closes_the_sockets(sockets: Sockets, eve: User) -> None:
    here = await run_in_pool(signed_in)
    socket = await opened(sockets, here)
    await run_in_pool(here.post, "/logout/")
    assert await socket.closing() == CloseCode.SESSION_ENDED


def test_whoever_made_the_workspace_has_a_session_in_the_list(transactional_db: None) -> None:
    client = Client()
    client.post(
        "/welcome/",
        {
            "workspace_name": "Acme",
            "display_name": "Ann",
            "username": "ann",
            "email": "ann@example.org",
            "password1": PASSWORD,
            "password2": PASSWORD,
        },
    )
    assert session_of(client).user.username == "ann"
