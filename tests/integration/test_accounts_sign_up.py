"""Making an account by oneself: who may, and what shows that an address is theirs."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts import people, rules
from accounts.models import Role, User
from chat.models import Channel
from chat.services import channels, workspace
from tests.integration.conftest import MakeUser
from tests.integration.test_rest import MakeApi

FORM = {
    "display_name": "Nia New",
    "username": "Nia",
    "email": "Nia@Example.org",
    "password1": "harbour lights at dusk",
}


@pytest.fixture
def owner(transactional_db: None, make_user: MakeUser) -> User:
    owner = make_user("root", Role.OWNER)
    channel = channels.create(by=owner.pk, name="general", kind="public")
    Channel.objects.filter(pk=channel.pk).update(is_default=True)
    return owner


@pytest.fixture
def client(owner: User) -> Client:
    return Client()


def open_to(owner: User, sign_up: str, *domains: str) -> None:
    workspace.change(by=owner.pk, sign_up=sign_up, email_domains=list(domains))


def link() -> str:
    (path,) = re.findall(r"http://testserver(/\S+confirm\S+)", str(mail.outbox[-1].body))
    return str(path)


def test_by_default_nobody_signs_up(client: Client) -> None:
    page = client.get("/sign-up/")
    assert "invitation" in page.content.decode()
    client.post("/sign-up/", FORM)
    assert not User.objects.filter(username="nia").exists()
    over_json = client.post(
        "/_allauth/browser/v1/auth/signup",
        {**FORM, "password": FORM["password1"]},
        content_type="application/json",
    )
    assert over_json.status_code == 403
    assert User.objects.count() == 1


def test_whoever_signs_up_is_in_when_the_address_is_confirmed_and_is_nobody_before(
    client: Client, owner: User, api: MakeApi
) -> None:
    open_to(owner, "open")
    answer = client.post("/sign-up/", FORM)
    assert answer.headers["Location"] == "/account/confirm-email/"
    nia = User.objects.get(username="nia")
    assert (nia.email, nia.display_name, nia.is_pending) == ("nia@example.org", "Nia New", True)
    assert nia.role == Role.MEMBER
    usernames = [one["username"] for one in api(owner)("GET", "users")[1]["results"]]
    assert usernames == ["root"]
    assert api(owner)("GET", f"users/{nia.pk}")[0] == 404
    assert client.get("/api/v1/users/me").status_code in {401, 403}
    # The password alone opens nothing.
    other = Client()
    other.post("/login/", {"login": "nia", "password": FORM["password1"]})
    assert other.get("/api/v1/users/me").status_code in {401, 403}
    path = link()
    assert client.get(path).status_code == 200
    assert User.objects.get(pk=nia.pk).is_pending
    client.post(path)
    nia.refresh_from_db()
    assert not nia.is_pending
    assert list(nia.channels.values_list("name", flat=True)) == ["general"]
    assert client.get("/api/v1/users/me").json()["username"] == "nia"


def test_over_json_the_same_holds(client: Client, owner: User) -> None:
    open_to(owner, "domains", "example.org")
    url = "/_allauth/browser/v1/auth/signup"
    body = {**FORM, "password": FORM["password1"]}
    foreign = client.post(
        url, {**body, "email": "nia@example.com"}, content_type="application/json"
    )
    assert foreign.status_code == 400
    answer = client.post(url, body, content_type="application/json")
    assert answer.status_code == 401
    pending = [flow["id"] for flow in answer.json()["data"]["flows"] if flow.get("is_pending")]
    assert pending == ["verify_email"]
    assert User.objects.get(username="nia").is_pending


@pytest.mark.parametrize(
    "email", ["nia@example.com", "nia@sub.example.org", "nia@example.org.evil.test", "nia@org"]
)
def test_only_people_of_the_domains_sign_up(email: str, client: Client, owner: User) -> None:
    open_to(owner, "domains", "@Example.org")
    page = client.post("/sign-up/", {**FORM, "email": email})
    assert page.context["form"].errors["email"]
    assert User.objects.count() == 1
    assert mail.outbox == []
    assert client.post("/sign-up/", FORM).status_code == 302


def test_whether_an_address_has_an_account_is_told_by_mail_alone(
    client: Client, owner: User
) -> None:
    open_to(owner, "open")
    people.create(username="ola", display_name="Ola", email="ola@example.org")
    known = client.post("/sign-up/", {**FORM, "email": "ola@example.org"})
    unknown = Client().post("/sign-up/", {**FORM, "username": "nia2", "email": "x@example.org"})
    assert known.status_code == unknown.status_code == 302
    assert known.headers["Location"] == unknown.headers["Location"]
    assert not User.objects.filter(username="nia").exists()
    assert [letter.to for letter in mail.outbox] == [["ola@example.org"], ["x@example.org"]]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "root"),
        ("username", "two words"),
        ("display_name", "Nia\u202eNew"),
        ("password1", "short"),
        ("password1", "1234567890"),
        ("email", "nobody"),
        ("email", ""),
    ],
)
def test_a_wrong_field_is_explained_and_nothing_is_made(
    field: str, value: str, client: Client, owner: User
) -> None:
    open_to(owner, "open")
    page = client.post("/sign-up/", {**FORM, field: value})
    assert page.status_code == 200
    assert page.context["form"].errors[field]
    assert User.objects.count() == 1


def test_a_name_is_free_again_when_the_address_was_never_confirmed(
    client: Client, owner: User
) -> None:
    open_to(owner, "open")
    client.post("/sign-up/", FORM)
    User.objects.filter(username="nia").update(
        date_joined=timezone.now() - timedelta(days=people.UNCONFIRMED_DAYS, minutes=1)
    )
    other = {**FORM, "email": "other@example.org"}
    # The form looks before the old one is forgotten, so the second attempt has it.
    Client().post("/sign-up/", {**other, "username": "somebody"})
    assert not User.objects.filter(username="nia").exists()


def test_admins_say_who_may_come_in_and_members_do_not(
    owner: User, make_user: MakeUser, api: MakeApi
) -> None:
    member = make_user("mia")
    assert api(member)("GET", "workspace")[1]["sign_up"] == "closed"
    status, answer = api(member, "admin")("PATCH", "workspace", {"sign_up": "open"})
    assert (status, answer["error"]["code"]) == (403, "forbidden")
    status, answer = api(owner, "admin")(
        "PATCH",
        "workspace",
        {"name": "Harbour", "sign_up": "domains", "email_domains": ["@Example.org", "b.test"]},
    )
    assert status == 200
    assert answer == {
        "name": "Harbour",
        "sign_up": "domains",
        "email_domains": ["b.test", "example.org"],
        "broad_mentions": "everyone",
    }
    assert rules.current().sign_up == "domains"


@pytest.mark.parametrize(
    "body",
    [
        {"sign_up": "domains"},
        {"sign_up": "domains", "email_domains": []},
        {"email_domains": ["not a domain"]},
        {"email_domains": ["*.example.org"]},
        {"sign_up": "everybody"},
        {"name": " "},
    ],
)
def test_rules_that_make_no_sense_are_refused_and_nothing_changes(
    body: dict[str, Any], owner: User, api: MakeApi
) -> None:
    status, answer = api(owner, "admin")("PATCH", "workspace", body)
    assert (status, answer["error"]["code"]) == (400, "invalid")
    assert rules.current().sign_up == "closed"
    assert rules.current().email_domains == []


def test_staff_change_the_rules_in_the_admin(owner: User) -> None:
    client = Client()
    client.force_login(owner)
    assert client.get("/admin/accounts/accessrules/").status_code == 200
    client.post(
        "/admin/accounts/accessrules/1/change/",
        {"sign_up": "domains", "email_domains": "b.test, A.test"},
    )
    assert rules.current().email_domains == ["a.test", "b.test"]
    page = client.post(
        "/admin/accounts/accessrules/1/change/", {"sign_up": "domains", "email_domains": ""}
    )
    assert page.status_code == 200
    assert rules.current().email_domains == ["a.test", "b.test"]
