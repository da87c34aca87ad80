"""The deployment of a run: server processes behind proxies, and one who starts again what died."""

import asyncio
import contextlib
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, Self

import msgspec
import redis

from tools.chaos.history import Recorder, Sample
from tools.chaos.postgres import SOCKET_NAME, Postgres
from tools.chaos.proxy import Address, Proxy
from tools.cluster import Cluster, Instance, instance_id
from tools.programs import HOST, wait_until

DatabaseKind = Literal["sqlite", "postgresql"]

FAULTY: Final = (sys.executable, "-m", "tests.faulty")
SERVE_SECONDS: Final = 60.0
_LOOK_SECONDS: Final = 0.3
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE")


class Ground:
    """A cluster whose every connection goes through a proxy of ours.

    Args:
        switches: what the server does wrong on purpose.
    """

    def __init__(
        self, *, instances: int, database: DatabaseKind, switches: Sequence[str] = ()
    ) -> None:
        self.database = database
        self.folder = Path(tempfile.mkdtemp(prefix="parley-chaos-"))
        self.folder.chmod(0o755)
        self.postgres = Postgres() if database == "postgresql" else None
        self.died: dict[str, int] = {}
        self.kept_down: set[str] = set()
        self._faults: dict[str, str] = {}
        self._ids = [instance_id(number) for number in range(1, instances + 1)]
        self.doors = {
            one: Proxy(name=one, upstream=partial(self._address_of, one), has_sockets=True)
            for one in self._ids
        }
        self.redis_lines = {
            one: Proxy(name=f"{one} to Redis", upstream=self._redis_address) for one in self._ids
        }
        self.database_lines: dict[str, Proxy] = {}
        if self.postgres:
            for one in self._ids:
                folder = self.folder / f"database-of-{one}"
                folder.mkdir()
                self.database_lines[one] = Proxy(
                    name=f"{one} to PostgreSQL", upstream=self._postgres_address, folder=folder
                )
        self.cluster = Cluster(
            instances=instances,
            database_url=self.postgres.url(self.postgres.socket_folder) if self.postgres else None,
            env={"SWITCHES": ",".join(switches)} if switches else {},
            env_of=self._environment_of,
            program=FAULTY,
        )
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def instances(self) -> tuple[Instance, ...]:
        return self.cluster.instances

    @property
    def proxies(self) -> list[Proxy]:
        return [
            *self.doors.values(),
            *self.redis_lines.values(),
            *self.database_lines.values(),
        ]

    def ports(self) -> list[int]:
        """Where clients can knock."""
        return [proxy.port for proxy in self.doors.values()]

    async def __aenter__(self) -> Self:
        try:
            for proxy in self.proxies:
                await proxy.start()
            if self.postgres:
                await asyncio.to_thread(self.postgres.start)
            await asyncio.to_thread(self.cluster.start)
        except BaseException:
            await self._stop()
            raise
        self._tasks = [asyncio.create_task(self._supervise())]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._stop()

    # ── What faults need ────────────────────────────────────────────────────────────────────

    def redis(self) -> "redis.Redis":
        """Return a client of Redis that does not go through a proxy."""
        return redis.Redis(
            host=HOST,
            port=self.cluster.valkey.port,
            decode_responses=True,
            socket_timeout=5,
            socket_connect_timeout=5,
        )

    @property
    def sqlite_path(self) -> Path:
        return self.cluster.directory / "data" / "check.sqlite3"

    async def until_serving(self, instance: Instance) -> None:
        """Return when the process serves, or nothing more can be hoped for."""
        with contextlib.suppress(Exception):
            await asyncio.to_thread(
                instance.wait_until_it_serves, deadline=time.monotonic() + SERVE_SECONDS
            )

    async def until_another(self, instance: Instance, *, process_id: int | None) -> bool:
        """Return whether another process has taken the place of this one, and serves."""

        def is_another() -> bool:
            return instance.is_alive and instance.process.process_id != process_id

        if not await asyncio.to_thread(wait_until, is_another, seconds=SERVE_SECONDS):
            return False
        await self.until_serving(instance)
        return True

    def tell(self, faults: Mapping[str, str]) -> None:
        """Say to every process what is to go wrong inside it from now on (`FAULTS_FILE`).

        What was said under another key goes on.
        """
        self._faults |= faults
        for one in self._ids:
            file = self._faults_file(one)
            new = file.with_suffix(".new")
            new.write_bytes(msgspec.json.encode(self._faults))
            new.replace(file)

    def log_marks(self) -> dict[str, int]:
        """Remember how long the log of each process is now."""
        return {one.id: _size(one.process.log_path) for one in self.instances}

    def log_since(self, marks: Mapping[str, int]) -> str:
        """Return what all processes have logged since."""
        return "\n".join(
            _read_from(one.process.log_path, marks.get(one.id, 0)) for one in self.instances
        )

    # ── What runs beside ────────────────────────────────────────────────────────────────────

    async def sample(self, recorder: Recorder) -> None:
        """Measure each server process every second, for ever."""
        while True:
            now = time.monotonic()
            for instance in self.instances:
                usage = usage_of(instance.process.process_id)
                if usage:
                    recorder.write(
                        Sample(
                            t=now, instance=instance.id, rss_bytes=usage[0], cpu_seconds=usage[1]
                        )
                    )
            await asyncio.sleep(1)

    async def _supervise(self) -> None:
        """Start again what has ended, as whoever runs the product does."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            for instance in self.instances:
                if instance.is_alive or instance.id in self.kept_down:
                    continue
                self.died[instance.id] = self.died.get(instance.id, 0) + 1
                await asyncio.to_thread(instance.launch)

    async def _stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for proxy in self.proxies:
            await proxy.stop()
        # Not in a thread: Ctrl-C may have ended the loop's patience already.
        self.cluster.stop()
        if self.postgres:
            self.postgres.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _environment_of(self, instance: str) -> Mapping[str, str]:
        environment = {
            "REDIS_URL": f"redis://{HOST}:{self.redis_lines[instance].port}/0",
            "FAULTS_FILE": str(self._faults_file(instance)),
        }
        if self.postgres:
            folder = self.database_lines[instance].folder
            environment["DATABASE_URL"] = self.postgres.url(folder or self.folder)
        return environment

    def _faults_file(self, instance: str) -> Path:
        return self.folder / f"{instance}.faults.json"

    def _address_of(self, instance: str) -> Address:
        for one in self.instances:
            if one.id == instance:
                return Address(port=one.port)
        return Address(port=1)

    def _redis_address(self) -> Address:
        return Address(port=self.cluster.valkey.port)

    def _postgres_address(self) -> Address:
        folder = self.postgres.socket_folder if self.postgres else self.folder
        return Address(path=folder / SOCKET_NAME)


def failpoints_in(log: str) -> int:
    """Count how often a failpoint has acted, by what the processes said before."""
    return len(re.findall(r"^FAILPOINT name=", log, re.MULTILINE))


def hub_faults_in(log: str) -> int:
    """Count the letters that were dropped, doubled or reordered."""
    return sum(int(count) for line in _HUB_LINE.findall(log) for count in _COUNT.findall(line))


_HUB_LINE: Final = re.compile(r"^HUB_FAULTS (.*)$", re.MULTILINE)
_COUNT: Final = re.compile(r"=(\d+)")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _read_from(path: Path, start: int) -> str:
    try:
        with path.open("rb") as file:
            file.seek(start)
            return file.read().decode(errors="replace")
    except FileNotFoundError:
        return ""


def usage_of(process_id: int | None) -> tuple[int, float] | None:
    """Return the resident bytes and the CPU seconds of a process."""
    if process_id is None:
        return None
    folder = Path("/proc") / str(process_id)
    try:
        # The name of a program may hold spaces and brackets: count from behind it.
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
        pages = int((folder / "statm").read_text().split()[1])
    except (OSError, IndexError):
        return None
    return pages * _PAGE_BYTES, (int(fields[11]) + int(fields[12])) / _TICKS
