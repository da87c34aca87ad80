"""One event a line: `[Instance-1] MESSAGE_SEND user=3 channel=7 seq=812`."""

import contextlib
import logging
import re
import sys
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
        line = " ".join(words)
        if not line.isprintable():
            line = line.translate(_CONTROL)
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


class Stream:
    """Writes finished lines to where the standard library's handler writes too."""

    def write(self, line: str) -> None:
        """Write a line, or nothing: who reads the log may have gone, and the server stays."""
        with contextlib.suppress(OSError, ValueError, AttributeError):
            sys.stderr.write(line + "\n")
            sys.stderr.flush()

    debug = info = warning = error = critical = write


def structlog_config(instance_id: str, *, log_format: str, level: str) -> dict[str, Any]:
    """Return what `structlog.configure` takes.

    Our own lines do not pass through the standard library, which would look for the caller of each,
    make a record of it and render it a second time: there are several for each message.
    """
    _FOREIGN[:] = _shared(instance_id)
    return {
        "processors": [*_shared(instance_id), _renderer(log_format)],
        "logger_factory": lambda *_: Stream(),
        "wrapper_class": structlog.make_filtering_bound_logger(level),
        "cache_logger_on_first_use": True,
    }


def _renderer(log_format: str) -> Processor:
    return structlog.processors.JSONRenderer() if log_format == "json" else Line()


_FOREIGN: list[Processor] = []
"""What lines of other libraries pass through before they are rendered."""


def config(*, log_format: str, level: str) -> dict[str, Any]:
    """Return Django's `LOGGING`."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "events": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    _renderer(log_format),
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
