"""Looking into the log: by time, action and actor, and by what is known of one act."""

from collections.abc import Iterator
from datetime import datetime
from ipaddress import ip_address
from typing import Any, Final

from audit.models import Entry, Rows

FOUND_MAX: Final = 1_000
"""So many of the newest rows of each field are found with one term."""

CHUNK: Final = 2_000

FIELDS: Final = (
    "id",
    "at",
    "action",
    "actor_id",
    "actor",
    "target_kind",
    "target_id",
    "target",
    "before",
    "after",
    "address",
    "agent",
    "request_id",
)


def entries(
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    action: str = "",
    actor: str = "",
) -> Rows:
    """Return the rows that match all that is given, the oldest first."""
    found = Entry.objects.order_by("id")
    if since is not None:
        found = found.filter(at__gte=since)
    if until is not None:
        found = found.filter(at__lt=until)
    if action:
        found = found.filter(action=action)
    if actor:
        found = found.filter(actor=actor)
    return found


def ids_with(term: str) -> list[int]:
    """Return the ids of the newest rows in which somebody or something is exactly this.

    A name of an actor or a target, an id of a target, an address, a request. Each is looked up in
    an index of its own: together they would be looked for in every row there is.
    """
    fields = ["actor", "target", "target_id", "request_id"]
    if _is_address(term):
        fields.append("address")
    found: set[int] = set()
    for field in fields:
        newest = Entry.objects.filter(**{field: term}).order_by("-id")
        found |= set(newest.values_list("id", flat=True)[:FOUND_MAX])
    return sorted(found, reverse=True)[:FOUND_MAX]


def records(rows: Rows) -> Iterator[dict[str, Any]]:
    """Yield rows as they are exported, without holding all of them."""
    for row in rows.values(*FIELDS).iterator(chunk_size=CHUNK):
        yield {**row, "at": row["at"].isoformat()}


def _is_address(term: str) -> bool:
    # PostgreSQL refuses to compare an address with anything else.
    try:
        ip_address(term)
    except ValueError:
        return False
    return True
