"""People's pictures."""

import secrets
import tempfile
from typing import IO

from django.db import transaction

from accounts.models import User
from chat import exceptions, policies
from chat.services import people, strays
from files import pictures, storage
from protocol.limits import AVATAR_MAX_BYTES


def change(*, by: int, content: IO[bytes], size: int) -> User:
    """Give oneself another picture, cut to squares.

    Raises:
        Forbidden, FileTooLarge, NotAPicture, StorageFailure.
    """
    policies.require_active(user_id=by)
    if size > AVATAR_MAX_BYTES:
        raise exceptions.FileTooLarge(
            f"A picture of a person has at most {AVATAR_MAX_BYTES} bytes."
        )
    version = secrets.token_hex(12)
    keep_smaller(
        content,
        mode="square",
        keys={size: strays.avatar_key(version, size) for size in pictures.AVATAR_SIZES},
    )
    return _set(user_id=by, version=version)


def remove(*, by: int) -> User:
    """Take one's picture away.

    Raises:
        Forbidden.
    """
    policies.require_active(user_id=by)
    return _set(user_id=by, version="")


def keep_smaller(content: IO[bytes], *, mode: pictures.Mode, keys: dict[int, str]) -> int:
    """Keep smaller pictures of a picture, and return the bytes of the largest.

    Raises:
        NotAPicture, StorageFailure.
    """
    strays.watch(keys.values())
    try:
        with (
            tempfile.TemporaryFile(prefix="parley-picture-") as source,
        ):
            while chunk := content.read(256 * 1024):
                source.write(chunk)
            with pictures.smaller(source, mode=mode, sizes=list(keys)) as found:
                for one in found.made:
                    with found.open(one.size) as picture:
                        storage.save(keys[one.size], picture)
                return max(one.bytes for one in found.made)
    except pictures.CannotBeShown as error:
        raise exceptions.NotAPicture from error


@transaction.atomic
def _set(*, user_id: int, version: str) -> User:
    user = User.objects.select_for_update().get(pk=user_id)
    if user.avatar:
        strays.drop([strays.avatar_key(user.avatar, size) for size in pictures.AVATAR_SIZES])
    user.avatar = version
    user.save(update_fields=["avatar"])
    people.tell(user)
    return user
