"""Every number that is counted where it happens. The label values of each have an end.

A label must never hold what people or clients choose: a path, a name, a code of their own.
"""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram

REGISTRY: Final = CollectorRegistry()
"""That of this process."""

_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

HTTP_REQUESTS: Final = Counter(
    "http_requests_total",
    "Requests that Django answered, by the pattern of their route. Finished files are not in it.",
    ["method", "route", "status"],
    registry=REGISTRY,
)
HTTP_REQUEST_SECONDS: Final = Histogram(
    "http_request_seconds",
    "How long Django took for an answer.",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
    registry=REGISTRY,
)
COMMAND_SECONDS: Final = Histogram(
    "ws_command_seconds",
    "How long a command that came over a socket took, until its answer was handed to the socket.",
    ["command"],
    buckets=_SECONDS,
    registry=REGISTRY,
)
MESSAGES: Final = Counter(
    "messages_total",
    "Messages that were posted through this process and committed.",
    ["kind"],
    registry=REGISTRY,
)
ROUNDTRIP_SECONDS: Final = Histogram(
    "message_roundtrip_seconds",
    "From a committed event leaving for the other processes until its copy came back from Redis.",
    buckets=_SECONDS,
    registry=REGISTRY,
)
BROADCASTS: Final = Counter(
    "broadcasts_total",
    "Letters for the other processes, by whether Redis took them.",
    ["result"],
    registry=REGISTRY,
)
LOGINS: Final = Counter(
    "logins_total",
    "Attempts to sign in with what somebody knows or has.",
    ["result"],
    registry=REGISTRY,
)
WEBHOOKS: Final = Counter(
    "webhooks_total",
    "Deliveries of webhooks.",
    ["dir", "result"],
    registry=REGISTRY,
)
SEARCH_SECONDS: Final = Histogram(
    "search_seconds",
    "How long a page of search results took.",
    buckets=_SECONDS,
    registry=REGISTRY,
)
DATABASE_SECONDS: Final = Histogram(
    "database_query_seconds",
    "How long the database took for a statement.",
    buckets=_SECONDS,
    registry=REGISTRY,
)
DATABASE_ERRORS: Final = Counter(
    "database_errors_total",
    "Statements that the database could not do because it was away, locked or too slow.",
    registry=REGISTRY,
)
REDIS_SECONDS: Final = Histogram(
    "redis_seconds",
    "How long Redis took.",
    ["operation"],
    buckets=_SECONDS,
    registry=REGISTRY,
)
LOOP_LAG_SECONDS: Final = Histogram(
    "event_loop_lag_seconds",
    "How late the event loop was, four times a second.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5),
    registry=REGISTRY,
)
JOBS: Final = Counter(
    "jobs_done_total",
    "Attempts at background work here: done, failed and left to staff, or to be retried.",
    ["task", "result"],
    registry=REGISTRY,
)

# What has not happened yet is told as 0: else the first time would look like no change.
for _counter, _values in {
    MESSAGES: ("channel", "reply", "direct"),
    BROADCASTS: ("ok", "failed"),
    LOGINS: ("ok", "failed", "second_factor_failed"),
    REDIS_SECONDS: ("publish", "report"),
}.items():
    for _value in _values:
        _counter.labels(_value)
for _value in ("ok", "refused", "failed"):
    WEBHOOKS.labels("in", _value)
