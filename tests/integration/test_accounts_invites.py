"""Coming in with an invite."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import people
from accounts.models import Invite, Role, User
from chat import exceptions
from chat.models import Channel
from chat.services import channels, direct, invites
from chat.services import people as people_service
from tests.integration.conftest import MakeUser
from tests.integration.test_rest import MakeApi

FORM = {"display_name": "Nia New", "username": "Nia", "password1": "harbour lights at dusk"}
OWN = "harbour lights at dusk"


@pytest.fixture
def owner(transactional_db: None, make_user: MakeUser) -> User:
    return make_user("root", Role.OWNER, OWN)


@pytest.fixture
def places(owner: User) -> dict[str, Channel]:
    """A channel for everyone and two others."""
    made = {
        name: channels.create(by=owner.pk, name=name, kind=kind)
        for name, kind in (("general", "public"), ("plans", "private"), ("news", "public"))
    }
    Channel.objects.filter(name="general").update(is_default=True)
    return made


def invite(owner: User, *places: Channel, **fields: Any) -> str:
    made = {"role": "member", "expires_at": None, "max_uses": None, "note": "", **fields}
    _, secret = invites.create(by=owner.pk, channel_ids=[one.pk for one in places], **made)
    return secret


def names_of(user: User) -> list[str]:
    return sorted(user.channels.values_list("name", flat=True))


def test_a_member_comes_into_the_channels_of_everyone_and_of_the_invite(
    owner: User, places: dict[str, Channel]
) -> None:
    secret = invite(owner, places["plans"])
    client = Client()
    page = client.get(f"/join/{secret}").content.decode()
    assert "Root invites you" in page
    answer = client.post(f"/join/{secret}", FORM)
    assert answer.headers["Location"] == "/"
    nia = User.objects.get(username="nia")
    assert nia.role == Role.MEMBER
    assert not nia.is_pending
    assert names_of(nia) == ["general", "plans"]
    assert client.get("/api/v1/users/me").json()["username"] == "nia"
    assert [one.uses for one in Invite.objects.all()] == [1]


def test_a_guest_comes_into_the_channels_of_the_invite_alone_and_sees_only_who_is_there(
    owner: User, places: dict[str, Channel], make_user: MakeUser, api: MakeApi
) -> None:
    make_user("ola")
    secret = invite(owner, places["plans"], role="guest")
    Client().post(f"/join/{secret}", FORM)
    nia = User.objects.get(username="nia")
    assert nia.role == Role.GUEST
    assert names_of(nia) == ["plans"]
    seen = [one["username"] for one in api(nia)("GET", "users")[1]["results"]]
    assert seen == ["root", "nia"]


@pytest.mark.parametrize(
    "change",
    [
        {"revoked_at": timezone.now()},
        {"expires_at": timezone.now() - timedelta(seconds=1)},
        {"uses": 1, "max_uses": 1},
        {"digest": "0" * 64},
    ],
)
def test_an_invite_that_is_over_is_like_one_that_never_was(
    change: dict[str, Any], owner: User, places: dict[str, Channel]
) -> None:
    secret = invite(owner)
    Invite.objects.update(**change)
    client = Client()
    over = client.get(f"/join/{secret}")
    never = client.get("/join/nonsense")
    assert over.status_code == never.status_code == 404
    assert over.content == never.content
    assert client.post(f"/join/{secret}", FORM).status_code == 404
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "root"),
        ("username", "two words"),
        ("password1", "short"),
        ("display_name", "Nia\u202eNew"),
    ],
)
def test_a_wrong_field_is_explained_and_the_invite_is_not_used(
    field: str, value: str, owner: User, places: dict[str, Channel]
) -> None:
    secret = invite(owner, max_uses=1)
    page = Client().post(f"/join/{secret}", {**FORM, field: value})
    assert page.status_code == 200
    assert page.context["form"].errors[field]
    assert Invite.objects.get().uses == 0
    assert Client().post(f"/join/{secret}", FORM).status_code == 302


def test_of_many_who_come_at_once_no_more_get_in_than_may(
    owner: User, places: dict[str, Channel]
) -> None:
    secret = invite(owner, places["plans"], max_uses=3)
    outcomes = at_once(
        8,
        lambda number: invites.join(
            secret=secret, username=f"n{number}", display_name=f"N{number}", password=OWN
        ),
    )
    assert sum(isinstance(one, User) for one in outcomes) == 3
    assert sum(isinstance(one, exceptions.NotFound) for one in outcomes) == 5
    assert Invite.objects.get().uses == 3
    newcomers = User.objects.filter(username__startswith="n")
    assert newcomers.count() == 3
    assert {tuple(names_of(one)) for one in newcomers} == {("general", "plans")}


def test_of_many_who_want_one_name_at_once_one_has_it(
    owner: User, places: dict[str, Channel]
) -> None:
    secret = invite(owner)
    pages = at_once(4, lambda _: Client().post(f"/join/{secret}", FORM).status_code)
    assert sorted(pages) == [200, 200, 200, 302]
    assert User.objects.filter(username="nia").count() == 1
    assert Invite.objects.get().uses == 1


def test_whoever_has_an_account_comes_into_the_channels_with_that(
    owner: User, places: dict[str, Channel], make_user: MakeUser
) -> None:
    ola = make_user("ola", Role.GUEST)
    secret = invite(owner, places["plans"], max_uses=1)
    client = Client()
    client.force_login(ola)
    assert "signed in as Ola" in client.get(f"/join/{secret}").content.decode()
    answer = client.post(f"/join/{secret}")
    assert answer.headers["Location"] == f"/channels/{places['plans'].pk}"
    ola.refresh_from_db()
    assert ola.role == Role.GUEST
    assert names_of(ola) == ["plans"]
    assert User.objects.count() == 2


def test_an_archived_channel_is_left_out(owner: User, places: dict[str, Channel]) -> None:
    secret = invite(owner, places["plans"], places["news"])
    channels.archive(by=owner.pk, channel_id=places["news"].pk)
    Client().post(f"/join/{secret}", FORM)
    assert names_of(User.objects.get(username="nia")) == ["general", "plans"]


# ── Making them ────────────────────────────────────────────────────────────────────────────


def test_an_admin_makes_lists_and_revokes_invites(
    owner: User, places: dict[str, Channel], api: MakeApi
) -> None:
    asks = api(owner, "admin")
    status, made = asks(
        "POST",
        "invites",
        {"channel_ids": [str(places["plans"].pk)], "max_uses": 5, "note": "the crew"},
    )
    assert status == 201
    assert made["url"].startswith("http://testserver/join/")
    assert made["qr_svg"].startswith("<svg")
    assert Client().get(made["url"].removeprefix("http://testserver")).status_code == 200
    listed = asks("GET", "invites")[1]["results"]
    assert [one["note"] for one in listed] == ["the crew"]
    assert "url" not in listed[0]
    secret = made["url"].rpartition("/")[2]
    # Whoever reads the database cannot come in with it.
    kept = Invite.objects.values().get()
    assert all(secret not in str(value) for value in kept.values())
    assert asks("DELETE", f"invites/{made['id']}")[0] == 204
    assert asks("DELETE", f"invites/{made['id']}")[0] == 404
    assert not asks("GET", "invites")[1]["results"][0]["is_open"]
    assert Client().get(f"/join/{secret}").status_code == 404


def test_members_and_guests_make_no_invites(
    owner: User, places: dict[str, Channel], make_user: MakeUser, api: MakeApi
) -> None:
    for role in (Role.MEMBER, Role.GUEST):
        asks = api(make_user(f"the-{role}", role), "admin")
        assert asks("POST", "invites", {})[0] == 403
        assert asks("GET", "invites")[0] == 403
    assert Invite.objects.count() == 0


def test_an_invite_leads_only_where_its_maker_can_look(
    owner: User, places: dict[str, Channel], make_user: MakeUser, api: MakeApi
) -> None:
    adam = make_user("adam", Role.ADMIN)
    admin = api(adam, "admin")
    talk, _ = direct.open_with(by=adam.pk, user_ids=[owner.pk])
    for channel_ids in ([str(places["plans"].pk)], ["999999"], [str(talk.pk)]):
        status, answer = admin("POST", "invites", {"channel_ids": channel_ids})
        assert (status, answer["error"]["code"]) == (400, "invalid")
        assert "channel_ids" in answer["error"]["fields"]
    assert admin("POST", "invites", {"role": "guest"})[0] == 400
    assert Invite.objects.count() == 0


def test_an_admin_does_not_learn_of_private_channels_by_the_invites_of_others(
    owner: User, places: dict[str, Channel], make_user: MakeUser, api: MakeApi
) -> None:
    invite(owner, places["plans"], places["news"])
    listed = api(make_user("adam", Role.ADMIN), "admin")("GET", "invites")[1]["results"]
    assert [one["channel_ids"] for one in listed] == [[str(places["news"].pk)]]
    (mine,) = api(owner, "admin")("GET", "invites")[1]["results"]
    assert len(mine["channel_ids"]) == 2


def test_with_its_maker_an_invite_ends(
    owner: User, places: dict[str, Channel], make_user: MakeUser
) -> None:
    adam = make_user("adam", Role.ADMIN)
    secret = invite(adam)
    people_service.change(by=owner.pk, user_id=adam.pk, is_active=False)
    assert Client().get(f"/join/{secret}").status_code == 404


def test_staff_make_invites_in_the_admin_and_see_the_link_once(
    owner: User, places: dict[str, Channel]
) -> None:
    client = Client()
    client.force_login(owner)
    page = client.post(
        "/admin/accounts/invite/add/",
        {"note": "crew", "role": "guest", "channels": [places["plans"].pk], "max_uses": "2"},
        follow=True,
    ).content.decode()
    made = Invite.objects.get()
    assert (made.note, made.role, made.max_uses, made.created_by) == ("crew", "guest", 2, owner)
    assert [one.name for one in made.channels.all()] == ["plans"]
    assert "/join/" in page
    assert "/join/" not in client.get("/admin/accounts/invite/").content.decode()
    client.post("/admin/accounts/invite/", {"action": "revoke", "_selected_action": [made.pk]})
    made.refresh_from_db()
    assert not made.is_open
    empty = client.post("/admin/accounts/invite/add/", {"note": "", "role": "guest"}, follow=True)
    assert empty.status_code == 200
    assert Invite.objects.count() == 1


def test_before_somebody_owns_the_workspace_there_is_nothing_to_join(
    transactional_db: None,
) -> None:
    assert people.is_unclaimed()
    assert Client().get("/join/x").headers["Location"] == "/welcome/"


def at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    """Do it from this many threads in the same moment, and return what came of each."""
    barrier = threading.Barrier(count)
    outcomes: list[Any] = [None] * count

    def run(number: int) -> None:
        barrier.wait()
        try:
            outcomes[number] = act(number)
        except Exception as error:  # noqa: BLE001 - the test looks at it
            outcomes[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
