"""`manage.py tasks`: how much background work there is."""

from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

import msgspec
from django.core.management.base import BaseCommand

from work import queue


class Command(BaseCommand):
    help = "Say how much background work waits, runs, is done and was given up."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *_args: Any, **options: Any) -> None:
        numbers = asdict(queue.numbers())
        if options["json"]:
            self.stdout.write(msgspec.json.encode(numbers).decode())
            return
        for name, value in numbers.items():
            self.stdout.write(f"{name.replace('_', ' '):<16} {value}")
