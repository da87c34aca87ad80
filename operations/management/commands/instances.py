"""`manage.py instances`: the processes that are known now."""

import time
from argparse import ArgumentParser
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError

from operations import processes
from operations.processes import Process

_ROW = "{:<20} {:<9} {:>7} {:>8} {:>5} {:>6} {:>8} {:>15} {:>9} {:>11} {:>8} {:>7}  {}"
_HEAD = (
    "INSTANCE",
    "STATE",
    "PID",
    "BROWSERS",
    "BOTS",
    "USERS",
    "STREAMS",
    "IN/OUT PER S",
    "BUFFERED",
    "LAG P50/MAX",
    "MEMORY",
    "UP",
    "SEEN",
)


class Command(BaseCommand):
    help = "List the processes, as each of them last said of itself, and whether it still lives."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object a line, at once")

    def handle(self, *_args: Any, **options: Any) -> None:
        first = self._processes()
        if options["json"]:
            for process in first:
                self.stdout.write(msgspec.json.encode(process).decode())
            return
        self.stdout.write(_ROW.format(*_HEAD))
        if not first:
            return
        # What grows is shown by the second: two reports of each are needed.
        time.sleep(processes.RENEWED_SECONDS)
        second = self._processes()
        for process in second:
            self.stdout.write(_ROW.format(*_cells(process, processes.rates(first, process))))

    @staticmethod
    def _processes() -> list[Process]:
        found = processes.all_known()
        if found is None:
            raise CommandError("Redis cannot be asked, so nothing is known of the processes.")
        return found


def _cells(process: Process, rates: tuple[float, float] | None) -> tuple[object, ...]:
    return (
        process.instance,
        process.state,
        process.pid,
        process.sockets_browser,
        process.sockets_bot,
        process.users,
        process.streams,
        "-" if rates is None else f"{rates[0]:.1f}/{rates[1]:.1f}",
        f"{process.buffered_bytes // 1024} KiB",
        f"{process.loop_lag_median_ms}/{process.loop_lag_ms} ms",
        f"{process.memory_bytes // 1024**2} MiB",
        f"{process.uptime_seconds} s",
        f"{process.silent_seconds:.0f} s ago",
    )
