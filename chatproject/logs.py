"""One event a line: `[Instance-1] MESSAGE_SEND user=3 channel=7 seq=812`."""

import logging
import re
from typing import Any

import structlog
from structlog.types import EventDict, Processor, WrappedLogger

_CONTROL = {code: f"\\x{code:02x}" for code in [*range(0x20), *range(0x7F, 0xA0)]}


_SECRET_PATHS = re.compile(r"(/(?:hooks|services/[^/\s]+/[^/\s]+)/)[^\s'\"?#]+")
"""Addresses that are secrets themselves, wherever a library writes them."""


def hide_secrets(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Take the secrets of webhooks out of whatever is about to be logged."""
    for key, value in event.items():
        if isinstance(value, str) and "/" in value:
            event[key] = _SECRET_PATHS.sub(r"\1…", value)
    return event


class Line:
    """Renders an event as text. Control characters are escaped: a log is read in a terminal."""

    def __call__(self, _logger: WrappedLogger, _name: str, event: EventDict) -> str:
        instance = event.pop("instance", "-")
        name = event.pop("event", "")
        level = event.pop("level", "info")
        trace = event.pop("exception", "")
        timestamp = event.pop("timestamp", "")
        words = [f"{timestamp} [{instance}] {name}"]
        if level not in {"info", "debug"}:
            words.append(f"level={level}")
        words += [f"{key}={value}" for key, value in event.items() if not key.startswith("_")]
        line = " ".join(words).translate(_CONTROL)
        return f"{line}\n{trace}" if trace else line


def _instance(instance_id: str) -> Processor:
    def add(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
        event.setdefault("instance", instance_id)
        return event

    return add


def _shared(instance_id: str) -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _instance(instance_id),
        structlog.processors.format_exc_info,
        hide_secrets,
    ]


def structlog_config(instance_id: str) -> dict[str, Any]:
    """Return what `structlog.configure` takes."""
    _FOREIGN[:] = _shared(instance_id)
    return {
        "processors": [
            structlog.stdlib.filter_by_level,
            *_shared(instance_id),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        "logger_factory": structlog.stdlib.LoggerFactory(),
        "wrapper_class": structlog.stdlib.BoundLogger,
        "cache_logger_on_first_use": True,
    }


_FOREIGN: list[Processor] = []
"""What lines of other libraries pass through before they are rendered."""


def config(*, log_format: str, level: str) -> dict[str, Any]:
    """Return Django's `LOGGING`."""
    renderer: Processor = structlog.processors.JSONRenderer() if log_format == "json" else Line()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "events": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    renderer,
                ],
                "foreign_pre_chain": _FOREIGN,
            }
        },
        "handlers": {"stream": {"class": "logging.StreamHandler", "formatter": "events"}},
        "root": {"handlers": ["stream"], "level": "WARNING"},
        "loggers": {
            "parley": {"level": level},
            "django": {"level": "WARNING"},
            # Twisted warns of every handshake that is refused: anybody could fill the log.
            "daphne": {"level": "ERROR"},
            # A refused request is an answer, not an incident.
            "django.request": {"level": "ERROR"},
            "django.security.DisallowedHost": {"level": "CRITICAL"},
        },
    }


logging.captureWarnings(capture=True)
