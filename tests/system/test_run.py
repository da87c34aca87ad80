"""`make run`: one command, several processes, nothing left behind and nothing lost."""

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tools.programs import CHECKOUT, free_port

START_SECONDS = 60


class Run:
    """One `python -m chatproject`, or one `manage.py serve`, with a data folder of its own."""

    def __init__(self, folder: Path, *command: str, **environment: str) -> None:
        self.folder = folder
        self.log = folder.parent / f"{folder.name}-{id(self)}.log"
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self._output = self.log.open("wb")
        self.process = subprocess.Popen(
            [sys.executable, *(command or ("-m", "chatproject"))],
            cwd=CHECKOUT,
            env={**kept, "DATA_DIR": str(folder), **environment},
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
        )

    def said(self) -> str:
        return self.log.read_text()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(number)
        status = self.process.wait(timeout=40)
        self._output.close()
        return status

    def end(self) -> None:
        if self.process.poll() is None:
            self.stop()
        self._output.close()


@pytest.fixture
def runs() -> Iterator[list[Run]]:
    started: list[Run] = []
    yield started
    for run in started:
        run.end()
        # Shown beside a test that failed.
        sys.stdout.write(run.said())


@pytest.fixture
def port() -> int:
    """A free port with two free ones behind it."""
    while True:
        found = free_port()
        with contextlib.suppress(OSError):
            import socket

            with socket.socket() as one, socket.socket() as two:
                one.bind(("127.0.0.1", found + 1))
                two.bind(("127.0.0.1", found + 2))
                return found


def test_run_serves_survives_stops_and_keeps(tmp_path: Path, port: int, runs: list[Run]) -> None:
    folder = tmp_path / "var"
    first = Run(folder, PORT=str(port), PROCESSES="2")
    runs.append(first)
    for address in (port, port + 1, port + 2):
        until(lambda address=address: answers(address))  # type: ignore[misc]
    until(lambda: "Parley is ready" in first.said())

    # A second one says so clearly and touches nothing.
    second = Run(folder, PORT=str(port + 10), PROCESSES="1")
    runs.append(second)
    assert second.process.wait(timeout=20) != 0
    assert "running with this data folder already" in second.said()
    assert "Traceback" not in second.said()
    assert answers(port)

    # Something to keep.
    made = subprocess.run(
        [sys.executable, "manage.py", "provision", "--users", "1", "--channel", "kept", "--json"],
        cwd=CHECKOUT,
        env={**os.environ, "DATA_DIR": str(folder), "PORT": str(port)},
        check=True,
        capture_output=True,
    )
    token = json.loads(made.stdout)["users"][0]["token"]

    # A process that dies is started again, and no connection is refused meanwhile.
    victim = children(first.process.pid)[0]
    os.kill(victim, signal.SIGKILL)
    until(
        lambda: victim not in children(first.process.pid) and len(children(first.process.pid)) == 2
    )
    for address in (port, port + 1, port + 2):
        until(lambda address=address: answers(address))  # type: ignore[misc]

    everything = [first.process.pid, *children(first.process.pid), valkey_pid(folder)]
    assert all(is_running(pid) for pid in everything)
    first.stop(signal.SIGINT)
    until(lambda: not any(is_running(pid) for pid in everything))
    assert "Traceback" not in first.said()

    third = Run(folder, PORT=str(port), PROCESSES="1")
    runs.append(third)
    until(lambda: answers(port))
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v1/channels", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert [one["name"] for one in json.load(answer)["results"]] == ["kept"]


def test_a_supervisor_that_is_killed_leaves_no_process(
    tmp_path: Path, port: int, runs: list[Run]
) -> None:
    run = Run(tmp_path / "var", PORT=str(port), PROCESSES="2")
    runs.append(run)
    until(lambda: answers(port + 1) and answers(port + 2))
    everything = [*children(run.process.pid), valkey_pid(run.folder)]
    run.stop(signal.SIGKILL)
    until(lambda: not any(is_running(pid) for pid in everything))


def test_single_instances_share_the_embedded_services(tmp_path: Path, runs: list[Run]) -> None:
    folder = tmp_path / "var"
    ports = [free_port(), free_port()]
    for number, own in enumerate(ports, 1):
        runs.append(
            Run(folder, "manage.py", "serve", INSTANCE_ID=f"Instance-{number}", PORT=str(own))
        )
    for own in ports:
        until(lambda own=own: answers(own))  # type: ignore[misc]
        until(lambda own=own: '"redis": "ok"' in read(own, "/readyz"))  # type: ignore[misc]
    valkey = valkey_pid(folder)
    assert runs[0].stop() == 0
    assert is_running(valkey)
    assert '"redis": "ok"' in read(ports[1], "/readyz")
    assert runs[1].stop() == 0
    until(lambda: not is_running(valkey))


def test_only_one_process_at_a_time_touches_a_new_database(tmp_path: Path, runs: list[Run]) -> None:
    folder = tmp_path / "var"
    folder.mkdir()
    with (folder / "migrate.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        port = free_port()
        run = Run(folder, "manage.py", "serve", PORT=str(port))
        runs.append(run)
        until(lambda: waits_for_a_lock(run.process.pid))
        assert not list(folder.glob("*.sqlite3*"))
    until(lambda: answers(port))


def test_a_closed_terminal_leaves_nothing_behind(tmp_path: Path, runs: list[Run]) -> None:
    own = free_port()
    run = Run(tmp_path / "var", "manage.py", "serve", PORT=str(own))
    runs.append(run)
    until(lambda: answers(own))
    valkey = valkey_pid(run.folder)
    assert run.stop(signal.SIGHUP) == 0
    until(lambda: not is_running(valkey))


def test_behind_a_domain_monitoring_asks_by_address(
    tmp_path: Path, port: int, runs: list[Run]
) -> None:
    run = Run(tmp_path / "var", PORT=str(port), PROCESSES="1", ORIGINS="https://chat.example.org")
    runs.append(run)
    until(lambda: "Parley is ready" in run.said())
    assert '"status": "ok"' in read(port, "/readyz")


def test_a_busy_port_is_one_clear_sentence(tmp_path: Path, port: int, runs: list[Run]) -> None:
    import socket

    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        for command in ((), ("manage.py", "serve")):
            run = Run(tmp_path / "var", *command, PORT=str(port))
            runs.append(run)
            assert run.process.wait(timeout=30) != 0
            assert f"Cannot listen on 127.0.0.1:{port}" in run.said()
            assert "Traceback" not in run.said()


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"DATA_DIR": "{file}/var"}, "cannot be used"),
        ({"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}, "The database cannot be used"),
        ({"DATABASE_URL": "mysql://nobody@127.0.0.1/none"}, "must name PostgreSQL or SQLite"),
        ({"ORIGINS": "*"}, "is not a full origin"),
        ({"ORIGINS": "chat.example.org"}, "is not a full origin"),
        ({"ORIGINS": "http://["}, "is not a full origin"),
        ({"ORIGINS": "http://a:99999"}, "is not a full origin"),
        ({"DATABASE_URL": "garbage"}, "must name PostgreSQL or SQLite"),
        ({"DATABASE_URL": "postgresql://u@h:99999/x"}, "must name PostgreSQL or SQLite"),
        ({"REDIS_URL": "redis://127.0.0.1:abc"}, "REDIS_URL must be an address"),
        ({"PORT": "99999"}, "PORT must be at most"),
        ({"PORT": "many"}, "must be a whole number"),
        ({"CHANNEL_LAYER": "pigeons"}, "must be one of hub, stock"),
        ({"REDIS_URL": "http://127.0.0.1"}, "REDIS_URL"),
    ],
)
def test_a_wrong_setting_is_one_clear_sentence(
    environment: dict[str, str], sentence: str, tmp_path: Path, port: int, runs: list[Run]
) -> None:
    a_file = tmp_path / "file"
    a_file.touch()
    given = {name: value.format(file=a_file) for name, value in environment.items()}
    for command in ((), ("manage.py", "serve")):
        run = Run(tmp_path / "var", *command, **{"PORT": str(port), "PROCESSES": "1", **given})
        runs.append(run)
        assert run.process.wait(timeout=60) != 0, run.said()
        assert sentence in run.said()
        assert "Traceback" not in run.said()


def answers(port: int) -> bool:
    try:
        return "ok" in read(port, "/healthz")
    except OSError:
        return False


def read(port: int, path: str) -> str:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        return str(error.read().decode())


def children(pid: int) -> list[int]:
    listed = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    lines = [line.split(None, 1) for line in listed.stdout.splitlines()]
    return [int(number) for number, command in lines if "manage.py serve" in command]


def valkey_pid(folder: Path) -> int:
    return int((folder / "valkey.pid").read_text())


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    # A zombie has ended; whether its parent has asked for its status is another matter.
    return state != "Z"


def waits_for_a_lock(pid: int) -> bool:
    return any(
        "->" in line and f" {pid} " in line for line in Path("/proc/locks").read_text().splitlines()
    )


def until(condition: Callable[[], bool], *, seconds: float = START_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.05)
