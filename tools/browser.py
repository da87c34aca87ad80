"""Finds the Chromium that the browser tests drive, and installs it where that is possible.

python -m tools.browser     prints its path
"""

import os
import shutil
import subprocess
import sys
from typing import Final

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES: Final = ("chromium", "fonts-noto-color-emoji", "fonts-dejavu-core")


def path() -> str | None:
    """Return the path of an installed browser, or None. `CHROMIUM` names one."""
    given = os.environ.get("CHROMIUM")
    if given:
        return given
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def main() -> int:
    if path() is None and os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing Chromium …", file=sys.stderr)
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], env=quiet, check=False)
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES],
            env=quiet,
            check=False,
            stdout=subprocess.DEVNULL,
        )
    found = path()
    if found is None:
        print(
            "The browser tests need Chromium. On Debian: apt install chromium. "
            "Or name one with CHROMIUM=/path/to/it.",
            file=sys.stderr,
        )
        return 1
    print(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
