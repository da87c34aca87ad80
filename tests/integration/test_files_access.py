"""Who may read a file, and how its bytes are given."""

import asyncio

import pytest
from django.test import AsyncClient, Client

from accounts import tokens
from accounts.models import Role, User
from chat.models import Channel
from chat.services import channels, members
from files.models import File
from tests.integration.conftest import MakeUser
from tests.integration.uploading import Uploader, code, work
from tests.unit import pictures
from tests.unit.test_file_names import NAMES

DATA = bytes(range(256)) * 40


def paths(file_id: str) -> list[str]:
    return [f"files/{file_id}", f"files/{file_id}?info=1", f"files/{file_id}/thumbnail/360"]


def may(user: User, file_id: str) -> bool:
    statuses = {Uploader(user).ask("GET", path).status_code for path in paths(file_id)}
    assert statuses in ({200}, {404})
    return statuses == {200}


@pytest.fixture
def dan(transactional_db: None, make_user: MakeUser) -> User:
    return make_user("dan", Role.GUEST)


@pytest.fixture
def boss(transactional_db: None, make_user: MakeUser) -> User:
    return make_user("boss", Role.OWNER)


def shown(user: User, channel: Channel) -> str:
    client = Uploader(user)
    file_id = client.uploaded(pictures.saved("PNG"), "x.png")
    work()
    assert client.post(channel, [file_id])[0] == 201
    return file_id


def test_what_is_not_posted_is_its_owners_alone(ann: User, bob: User, boss: User) -> None:
    file_id = Uploader(ann).uploaded(pictures.saved("PNG"))
    work()
    assert (may(ann, file_id), may(bob, file_id), may(boss, file_id)) == (True, False, False)


def test_in_a_private_channel_only_its_members_may(
    ann: User, bob: User, cat: User, dan: User, boss: User, secret: Channel
) -> None:
    file_id = shown(ann, secret)
    seen = [may(user, file_id) for user in (ann, bob, cat, dan, boss)]
    assert seen == [True, True, False, False, False]


def test_in_a_public_channel_all_but_guests_may(
    ann: User, bob: User, cat: User, dan: User, general: Channel
) -> None:
    file_id = shown(ann, general)
    assert [may(user, file_id) for user in (ann, bob, cat, dan)] == [True, True, True, False]


def test_who_was_removed_may_no_longer_not_even_the_owner(
    ann: User, bob: User, secret: Channel
) -> None:
    file_id = shown(bob, secret)
    assert may(bob, file_id)
    members.remove(by=ann.pk, channel_id=secret.pk, user_id=bob.pk)
    assert (may(bob, file_id), may(ann, file_id)) == (False, True)


def test_a_file_of_a_deleted_message_is_gone(ann: User, bob: User, general: Channel) -> None:
    client = Uploader(ann)
    file_id = client.uploaded(pictures.saved("PNG"), "x.png")
    work()
    _, message = client.post(general, [file_id], "look")
    assert client.json("DELETE", f"messages/{message['id']}")[0] == 200
    assert (may(ann, file_id), may(bob, file_id)) == (False, False)
    _, page = client.json("GET", f"channels/{general.pk}/messages")
    assert page["results"][-1]["files"] == []
    _, log = client.json("GET", f"channels/{general.pk}/events")
    assert file_id not in [file["id"] for event in log["results"] for file in _files(event)]
    work()
    assert not File.objects.filter(pk=file_id).exists()


def _files(event: dict[str, dict[str, list[dict[str, str]]]]) -> list[dict[str, str]]:
    return event.get("message", {}).get("files", [])


def test_an_outsider_cannot_tell_a_hidden_file_from_none(
    ann: User, cat: User, secret: Channel
) -> None:
    file_id = shown(ann, secret)
    stranger = Uploader(cat)
    hidden, none = (stranger.get(one).json() for one in (file_id, "999999"))
    hidden["error"].pop("request_id")
    none["error"].pop("request_id")
    assert hidden == none


def test_nobody_gets_a_file_without_saying_who_they_are(ann: User, general: Channel) -> None:
    file_id = shown(ann, general)
    for path in paths(file_id):
        response = Client().get(f"/api/v1/{path}")
        assert (response.status_code, code(response.json())) == (401, "unauthenticated")


# ── How it is given ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-99", 0, 99),
        ("bytes=100-", 100, len(DATA) - 1),
        ("bytes=-100", len(DATA) - 100, len(DATA) - 1),
        ("bytes=0-0", 0, 0),
        ("bytes=5-99999999", 5, len(DATA) - 1),
        ("bytes=-99999999", 0, len(DATA) - 1),
    ],
)
def test_a_range_is_given_as_asked(ann: User, asked: str, start: int, end: int) -> None:
    client = Uploader(ann)
    response = client.get(client.uploaded(DATA), Range=asked)
    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {start}-{end}/{len(DATA)}"
    assert response["Content-Length"] == str(end - start + 1)
    assert response.getvalue() == DATA[start : end + 1]


@pytest.mark.parametrize("asked", [f"bytes={len(DATA)}-", "bytes=-0", "bytes=999999-1000000"])
def test_a_range_behind_the_end_is_refused(ann: User, asked: str) -> None:
    client = Uploader(ann)
    response = client.get(client.uploaded(DATA), Range=asked)
    assert (response.status_code, code(response.json())) == (416, "range_not_satisfiable")


@pytest.mark.parametrize(
    "asked", ["bytes=0-1,5-9", "bytes=-", "bytes=9-1", "lines=1-2", "bytes=a-b", "bytes", "\u00e9"]
)
def test_what_is_no_range_is_answered_with_everything(ann: User, asked: str) -> None:
    client = Uploader(ann)
    response = client.get(client.uploaded(DATA), Range=asked)
    assert response.status_code == 200
    assert response.getvalue() == DATA


def test_what_has_not_changed_is_not_sent_again_and_rights_are_asked_anew(
    ann: User, bob: User, secret: Channel
) -> None:
    file_id = shown(ann, secret)
    reader = Uploader(bob)
    first = reader.get(file_id)
    assert first["Cache-Control"] == "private, no-cache"
    again = reader.get(file_id, If_None_Match=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    members.remove(by=ann.pk, channel_id=secret.pk, user_id=bob.pk)
    assert reader.get(file_id, If_None_Match=first["ETag"]).status_code == 404


def test_a_range_of_another_version_is_answered_with_everything(ann: User) -> None:
    client = Uploader(ann)
    file_id = client.uploaded(DATA)
    etag = client.get(file_id)["ETag"]
    assert client.get(file_id, Range="bytes=0-9", If_Range=etag).status_code == 206
    assert client.get(file_id, Range="bytes=0-9", If_Range='"another"').status_code == 200


def test_only_the_head_can_be_asked_for(ann: User) -> None:
    client = Uploader(ann)
    response = client.ask("HEAD", f"files/{client.uploaded(DATA)}")
    assert (response.status_code, response["Content-Length"]) == (200, str(len(DATA)))
    assert response.content == b""


def test_a_browser_that_wants_a_picture_gets_one(ann: User) -> None:
    client = Uploader(ann)
    file_id = client.uploaded(pictures.saved("PNG"))
    assert client.get(file_id, Accept="image/avif,image/webp").status_code == 200


@pytest.mark.parametrize(
    ("data", "name", "kind", "is_inline"),
    [
        (pictures.saved("PNG"), "x.png", "image/png", True),
        (pictures.saved("JPEG"), "x.jpg", "image/jpeg", True),
        (pictures.saved("PNG"), "x.html", "image/png", True),
        (b"\0\0\0\x18ftypmp42" + b"\0" * 40, "x.mp4", "video/mp4", True),
        (b"ID3\x03" + b"\0" * 40, "x.mp3", "audio/mpeg", True),
        (b"%PDF-1.7\n", "x.pdf", None, False),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "x.svg", None, False),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "x.png", None, False),
        (b"<!DOCTYPE html><script>alert(1)</script>", "x.html", None, False),
        (b"<script>alert(1)</script>", "x.jpg", None, False),
        (b"GIF89a/*" + b"\0" * 20 + b"*/=1;alert(1)", "x.gif", None, False),
        (b"hello", "x.txt", None, False),
        (b"\x89PNG\r\n\x1a\nrubbish", "x.png", None, False),
        (b"II*\0" + b"\0" * 40, "x.tif", None, False),
        (b"{}", "x.json", None, False),
    ],
    ids=range(15),
)
def test_only_what_is_safe_is_shown_in_place(
    ann: User, *, data: bytes, name: str, kind: str | None, is_inline: bool
) -> None:
    client = Uploader(ann)
    _, answer = client.upload(data, name)
    assert answer["is_inline"] is is_inline
    response = client.get(answer["id"])
    assert response["Content-Type"] == (kind or "application/octet-stream")
    assert response["Content-Disposition"].startswith("inline" if is_inline else "attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "script-src" not in response["Content-Security-Policy"]
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize("number", range(0, len(NAMES), 3))
def test_every_name_is_a_header_that_can_be_read(ann: User, number: int) -> None:
    given, kept = NAMES[number]
    client = Uploader(ann)
    status, answer = client.upload(b"x", given)
    if status == 400:  # NUL is refused everywhere.
        assert "\0" in given
        return
    assert answer["name"] == kept
    header = client.get(answer["id"])["Content-Disposition"]
    assert header.isascii()
    assert "\n" not in header
    assert "\r" not in header


def test_the_event_loop_is_not_held_up_and_the_bytes_are_whole(ann: User) -> None:
    data = DATA * 200
    file_id = Uploader(ann).uploaded(data)
    _, secret = tokens.issue(user_id=ann.pk, name="test", expires_at=None)

    async def fetch() -> bytes:
        response = await AsyncClient().get(
            f"/api/v1/files/{file_id}", headers={"Authorization": f"Bearer {secret}"}
        )
        assert response.status_code == 200
        found = bytearray()
        async for chunk in response:  # type: ignore[attr-defined]  # a stream
            assert len(chunk) <= 256 * 1024
            found += chunk
        return bytes(found)

    async def both() -> list[bytes]:
        return list(await asyncio.gather(fetch(), fetch()))

    assert asyncio.run(both()) == [data, data]


def test_a_channel_made_private_keeps_its_files_from_strangers(
    ann: User, cat: User, general: Channel
) -> None:
    file_id = shown(ann, general)
    assert may(cat, file_id)
    channels.change(by=ann.pk, channel_id=general.pk, wanted=channels.Change(kind="private"))
    assert not may(cat, file_id)


def test_staff_see_whose_files_there_are_and_nothing_of_them(
    ann: User, boss: User, secret: Channel, client: Client
) -> None:
    file_id = Uploader(ann).uploaded(b"canary-text", "canary-name.txt")
    Uploader(ann).post(secret, [file_id])
    client.force_login(boss)
    for path in ("", f"{file_id}/change/"):
        page = client.get(f"/admin/files/file/{path}")
        assert page.status_code == 200
        assert "ann" in page.content.decode()
        assert "canary" not in page.content.decode()
    assert client.get("/admin/chat/customemoji/").status_code == 200


def test_the_files_of_a_channel_are_in_one_list_the_newest_first_and_by_kind(
    ann: User, bob: User, general: Channel
) -> None:
    picture = shown(ann, general)
    client = Uploader(ann)
    notes = client.uploaded(b"Tide tables", "tides.txt")
    status, message = client.post(general, [notes])
    assert status == 201
    withdrawn = client.uploaded(b"never mind", "oops.txt")
    gone = client.post(general, [withdrawn])[1]
    assert client.ask("DELETE", f"messages/{gone['id']}").status_code == 200

    def files(query: str) -> list[tuple[str, str]]:
        page = Uploader(bob).ask("GET", f"channels/{general.pk}/files{query}").json()
        return [(row["file"]["id"], row["author_id"]) for row in page["results"]]

    assert files("") == [(notes, str(ann.pk)), (picture, str(ann.pk))]
    assert files("?kind=picture") == [(picture, str(ann.pk))]
    assert files("?kind=other") == [(notes, str(ann.pk))]
    assert files("?kind=video") == files("?kind=audio") == []
    first = Uploader(bob).ask("GET", f"channels/{general.pk}/files?limit=1").json()
    assert first["results"][0]["seq"] == message["seq"]
    assert files(f"?limit=1&cursor={first['next_cursor']}") == [(picture, str(ann.pk))]
