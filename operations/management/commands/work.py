"""`manage.py work`: one process that does what waits to be done."""

import signal
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from operations import serving_metrics, starting
from work.worker import Work


class Command(BaseCommand):
    help = "Do background work. Any number of these may run; `make run` starts one."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        starting.add_lifeline(parser)
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
        with starting.prepared(lifeline_descriptor=options["lifeline"]):
            if settings.WORKER_METRICS_PORT:
                try:
                    serving_metrics.serve(host=settings.HOST, port=settings.WORKER_METRICS_PORT)
                except OSError as error:
                    raise CommandError(
                        f"Cannot listen on {settings.HOST}:{settings.WORKER_METRICS_PORT}: "
                        f"{error.strerror}. Choose another WORKER_METRICS_PORT."
                    ) from None
            work.run()
