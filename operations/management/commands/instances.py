"""`manage.py instances`: the processes that live now."""

import time
from argparse import ArgumentParser
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError

from realtime import registry
from realtime.registry import Report

_ROW = "{:<20} {:<10} {:>7} {:>7} {:>7} {:>9} {:>8}  {}"


class Command(BaseCommand):
    help = "List the processes that live now, as each of them last said of itself."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object a line")

    def handle(self, *_args: Any, **options: Any) -> None:
        reports = registry.reports()
        if reports is None:
            raise CommandError("Redis cannot be asked, so nothing is known of the processes.")
        if options["json"]:
            for report in reports:
                self.stdout.write(msgspec.json.encode(_summary(report)).decode())
            return
        self.stdout.write(
            _ROW.format("INSTANCE", "STATE", "PID", "SOCKETS", "USERS", "BUFFERED", "LAG", "UP")
        )
        for report in reports:
            one = _summary(report)
            self.stdout.write(
                _ROW.format(
                    *(one[name] for name in ("instance", "state", "pid", "sockets", "users")),
                    f"{one['buffered_bytes'] // 1024} KiB",
                    f"{one['loop_lag_ms']} ms",
                    f"{one['uptime_seconds']} s",
                )
            )


def _summary(report: Report) -> dict[str, Any]:
    return {
        "instance": report.instance,
        "state": "draining" if report.is_draining else "serving",
        "host": report.host,
        "pid": report.pid,
        "sockets": report.sockets,
        "users": report.users,
        "buffered_bytes": report.buffered_bytes,
        "loop_lag_ms": report.loop_lag_ms,
        "uptime_seconds": round(time.time() - report.started_at),
    }
