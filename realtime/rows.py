"""Writing new rows in one statement, for what is written at every post.

The ORM's own way builds the statement anew each time, which costs more than the database does.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Final

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.dispatch import Signal

inserted: Final = Signal()
"""With `rows`, inside the transaction: these were written."""


def insert(rows: Sequence[models.Model]) -> None:
    """Write new rows of one model, in their order, and give each its id.

    Instead of Django's signals, one by one, `inserted` is sent.
    """
    if not rows:
        return
    # Not Django's stand-in for it, which looks it up at each touch.
    connection = connections[DEFAULT_DB_ALIAS]
    statement, columns = _statement(type(rows[0]), len(rows))
    values = [
        getattr(row, name) if prepare is None else prepare(getattr(row, name), connection)
        for row in rows
        for name, prepare in columns
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        ids = cursor.fetchall()
    for row, (pk,) in zip(rows, ids, strict=True):
        row.pk = pk
        # As after a save: what is saved again is an update.
        row._state.adding = False  # noqa: SLF001 - Django's way to say so
        row._state.db = DEFAULT_DB_ALIAS  # noqa: SLF001
    model = type(rows[0])
    if inserted.has_listeners(model):
        inserted.send(model, rows=rows)


Prepare = Callable[[Any, Any], Any]
"""(value, connection) → what the driver takes."""

_PLAIN: Final = (
    models.CharField,
    models.TextField,
    models.IntegerField,
    models.BooleanField,
    models.ForeignKey,
)
"""Whose values every driver takes as they are."""


@lru_cache(maxsize=256)
def _statement(
    model: type[models.Model], count: int
) -> tuple[str, list[tuple[str, Prepare | None]]]:
    meta = model._meta  # noqa: SLF001 - Django's public way to a model's fields
    fields = [field for field in meta.concrete_fields if not field.primary_key]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    row = f"({', '.join(['%s'] * len(fields))})"
    statement = (
        f'INSERT INTO "{meta.db_table}" ({columns}) VALUES {", ".join([row] * count)}'  # noqa: S608
        f' RETURNING "{meta.pk.column}"'
    )
    return statement, [
        (field.attname, None if isinstance(field, _PLAIN) else field.get_db_prep_save)
        for field in fields
    ]
