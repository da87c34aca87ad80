"""`manage.py work`: one process that does what waits to be done."""

import contextlib
import signal
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseFailure
from django.db import connections

from operations import embedded, garbage, lifeline
from operations.migrating import migrate_if_needed
from work.worker import Work


class Command(BaseCommand):
    help = "Do background work. Any number of these may run; `make run` starts one."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--lifeline",
            type=int,
            metavar="N",
            help="stop when this descriptor is closed at its other end",
        )
        parser.add_argument(
            "--lease-seconds",
            type=float,
            default=20.0,
            metavar="S",
            help="after which a worker that says nothing counts as dead (default: %(default)s)",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        work = Work(
            name=settings.INSTANCE_ID,
            threads=settings.WORK_THREADS,
            lease_seconds=options["lease_seconds"],
        )

        def stop(_number: int, _frame: object) -> None:
            work.stop()

        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, stop)
        with contextlib.ExitStack() as stack:
            if settings.REDIS_EMBEDDED:
                try:
                    stack.enter_context(embedded.valkey(settings.DATA_DIR, settings.REDIS_SOCKET))
                except embedded.EmbeddedValkeyError as error:
                    raise CommandError(str(error)) from None
            try:
                migrate_if_needed()
            except DatabaseFailure as error:
                raise CommandError(
                    f"The database cannot be used: {str(error).strip().splitlines()[0]}"
                ) from None
            connections.close_all()
            if options["lifeline"] is not None:
                lifeline.stop_with(options["lifeline"])
            if connections["default"].vendor == "sqlite":
                stack.enter_context(garbage.collected_elsewhere())
            work.run()
