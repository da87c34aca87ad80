"""`manage.py backup FILE`: everything in one file, while people go on."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit import origin
from audit.origin import Origin
from operations import backups


class Command(BaseCommand):
    help = (
        "Write the database, people's files and the secret key into one file. People can go on "
        "meanwhile. Keep it like a password: all that was ever said is in it."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="where to, such as parley-2026-11-23.tar.gz")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            with origin.of(Origin(agent="manage.py backup")):
                size = backups.write(options["file"])
        except backups.BackupError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{options['file']}: {size / 1_000_000:.1f} MB.")
        if backups.files_folder() is None:
            self.stdout.write("People's files are in a bucket and not in it.")
