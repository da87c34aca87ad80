"""What people say they are doing, and what they want to look like."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from chat import exceptions
from chat.models import Channel, CustomEmoji
from chat.services import notifications, people
from realtime.pool import run_in_pool
from tests.integration.conftest import Sockets
from tests.integration.test_rest import MakeApi

STATUS = ("status_emoji", "status_text", "status_until")


def test_a_status_is_seen_by_others_until_it_ends(ann: User, bob: User, api: MakeApi) -> None:
    until = timezone.now() + timedelta(hours=1)
    wanted = {
        "status_emoji": "palm_tree",
        "status_text": " By the sea ",
        "status_until": until.isoformat(),
    }
    status, own = api(ann)("PATCH", "users/me", wanted)
    assert status == 200
    assert (own["status_emoji"], own["status_text"]) == ("🌴", "By the sea")
    seen = api(bob)("GET", f"users/{ann.pk}")[1]
    assert [seen[field] for field in STATUS] == [own[field] for field in STATUS]
    # Nobody comes to take it away: it has run out, and so it is none.
    User.objects.filter(pk=ann.pk).update(status_until=timezone.now() - timedelta(seconds=1))
    seen = api(bob)("GET", f"users/{ann.pk}")[1]
    assert [seen[field] for field in STATUS] == ["", "", None]
    # The end of the old one is not the end of the next.
    api(ann)("PATCH", "users/me", {"status_text": "Back"})
    seen = api(bob)("GET", f"users/{ann.pk}")[1]
    assert (seen["status_text"], seen["status_until"]) == ("Back", None)


def test_without_emoji_and_text_there_is_no_status(ann: User, api: MakeApi) -> None:
    later = (timezone.now() + timedelta(hours=1)).isoformat()
    api(ann)("PATCH", "users/me", {"status_text": "Lunch", "status_until": later})
    own = api(ann)("PATCH", "users/me", {"status_text": "", "status_emoji": ""})[1]
    assert [own[field] for field in STATUS] == ["", "", None]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"status_emoji": "no_such_emoji"}, "status_emoji"),
        ({"status_emoji": "two 🌴🌴"}, "status_emoji"),
        ({"status_text": "x", "status_until": "2020-01-01T00:00:00Z"}, "status_until"),
        ({"status_text": "x" * 101}, "status_text"),
        ({"status_text": "x", "status_until": "2120-01-01T00:00:00"}, "status_until"),
    ],
)
def test_a_status_that_cannot_be_is_refused(
    ann: User, api: MakeApi, body: dict[str, str], field: str
) -> None:
    status, answer = api(ann)("PATCH", "users/me", body)
    assert (status, answer["error"]["code"]) == (400, "invalid")
    assert field in str(answer["error"])
    ann.refresh_from_db()
    assert (ann.status_emoji, ann.status_text) == ("", "")


def test_the_workspaces_own_emoji_stand_in_a_status(ann: User, api: MakeApi) -> None:
    CustomEmoji.objects.create(
        name="our_boat", version="1", size=1, created_by=ann, created_at=timezone.now()
    )
    own = api(ann)("PATCH", "users/me", {"status_emoji": ":our_boat:"})[1]
    assert own["status_emoji"] == "our_boat"


@pytest.mark.usefixtures("general")
async def test_a_status_is_told_at_once(sockets: Sockets, ann: User, bob: User) -> None:
    watcher = await sockets.open(bob)
    await run_in_pool(
        lambda: people.change_profile(user_id=ann.pk, changes={"status_text": "On a train"})
    )
    changed = await watcher.next("user.changed")
    assert (changed["user"]["id"], changed["user"]["status_text"]) == (str(ann.pk), "On a train")


@pytest.mark.usefixtures("general")
async def test_what_one_wants_to_look_like_is_seen_and_is_on_all_devices(
    sockets: Sockets, ann: User, bob: User
) -> None:
    laptop, phone = await sockets.open(ann), await sockets.open(ann)
    watcher = await sockets.open(bob)
    answer = await watcher.ask("presence.watch", user_ids=[str(ann.pk)])
    if answer["users"] != {str(ann.pk): "online"}:
        await watcher.next("presence.changed")
    for choice, seen in (("dnd", "dnd"), ("invisible", "offline"), ("away", "away")):
        assert (await laptop.ask("presence.set", state=choice))["type"] == "ok"
        assert (await phone.next("user.changed"))["user"]["id"] == str(ann.pk)
        told = await watcher.next("presence.changed")
        assert told["users"] == {str(ann.pk): seen}
    # Nobody else is told what it is that somebody chose.
    assert not [frame for frame in watcher.arrived() if frame["type"] == "user.changed"]
    tablet = await sockets.open(ann)
    assert tablet.welcome["user"]["presence_choice"] == "away"
    await laptop.ask("presence.set", state="auto")
    assert (await watcher.next("presence.changed"))["users"] == {str(ann.pk): "online"}


@pytest.mark.usefixtures("general")
async def test_nobody_at_any_device_is_away_and_one_who_comes_back_is_not(
    sockets: Sockets, ann: User, bob: User
) -> None:
    laptop, phone = await sockets.open(ann), await sockets.open(ann)
    watcher = await sockets.open(bob)
    answer = await watcher.ask("presence.watch", user_ids=[str(ann.pk)])
    if answer["users"] != {str(ann.pk): "online"}:
        await watcher.next("presence.changed")
    await laptop.ask("presence.idle", is_idle=True)
    await phone.ask("presence.idle", is_idle=True)
    assert (await watcher.next("presence.changed"))["users"] == {str(ann.pk): "away"}
    await laptop.ask("presence.idle", is_idle=False)
    assert (await watcher.next("presence.changed"))["users"] == {str(ann.pk): "online"}


async def test_a_choice_that_there_is_not_is_refused(sockets: Sockets, ann: User) -> None:
    socket = await sockets.open(ann)
    assert (await socket.ask("presence.set", state="online"))["code"] == "invalid"
    assert (await socket.ask("presence.idle", is_idle="yes"))["code"] == "invalid"


def test_whoever_does_not_want_to_be_disturbed_is_not_told_of_a_mention(
    ann: User, bob: User, general: Channel, api: MakeApi
) -> None:
    _status, message = api(ann)(
        "POST",
        f"channels/{general.pk}/messages",
        {"client_id": "00000000-0000-4000-8000-000000000001", "text": f"@{bob.username} look"},
    )
    row = general.messages.get(pk=message["id"])

    def is_told() -> bool:
        (one,) = notifications.recipients(
            row, named=[bob.pk], grouped=[], waiting=[], channel=general
        )
        return one.notify

    assert is_told()
    people.choose_presence(user_id=bob.pk, state="dnd")
    assert not is_told()


def test_whoever_was_deactivated_chooses_nothing(ann: User) -> None:
    User.objects.filter(pk=ann.pk).update(is_active=False)
    with pytest.raises(exceptions.Forbidden):
        people.choose_presence(user_id=ann.pk, state="away")
    ann.refresh_from_db()
    assert ann.presence_choice == "auto"
