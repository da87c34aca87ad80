"""Everything that a workspace is, in one file, and back again.

The database is copied as it is at one moment while people go on; what hangs on messages afterwards:
files never change, and none is deleted that a message of this moment has. Redis needs no backup.
"""

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connection, connections

from audit.actions import Action
from audit.recording import Thing, record
from realtime import log

FORMAT: Final = 1
_MANIFEST: Final = "manifest.json"
_DATABASE: Final = "database"
_FILES: Final = "files"
_SECRET_KEY: Final = "secret_key"  # noqa: S105 - the name of a file


class BackupError(Exception):
    """A backup cannot be written or read. Says why in one sentence."""


def write(target: Path) -> int:
    """Write a backup. Return its size in bytes. Only the owner of the file can read it.

    Raises:
        BackupError.
    """
    partial = target.with_name(f".{target.name}.partial")
    manifest = {
        "format": FORMAT,
        "database": connection.vendor,
        "epoch": log.epoch(),
        "written_at": datetime.now(tz=UTC).isoformat(),
        "has_files": files_folder() is not None,
    }
    try:
        with _folder(target.parent) as folder:
            copy = folder / _DATABASE
            _copy_database(copy)
            (folder / _MANIFEST).write_text(json.dumps(manifest, indent=2))
            descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with (
                os.fdopen(descriptor, "wb") as stream,
                tarfile.open(fileobj=stream, mode="w:gz", compresslevel=3) as archive,
            ):
                archive.add(folder / _MANIFEST, arcname=_MANIFEST)
                archive.add(copy, arcname=_DATABASE)
                for name, path in _beside_the_database():
                    archive.add(path, arcname=name)
            partial.replace(target)
    except OSError as error:
        raise BackupError(f"{target} cannot be written: {error.strerror}.") from error
    finally:
        partial.unlink(missing_ok=True)
    size = target.stat().st_size
    record(Action.BACKED_UP, by=None, target=Thing("backup", target.name), after={"bytes": size})
    return size


def read(source: Path, *, is_replacing: bool) -> dict[str, Any]:
    """Bring back a backup, under a new epoch: every client loads everything anew.

    Args:
        is_replacing: whether what is in the database now may go.

    Raises:
        BackupError: also when there is somebody in the database and it may not be replaced.
    """
    try:
        with tarfile.open(source, mode="r:gz") as archive, _folder(settings.DATA_DIR) as folder:
            archive.extractall(folder, filter="data")
            manifest = _manifest(folder)
            if not is_replacing and _is_lived_in():
                raise BackupError(
                    "There are people in this database. With --replace they go, and all else."
                )
            _bring_back(folder)
    except (OSError, EOFError, zlib.error, tarfile.TarError) as error:
        raise BackupError(f"{source} is no backup that can be read.") from error
    log.renew_epoch(log.epoch())
    return manifest


def note_restored(source: Path, manifest: dict[str, Any]) -> None:
    """Write into the audit log that came with the backup that it was restored.

    An older backup has no such log until its schema is brought up to date.
    """
    record(
        Action.RESTORED,
        by=None,
        target=Thing("backup", source.name),
        after={"written_at": manifest["written_at"]},
    )


def files_folder() -> Path | None:
    """Return the folder with people's files; None when they are in a bucket."""
    storages: dict[str, Any] = settings.STORAGES
    location = storages.get("files", {}).get("OPTIONS", {}).get("location")
    return Path(location) if location else None


def _bring_back(folder: Path) -> None:
    _restore_database(folder / _DATABASE)
    target = files_folder()
    if target is not None and (folder / _FILES).is_dir():
        shutil.copytree(folder / _FILES, target, dirs_exist_ok=True)
    if (folder / _SECRET_KEY).is_file():
        kept = settings.DATA_DIR / _SECRET_KEY
        shutil.copyfile(folder / _SECRET_KEY, kept)
        kept.chmod(0o600)


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / _MANIFEST).read_text())
    except (OSError, ValueError) as error:
        raise BackupError("This archive is no backup of Parley.") from error
    if manifest.get("format") != FORMAT:
        raise BackupError("This backup is of another version of Parley.")
    if manifest["database"] != connection.vendor:
        raise BackupError(
            f"This is a backup of {manifest['database']}; DATABASE_URL names {connection.vendor}."
        )
    return manifest


def _beside_the_database() -> Iterator[tuple[str, Path]]:
    # Without the key nobody's second factor counts any more.
    if (settings.DATA_DIR / _SECRET_KEY).is_file():
        yield _SECRET_KEY, settings.DATA_DIR / _SECRET_KEY
    folder = files_folder()
    if folder is not None and folder.is_dir():
        yield _FILES, folder


def _is_lived_in() -> bool:
    if "accounts_user" not in connection.introspection.table_names():
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM accounts_user LIMIT 1")
        return cursor.fetchone() is not None


def _copy_database(target: Path) -> None:
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with contextlib.closing(sqlite3.connect(target)) as copy:
            connection.connection.backup(copy)
        return
    _run("pg_dump", "--format=custom", "--no-owner", f"--file={target}", *_postgres_arguments())


def _restore_database(source: Path) -> None:
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with contextlib.closing(sqlite3.connect(source)) as backup:
            # Over SQLite itself, so that a process that runs sees the old or the new, and no half.
            backup.backup(connection.connection)
        return
    connections.close_all()
    _run(
        "pg_restore",
        "--clean",
        "--if-exists",
        "--no-owner",
        "--single-transaction",
        *_postgres_arguments(),
        str(source),
    )


def _postgres_arguments() -> list[str]:
    given = connection.settings_dict
    named = {"--host": "HOST", "--port": "PORT", "--username": "USER", "--dbname": "NAME"}
    return [f"{option}={given[key]}" for option, key in named.items() if given.get(key)]


def _run(program: str, *arguments: str) -> None:
    path = shutil.which(program)
    if path is None:
        raise BackupError(f"{program} is not installed. It comes with PostgreSQL's client.")
    password = connection.settings_dict.get("PASSWORD")
    done = subprocess.run(  # noqa: S603 - our own words and the settings'
        [path, "--no-password", *arguments],
        env={**os.environ, **({"PGPASSWORD": str(password)} if password else {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = done.stderr.strip().splitlines() or [""]
        raise BackupError(f"{program} ended with {done.returncode}: {said[-1]}")


@contextlib.contextmanager
def _folder(parent: Path) -> Iterator[Path]:
    # Beside the target: there is room for it there, and nobody else reads it.
    parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=parent, prefix=".parley-") as folder:
        yield Path(folder)
