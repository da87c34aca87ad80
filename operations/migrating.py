"""Bringing the schema up to date at the start, by exactly one of the processes that start."""

import contextlib
import fcntl
from collections.abc import Iterator

from django.conf import settings
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.migrations.executor import MigrationExecutor

_LOCK_NUMBER = 0x5041524C
"""PostgreSQL's advisory locks have numbers."""


def migrate_if_needed() -> bool:
    """Apply what is missing. Return whether anything was.

    Raises:
        DatabaseError: when the database cannot be reached or a migration fails.
    """
    with _alone():
        executor = MigrationExecutor(connection)
        if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        call_command("migrate", interactive=False, verbosity=0)
    return True


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # A migration may take longer than a request is allowed to.
            cursor.execute("SET statement_timeout = 0")
            cursor.execute("SET lock_timeout = 0")
            cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK_NUMBER])
        try:
            yield
        finally:
            # The settings and the lock end with the session, and closing a connection only gives
            # it back to the pool.
            connection.close()
            _close_pool()
    else:
        # Held before the first look: two processes that open a new file at the same time both want
        # to switch it to WAL, and SQLite refuses the second at once instead of letting it wait.
        with (settings.DATA_DIR / "migrate.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _close_pool() -> None:
    from django.db.backends.postgresql.base import DatabaseWrapper  # noqa: PLC0415 - needs psycopg

    wrapper = connections[DEFAULT_DB_ALIAS]
    assert isinstance(wrapper, DatabaseWrapper)  # noqa: S101 - narrows the type
    wrapper.close_pool()
