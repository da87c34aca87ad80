"""The final read: the whole log, as every process gives it."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from typing import Final

import msgspec

from protocol import codec
from protocol.commands import Sync
from protocol.describing import wire_type
from protocol.events import MessagePosted
from protocol.resources import ChannelView, EventPage
from tools.chaos.crowd import Crowd, Room
from tools.chaos.history import Entry, Head, Record, Recorder, Trouble
from tools.chaos.line import Line, RefusedError
from tools.chaos.tab import hash_of
from tools.cluster import Instance, ProvisionedUser
from tools.rest import Rest, RestRefusedError, Shape

_POSTED: Final = wire_type(MessagePosted)

_ATTEMPTS: Final = 5
_OPEN_SECONDS: Final = 15.0
_THREADS: Final = 4


class _Message(msgspec.Struct):
    id: str = ""
    client_id: str | None = None
    text: str = ""


class _Member(msgspec.Struct):
    user_id: str = ""


class _Event(msgspec.Struct):
    type: str
    stream: str
    seq: int
    message: _Message | None = None
    message_id: str = ""
    member: _Member | None = None
    user_id: str = ""


class _Frame(msgspec.Struct):
    type: str
    re: str | None = None
    streams: dict[str, int] = {}
    events: list[msgspec.Raw] = []


class ReadError(Exception):
    """A process does not give its log."""


def read_everything(*, crowd: Crowd, instances: tuple[Instance, ...], recorder: Recorder) -> None:
    """Read every channel through every process. Blocks."""
    jobs = [(instance, room) for room in crowd.rooms for instance in instances]
    with ThreadPoolExecutor(_THREADS) as pool:
        for records in pool.map(lambda job: _read_room(*job), jobs):
            for record in records:
                recorder.write(record)


async def read_own_streams(
    *, crowd: Crowd, instances: tuple[Instance, ...], recorder: Recorder
) -> None:
    """Read everybody's own stream, each through one process: no page of REST has them."""
    limit = asyncio.Semaphore(_THREADS)

    async def read(number: int, person: ProvisionedUser) -> None:
        instance = instances[number % len(instances)]
        async with limit:
            reader = _OwnStream(person=person, instance=instance)
            for record in await reader.read():
                recorder.write(record)

    await asyncio.gather(*(read(number, one) for number, one in enumerate(crowd.people)))


class _OwnStream:
    """Opens a socket, asks for everything since the beginning, and closes it again."""

    def __init__(self, *, person: ProvisionedUser, instance: Instance) -> None:
        self._person = person
        self._instance = instance
        self._stream = f"u:{person.id}"
        self._records: list[Record] = []
        self._done = asyncio.Event()
        self._head = 0

    async def read(self) -> list[Record]:
        where = f"final read of {self._stream} through {self._instance.id}"
        try:
            line = await Line.call(
                port=self._instance.port,
                token=self._person.token,
                listener=self,
                seconds=_OPEN_SECONDS,
            )
            try:
                async with asyncio.timeout(_OPEN_SECONDS):
                    await self._done.wait()
            finally:
                line.hang_up()
        except (OSError, TimeoutError, RefusedError) as error:
            return [Trouble(t=time.monotonic(), where=where, what=repr(error))]
        return self._records

    def frame_received(self, line: Line, payload: bytes) -> None:
        frame = msgspec.json.decode(payload, type=_Frame)
        if frame.type == "welcome":
            self._head = frame.streams.get(self._stream, 0)
            line.send(codec.encode(Sync(id="s", cursors={self._stream: 0})))
        elif frame.type == "page":
            self._records += [
                _entry(self._instance.id, msgspec.json.decode(raw, type=_Event))
                for raw in frame.events
            ]
        elif frame.re == "s":
            self._records.append(
                Head(
                    t=time.monotonic(),
                    instance=self._instance.id,
                    stream=self._stream,
                    seq=self._head,
                )
            )
            self._done.set()

    def line_ended(self, line: Line, code: int) -> None:
        """Nothing more is expected."""


def _read_room(instance: Instance, room: Room) -> list[Record]:
    try:
        return _entries(instance, room)
    except ReadError as error:
        where = f"final read of {room.stream} through {instance.id}"
        return [Trouble(t=time.monotonic(), where=where, what=str(error))]


def _entries(instance: Instance, room: Room) -> list[Record]:
    rest = Rest(url=instance.url, token=room.owner.token, seconds=30)
    records: list[Record] = []
    after = "0"
    while True:
        page = _ask(rest, f"/api/v1/channels/{room.id}/events", EventPage, after=after)
        records += [
            _entry(instance.id, msgspec.json.decode(raw, type=_Event)) for raw in page.results
        ]
        if not page.has_more or page.next_cursor is None:
            break
        after = page.next_cursor
    view = _ask(rest, f"/api/v1/channels/{room.id}", ChannelView)
    records.append(
        Head(t=time.monotonic(), instance=instance.id, stream=room.stream, seq=view.last_seq)
    )
    return records


def _entry(instance: str, event: _Event) -> Entry:
    posted = event.message if event.type == _POSTED else None
    return Entry(
        t=time.monotonic(),
        instance=instance,
        stream=event.stream,
        seq=event.seq,
        type=event.type,
        client_id=posted.client_id if posted else None,
        hash=hash_of(posted.text) if posted else "",
        message_id=event.message.id if event.message else event.message_id,
        user=event.member.user_id if event.member else event.user_id,
    )


def _ask(rest: Rest, path: str, shape: type[Shape], **query: str) -> Shape:
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return rest.get(path, shape, **query)
        except (RestRefusedError, OSError, HTTPException, msgspec.DecodeError) as error:
            if attempt == _ATTEMPTS:
                raise ReadError(str(error)) from error
            time.sleep(1)
    raise AssertionError("unreachable")
