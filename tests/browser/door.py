"""One address in front of the processes, as a load balancer is."""

import contextlib
import socket
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Final, Self

from tools.cluster import Instance
from tools.programs import HOST

_READ_BYTES: Final = 65_536
_CONNECT_SECONDS: Final = 2.0


class Door:
    """Leads every connection to the first process that answers. Shut, it lets nobody through."""

    def __init__(self) -> None:
        self._listener = socket.create_server((HOST, 0))
        self.port: int = self._listener.getsockname()[1]
        self._leads_to: Sequence[Instance] = ()
        self._is_shut = False
        self._lock = threading.Lock()
        self._inside: set[socket.socket] = set()

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._let_in, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.shut()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def open(self, *leads_to: Instance) -> None:
        """Let people in, to the first of these that lives."""
        with self._lock:
            self._leads_to = leads_to
            self._is_shut = False

    def shut(self) -> None:
        """Cut whoever is inside, and turn away whoever comes."""
        with self._lock:
            self._is_shut = True
            inside, self._inside = self._inside, set()
        for connection in inside:
            _end(connection)

    def _let_in(self) -> None:
        while True:
            try:
                guest, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._lead, args=(guest,), daemon=True).start()

    def _lead(self, guest: socket.socket) -> None:
        host = self._find_host()
        with self._lock:
            is_welcome = host is not None and not self._is_shut
            if host is not None and is_welcome:
                self._inside |= {guest, host}
        if host is None or not is_welcome:
            for connection in (guest, host):
                _end(connection)
            return
        for source, target in ((guest, host), (host, guest)):
            threading.Thread(target=self._carry, args=(source, target), daemon=True).start()

    def _find_host(self) -> socket.socket | None:
        with self._lock:
            leads_to = () if self._is_shut else tuple(self._leads_to)
        for instance in leads_to:
            with contextlib.suppress(OSError):
                host = socket.create_connection((HOST, instance.port), timeout=_CONNECT_SECONDS)
                host.settimeout(None)
                return host
        return None

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(_READ_BYTES):
                target.sendall(data)
        for connection in (source, target):
            _end(connection)
        with self._lock:
            self._inside -= {source, target}


def _end(connection: socket.socket | None) -> None:
    if connection is None:
        return
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
