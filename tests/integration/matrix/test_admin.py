"""The admin: who gets in, who may change what there, and that nobody reads there what was said."""

import re
from dataclasses import dataclass
from typing import Final

import pytest
from django.conf import settings
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts import rules
from accounts.models import Token, User
from audit.models import Entry
from chat.models import Channel, CustomEmoji, Message
from tests.integration.matrix import digest, judging
from tests.integration.matrix.world import OWN_EMOJI, World

pytestmark = pytest.mark.django_db

STAFF_VIEWS: Final = (
    "anonymous",
    "guest_in",
    "member_in",
    "bot_in",
    "clerk",
    "admin_in",
    "owner_out",
)
"""The clerk is staff without any permission: roles make no such person, but the database can."""

TABLE: Final = """
                                        anonymous guest member bot clerk admin owner
>  sent to sign in    f  403    +  200    4  404
── Pages ───────────────────────────────────────────────────────────────────────────────
index -                                 > > > > + + +
bridge cluster                          > > > > f + +
bridge connections                      > > > > f + +
bridge person                           > > > > f + +
bridge channel                          > > > > f + +
accounts.user list                      > > > > f + +
accounts.user add                       > > > > f + +
accounts.user change:member             > > > > f + +
accounts.user change:owner              > > > > f + +
accounts.user password:member           > > > > f + +
accounts.user password:owner            > > > > f f +
accounts.user history:member            > > > > f + +
accounts.user delete:member             > > > > f f f
chat.workspace list                     > > > > f + +
chat.workspace add                      > > > > f f f
chat.workspace change:one               > > > > f + +
chat.workspace delete:one               > > > > f f f
chat.channel list                       > > > > f + +
chat.channel add                        > > > > f f f
chat.channel change:public              > > > > f + +
chat.channel change:private             > > > > f + +
chat.channel change:dm                  > > > > f + +
chat.channel history:private            > > > > f + +
chat.channel delete:public              > > > > f f f
chat.message list                       > > > > f + +
chat.message add                        > > > > f f f
chat.message change:public              > > > > f + +
chat.message change:private             > > > > f + +
chat.message change:dm                  > > > > f + +
chat.message history:private            > > > > f + +
chat.message delete:private             > > > > f f f
accounts.accessrules list               > > > > f + +
accounts.accessrules add                > > > > f f f
accounts.accessrules change:one         > > > > f + +
accounts.accessrules delete:one         > > > > f f f
accounts.invite list                    > > > > f + +
accounts.invite add                     > > > > f + +
accounts.invite change:one              > > > > f + +
accounts.invite delete:one              > > > > f f f
integrations.incomingwebhook list        > > > > f + +
integrations.incomingwebhook add         > > > > f + +
integrations.incomingwebhook change:one  > > > > f + +
integrations.incomingwebhook delete:one  > > > > f f f
files.file list                          > > > > f + +
files.file add                           > > > > f f f
files.file change:private                > > > > f + +
files.file delete:private                > > > > f f f
chat.customemoji list                    > > > > f + +
chat.customemoji add                     > > > > f f f
chat.customemoji change:one              > > > > f + +
chat.customemoji delete:one              > > > > f f f
django_tasks_database.dbtaskresult list  > > > > f + +
django_tasks_database.dbtaskresult add   > > > > f f f
work.worker list                         > > > > f + +
work.worker add                          > > > > f f f
accounts.token list                     > > > > f + +
accounts.token add                      > > > > f f f
accounts.token change:one               > > > > f + +
accounts.token delete:one               > > > > f f f
audit.entry list                        > > > > f + +
audit.entry add                         > > > > f f f
audit.entry change:one                  > > > > f + +
audit.entry history:one                 > > > > f + +
audit.entry delete:one                  > > > > f f f
"""

TEXT: Final = re.compile(r"kanari_[a-z]+_\d+")


@dataclass(frozen=True, slots=True)
class AdminRow:
    """One page of the admin, and what each point of view gets of it."""

    model: str
    page: str
    cells: dict[str, str]

    def __str__(self) -> str:
        return f"{self.model} {self.page}"

    def address(self, world: World) -> str:
        if self.model == "index":
            return reverse("admin:index")
        if self.model == "bridge":
            return _live_page(self.page, world)
        page, _, which = self.page.partition(":")
        named = self.model.replace(".", "_")
        if page in {"list", "add"}:
            return reverse(f"admin:{named}_{'changelist' if page == 'list' else 'add'}")
        key = _keys(world)[self.model][which]
        if page == "password":
            return reverse("admin:auth_user_password_change", args=[key])
        return reverse(f"admin:{named}_{page}", args=[key])


def _live_page(page: str, world: World) -> str:
    match page:
        case "cluster":
            return reverse("bridge")
        case "connections":
            return reverse("bridge_connections")
        case "person":
            return reverse("bridge_person", args=[world.people["member_out"].pk])
        case _:
            return reverse("bridge_channel", args=[world.places["private"].pk])


def _keys(world: World) -> dict[str, dict[str, int]]:
    places = ("public", "private", "dm")
    return {
        "accounts.user": {
            "member": world.people["member_out"].pk,
            "owner": world.people["owner_out"].pk,
        },
        "chat.workspace": {"one": 1},
        "accounts.accessrules": {"one": rules.current().pk},
        "integrations.incomingwebhook": {"one": world.webhooks["private"].pk},
        "files.file": {"private": world.files["private", "filed"]},
        "django_tasks_database.dbtaskresult": {},
        "chat.customemoji": {"one": CustomEmoji.objects.get(name=OWN_EMOJI).pk},
        "accounts.invite": {"one": world.invite.pk},
        "chat.channel": {place: world.places[place].pk for place in places},
        "chat.message": {place: world.spoken[place, "theirs"].pk for place in places},
        "audit.entry": {"one": Entry.objects.latest("pk").pk},
        "accounts.token": {"one": world.viewers["member_out"].token_id},
    }


def admin_rows() -> list[AdminRow]:
    found = []
    for line in TABLE.splitlines():
        words = line.split()
        if len(words) != len(STAFF_VIEWS) + 2 or line[0] in " >─":
            continue
        cells = dict(zip(STAFF_VIEWS, words[2:], strict=True))
        found.append(AdminRow(words[0], words[1], cells))
    return found


def client_of(world: World, view: str) -> Client:
    client = Client()
    if view == "anonymous":
        return client
    if view == "clerk":
        user = User.objects.create(username="clerk", display_name="Clerk", is_staff=True)
    else:
        user = world.people[view]
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


@pytest.mark.parametrize("row", admin_rows(), ids=str)
def test_the_admin_shows_everyone_what_the_table_says(world: World, row: AdminRow) -> None:
    wrong = []
    for view in STAFF_VIEWS:
        with judging.undone():
            response = client_of(world, view).get(row.address(world))
        got = {200: "+", 302: ">", 403: "f", 404: "4"}.get(
            response.status_code, str(response.status_code)
        )
        if got != row.cells[view]:
            wrong.append(f"{view}: {got} instead of {row.cells[view]}")
        if TEXT.search(response.content.decode()):
            wrong.append(f"{view}: shows what was said")
    assert not wrong, "\n".join([str(row), *wrong])


def test_every_model_of_the_admin_is_in_the_table() -> None:
    registered = {model._meta.label_lower for model in admin.site._registry}
    listed = {row.model for row in admin_rows()} - {"index", "bridge"}
    assert registered == listed, "Give each model of the admin rows in the table of this file."


ACTIONS: Final = (
    ("accounts.user", "deactivate"),
    ("accounts.user", "give_back"),
    ("chat.message", "delete_messages"),
    ("chat.channel", "archive"),
    ("chat.channel", "unarchive"),
    ("accounts.token", "revoke"),
    ("accounts.invite", "revoke"),
    ("chat.customemoji", "take_away"),
    ("django_tasks_database.dbtaskresult", "run_again"),
    ("integrations.incomingwebhook", "rotate"),
    ("integrations.incomingwebhook", "revoke"),
)


def test_every_action_of_the_admin_is_known() -> None:
    given = {
        (model._meta.label_lower, action if isinstance(action, str) else action.__name__)
        for model, its in admin.site._registry.items()
        for action in its.actions or ()
    }
    assert given == set(ACTIONS)


@pytest.mark.parametrize(("model", "action"), ACTIONS)
@pytest.mark.parametrize("view", ["anonymous", "guest_in", "member_in", "bot_in", "clerk"])
def test_no_action_is_for_those_outside(world: World, model: str, action: str, view: str) -> None:
    client = client_of(world, view)
    before = digest.of_database()
    response = client.post(
        reverse(f"admin:{model.replace('.', '_')}_changelist"),
        {"action": action, "_selected_action": list(_keys(world)[model].values())},
    )
    assert response.status_code in {302, 403}
    assert digest.of_database() == before


@pytest.mark.parametrize("view", ["admin_out", "owner_out"])
def test_staff_act_only_where_they_could_without_the_admin(world: World, view: str) -> None:
    client = client_of(world, view)
    keys = _keys(world)
    client.post(
        reverse("admin:chat_message_changelist"),
        {"action": "delete_messages", "_selected_action": list(keys["chat.message"].values())},
    )
    client.post(
        reverse("admin:chat_channel_changelist"),
        {"action": "archive", "_selected_action": list(keys["chat.channel"].values())},
    )
    deleted = Message.objects.exclude(deleted_at=None).filter(pk__in=keys["chat.message"].values())
    archived = Channel.objects.exclude(archived_at=None).filter(
        pk__in=keys["chat.channel"].values()
    )
    assert [message.channel_id for message in deleted] == [keys["chat.channel"]["public"]]
    assert [channel.pk for channel in archived] == [keys["chat.channel"]["public"]]


@pytest.mark.parametrize(
    "asked",
    [
        "chat_message_changelist?text__startswith=kanari",
        "chat_message_changelist?html__contains=kanari",
        "chat_message_changelist?thread__text__startswith=kanari",
        "chat_message_changelist?quoted__text__startswith=kanari",
        "chat_message_changelist?replies__text__startswith=kanari",
        "chat_message_changelist?versions__text__startswith=kanari",
        "chat_channel_changelist?messages__text__startswith=kanari",
        "accounts_user_changelist?messages__text__startswith=kanari",
        "accounts_user_changelist?drafts__text__startswith=kanari",
        "accounts_user_changelist?keywords__phrase__startswith=kanari",
        "accounts_user_changelist?password__startswith=argon",
        "accounts_token_changelist?digest__startswith=0",
        "integrations_incomingwebhook_changelist?digest__startswith=0",
        "files_file_changelist?name__startswith=kanari",
        "files_file_changelist?attachment__message__text__startswith=kanari",
        "files_file_changelist?digest__startswith=0",
        "files_file_changelist?key__startswith=files",
        "accounts_invite_changelist?digest__startswith=0",
        "accounts_token_changelist?user__password__startswith=argon",
    ],
)
def test_staff_cannot_find_out_by_filters_what_is_not_shown(world: World, asked: str) -> None:
    name, _, query = asked.partition("?")
    response = client_of(world, "owner_out").get(f"{reverse(f'admin:{name}')}?{query}")
    assert response.status_code == 400


def test_searching_the_admin_does_not_search_what_was_said(world: World) -> None:
    client = client_of(world, "owner_out")
    for model in ("chat_message", "chat_channel", "accounts_user", "accounts_token"):
        page = client.get(f"{reverse(f'admin:{model}_changelist')}?q=kanari_private_1")
        assert page.context["cl"].result_count == 0


def test_the_admin_keeps_secrets_to_itself(world: World) -> None:
    client = client_of(world, "owner_out")
    token = Token.objects.get(pk=world.viewers["member_out"].token_id)
    page = client.get(reverse("admin:accounts_token_change", args=[token.pk])).content.decode()
    assert token.digest not in page
