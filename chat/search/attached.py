"""The files on messages, as far as searches know them: by name, and whether they are pictures."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from chat.models import Attachment

_PICTURES = "image/"


@dataclass(frozen=True, slots=True)
class Attached:
    """A file on a message."""

    name: str
    is_picture: bool


def of_messages(message_ids: Iterable[int]) -> dict[int, list[Attached]]:
    """Return the files of each message that has some."""
    found: dict[int, list[Attached]] = defaultdict(list)
    rows = Attachment.objects.filter(message__in=list(message_ids)).order_by("pk")
    for message_id, name, content_type in rows.values_list(
        "message_id", "file__name", "file__content_type"
    ):
        found[message_id].append(Attached(name, content_type.startswith(_PICTURES)))
    return found


def has_file(*, is_picture: bool) -> Q:
    """Return the condition that a file hangs on a message."""
    rows = Attachment.objects.filter(message=OuterRef("pk"))
    if is_picture:
        rows = rows.filter(file__content_type__startswith=_PICTURES)
    return Q(Exists(rows))
