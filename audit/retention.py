"""The one way in which rows leave the log. It is an act of its own, and is in the log."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from audit.actions import Action
from audit.models import Entry
from audit.recording import record

BATCH: Final = 1_000


def forget(*, before: datetime) -> int:
    """Delete what is older. Return how many rows that were.

    In steps, each of which says in its own transaction what it deleted: whoever stops it half way
    cannot have deleted more than is told.
    """
    total = 0
    while True:
        with transaction.atomic():
            old = Entry.objects.filter(at__lt=before).order_by("id")
            ids = list(old.values_list("id", flat=True)[:BATCH])
            if not ids:
                return total
            # Not through the manager, which refuses.
            QuerySet(Entry).filter(pk__in=ids).delete()
            record(
                Action.PRUNED,
                by=None,
                before={"from_id": ids[0], "to_id": ids[-1]},
                after={"deleted": len(ids), "older_than": before.isoformat()},
            )
            total += len(ids)
