"""Who may read the numbers of a process, and the answer to those who may."""

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Final

from django.conf import settings
from django.utils.crypto import constant_time_compare

from metrics import exposition

_PROXIED: Final = ("X-Forwarded-For", "Forwarded", "X-Real-Ip", "Via")
"""What proxies add. A stranger cannot take it away again."""


def may_read(*, address: str, headers: Mapping[str, str]) -> bool:
    """Return whether somebody with the token asks, or a neighbour who comes without a proxy.

    Behind a proxy on the same machine everybody comes from an address that may be trusted.
    """
    scheme, _, token = headers.get("Authorization", "").partition(" ")
    if settings.METRICS_TOKEN and scheme.lower() == "bearer":
        return constant_time_compare(token.strip(), settings.METRICS_TOKEN)
    if any(name in headers for name in _PROXIED):
        return False
    try:
        asker = ip_address(address)
    except ValueError:
        return False
    return any(asker in network for network in settings.METRICS_ALLOW)


def text(*, accept: str) -> tuple[bytes, str]:
    """Return the numbers of this process, and their media type."""
    return exposition.render(instance=settings.INSTANCE_ID, accept=accept)
