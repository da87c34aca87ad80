"""What each tab was told of each stream, judged while it is read.

Everything here belongs to one *world*: the history between two restores of the database, which
the wire calls an epoch. A tab is in the world of its last socket.
"""

import sys
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

from protocol.limits import SYNC_BEHIND_MAX
from tools.chaos.history import (
    Acknowledged,
    Apply,
    Begin,
    Close,
    End,
    Open,
    Refused,
    Resend,
    Send,
    Stray,
)
from tools.chaos.judging.logbook import POSTED
from tools.chaos.verdict import Complaints, Durations, Violation

SCREEN_SECONDS: Final = 10.0
"""So long after the last fault, or after its acknowledgement, a post may take to be everywhere."""


@dataclass(slots=True)
class Post:
    """A post from its first sending on. It was acknowledged when `acknowledged_at` is set."""

    client_id: str
    stream: str
    hash: str
    tab: str
    user: str
    sent_at: float
    instance: str
    acknowledged_at: float | None = None
    refused_at: float | None = None
    resent: bool = False


@dataclass(slots=True)
class Socket:
    number: int
    tab: str
    user: str
    instance: str
    opened_at: float
    closed_at: float | None = None


@dataclass(slots=True)
class Reach:
    """A run of consecutive seqs that reached a tab."""

    first: int
    last: int
    ended_at: float
    page: bool


@dataclass(slots=True)
class Following:
    """A tab's place in a stream. It stays when the tab follows the stream no longer."""

    position: int
    is_active: bool = True
    is_stale: bool = False
    ends: int = 0
    reached: list[Reach] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Told:
    """An event as a tab was told of it."""

    type: str
    client_id: str | None
    hash: str
    t: float
    tab: str

    def is_like(self, other: Apply) -> bool:
        return (
            self.type == other.type
            and self.client_id == other.client_id
            and self.hash == other.hash
        )


@dataclass(frozen=True, slots=True)
class Promise:
    """A place that was promised to a post."""

    stream: str
    seq: int
    t: float
    tab: str


@dataclass(frozen=True, slots=True)
class Late:
    """An event that reached a tab after its time."""

    t: float
    tab: str
    stream: str
    seq: int
    client_id: str
    seconds: float


@dataclass(slots=True)
class World:
    """What was seen in one epoch.

    Attributes:
        told: stream → seq → the first that anybody was told.
        differing: what others were told of the same seq.
        last_promised: stream → the highest seq that was promised.
    """

    epoch: str
    told: defaultdict[str, dict[int, Told]] = field(default_factory=lambda: defaultdict(dict))
    differing: list[tuple[str, int, Told]] = field(default_factory=list)
    promises: dict[str, Promise] = field(default_factory=dict)
    last_promised: dict[str, int] = field(default_factory=dict)
    places: dict[str, tuple[str, int]] = field(default_factory=dict)
    strays: list[tuple[Stray, bool]] = field(default_factory=list)
    """With whether the tab had been told that the stream ended."""
    late: list[Late] = field(default_factory=list)


@dataclass(slots=True)
class Tab:
    name: str
    user: str
    world: World
    socket: Socket | None = None
    has_new_epoch: bool = False
    sockets: int = 0
    streams: dict[str, Following] = field(default_factory=dict)
    ended: dict[str, list[float]] = field(default_factory=dict)
    calm_socket: Socket | None = None
    """The socket that was open when the calm phase began."""


class Followers:
    """Takes in what happens to tabs. Checks invariants 2 and 4 on the way."""

    def __init__(self, complaints: Complaints) -> None:
        self._complaints = complaints
        self.tabs: dict[str, Tab] = {}
        self.sockets: dict[int, Socket] = {}
        self.worlds: dict[str, World] = {}
        self.world = World("")
        """The newest one: the final log is of this."""
        self.posts: dict[str, Post] = {}
        self.latency = Durations()
        self.calm_at: float | None = None
        self.doubts: list[str] = []
        self.deliveries = 0
        self.resent = 0
        self.unsent: dict[str, float] = {}
        self.paged = 0

    # ── Sockets ─────────────────────────────────────────────────────────────────────────────

    def take_open(self, record: Open) -> None:
        world = self.worlds.get(record.epoch)
        if world is None:
            world = self.worlds[record.epoch] = World(record.epoch)
            self.world = world
        tab = self.tabs.get(record.tab)
        if tab is None:
            tab = self.tabs[record.tab] = Tab(record.tab, record.user, world)
        tab.has_new_epoch = tab.sockets > 0 and tab.world is not world
        tab.world = world
        if tab.has_new_epoch:
            tab.ended = {}
            for following in tab.streams.values():
                following.is_stale = True
                following.reached = []
        tab.user = record.user
        tab.sockets += 1
        tab.socket = self.sockets[record.socket] = Socket(
            record.socket, record.tab, record.user, record.instance, record.t
        )

    def take_close(self, record: Close) -> None:
        socket = self.sockets.get(record.socket)
        if socket is None or socket.closed_at is not None:
            return
        socket.closed_at = record.t
        tab = self.tabs[socket.tab]
        if tab.socket is socket:
            tab.socket = None

    def begin_calm(self, t: float) -> None:
        """Remember who must see everything from now on."""
        self.calm_at = t
        for tab in self.tabs.values():
            tab.calm_socket = tab.socket

    # ── Posts ───────────────────────────────────────────────────────────────────────────────

    def take_send(self, record: Send) -> None:
        if record.client_id in self.posts:
            self.doubts.append(f"The post {record.client_id} was sent for the first time twice.")
            return
        tab = self.tabs.get(record.tab)
        # The same words come in millions of records: what is kept is kept once.
        client_id = sys.intern(record.client_id)
        self.posts[client_id] = Post(
            client_id,
            sys.intern(record.stream),
            record.hash,
            sys.intern(record.tab),
            sys.intern(record.user),
            record.t,
            tab.socket.instance if tab and tab.socket else "",
        )

    def take_resend(self, record: Resend) -> None:
        self.resent += 1
        post = self.posts.get(record.client_id)
        if post is not None:
            post.resent = True

    def take_acknowledgement(self, record: Acknowledged) -> None:
        """Keep the promise. Two for one post must be the same: invariant 3."""
        world = self._tab(record.tab, record.t).world
        post = self.posts.get(record.client_id)
        if post is None:
            self.unsent[record.client_id] = record.t
        elif post.acknowledged_at is None:
            post.acknowledged_at = record.t
        promise = Promise(sys.intern(record.stream), record.seq, record.t, sys.intern(record.tab))
        known = world.promises.setdefault(sys.intern(record.client_id), promise)
        if (known.stream, known.seq) != (record.stream, record.seq):
            self._complaints.add(
                Violation(
                    3,
                    f"{record.client_id} was promised {known.stream} {known.seq}, and then "
                    f"{record.stream} {record.seq}.",
                    record.t,
                    stream=record.stream,
                    tab=record.tab,
                    seq=record.seq,
                    client_id=record.client_id,
                )
            )
        last = world.last_promised.get(record.stream, 0)
        world.last_promised[record.stream] = max(last, record.seq)

    def take_refusal(self, record: Refused) -> None:
        post = self.posts.get(record.client_id)
        if post is not None and not record.retryable:
            post.refused_at = record.t

    # ── Streams ─────────────────────────────────────────────────────────────────────────────

    def take_begin(self, record: Begin) -> None:
        """Set the tab's place anew, where the wire allows that: invariant 2."""
        tab = self._tab(record.tab, record.t)
        following = tab.streams.get(record.stream)
        if following is None:
            following = tab.streams[record.stream] = Following(record.seq)
        elif complaint := self._needless(tab, following, record):
            self._complain(2, f"Tab {record.tab} {complaint}", record)
        following.position = record.seq
        following.is_active = True
        following.is_stale = False

    def _needless(self, tab: Tab, following: Following, record: Begin) -> str | None:
        if not following.is_active or following.is_stale:
            return None
        behind = record.seq - following.position
        complaint: str | None = None
        match record.why:
            case "welcome":
                complaint = "was moved by `welcome` in a stream that it follows already"
            case "added" if behind != 0:
                complaint = "was added again to a stream that it follows already"
            case "reset" if behind < 0:
                complaint = "was reset by a server that has less than it has told"
            case "reset" if behind <= SYNC_BEHIND_MAX:
                complaint = f"was reset while it was only {behind} behind"
            case "epoch" if not tab.has_new_epoch:
                complaint = "was told of a new epoch, but the epoch is the same"
            case _:
                return None
        return f"{complaint}: {record.stream} from {following.position} to {record.seq}."

    def take_end(self, record: End) -> None:
        tab = self._tab(record.tab, record.t)
        following = tab.streams.get(record.stream)
        if following is None or not following.is_active:
            return
        following.is_active = False
        following.ends += 1
        if not following.is_stale:
            tab.ended.setdefault(record.stream, []).append(record.t)

    def take_apply(self, record: Apply) -> None:
        """Check the event's place (invariant 2) and what it says (4)."""
        self.deliveries += 1
        tab = self.tabs.get(record.tab) or self._tab(record.tab, record.t)
        following = tab.streams.get(record.stream)
        if following is None:
            following = tab.streams[record.stream] = Following(record.seq - 1, is_active=False)
        seq = record.seq
        if not following.is_active or following.is_stale:
            self._complain(2, f"Tab {tab.name} applied {record.stream} {seq} unbegun.", record)
        elif seq != following.position + 1:
            self._complain_of_place(following, record)
        following.position = max(following.position, seq)
        self._reach(following, record)
        self._compare(tab, record)
        if record.page:
            self.paged += 1
        if record.client_id is not None and record.type == POSTED:
            self._measure(tab, record, record.client_id)

    def take_stray(self, record: Stray) -> None:
        tab = self._tab(record.tab, record.t)
        following = tab.streams.get(record.stream)
        has_ended = following is not None and not following.is_active and following.ends > 0
        tab.world.strays.append((record, has_ended))

    def _complain_of_place(self, following: Following, record: Apply) -> None:
        if record.seq <= following.position:
            what = f"applied {record.stream} {record.seq} again, after {following.position}"
        else:
            lost = record.seq - following.position - 1
            what = f"missed {lost} of {record.stream}: after {following.position} came {record.seq}"
        self._complain(2, f"Tab {record.tab} {what}.", record)

    def _reach(self, following: Following, record: Apply) -> None:
        if following.reached:
            reach = following.reached[-1]
            if record.seq == reach.last + 1 and record.page == reach.page:
                reach.last = record.seq
                reach.ended_at = record.t
                return
        following.reached.append(Reach(record.seq, record.seq, record.t, record.page))

    def _compare(self, tab: Tab, record: Apply) -> None:
        world = tab.world
        stream = world.told[record.stream]
        told = stream.get(record.seq)
        if told is not None and told.is_like(record):
            return
        client_id = sys.intern(record.client_id) if record.client_id is not None else None
        new = Told(sys.intern(record.type), client_id, record.hash, record.t, tab.name)
        if told is None:
            stream[record.seq] = new
            if record.client_id is not None and record.type == POSTED:
                self._take_place(world, record, record.client_id)
            return
        if not told.hash and record.hash:
            # What was deleted is told without its text: keep the version that says more.
            stream[record.seq], new = new, told
        world.differing.append((record.stream, record.seq, new))

    def _take_place(self, world: World, record: Apply, client_id: str) -> None:
        place = world.places.setdefault(client_id, (record.stream, record.seq))
        if place != (record.stream, record.seq):
            self._complain(
                3,
                f"{client_id} was announced twice: at {place[0]} {place[1]} and at "
                f"{record.stream} {record.seq}.",
                record,
            )

    def _measure(self, tab: Tab, record: Apply, client_id: str) -> None:
        post = self.posts.get(client_id)
        if post is None:
            return
        if not record.page:
            self.latency.add(record.t - post.sent_at)
        if self.calm_at is not None and post.acknowledged_at is not None:
            due = max(self.calm_at, post.acknowledged_at) + SCREEN_SECONDS
            if record.t > due:
                tab.world.late.append(
                    Late(record.t, tab.name, record.stream, record.seq, client_id, record.t - due)
                )

    # ── Inside ──────────────────────────────────────────────────────────────────────────────

    def _tab(self, name: str, t: float) -> Tab:
        tab = self.tabs.get(name)
        if tab is None:
            self.doubts.append(f"Tab {name} did something at {t:.3f} before it had opened.")
            tab = self.tabs[name] = Tab(name, "", self.world)
        return tab

    def _complain(self, invariant: int, sentence: str, record: Apply | Begin) -> None:
        self._complaints.add(
            Violation(
                invariant,
                sentence,
                record.t,
                stream=record.stream,
                tab=record.tab,
                user=self.tabs[record.tab].user,
                seq=record.seq,
                client_id=(record.client_id or "") if isinstance(record, Apply) else "",
            )
        )
