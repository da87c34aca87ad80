"""`manage.py reindex`: makes the index of the search anew."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from chat.search import index
from chat.search.engines import engine


class Command(BaseCommand):
    help = "Make the index of the search anew, from the messages."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="only say whether the index is in step"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if not options["check"]:
            self.stdout.write(f"{index.repair()} messages are indexed.")
            return
        missing = index.missing()
        if missing:
            raise CommandError(f"{missing} messages are not indexed: run `manage.py reindex`.")
        if not engine().is_sound():
            raise CommandError("The index is damaged: run `manage.py reindex`.")
        self.stdout.write("The index is in step.")
