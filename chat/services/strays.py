"""Bytes that belong to nothing. They are looked for before they can come to be.

Bytes go into the storage before the row that names them is committed: the other way round, a row
could name what is not there. So a look at them is put down first; should the process die in
between, it finds them and takes them away.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from django.utils import timezone

from accounts.models import User
from chat.models import CustomEmoji
from files import storage
from files.models import File, Piece
from work.declaring import task

GRACE: Final = timedelta(hours=1)
AVATARS: Final = "avatars"
EMOJI: Final = "emoji"


def avatar_key(version: str, size: int) -> str:
    return f"{AVATARS}/{version}-{size}.webp"


def emoji_key(version: str) -> str:
    return f"{EMOJI}/{version}.webp"


def watch(keys: Iterable[str]) -> None:
    """Have objects that nothing names after an hour deleted. Call it before they are made."""
    delete_if_stray.using(run_after=timezone.now() + GRACE).enqueue(list(keys))


def drop(keys: Iterable[str]) -> None:
    """Have objects deleted, after the commit of what made them superfluous."""
    delete.enqueue(list(keys))


@task()
def delete(keys: list[str]) -> None:
    """Delete objects. Those that are gone already do not matter."""
    for key in keys:
        storage.delete(key)


@task()
def delete_if_stray(keys: list[str]) -> None:
    """Delete those objects that nothing names."""
    for key in keys:
        if not _is_named(key):
            storage.delete(key)


def _is_named(key: str) -> bool:
    folder, _, name = key.partition("/")
    version = name.removesuffix(".webp")
    if folder == AVATARS:
        return User.objects.filter(avatar=version.rpartition("-")[0]).exists()
    if folder == EMOJI:
        return CustomEmoji.objects.filter(version=version).exists()
    return File.objects.filter(key=key).exists() or Piece.objects.filter(key=key).exists()
