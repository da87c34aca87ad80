"""Where an act comes from: whoever handles a request or runs a command says so once."""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final


@dataclass(frozen=True, slots=True)
class Origin:
    """What is known of the request, the socket or the command that an act came with."""

    address: str | None = None
    agent: str = ""
    request_id: str = ""


NOWHERE: Final = Origin()
_current: ContextVar[Origin] = ContextVar("origin", default=NOWHERE)


def current() -> Origin:
    """Return where what is done now comes from."""
    return _current.get()


def stay(origin: Origin) -> None:
    """Let everything that is done from now on in this task or thread come from there."""
    _current.set(origin)


@contextlib.contextmanager
def of(origin: Origin) -> Iterator[None]:
    """Let everything that is done inside come from there."""
    token = _current.set(origin)
    try:
        yield
    finally:
        _current.reset(token)


def address_of(*, peer: str, forwarded: str, proxies: int) -> str | None:
    """Return who asks: what the outermost of our own proxies saw, or else the peer.

    Args:
        forwarded: `X-Forwarded-For`, which a client can write as well as a proxy.
        proxies: how many of our own stand in front, each of which adds one address at the end.
    """
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    chosen = hops[-proxies] if 0 < proxies <= len(hops) else peer
    try:
        return str(ip_address(chosen))
    except ValueError:
        return None
