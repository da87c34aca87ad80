#!/usr/bin/env python
"""Django's command line for Parley."""

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatproject.settings")
    try:
        # Read them now: a wrong variable should give one sentence, not a traceback.
        _ = settings.INSTALLED_APPS
    except ImproperlyConfigured as error:
        sys.exit(f"[parley] {error}")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
