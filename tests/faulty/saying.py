"""Lines that are out before whatever happens next."""

import contextlib
import os


def say(line: str) -> None:
    """Write one line to stderr, past every buffer."""
    with contextlib.suppress(OSError):
        os.write(2, f"{line}\n".encode())
