"""What happened in a run, line by line: all that the judge knows.

Every record has `t`: seconds by the machine's monotonic clock, which all processes of a run share.
A *tab* is one client with cursors and an outbox that outlive its sockets; a person (`user`) may
have several tabs, one after another or at once. Streams are named as on the wire (`c:7`, `u:3`).
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, Self

import msgspec


class _Record(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", omit_defaults=True):
    t: float


class Run(_Record, frozen=True, tag="run"):
    """The first record: what is needed to do it again."""

    seed: int
    profile: str
    database: Literal["sqlite", "postgresql"]
    instances: int
    people: int
    versions: Mapping[str, str]
    started_at: str
    """Wall clock, RFC 3339."""
    switches: tuple[str, ...] = ()
    """What was built wrong on purpose, to see whether the judge notices."""


class Phase(_Record, frozen=True, tag="phase"):
    """A part of the run begins.

    `load` has faults; in `calm` posts go on without; in `quiet` nobody posts; in `read` the log is
    read through every process.
    """

    name: Literal["load", "calm", "quiet", "read"]


class Send(_Record, frozen=True, tag="send"):
    """A post goes out for the first time. A resend of the same `client_id` is a `Resend`."""

    tab: str
    user: str
    stream: str
    client_id: str
    hash: str
    """Of the text."""


class Resend(_Record, frozen=True, tag="resend"):
    tab: str
    client_id: str


class Acknowledged(_Record, frozen=True, tag="ok"):
    """The post is promised to be kept at this place."""

    tab: str
    client_id: str
    stream: str
    seq: int
    message_id: str


class Refused(_Record, frozen=True, tag="error"):
    """An `error` has answered the post. With `retryable` it is sent again later."""

    tab: str
    client_id: str
    code: str
    retryable: bool


class Open(_Record, frozen=True, tag="open"):
    """`welcome` has arrived."""

    tab: str
    user: str
    socket: int
    """Unique in the run."""
    instance: str
    epoch: str


class Close(_Record, frozen=True, tag="close"):
    """The socket is gone. 1006 when nobody said goodbye."""

    tab: str
    socket: int
    code: int


class Numb(_Record, frozen=True, tag="numb"):
    """The tab stops reading, or goes on.

    Meanwhile it answers no ping, and may be cut off for it.
    """

    tab: str
    socket: int
    is_numb: bool


class Begin(_Record, frozen=True, tag="begin"):
    """The tab follows the stream from after `seq`."""

    tab: str
    socket: int
    stream: str
    seq: int
    why: Literal["welcome", "added", "reset", "epoch"]


class End(_Record, frozen=True, tag="end"):
    """The tab follows the stream no longer: it was told so, or a later `welcome` lacks it."""

    tab: str
    socket: int
    stream: str
    why: Literal["removed", "absent"]


class Apply(_Record, frozen=True, tag="apply"):
    """An ordered event has arrived on a stream that the tab follows, whatever its seq.

    Recorded in the order of arrival, without correcting anything: an event that is repeated on
    the same socket or that leaves a hole is recorded as it came. Only what a client must ignore
    between sockets (a page that overlaps its cursor) is not recorded.
    """

    tab: str
    socket: int
    stream: str
    seq: int
    type: str
    client_id: str | None = None
    """Of a posted message."""
    hash: str = ""
    """Of the text of a posted message."""
    page: bool = False
    """Whether it came in a `page`."""


class Stray(_Record, frozen=True, tag="stray"):
    """An ordered event has arrived on a stream that the tab does not follow."""

    tab: str
    socket: int
    stream: str
    seq: int


class Presence(_Record, frozen=True, tag="presence"):
    """The tab has been told how these people are, by a change or as the answer to a question."""

    tab: str
    socket: int
    users: Mapping[str, str]
    """User id → state."""
    asked: bool = False


class Fault(_Record, frozen=True, tag="fault"):
    """Something was broken on purpose, and this is what it really did."""

    name: str
    target: str
    began: float
    ended: float
    hits: int
    """How many things it is known to have hit (connections cut, processes that died, letters
    dropped …); 0 when it missed."""
    note: str = ""


class Sample(_Record, frozen=True, tag="sample"):
    """A measurement of one process."""

    instance: str
    rss_bytes: int
    cpu_seconds: float


class Entry(_Record, frozen=True, tag="log"):
    """One event of the log, as this process gave it in the final read."""

    instance: str
    stream: str
    seq: int
    type: str
    client_id: str | None = None
    hash: str = ""
    message_id: str = ""
    user: str = ""
    """For `member.*`: who came or went."""


class Screen(_Record, frozen=True, tag="screen"):
    """Where a tab stood when the quiet phase was over."""

    tab: str
    user: str
    stream: str
    seq: int


class Head(_Record, frozen=True, tag="head"):
    """The last seq of a stream in the final read."""

    instance: str
    stream: str
    seq: int


class Trouble(_Record, frozen=True, tag="trouble"):
    """Something that must never be seen: a 500, a traceback in a log, an unknown frame."""

    where: str
    what: str


Record = (
    Run
    | Phase
    | Send
    | Resend
    | Acknowledged
    | Refused
    | Open
    | Close
    | Numb
    | Begin
    | End
    | Apply
    | Stray
    | Presence
    | Fault
    | Sample
    | Entry
    | Screen
    | Head
    | Trouble
)

_encode: Final = msgspec.json.Encoder().encode
_decoder: Final = msgspec.json.Decoder(Record)


class Recorder:
    """Writes a history. Records of one tab are written in the order in which things happened."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=1 << 20)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def write(self, record: Record) -> None:
        self._file.write(_encode(record) + b"\n")

    def close(self) -> None:
        self._file.close()


def read(path: Path) -> Iterator[Record]:
    """Read a history again.

    Raises:
        msgspec.DecodeError: a line is none of these records.
    """
    with path.open("rb") as lines:
        for line in lines:
            yield _decoder.decode(line)


def write(path: Path, records: Iterable[Record]) -> None:
    """Write a whole history."""
    with Recorder(path) as recorder:
        for record in records:
            recorder.write(record)
