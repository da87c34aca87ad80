"""What is measured: Parley, what one would build instead, and what no server can be faster than.

Each is started on free ports and stopped at the end of its block.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from protocol.codec import encode
from protocol.commands import PostMessage
from tools.bench.crowd import Door, Tongue, json_text, request
from tools.cluster import Cluster, ProvisionedUser, Valkey
from tools.programs import CHECKOUT, HOST, Program, free_port, wait_until

BUILD: Final = CHECKOUT / "build" / "bench"
_PEERS: Final = Path(__file__).parent / "peers"
_START_SECONDS: Final = 60.0
_INSTALL_SECONDS: Final = 300.0
_TUTORIAL_LAYERS: Final = {
    "core": "channels_redis.core.RedisChannelLayer",
    "pub/sub": "channels_redis.pubsub.RedisPubSubChannelLayer",
}

USERS_MAX: Final = 300
"""So many people; where there are more sockets, they have several each."""

PEOPLE_IN_MANY: Final = 60
"""So many where there are many channels."""


class Missing(Exception):
    """A system cannot be measured here. The message says what is missing."""


@dataclass(frozen=True, slots=True)
class Running:
    """A system that serves."""

    name: str
    tongue: Tongue
    ports: Sequence[int]
    server_ids: Sequence[int]
    redis_ids: Sequence[int] = ()
    paths: Sequence[tuple[str, dict[str, str]]] = field(default=(("/", {}),))
    """What the sockets ask for, in turn, and with which headers."""

    def doors(self, count: int) -> list[Door]:
        """Return where this many sockets connect: on all processes alike."""
        if self.tongue.is_bare:
            return [Door(self.ports[0], b"")] * count
        doors = []
        for number in range(count):
            port = self.ports[number % len(self.ports)]
            path, headers = self.paths[number % len(self.paths)]
            doors.append(
                Door(port, request(path.format(number=number), port=port, headers=headers))
            )
        return doors


# ── Parley ──────────────────────────────────────────────────────────────────────────────────


class ParleyTongue:
    hello = b""
    ready = b'"type":"welcome"'
    acknowledged = b'"type":"ok"'
    is_bare = False

    def __init__(self, channel_ids: Sequence[str]) -> None:
        self._channel_ids = channel_ids

    def first(self, channels: int) -> "ParleyTongue":
        """Speak in the first of these channels alone."""
        return ParleyTongue(self._channel_ids[:channels])

    def post(self, text: str, *, number: int) -> bytes:
        return encode(
            PostMessage(
                id=str(number),
                channel_id=self._channel_ids[number % len(self._channel_ids)],
                client_id=str(uuid.uuid4()),
                text=text,
            )
        )

    def answer(self, said: bytes) -> bytes | None:
        if b'"type":"error"' in said:
            raise ConnectionError(f"Parley refused: {said[:300]!r}")
        return None


@contextlib.contextmanager
def parley(
    *, processes: int = 1, channels: int = 1, checkout: Path = CHECKOUT
) -> Iterator[Running]:
    """Run Parley: everybody is signed in, and what is said is stored, ordered and acknowledged.

    `DATABASE_URL` in the environment names another database than a fresh SQLite.
    """
    program = (sys.executable, str(checkout / "manage.py"))
    database_url = os.environ.get("DATABASE_URL")
    with Cluster(instances=processes, database_url=database_url, program=program) as cluster:
        users, ids = _provision(cluster, channels=channels)
        yield Running(
            name="Parley" if processes == 1 else f"Parley, {processes} processes",
            tongue=ParleyTongue(ids),
            ports=[instance.port for instance in cluster.instances],
            server_ids=_ids(*(instance.process for instance in cluster.instances)),
            redis_ids=[one for one in [cluster.valkey.process_id] if one is not None],
            paths=[("/ws/", {"Authorization": f"Bearer {user.token}"}) for user in users],
        )


def _provision(cluster: Cluster, *, channels: int) -> tuple[tuple[ProvisionedUser, ...], list[str]]:
    # Letting everybody into many channels would take longer than measuring it.
    people = USERS_MAX if channels == 1 else PEOPLE_IN_MANY
    first = cluster.provision(users=people, channel="load-1")
    ids = [first.channel.id] if first.channel is not None else []
    if channels > 1:
        # In one go: each start of the command takes longer than what it does.
        said = cluster.manage("shell", "--no-imports", "-c", _MORE.format(people, channels))
        ids += [json.loads(line)["channel"]["id"] for line in said.splitlines() if line]
    return first.users, ids


_MORE: Final = """
from django.core.management import call_command
for number in range(2, {1} + 1):
    call_command("provision", users={0}, channel=f"load-{{number}}", json=True)
    print()
"""


# ── Channels, as its tutorial teaches ───────────────────────────────────────────────────────


class TutorialTongue:
    hello = ready = acknowledged = b""
    is_bare = False

    def post(self, text: str, *, number: int) -> bytes:  # noqa: ARG002 - as all are asked
        return json_text(message=text)

    def answer(self, said: bytes) -> bytes | None:  # noqa: ARG002 - as all are asked
        return None


@contextlib.contextmanager
def tutorial(layer: str) -> Iterator[Running]:
    """Run the chat of the tutorial on daphne, with this layer."""
    with _redis() as (valkey, directory):
        port = free_port()
        program = Program(
            name="daphne",
            command=[
                *(sys.executable, "-m", "daphne", "-v", "0", "-b", HOST, "-p", str(port)),
                "tools.tutorial.asgi:application",
            ],
            environment={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "tools.bench.peers.tutorial_settings",
                "REDIS_URL": valkey.url,
                "BENCH_LAYER": _TUTORIAL_LAYERS[layer],
            },
            log_path=directory / "daphne.log",
        )
        with _started(program, port=port):
            yield Running(
                name=f"Channels, {layer} layer",
                tongue=TutorialTongue(),
                ports=[port],
                server_ids=_ids(program),
                redis_ids=[one for one in [valkey.process_id] if one is not None],
                paths=[("/ws/chat/load/u{number}/", {})],
            )


# ── Socket.IO ───────────────────────────────────────────────────────────────────────────────


class SocketIoTongue:
    hello = b"40"
    ready = b"40{"
    acknowledged = b""
    is_bare = False

    def post(self, text: str, *, number: int) -> bytes:  # noqa: ARG002 - as all are asked
        return f'42["message","{text}"]'.encode()

    def answer(self, said: bytes) -> bytes | None:
        return b"3" if said == b"2" else None


@contextlib.contextmanager
def socket_io() -> Iterator[Running]:
    """Run Socket.IO with its Redis adapter on Node, installed once from its lock file.

    Raises:
        Missing: there is no Node, or it could not be installed.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise Missing("Socket.IO needs Node and npm.")
    home = BUILD / "socketio"
    _copy(_PEERS / "socketio", home)
    if not (home / "node_modules" / ".package-lock.json").exists():
        done = subprocess.run(
            [npm, "ci", "--omit=dev", "--no-audit", "--no-fund", "--ignore-scripts"],
            cwd=home,
            capture_output=True,
            text=True,
            timeout=_INSTALL_SECONDS,
            check=False,
        )
        if done.returncode:
            raise Missing(f"Socket.IO could not be installed: {done.stderr.strip()[-300:]}")
    with _redis() as (valkey, directory):
        port = free_port()
        program = Program(
            name="Socket.IO",
            command=[node, str(home / "server.mjs")],
            environment={
                **os.environ,
                "NODE_ENV": "production",
                "PORT": str(port),
                "REDIS_URL": valkey.url,
            },
            log_path=directory / "socketio.log",
        )
        with _started(program, port=port):
            yield Running(
                name="Socket.IO",
                tongue=SocketIoTongue(),
                ports=[port],
                server_ids=_ids(program),
                redis_ids=[one for one in [valkey.process_id] if one is not None],
                paths=[("/socket.io/?EIO=4&transport=websocket", {})],
            )


# ── The limit ───────────────────────────────────────────────────────────────────────────────


class BareTongue:
    hello = ready = acknowledged = b""
    is_bare = True

    def post(self, text: str, *, number: int) -> bytes:  # noqa: ARG002 - as all are asked
        return text.encode()

    def answer(self, said: bytes) -> bytes | None:  # noqa: ARG002 - as all are asked
        return None


@contextlib.contextmanager
def limit() -> Iterator[Running]:
    """Run a loop that calls `write()` for each socket, in C where there is a compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    port = free_port()
    if compiler is None:
        command, name = [sys.executable, str(_PEERS / "limit.py"), str(port)], "a bare send() loop"
    else:
        BUILD.mkdir(parents=True, exist_ok=True)
        binary = BUILD / "limit"
        subprocess.run([compiler, "-O2", "-o", binary, _PEERS / "limit.c"], check=True)
        command, name = [str(binary), str(port)], "a bare write() loop"
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        program = Program(
            name="limit",
            command=command,
            environment=dict(os.environ),
            log_path=Path(directory) / "limit.log",
        )
        with _started(program, port=port):
            yield Running(name=name, tongue=BareTongue(), ports=[port], server_ids=_ids(program))


# ── Inside ──────────────────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def _redis() -> Iterator[tuple[Valkey, Path]]:
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        directory = Path(name)
        valkey = Valkey(directory=directory)
        valkey.start()
        try:
            yield valkey, directory
        finally:
            valkey.stop()


@contextlib.contextmanager
def _started(program: Program, *, port: int) -> Iterator[None]:
    program.start()
    try:
        wait_until(
            lambda: _is_listening(port) or not program.is_alive,
            seconds=_START_SECONDS,
        )
        if not program.is_alive:
            raise program.failure("did not come up")
        yield
    finally:
        program.kill()


def _is_listening(port: int) -> bool:
    # Not by connecting: for the limit that would be one more client.
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    return any(
        address.endswith(f":{port:04X}") and state == "0A"
        for _, address, _, state, *_ in map(str.split, lines)
    )


def _copy(source: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for file in source.iterdir():
        shutil.copy(file, target / file.name)


def _ids(*programs: Program) -> list[int]:
    return [one.process_id for one in programs if one.process_id is not None]
