"""What `check --deploy` says of our own settings."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, register
from django.core.checks import Warning as CheckWarning


@register(Tags.security, deploy=True)
def limits_are_on(**_kwargs: Any) -> list[CheckMessage]:
    """Rate limits are lifted for load tests only."""
    if settings.RATE_LIMITS:
        return []
    return [CheckWarning("RATE_LIMITS is off: anybody can flood this server.", id="parley.W001")]


@register(Tags.security, deploy=True)
def the_public_comes_over_tls(**_kwargs: Any) -> list[CheckMessage]:
    """Cookies are secure only where every origin is."""
    if settings.HTTPS:
        return []
    return [CheckWarning("ORIGINS names an origin without https.", id="parley.W002")]
