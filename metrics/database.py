"""Measures how long the database takes, on every connection of the process."""

import time
from collections.abc import Callable
from typing import Any

from django.db import InterfaceError, OperationalError
from django.db.backends.signals import connection_created

from metrics.instruments import DATABASE_ERRORS, DATABASE_SECONDS

Execute = Callable[[str, Any, bool, dict[str, Any]], Any]


def measure_all() -> None:
    """Measure on each connection that is opened from now on."""
    connection_created.connect(_measure, dispatch_uid="metrics.database")


def _measure(connection: Any, **_kwargs: Any) -> None:
    # A wrapper is Django's object, which may connect more than once.
    if _measured not in connection.execute_wrappers:
        connection.execute_wrappers.append(_measured)


def _measured(
    execute: Execute,
    sql: str,
    params: Any,
    many: bool,  # noqa: FBT001 - Django's signature
    context: dict[str, Any],
) -> Any:
    began_at = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    except (OperationalError, InterfaceError):
        DATABASE_ERRORS.inc()
        raise
    finally:
        DATABASE_SECONDS.observe(time.perf_counter() - began_at)
