"""A deployment for a measurement, on SQLite or on PostgreSQL, both as durable as in production."""

import contextlib
from collections.abc import Iterator, Mapping
from typing import Final

from tools.bench.measuring import Cores, pin
from tools.chaos.postgres import Postgres
from tools.cluster import Cluster

DATABASES: Final = ("sqlite", "postgresql")


@contextlib.contextmanager
def deployment(
    database: str, *, cores: Cores, instances: int = 1, env: Mapping[str, str] | None = None
) -> Iterator[Cluster]:
    """Start processes on cores of their own, with a database on the core of the load."""
    with contextlib.ExitStack() as stack:
        url = None
        postgres = None
        if database == "postgresql":
            postgres = Postgres()
            stack.callback(postgres.stop)
            postgres.start()
            url = postgres.url(postgres.socket_folder)
        cluster = stack.enter_context(
            Cluster(
                instances=instances,
                database_url=url,
                env=env,
            )
        )
        processes = [one.process.process_id for one in cluster.instances]
        pin([one for one in processes if one is not None], cores.servers)
        others = [cluster.valkey.process_id, postgres.process_id if postgres else None]
        pin([one for one in others if one is not None], cores.others)
        yield cluster
