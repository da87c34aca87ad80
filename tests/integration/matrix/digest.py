"""All that the database holds, in a few letters: to see that nothing has changed."""

from functools import cache

from django.apps import apps
from django.db import connection

LEFT_OUT = {("accounts_token", "last_used_at")}
"""What every request may note."""


def of_database() -> tuple[tuple[object, ...], ...]:
    """Return what differs as soon as any row of any table differs. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_statement(connection.vendor))
        return tuple(cursor.fetchall())


@cache
def _statement(vendor: str) -> str:
    parts = []
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.managed or model._meta.proxy:
            continue
        table = model._meta.db_table
        columns = [
            field.column
            for field in model._meta.local_concrete_fields
            if field.column is not None and (table, field.column) not in LEFT_OUT
        ]
        parts.append(_part(vendor, table, columns))
    return " UNION ALL ".join(parts)


def _part(vendor: str, table: str, columns: list[str]) -> str:
    if vendor == "postgresql":
        row = ", ".join(f'"{column}"' for column in columns)
        content = f"sum(hashtextextended(ROW({row})::text, 0)::numeric)::text"
    else:
        row = " || '|' || ".join(f'quote("{column}")' for column in columns)
        content = f"group_concat({row})"
    return f"SELECT '{table}', count(*), {content} FROM \"{table}\""  # noqa: S608 - our own names
