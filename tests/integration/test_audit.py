"""The audit log: each act that it lists leaves one row, and what is rolled back leaves none."""

import asyncio
import csv
import io
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts import tokens
from accounts.models import Role, User
from audit import origin, retention
from audit.actions import Action
from audit.models import AppendOnly, Entry
from audit.origin import Origin, address_of
from audit.recording import Thing, record
from chat.models import Channel, CustomEmoji, Message
from chat.services import access, channels, emoji, invites, members, messages, people, workspace
from chat.services.sweeping import sweep
from integrations import services as webhooks
from operations import backups, processes
from tests.integration.codes import totp
from tests.integration.conftest import MakeUser, Sockets
from tests.integration.test_accounts_sign_in import PASSWORD, prove, sign_in
from work import queue
from work.declaring import GiveUp

pytestmark = pytest.mark.django_db


@dataclass
class Scene:
    """Somebody who may all, somebody to whom things are done, and where."""

    owner: User
    ann: User
    bob: User
    general: Channel
    secret: Channel
    folder: Any

    def said(self) -> Message:
        return messages.post(
            author_id=self.bob.pk,
            channel_id=self.general.pk,
            client_id=uuid.uuid4(),
            text="nobody reads this in a log",
        ).message


@pytest.fixture
def scene(
    ann: User, bob: User, general: Channel, secret: Channel, make_user: MakeUser, tmp_path: Any
) -> Scene:
    owner = make_user("owner", Role.OWNER)
    members.admit(channel=secret, user=owner, actor_id=ann.pk)
    return Scene(owner, ann, bob, general, secret, tmp_path)


Prepared = Callable[[], Any]
Act = Callable[[Scene], tuple[Prepared, dict[str, Any], dict[str, Any]]]
"""Prepares, and returns the act itself with what it should say of before and after."""


def _role(s: Scene) -> Any:
    act = lambda: people.change(by=s.owner.pk, user_id=s.bob.pk, role="admin")  # noqa: E731
    return act, {"role": "member"}, {"role": "admin"}


def _deactivate(s: Scene) -> Any:
    tokens.issue(user_id=s.bob.pk, name="t", expires_at=None)
    act = lambda: people.change(by=s.owner.pk, user_id=s.bob.pk, is_active=False)  # noqa: E731
    return act, {"is_active": True}, {"is_active": False}


def _reactivate(s: Scene) -> Any:
    User.objects.filter(pk=s.bob.pk).update(is_active=False)
    act = lambda: people.change(by=s.owner.pk, user_id=s.bob.pk, is_active=True)  # noqa: E731
    return act, {"is_active": False}, {"is_active": True}


def _bot(s: Scene) -> Any:
    return (
        lambda: people.make_bot(
            by=s.owner.pk, username="robot", display_name="Robot", role="member"
        ),
        {},
        {"role": "member", "is_bot": True},
    )


def _rename(s: Scene) -> Any:
    return (
        lambda: people.rename(
            by=s.owner.pk, user_id=s.bob.pk, username="bob", display_name="Robert", email=""
        ),
        {"display_name": "Bob"},
        {"display_name": "Robert"},
    )


def _password(s: Scene) -> Any:
    secret = "a password that no log may hold"
    return (
        lambda: people.set_password(by=s.owner.pk, user_id=s.bob.pk, password=secret),
        {},
        {"has_password": True},
    )


def _invite(s: Scene) -> Any:
    return (
        lambda: invites.create(
            by=s.owner.pk,
            role="guest",
            channel_ids=[s.general.pk],
            expires_at=None,
            max_uses=3,
            note="For the fair",
        ),
        {},
        {"role": "guest", "channel_ids": [s.general.pk], "expires_at": None, "max_uses": 3},
    )


def _uninvite(s: Scene) -> Any:
    invite, _ = _invite(s)[0]()
    return lambda: invites.revoke(by=s.owner.pk, invite_id=invite.pk), {}, {}


def _token(s: Scene) -> Any:
    return (
        lambda: access.issue_token(
            by=s.ann.pk,
            user_id=s.ann.pk,
            name="t",
            expires_at=None,
            scopes={"read"},
            asked_with=None,
        ),
        {},
        {"user_id": s.ann.pk, "scopes": "read", "expires_at": None},
    )


def _untoken(s: Scene) -> Any:
    token, _ = tokens.issue(user_id=s.bob.pk, name="t", expires_at=None, scopes={"read"})
    return (
        lambda: access.revoke_tokens([token], by=s.owner.pk),
        {"user_id": s.bob.pk, "scopes": "read"},
        {},
    )


def _hook(s: Scene) -> Any:
    return (
        lambda: webhooks.create(by=s.owner.pk, channel_id=s.general.pk, name="Builds"),
        {},
        {"name": "Builds", "channel_id": s.general.pk, "is_locked_to_channel": True},
    )


def _hook_change(s: Scene) -> Any:
    hook, _ = _hook(s)[0]()
    return (
        lambda: webhooks.change(by=s.owner.pk, webhook_id=hook.pk, name="Tests"),
        {"name": "Builds"},
        {"name": "Tests"},
    )


def _hook_rotate(s: Scene) -> Any:
    hook, _ = _hook(s)[0]()
    return lambda: webhooks.rotate(by=s.owner.pk, webhook_id=hook.pk), {}, {}


def _hook_revoke(s: Scene) -> Any:
    hook, _ = _hook(s)[0]()
    return (
        lambda: webhooks.revoke(by=s.owner.pk, webhook_id=hook.pk),
        {"name": "Builds", "channel_id": s.general.pk, "is_locked_to_channel": True},
        {},
    )


def _workspace(s: Scene) -> Any:
    workspace.change(by=s.owner.pk, name="Before")
    return (
        lambda: workspace.change(
            by=s.owner.pk, name="After", sign_up="domains", email_domains=["example.org"]
        ),
        {"name": "Before", "sign_up": "closed", "email_domains": []},
        {"name": "After", "sign_up": "domains", "email_domains": ["example.org"]},
    )


def _emoji(s: Scene) -> Any:
    CustomEmoji.objects.create(
        name="party", version="x", size=1, created_at=timezone.now(), created_by=s.bob
    )
    return lambda: emoji.delete(by=s.owner.pk, name="party"), {"created_by_id": s.bob.pk}, {}


def _kind(s: Scene) -> Any:
    wanted = channels.Change(kind="private", topic="another")
    return (
        lambda: channels.change(by=s.ann.pk, channel_id=s.general.pk, wanted=wanted),
        {"kind": "public"},
        {"kind": "private"},
    )


def _archive(s: Scene) -> Any:
    act = lambda: channels.archive(by=s.ann.pk, channel_id=s.general.pk)  # noqa: E731
    return act, {"is_archived": False}, {"is_archived": True}


def _unarchive(s: Scene) -> Any:
    channels.archive(by=s.ann.pk, channel_id=s.general.pk)
    act = lambda: channels.unarchive(by=s.ann.pk, channel_id=s.general.pk)  # noqa: E731
    return act, {"is_archived": True}, {"is_archived": False}


def _channel_role(s: Scene) -> Any:
    return (
        lambda: members.change_role(
            by=s.ann.pk, channel_id=s.general.pk, user_id=s.bob.pk, role="admin"
        ),
        {"user_id": s.bob.pk, "role": "member"},
        {"user_id": s.bob.pk, "role": "admin"},
    )


def _remove(s: Scene) -> Any:
    return (
        lambda: members.remove(by=s.ann.pk, channel_id=s.general.pk, user_id=s.bob.pk),
        {"user_id": s.bob.pk, "role": "member"},
        {},
    )


def _delete_message(s: Scene) -> Any:
    message = s.said()
    return (
        lambda: messages.delete(by=s.ann.pk, message_id=message.pk),
        {"author_id": s.bob.pk, "channel_id": s.general.pk},
        {},
    )


def _look(s: Scene) -> Any:
    return lambda: channels.note_looked_at(by=s.owner.pk, channel_id=s.secret.pk), {}, {}


def _retry(s: Scene) -> Any:
    row = DBTaskResult.objects.get(pk=sweep.enqueue().id)
    row.claim("w")
    queue.failed(row, GiveUp("no"))
    return lambda: queue.run_again([row.pk], by=s.owner), {}, {"tasks": 1}


ACTS: dict[Action, Act] = {
    Action.ROLE_CHANGED: _role,
    Action.DEACTIVATED: _deactivate,
    Action.REACTIVATED: _reactivate,
    Action.PERSON_MADE: _bot,
    Action.PERSON_CHANGED: _rename,
    Action.PASSWORD_SET: _password,
    Action.INVITE_MADE: _invite,
    Action.INVITE_REVOKED: _uninvite,
    Action.TOKEN_MADE: _token,
    Action.TOKEN_REVOKED: _untoken,
    Action.WEBHOOK_MADE: _hook,
    Action.WEBHOOK_CHANGED: _hook_change,
    Action.WEBHOOK_ROTATED: _hook_rotate,
    Action.WEBHOOK_REVOKED: _hook_revoke,
    Action.WORKSPACE_CHANGED: _workspace,
    Action.EMOJI_DELETED: _emoji,
    Action.KIND_CHANGED: _kind,
    Action.ARCHIVED: _archive,
    Action.UNARCHIVED: _unarchive,
    Action.MEMBER_ROLE_CHANGED: _channel_role,
    Action.MEMBER_REMOVED: _remove,
    Action.MESSAGE_DELETED: _delete_message,
    Action.PRIVATE_SEEN: _look,
    Action.TASKS_RETRIED: _retry,
}

ELSEWHERE = {
    Action.SIGNED_IN,
    Action.SIGN_IN_FAILED,
    Action.FACTOR_ADDED,
    Action.FACTOR_REMOVED,
    Action.FACTOR_RESET,
    Action.DRAINED,
    Action.PERSON_SEEN,
    Action.SESSION_ENDED,
    Action.SOCKET_CLOSED,
    Action.BACKED_UP,
    Action.RESTORED,
    Action.EXPORTED,
    Action.PRUNED,
}
"""What a request, an operator or time does: below, each in a test of its own."""


def test_every_action_is_tried() -> None:
    assert ACTS.keys() | ELSEWHERE == set(Action)
    assert not ACTS.keys() & ELSEWHERE
    assert all(action.sentence.endswith(".") for action in Action)


class RolledBack(Exception):
    """Thrown to undo what was done."""


@pytest.mark.parametrize("action", ACTS, ids=str)
def test_each_act_leaves_one_row_and_none_when_it_is_rolled_back(
    action: Action, scene: Scene
) -> None:
    act, before, after = ACTS[action](scene)
    last = Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    with pytest.raises(RolledBack), transaction.atomic():
        act()
        assert Entry.objects.filter(pk__gt=last).exists()
        raise RolledBack
    assert not Entry.objects.filter(pk__gt=last).exists()
    act()
    (entry,) = Entry.objects.filter(pk__gt=last)
    assert (entry.action, entry.before, entry.after) == (action, before, after)
    assert entry.actor in {"owner", "ann"}
    assert entry.actor_id in {scene.owner.pk, scene.ann.pk}
    whole = json.dumps([str(value) for value in entry.__dict__.values()])
    assert "nobody reads this" not in whole
    assert "no log may hold" not in whole


def test_ones_own_is_nobodys_business(scene: Scene) -> None:
    message = scene.said()
    members.remove(by=scene.bob.pk, channel_id=scene.secret.pk, user_id=scene.bob.pk)
    messages.delete(by=scene.bob.pk, message_id=message.pk)
    channels.note_looked_at(by=scene.owner.pk, channel_id=scene.general.pk)
    people.change(by=scene.owner.pk, user_id=scene.bob.pk, role="member", is_active=True)
    assert not Entry.objects.exists()


def test_signing_in_is_written_down_with_where_from(make_user: MakeUser, settings: Any) -> None:
    settings.TRUSTED_PROXIES = 1
    make_user("owner", Role.OWNER, password="a-long-password")
    client = Client(
        headers={
            "user-agent": "Browser/1",
            "x-forwarded-for": "198.51.100.1, 203.0.113.7",
            "x-request-id": "request-12345678",
        }
    )
    client.post("/login/", {"login": "owner", "password": "wrong"})
    client.post("/login/", {"login": "hunter2-oh-that-was-my-password", "password": "x"})
    client.post("/login/", {"login": "owner", "password": "a-long-password"})
    wrong, unknown, right = Entry.objects.order_by("pk")
    assert (wrong.action, wrong.actor, wrong.target) == (Action.SIGN_IN_FAILED, "", "owner")
    assert (unknown.action, unknown.target) == (Action.SIGN_IN_FAILED, "")
    assert "hunter2" not in str(unknown.__dict__)
    assert (right.action, right.actor, right.target) == (Action.SIGNED_IN, "owner", "owner")
    for entry in (wrong, unknown, right):
        assert (entry.address, entry.agent) == ("203.0.113.7", "Browser/1")
        assert entry.request_id == "request-12345678"


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "expected"),
    [
        ("192.0.2.1", "203.0.113.7", 0, "192.0.2.1"),
        ("192.0.2.1", "203.0.113.7", 1, "203.0.113.7"),
        ("192.0.2.1", "forged, 203.0.113.7, 198.51.100.2", 2, "203.0.113.7"),
        ("192.0.2.1", "", 1, "192.0.2.1"),
        ("192.0.2.1", "forged", 1, None),
        ("2001:db8::1", "", 0, "2001:db8::1"),
        ("", "", 0, None),
    ],
)
def test_what_a_client_says_of_its_address_is_not_believed(
    peer: str, forwarded: str, proxies: int, expected: str | None
) -> None:
    assert address_of(peer=peer, forwarded=forwarded, proxies=proxies) == expected


def test_second_factors_are_written_down(
    transactional_db: None, make_user: MakeUser, client: Client
) -> None:
    make_user("eve", Role.OWNER, password=PASSWORD)
    sign_in(client, "eve")
    prove(client)
    secret = client.get("/account/2fa/totp/activate/").context["form"].secret
    client.post("/account/2fa/totp/activate/", {"code": totp(secret)})
    client.post("/account/2fa/recovery-codes/generate/")
    client.post("/account/2fa/totp/deactivate/")
    factors = Entry.objects.filter(action__startswith="second_factor").order_by("pk")
    done = [(one.action, one.actor, one.before or one.after) for one in factors]
    app, codes = {"type": "totp"}, {"type": "recovery_codes"}
    assert done == [
        (Action.FACTOR_ADDED, "eve", app),
        (Action.FACTOR_ADDED, "eve", codes),
        (Action.FACTOR_RESET, "eve", codes),
        (Action.FACTOR_REMOVED, "eve", app),
        (Action.FACTOR_REMOVED, "eve", codes),
    ]
    assert secret not in str(list(Entry.objects.values()))


def test_a_wrong_code_is_written_down(
    transactional_db: None, make_user: MakeUser, client: Client
) -> None:
    make_user("eve", Role.OWNER, password=PASSWORD)
    sign_in(client, "eve")
    prove(client)
    secret = client.get("/account/2fa/totp/activate/").context["form"].secret
    client.post("/account/2fa/totp/activate/", {"code": totp(secret)})
    other = Client()
    sign_in(other, "eve")
    other.post("/account/2fa/authenticate/", {"code": "000000"})
    failed = Entry.objects.get(action=Action.SIGN_IN_FAILED)
    assert (failed.target, failed.after) == ("eve", {"with": "totp"})


async def test_what_is_done_over_a_socket_is_known_to_come_from_it(
    sockets: Sockets, scene: Scene
) -> None:
    from realtime.pool import run_in_pool

    socket = await sockets.open(scene.ann)
    message = await run_in_pool(scene.said)
    await socket.ask("message.delete", message_id=str(message.pk))
    entry = await run_in_pool(Entry.objects.get)
    assert (entry.action, entry.actor) == (Action.MESSAGE_DELETED, "ann")
    assert entry.request_id == socket.welcome["connection_id"]


def test_operators_acts_are_written_down(scene: Scene, database_programs: None) -> None:
    target = scene.folder / "backup.tar.gz"
    call_command("backup", str(target))
    written = Entry.objects.get(action=Action.BACKED_UP)
    assert (written.agent, written.target) == ("manage.py backup", "backup.tar.gz")
    assert written.after == {"bytes": target.stat().st_size}
    backups.note_restored(target, {"written_at": "2026-11-24T00:00:00+00:00"})
    restored = Entry.objects.get(action=Action.RESTORED)
    assert restored.after == {"written_at": "2026-11-24T00:00:00+00:00"}
    assert processes.drain("nobody", by=scene.owner) == []
    assert not Entry.objects.filter(action=Action.DRAINED).exists()


async def test_draining_is_for_admins_and_written_down(
    sockets: Sockets, scene: Scene, redis: Any, settings: Any
) -> None:
    from chat.exceptions import Forbidden
    from realtime import registry
    from realtime.inquiries import Answer, Drain, Question, Respondent, Unreachable
    from realtime.pool import run_in_pool
    from realtime.tasks import end
    from tests.integration.test_processes import process_that

    await sockets.open(scene.ann)
    one = await process_that(lambda process: process.sockets == 1)
    # Another process: this one must go on.
    key = next(key for key in redis.scan_iter("*:process:*") if key.endswith(one.id))
    report = json.loads(redis.get(key)) | {"id": "other", "instance": "Instance-9"}
    redis.set(key.removesuffix(one.id) + "other", json.dumps(report), ex=registry.LIFE_SECONDS)
    redis.zadd(f"{settings.REDIS_PREFIX}:processes", {"other": one.reported_at})
    with pytest.raises(Forbidden):
        await run_in_pool(processes.drain, "Instance-9", by=scene.ann)
    told: list[Question] = []

    def answer(question: Question) -> Answer:
        told.append(question)
        return Answer(is_done=True)

    responding = asyncio.create_task(Respondent("other", answer).run())
    drained = await run_in_pool(processes.drain, "Instance-9", by=scene.owner)
    assert [report.id for report in drained] == ["other"]
    assert told == [Drain()]
    await end([responding])
    with pytest.raises(Unreachable):  # As when it is frozen.
        await run_in_pool(processes.drain, "Instance-9", by=scene.owner)
    entry = await run_in_pool(lambda: Entry.objects.filter(action=Action.DRAINED).first())
    assert entry is not None
    assert (entry.actor, entry.target_kind, entry.target) == ("owner", "process", "Instance-9")


def test_nothing_changes_or_deletes_a_row(scene: Scene) -> None:
    record(Action.DRAINED, by=scene.owner, target=Thing("process", "a"))
    entry = Entry.objects.get()
    entry.actor = "somebody else"
    with pytest.raises(AppendOnly):
        entry.save()
    with pytest.raises(AppendOnly):
        entry.delete()
    with pytest.raises(AppendOnly):
        Entry.objects.update(actor="")
    with pytest.raises(AppendOnly):
        Entry.objects.all().delete()
    # Nor can somebody who goes around the model.
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE audit SET actor = 'somebody else'")
    User.objects.filter(pk=scene.owner.pk).update(username="renamed")
    assert Entry.objects.get().actor == "owner"


def test_old_rows_are_forgotten_and_the_log_says_so(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    old = timezone.now() - timedelta(days=400)
    Entry.objects.bulk_create(Entry(action=Action.SIGNED_IN, at=old) for _ in range(3))
    record(Action.SIGNED_IN, by=None)
    with pytest.raises(CommandError):
        call_command("audit", "--forget-before", timezone.now().date().isoformat())
    call_command("audit", "--forget-before", (old + timedelta(days=1)).date().isoformat())
    left = Entry.objects.order_by("pk")
    assert [entry.action for entry in left] == [Action.SIGNED_IN, Action.PRUNED, Action.PRUNED]
    assert sum(entry.after.get("deleted", 0) for entry in left) == 3
    assert all(entry.agent == "manage.py audit" for entry in left[1:])


def test_the_log_is_exported(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    earlier = timezone.now() - timedelta(days=40)
    Entry.objects.create(action=Action.SIGNED_IN, actor="old", at=earlier)
    record(Action.ARCHIVED, by=scene.ann, target=scene.general, after={"is_archived": True})
    record(Action.BACKED_UP, by=None, target=Thing("backup", "=HYPERLINK()"))
    since = (timezone.now() - timedelta(days=1)).date().isoformat()
    call_command("audit", "--since", since, "--json")
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["action"] for row in rows] == [Action.ARCHIVED, Action.BACKED_UP]
    assert rows[0]["actor"] == "ann"
    assert rows[0]["after"] == {"is_archived": True}
    assert rows[0]["target_id"] == str(scene.general.pk)
    call_command("audit", "--until", since)
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert row["actor"] == "old"
    call_command("audit", "--action", str(Action.BACKED_UP))
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert row["target"] == "'=HYPERLINK()"
    assert Entry.objects.filter(action=Action.EXPORTED).count() == 3
    call_command("audit", "--actions")
    assert str(Action.PRUNED) in capsys.readouterr().out


def test_the_page_of_the_log_is_found_through(scene: Scene) -> None:
    record(Action.ARCHIVED, by=scene.ann, target=scene.general, after={"is_archived": True})
    record(Action.ROLE_CHANGED, by=scene.owner, target=scene.bob, before={"role": "member"})
    client = Client()
    client.force_login(scene.owner, backend="allauth.account.auth_backends.AuthenticationBackend")

    def shown(**query: str) -> list[str]:
        response = client.get(reverse("admin:audit_entry_changelist"), query)
        assert response.status_code == 200
        return [entry.action for entry in response.context["cl"].result_list]

    assert shown() == [Action.SIGNED_IN, Action.ROLE_CHANGED, Action.ARCHIVED]
    assert shown(action=Action.ARCHIVED) == [Action.ARCHIVED]
    assert shown(kind="user") == [Action.SIGNED_IN, Action.ROLE_CHANGED]
    assert shown(within="1", q="ann") == [Action.ARCHIVED]
    assert shown(q="bob") == [Action.ROLE_CHANGED]
    with origin.of(Origin(address="203.0.113.7", request_id="r-1")):
        record(Action.BACKED_UP, by=None)
    assert shown(q="203.0.113.7") == shown(q="r-1") == [Action.BACKED_UP]
    assert shown(q="nobody") == []
    entry = Entry.objects.get(action=Action.ROLE_CHANGED)
    page = client.get(reverse("admin:audit_entry_change", args=[entry.pk])).content.decode()
    assert Action.ROLE_CHANGED.sentence.replace("'", "&#x27;") in page
    assert 'name="_save"' not in page


def test_a_long_log_is_not_counted_and_not_looked_through(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.admin.lists.COUNTED_MAX", 60)
    Entry.objects.bulk_create(Entry(action=Action.SIGNED_IN, actor=f"u{n}") for n in range(200))
    client = Client()
    client.force_login(scene.owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    with CaptureQueriesContext(connection) as asked:
        response = client.get(reverse("admin:audit_entry_changelist"), {"q": "u7"})
        assert [one.actor for one in response.context["cl"].result_list] == ["u7"]
        response = client.get(reverse("admin:audit_entry_changelist"))
        assert response.context["cl"].result_count == 60
    ours = [one["sql"] for one in asked if '"audit"' in one["sql"]]
    assert ours
    assert all("LIMIT" in sql or '"audit"."id" IN' in sql for sql in ours), ours


def test_what_staff_do_in_the_admin_is_done_by_services(scene: Scene) -> None:
    client = Client()
    client.force_login(scene.owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    workspace.current()
    client.post(reverse("admin:chat_workspace_change", args=[1]), {"name": "Acme"})
    client.post(
        reverse("admin:accounts_user_change", args=[scene.bob.pk]),
        {
            "username": "bob",
            "display_name": "Robert",
            "email": "",
            "role": "guest",
            "is_active": "on",
        },
    )
    client.post(
        reverse("admin:auth_user_password_change", args=[scene.bob.pk]),
        {"usable_password": "true", "password1": "a-long-password", "password2": "a-long-password"},
    )
    client.post(
        reverse("admin:accounts_user_add"),
        {
            "username": "eve",
            "display_name": "Eve",
            "email": "",
            "role": "member",
            "usable_password": "true",
            "password1": "another-long-one",
            "password2": "another-long-one",
        },
    )
    client.get(reverse("admin:chat_channel_change", args=[scene.secret.pk]))
    client.get(reverse("admin:chat_channel_change", args=[scene.general.pk]))
    done = list(Entry.objects.order_by("pk").values_list("action", "actor", "target"))
    assert done == [
        (Action.SIGNED_IN, "owner", "owner"),
        (Action.WORKSPACE_CHANGED, "owner", "Acme"),
        (Action.PERSON_CHANGED, "owner", "bob"),
        (Action.ROLE_CHANGED, "owner", "bob"),
        (Action.PASSWORD_SET, "owner", "bob"),
        (Action.PERSON_MADE, "owner", "eve"),
        (Action.PRIVATE_SEEN, "owner", "#secret"),
    ]
    scene.bob.refresh_from_db()
    assert (scene.bob.role, scene.bob.display_name) == ("guest", "Robert")
    assert scene.bob.check_password("a-long-password")
    assert User.objects.get(username="eve").created_by == scene.owner
