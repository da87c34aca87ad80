"""What is written to the log."""

import json
import logging
import sys
from typing import Any

import pytest
import structlog

from chatproject import logs


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Not Found: /hooks/abc123", "Not Found: /hooks/…"),
        ("Not Found: /services/T1/B2/abc123/", "Not Found: /services/T1/B2/…"),
        ("GET /channels/7", "GET /channels/7"),
        ("'/hooks/abc' failed", "'/hooks/…' failed"),
    ],
)
def test_no_address_of_a_webhook_is_logged(line: str, expected: str) -> None:
    assert logs.hide_secrets(logging.getLogger(), "", {"event": line})["event"] == expected


def logger_with(**options: Any) -> Any:
    config = logs.structlog_config("Instance-7", **options)
    return structlog.wrap_logger(
        config["logger_factory"](),
        processors=config["processors"],
        wrapper_class=config["wrapper_class"],
    )


def test_an_event_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    logger = logger_with(log_format="text", level="INFO")
    logger.info("DELIVER", stream="c:7", seq=3)
    logger.warning("LAYER_DOWN", reason="a\nb")
    logger.debug("NOBODY_ASKED")
    first, second = capsys.readouterr().err.splitlines()
    assert first.endswith("Z [Instance-7] DELIVER stream=c:7 seq=3")
    assert second.endswith("Z [Instance-7] LAYER_DOWN level=warning reason=a\\x0ab")


def test_an_event_can_be_a_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    logger_with(log_format="json", level="INFO").info("DELIVER", path="/hooks/abc123")
    line = json.loads(capsys.readouterr().err)
    assert line.pop("timestamp")
    assert line == {
        "event": "DELIVER",
        "instance": "Instance-7",
        "level": "info",
        "path": "/hooks/…",
    }


def test_a_server_outlives_who_reads_its_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    logger_with(log_format="text", level="INFO").info("DELIVER")
