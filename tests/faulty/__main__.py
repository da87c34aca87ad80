"""`manage.py`, with the settings of this build. See the package."""

import os
import sys

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.faulty.settings"
    try:
        # Patches the product: what cannot be patched should give one sentence as well.
        django.setup()
    except ImproperlyConfigured as error:
        sys.exit(f"[parley, faulty] {error}")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
