"""The admin's lists: what a term finds, and that none of them looks through a whole table."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import tokens
from accounts.models import Role, User
from audit.actions import Action
from audit.models import Entry
from chat.models import Channel
from chat.services import channels, invites, messages
from tests.integration.conftest import MakeUser

pytestmark = pytest.mark.django_db

LISTS = (
    "accounts_user",
    "chat_channel",
    "chat_message",
    "files_file",
    "accounts_token",
    "accounts_invite",
    "audit_entry",
)


@pytest.fixture
def owner(make_user: MakeUser) -> User:
    return make_user("owner", Role.OWNER)


@pytest.fixture
def staff(owner: User) -> Client:
    client = Client()
    client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def shown(client: Client, name: str, **query: str) -> list[Any]:
    response = client.get(reverse(f"admin:{name}_changelist"), query)
    assert response.status_code == 200
    return list(response.context["cl"].result_list)


def test_people_are_found_by_the_beginning_of_what_they_are_called(
    staff: Client, make_user: MakeUser
) -> None:
    zoe = make_user("zoe.lee")
    User.objects.filter(pk=zoe.pk).update(display_name="Zoë Lee", email="z@example.org")
    for term in ("zoe", "@zoe.l", "ZOE", "z@ex", "Lee", str(zoe.pk)):
        assert zoe in shown(staff, "accounts_user", q=term), term
    assert shown(staff, "accounts_user", q="lee.zoe") == []


def test_messages_are_found_by_author_channel_and_id(
    staff: Client, ann: User, bob: User, general: Channel
) -> None:
    answer = messages.post(
        author_id=ann.pk, channel_id=general.pk, client_id=uuid.uuid4(), text="the gold is here"
    )
    messages.post(author_id=bob.pk, channel_id=general.pk, client_id=uuid.uuid4(), text="hm")
    for term in ("ann", "@ann", str(answer.message.pk)):
        assert shown(staff, "chat_message", q=term) == [answer.message], term
    assert len(shown(staff, "chat_message", q="#general")) == 2
    assert shown(staff, "chat_message", q="gold") == []


def test_channels_tokens_and_invites_are_found_and_narrowed(
    staff: Client, owner: User, ann: User, general: Channel
) -> None:
    quiet = channels.create(by=ann.pk, name="quiet-corner", kind="public")
    channels.archive(by=ann.pk, channel_id=quiet.pk)
    assert shown(staff, "chat_channel", q="corner") == [quiet]
    assert shown(staff, "chat_channel", archived="yes") == [quiet]
    assert general in shown(staff, "chat_channel", archived="no")
    token, secret = tokens.issue(user_id=ann.pk, name="t", expires_at=None)
    assert shown(staff, "accounts_token", q=secret) == [token]
    assert shown(staff, "accounts_token", q="ann") == [token]
    assert shown(staff, "accounts_token", revoked="yes") == []
    in_a_day = timezone.now() + timedelta(days=1)
    made, _ = invites.create(
        by=owner.pk, role="member", channel_ids=[], expires_at=in_a_day, max_uses=None, note="Tea"
    )
    assert shown(staff, "accounts_invite", q="tea") == [made]
    assert shown(staff, "accounts_invite", state="open") == [made]
    invites.revoke(by=owner.pk, invite_id=made.pk)
    assert shown(staff, "accounts_invite", state="open") == []
    assert shown(staff, "accounts_invite", state="over") == [made]


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("term", ["0", "é", "%", "_", "'", "x" * 5000, "9" * 40, "#", "@", "\\"])
def test_an_odd_term_finds_nothing_and_breaks_nothing(staff: Client, name: str, term: str) -> None:
    assert shown(staff, name, q=term) == []


@pytest.mark.parametrize("name", LISTS)
def test_no_list_counts_or_sorts_all_there_is(staff: Client, name: str, general: Channel) -> None:
    with CaptureQueriesContext(connection) as asked:
        shown(staff, name)
    counting = [one["sql"] for one in asked if one["sql"].startswith("SELECT COUNT(")]
    assert all("LIMIT" in sql for sql in counting), counting
    assert all("DISTINCT" not in one["sql"] for one in asked)


@pytest.mark.parametrize("name", LISTS)
def test_no_address_sorts_by_what_has_no_index(staff: Client, name: str, general: Channel) -> None:
    with CaptureQueriesContext(connection) as usual:
        shown(staff, name)
    with CaptureQueriesContext(connection) as asked:
        shown(staff, name, o="2.-3")
    orders = [
        {one["sql"].partition(" ORDER BY ")[2] for one in queries} for queries in (usual, asked)
    ]
    assert orders[0] == orders[1]


def test_people_are_deactivated_from_the_list_and_it_is_written_down(
    staff: Client, owner: User, ann: User
) -> None:
    act = {"action": "deactivate", "_selected_action": [ann.pk, owner.pk]}
    staff.post(reverse("admin:accounts_user_changelist"), act)
    ann.refresh_from_db()
    owner.refresh_from_db()
    assert (ann.is_active, owner.is_active) == (False, True)  # The last owner stays.
    assert Entry.objects.filter(action=Action.DEACTIVATED, target="ann").exists()
    staff.post(
        reverse("admin:accounts_user_changelist"),
        {"action": "give_back", "_selected_action": [ann.pk]},
    )
    ann.refresh_from_db()
    assert ann.is_active


def test_a_channel_names_its_first_people_and_counts_the_rest(
    staff: Client, general: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.admin.places.PEOPLE_SHOWN", 1)
    page = staff.get(reverse("admin:chat_channel_change", args=[general.pk])).content.decode()
    assert ">ann</a> (owner) and 1 more" in page
