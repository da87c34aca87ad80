"""What is found out when somebody asks for the numbers: how things stand just now.

What is about the whole workspace is told by every process alike: take the maximum, never the sum.
"""

import platform
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import django
from django.conf import settings
from django.db import Error as DatabaseFailure
from django.db.models import Count
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from redis.exceptions import RedisError

from chat.models import Channel
from metrics.instruments import REGISTRY
from operations import health
from operations.limits import within
from presence import service as presence
from realtime import runtime
from realtime.traffic import Kind, traffic
from work import queue

KEPT_SECONDS: Final = 5.0
"""So long what was found out about the workspace is told again."""

Labels = dict[str, str]


class Process(Collector):
    """This process: its sockets, its hub, and whether it is ready."""

    def collect(self) -> Iterator[Metric]:
        yield _gauge(
            "build_info",
            "The program that runs here: always 1.",
            [
                (
                    {
                        "version": settings.VERSION,
                        "python": platform.python_version(),
                        "django": django.get_version(),
                    },
                    1,
                )
            ],
        )
        yield from _of_sockets()
        current = runtime.of_process()
        if current is None:
            # A worker: it has no sockets and nobody sends requests to it.
            return
        yield _gauge(
            "readiness_check",
            "Whether a check of /readyz says ok (1), degraded (0.5) or anything else (0).",
            [({"check": name}, _SHARE.get(state, 0)) for name, state in health.checks().items()],
        )
        yield _gauge(
            "process_draining", "Whether it sends its clients away.", [({}, current.is_draining)]
        )
        yield _gauge(
            "redis_up",
            "Whether this process hears the others through Redis.",
            [({}, current.is_layer_up)],
        )
        yield _counter(
            "hub_events_total",
            "Events of streams: forwarded, dropped as repeats, read from the log; and holes.",
            [
                ({"result": result}, current.hub.counters[result])
                for result in ("forwarded", "duplicates", "filled", "gaps")
            ],
        )
        yield _counter(
            "ws_lags_total",
            "How often a client read so slowly that it was sent no more events for a while.",
            [({}, current.hub.counters["lags"])],
        )
        report = current.report
        if report is not None:
            yield _gauge("ws_users", "People with a socket here.", [({}, report.users)])
            yield _gauge("ws_streams", "Streams that are heard here.", [({}, len(report.streams))])
            yield _gauge(
                "ws_send_queue",
                "Bytes that wait for all clients of this process to read.",
                [({}, report.buffered_bytes)],
            )


class Workspace(Collector):
    """The whole workspace, alike on every process. What cannot be asked is left out."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: tuple[float, _Counted | None, int | None] = (float("-inf"), None, None)

    def collect(self) -> Iterator[Metric]:
        counted, online = self._current()
        if online is not None:
            yield _gauge(
                "users_online", "People who are online. Of the workspace: max().", [({}, online)]
            )
        if counted is None:
            return
        yield _gauge(
            "channels_total",
            "Channels and conversations that are not archived. Of the workspace: max().",
            [({"kind": kind}, count) for kind, count in counted.channels.items()],
        )
        jobs = counted.jobs
        for name, words, value in (
            ("jobs_queued", "Tasks that are due and wait for a worker", jobs.queued),
            ("jobs_active", "Tasks that a worker is at", jobs.running),
            ("jobs_failed", "Tasks that were given up and left to staff", jobs.failed),
            ("jobs_lag_seconds", "How long the oldest task that is due waits", jobs.oldest_seconds),
            ("jobs_workers", "Workers that live", jobs.workers),
        ):
            yield _gauge(name, f"{words}. Of the workspace: max().", [({}, value)])

    def _current(self) -> "tuple[_Counted | None, int | None]":
        with self._lock:
            at, counted, online = self._kept
            if time.monotonic() - at > KEPT_SECONDS:
                counted = within(_count, otherwise=None)
                online = within(_online, otherwise=None)
                self._kept = (time.monotonic(), counted, online)
        return counted, online


@dataclass(frozen=True, slots=True)
class _Counted:
    channels: dict[str, int]
    jobs: queue.Waiting


def _count() -> _Counted | None:
    kinds = Channel.objects.filter(archived_at=None).values_list("kind").annotate(Count("pk"))
    known: dict[str, int] = dict.fromkeys(Channel.Kind.values, 0)
    try:
        return _Counted(channels={**known, **dict(kinds.order_by())}, jobs=queue.waiting())
    except DatabaseFailure:
        return None


def _online() -> int | None:
    try:
        return presence.store().count_online()
    except RedisError:
        return None


_SHARE: Final[dict[str, float]] = {"ok": 1, "degraded": 0.5}


def _of_sockets() -> Iterator[Metric]:
    # Copies: the event loop goes on counting meanwhile.
    kinds: tuple[Kind, ...] = ("browser", "bot")
    opened, open_now = dict(traffic.opened), dict(traffic.open)
    yield _gauge(
        "ws_connections",
        "Sockets that are open, by whether a browser's session or a token opened them.",
        [({"kind": kind}, open_now.get(kind, 0)) for kind in kinds],
    )
    yield _counter(
        "ws_connects_total",
        "Sockets that were opened.",
        [({"kind": kind}, opened.get(kind, 0)) for kind in kinds],
    )
    yield _counter(
        "ws_disconnects_total",
        "Sockets that were closed, by the close code.",
        [({"code": code}, count) for code, count in dict(traffic.closed).items()],
    )
    yield _counter("ws_received_total", "Frames that clients sent.", [({}, traffic.received)])
    yield _counter("ws_sent_total", "Frames that clients were sent.", [({}, traffic.sent)])
    yield _counter(
        "ws_events_sent_total",
        "New events that were handed to sockets, for each socket. What is caught up is not in it.",
        [({"type": name}, count) for name, count in dict(traffic.events).items()],
    )
    yield _counter(
        "ws_dropped_total",
        "Frames that can be done without, not sent to clients that read slowly.",
        [({}, traffic.skipped)],
    )


def _gauge(name: str, words: str, values: list[tuple[Labels, float]]) -> Metric:
    return _filled(GaugeMetricFamily(name, words), values)


def _counter(name: str, words: str, values: list[tuple[Labels, float]]) -> Metric:
    family = CounterMetricFamily(name, words)
    for labels, value in values:
        family.add_sample(name, labels, value)
    return family


def _filled(family: Metric, values: list[tuple[Labels, float]]) -> Metric:
    for labels, value in values:
        family.add_sample(family.name, labels, float(value))
    return family


REGISTRY.register(Process())
REGISTRY.register(Workspace())
