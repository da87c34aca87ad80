"""`manage.py restore FILE`: what a backup holds, and nothing else."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit import origin
from audit.origin import Origin
from operations import backups
from operations.migrating import migrate_if_needed


class Command(BaseCommand):
    help = (
        "Bring back a backup. Every client loads everything anew. Stop all processes first; "
        "those that run all the same notice it within seconds."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--replace", action="store_true", help="also when there are people in the database"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            manifest = backups.read(options["file"], is_replacing=options["replace"])
        except backups.BackupError as error:
            raise CommandError(str(error)) from None
        migrate_if_needed()
        with origin.of(Origin(agent="manage.py restore")):
            backups.note_restored(options["file"], manifest)
        self.stdout.write(f"This is the workspace of {manifest['written_at']}.")
