"""What every process stands on, whatever it does: Valkey, the schema, and when to stop."""

import contextlib
from argparse import ArgumentParser
from collections.abc import Iterator

from django.conf import settings
from django.core.management.base import CommandError
from django.db import Error as DatabaseFailure
from django.db import connections

from operations import embedded, garbage, lifeline
from operations.migrating import migrate_if_needed
from realtime import high_water


def add_lifeline(parser: ArgumentParser) -> None:
    """Let whoever starts the command say when it is gone."""
    parser.add_argument(
        "--lifeline",
        type=int,
        metavar="N",
        help="stop when this descriptor is closed at its other end",
    )


@contextlib.contextmanager
def prepared(*, lifeline_descriptor: int | None) -> Iterator[None]:
    """Have everything ready for as long as the context lasts.

    Args:
        lifeline_descriptor: what `--lifeline` says.

    Raises:
        CommandError: when Valkey does not start, or the database cannot be used.
    """
    with contextlib.ExitStack() as stack:
        if settings.REDIS_EMBEDDED:
            try:
                stack.enter_context(embedded.valkey(settings.DATA_DIR, settings.REDIS_SOCKET))
            except embedded.EmbeddedValkeyError as error:
                raise CommandError(str(error)) from None
        try:
            migrate_if_needed()
            # Before anything is written: what comes anew must not hide what was lost.
            high_water.begin_again_if_restored()
        except DatabaseFailure as error:
            raise CommandError(
                f"The database cannot be used: {str(error).strip().splitlines()[0]}"
            ) from None
        connections.close_all()
        if lifeline_descriptor is not None:
            lifeline.stop_with(lifeline_descriptor)
        if connections["default"].vendor == "sqlite":
            stack.enter_context(garbage.collected_elsewhere())
        yield
