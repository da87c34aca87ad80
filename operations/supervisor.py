"""Runs several processes on one machine: one shared address, and one more for each.

The sockets are opened here and handed down, so a process that dies is replaced without a connection
being refused: the others go on accepting, and what arrives on its own port waits in the kernel.
Django is not imported here.
"""

import contextlib
import fcntl
import http.client
import os
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from operations import embedded
from realtime.listening import listen

STOP_SECONDS: Final = 30.0
"""A process with many sockets sends them away over 15 s, and then finishes what it has begun."""

CALM_SECONDS: Final = 10.0
"""A process that lived this long may be started again at once when it dies."""

RETRY_SECONDS_MAX: Final = 10.0
READY_SECONDS: Final = 60.0
COMMAND_FAILED: Final = 1
"""How `manage.py` ends when it has said in a sentence why it cannot go on."""


class CannotStart(Exception):
    """The cluster cannot start. Says why in one sentence."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run.

    Attributes:
        command: the program of one process; options are appended.
        worker: the program that does background work.
        folder: the data folder.
        host, port: the shared address. Process i also listens on `port + i`.
        processes: how many.
        valkey_address: the socket of the embedded Valkey, or None when there is another Redis.
    """

    command: Sequence[str]
    worker: Sequence[str]
    folder: Path
    host: str
    port: int
    processes: int
    valkey_address: Path | None


@dataclass(slots=True)
class _Process:
    """One child. The worker has no address."""

    name: str
    port: int
    own: socket.socket | None
    child: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    failures: int = 0
    start_at: float = 0.0
    was_ready: bool = field(default=False)


class Supervisor:
    """Starts the processes, keeps them running, and stops them."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._is_stopping = threading.Event()
        self._lifeline, self._lifeline_end = os.pipe()

    def run(self) -> None:
        """Run until SIGINT or SIGTERM.

        Raises:
            CannotStart: when it cannot even begin.
        """
        with contextlib.ExitStack() as stack:
            stack.enter_context(_alone(self._plan))
            wake = stack.enter_context(_woken_by_signals(self._is_stopping))
            shared, processes = self._open_sockets(stack)
            if self._plan.valkey_address is not None:
                try:
                    stack.enter_context(
                        embedded.valkey(self._plan.folder, self._plan.valkey_address)
                    )
                except embedded.EmbeddedValkeyError as error:
                    raise CannotStart(str(error)) from None
            try:
                threading.Thread(target=self._greet, args=(processes,), daemon=True).start()
                self._keep_running(shared, processes, wake)
            finally:
                _stop_all(processes)

    def _open_sockets(self, stack: contextlib.ExitStack) -> tuple[socket.socket, list[_Process]]:
        plan = self._plan

        def opened(port: int) -> socket.socket:
            try:
                return stack.enter_context(listen(plan.host, port))
            except OSError as error:
                raise CannotStart(
                    f"Cannot listen on {plan.host}:{port}: {error.strerror}. "
                    "Stop what runs there, or choose another PORT."
                ) from None

        shared = opened(plan.port)
        processes = [
            _Process(name=f"Instance-{i}", port=plan.port + i, own=opened(plan.port + i))
            for i in range(1, plan.processes + 1)
        ]
        # The others say what is wrong with the start. A worker that cannot work is tried again.
        worker = _Process(name="Worker", port=plan.port, own=None, was_ready=True)
        return shared, [*processes, worker]

    def _keep_running(
        self, shared: socket.socket, processes: list[_Process], wake: socket.socket
    ) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(wake, selectors.EVENT_READ)
            while not self._is_stopping.is_set():
                for process in processes:
                    self._look_after(process, shared)
                # SIGCHLD wakes it; the timeout is for a start that was put off.
                if selector.select(timeout=0.5):
                    wake.recv(64)

    def _look_after(self, process: _Process, shared: socket.socket) -> None:
        now = time.monotonic()
        child = process.child
        if child is not None:
            status = child.poll()
            if status is None:
                return
            process.child = None
            if status == COMMAND_FAILED and not process.was_ready:
                raise CannotStart(f"{process.name} cannot start. It said why above.")
            lived = now - process.started_at
            process.failures = 0 if lived > CALM_SECONDS else process.failures + 1
            delay = min(RETRY_SECONDS_MAX, 0.2 * 2**process.failures) if process.failures else 0
            process.start_at = now + delay
            how = f"signal {-status}" if status < 0 else f"status {status}"
            _say(f"{process.name} ended with {how}. It is started again.")
        if now >= process.start_at:
            self._start(process, shared)

    def _start(self, process: _Process, shared: socket.socket) -> None:
        sockets = [] if process.own is None else [shared.fileno(), process.own.fileno()]
        command = self._plan.worker if process.own is None else self._plan.command
        process.started_at = time.monotonic()
        process.child = subprocess.Popen(
            [
                *command,
                *(word for descriptor in sockets for word in ("--fd", str(descriptor))),
                *("--lifeline", str(self._lifeline)),
            ],
            pass_fds=[*sockets, self._lifeline],
            stdin=subprocess.DEVNULL,
            # Ctrl-C reaches the supervisor alone, which then stops the processes in order.
            start_new_session=True,
            env={
                **os.environ,
                "INSTANCE_ID": process.name,
                "HOST": self._plan.host,
                "PORT": str(process.port),
                "PUBLIC_PORT": str(self._plan.port),
            },
        )

    def _greet(self, processes: list[_Process]) -> None:
        deadline = time.monotonic() + READY_SECONDS
        served = [process for process in processes if process.own is not None]
        waiting = list(served)
        is_greeted = False
        while waiting and time.monotonic() < deadline and not self._is_stopping.is_set():
            for process in list(waiting):
                if _answers(self._plan.host, process.port):
                    process.was_ready = True
                    waiting.remove(process)
                    if not is_greeted:
                        is_greeted = True
                        _say(f"Parley is ready: http://{self._plan.host}:{self._plan.port}/")
            self._is_stopping.wait(0.1)
        if not waiting:
            own = ", ".join(f"{one.name} :{one.port}" for one in served)
            _say(f"Each process also has an address of its own: {own}. Stop with Ctrl-C.")


@contextlib.contextmanager
def _alone(plan: Plan) -> Iterator[None]:
    """Hold the data folder against a second supervisor."""
    try:
        plan.folder.mkdir(parents=True, exist_ok=True)
        lock = (plan.folder / "run.lock").open("a+")
    except OSError as error:
        raise CannotStart(
            f"The data folder {plan.folder} cannot be used ({error.strerror}). "
            "Name another one with DATA_DIR."
        ) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            who = lock.read().strip() or "another process"
            raise CannotStart(
                f"Parley is running with this data folder already ({who}). Nothing was touched."
            ) from None
        lock.truncate(0)
        lock.write(f"process {os.getpid()}, http://{plan.host}:{plan.port}/")
        lock.flush()
        try:
            yield
        finally:
            lock.truncate(0)


@contextlib.contextmanager
def _woken_by_signals(is_stopping: threading.Event) -> Iterator[socket.socket]:
    reader, writer = socket.socketpair()
    reader.setblocking(False)
    writer.setblocking(False)
    before = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)

    def stop(_number: int, _frame: object) -> None:
        is_stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    try:
        yield reader
    finally:
        signal.set_wakeup_fd(before)
        reader.close()
        writer.close()


def _stop_all(processes: list[_Process]) -> None:
    children = [process.child for process in processes if process.child is not None]
    for child in children:
        with contextlib.suppress(ProcessLookupError):
            child.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        try:
            child.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    if children:
        _say("Stopped.")


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _say(sentence: str) -> None:
    print(f"[parley] {sentence}", file=sys.stderr, flush=True)
