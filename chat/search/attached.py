"""The files on messages, as far as searches know them: by name, and whether they are pictures.

`Attachment` is looked up by its name, so that the search works in a build without files.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Exists, OuterRef, Q

_PICTURES = "image/"


@dataclass(frozen=True, slots=True)
class Attached:
    """A file on a message."""

    name: str
    is_picture: bool


def model() -> Any:
    """Return the model of what hangs on messages, or None."""
    return apps.all_models["chat"].get("attachment")


def of_messages(message_ids: Iterable[int]) -> dict[int, list[Attached]]:
    """Return the files of each message that has some."""
    found: dict[int, list[Attached]] = defaultdict(list)
    attachments = model()
    if attachments is not None:
        rows = attachments.objects.filter(message__in=list(message_ids)).order_by("pk")
        for message_id, name, content_type in rows.values_list(
            "message_id", "file__name", "file__content_type"
        ):
            found[message_id].append(Attached(name, content_type.startswith(_PICTURES)))
    return found


def has_file(*, is_picture: bool) -> Q:
    """Return the condition that a file hangs on a message."""
    attachments = model()
    if attachments is None:
        return Q(pk__in=[])
    rows = attachments.objects.filter(message=OuterRef("pk"))
    if is_picture:
        rows = rows.filter(file__content_type__startswith=_PICTURES)
    return Q(Exists(rows))
