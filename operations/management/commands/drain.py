"""`manage.py drain`: send the clients of one process to the others, and let it end."""

import time
from argparse import ArgumentParser
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from audit import origin
from audit.origin import Origin
from operations import processes
from realtime import registry
from realtime.inquiries import Unreachable
from realtime.registry import Report

POLL_SECONDS: Final = 0.5


class Command(BaseCommand):
    help = (
        "Drain a process: it accepts nobody new, sends its clients to the other processes, "
        "finishes what it has begun, and ends. Who started it decides whether it starts again."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("instance_id", help="as `manage.py instances` names it")
        parser.add_argument(
            "--timeout", type=float, default=60.0, help="seconds to wait for its end (default: 60)"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        name = options["instance_id"]
        try:
            with origin.of(Origin(agent="manage.py drain")):
                chosen = processes.drain(name, by=None)
        except Unreachable:
            raise CommandError(
                "Redis cannot be asked, so nothing is known of the processes. "
                "Send the process a SIGTERM instead."
            ) from None
        if not chosen:
            living = ", ".join(report.instance for report in self._reports()) or "none"
            raise CommandError(f"No process is called {name}. Living now: {living}.")
        self.stdout.write(f"{name} is asked to drain.")
        self._wait_until_gone(chosen, seconds=options["timeout"])
        self.stdout.write(f"{name} has ended.")

    def _wait_until_gone(self, chosen: list[Report], *, seconds: float) -> None:
        ids = {report.id for report in chosen}
        deadline = time.monotonic() + seconds
        said = -1
        while left := [report for report in self._reports() if report.id in ids]:
            if time.monotonic() > deadline:
                raise CommandError(f"It has not ended within {seconds:g} s. It goes on draining.")
            sockets = sum(report.sockets for report in left)
            if sockets != said and any(report.is_draining for report in left):
                said = sockets
                self.stdout.write(f"{sockets} sockets left.")
            time.sleep(POLL_SECONDS)

    @staticmethod
    def _reports() -> list[Report]:
        reports = registry.reports()
        if reports is None:
            raise CommandError("Redis cannot be asked any more. The process goes on draining.")
        return reports
