"""Where bytes lie: a folder, a bucket, and what happens when either fails. And what is swept."""

import resource
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import storages
from django.utils import timezone
from moto.server import ThreadedMotoServer

from accounts.models import User
from chat.models import Channel
from chat.services import sweeping
from chatproject import env
from files import storage
from files.failures import Missing
from files.models import File, Piece, Upload
from tests.integration.uploading import TUS, Uploader, code, work
from tests.unit import pictures

DATA = bytes(range(256)) * 4096


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """A server that speaks S3, with a bucket in it."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    client = boto3.client(
        "s3",
        endpoint_url=f"http://{host}:{port}",
        aws_access_key_id="key",
        aws_secret_access_key="secret/+",
        region_name="us-east-1",
    )
    client.create_bucket(Bucket="files")
    client.close()
    yield f"s3://key:secret%2F%2B@{host}:{port}/files?tls=off&region=us-east-1"
    server.stop()


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Use the storage that `FILES_URL` would name."""

    def choose(url: str) -> None:
        monkeypatch.setenv("FILES_URL", url)
        configured = {**settings.STORAGES, "files": env.files_storage(settings.DATA_DIR)}
        monkeypatch.setattr(settings, "STORAGES", configured)
        forget()

    def forget() -> None:
        # Django's handler reads the settings once.
        handler: Any = storages
        handler.__dict__.pop("backends", None)
        handler._backends = None
        handler._storages.clear()

    yield choose
    monkeypatch.undo()
    forget()


@pytest.fixture(params=["folder", "bucket"])
def anywhere(request: pytest.FixtureRequest, use: Any, tmp_path: Path) -> None:
    use(request.getfixturevalue("s3") if request.param == "bucket" else f"file://{tmp_path}/files")


@pytest.mark.usefixtures("anywhere")
def test_files_come_and_go_the_same_way_wherever_they_lie(
    ann: User, bob: User, general: Channel
) -> None:
    client = Uploader(ann)
    file_id = client.uploaded(DATA)
    assert client.bytes_of(file_id) == DATA
    ranged = client.get(file_id, Range="bytes=1000-1999")
    assert (ranged.status_code, ranged.getvalue()) == (206, DATA[1000:2000])
    empty = client.uploaded(b"")
    assert client.bytes_of(empty) == b""
    upload = client.begin(len(DATA))
    client.append(upload, 0, DATA[:100_000])
    done = client.append(upload, 100_000, DATA[100_000:])
    assert client.bytes_of(done["Upload-File-Id"]) == DATA
    picture = client.uploaded(pictures.saved("PNG"))
    work()
    assert client.ask("GET", f"files/{picture}/thumbnail/360").status_code == 200
    client.ask("PUT", "users/me/avatar", pictures.saved("PNG"))
    assert client.ask("GET", f"users/{ann.pk}/avatar").status_code == 200
    _, message = client.post(general, [picture])
    assert Uploader(bob).get(picture).status_code == 200
    row = File.objects.get(pk=picture)
    client.json("DELETE", f"messages/{message['id']}")
    work()
    for key in (row.key, row.thumbnail_key(360), row.thumbnail_key(1280)):
        with pytest.raises(Missing):
            storage.read(key, length=10)
    storage.delete(row.key)


@pytest.mark.usefixtures("anywhere")
def test_bytes_that_are_gone_are_not_found(ann: User) -> None:
    client = Uploader(ann)
    file_id = client.uploaded(DATA)
    storage.delete(File.objects.get(pk=file_id).key)
    response = client.get(file_id)
    assert (response.status_code, code(response.json())) == (404, "not_found")


def test_a_file_lies_under_a_name_that_says_nothing(ann: User, use: Any, tmp_path: Path) -> None:
    use(f"file://{tmp_path}/files")
    Uploader(ann).uploaded(b"x", "../../../canary\u202e.html")
    (kept,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert "canary" not in str(kept)
    assert not kept.suffix
    assert kept.stat().st_mode & 0o077 == 0


def test_a_bucket_that_is_away_is_said_so_and_the_chat_goes_on(
    ann: User, general: Channel, use: Any
) -> None:
    client = Uploader(ann)
    file_id = client.uploaded(b"x")
    use("s3://key:secret@127.0.0.1:1/files?tls=off&region=us-east-1")
    for response in (
        client.ask("POST", "files?name=x", b"y"),
        client.get(file_id),
        client.ask("PUT", "users/me/avatar", pictures.saved("PNG")),
    ):
        assert (response.status_code, code(response.json())) == (503, "storage_unavailable")
    assert client.post(general, [], "still here")[0] == 201


def test_a_full_disk_is_said_so_and_the_chat_goes_on(
    ann: User, general: Channel, use: Any, tmp_path: Path
) -> None:
    use(f"file://{tmp_path}/files")
    client = Uploader(ann)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    import signal

    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (512 * 1024, before[1]))
    try:
        response = client.ask("POST", "files?name=x", DATA)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    assert (response.status_code, code(response.json())) == (507, "storage_full")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert not File.objects.exists()
    assert client.post(general, [], "still here")[0] == 201
    assert client.upload(DATA)[0] == 201


def test_a_folder_that_cannot_be_written_to_is_said_so(ann: User, use: Any, tmp_path: Path) -> None:
    # A file where the folder should be: root may write to any folder.
    (tmp_path / "files").touch()
    use(f"file://{tmp_path}/files")
    response = Uploader(ann).ask("POST", "files?name=x", b"x")
    assert (response.status_code, code(response.json())) == (503, "storage_unavailable")


@pytest.mark.parametrize(
    "url",
    ["s3://", "s3://host", "s3://host/a/b", "ftp://x/y", "s3://h/b?x=1", "s3://h:99999/b", "b"],
)
def test_a_wrong_address_is_one_clear_sentence(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILES_URL", url)
    with pytest.raises(ImproperlyConfigured, match="FILES_URL"):
        env.files_storage(Path("x"))


# ── Sweeping ────────────────────────────────────────────────────────────────────────────────


def sweep() -> None:
    sweeping.sweep.enqueue()
    work()


def test_what_nobody_attached_goes_after_a_day(ann: User, general: Channel) -> None:
    client = Uploader(ann)
    old, young, attached = (client.uploaded(b"x") for _ in range(3))
    client.post(general, [attached])
    day_ago = timezone.now() - timedelta(hours=24, seconds=1)
    File.objects.filter(pk__in=[old, attached]).update(created_at=day_ago)
    key = File.objects.get(pk=old).key
    sweep()
    assert sorted(File.objects.values_list("pk", flat=True)) == [int(young), int(attached)]
    with pytest.raises(Missing):
        storage.read(key, length=1)
    assert client.bytes_of(attached) == b"x"


def test_an_upload_that_was_left_goes_after_a_day(ann: User) -> None:
    client = Uploader(ann)
    old, young = client.begin(100), client.begin(100)
    for upload in (old, young):
        client.append(upload, 0, b"x" * 50)
    Upload.objects.filter(pk=old).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.append(old, 50, b"x").status_code == 404
    key = Piece.objects.get(upload=old).key
    sweep()
    assert list(Upload.objects.values_list("pk", flat=True)) == [young]
    with pytest.raises(Missing):
        storage.read(key, length=1)
    assert client.ask("HEAD", f"uploads/{young}", **TUS).status_code == 200


def test_a_file_whose_bytes_cannot_be_deleted_is_swept_later(
    ann: User, general: Channel, use: Any
) -> None:
    client = Uploader(ann)
    file_id = client.uploaded(b"x")
    _, message = client.post(general, [file_id])
    client.json("DELETE", f"messages/{message['id']}")
    use("s3://key:secret@127.0.0.1:1/files?tls=off&region=us-east-1")
    work()
    assert File.objects.filter(pk=file_id).exists()
    assert client.get(file_id).status_code == 404
    use("")
    sweep()
    assert not File.objects.filter(pk=file_id).exists()
