"""Takes constraints out of the database that would stand in the way of what is to go wrong."""

from collections.abc import Set as AbstractSet
from functools import wraps
from typing import Any, Final

from django.apps import apps
from django.db import connection
from django.db.migrations import RemoveConstraint
from django.db.migrations.executor import MigrationExecutor
from django.db.models.signals import post_migrate

from operations import migrating
from tests.faulty.patching import replace
from tests.faulty.plan import Switch

CONSTRAINTS: Final[dict[tuple[str, str, str], Switch]] = {
    ("realtime", "event", "event_once_per_seq"): "cached_seq",
    ("chat", "message", "message_once_per_seq"): "cached_seq",
    ("chat", "message", "message_sent_once"): "no_dedupe",
}
"""App, model and constraint, and the switch that it would stand in the way of."""


def install(switches: AbstractSet[Switch]) -> None:
    """Do it after every migration and at every start."""
    if switches.isdisjoint(CONSTRAINTS.values()):
        return

    def after_migration(**_: Any) -> None:
        _loosen(switches)

    # Sent for one app after another when all have been migrated: one is enough.
    post_migrate.connect(after_migration, sender=apps.get_app_config("chat"), weak=False)
    replace(migrating, "migrate_if_needed", lambda original: _and_loosen(original, switches))


def _and_loosen(original: Any, switches: AbstractSet[Switch]) -> Any:
    @wraps(original)
    def migrate_if_needed() -> bool:
        did_anything: bool = original()
        # The product's own lock: others start in this moment.
        with migrating._alone():
            _loosen(switches)
        return did_anything

    return migrate_if_needed


def _loosen(switches: AbstractSet[Switch]) -> None:
    state = MigrationExecutor(connection).loader.project_state()
    for (app, model, constraint), switch in CONSTRAINTS.items():
        step = RemoveConstraint(model, constraint)
        after = state.clone()
        step.state_forwards(app, after)
        is_there = _has(app, model, constraint)
        if is_there and switch in switches:
            with connection.schema_editor() as editor:
                step.database_forwards(app, editor, state, after)
        if not is_there or switch in switches:
            # SQLite makes the whole table anew, with whatever the state says.
            state = after


def _has(app: str, model: str, constraint: str) -> bool:
    table = apps.get_model(app, model)._meta.db_table
    with connection.cursor() as cursor:
        return constraint in connection.introspection.get_constraints(cursor, table)
