"""What keeps this build away from everything real."""

import ipaddress
import socket
from collections.abc import Sequence
from functools import wraps
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError

from chatproject import env
from realtime import listening
from tests.faulty.patching import replace


def require_loopback(*, host: str, origins: Sequence[str]) -> None:
    """Raises ImproperlyConfigured when anybody but this machine could be served."""
    if not _is_loopback(host):
        raise ImproperlyConfigured(
            f"This build injects faults and serves only this machine: HOST {host!r} is public."
        )
    for origin in origins:
        if not _is_loopback(urlsplit(origin).hostname or ""):
            raise ImproperlyConfigured(
                f"This build injects faults and serves only this machine: {origin!r} in ORIGINS "
                "is public."
            )


def require_own_data(folder: Path) -> None:
    """Raises ImproperlyConfigured for the data of whoever works in this checkout."""
    if folder == env.ROOT / "var":
        raise ImproperlyConfigured(
            "This build spoils the data that it works on: name a DATA_DIR that may be thrown away."
        )


def install() -> None:
    """Refuse listening sockets that are handed over and that strangers could reach."""
    replace(listening, "adopt", _require_local)


def _require_local(original: Any) -> Any:
    @wraps(original)
    def adopt(descriptor: int) -> socket.socket:
        listener: socket.socket = original(descriptor)
        if listener.family != socket.AF_UNIX:
            host = str(listener.getsockname()[0])
            if not _is_loopback(host):
                raise CommandError(
                    "This build injects faults and serves only this machine: the socket on "
                    f"{host!r} is public."
                )
        return listener

    return adopt


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
