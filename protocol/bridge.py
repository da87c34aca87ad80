"""What operators ask and are shown over their own socket, `/ws/bridge/`.

For owners and admins with a browser's session. A socket looks at one thing at a time; while it
does, the server shows it anew every few seconds. Everything here is a picture of a moment: nothing
has a place in a stream, and nothing is replayed.
"""

from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from protocol.commands import Command, Ping
from protocol.events import Frame
from protocol.resources import ChannelKind, Id, PresenceState, Seq, StreamName, WorkspaceRole

InstanceName = Annotated[str, Meta(min_length=1, max_length=100, examples=["Instance-1"])]
ConnectionId = Annotated[str, Meta(min_length=1, max_length=64, examples=["5f0c2b7e9a4d4c6f"])]

ProcessState = Literal["live", "draining", "lost"]
ServiceState = Literal["ok", "degraded", "failed"]

Count = Annotated[int, Meta(ge=0, examples=[50])]
Milliseconds = Annotated[int, Meta(ge=0, examples=[3])]
Bytes = Annotated[int, Meta(ge=0, examples=[92_274_688])]
PerSecond = Annotated[float, Meta(ge=0, examples=[12.5])]

CONNECTIONS_SHOWN: Final = 200
EVENTS_SHOWN: Final = 50
ONLINE_SHOWN: Final = 100
MINUTES_SHOWN: Final = 60


# ── Commands ───────────────────────────────────────────────────────────────────────────────


class WatchCluster(Command, frozen=True, tag="cluster.watch"):
    """Look at all processes, from now on. It ends what the socket looked at before."""


class WatchConnections(Command, frozen=True, tag="connections.watch"):
    """Look at the open sockets, from now on: all, those on one process, or somebody's."""

    instance: InstanceName | None = None
    user_id: Id | None = None


class WatchConnection(Command, frozen=True, tag="connection.watch"):
    """Look at one open socket, from now on."""

    connection_id: ConnectionId


class WatchPerson(Command, frozen=True, tag="person.watch"):
    """Look at one person and where they are connected, from now on. It is written down."""

    user_id: Id


class WatchChannel(Command, frozen=True, tag="channel.watch"):
    """Look at one channel, from now on. If it is private, it is written down."""

    channel_id: Id


class DrainProcess(Command, frozen=True, tag="process.drain"):
    """Have a process send its clients to the others, and end."""

    instance: InstanceName


class CloseConnection(Command, frozen=True, tag="connection.close"):
    """Close a socket. Its client may come back at once."""

    connection_id: ConnectionId


class EndSession(Command, frozen=True, tag="session.end"):
    """End what a socket was opened with, the browser's session or the token, on all processes."""

    connection_id: ConnectionId


class SetAccess(Command, frozen=True, tag="person.set_access"):
    """Take somebody's access to the workspace away, or give it back."""

    user_id: Id
    is_active: bool


AnyBridgeCommand = (
    WatchCluster
    | WatchConnections
    | WatchConnection
    | WatchPerson
    | WatchChannel
    | DrainProcess
    | CloseConnection
    | EndSession
    | SetAccess
    | Ping
)

BRIDGE_COMMANDS: Final[tuple[type[Command], ...]] = (
    WatchCluster,
    WatchConnections,
    WatchConnection,
    WatchPerson,
    WatchChannel,
    DrainProcess,
    CloseConnection,
    EndSession,
    SetAccess,
)


# ── What is shown ──────────────────────────────────────────────────────────────────────────


class ProcessView(Struct, frozen=True, kw_only=True):
    """One process, as it last said of itself."""

    id: Annotated[str, Meta(description="Of this life of the process.")]
    instance: InstanceName
    state: ProcessState
    host: Annotated[str, Meta(examples=["chat-1"])]
    pid: Annotated[int, Meta(examples=[4711])]
    version: Annotated[str, Meta(examples=["0.1.0"])]
    started_at: datetime
    silent_seconds: Annotated[
        float, Meta(description="Since it last said anything.", examples=[1.2])
    ]
    browsers: Annotated[Count, Meta(description="Sockets that a browser's session opened.")]
    bots: Annotated[Count, Meta(description="Sockets that a token opened.")]
    users: Count
    streams: Count
    received_per_second: Annotated[PerSecond | None, Meta(description="Frames from clients.")]
    sent_per_second: Annotated[PerSecond | None, Meta(description="Frames to clients.")]
    loop_lag_median_ms: Milliseconds
    loop_lag_ms: Annotated[
        Milliseconds, Meta(description="The longest since it last said anything.")
    ]
    buffered_bytes: Annotated[Bytes, Meta(description="What waits for clients to read.")]
    memory_bytes: Bytes


class SampleView(Struct, frozen=True, kw_only=True):
    """A quarter of a minute of a process."""

    at: datetime
    sockets: Count
    received_per_second: PerSecond
    sent_per_second: PerSecond
    loop_lag_ms: Milliseconds
    buffered_bytes: Bytes
    memory_bytes: Bytes


class ServiceView(Struct, frozen=True, kw_only=True):
    """What all processes share: the database, or Redis."""

    name: Literal["database", "redis"]
    state: ServiceState
    product: Annotated[str, Meta(examples=["PostgreSQL 15.18"])]
    latency_ms: Annotated[
        float | None, Meta(description="Of the smallest question.", examples=[0.4])
    ]
    size_bytes: Annotated[Bytes | None, Meta(description="On disk; of Redis, in memory.")]
    clients: Annotated[Count | None, Meta(description="Open connections to it, where it says so.")]


class PersonView(Struct, frozen=True, kw_only=True):
    """Somebody, as operators see them."""

    id: Id
    username: Annotated[str, Meta(examples=["ann"])]
    display_name: str
    role: WorkspaceRole
    is_active: bool
    is_bot: bool


class ConnectionView(Struct, frozen=True, kw_only=True):
    """One open socket."""

    id: ConnectionId
    instance: InstanceName
    user: PersonView
    kind: Annotated[Literal["browser", "bot"], Meta(description="A session, or a token.")]
    address: Annotated[str, Meta(examples=["192.0.2.7"])]
    agent: Annotated[str, Meta(examples=["Mozilla/5.0 (X11; Linux x86_64)"])]
    opened_at: datetime
    heard_at: Annotated[datetime, Meta(description="When anything came, or a pong.")]
    streams: Count
    buffered_bytes: Bytes
    is_lagging: bool


class StreamPlace(Struct, frozen=True, kw_only=True):
    """A stream that a socket hears."""

    stream: StreamName
    name: Annotated[str, Meta(description="Of a channel that staff may see; else empty.")]


class ProcessPlace(Struct, frozen=True, kw_only=True):
    """A channel on one process."""

    instance: InstanceName
    state: ProcessState
    sockets: Count
    top: Annotated[Seq | None, Meta(description="Up to where it forwarded; null: nobody hears.")]
    behind: Annotated[int, Meta(ge=0, description="Events.", examples=[0])]
    is_silent: Annotated[bool, Meta(description="It did not answer just now.")]


class EventView(Struct, frozen=True, kw_only=True):
    """A place in a channel's log, without what was said."""

    seq: Seq
    type: Annotated[str, Meta(examples=["message.posted"])]
    at: datetime
    actor: Annotated[str, Meta(description="A username, or empty.", examples=["ann"])]


class ChannelSummary(Struct, frozen=True, kw_only=True):
    """A channel, as operators see it."""

    id: Id
    name: Annotated[str, Meta(description="Empty for a direct conversation.")]
    kind: ChannelKind
    is_archived: bool
    members: Count
    last_seq: Seq


class ClusterSeen(Frame, frozen=True, tag="cluster.seen"):
    """All processes now. `processes` is null while Redis cannot be asked."""

    at: datetime
    processes: list[ProcessView] | None
    services: list[ServiceView]
    users_online: Count | None


class ClusterHistory(Frame, frozen=True, tag="cluster.history"):
    """The last hour of each process, by its name. It comes once, before the first picture."""

    samples: dict[InstanceName, list[SampleView]]


class ConnectionsSeen(Frame, frozen=True, tag="connections.seen"):
    """Open sockets, the newest of each process first, and how many there are in all."""

    at: datetime
    connections: list[ConnectionView]
    total: Count
    silent: Annotated[list[InstanceName], Meta(description="Processes that did not answer.")]


class ConnectionSeen(Frame, frozen=True, tag="connection.seen"):
    """One open socket; null when it is closed, or its process does not answer."""

    at: datetime
    connection: ConnectionView | None
    streams: list[StreamPlace]


class PersonSeen(Frame, frozen=True, tag="person.seen"):
    """Somebody, how they look to others, and where they are connected."""

    at: datetime
    user: PersonView
    presence: PresenceState
    last_login_at: datetime | None
    sessions: Annotated[Count, Meta(description="Browsers where they are signed in.")]
    tokens: Annotated[Count, Meta(description="Tokens that count.")]
    connections: list[ConnectionView]
    total: Count
    silent: list[InstanceName]


class ChannelSeen(Frame, frozen=True, tag="channel.seen"):
    """A channel: who is here, how busy it is, and how far each process has come with it."""

    at: datetime
    channel: ChannelSummary
    online: Annotated[list[PersonView], Meta(description="Members who are online, some of many.")]
    online_count: Annotated[Count | None, Meta(description="Null while it is not known.")]
    processes: list[ProcessPlace] | None
    messages_per_minute: Annotated[list[Count], Meta(description="Of the last hour, now last.")]
    events: Annotated[list[EventView], Meta(description="The end of the log, newest first.")]


BRIDGE_EVENTS: Final[tuple[type[Frame], ...]] = (
    ClusterSeen,
    ClusterHistory,
    ConnectionsSeen,
    ConnectionSeen,
    PersonSeen,
    ChannelSeen,
)

AnyBridgeEvent = (
    ClusterSeen | ClusterHistory | ConnectionsSeen | ConnectionSeen | PersonSeen | ChannelSeen
)

_decoder: Final[msgspec.json.Decoder[AnyBridgeEvent]] = msgspec.json.Decoder(AnyBridgeEvent)


def decode_bridge_event(frame: str | bytes) -> AnyBridgeEvent:
    """Return what an operator is shown in one frame.

    Raises:
        msgspec.DecodeError: it is another frame.
    """
    return _decoder.decode(frame)
