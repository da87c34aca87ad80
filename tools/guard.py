"""Kills what a program started when that program is gone, however it ended.

`atexit` does not run after SIGKILL, nor after an unhandled SIGTERM. This small process holds the
reading end of a pipe whose writing end only the program has: when it reads the end of the pipe, the
program is dead, and every process group that it named and did not take back is killed.

Lines on the pipe: `+<process group>` and `-<process group>`.
"""

import contextlib
import os
import signal
import sys


def main() -> None:
    """Follow the pipe to its end, then kill every group that is still on the list."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        group = int(line[1:])
        if line.startswith("+"):
            groups.add(group)
        else:
            groups.discard(group)
    for group in groups:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    main()
