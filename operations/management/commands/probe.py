"""`manage.py probe`: does a message from each process reach each?"""

from argparse import ArgumentParser
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError

from operations import probing, processes


class Command(BaseCommand):
    help = (
        "Send a real message from every process to every process and say how long each took. "
        "Exits with 1 when one did not arrive, or a process is lost."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object a line")
        parser.add_argument(
            "--slower-than",
            type=float,
            metavar="MS",
            help="also exit with 1 when a message took longer than this",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        known = processes.all_known()
        if known is None:
            raise CommandError("Redis cannot be asked, so nothing is known of the processes.")
        targets = [process for process in known if process.state == "live"]
        lost = [process.instance for process in known if process.state == "lost"]
        if not targets:
            raise CommandError("No process is live.")
        try:
            pairs = probing.run(targets)
        except probing.ProbeError as error:
            raise CommandError(str(error)) from None
        for pair in pairs:
            self.stdout.write(
                msgspec.json.encode(pair).decode() if options["json"] else _sentence(pair)
            )
        limit = options["slower_than"]
        bad = [pair for pair in pairs if pair.milliseconds is None]
        slow = [
            pair
            for pair in pairs
            if limit is not None and pair.milliseconds is not None and pair.milliseconds > limit
        ]
        if bad or slow or lost:
            parts = [f"{len(bad)} of {len(pairs)} pairs failed"]
            parts += [f"{len(slow)} were slower than {limit:g} ms"] if slow else []
            parts += [f"lost: {', '.join(lost)}"] if lost else []
            raise CommandError("; ".join(parts) + ".")


def _sentence(pair: probing.Pair) -> str:
    what = pair.failure if pair.milliseconds is None else f"{pair.milliseconds:.1f} ms"
    return f"{pair.sender:<20} → {pair.hearer:<20} {what}"
