"""Whether this process can do its work."""

from collections.abc import Callable, Mapping
from typing import Final, Literal

from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from redis.exceptions import RedisError

from operations.limits import all_within
from presence import service as presence
from realtime import runtime

State = Literal["ok", "degraded", "failed", "draining"]


def checks() -> dict[str, State]:
    """Return how each thing stands that the process needs. What does not answer has failed."""
    found = all_within(_CHECKS)
    found["process"] = "draining" if runtime.is_draining() else "ok"
    return found


def is_ready(states: Mapping[str, State]) -> bool:
    """Return whether new requests should come here."""
    return not {"failed", "draining"} & set(states.values())


def database() -> State:
    """Return whether the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        return "failed"
    return "ok"


def migrations() -> State:
    """Return whether the schema is the one that this program knows."""
    global _migrated  # noqa: PLW0603 - once true, it stays true for this process
    if not _migrated:
        try:
            executor = MigrationExecutor(connection)
            _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        except (DatabaseError, InterfaceError):
            return "failed"
    return "ok" if _migrated else "failed"


def redis() -> State:
    """Return whether Redis answers. Without it everything works, more slowly."""
    try:
        presence.store().ping()
    except RedisError:
        return "degraded"
    return "ok" if runtime.is_layer_up() else "degraded"


_migrated = False

_CHECKS: Final[dict[str, tuple[Callable[[], State], State]]] = {
    "database": (database, "failed"),
    "migrations": (migrations, "failed"),
    "redis": (redis, "degraded"),
}
"""Each with what it counts for when it does not answer."""
