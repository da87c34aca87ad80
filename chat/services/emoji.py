"""The workspace's own emoji."""

import secrets
from typing import IO, Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.actions import Action
from audit.recording import record
from chat import emoji, exceptions, policies
from chat.models import CustomEmoji
from chat.services import avatars, strays
from files import pictures
from protocol.limits import EMOJI_MAX_BYTES

EMOJI_MAX: Final = 2_000
"""Emoji of one workspace."""


def add(*, by: int, name: str, content: IO[bytes], size: int) -> CustomEmoji:
    """Make a picture an emoji of this workspace.

    Raises:
        Forbidden, FileTooLarge, LimitReached, NameTaken, NotAPicture, StorageFailure.
    """
    asker = policies.require_active(user_id=by)
    policies.require_can_add_emoji(asker=asker)
    if size > EMOJI_MAX_BYTES:
        raise exceptions.FileTooLarge(
            f"The picture of an emoji has at most {EMOJI_MAX_BYTES} bytes."
        )
    if emoji.standard(name) is not None or CustomEmoji.objects.filter(name=name).exists():
        raise exceptions.NameTaken
    if CustomEmoji.objects.count() >= EMOJI_MAX:
        raise exceptions.LimitReached
    version = secrets.token_hex(12)
    kept = avatars.keep_smaller(
        content, mode="emoji", keys={pictures.EMOJI_SIZE: strays.emoji_key(version)}
    )
    try:
        with transaction.atomic():
            return CustomEmoji.objects.create(
                name=name, version=version, size=kept, created_at=timezone.now(), created_by=asker
            )
    except IntegrityError as error:
        raise exceptions.NameTaken from error


@transaction.atomic
def delete(*, by: int, name: str) -> None:
    """Take an emoji away. What was written with it shows its name.

    Raises:
        Forbidden, NotFound.
    """
    asker = policies.require_active(user_id=by)
    row = CustomEmoji.objects.select_for_update().filter(name=name).first()
    if row is None:
        raise exceptions.NotFound
    policies.require_can_delete_emoji(asker=asker, emoji=row)
    if row.created_by_id != by:
        record(
            Action.EMOJI_DELETED, by=asker, target=row, before={"created_by_id": row.created_by_id}
        )
    strays.drop([strays.emoji_key(row.version)])
    row.delete()
