"""Sockets that listen, opened here or handed over by a parent process."""

import socket


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


def adopt(descriptor: int) -> socket.socket:
    """Return the listening socket that a parent process handed over.

    Raises:
        OSError: when the descriptor is not a socket.
    """
    listener = socket.socket(fileno=descriptor)
    listener.setblocking(False)
    return listener
