"""Tasks for tests."""

from pathlib import Path
from time import monotonic, sleep

from chat import broadcast, groups
from protocol.events import TypingStarted
from work.declaring import GiveUp, task


@task()
def write(path: str, word: str) -> None:
    with Path(path).open("a") as file:
        file.write(f"{word}\n")


@task()
def write_when_allowed(path: str, permission: str) -> None:
    """Say that it has begun, wait for a file to appear, say that it is done."""
    with Path(path).open("a") as file:
        file.write("begun\n")
    deadline = monotonic() + 60
    while not Path(permission).exists():
        assert monotonic() < deadline
        sleep(0.02)
    with Path(path).open("a") as file:
        file.write("done\n")


@task(max_attempts=3, first_delay_seconds=0.5)
def fail(path: str) -> None:
    with Path(path).open("a") as file:
        file.write("tried\n")
    raise ValueError("canary: what somebody wrote")


@task()
def hopeless() -> None:
    raise GiveUp("It will never work.")


@task(timeout_seconds=1, max_attempts=2, first_delay_seconds=0.1)
def hang(path: str) -> None:
    with Path(path).open("a") as file:
        file.write("hangs\n")
    sleep(60)


@task()
def whisper(channel_id: int, user_id: int) -> None:
    stream = groups.channel_stream(channel_id)
    broadcast.whisper(
        stream,
        TypingStarted(
            stream=stream, channel_id=str(channel_id), user_id=str(user_id), thread_id=None
        ),
        origin_user_id=0,
    )
