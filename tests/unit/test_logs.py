"""What is written to the log."""

import logging

import pytest

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
