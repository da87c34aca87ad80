"""`manage.py openapi`: the OpenAPI document as a file."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from drf_spectacular.generators import SchemaGenerator


class Command(BaseCommand):
    help = "Write docs/openapi.json; with --check, fail when it does not say what the code says."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        path = settings.BASE_DIR / "docs" / "openapi.json"
        text = json.dumps(document(), indent=2, ensure_ascii=False) + "\n"
        if not options["check"]:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            self.stderr.write("docs/openapi.json is stale: run `make protocol`.")
            sys.exit(1)


def document() -> dict[str, Any]:
    """Return the whole document, as anybody may see it."""
    made: dict[str, Any] = SchemaGenerator().get_schema(  # type: ignore[no-untyped-call]
        request=None, public=True
    )
    # What is compared must be what is written.
    plain: dict[str, Any] = json.loads(json.dumps(made))
    return plain
