"""Coming in with an account of the organisation, proven by a real OpenID Connect provider.

It runs in a process of its own and speaks the authorization code flow with PKCE; its ID tokens are
signed with a key that it publishes.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from django.core import mail
from django.test import Client

from accounts.models import Role, User
from chat.models import Channel
from chat.services import channels, invites, workspace
from chatproject import env
from protocol.export import ROOT
from tests.integration.conftest import MakeUser
from tests.integration.identity_provider import CLIENT_ID, SECRET

NAME = "Harbour ID"


@dataclass
class Provider:
    """The provider, as a test sees it."""

    url: str

    def knows(self, **claims: Any) -> None:
        """Say who is signed in there now."""
        requests.post(f"{self.url}/test/person", json=claims, timeout=5).raise_for_status()

    def misbehaves(self, **how: Any) -> None:
        requests.post(f"{self.url}/test/lies", json=how, timeout=5).raise_for_status()


@pytest.fixture(scope="module")
def process() -> Iterator[Provider]:
    program = [sys.executable, "-m", "tests.integration.identity_provider"]
    with subprocess.Popen(program, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        yield Provider(url=f"http://127.0.0.1:{int(child.stdout.readline())}")
        child.terminate()


@pytest.fixture
def provider(process: Provider, settings: Any) -> Provider:
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "sso",
                    "name": NAME,
                    "client_id": CLIENT_ID,
                    "secret": SECRET,
                    "settings": {"server_url": process.url},
                }
            ],
        }
    }
    process.knows(
        sub="77",
        name="Nia New",
        preferred_username="Nia",
        email="nia@example.org",
        email_verified=True,
    )
    return process


@pytest.fixture
def owner(transactional_db: None, make_user: MakeUser) -> User:
    owner = make_user("root", Role.OWNER, "harbour lights at dusk")
    channel = channels.create(by=owner.pk, name="general", kind="public")
    Channel.objects.filter(pk=channel.pk).update(is_default=True)
    return owner


def come_in(client: Client, *, process: str = "login") -> Any:
    """Press the button, go to the provider as a browser would, and come back."""
    leaving = client.post(f"/account/oidc/sso/login/?process={process}")
    assert leaving.status_code == 302
    there = requests.get(leaving.headers["Location"], allow_redirects=False, timeout=5)
    back = urlsplit(there.headers["Location"])
    return client.get(f"{back.path}?{back.query}", follow=True)


def who(client: Client) -> str | None:
    answer = client.get("/api/v1/users/me")
    return answer.json()["username"] if answer.status_code == 200 else None


def test_without_a_provider_there_is_no_button(owner: User) -> None:
    page = Client().get("/login/").content.decode()
    assert "oidc" not in page


def test_where_everybody_may_sign_up_an_account_there_is_one_here(
    provider: Provider, owner: User
) -> None:
    workspace.change(by=owner.pk, sign_up="open")
    client = Client()
    assert NAME in client.get("/login/").content.decode()
    come_in(client)
    assert who(client) == "nia"
    nia = User.objects.get(username="nia")
    assert (nia.display_name, nia.email, nia.is_pending) == ("Nia New", "nia@example.org", False)
    assert [one.name for one in nia.channels.all()] == ["general"]
    again = Client()
    come_in(again)
    assert who(again) == "nia"
    assert User.objects.count() == 2


def test_by_invitation_only_a_stranger_from_there_is_not_let_in(
    provider: Provider, owner: User
) -> None:
    client = Client()
    page = come_in(client)
    assert "invitation" in page.content.decode()
    assert who(client) is None
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("claims", "comes_in_as"),
    [
        ({"email": "nia@example.org", "email_verified": True}, "nia"),
        ({"email": "nia@example.org", "email_verified": False}, None),
        ({"email": "nia@example.com", "email_verified": True}, None),
    ],
)
def test_a_domain_counts_only_where_the_provider_has_checked_the_address(
    claims: dict[str, Any], comes_in_as: str | None, provider: Provider, owner: User
) -> None:
    workspace.change(by=owner.pk, sign_up="domains", email_domains=["example.org"])
    provider.knows(sub="78", name="Nia", preferred_username="nia", **claims)
    client = Client()
    come_in(client)
    assert who(client) == comes_in_as


def test_with_an_invite_one_comes_in_from_there_and_uses_it_up(
    provider: Provider, owner: User
) -> None:
    plans = channels.create(by=owner.pk, name="plans", kind="private")
    made, secret = invites.create(
        by=owner.pk,
        role="guest",
        channel_ids=[plans.pk],
        expires_at=None,
        max_uses=1,
        note="",
    )
    client, late = Client(), Client()
    for one in (client, late):
        assert NAME in one.get(f"/join/{secret}").content.decode()
    come_in(client)
    assert who(client) == "nia"
    nia = User.objects.get(username="nia")
    assert (nia.role, nia.created_by) == (Role.GUEST, owner)
    assert [one.name for one in nia.channels.all()] == ["plans"]
    made.refresh_from_db()
    assert made.uses == 1
    provider.knows(sub="79", name="Late", preferred_username="late", email="l@example.org")
    page = come_in(late)
    assert "invitation" in page.content.decode()
    assert who(late) is None
    assert User.objects.count() == 2


def test_a_name_that_is_taken_or_odd_becomes_one_that_is_free(
    provider: Provider, owner: User
) -> None:
    workspace.change(by=owner.pk, sign_up="open")
    for number, wish in enumerate(("Root", "ünï cödé!", "..", "x" * 100)):
        provider.knows(
            sub=f"9{number}",
            name="\u202eOdd\u0007 Name",
            preferred_username=wish,
            email=f"odd{number}@example.org",
            email_verified=True,
        )
        client = Client()
        come_in(client)
        username = who(client)
        assert username is not None, wish
        assert re.fullmatch(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9_])?", username)
        assert User.objects.get(username=username).display_name == "Odd Name"


def test_an_address_that_somebody_has_here_does_not_open_their_account(
    provider: Provider, owner: User
) -> None:
    workspace.change(by=owner.pk, sign_up="open")
    User.objects.filter(pk=owner.pk).update(email="nia@example.org")
    client = Client()
    come_in(client)
    assert who(client) is None
    assert User.objects.count() == 1
    assert [letter.to for letter in mail.outbox] == [["nia@example.org"]]


def test_whoever_has_an_account_here_connects_it_and_comes_in_from_there(
    provider: Provider, owner: User
) -> None:
    client = Client()
    client.post("/login/", {"login": "root", "password": "harbour lights at dusk"})
    client.post("/account/reauthenticate/", {"password": "harbour lights at dusk"})
    page = come_in(client, process="connect")
    assert page.status_code == 200
    other = Client()
    come_in(other)
    assert who(other) == "root"


@pytest.mark.parametrize("lie", [{"aud": "somebody-else"}, {"iss": "http://evil.test"}, {"exp": 1}])
def test_an_id_token_that_is_not_for_us_opens_nothing(
    lie: dict[str, Any], provider: Provider, owner: User
) -> None:
    workspace.change(by=owner.pk, sign_up="open")
    provider.misbehaves(**lie)
    client = Client()
    come_in(client)
    assert who(client) is None


def test_an_answer_that_nobody_asked_for_opens_nothing(provider: Provider, owner: User) -> None:
    workspace.change(by=owner.pk, sign_up="open")
    victim = Client()
    leaving = Client().post("/account/oidc/sso/login/")
    there = requests.get(leaving.headers["Location"], allow_redirects=False, timeout=5)
    back = urlsplit(there.headers["Location"])
    page = victim.get(f"{back.path}?{back.query}", follow=True)
    assert page.status_code in {200, 401}
    assert who(victim) is None


def test_a_link_alone_sends_nobody_there(provider: Provider, owner: User) -> None:
    assert Client().get("/account/oidc/sso/login/").status_code == 200


def test_the_environment_names_the_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.core.exceptions import ImproperlyConfigured

    assert env.sign_in_elsewhere() is None
    monkeypatch.setenv("OIDC_URL", "https://id.example.org/realms/x/")
    with pytest.raises(ImproperlyConfigured):
        env.sign_in_elsewhere()
    monkeypatch.setenv("OIDC_CLIENT_ID", "parley")
    monkeypatch.setenv("OIDC_CLIENT_SECRET", "s")
    found = env.sign_in_elsewhere()
    assert found is not None
    assert found["url"] == "https://id.example.org/realms/x"
    assert found["origin"] == "https://id.example.org"
