"""Child processes are stopped, explained when they fail, and never outlive us."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.programs import CHECKOUT, Program, free_port, wait_until

SLEEPER = "import time; print('up', flush=True); time.sleep(600)"


def python(code: str, *, log_path: Path) -> Program:
    return Program(
        name="Sleeper",
        command=[sys.executable, "-c", code],
        environment=dict(os.environ),
        log_path=log_path,
    )


@pytest.fixture
def sleeper(tmp_path: Path) -> Iterator[Program]:
    program = python(SLEEPER, log_path=tmp_path / "sleeper.log")
    yield program
    program.kill()


def exists(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return not _is_zombie(process_id)


def _is_zombie(process_id: int) -> bool:
    done = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(process_id)], capture_output=True, text=True, check=False
    )
    return done.stdout.startswith("Z")


def test_a_killed_program_is_gone_and_can_be_started_again(sleeper: Program) -> None:
    sleeper.start()
    first = sleeper.process_id
    sleeper.kill()
    assert sleeper.exit_status == -signal.SIGKILL

    sleeper.start()

    assert sleeper.is_alive
    assert sleeper.process_id != first


def test_the_log_goes_on_over_a_restart(sleeper: Program) -> None:
    for _ in range(2):
        before = sleeper.log().count("up")
        sleeper.start()
        assert wait_until(lambda: sleeper.log().count("up") > before, seconds=10)  # noqa: B023
        sleeper.kill()

    assert sleeper.log().count("up") == 2


def test_a_program_that_is_asked_to_end_says_with_what_it_ended(sleeper: Program) -> None:
    sleeper.start()

    assert sleeper.terminate(seconds=10) == -signal.SIGTERM


def test_a_failure_is_explained_by_the_tail_of_the_log(tmp_path: Path) -> None:
    program = python("raise SystemExit('no such database')", log_path=tmp_path / "log")
    program.start()
    assert wait_until(lambda: not program.is_alive, seconds=10)

    failure = program.failure("ended while starting")

    assert "Sleeper ended while starting" in str(failure)
    assert "no such database" in str(failure)


def test_the_children_of_a_program_are_killed_with_it(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys, time\n"
        f"child = subprocess.Popen([sys.executable, '-c', {SLEEPER!r}])\n"
        "print('child', child.pid, flush=True)\n"
        "time.sleep(600)"
    )
    program = python(code, log_path=tmp_path / "log")
    program.start()
    assert wait_until(lambda: "child" in program.log(), seconds=10)
    child = int(program.log().split("child ")[1].split()[0])

    program.kill()

    assert wait_until(lambda: not exists(child), seconds=10)


def test_nothing_outlives_us_even_when_we_are_killed(tmp_path: Path) -> None:
    code = (
        "import os, sys, time\n"
        "from pathlib import Path\n"
        "from tools.programs import Program\n"
        f"program = Program(name='x', command=[sys.executable, '-c', {SLEEPER!r}],\n"
        f"    environment=dict(os.environ), log_path=Path({str(tmp_path / 'inner.log')!r}))\n"
        "program.start()\n"
        "print('child', program.process_id, flush=True)\n"
        "time.sleep(600)"
    )
    outer = subprocess.Popen(
        [sys.executable, "-c", code], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    )
    assert outer.stdout is not None
    with outer.stdout as output:
        child = int(output.readline().split()[1])
    assert exists(child)

    outer.kill()
    outer.wait()

    assert wait_until(lambda: not exists(child), seconds=10)


def test_free_ports_are_below_those_of_outgoing_connections() -> None:
    assert {20_000 <= free_port() < 32_000 for _ in range(20)} == {True}
