"""`manage.py audit`: the audit log, for files and programs."""

import csv
import json
from argparse import ArgumentParser
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from audit import origin, reading, retention
from audit.actions import Action
from audit.origin import Origin
from audit.recording import Thing, record

AT_LEAST = timedelta(days=30)


class Command(BaseCommand):
    help = "Write the audit log to standard output, as CSV or as one JSON object a line."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--since", type=_moment, help="2026-11-24, or with a time in UTC")
        parser.add_argument("--until", type=_moment, help="before this")
        parser.add_argument("--action", choices=[str(one) for one in Action], metavar="ACTION")
        parser.add_argument("--actor", default="", metavar="USERNAME")
        parser.add_argument("--json", action="store_true", help="one JSON object a line")
        parser.add_argument("--actions", action="store_true", help="list the actions, and no more")
        parser.add_argument(
            "--forget-before",
            type=_moment,
            metavar="DATE",
            help="instead: delete rows older than this, at least 30 days; the log says so",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["actions"]:
            for action in Action:
                self.stdout.write(f"{action:<24} {action.sentence}")
            return
        with origin.of(Origin(agent="manage.py audit")):
            if options["forget_before"] is not None:
                self._forget(options["forget_before"])
            else:
                self._export(options)

    def _forget(self, before: datetime) -> None:
        if before > timezone.now() - AT_LEAST:
            raise CommandError("What is not 30 days old stays.")
        self.stdout.write(f"Deleted: {retention.forget(before=before)}")

    def _export(self, options: dict[str, Any]) -> None:
        rows = reading.entries(
            since=options["since"],
            until=options["until"],
            action=options["action"] or "",
            actor=options["actor"],
        )
        # What is written down now is not in what is exported now.
        last = rows.order_by("-id").values_list("id", flat=True).first()
        asked = {
            name: str(options[name])
            for name in ("since", "until", "action", "actor")
            if options[name]
        }
        record(Action.EXPORTED, by=None, target=Thing("audit", "audit log"), after=asked)
        records = reading.records(rows.filter(id__lte=last or 0))
        if options["json"]:
            for row in records:
                self.stdout.write(json.dumps(row, ensure_ascii=False))
            return
        writer = csv.DictWriter(self.stdout, reading.FIELDS, lineterminator="")
        writer.writeheader()
        for row in records:
            facts = {name: json.dumps(row[name]) for name in ("before", "after")}
            writer.writerow({name: _plain(value) for name, value in {**row, **facts}.items()})


def _plain(value: object) -> object:
    # A name that begins so is a formula to whoever opens the file in a spreadsheet.
    is_formula = isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"}
    return f"'{value}" if is_formula else value


def _moment(given: str) -> datetime:
    day = parse_date(given)
    moment = parse_datetime(given) if day is None else datetime(day.year, day.month, day.day)  # noqa: DTZ001 - made aware below
    if moment is None:
        raise ValueError(given)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
