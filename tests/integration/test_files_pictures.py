"""Pictures: thumbnails, what is left out of them, and what would break a careless server."""

import io
import signal
import subprocess
import sys
import uuid
from typing import Any

import pytest
from PIL import Image

from accounts.models import User
from chat.models import Channel
from files.models import File
from realtime.pool import run_in_pool
from tests.integration.conftest import Sockets
from tests.integration.uploading import Uploader, code, work
from tests.unit import pictures


def opened(response: Any) -> Image.Image:
    assert response.status_code == 200, response.content
    return Image.open(io.BytesIO(response.getvalue()))


def info(client: Uploader, file_id: str) -> dict[str, Any]:
    return client.json("GET", f"files/{file_id}?info=1")[1]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_a_picture_gets_thumbnails(ann: User, kind: str) -> None:
    client = Uploader(ann)
    status, answer = client.upload(pictures.saved(kind, pictures.drawn(1600, 800)), "x")
    assert (status, answer["state"]) == (201, "waiting")
    assert (answer["width"], answer["height"]) == (1600, 800)
    assert client.ask("GET", f"files/{answer['id']}/thumbnail/360").status_code == 404
    work()
    told = info(client, answer["id"])
    assert told["state"] == "ready"
    assert told["thumbnails"] == [
        {"size": 360, "width": 360, "height": 180},
        {"size": 1280, "width": 1280, "height": 640},
    ]
    red, green, blue = (int(told["colour"][at : at + 2], 16) for at in (1, 3, 5))
    assert red > 90
    assert blue > 90
    assert green < 70
    for size, shape in ((360, (360, 180)), (1280, (1280, 640))):
        response = client.ask("GET", f"files/{answer['id']}/thumbnail/{size}")
        assert response["Content-Type"] == "image/webp"
        assert opened(response).size == shape
    assert client.ask("GET", f"files/{answer['id']}/thumbnail/77").status_code == 404


def test_a_small_picture_is_not_made_larger(ann: User) -> None:
    client = Uploader(ann)
    file_id = client.uploaded(pictures.saved("PNG", pictures.drawn(20, 10)))
    work()
    assert info(client, file_id)["thumbnails"][1]["width"] == 20


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_where_a_photo_was_taken_is_told_nobody(ann: User, kind: str) -> None:
    client = Uploader(ann)
    data = pictures.photo(6, kind)
    assert b"canary-gps" in data
    file_id = client.uploaded(data, "photo")
    work()
    for path in (f"files/{file_id}", f"files/{file_id}/thumbnail/360"):
        given = client.ask("GET", path).getvalue()
        assert b"canary" not in given
        assert not Image.open(io.BytesIO(given)).getexif().get_ifd(0x8825)


def test_a_turned_photo_stands_upright_in_its_thumbnail(ann: User) -> None:
    client = Uploader(ann)
    file_id = client.uploaded(pictures.photo(6), "photo.jpg")
    work()
    told = info(client, file_id)
    assert (told["width"], told["height"]) == (40, 80)
    thumbnail = opened(client.ask("GET", f"files/{file_id}/thumbnail/360"))
    assert thumbnail.size == (40, 80)
    top = thumbnail.convert("RGB").getpixel((20, 10))
    assert isinstance(top, tuple)
    assert top[2] > top[0]


@pytest.mark.parametrize(
    "data",
    [
        pictures.bomb(),
        pictures.png_of(60_000, 60_000),
        pictures.png_of(2**31 - 1, 2**31 - 1),
        pictures.png_of(100, 100, b"rubbish"),
        pictures.png_of(0, 100),
        pictures.saved("PNG")[:60],
        pictures.saved("JPEG")[:200],
        pictures.saved("WEBP")[:40],
        pictures.saved("GIF")[:30],
        b"\x89PNG\r\n\x1a\n" + b"\0" * 500,
        b"\xff\xd8\xff\xe0" + b"\xff" * 500,
        b"GIF89a" + b"\xff" * 500,
        b"RIFF\xff\xff\xff\xffWEBPVP8 " + b"\0" * 100,
    ],
    ids=range(13),
)
def test_a_bad_picture_stays_a_file_and_harms_nobody(ann: User, data: bytes) -> None:
    assert len(data) < 1024 * 1024
    client = Uploader(ann)
    status, answer = client.upload(data, "bad.png")
    assert status == 201
    work()
    told = info(client, answer["id"])
    assert (told["state"], told["is_inline"], told["thumbnails"]) == ("failed", False, [])
    response = client.get(answer["id"])
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith("attachment")
    assert len(response.getvalue()) == told["size"]


def test_a_decoder_that_wants_too_much_memory_is_ended(tmp_path: Any) -> None:
    source = tmp_path / "source"
    source.write_bytes(pictures.saved("PNG", Image.new("RGB", (7000, 7000))))
    code_ = (
        "import sys; from files import picture; picture.MEMORY_BYTES = 200 * 1024 * 1024;"
        f"sys.exit(picture.main('fit', {str(source)!r}, {str(tmp_path)!r}, '360'))"
    )
    done = subprocess.run([sys.executable, "-c", code_], check=False, capture_output=True)
    assert done.returncode != 0
    assert not list(tmp_path.glob("*.webp"))


def test_a_decoder_that_wants_too_much_time_is_ended(tmp_path: Any) -> None:
    code_ = (
        "from files import picture; picture.CPU_SECONDS = 1;"
        "picture._make = lambda *_: [None for _ in iter(int, 1)];"
        f"picture.main('fit', 'x', {str(tmp_path)!r}, '360')"
    )
    done = subprocess.run([sys.executable, "-c", code_], check=False, capture_output=True)
    assert done.returncode in {-signal.SIGXCPU, -signal.SIGKILL}


async def test_windows_learn_when_the_thumbnails_are_there(
    ann: User, bob: User, general: Channel, sockets: Sockets
) -> None:
    client = await run_in_pool(Uploader, ann)

    def post() -> tuple[str, str]:
        file_id = client.uploaded(pictures.saved("PNG"), "x.png")
        _, message = client.post(general, [file_id], "look")
        return file_id, str(message["id"])

    reader = await sockets.open(bob)
    file_id, message_id = await run_in_pool(post)
    posted = await reader.next("message.posted")
    assert posted["message"]["files"][0]["state"] == "waiting"
    await run_in_pool(work)
    changed = await reader.next("file.changed")
    assert (changed["message_id"], changed["channel_id"]) == (message_id, str(general.pk))
    assert (changed["file"]["id"], changed["file"]["state"]) == (file_id, "ready")
    # Whoever comes later reads it in the log.
    later = await run_in_pool(
        client.json, "GET", f"channels/{general.pk}/events?after={posted['seq'] - 1}"
    )
    assert later[1]["results"][0]["message"]["files"][0]["state"] == "ready"


def test_making_thumbnails_twice_does_no_harm(ann: User) -> None:
    from chat.services import thumbnails

    client = Uploader(ann)
    file_id = client.uploaded(pictures.saved("PNG"))
    work()
    before = info(client, file_id)
    File.objects.filter(pk=file_id).update(state=File.State.WAITING)
    thumbnails.make.enqueue(int(file_id))
    thumbnails.make.enqueue(int(file_id))
    work()
    assert info(client, file_id) == before


# ── Avatars and emoji ───────────────────────────────────────────────────────────────────────


def test_a_person_has_a_picture_in_squares(ann: User, bob: User) -> None:
    client, other = Uploader(ann), Uploader(bob)
    assert client.json("GET", "users/me")[1]["avatar"] is None
    assert other.ask("GET", f"users/{ann.pk}/avatar").status_code == 404
    response = client.ask("PUT", "users/me/avatar", pictures.photo(1, "JPEG"))
    assert response.status_code == 200
    version = response.json()["avatar"]
    assert other.json("GET", f"users/{ann.pk}")[1]["avatar"] == version
    for asked, side in ((1, 40), (48, 40), (1000, 40)):
        given = other.ask("GET", f"users/{ann.pk}/avatar?size={asked}")
        assert opened(given).size == (side, side)
        assert given["Cache-Control"] == "private, no-cache"
        assert b"canary" not in given.getvalue()
    kept = other.ask("GET", f"users/{ann.pk}/avatar?size=48&v={version}")
    assert "immutable" in kept["Cache-Control"]
    response = client.ask("PUT", "users/me/avatar", pictures.saved("PNG", pictures.drawn(500, 300)))
    assert response.json()["avatar"] != version
    assert opened(other.ask("GET", f"users/{ann.pk}/avatar?size=100")).size == (256, 256)
    work()
    assert opened(other.ask("GET", f"users/{ann.pk}/avatar?size=48")).size == (48, 48)
    assert client.ask("DELETE", "users/me/avatar").json()["avatar"] is None
    assert other.ask("GET", f"users/{ann.pk}/avatar").status_code == 404


def test_who_cannot_be_seen_has_no_picture(ann: User, make_user: Any) -> None:
    from accounts.models import Role

    Uploader(ann).ask("PUT", "users/me/avatar", pictures.saved("PNG"))
    guest = make_user("guest", Role.GUEST)
    assert Uploader(guest).ask("GET", f"users/{ann.pk}/avatar").status_code == 404


@pytest.mark.parametrize("data", [b"", b"rubbish", pictures.bomb(), b"<svg/>"], ids=range(4))
def test_what_is_no_picture_is_nobodys_picture(ann: User, data: bytes) -> None:
    client = Uploader(ann)
    for method, path in (("PUT", "users/me/avatar"), ("POST", "emoji?name=bad")):
        response = client.ask(method, path, data)
        assert (response.status_code, code(response.json())) == (422, "not_a_picture")
    assert client.json("GET", "users/me")[1]["avatar"] is None


def test_a_picture_that_is_too_large_is_refused(ann: User) -> None:
    client = Uploader(ann)
    for method, path, size in (
        ("PUT", "users/me/avatar", 5 * 1024 * 1024),
        ("POST", "emoji?name=big", 256 * 1024),
    ):
        response = client.ask(method, path, b"x" * (size + 1))
        assert (response.status_code, code(response.json())) == (413, "file_too_large")


def test_people_add_emoji_and_take_them_away(ann: User, bob: User, make_user: Any) -> None:
    from accounts.models import Role

    client, other = Uploader(ann), Uploader(bob)
    response = client.ask("POST", "emoji?name=party_parrot", pictures.moving("GIF"))
    assert response.status_code == 201
    version = response.json()["version"]
    listed = other.json("GET", "emoji")[1]["results"]
    assert [(one["name"], one["version"]) for one in listed] == [("party_parrot", version)]
    image = other.ask("GET", f"emoji/party_parrot/image?v={version}")
    assert "immutable" in image["Cache-Control"]
    assert getattr(opened(image), "n_frames", 1) == 3
    again = other.ask("POST", "emoji?name=party_parrot", pictures.saved("PNG"))
    assert (again.status_code, code(again.json())) == (409, "name_taken")
    refused = other.ask("DELETE", "emoji/party_parrot")
    assert (refused.status_code, code(refused.json())) == (403, "forbidden")
    assert client.ask("DELETE", "emoji/party_parrot").status_code == 204
    assert other.ask("GET", "emoji/party_parrot/image").status_code == 404
    assert client.ask("DELETE", "emoji/party_parrot").status_code == 404
    still = client.ask("POST", "emoji?name=still", pictures.saved("PNG", pictures.drawn(400, 400)))
    assert still.status_code == 201
    assert opened(other.ask("GET", "emoji/still/image")).size == (128, 128)
    boss = Uploader(make_user("boss", Role.OWNER))
    assert boss.ask("DELETE", "emoji/still").status_code == 204
    guest = Uploader(make_user("guest", Role.GUEST))
    refused = guest.ask("POST", "emoji?name=mine", pictures.saved("PNG"))
    assert (refused.status_code, code(refused.json())) == (403, "forbidden")


def test_the_workspaces_own_emoji_stand_in_texts_and_under_messages(
    ann: User, bob: User, general: Channel
) -> None:
    client, other = Uploader(ann), Uploader(bob)
    made = client.ask("POST", "emoji?name=our_parrot", pictures.saved("PNG")).json()
    body = {"client_id": str(uuid.uuid4()), "text": "hello :our_parrot: and :nobodys:"}
    status, message = client.json("POST", f"channels/{general.pk}/messages", body)
    assert status == 201, message
    source = f'src="/api/v1/emoji/our_parrot/image?v={made["version"]}"'
    assert source in message["html"]
    assert message["html"].count("<img") == 1
    path = f"messages/{message['id']}/reactions"
    assert other.json("PUT", f"{path}/our_parrot")[0] == 200
    assert other.json("PUT", f"{path}/:our_parrot:")[0] == 200
    assert other.json("PUT", f"{path}/nobodys")[0] == 400
    given = [{"emoji": ":our_parrot:", "user_ids": [str(bob.pk)]}]
    assert client.json("GET", f"messages/{message['id']}")[1]["reactions"] == given
    # What was given can be taken away, also when the emoji is gone.
    client.ask("DELETE", "emoji/our_parrot")
    assert client.json("PUT", f"{path}/our_parrot")[0] == 400
    assert other.json("DELETE", f"{path}/our_parrot")[0] == 200
    assert client.json("GET", f"messages/{message['id']}")[1]["reactions"] == []


def test_nobody_takes_the_name_of_an_emoji_that_everybody_has(ann: User) -> None:
    response = Uploader(ann).ask("POST", "emoji?name=tada", pictures.saved("PNG"))
    assert (response.status_code, code(response.json())) == (409, "name_taken")


@pytest.mark.parametrize("name", ["", "a", "UPPER", "sp ace", "x" * 41, "a:b", "../x", "%0a"])
def test_an_emoji_has_a_plain_name(ann: User, name: str) -> None:
    from urllib.parse import quote

    response = Uploader(ann).ask("POST", f"emoji?name={quote(name)}", pictures.saved("PNG"))
    assert (response.status_code, code(response.json())) == (400, "invalid")
