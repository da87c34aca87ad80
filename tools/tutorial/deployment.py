"""N processes of the tutorial's chat, and somebody on each of them."""

import asyncio
import contextlib
import http.client
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Final

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tools.findings import Order
from tools.programs import HOST, Program, free_port, wait_until

_ROOM: Final = "check"


@contextlib.contextmanager
def processes(*, count: int, seconds: float) -> Iterator[list[int]]:
    """Serve the chat from `count` processes and yield their ports.

    Raises:
        StartError: with the tail of the log of what did not come up.
    """
    with contextlib.ExitStack() as running:
        directory = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="tutorial-")))
        started: list[tuple[Program, int]] = []
        for number in range(1, count + 1):
            port = free_port()
            program = Program(
                name=f"Instance-{number}",
                command=[
                    *(sys.executable, "-m", "daphne", "-v", "0", "-b", HOST, "-p", str(port)),
                    "tools.tutorial.asgi:application",
                ],
                environment={
                    **os.environ,
                    "DJANGO_SETTINGS_MODULE": "tools.tutorial.settings",
                    "PYTHONUNBUFFERED": "1",
                },
                log_path=directory / f"Instance-{number}.log",
            )
            running.callback(program.kill)
            program.start()
            started.append((program, port))
        deadline = time.monotonic() + seconds
        for program, port in started:
            _wait_until_it_serves(program, port=port, deadline=deadline)
        yield [port for _, port in started]


class TutorialWitness:
    """One person on one process of the tutorial's chat."""

    def __init__(self, *, number: int, port: int, connection: ClientConnection) -> None:
        self.instance_id = f"Instance-{number}"
        self.name = f"u{number}"
        self._port = port
        self._connection = connection
        self._heard: dict[str, float] = {}
        self._changed = asyncio.Event()
        self._reader = asyncio.create_task(self._read())

    @classmethod
    @contextlib.asynccontextmanager
    async def connected(cls, *, number: int, port: int) -> AsyncIterator["TutorialWitness"]:
        """Join the room on this process, and leave it at the end."""
        url = f"ws://{HOST}:{port}/ws/chat/{_ROOM}/u{number}/"
        async with connect(url, compression=None, proxy=None) as connection:
            witness = cls(number=number, port=port, connection=connection)
            try:
                yield witness
            finally:
                witness._reader.cancel()
                await asyncio.gather(witness._reader, return_exceptions=True)

    async def say(self, text: str) -> None:
        await self._connection.send(json.dumps({"message": text}))

    async def listen(self, texts: Sequence[str], *, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not self._heard.keys() >= set(texts):
                    self._changed.clear()
                    await self._changed.wait()

    def heard_at(self, text: str) -> float | None:
        return self._heard.get(text)

    def order(self) -> Order:
        return ()

    async def look(
        self,
        names: Sequence[str],
        *,
        seconds: float,  # noqa: ARG002 - nothing will change, so there is nothing to wait for
    ) -> list[frozenset[str]]:
        online = await asyncio.to_thread(_who_is_online, self._port)
        return [online & frozenset(names)]

    def trouble(self) -> list[str]:
        return []

    async def _read(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for frame in self._connection:
                self._heard[json.loads(frame)["message"]] = time.monotonic()
                self._changed.set()


def _wait_until_it_serves(program: Program, *, port: int, deadline: float) -> None:
    def answers() -> bool:
        try:
            _who_is_online(port)
        except (OSError, http.client.HTTPException, ValueError):
            return False
        return True

    wait_until(
        lambda: answers() or not program.is_alive, seconds=max(0.0, deadline - time.monotonic())
    )
    if not program.is_alive:
        raise program.failure(f"ended with status {program.exit_status} while starting")
    if not answers():
        raise program.failure("did not answer in time")


def _who_is_online(port: int) -> frozenset[str]:
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/online")
        return frozenset(json.loads(connection.getresponse().read())["online"])
    finally:
        connection.close()
