"""Sockets that listen, opened here or handed over by a parent process."""

import resource
import socket
from typing import Final

DESCRIPTORS_MAX: Final = 1 << 20
"""More sockets than a process can serve. Some systems allow a number without end."""


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Raises:
        OSError: when the port is taken or the address is not ours.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(1024)
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener


def allow_many_sockets() -> int:
    """Let this process open as many files and sockets as the system allows it; return how many.

    What a shell allows by default, often 1,024, is for programs that cannot handle more.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = DESCRIPTORS_MAX if hard == resource.RLIM_INFINITY else min(hard, DESCRIPTORS_MAX)
    if wanted > soft:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return max(soft, wanted)


def adopt(descriptor: int) -> socket.socket:
    """Return the listening socket that a parent process handed over.

    Raises:
        OSError: when the descriptor is not a socket.
    """
    listener = socket.socket(fileno=descriptor)
    listener.setblocking(False)
    return listener
