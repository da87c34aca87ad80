"""Child processes that say why they did not come up, and never outlive us."""

import atexit
import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

CHECKOUT: Final = Path(__file__).resolve().parent.parent
HOST: Final = "127.0.0.1"

# Below the range that the kernel takes for outgoing connections: else one of our own clients could
# sit on the port of an instance that is down for a moment, and the instance could not come back.
_PORTS: Final = range(20_000, 32_000)
_POLL_SECONDS: Final = 0.05
_LOG_TAIL_LINES: Final = 25


class StartError(Exception):
    """A program did not come up. The message ends with the tail of its log."""


class Program:
    """One child process in a process group of its own, with its output in a file.

    Args:
        user: who it runs as, for programs that refuse to be root; ourselves when None.
    """

    def __init__(
        self,
        *,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        log_path: Path,
        user: str | None = None,
    ) -> None:
        self.name = name
        self.command = list(command)
        self.environment = dict(environment)
        self.log_path = log_path
        self._user = user
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def process_id(self) -> int | None:
        """The id of the running process, or None."""
        return self._process.pid if self._process and self.is_alive else None

    @property
    def exit_status(self) -> int | None:
        """What the process ended with, or None while it runs or before it ever ran."""
        return self._process.poll() if self._process else None

    @property
    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the process and return before it is ready. Its log goes on in the same file."""
        if self.is_alive:
            raise RuntimeError(f"{self.name} runs already.")
        self.forget()
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                self.command,
                cwd=CHECKOUT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                user=self._user,
                group=self._user,
                extra_groups=None if self._user is None else [],
                # A Ctrl-C in the terminal must reach us alone: we decide who stops, and how.
                start_new_session=True,
            )
        _guard.watch(self._process.pid)

    def kill(self) -> None:
        """End the process and its children at once (SIGKILL), and wait until it is gone."""
        self._signal_group(signal.SIGKILL)
        if self._process:
            self._process.wait()
        self.forget()

    def terminate(self, *, seconds: float = 30.0) -> int:
        """Ask the process to end (SIGTERM) and return its exit status.

        Raises:
            TimeoutError: it is still there after `seconds`. Nothing more has been done to it.
        """
        if self._process is None:
            raise RuntimeError(f"{self.name} was never started.")
        if self.is_alive:
            self._process.send_signal(signal.SIGTERM)
        try:
            status = self._process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            raise TimeoutError(f"{self.name} did not end within {seconds:g} s.") from None
        self.forget()
        return status

    def quit(self) -> None:
        """Tell the process to drop everything (SIGQUIT), and wait until it is gone."""
        if self._process and self.is_alive:
            self._process.send_signal(signal.SIGQUIT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=10)
        self.kill()

    def pause(self) -> None:
        """Stop the process in the middle of whatever it does (SIGSTOP)."""
        self._signal_group(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a paused process go on (SIGCONT)."""
        self._signal_group(signal.SIGCONT)

    def log(self) -> str:
        """Everything that the process has written so far, over all its starts."""
        try:
            return self.log_path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return ""

    def failure(self, reason: str) -> StartError:
        """Build the error that says why, with the end of the log."""
        tail = "\n".join(f"    {line}" for line in self.log().splitlines()[-_LOG_TAIL_LINES:])
        return StartError(f"{self.name} {reason}. Its log ends with:\n{tail or '    (nothing)'}")

    def forget(self) -> None:
        """Take the ended process off the guard's list, before its id can belong to another."""
        if self._process and not self.is_alive:
            _guard.release(self._process.pid)

    def _signal_group(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        # The group may live on after its first process, so `is_alive` is not asked here.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)


def free_port() -> int:
    """Return a port on 127.0.0.1 that nobody listens on. Somebody may take it a moment later."""
    # An own source of randomness: a test run that seeds the global one would hand the same ports
    # to every worker.
    draw = random.SystemRandom()
    for _ in range(200):
        port = draw.choice(_PORTS)
        with socket.socket() as candidate:
            candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                candidate.bind((HOST, port))
            except OSError:
                continue
            return port
    raise StartError("No free port was found on 127.0.0.1.")


def wait_until(condition: Callable[[], bool], *, seconds: float) -> bool:
    """Return True as soon as the condition holds, or False when the time is over."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True


class _Guard:
    """The near end of the pipe to `tools/guard.py`, which is started with the first program."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._pipe = -1

    def watch(self, group: int) -> None:
        self._tell(f"+{group}\n")

    def release(self, group: int) -> None:
        self._tell(f"-{group}\n")

    def close(self) -> None:
        """Let the guard do what is left to do, and wait for it."""
        with self._lock:
            if self._process and self._owner == os.getpid():
                os.close(self._pipe)
                self._process.wait()
                self._process = None

    def _tell(self, line: str) -> None:
        with self._lock:
            # A fork of us must not share our guard: it would die with whichever ends last.
            if self._process is None or self._owner != os.getpid():
                reading, self._pipe = os.pipe()
                self._process = subprocess.Popen(
                    [sys.executable, "-I", "-S", str(Path(__file__).with_name("guard.py"))],
                    stdin=reading,
                    # Else whoever waits for the end of our output would wait for the guard too.
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,
                )
                os.close(reading)
                self._owner = os.getpid()
            os.write(self._pipe, line.encode())


_guard: Final = _Guard()
atexit.register(_guard.close)
