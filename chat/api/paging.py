"""Pages by cursor: whatever is added meanwhile, no row is shown twice or left out."""

from collections.abc import Callable
from typing import TypeVar

import msgspec
from django.db.models import Model, QuerySet

from protocol.resources import Page

Row = TypeVar("Row", bound=Model)
Record = TypeVar("Record", bound=msgspec.Struct)


def page_by(
    rows: QuerySet[Row],
    *,
    field: str,
    cursor: str | None,
    limit: int,
    serialize: Callable[[list[Row]], list[Record]],
) -> Page[Record]:
    """Return one page of the rows in the order of a unique field."""
    if cursor is not None:
        rows = rows.filter(**{f"{field}__gt": int(cursor)})
    found = list(rows.order_by(field)[: limit + 1])
    has_more = len(found) > limit
    found = found[:limit]
    return Page(
        results=serialize(found),
        next_cursor=str(getattr(found[-1], field)) if has_more else None,
        has_more=has_more,
    )


def page_back(
    rows: QuerySet[Row],
    *,
    field: str,
    cursor: str | None,
    limit: int,
    serialize: Callable[[list[Row]], list[Record]],
) -> Page[Record]:
    """Return one page of the rows, the newest first by a unique field."""
    if cursor is not None:
        rows = rows.filter(**{f"{field}__lt": int(cursor)})
    found = list(rows.order_by(f"-{field}")[: limit + 1])
    return page_of(
        serialize(found[:limit]),
        next_cursor=getattr(found[limit - 1], field) if len(found) > limit else None,
    )


def page_of(results: list[Record], *, next_cursor: int | None) -> Page[Record]:
    """Return a page of records; without a next cursor it is the last one."""
    return Page(
        results=results,
        next_cursor=None if next_cursor is None else str(next_cursor),
        has_more=next_cursor is not None,
    )
