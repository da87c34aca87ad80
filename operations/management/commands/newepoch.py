"""`manage.py newepoch`: after the database was restored from a backup."""

from typing import Any

from django.core.management.base import BaseCommand

from realtime import log


class Command(BaseCommand):
    help = (
        "Say that the database was restored from a backup: every client forgets what it has "
        "loaded and loads it again. Processes that run notice it within a few seconds."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        self.stdout.write(f"The epoch is {log.renew_epoch(log.epoch())} from now on.")
