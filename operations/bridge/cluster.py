"""All processes, and what they share, as they are now and were in the last hour."""

import os
import sqlite3
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone
from redis.exceptions import RedisError

from operations import processes
from operations.limits import all_within
from operations.processes import Process
from presence import service as presence
from protocol.bridge import ClusterHistory, ClusterSeen, ProcessView, SampleView, ServiceView
from realtime import redis_clients, registry, runtime

SIZE_KEPT_SECONDS: Final = 60.0
"""How large the database is takes long to find out, and changes slowly."""


class Cluster:
    """Pictures of all processes. It remembers the last one: a rate needs two."""

    def __init__(self) -> None:
        self._earlier: list[Process] = []
        self._rates: dict[str, tuple[float, float]] = {}

    def look(self) -> ClusterSeen:
        """Return how things stand. What does not answer in time counts as failed."""
        found = all_within(_QUESTIONS)
        known: list[Process] | None = found["processes"]
        if known is not None:
            self._note_rates(known)
            self._earlier = known
        return ClusterSeen(
            at=timezone.now(),
            processes=None if known is None else [self._view(one) for one in known],
            services=[
                msgspec.structs.replace(found["database"], size_bytes=found["size"]),
                found["redis"],
            ],
            users_online=found["online"],
        )

    def _note_rates(self, known: list[Process]) -> None:
        for process in known:
            # Between two reports the last rate stands.
            rates = processes.rates(self._earlier, process)
            if rates is not None:
                self._rates[process.id] = rates
        ids = {process.id for process in known}
        self._rates = {id_: rates for id_, rates in self._rates.items() if id_ in ids}

    def _view(self, process: Process) -> ProcessView:
        received, sent = self._rates.get(process.id, (None, None))
        return ProcessView(
            id=process.id,
            instance=process.instance,
            state=process.state,
            host=process.host,
            pid=process.pid,
            version=process.version,
            started_at=moment(process.started_at),
            silent_seconds=process.silent_seconds,
            browsers=process.sockets_browser,
            bots=process.sockets_bot,
            users=process.users,
            streams=process.streams,
            received_per_second=None if received is None else round(received, 2),
            sent_per_second=None if sent is None else round(sent, 2),
            loop_lag_median_ms=process.loop_lag_median_ms,
            loop_lag_ms=process.loop_lag_ms,
            buffered_bytes=process.buffered_bytes,
            memory_bytes=process.memory_bytes,
        )


def history() -> ClusterHistory:
    """Return the last hour of the processes that are known now."""
    names = sorted({entry.report.instance for entry in registry.entries() or []})
    return ClusterHistory(
        samples={
            name: [
                SampleView(
                    at=moment(sample.at),
                    sockets=sample.sockets,
                    received_per_second=sample.received_per_second,
                    sent_per_second=sample.sent_per_second,
                    loop_lag_ms=sample.loop_lag_ms,
                    buffered_bytes=sample.buffered_bytes,
                    memory_bytes=sample.memory_bytes,
                )
                for sample in samples
            ]
            for name, samples in registry.history(names).items()
        }
    )


def moment(seconds: float) -> datetime:
    """Return a time that is told in seconds since 1970."""
    return datetime.fromtimestamp(seconds, tz=UTC)


# ── What the processes share ────────────────────────────────────────────────────────────────

_FAILED: Final = {
    name: ServiceView(
        name=name, state="failed", product="", latency_ms=None, size_bytes=None, clients=None
    )
    for name in ("database", "redis")
}


def _database() -> ServiceView:
    began_at = time.perf_counter()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            latency_ms = (time.perf_counter() - began_at) * 1000
            product, clients = _of_vendor(cursor)
    except (DatabaseError, InterfaceError):
        return _FAILED["database"]
    return ServiceView(
        name="database",
        state="ok",
        product=product,
        latency_ms=round(latency_ms, 2),
        size_bytes=None,
        clients=clients,
    )


def _of_vendor(cursor: Any) -> tuple[str, int | None]:
    if connection.vendor != "postgresql":
        return f"SQLite {sqlite3.sqlite_version}", None
    cursor.execute(
        "SELECT current_setting('server_version'),"
        " (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database())"
    )
    version, clients = cursor.fetchone()
    return f"PostgreSQL {version.partition(' ')[0]}", clients


def _database_size() -> int | None:
    try:
        return _size.get(_size_of_database)
    except (DatabaseError, InterfaceError, OSError):
        return None


def _size_of_database() -> int:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])
    name = str(connection.settings_dict["NAME"])
    return sum(
        os.path.getsize(path)  # noqa: PTH202 - the name may be SQLite's ":memory:"
        for path in (name, f"{name}-wal")
        if os.path.exists(path)  # noqa: PTH110
    )


def _redis() -> ServiceView:
    began_at = time.perf_counter()
    client = redis_clients.blocking()
    try:
        client.ping()
        latency_ms = (time.perf_counter() - began_at) * 1000
        facts: Mapping[str, Any] = client.info()
    except (RedisError, OSError):
        return _FAILED["redis"]
    finally:
        client.close()
    is_valkey = "valkey_version" in facts
    return ServiceView(
        name="redis",
        state="ok" if runtime.is_layer_up() else "degraded",
        product=f"Valkey {facts['valkey_version']}"
        if is_valkey
        else f"Redis {facts.get('redis_version', '')}",
        latency_ms=round(latency_ms, 2),
        size_bytes=facts.get("used_memory"),
        clients=facts.get("connected_clients"),
    )


def _online() -> int | None:
    try:
        return presence.store().count_online()
    except RedisError:
        return None


class _Kept:
    """Something that is not asked for again for a while."""

    def __init__(self) -> None:
        self._value = 0
        self._until = float("-inf")

    def get(self, ask: Callable[[], int]) -> int:
        if time.monotonic() > self._until:
            self._value = ask()
            self._until = time.monotonic() + SIZE_KEPT_SECONDS
        return self._value


_size: Final = _Kept()

_QUESTIONS: Final[dict[str, tuple[Callable[[], Any], Any]]] = {
    "processes": (processes.all_known, None),
    "database": (_database, _FAILED["database"]),
    "size": (_database_size, None),
    "redis": (_redis, _FAILED["redis"]),
    "online": (_online, None),
}
"""Each with what it counts for when it does not answer."""
