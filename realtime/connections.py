"""The sockets that are open on this process, as an operator wants to see them.

Changed on the event loop alone. What it costs: one record for each socket, and one assignment for
each frame that comes in.
"""

import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Final

from realtime.sinks import SocketSink
from realtime.traffic import Kind


@dataclass(slots=True, eq=False, kw_only=True)
class Connection:
    """One open socket.

    Attributes:
        streams: what it hears. Not a copy: it changes while the socket lives.
        token_id: of the token that opened it, or None.
        session: by what its browser session can be told from others, or "".
        opened_at, heard_at: seconds since 1970. `heard_at` is when anything last came from the
            client: a frame, or the pong to a ping.
    """

    id: str
    user_id: int
    kind: Kind
    address: str
    agent: str
    sink: SocketSink
    streams: Collection[str]
    token_id: int | None
    session: str
    opened_at: float = field(default_factory=time.time)
    heard_at: float = field(default_factory=time.time)


class Connections:
    """The open sockets of a process, by id."""

    def __init__(self) -> None:
        self._by_id: dict[str, Connection] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def enter(self, connection: Connection) -> None:
        """Know a socket that has opened."""
        self._by_id[connection.id] = connection

    def leave(self, connection_id: str) -> None:
        """Know a socket no longer."""
        self._by_id.pop(connection_id, None)

    def get(self, connection_id: str) -> Connection | None:
        """Return an open socket, if it is here."""
        return self._by_id.get(connection_id)

    def of(self, *, user_id: int | None, stream: str | None) -> Iterator[Connection]:
        """Yield open sockets, the newest first: all, somebody's, or those that hear a stream."""
        for connection in reversed(self._by_id.values()):
            if user_id is not None and connection.user_id != user_id:
                continue
            if stream is None or stream in connection.streams:
                yield connection


connections: Final = Connections()
"""Those of this process."""
