"""`check --deploy` complains about what must not go into production."""

from typing import Any

from operations import checks


def test_lifted_limits_are_complained_about(settings: Any) -> None:
    settings.RATE_LIMITS = True
    assert checks.limits_are_on() == []
    settings.RATE_LIMITS = False
    assert [message.id for message in checks.limits_are_on()] == ["parley.W001"]


def test_an_origin_without_tls_is_complained_about(settings: Any) -> None:
    settings.HTTPS = False
    assert [message.id for message in checks.the_public_comes_over_tls()] == ["parley.W002"]
