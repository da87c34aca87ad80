"""Signing in: by password, with a second factor, over JSON, and what strangers are told."""

import json
import re
import time
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import caches
from django.test import Client

from accounts import people, tokens
from accounts.models import Role, User
from tests.integration.codes import totp

PASSWORD = "harbour lights at dusk"


@pytest.fixture
def client(transactional_db: None) -> Client:
    return Client()


@pytest.fixture
def owner(transactional_db: None) -> User:
    """Without one, everybody is led to the first visit."""
    return people.create(username="root", display_name="Root", role=Role.OWNER, password=PASSWORD)


@pytest.fixture
def eve(owner: User) -> User:
    return people.create(
        username="eve", display_name="Eve", email="Eve@Example.org", password=PASSWORD
    )


def sign_in(client: Client, login: str, password: str = PASSWORD) -> Any:
    return client.post("/login/", {"login": login, "password": password})


def prove(client: Client) -> None:
    """Give the password again, as is asked for before anything that matters."""
    assert client.post("/account/reauthenticate/", {"password": PASSWORD}).status_code == 302


def is_in(client: Client) -> bool:
    return client.get("/api/v1/users/me").status_code == 200


@pytest.mark.parametrize("login", ["eve", "EVE", "eve@example.org", "Eve@Example.ORG"])
def test_one_signs_in_with_the_username_or_the_address(
    login: str, client: Client, eve: User
) -> None:
    assert sign_in(client, login).headers["Location"] == "/"
    assert is_in(client)


def test_a_wrong_password_and_an_unknown_name_look_alike(client: Client, eve: User) -> None:
    pages = [sign_in(client, "eve", "wrong"), sign_in(client, "nobody", "wrong")]
    assert [page.status_code for page in pages] == [200, 200]
    errors = [page.context["form"].non_field_errors() for page in pages]
    assert errors[0] == errors[1]
    assert errors[0]
    assert not is_in(client)


def test_somebody_deactivated_is_not_let_in(client: Client, eve: User) -> None:
    User.objects.filter(pk=eve.pk).update(is_active=False)
    sign_in(client, "eve")
    assert not is_in(client)


def test_after_five_failures_the_right_password_is_refused_too_and_others_are_not(
    client: Client, eve: User
) -> None:
    for _ in range(5):
        sign_in(client, "eve", "wrong")
    sign_in(client, "eve")
    assert not is_in(client)
    sign_in(client, "root")
    assert is_in(client)


def test_the_failures_are_counted_for_all_processes(client: Client, eve: User) -> None:
    for _ in range(5):
        sign_in(client, "eve", "wrong")
    # Another process has connections of its own, and nothing else.
    caches.close_all()
    other = Client()
    sign_in(other, "eve")
    assert not is_in(other)


def test_without_the_cache_one_signs_in_all_the_same(
    client: Client, eve: User, settings: Any
) -> None:
    settings.CACHES = {
        "default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
    }
    began = time.monotonic()
    sign_in(client, "eve")
    assert is_in(client)
    assert time.monotonic() - began < 5


def test_the_address_that_a_client_makes_up_does_not_help_it(client: Client, eve: User) -> None:
    for number in range(12):
        client.post(
            "/login/",
            {"login": f"nobody{number}", "password": "wrong"},
            headers={"X-Forwarded-For": f"192.0.2.{number}"},
        )
    sign_in(client, "eve")
    assert not is_in(client)


def test_behind_a_proxy_the_clients_are_told_apart_and_none_is_a_failure(
    client: Client, eve: User, settings: Any
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(12):
        client.post(
            "/login/",
            {"login": f"nobody{number}", "password": "wrong"},
            headers={"X-Forwarded-For": "192.0.2.1"},
        )
    answer = client.post(
        "/login/",
        {"login": "eve", "password": PASSWORD},
        headers={"X-Forwarded-For": "192.0.2.2"},
    )
    assert answer.headers["Location"] == "/"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    around = Client().post(
        "/login/", {"login": "eve", "password": PASSWORD}, headers={"X-Forwarded-For": "192.0.2.3"}
    )
    assert around.status_code == 302


# ── The second factor ──────────────────────────────────────────────────────────────────────


@pytest.fixture
def guarded(client: Client, eve: User) -> tuple[str, list[str]]:
    """Eve has set up an app on the pages. Its secret, and her recovery codes."""
    sign_in(client, "eve")
    assert client.get("/account/2fa/totp/activate/").status_code == 302
    prove(client)
    page = client.get("/account/2fa/totp/activate/")
    secret = page.context["form"].secret
    assert "data:image/svg+xml" in page.content.decode()
    answer = client.post("/account/2fa/totp/activate/", {"code": totp(secret)})
    assert answer.status_code == 302
    codes = client.get("/account/2fa/recovery-codes/").context["unused_codes"]
    client.post("/logout/")
    return secret, codes


def test_the_secrets_of_second_factors_are_not_readable_in_the_database(
    guarded: tuple[str, list[str]],
) -> None:
    kept = [json.dumps(row.data) for row in Authenticator.objects.all()]
    assert len(kept) == 2
    assert not any(guarded[0] in data for data in kept)


def test_with_an_app_the_password_alone_is_not_enough(
    client: Client, guarded: tuple[str, list[str]]
) -> None:
    answer = sign_in(client, "eve")
    assert answer.headers["Location"] == "/account/2fa/authenticate/"
    assert not is_in(client)
    assert client.get("/").status_code == 302
    client.post("/account/2fa/authenticate/", {"code": "000000"})
    assert not is_in(client)
    client.post("/account/2fa/authenticate/", {"code": totp(guarded[0])})
    assert is_in(client)


def test_a_code_that_was_used_is_not_taken_again(
    client: Client, guarded: tuple[str, list[str]]
) -> None:
    code = totp(guarded[0])
    sign_in(client, "eve")
    client.post("/account/2fa/authenticate/", {"code": code})
    assert is_in(client)
    other = Client()
    sign_in(other, "eve")
    other.post("/account/2fa/authenticate/", {"code": code})
    assert not is_in(other)


def test_a_recovery_code_opens_once(client: Client, guarded: tuple[str, list[str]]) -> None:
    code = guarded[1][0]
    assert len(guarded[1]) == 10
    sign_in(client, "eve")
    client.post("/account/2fa/authenticate/", {"code": code})
    assert is_in(client)
    other = Client()
    sign_in(other, "eve")
    other.post("/account/2fa/authenticate/", {"code": code})
    assert not is_in(other)


def test_the_admin_is_behind_the_same_door(
    client: Client, owner: User, guarded: tuple[str, list[str]]
) -> None:
    User.objects.filter(username="eve").update(role=Role.ADMIN, is_staff=True, is_superuser=True)
    door = client.get("/admin/login/?next=/admin/")
    assert door.headers["Location"].startswith("/login/")
    straight = client.post("/admin/login/", {"username": "eve", "password": PASSWORD})
    assert straight.headers["Location"].startswith("/login/")
    sign_in(client, "eve")
    assert client.get("/admin/").status_code == 302
    client.post("/account/2fa/authenticate/", {"code": totp(guarded[0])})
    assert client.get("/admin/").status_code == 200


def test_passkeys_are_offered_and_their_script_is_a_file_of_ours(
    client: Client, owner: User
) -> None:
    page = client.get("/login/").content.decode()
    assert "passkey_login" in page
    asked = client.get("/account/2fa/webauthn/login/", headers={"Accept": "application/json"})
    assert asked.json()["request_options"]["publicKey"]["challenge"]
    # Data only, beside the files: the policy allows no script in a page.
    for attributes, text in re.findall(r"<script([^>]*)>(.*?)</script>", page, re.DOTALL):
        assert "src=" in attributes or 'type="application/json"' in attributes
        assert "src=" not in attributes or text == ""
    assert " style=" not in page
    assert "onclick" not in page


# ── Over JSON ──────────────────────────────────────────────────────────────────────────────


def test_everything_can_be_done_over_json(client: Client, eve: User) -> None:
    url = "/_allauth/browser/v1/auth/login"
    wrong = client.post(
        url, {"username": "eve", "password": "wrong"}, content_type="application/json"
    )
    assert wrong.status_code == 400
    right = client.post(
        url, {"username": "eve", "password": PASSWORD}, content_type="application/json"
    )
    assert right.status_code == 200
    assert right.json()["data"]["user"]["username"] == "eve"
    assert is_in(client)
    listed = client.get("/_allauth/browser/v1/auth/sessions").json()["data"]
    assert [one["is_current"] for one in listed] == [True]
    assert client.delete("/_allauth/browser/v1/auth/session").status_code == 401
    assert not is_in(client)


def test_json_needs_a_csrf_token(eve: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(
        "/_allauth/browser/v1/auth/login",
        {"username": "eve", "password": PASSWORD},
        content_type="application/json",
    )
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "csrf_failed"


def test_a_token_opens_no_page_of_the_account(eve: User) -> None:
    _, secret = tokens.issue(
        user_id=eve.pk, name="t", expires_at=None, scopes={"read", "write", "admin"}
    )
    bearer = Client(headers={"Authorization": f"Bearer {secret}"})
    assert bearer.get("/api/v1/users/me").status_code == 200
    for path in ("email/", "password/change/", "2fa/", "sessions/", "2fa/totp/activate/"):
        answer = bearer.get(f"/account/{path}")
        assert answer.status_code == 302, path
        assert answer.headers["Location"].startswith("/login/"), path
    assert bearer.get("/_allauth/browser/v1/auth/sessions").status_code == 401
    assert bearer.get("/admin/").status_code == 302


# ── A new password ─────────────────────────────────────────────────────────────────────────


def test_a_forgotten_password_is_replaced_by_a_link_and_older_sessions_end(
    client: Client, eve: User
) -> None:
    old = Client()
    sign_in(old, "eve")
    assert client.post("/account/password/reset/", {"email": "eve@example.org"}).status_code == 302
    (letter,) = mail.outbox
    assert letter.to == ["eve@example.org"]
    (path,) = re.findall(r"http://testserver(/\S+)", str(letter.body))
    form = client.get(path, follow=True)
    where = form.redirect_chain[-1][0]
    new = "quiet water under stars"
    client.post(where, {"password1": new, "password2": new})
    assert not is_in(old)
    sign_in(client, "eve", new)
    assert is_in(client)
    # The link is used up.
    again = Client().get(path, follow=True)
    assert "token_fail" in again.context or again.status_code != 200


def test_nobody_is_told_whether_an_address_has_an_account(client: Client, eve: User) -> None:
    answers = [
        client.post("/account/password/reset/", {"email": email}, follow=True)
        for email in ("eve@example.org", "stranger@example.org")
    ]
    assert answers[0].redirect_chain == answers[1].redirect_chain
    texts = [re.sub(r"value=\"[^\"]+\"", "", one.content.decode()) for one in answers]
    assert texts[0] == texts[1]


def test_an_address_that_is_somebody_elses_can_be_added_but_proves_nothing(
    client: Client, eve: User, owner: User
) -> None:
    EmailAddress.objects.create(user=eve, email="eve@example.org", verified=True, primary=True)
    sign_in(client, "root")
    prove(client)
    answer = client.post("/account/email/", {"action_add": "", "email": "eve@example.org"})
    assert answer.status_code == 302
    mine = EmailAddress.objects.filter(user=owner, email="eve@example.org")
    assert not mine.filter(verified=True).exists()
    client.post("/account/email/", {"action_primary": "", "email": "eve@example.org"})
    other = Client()
    sign_in(other, "eve@example.org")
    assert other.get("/api/v1/users/me").json()["username"] == "eve"


def test_every_page_of_the_account_is_shown(client: Client, eve: User) -> None:
    sign_in(client, "eve")
    prove(client)
    for path in (
        "email/",
        "password/change/",
        "2fa/",
        "2fa/totp/activate/",
        "2fa/webauthn/",
        "2fa/webauthn/add/",
        "sessions/",
        "3rdparty/",
    ):
        page = client.get(f"/account/{path}", follow=True)
        assert page.status_code == 200, path
        assert page.request["PATH_INFO"] == f"/account/{path}", path
        assert "account-nav" in page.content.decode(), path
        assert "unsafe" not in page.headers["Content-Security-Policy"]


def test_what_is_kept_of_people_by_allauth_is_not_in_the_admin(owner: User) -> None:
    client = Client()
    client.force_login(owner)
    page = client.get("/admin/").content.decode()
    for name in ("socialaccount", "mfa", "usersessions", "/account/"):
        assert f"/admin/{name.strip('/')}/" not in page
    assert "/admin/accounts/invite/" in page
