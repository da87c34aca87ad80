"""The judge calls good histories valid, bad ones violated, and poor ones unknown."""

import html
import itertools
import random
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.chaos import history, report
from tools.chaos.history import (
    Acknowledged,
    Apply,
    Begin,
    Close,
    End,
    Entry,
    Fault,
    Head,
    Open,
    Phase,
    Presence,
    Record,
    Refused,
    Resend,
    Run,
    Sample,
    Screen,
    Send,
    Stray,
    Trouble,
)
from tools.chaos.judge import judge
from tools.chaos.verdict import KEPT_MAX, Durations

R = TypeVar("R", bound=Record)

History = list[Record]
MIB = 1024**2
NEVER_THERE = "99"
EPOCH = "epoch-1"


# ── A small Parley in virtual time, which does everything right ─────────────────────────────


@dataclass
class Event:
    type: str
    client_id: str | None = None
    hash: str = ""
    user: str = ""


@dataclass
class Client:
    name: str
    user: str
    socket: int | None = None
    cursors: dict[str, int] = field(default_factory=dict)


class Play:
    """Writes the history of a run in which nothing goes wrong but what is broken on purpose."""

    def __init__(
        self, seed: int, *, people: int = 4, instances: int = 3, channels: int = 2
    ) -> None:
        self.dice = random.Random(seed)
        self.records: History = []
        self.t = 100.0
        self.epoch = EPOCH
        self.instances = [f"Instance-{number}" for number in range(1, instances + 1)]
        self.people = [str(number) for number in range(1, people + 1)]
        self.channels = [f"c:{number}" for number in range(1, channels + 1)]
        self.members = {channel: set(self.people) for channel in self.channels}
        self.log: dict[str, list[Event]] = {
            name: [] for name in (*self.channels, *(f"u:{user}" for user in self.people))
        }
        # The first person has two tabs.
        owners = [*self.people, self.people[0]]
        self.clients = [Client(f"tab-{index}", user) for index, user in enumerate(owners)]
        self.sockets = itertools.count(1)
        self.posts = itertools.count(1)
        self.write(
            Run(
                t=self.t,
                seed=seed,
                profile="play",
                database="sqlite",
                instances=instances,
                people=people,
                versions={"parley": "test"},
                started_at="2026-01-01T00:00:00Z",
            )
        )
        for channel in self.channels:
            for user in self.people:
                self.log[channel].append(Event("member.joined", user=user))

    def write(self, record: Record) -> None:
        self.records.append(record)

    def pass_time(self, seconds: float = 0.0) -> float:
        self.t += seconds or self.dice.uniform(0.001, 0.05)
        return self.t

    # What the clients do

    def connect(self, client: Client, instance: str | None = None) -> None:
        client.socket = next(self.sockets)
        self.write(
            Open(
                t=self.pass_time(),
                tab=client.name,
                user=client.user,
                socket=client.socket,
                instance=instance or self.dice.choice(self.instances),
                epoch=self.epoch,
            )
        )
        mine = [f"u:{client.user}", *(c for c in self.channels if client.user in self.members[c])]
        for stream in set(client.cursors) - set(mine):
            self.end(client, stream, "absent")
        for stream in mine:
            if stream not in client.cursors:
                self.begin(client, stream, len(self.log[stream]), "welcome")
        self.deliver([client], page=True)
        self.tell_presence([client], [*self.people, NEVER_THERE], asked=True)
        if len(self.open_clients(client.user)) == 1:
            self.tell_presence(self.open_clients(), [client.user])

    def disconnect(self, client: Client, code: int = 1006) -> None:
        if client.socket is None:
            return
        self.write(Close(t=self.pass_time(), tab=client.name, socket=client.socket, code=code))
        client.socket = None
        if not self.open_clients(client.user):
            self.tell_presence(self.open_clients(), [client.user])

    def open_clients(self, user: str | None = None) -> list[Client]:
        return [c for c in self.clients if c.socket is not None and user in (None, c.user)]

    def tell_presence(
        self, clients: Iterable[Client], users: Iterable[str], *, asked: bool = False
    ) -> None:
        states = {user: "online" if self.open_clients(user) else "offline" for user in users}
        for client in clients:
            assert client.socket is not None
            self.write(
                Presence(
                    t=self.pass_time(),
                    tab=client.name,
                    socket=client.socket,
                    users=states,
                    asked=asked,
                )
            )

    def begin(self, client: Client, stream: str, seq: int, why: str) -> None:
        client.cursors[stream] = seq
        assert client.socket is not None
        self.write(
            Begin(
                t=self.pass_time(),
                tab=client.name,
                socket=client.socket,
                stream=stream,
                seq=seq,
                why=why,  # type: ignore[arg-type]  # one of the four words
            )
        )

    def end(self, client: Client, stream: str, why: str) -> None:
        if client.cursors.pop(stream, None) is None:
            return
        assert client.socket is not None
        self.write(
            End(
                t=self.pass_time(),
                tab=client.name,
                socket=client.socket,
                stream=stream,
                why=why,  # type: ignore[arg-type]  # one of the two words
            )
        )

    def deliver(self, clients: Iterable[Client], *, page: bool = False) -> None:
        for client in clients:
            assert client.socket is not None
            for stream, cursor in client.cursors.items():
                for seq in range(cursor + 1, len(self.log[stream]) + 1):
                    event = self.log[stream][seq - 1]
                    self.write(
                        Apply(
                            t=self.pass_time(0.001),
                            tab=client.name,
                            socket=client.socket,
                            stream=stream,
                            seq=seq,
                            type=event.type,
                            client_id=event.client_id,
                            hash=event.hash,
                            page=page,
                        )
                    )
                client.cursors[stream] = len(self.log[stream])

    def deliver_live(self) -> None:
        clients = self.open_clients()
        self.dice.shuffle(clients)
        self.deliver(clients)

    def post(
        self, client: Client | None = None, *, fate: str = "", channel: str | None = None
    ) -> None:
        speakers = [c for c in self.open_clients() if any(map(c.cursors.get, self.channels))]
        client = client or self.dice.choice(speakers)
        open_to = [c for c in self.channels if client.user in self.members[c]]
        channel = channel or self.dice.choice(open_to)
        client_id = f"post-{next(self.posts)}"
        digest = f"hash-{client_id}"
        fate = fate or self.dice.choice(["plain"] * 8 + ["heard first", "resent", "busy"])
        self.write(
            Send(
                t=self.pass_time(),
                tab=client.name,
                user=client.user,
                stream=channel,
                client_id=client_id,
                hash=digest,
            )
        )
        if fate in {"refused", "busy"}:
            self.write(
                Refused(
                    t=self.pass_time(),
                    tab=client.name,
                    client_id=client_id,
                    code="rate_limited",
                    retryable=fate == "busy",
                )
            )
        if fate == "refused":
            return
        if fate == "busy":
            self.write(Resend(t=self.pass_time(), tab=client.name, client_id=client_id))
        self.log[channel].append(Event("message.posted", client_id, digest))
        seq = len(self.log[channel])
        if fate == "heard first":
            self.deliver_live()
        for _ in range(2 if fate == "resent" else 1):
            if fate == "resent":
                self.write(Resend(t=self.pass_time(), tab=client.name, client_id=client_id))
            self.write(
                Acknowledged(
                    t=self.pass_time(),
                    tab=client.name,
                    client_id=client_id,
                    stream=channel,
                    seq=seq,
                    message_id=f"m-{client_id}",
                )
            )
        self.deliver_live()

    def delete(self, channel: str) -> None:
        for event in self.log[channel]:
            if event.type == "message.posted" and event.hash:
                event.hash = ""
                self.log[channel].append(Event("message.deleted"))
                break
        self.deliver_live()

    def remove(self, user: str, channel: str) -> None:
        if user not in self.members[channel] or len(self.members[channel]) < 3:
            return
        self.members[channel].discard(user)
        self.log[channel].append(Event("member.removed", user=user))
        self.log[f"u:{user}"].append(Event("channel.removed"))
        self.deliver_live()
        for client in self.open_clients(user):
            self.end(client, channel, "removed")

    def admit(self, user: str, channel: str) -> None:
        if user in self.members[channel]:
            return
        self.members[channel].add(user)
        self.log[channel].append(Event("member.joined", user=user))
        self.log[f"u:{user}"].append(Event("channel.added"))
        for client in self.open_clients(user):
            if channel not in client.cursors:
                self.begin(client, channel, len(self.log[channel]), "added")
        self.deliver_live()

    def admit_all(self) -> None:
        for user, channel in itertools.product(self.people, self.channels):
            self.admit(user, channel)

    # What is broken

    def kill(self, instance: str) -> None:
        began = self.pass_time()
        running = {r.socket: r.instance for r in self.records if isinstance(r, Open)}
        hit = [c for c in self.open_clients() if running[c.socket or 0] == instance]
        for client in hit:
            self.disconnect(client)
        ended = self.pass_time(1.0)
        for client in hit:
            self.connect(client)
        self.write(
            Fault(
                t=self.pass_time(),
                name="kill",
                target=instance,
                began=began,
                ended=ended,
                hits=1,
            )
        )

    def sample(self) -> None:
        for instance in self.instances:
            self.write(
                Sample(
                    t=self.pass_time(),
                    instance=instance,
                    rss_bytes=80 * MIB + self.dice.randrange(5 * MIB),
                    cpu_seconds=1.0,
                )
            )

    def phase(self, name: str) -> None:
        self.write(Phase(t=self.pass_time(), name=name))  # type: ignore[arg-type]  # a phase

    # The whole

    def run(self, *, steps: int = 60) -> History:
        self.phase("load")
        self.sample()
        for client in self.clients:
            self.connect(client)
        self.pass_time(5)
        away, channel = self.clients[1], self.channels[0]
        for _ in range(steps):
            self.step()
        self.post(fate="resent")
        self.post(fate="refused")
        self.kill(self.instances[0])
        # Somebody is removed while they look, and comes back; then the same while they are away.
        for client in self.clients:
            if client.socket is None:
                self.connect(client)
        self.admit_all()
        self.remove(away.user, channel)
        self.post(self.clients[0], channel=channel)
        self.post(self.clients[2], channel=channel)
        self.admit(away.user, channel)
        self.disconnect(away)
        self.remove(away.user, channel)
        for _ in range(6):
            self.post(self.clients[2], channel=channel)
        self.admit(away.user, channel)
        self.connect(away)
        self.delete(channel)
        self.phase("calm")
        for _ in range(12):
            self.pass_time(0.5)
            self.post(fate="plain")
        self.sample()
        self.phase("quiet")
        self.pass_time(80)
        self.sample()
        self.finish()
        return self.records

    def finish(self) -> None:
        for client in self.open_clients():
            for stream, seq in client.cursors.items():
                self.write(
                    Screen(
                        t=self.pass_time(),
                        tab=client.name,
                        user=client.user,
                        stream=stream,
                        seq=seq,
                    )
                )
        self.phase("read")
        for instance in self.instances:
            for stream, events in self.log.items():
                for seq, event in enumerate(events, start=1):
                    self.write(
                        Entry(
                            t=self.t,
                            instance=instance,
                            stream=stream,
                            seq=seq,
                            type=event.type,
                            client_id=event.client_id,
                            hash=event.hash,
                            user=event.user,
                        )
                    )
                self.write(Head(t=self.t, instance=instance, stream=stream, seq=len(events)))

    def step(self) -> None:
        act = self.dice.choice(["post"] * 6 + ["drop", "return", "remove", "admit", "delete"])
        user, channel = self.dice.choice(self.people[1:]), self.dice.choice(self.channels)
        client = self.dice.choice(self.clients[1:])
        match act:
            case "post":
                self.post()
            case "drop":
                self.disconnect(client)
            case "return" if client.socket is None:
                self.connect(client)
            case "remove":
                self.remove(user, channel)
            case "admit":
                self.admit(user, channel)
            case "delete":
                self.delete(channel)
            case _:
                pass


@pytest.fixture(scope="module")
def good() -> History:
    return Play(7).run()


def all_of(records: History, kind: type[R]) -> list[tuple[int, R]]:
    return [(index, record) for index, record in enumerate(records) if isinstance(record, kind)]


def changed(records: History, index: int, **fields: object) -> History:
    return [
        *records[:index],
        msgspec.structs.replace(records[index], **fields),
        *records[index + 1 :],
    ]


def without(records: History, *kinds: type[Record]) -> History:
    return [record for record in records if not isinstance(record, kinds)]


def inserted(records: History, index: int, record: Record) -> History:
    return [*records[:index], record, *records[index:]]


# ── Good ────────────────────────────────────────────────────────────────────────────────────


def test_a_good_history_is_valid(good: History) -> None:
    verdict = judge(good)

    assert verdict.violations == ()
    assert verdict.doubts == ()
    assert verdict.outcome == "valid"
    assert verdict.exit_status == 0


def test_the_figures_count_what_is_there(good: History) -> None:
    figures = judge(good).figures

    assert figures.sent == len(all_of(good, Send))
    assert figures.deliveries == len(all_of(good, Apply))
    assert figures.refused == 1
    assert figures.unresolved == 0
    assert figures.sockets == len(all_of(good, Open))
    assert figures.latency.count > 0
    assert figures.latency.p50 <= figures.latency.p99 <= figures.latency.max
    (kill,) = figures.faults
    assert (kill.name, kill.injections, kill.hits) == ("kill", 1, 1)
    assert kill.recovery.count == 1
    assert set(figures.memory_max) == {"Instance-1", "Instance-2", "Instance-3"}


@given(
    seed=st.integers(0, 2**32),
    people=st.integers(3, 6),
    instances=st.integers(1, 4),
    channels=st.integers(1, 3),
)
@settings(max_examples=15, deadline=None)
def test_no_good_history_is_violated(seed: int, people: int, instances: int, channels: int) -> None:
    play = Play(seed, people=people, instances=instances, channels=channels)

    verdict = judge(play.run(steps=30))

    assert verdict.violations == ()
    assert verdict.doubts == ()


def test_a_history_survives_its_file(good: History, tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    history.write(path, good)

    assert judge(history.read(path)) == judge(good)


def test_a_page_may_show_what_was_deleted_without_its_text(good: History) -> None:
    index, apply = next(
        (i, r)
        for i, r in all_of(good, Apply)
        if r.hash and any(e.client_id == r.client_id and not e.hash for _, e in all_of(good, Entry))
    )

    assert judge(changed(good, index, hash="")).outcome == "valid"


@pytest.mark.parametrize(("behind", "counts"), [(1_001, {}), (1_000, {2: 1}), (-1, {2: 1})])
def test_a_reset_may_come_to_who_is_far_behind(behind: int, counts: dict[int, int]) -> None:
    begin = Begin(t=2, tab="a", socket=1, stream="c:1", seq=40, why="welcome")

    verdict = judge(
        [
            Open(t=1, tab="a", user="1", socket=1, instance="Instance-1", epoch=EPOCH),
            begin,
            msgspec.structs.replace(begin, seq=40 + behind, why="reset"),
        ]
    )

    assert verdict.counts == counts


def test_a_page_may_show_the_time_of_an_absence_to_who_is_back(good: History) -> None:
    """The last return of the play is seen in a page, over everything since the removal."""
    removed = [r for _, r in all_of(good, Entry) if r.type == "member.removed" and r.user == "2"]
    paged = {(r.stream, r.seq) for _, r in all_of(good, Apply) if r.page and r.tab == "tab-1"}

    assert any((r.stream, r.seq + 1) in paged for r in removed)
    assert 6 not in judge(good).counts


# ── Bad: each is one good history with one thing wrong ──────────────────────────────────────

Mutation = Callable[[History], History]


def find(records: History, kind: type[R], nth: int = 0, **wanted: object) -> tuple[int, R]:
    found = [
        (index, record)
        for index, record in all_of(records, kind)
        if all(getattr(record, name) == value for name, value in wanted.items())
    ]
    return found[nth]


def text_apply(records: History, nth: int = 40) -> tuple[int, Apply]:
    """A live message whose text nobody deletes."""
    last = max((e.stream, e.seq) for _, e in all_of(records, Entry) if e.type == "message.deleted")
    found = [
        (index, record)
        for index, record in all_of(records, Apply)
        if record.client_id and not record.page and (record.stream, record.seq) > last
    ]
    return found[-1 - nth % len(found)]


def everywhere(records: History, kind: type[R], **wanted: object) -> list[int]:
    return [
        index
        for index, record in all_of(records, kind)
        if all(getattr(record, name) == value for name, value in wanted.items())
    ]


def a_500_was_seen(good: History) -> History:
    return inserted(good, 50, Trouble(t=good[50].t, where="Instance-1", what="a traceback"))


def an_acknowledged_post_is_lost(good: History) -> History:
    _, ok = all_of(good, Acknowledged)[-1]
    gone = set(everywhere(good, Entry, client_id=ok.client_id))
    return [record for index, record in enumerate(good) if index not in gone]


def a_post_was_promised_another_place(good: History) -> History:
    index, ok = all_of(good, Acknowledged)[-1]
    return changed(good, index, seq=ok.seq - 1)


def a_post_was_kept_with_another_text(good: History) -> History:
    _, ok = all_of(good, Acknowledged)[-1]
    for index in everywhere(good, Entry, client_id=ok.client_id):
        good = changed(good, index, hash="another")
    return good


def a_promise_is_beyond_the_log(good: History) -> History:
    index, ok = all_of(good, Acknowledged)[-1]
    return changed(good, index, seq=ok.seq + 1_000)


def an_event_never_came(good: History) -> History:
    index, _ = all_of(good, Apply)[100]
    return good[:index] + good[index + 1 :]


def the_last_event_never_came(good: History) -> History:
    index, _ = all_of(good, Apply)[-1]
    return good[:index] + good[index + 1 :]


def an_event_came_twice(good: History) -> History:
    index, apply = all_of(good, Apply)[100]
    return inserted(good, index + 1, apply)


def two_events_came_in_the_wrong_order(good: History) -> History:
    pairs = itertools.combinations(all_of(good, Apply)[:200], 2)
    here, there = next((i, j) for (i, a), (j, b) in pairs if (a.tab, a.stream) == (b.tab, b.stream))
    swapped = list(good)
    swapped[here], swapped[there] = swapped[there], swapped[here]
    return swapped


def an_event_came_without_being_followed(good: History) -> History:
    index, opened = all_of(good, Open)[0]
    stray = Stray(t=opened.t, tab=opened.tab, socket=opened.socket, stream="c:1", seq=1)
    return inserted(good, index + 1, stray)


def a_tab_was_reset_for_nothing(good: History) -> History:
    index, apply = all_of(good, Apply)[60]
    return inserted(good, index + 1, begin_after(apply, why="reset"))


def a_welcome_skipped_what_was_missed(good: History) -> History:
    index, apply = next(
        (i, a) for i, a in all_of(good, Apply) if a.page and a.stream.startswith("c:")
    )
    welcome = msgspec.structs.replace(begin_after(apply, why="welcome"), seq=apply.seq)
    return [*good[:index], welcome, *good[index + 1 :]]


def a_new_epoch_was_made_up(good: History) -> History:
    index, apply = all_of(good, Apply)[60]
    return inserted(good, index + 1, begin_after(apply, why="epoch"))


def a_stream_ended_for_a_member(good: History) -> History:
    index, apply = next(
        (i, a) for i, a in all_of(good, Apply) if a.tab == "tab-0" and a.stream == "c:1"
    )
    end = End(t=apply.t, tab="tab-0", socket=apply.socket, stream="c:1", why="removed")
    return inserted(inserted(good, index + 1, begin_after(apply, why="added")), index + 1, end)


def begin_after(apply: Apply, *, why: str) -> Begin:
    return Begin(
        t=apply.t,
        tab=apply.tab,
        socket=apply.socket,
        stream=apply.stream,
        seq=apply.seq,
        why=why,  # type: ignore[arg-type]  # one of the four words
    )


def a_post_stands_twice_in_the_log(good: History) -> History:
    _, first = find(good, Entry, type="message.posted", stream="c:1")
    for _, head in all_of(good, Head):
        if head.stream == "c:1":
            twice = msgspec.structs.replace(first, instance=head.instance, seq=head.seq + 1)
            good = [*good, twice]
    return good


def a_post_was_acknowledged_at_two_places(good: History) -> History:
    index, ok = all_of(good, Acknowledged)[5]
    return inserted(good, index + 1, msgspec.structs.replace(ok, seq=ok.seq + 1))


def a_post_was_announced_at_two_places(good: History) -> History:
    index, apply = text_apply(good)
    again = msgspec.structs.replace(apply, seq=10_000)
    return inserted(good, index + 1, again)


def one_tab_heard_another_text(good: History) -> History:
    index, _ = text_apply(good)
    return changed(good, index, hash="another")


def one_tab_heard_another_post(good: History) -> History:
    index, _ = text_apply(good)
    return changed(good, index, client_id="another")


def one_tab_heard_another_kind_of_event(good: History) -> History:
    index, _ = text_apply(good)
    return changed(good, index, type="channel.changed", client_id=None, hash="")


def one_instance_reads_another_event(good: History) -> History:
    index, _ = find(good, Entry, instance="Instance-2", type="message.posted")
    return changed(good, index, hash="another")


def one_instance_lacks_an_event(good: History) -> History:
    index, _ = find(good, Entry, instance="Instance-2", stream="c:1", seq=7)
    return good[:index] + good[index + 1 :]


def one_instance_has_another_head(good: History) -> History:
    index, head = find(good, Head, instance="Instance-2", stream="c:1")
    return changed(good, index, seq=head.seq - 1)


def a_later_post_stands_before(good: History) -> History:
    index, ok = all_of(good, Acknowledged)[-1]
    send, _ = find(good, Send, client_id=ok.client_id)
    earlier_ok, earlier = [
        (i, r) for i, r in all_of(good, Acknowledged) if r.stream == ok.stream and r.seq < ok.seq
    ][-1]
    swap = {ok.client_id: earlier, earlier.client_id: ok}
    texts = {r.client_id: r.hash for _, r in all_of(good, Send)}
    return [swapped(record, swap, texts) for record in good]


def swapped(record: Record, places: dict[str, Acknowledged], texts: dict[str, str]) -> Record:
    """The same record in a run in which two posts have changed their places."""
    match record:
        case Acknowledged() if record.client_id in places:
            return msgspec.structs.replace(record, seq=places[record.client_id].seq)
        case Entry() | Apply() if record.client_id in places:
            other = places[record.client_id].client_id
            return msgspec.structs.replace(record, client_id=other, hash=texts[other])
        case _:
            return record


def a_post_was_sent_after_its_successor_was_done(good: History) -> History:
    _, ok = all_of(good, Acknowledged)[-1]
    _, earlier = [
        (i, r) for i, r in all_of(good, Acknowledged) if r.stream == ok.stream and r.seq < ok.seq
    ][-1]
    send, _ = find(good, Send, client_id=earlier.client_id)
    return changed(good, send, t=ok.t + 0.5)


def who_was_removed_heard_the_next_event(good: History) -> History:
    index, end = find(good, End, -1, why="removed", tab="tab-1", stream="c:1")
    position = max(
        record.seq
        for record in good[:index]
        if isinstance(record, Apply) and (record.tab, record.stream) == (end.tab, end.stream)
    )
    stray = Stray(t=end.t, tab=end.tab, socket=end.socket, stream=end.stream, seq=position + 1)
    return inserted(good, index + 1, stray)


def the_end_came_too_late(good: History) -> History:
    index, end = find(good, End, -1, why="removed", tab="tab-1", stream="c:1")
    place, following = next(
        (i, r)
        for i, r in all_of(good, Apply)
        if i > index and r.stream == end.stream and r.tab != end.tab
    )
    user = next(r.user for r in good if isinstance(r, Open) and r.tab == end.tab)
    assert user
    leaked = msgspec.structs.replace(following, tab=end.tab, socket=end.socket)
    return inserted(good, index, leaked)


def a_tab_opened_after_the_removal_hears_the_channel(good: History) -> History:
    """`removed` never reached the tab and it goes on hearing live what others hear."""
    index, end = find(good, End, -1, why="removed", tab="tab-1", stream="c:1")
    back, _ = next(
        (i, r)
        for i, r in all_of(good, Begin)
        if i > index and (r.tab, r.stream) == (end.tab, end.stream)
    )
    others = {
        record.seq: msgspec.structs.replace(record, tab=end.tab, socket=end.socket, page=False)
        for record in good[index:back]
        if isinstance(record, Apply) and record.stream == end.stream
    }
    return [*good[:index], *others.values(), *good[index + 1 :]]


def a_screen_is_behind(good: History) -> History:
    index, screen = find(good, Screen, stream="c:1")
    return changed(good, index, seq=screen.seq - 1)


def the_calm_did_not_reach_a_tab(good: History) -> History:
    index, apply = all_of(good, Apply)[-1]
    screen, _ = find(good, Screen, tab=apply.tab, stream=apply.stream)
    return changed(good[:index] + good[index + 1 :], screen - 1, seq=apply.seq - 1)


def a_post_came_long_after_the_fault(good: History) -> History:
    index, apply = all_of(good, Apply)[-1]
    return changed(good, index, t=apply.t + 11)


def somebody_online_was_called_offline(good: History) -> History:
    index, told = all_of(good, Presence)[-1]
    quiet, phase = find(good, Phase, name="quiet")
    wrong = msgspec.structs.replace(told, t=phase.t + 70, users={"1": "offline"}, asked=False)
    right = msgspec.structs.replace(wrong, users={"1": "online"})
    return inserted(inserted(good, quiet + 1, right), quiet + 1, wrong)


def nothing_is_known_of_somebody_at_the_end(good: History) -> History:
    _, told = all_of(good, Presence)[-1]
    quiet, phase = find(good, Phase, name="quiet")
    return inserted(
        good, quiet + 1, msgspec.structs.replace(told, t=phase.t, users={"1": "unknown"})
    )


def somebody_is_thought_offline_at_the_end(good: History) -> History:
    """They are shown offline while nobody may say so for sure, and it is never put right."""
    _, opened = all_of(good, Open)[-1]
    calm, phase = find(good, Phase, name="calm")
    fault = Fault(t=phase.t, name="pause", target="redis", began=phase.t - 1, ended=phase.t, hits=1)
    told = Presence(t=phase.t, tab=opened.tab, socket=opened.socket, users={"1": "offline"})
    return inserted(inserted(good, calm, told), calm, fault)


def somebody_who_went_is_thought_online(good: History) -> History:
    """Their last socket closes in the load, and nobody is told."""
    opened = {r.socket: r for _, r in all_of(good, Open)}
    gone = {r.socket for _, r in all_of(good, Close)}
    sockets = [number for number, record in opened.items() if record.user == "4"]
    (last,) = [number for number in sockets if number not in gone]
    calm, phase = find(good, Phase, name="calm")
    kept = [
        r
        for r in good[calm + 1 :]
        if not isinstance(r, Apply | Screen | Presence) or r.tab != opened[last].tab
    ]
    close = Close(t=phase.t, tab=opened[last].tab, socket=last, code=1006)
    kept = [r for r in kept if not isinstance(r, Send | Acknowledged) or r.tab != close.tab]
    return [*good[: calm + 1], close, *kept]


def a_refused_post_was_kept(good: History) -> History:
    index, refused = find(good, Refused, retryable=False)
    _, sent = find(good, Send, client_id=refused.client_id)
    for _, head in all_of(good, Head):
        if head.stream == sent.stream:
            good = [
                *good,
                Entry(
                    t=head.t,
                    instance=head.instance,
                    stream=head.stream,
                    seq=head.seq + 1,
                    type="message.posted",
                    client_id=sent.client_id,
                    hash=sent.hash,
                ),
            ]
    return good


def something_was_announced_beyond_the_log(good: History) -> History:
    index, apply = all_of(good, Apply)[-1]
    ghost = msgspec.structs.replace(
        apply, seq=apply.seq + 1, client_id="ghost", type="message.posted"
    )
    return inserted(good, index + 1, ghost)


def something_was_announced_and_rolled_back(good: History) -> History:
    index, _ = text_apply(good)
    return changed(good, index, client_id="ghost")


def a_process_grew(good: History) -> History:
    index, sample = all_of(good, Sample)[-1]
    return changed(good, index, rss_bytes=sample.rss_bytes + 300 * MIB)


BAD: list[tuple[int, Mutation]] = [
    (0, a_500_was_seen),
    (1, an_acknowledged_post_is_lost),
    (1, a_post_was_promised_another_place),
    (1, a_post_was_kept_with_another_text),
    (1, a_promise_is_beyond_the_log),
    (2, an_event_never_came),
    (2, the_last_event_never_came),
    (2, an_event_came_twice),
    (2, two_events_came_in_the_wrong_order),
    (2, an_event_came_without_being_followed),
    (2, a_tab_was_reset_for_nothing),
    (2, a_welcome_skipped_what_was_missed),
    (2, a_new_epoch_was_made_up),
    (2, a_stream_ended_for_a_member),
    (3, a_post_stands_twice_in_the_log),
    (3, a_post_was_acknowledged_at_two_places),
    (3, a_post_was_announced_at_two_places),
    (4, one_tab_heard_another_text),
    (4, one_tab_heard_another_post),
    (4, one_tab_heard_another_kind_of_event),
    (4, one_instance_reads_another_event),
    (4, one_instance_lacks_an_event),
    (4, one_instance_has_another_head),
    (5, a_later_post_stands_before),
    (5, a_post_was_sent_after_its_successor_was_done),
    (6, who_was_removed_heard_the_next_event),
    (6, the_end_came_too_late),
    (6, a_tab_opened_after_the_removal_hears_the_channel),
    (7, a_screen_is_behind),
    (7, the_calm_did_not_reach_a_tab),
    (7, a_post_came_long_after_the_fault),
    (8, somebody_online_was_called_offline),
    (8, nothing_is_known_of_somebody_at_the_end),
    (8, somebody_is_thought_offline_at_the_end),
    (8, somebody_who_went_is_thought_online),
    (9, a_refused_post_was_kept),
    (9, something_was_announced_beyond_the_log),
    (9, something_was_announced_and_rolled_back),
    (10, a_process_grew),
]


@pytest.mark.parametrize(("invariant", "mutation"), BAD, ids=[m.__name__ for _, m in BAD])
def test_it_is_violated_when(good: History, invariant: int, mutation: Mutation) -> None:
    verdict = judge(mutation(good))

    assert verdict.outcome == "violated"
    assert verdict.exit_status == 1
    assert invariant in verdict.counts, verdict.violations
    assert f"nvariant{'s' * (len(verdict.counts) > 1)} " in verdict.sentence


def test_every_invariant_has_a_bad_history() -> None:
    assert {invariant for invariant, _ in BAD} == set(range(11))


def test_all_violations_are_counted_and_the_first_are_kept(good: History) -> None:
    troubles = [Trouble(t=200.0 + n, where="Instance-1", what="a 500") for n in range(70)]

    verdict = judge([*good, *troubles])

    assert verdict.counts == {0: 70}
    assert len(verdict.violations) == KEPT_MAX


def test_a_violation_outweighs_a_doubt(good: History) -> None:
    verdict = judge(a_500_was_seen(without(good, Run)))

    assert verdict.doubts
    assert verdict.outcome == "violated"


def test_a_fault_of_its_instance_excuses_an_offline(good: History) -> None:
    wrong = somebody_online_was_called_offline(good)
    _, phase = find(good, Phase, name="quiet")
    fault = Fault(
        t=phase.t, name="stop", target="redis", began=phase.t + 40, ended=phase.t + 41, hits=1
    )

    assert 8 in judge(wrong).counts
    assert 8 not in judge([*wrong, fault]).counts


# ── A restored database ─────────────────────────────────────────────────────────────────────


def restored(good: History, *, with_fault: bool) -> History:
    """The same run in a second epoch, before which there was another that is lost."""
    first = [
        r
        for r in Play(8).run()
        if not isinstance(r, Run | Entry | Head | Screen | Phase | Fault | Presence)
    ]
    first = [msgspec.structs.replace(r, t=r.t - 500) for r in first]
    renamed = [
        msgspec.structs.replace(r, client_id=f"lost-{r.client_id}")
        if isinstance(r, Send | Resend | Acknowledged | Refused)
        or (isinstance(r, Apply) and r.client_id)
        else r
        for r in first
    ]
    sockets = [
        msgspec.structs.replace(r, socket=r.socket + 1_000)
        if isinstance(r, Open | Close | Begin | End | Apply)
        else r
        for r in renamed
    ]
    left = {r.socket: r.tab for r in sockets if isinstance(r, Open)}
    for record in sockets:
        if isinstance(record, Close):
            del left[record.socket]
    closes = [Close(t=60.0, tab=tab, socket=socket, code=1012) for socket, tab in left.items()]
    faults = [Fault(t=80.0, name="restore", target="database", began=70, ended=80, hits=1)]
    second = [
        msgspec.structs.replace(r, epoch="epoch-2") if isinstance(r, Open) else r for r in good
    ]
    return [*second[:1], *sockets, *closes, *(faults if with_fault else []), *second[1:]]


def test_what_a_restore_took_is_no_loss(good: History) -> None:
    verdict = judge(restored(good, with_fault=True))

    assert verdict.violations == ()
    assert verdict.outcome == "valid"
    assert verdict.figures.epochs == 2


def test_an_epoch_that_nobody_made_is_a_doubt(good: History) -> None:
    verdict = judge(restored(good, with_fault=False))

    assert verdict.outcome == "unknown"
    assert "epochs" in verdict.doubts[0]


# ── Too little ──────────────────────────────────────────────────────────────────────────────


def only_few_posts(good: History) -> History:
    few = {r.client_id for _, r in all_of(good, Acknowledged)[10:]}
    return [r for r in good if not isinstance(r, Acknowledged | Send) or r.client_id not in few]


def most_posts_without_an_answer(good: History) -> History:
    _, sent = all_of(good, Send)[-1]
    more = [msgspec.structs.replace(sent, client_id=f"more-{n}") for n in range(200)]
    index, _ = find(good, Phase, name="calm")
    return [*good[:index], *more, *good[index:]]


def a_fault_without_hits(good: History) -> History:
    index, _ = all_of(good, Fault)[0]
    return changed(good, index, hits=0)


def a_fault_in_the_quiet_phase(good: History) -> History:
    index, fault = all_of(good, Fault)[0]
    _, phase = find(good, Phase, name="quiet")
    late = msgspec.structs.replace(fault, began=phase.t + 60, ended=phase.t + 61)
    return inserted(good, index, late)


def without_phase(name: str) -> Mutation:
    def mutate(good: History) -> History:
        index, _ = find(good, Phase, name=name)
        return good[:index] + good[index + 1 :]

    mutate.__name__ = f"without_{name}"
    return mutate


def without_kind(*kinds: type[Record]) -> Mutation:
    def mutate(good: History) -> History:
        return without(good, *kinds)

    mutate.__name__ = "without_" + "_".join(kind.__name__.lower() for kind in kinds)
    return mutate


def without_the_read_of_one_instance(good: History) -> History:
    return [r for r in good if not isinstance(r, Entry | Head) or r.instance != "Instance-2"]


def without_one_read_of_a_channel(good: History) -> History:
    return [
        r
        for r in good
        if not isinstance(r, Entry | Head) or (r.instance, r.stream) != ("Instance-2", "c:1")
    ]


def without_the_read_of_a_stream(good: History) -> History:
    return [r for r in good if not isinstance(r, Entry | Head) or r.stream != "u:2"]


def without_one_screen(good: History) -> History:
    index, _ = all_of(good, Screen)[-1]
    return good[:index] + good[index + 1 :]


def an_acknowledgement_of_nothing(good: History) -> History:
    _, ok = all_of(good, Acknowledged)[-1]
    index, _ = find(good, Send, client_id=ok.client_id)
    return good[:index] + good[index + 1 :]


POOR: list[Mutation] = [
    lambda _: [],
    without_kind(Run),
    *(without_phase(name) for name in ("load", "calm", "quiet", "read")),
    without_kind(Fault),
    without_kind(Sample),
    without_kind(Screen),
    without_kind(Presence),
    without_kind(Resend),
    without_kind(Entry, Head),
    only_few_posts,
    most_posts_without_an_answer,
    a_fault_without_hits,
    a_fault_in_the_quiet_phase,
    without_the_read_of_one_instance,
    without_one_read_of_a_channel,
    without_the_read_of_a_stream,
    without_one_screen,
    an_acknowledgement_of_nothing,
]


@pytest.mark.parametrize("mutation", POOR, ids=[m.__name__ for m in POOR])
def test_it_is_unknown_when(good: History, mutation: Mutation) -> None:
    verdict = judge(mutation(good))

    assert verdict.violations == ()
    assert verdict.outcome == "unknown"
    assert verdict.exit_status == 2
    assert verdict.doubts[0] in verdict.sentence


# ── Figures and the page ────────────────────────────────────────────────────────────────────


@given(st.lists(st.floats(1e-5, 1e3), min_size=1, max_size=40))
@settings(max_examples=40, deadline=None)
def test_a_quantile_is_wrong_by_two_percent_at_most(seconds: list[float]) -> None:
    durations = Durations()
    for one in seconds:
        durations.add(one)

    spread = durations.spread()

    assert spread.max == max(seconds)
    assert spread.p50 == pytest.approx(sorted(seconds)[(len(seconds) - 1) // 2], rel=0.02)


def test_the_page_shows_the_verdict_and_needs_nothing_else(good: History) -> None:
    page = report.render(judge(good), good)

    assert "Nothing was lost" in page
    assert "--seed 7" in page
    assert "<svg" in page
    assert not re.search(r"<script|<link|<img|https?://|url\(|@import", page)


def test_the_page_shows_what_stands_around_a_violation(good: History) -> None:
    bad = an_event_never_came(good)
    verdict = judge(bad)

    page = report.render(verdict, bad)

    assert html.escape(verdict.violations[0].sentence) in page
    assert 'class="here"' in page


def test_the_page_can_do_without_the_history(good: History) -> None:
    bad = an_event_never_came(good)

    assert "<svg" not in report.render(judge(bad))


def test_the_page_shows_markup_as_text(good: History) -> None:
    page = report.render(
        judge([*good, Trouble(t=200.0, where="<b>", what="<script>alert(1)</script>")]), good
    )

    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_the_page_of_nothing_is_a_page() -> None:
    assert "Unknown" in report.render(judge([]), [])


@pytest.mark.parametrize(
    ("mutation", "status"), [(list, 0), (a_500_was_seen, 1), (without_kind(Run), 2)]
)
def test_the_program_judges_a_file(
    good: History, mutation: Mutation, status: int, tmp_path: Path
) -> None:
    history.write(tmp_path / "history.jsonl", mutation(good))
    page = tmp_path / "a" / "report.html"

    assert report.main([str(tmp_path / "history.jsonl"), "-o", str(page)]) == status
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_the_program_says_when_it_cannot_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "history.jsonl").write_text("{}\n")

    assert report.main([str(tmp_path / "history.jsonl"), "-o", str(tmp_path / "out")]) == 3
    assert "cannot be read" in capsys.readouterr().err
