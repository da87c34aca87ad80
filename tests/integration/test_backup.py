"""A backup holds everything of one moment, and brings it back."""

import io
import tarfile
import uuid
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from accounts.models import User
from chat.models import Channel, Message
from chat.services import messages
from realtime import log


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_programs: None) -> Path:
    folder = tmp_path / "data"
    (folder / "files" / "ab").mkdir(parents=True)
    (folder / "files" / "ab" / "picture").write_bytes(b"picture")
    (folder / "secret_key").write_text("the key of then")
    monkeypatch.setattr(settings, "DATA_DIR", folder)
    files = {"OPTIONS": {"location": str(folder / "files")}}
    monkeypatch.setattr(settings, "STORAGES", {**settings.STORAGES, "files": files})
    return folder


def say(author: User, channel: Channel, text: str) -> Message:
    return messages.post(
        author_id=author.pk, channel_id=channel.pk, client_id=uuid.uuid4(), text=text
    ).message


def test_what_was_there_comes_back_and_what_came_later_is_gone(
    ann: User, general: Channel, data: Path, tmp_path: Path
) -> None:
    backup = tmp_path / "backup.tar.gz"
    kept = say(ann, general, "kept")
    epoch = log.epoch()
    call_command("backup", str(backup), stdout=io.StringIO())
    say(ann, general, "said after it")
    messages.delete(by=ann.pk, message_id=kept.pk)
    (data / "files" / "ab" / "picture").unlink()
    (data / "secret_key").write_text("the key of now")

    call_command("restore", str(backup), "--replace", stdout=io.StringIO())

    assert list(Message.objects.values_list("text", flat=True)) == ["kept"]
    assert (data / "files" / "ab" / "picture").read_bytes() == b"picture"
    assert (data / "secret_key").read_text() == "the key of then"
    assert log.epoch() != epoch


def test_nobody_but_the_owner_reads_a_backup(ann: User, data: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup.tar.gz"
    call_command("backup", str(backup), stdout=io.StringIO())
    assert backup.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir() if path != data] == ["backup.tar.gz"]


def test_people_are_not_replaced_by_mistake(
    ann: User, general: Channel, data: Path, tmp_path: Path
) -> None:
    backup = tmp_path / "backup.tar.gz"
    call_command("backup", str(backup), stdout=io.StringIO())
    say(ann, general, "still here")
    with pytest.raises(CommandError, match="--replace"):
        call_command("restore", str(backup))
    assert Message.objects.count() == 1


@pytest.mark.parametrize("what", ["nothing", "noise", "another archive"])
def test_what_is_no_backup_is_refused_in_a_sentence(
    ann: User, data: Path, tmp_path: Path, what: str
) -> None:
    path = tmp_path / "given"
    if what == "noise":
        path.write_bytes(b"\x1f\x8bnoise")
    if what == "another archive":
        with tarfile.open(path, "w:gz") as archive:
            archive.add(data / "secret_key", arcname="secret_key")
    with pytest.raises(CommandError, match="backup"):
        call_command("restore", str(path), "--replace")
    assert User.objects.filter(pk=ann.pk).exists()
