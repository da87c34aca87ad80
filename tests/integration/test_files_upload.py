"""Bringing in files: at once, piece by piece, within limits."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.middleware.csrf import CSRF_SECRET_LENGTH, CSRF_SESSION_KEY
from django.test import Client
from django.utils import timezone

from accounts.models import User
from chat.exceptions import NotFound
from chat.models import Channel
from chat.services import files
from files.models import File, Piece, Upload
from protocol.limits import UPLOAD_PIECE_MAX_BYTES
from tests.integration.conftest import Api
from tests.integration.uploading import PIECE, TUS, Uploader, code, work

DATA = bytes(range(256)) * 4096


def test_a_file_comes_back_as_it_went(ann: User) -> None:
    client = Uploader(ann)
    status, answer = client.upload(DATA, "näme.bin")
    assert status == 201
    assert answer["name"] == "näme.bin"
    assert (answer["size"], answer["content_type"]) == (len(DATA), "application/octet-stream")
    assert (answer["state"], answer["is_inline"], answer["thumbnails"]) == ("plain", False, [])
    assert client.bytes_of(answer["id"]) == DATA
    assert client.json("GET", f"files/{answer['id']}?info=1")[1] == answer


def test_a_form_is_taken_as_well(ann: User) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from accounts import tokens

    _, secret = tokens.issue(user_id=ann.pk, name="test", expires_at=None)
    response = Client().post(
        "/api/v1/files",
        {"file": SimpleUploadedFile("../x.txt", DATA)},
        headers={"Authorization": f"Bearer {secret}"},
    )
    assert response.status_code == 201
    assert response.json()["name"] == "x.txt"
    assert Uploader(ann).bytes_of(response.json()["id"]) == DATA


def test_a_form_without_a_file_is_refused(ann: User) -> None:
    response = Uploader(ann).ask(
        "POST", "files", b"--x--\r\n", kind="multipart/form-data; boundary=x"
    )
    assert (response.status_code, code(response.json())) == (400, "invalid")
    response = Uploader(ann).ask("POST", "files", b"rubbish", kind="multipart/form-data")
    assert (response.status_code, code(response.json())) == (400, "invalid")


def test_a_browser_needs_its_csrf_token(ann: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ann)
    for method, path, kind in (
        ("POST", "files", "application/octet-stream"),
        ("POST", "uploads", "application/octet-stream"),
        ("PATCH", f"uploads/{'u' * 24}", PIECE),
        ("PUT", "users/me/avatar", "application/octet-stream"),
        ("POST", "emoji?name=ab", "application/octet-stream"),
    ):
        response = client.generic(method, f"/api/v1/{path}", b"x", content_type=kind)
        assert (response.status_code, code(response.json())) == (403, "csrf_failed")
    assert not File.objects.exists()


def test_a_browser_brings_in_a_file_whole(ann: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ann)
    session = client.session
    session[CSRF_SESSION_KEY] = "c" * CSRF_SECRET_LENGTH
    session.save()
    response = client.generic(
        "POST",
        "/api/v1/files?name=tide.bin",
        DATA,
        content_type="application/octet-stream",
        headers={"X-CSRFToken": "c" * CSRF_SECRET_LENGTH},
    )
    assert response.status_code == 201
    assert Uploader(ann).bytes_of(response.json()["id"]) == DATA


def test_an_empty_file_is_a_file(ann: User) -> None:
    client = Uploader(ann)
    assert client.bytes_of(client.uploaded(b"", "empty.txt")) == b""
    upload = client.begin(0)
    file = client.json("GET", f"uploads/{upload}")[1]["file"]
    assert client.bytes_of(file["id"]) == b""


def test_a_file_that_is_too_large_is_refused(ann: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "FILE_MAX_BYTES", 1000)
    client = Uploader(ann)
    status, answer = client.upload(b"x" * 1001)
    assert (status, code(answer)) == (413, "file_too_large")
    response = client.ask("POST", "uploads", **TUS, Upload_Length="1001")
    assert (response.status_code, code(response.json())) == (413, "file_too_large")
    assert client.upload(b"x" * 1000)[0] == 201


def test_a_person_has_so_much_for_a_day(
    ann: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "FILES_DAY_MAX_BYTES", 1000)
    client = Uploader(ann)
    first = client.uploaded(b"x" * 600)
    status, answer = client.upload(b"x" * 600)
    assert (status, code(answer)) == (403, "quota_exceeded")
    assert Uploader(bob).upload(b"x" * 600)[0] == 201
    File.objects.filter(pk=first).update(created_at=timezone.now() - timedelta(days=1, seconds=1))
    assert client.upload(b"x" * 600)[0] == 201


def test_two_uploads_cannot_both_take_the_last_room(
    ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "FILES_DAY_MAX_BYTES", 1000)
    client = Uploader(ann)
    one, two = client.begin(600), client.begin(600)
    assert client.append(one, 0, b"x" * 600).status_code == 204
    refused = client.append(two, 0, b"x" * 600)
    assert (refused.status_code, code(refused.json())) == (403, "quota_exceeded")


def test_the_workspace_has_so_much_room(
    ann: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "FILES_TOTAL_MAX_BYTES", 1000)
    Uploader(ann).uploaded(b"x" * 600)
    status, answer = Uploader(bob).upload(b"x" * 600)
    assert (status, code(answer)) == (403, "quota_exceeded")


def test_a_large_file_comes_in_pieces(ann: User) -> None:
    client = Uploader(ann)
    data = DATA * 3
    upload = client.begin(len(data), "large.bin")
    step = 1_000_000
    for offset in range(0, len(data), step):
        response = client.append(upload, offset, data[offset : offset + step])
        assert response.status_code == 204
        assert response["Upload-Offset"] == str(min(len(data), offset + step))
    file_id = response["Upload-File-Id"]
    assert client.bytes_of(file_id) == data
    assert File.objects.get(pk=file_id).digest == hashlib.sha256(data).hexdigest()
    assert not Piece.objects.exists()


def test_after_a_break_one_asks_where_to_go_on(ann: User) -> None:
    client = Uploader(ann)
    upload = client.begin(len(DATA))
    client.append(upload, 0, DATA[:1000])
    # What was on its way when the line broke is sent once more, from where the server says.
    response = client.ask("HEAD", f"uploads/{upload}", **TUS)
    assert (response.status_code, response["Upload-Length"]) == (200, str(len(DATA)))
    offset = int(response["Upload-Offset"])
    assert offset == 1000
    assert client.append(upload, offset, DATA[offset:]).status_code == 204
    file = client.json("GET", f"uploads/{upload}")[1]["file"]
    assert client.bytes_of(file["id"]) == DATA


def test_a_piece_in_the_wrong_place_changes_nothing(ann: User) -> None:
    client = Uploader(ann)
    upload = client.begin(2000)
    client.append(upload, 0, b"x" * 1000)
    for offset in (0, 500, 1500):
        response = client.append(upload, offset, b"y" * 100)
        assert (response.status_code, code(response.json())) == (409, "offset_mismatch")
    response = client.append(upload, 1000, b"y" * 1001)
    assert (response.status_code, code(response.json())) == (400, "invalid")
    assert Upload.objects.get(pk=upload).offset == 1000


def test_an_upload_that_could_not_be_finished_is_finished_by_asking_again(
    ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Uploader(ann)
    upload = client.begin(1000)
    with monkeypatch.context() as patch:
        patch.setattr(settings, "FILES_DAY_MAX_BYTES", 10)
        assert client.append(upload, 0, b"x" * 1000).status_code == 403
    assert client.ask("HEAD", f"uploads/{upload}", **TUS)["Upload-Offset"] == "1000"
    response = client.append(upload, 1000, b"")
    assert response.status_code == 204
    assert client.bytes_of(response["Upload-File-Id"]) == b"x" * 1000


def test_a_piece_has_a_largest_size(ann: User) -> None:
    client = Uploader(ann)
    upload = client.begin(UPLOAD_PIECE_MAX_BYTES + 1)
    response = client.append(upload, 0, b"x" * (UPLOAD_PIECE_MAX_BYTES + 1))
    assert (response.status_code, code(response.json())) == (413, "file_too_large")


def test_somebody_elses_upload_does_not_exist(ann: User, bob: User) -> None:
    upload = Uploader(ann).begin(1000)
    stranger = Uploader(bob)
    assert stranger.append(upload, 0, b"x").status_code == 404
    assert stranger.ask("HEAD", f"uploads/{upload}", **TUS).status_code == 404
    assert stranger.ask("DELETE", f"uploads/{upload}", **TUS).status_code == 404
    assert stranger.json("GET", f"uploads/{upload}")[0] == 404
    assert Upload.objects.get(pk=upload).offset == 0


def test_an_upload_can_be_given_up(ann: User) -> None:
    client = Uploader(ann)
    upload = client.begin(1000)
    client.append(upload, 0, b"x" * 500)
    assert client.ask("DELETE", f"uploads/{upload}", **TUS).status_code == 204
    assert client.append(upload, 500, b"x").status_code == 404
    assert not Piece.objects.exists()


def test_an_upload_that_is_given_up_while_it_is_finished_leaves_no_file(ann: User) -> None:
    client = Uploader(ann)
    upload = client.begin(1000)
    begun = Upload.objects.get(pk=upload)
    assert client.ask("DELETE", f"uploads/{upload}", **TUS).status_code == 204
    with pytest.raises(NotFound):
        files._finish(begun)
    assert not File.objects.exists()


def test_what_is_spoken_can_be_asked_for_and_nothing_else_is(ann: User) -> None:
    client = Uploader(ann)
    response = client.ask("OPTIONS", "uploads")
    assert response.status_code == 204
    assert response["Tus-Version"] == "1.0.0"
    assert "creation" in response["Tus-Extension"]
    assert response["Tus-Max-Size"] == str(settings.FILE_MAX_BYTES)
    refused = client.ask("POST", "uploads", Upload_Length="1", Tus_Resumable="0.2.2")
    assert (refused.status_code, code(refused.json())) == (412, "version_mismatch")
    assert refused["Tus-Version"] == "1.0.0"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Upload_Length": "-1"},
        {"Upload_Length": "many"},
        {"Upload_Length": "1" * 40},
        {"Upload_Length": "\u0661"},
        {"Upload_Length": "1", "Upload_Metadata": "filename !!!"},
        {"Upload_Length": "1", "Upload_Metadata": "filename /w=="},
    ],
    ids=range(7),
)
def test_a_bad_beginning_is_refused(ann: User, headers: dict[str, Any]) -> None:
    response = Uploader(ann).ask("POST", "uploads", **TUS, **headers)
    assert (response.status_code, code(response.json())) == (400, "invalid")
    assert not Upload.objects.exists()


def test_a_piece_says_what_it_is(ann: User) -> None:
    client = Uploader(ann)
    upload = client.begin(10)
    response = client.ask("PATCH", f"uploads/{upload}", b"x", **TUS, Upload_Offset="0")
    assert (response.status_code, code(response.json())) == (400, "invalid")


def test_so_many_uploads_at_once_and_no_more(ann: User) -> None:
    client = Uploader(ann)
    for _ in range(20):
        client.begin(10)
    response = client.ask("POST", "uploads", **TUS, Upload_Length="10")
    assert (response.status_code, code(response.json())) == (409, "limit_reached")


def test_files_hang_on_a_message_in_order(ann: User, bob: User, general: Channel) -> None:
    client = Uploader(ann)
    ids = [client.uploaded(f"{number}".encode(), f"{number}.txt") for number in range(3)]
    ids.reverse()
    status, message = client.post(general, ids)
    assert status == 201
    assert message["text"] == ""
    assert [file["id"] for file in message["files"]] == ids
    path = f"channels/{general.pk}"
    _, page = Uploader(bob).json("GET", f"{path}/messages")
    assert [file["id"] for file in page["results"][-1]["files"]] == ids
    _, log = Uploader(bob).json("GET", f"{path}/events")
    assert [file["id"] for file in log["results"][-1]["message"]["files"]] == ids


def test_a_message_says_something_or_shows_something(ann: User, general: Channel) -> None:
    client = Uploader(ann)
    for text in ("", "  \n"):
        status, answer = client.post(general, [], text)
        assert (status, code(answer)) == (400, "invalid")
        assert "text" in answer["error"]["fields"]
    status, message = client.post(general, [client.uploaded(b"x")])
    edited, answer = client.json("PATCH", f"messages/{message['id']}", {"text": "a word"})
    assert (edited, len(answer["files"])) == (200, 1)
    edited, answer = client.json("PATCH", f"messages/{message['id']}", {"text": ""})
    assert (edited, len(answer["files"])) == (200, 1)
    _, plain = client.post(general, [], "words")
    status, answer = client.json("PATCH", f"messages/{plain['id']}", {"text": ""})
    assert (status, code(answer)) == (400, "invalid")


def test_a_file_hangs_on_one_message_and_is_ones_own(
    ann: User, bob: User, general: Channel
) -> None:
    client = Uploader(ann)
    file_id = client.uploaded(b"x")
    status, answer = Uploader(bob).post(general, [file_id])
    assert (status, code(answer)) == (404, "not_found")
    status, answer = client.post(general, ["999999"])
    assert (status, code(answer)) == (404, "not_found")
    status, answer = client.post(general, [file_id, file_id])
    assert (status, code(answer)) == (400, "invalid")
    assert client.post(general, [file_id])[0] == 201
    status, answer = client.post(general, [file_id])
    assert (status, code(answer)) == (409, "file_in_use")
    status, answer = client.post(general, [str(number) for number in range(1, 12)])
    assert (status, code(answer)) == (400, "invalid")


def test_a_resend_with_files_is_the_same_message(ann: User, general: Channel) -> None:
    client = Api(ann)
    file_id = Uploader(ann).uploaded(b"x")
    body = {
        "client_id": "0191d7a2-6f0e-7c3b-9f53-2f6d1c5a7b10",
        "text": "",
        "file_ids": [file_id],
    }
    first = client("POST", f"channels/{general.pk}/messages", body)
    second = client("POST", f"channels/{general.pk}/messages", body)
    assert (first[0], second[0]) == (201, 200)
    assert [one["id"] for one in second[1]["files"]] == [file_id]


def test_what_a_killed_process_left_in_the_storage_is_taken_away(ann: User) -> None:
    from files import storage
    from files.failures import Missing

    client = Uploader(ann)
    kept, lost = client.uploaded(b"kept"), client.uploaded(b"lost")
    stray = File.objects.get(pk=lost)
    # As if the process had been killed before the row was written.
    key = stray.key
    stray.delete()
    from django_tasks_db.models import DBTaskResult

    DBTaskResult.objects.update(run_after=timezone.now())
    assert work() > 0
    with pytest.raises(Missing):
        storage.read(key, length=4)
    assert client.bytes_of(kept) == b"kept"


def test_a_file_on_a_message_is_found_by_its_name(ann: User, general: Channel) -> None:
    client = Uploader(ann)
    _, message = client.post(general, [client.uploaded(b"x", "quarterly-figures.txt")])
    for words in ("figures", "has:file"):
        status, found = client.json("GET", f"search?q={words}")
        assert status == 200, found
        assert message["id"] in str(found)
