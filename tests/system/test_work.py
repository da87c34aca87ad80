"""A real worker: killed, stopped, stuck; and what it announces reaches the sockets of others."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.test_run import Run, answers, children, is_running, port, until
from tools.programs import CHECKOUT

__all__ = ["port"]

WORK = ("manage.py", "work", "--lease-seconds", "2")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "var"


@pytest.fixture
def runs() -> Iterator[list[Run]]:
    started: list[Run] = []
    yield started
    for run in started:
        run.end()
        sys.stdout.write(run.said())


def database() -> dict[str, str]:
    """Return where `tools.with_postgres` has put the database, if it has."""
    return {name: os.environ[name] for name in ("DATABASE_URL",) if name in os.environ}


def start(folder: Path, runs: list[Run], *command: str, **environment: str) -> Run:
    run = Run(folder, *(command or WORK), **{**database(), **environment})
    runs.append(run)
    return run


def manage(folder: Path, *words: str) -> str:
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=CHECKOUT,
        env={**os.environ, "DATA_DIR": str(folder)},
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def enqueue(folder: Path, chore: str, *arguments: object) -> None:
    given = ", ".join(repr(one) for one in arguments)
    code = f"from tests.integration import chores; chores.{chore}.enqueue({given})"
    manage(folder, "shell", "-v", "0", "-c", code)


def numbers(folder: Path) -> dict[str, float]:
    told: dict[str, float] = json.loads(manage(folder, "tasks", "--json"))
    return told


def lines(page: Path) -> list[str]:
    return page.read_text().splitlines() if page.exists() else []


def test_a_worker_killed_in_the_middle_of_a_task_loses_nothing(
    folder: Path, tmp_path: Path, runs: list[Run]
) -> None:
    page, permission = tmp_path / "page", tmp_path / "permission"
    first = start(folder, runs)
    until(lambda: "WORK" in first.said())
    enqueue(folder, "write_when_allowed", str(page), str(permission))
    until(lambda: lines(page) == ["begun"])
    first.stop(signal.SIGKILL)
    permission.touch()
    second = start(folder, runs)
    until(lambda: lines(page) == ["begun", "begun", "done"])
    until(lambda: "TASK_DONE" in second.said())
    assert "TASK_RECOVERED" in second.said()
    assert numbers(folder)["running"] == 0


def test_a_worker_told_to_stop_finishes_what_it_has_begun(
    folder: Path, tmp_path: Path, runs: list[Run]
) -> None:
    page, permission = tmp_path / "page", tmp_path / "permission"
    run = start(folder, runs)
    until(lambda: "WORK" in run.said())
    enqueue(folder, "write_when_allowed", str(page), str(permission))
    until(lambda: lines(page) == ["begun"])
    run.process.send_signal(signal.SIGTERM)
    permission.touch()
    assert run.process.wait(timeout=30) == 0
    assert lines(page) == ["begun", "done"]
    said = numbers(folder)
    assert (said["running"], said["workers"]) == (0, 0)


def test_a_failing_task_is_tried_again_and_then_left_to_staff(
    folder: Path, tmp_path: Path, runs: list[Run]
) -> None:
    page = tmp_path / "page"
    run = start(folder, runs)
    until(lambda: "WORK" in run.said())
    enqueue(folder, "fail", str(page))
    until(lambda: "TASK_FAILED" in run.said())
    assert lines(page) == ["tried"] * 3
    assert "canary" not in run.said()
    assert numbers(folder)["failed"] == 1


def test_a_task_that_hangs_ends_its_worker_and_counts_as_tried(
    folder: Path, tmp_path: Path, runs: list[Run]
) -> None:
    page = tmp_path / "page"
    run = start(folder, runs)
    until(lambda: "WORK" in run.said())
    enqueue(folder, "hang", str(page))
    assert run.process.wait(timeout=30) == 70
    again = start(folder, runs)
    assert again.process.wait(timeout=30) == 70
    assert lines(page) == ["hangs"] * 2
    assert numbers(folder)["failed"] == 1


def test_the_whole_runs_a_worker_and_starts_it_again(
    folder: Path, tmp_path: Path, runs: list[Run], port: int
) -> None:
    page = tmp_path / "page"
    whole = start(folder, runs, "-m", "chatproject", PORT=str(port), PROCESSES="1")
    until(lambda: answers(port + 1))
    until(lambda: len(workers(whole)) == 1)
    (victim,) = workers(whole)
    os.kill(victim, signal.SIGKILL)
    until(lambda: len(workers(whole)) == 1 and workers(whole) != [victim])
    enqueue(folder, "write", str(page), "a")
    until(lambda: lines(page) == ["a"])
    everything = [*workers(whole), *children(whole.process.pid)]
    assert whole.stop() == 0
    until(lambda: not any(is_running(one) for one in everything))
    assert "Traceback" not in whole.said()


def test_what_a_worker_announces_is_heard_on_the_sockets_of_another_process(
    folder: Path, runs: list[Run], port: int
) -> None:
    from websockets.sync.client import connect

    serve = start(folder, runs, "manage.py", "serve", PORT=str(port))
    until(lambda: answers(port))
    work = start(folder, runs)
    until(lambda: "WORK" in work.said())
    made = json.loads(manage(folder, "provision", "--users", "1", "--channel", "heard", "--json"))
    token, channel_id = made["users"][0]["token"], made["channel"]["id"]
    until(lambda: "SERVE" in serve.said())
    with connect(
        f"ws://127.0.0.1:{port}/ws/", additional_headers={"Authorization": f"Bearer {token}"}
    ) as socket:
        assert json.loads(socket.recv(timeout=10))["type"] == "welcome"
        enqueue(folder, "whisper", int(channel_id), 9)
        frame = json.loads(socket.recv(timeout=20))
    assert (frame["type"], frame["channel_id"]) == ("typing.started", channel_id)


def workers(run: Run) -> list[int]:
    listed = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(run.process.pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    split = [line.split(None, 1) for line in listed.stdout.splitlines()]
    return [int(number) for number, command in split if "manage.py work" in command]
