"""Says of a history whether the run kept what Parley promises. Pure, one pass, n log n.

A run that tried too little is `unknown`, never `valid`: `judging/doubts.py` says what is too
little.

The records of one tab must stand in the order in which they happened, and a `Phase` before the
records of its phase. Across tabs the history is roughly in the order of `t`: where it is not, a
claim about presence may go unexamined, but no false violation comes of it.

When the database was restored in the run there are several epochs. Each is judged by itself;
what needs the final log (1, 5, 6, 7, 9) is asked of the last one only, and an epoch that no
fault of the database explains is a doubt.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from tools.chaos.history import (
    Acknowledged,
    Apply,
    Begin,
    Close,
    End,
    Entry,
    Fault,
    Head,
    Numb,
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
from tools.chaos.judging.closing import Closing
from tools.chaos.judging.doubts import Tried, doubts
from tools.chaos.judging.following import Followers, Post
from tools.chaos.judging.logbook import Logbook
from tools.chaos.judging.memory import MemoryRule
from tools.chaos.judging.presence import DATABASE_TARGETS, PresenceRule
from tools.chaos.judging.recovery import fault_figures
from tools.chaos.verdict import Complaints, Figures, Outcome, Verdict, Violation


def judge(records: Iterable[Record]) -> Verdict:
    """Judge a whole history."""
    judging = _Judging()
    take = judging.takers()
    for record in records:
        judging.last_t = max(judging.last_t, record.t)
        take[type(record)](record)
    return judging.conclude()


class _Judging:
    """What is kept of the history while it is read, and the checks that need all of it."""

    def __init__(self) -> None:
        self._complaints = Complaints()
        self._followers = Followers(self._complaints)
        self._log = Logbook(self._complaints)
        self._presence = PresenceRule(self._complaints, self._followers.sockets)
        self._memory = MemoryRule(self._complaints)
        self._run: Run | None = None
        self._phases: dict[str, float] = {}
        self._phase = ""
        self._acknowledged_in: Counter[str] = Counter()
        self._acknowledgements: list[tuple[float, float, str]] = []
        self._faults: list[Fault] = []
        self._screens: list[Screen] = []
        self._open_at_read: set[str] = set()
        self.last_t = 0.0

    def takers(self) -> dict[type, Callable[[Any], None]]:
        """Return who takes in which record. A table, because there are millions of them."""
        followers = self._followers
        return {
            Run: self._take_run,
            Phase: self._take_phase,
            Send: followers.take_send,
            Resend: followers.take_resend,
            Acknowledged: self._take_acknowledgement,
            Refused: followers.take_refusal,
            Open: self._take_open,
            Close: self._take_close,
            Numb: self._presence.take_numb,
            Begin: followers.take_begin,
            End: followers.take_end,
            Apply: followers.take_apply,
            Stray: followers.take_stray,
            Presence: self._presence.take_presence,
            Fault: self._faults.append,
            Sample: self._memory.take,
            Entry: self._log.take_entry,
            Screen: self._screens.append,
            Head: self._log.take_head,
            Trouble: self._take_trouble,
        }

    # ── Taking in ───────────────────────────────────────────────────────────────────────────

    def _take_run(self, record: Run) -> None:
        self._run = record

    def _take_phase(self, record: Phase) -> None:
        self._phase = record.name
        self._phases.setdefault(record.name, record.t)
        match record.name:
            case "load":
                self._memory.begin()
            case "calm":
                self._followers.begin_calm(record.t)
            case "read":
                self._presence.end_quiet(record.t)
                self._open_at_read = {
                    tab.name for tab in self._followers.tabs.values() if tab.socket
                }
            case "quiet":
                pass

    def _take_acknowledgement(self, record: Acknowledged) -> None:
        self._followers.take_acknowledgement(record)
        self._acknowledged_in[self._phase] += 1
        post = self._followers.posts.get(record.client_id)
        tab = self._followers.tabs[record.tab]
        if post is not None and post.acknowledged_at == record.t:
            instance = tab.socket.instance if tab.socket else ""
            self._acknowledgements.append((post.sent_at, record.t, instance))

    def _take_open(self, record: Open) -> None:
        self._followers.take_open(record)
        self._presence.take_open(record)

    def _take_close(self, record: Close) -> None:
        self._followers.take_close(record)
        self._presence.take_close(record)

    def _take_trouble(self, record: Trouble) -> None:
        self._complaints.add(Violation(0, f"{record.where}: {record.what}", record.t))

    # ── Concluding ──────────────────────────────────────────────────────────────────────────

    def conclude(self) -> Verdict:
        posts = self._followers.posts
        world = self._followers.world
        final = Closing(self._complaints, self._followers, self._log, self.last_t)
        if self._log.readers:
            self._log.check()
            final.check_promises(world)
            final.check_announcements(world)
            final.check_append_order()
            final.check_removals(world)
            final.check_refusals()
            final.check_ends()
        for earlier in self._followers.worlds.values():
            if earlier is not world:
                final.check_agreement(earlier)
        final.check_screens(self._screens)
        final.check_calm(world, self._phases)
        instances = frozenset(
            {socket.instance for socket in self._followers.sockets.values()}
            | set(self._memory.highest)
        )
        presence_doubts = self._presence.check(self._faults, instances)
        figures = self._figures(posts)
        found = [
            *doubts(self._tried(figures, instances), self._followers, self._log),
            *presence_doubts,
            *final.doubts,
            *self._followers.doubts[:5],
        ]
        outcome: Outcome = "valid"
        if self._complaints.counts:
            outcome = "violated"
        elif found:
            outcome = "unknown"
        return Verdict(
            outcome=outcome,
            violations=self._complaints.kept,
            counts=dict(sorted(self._complaints.counts.items())),
            doubts=tuple(found),
            figures=figures,
            run=self._run,
        )

    def _figures(self, posts: dict[str, Post]) -> Figures:
        acknowledged = sum(post.acknowledged_at is not None for post in posts.values())
        refused = sum(
            post.acknowledged_at is None and post.refused_at is not None for post in posts.values()
        )
        began = self._phases.get("load", self.last_t)
        return Figures(
            seconds=self.last_t - began,
            sent=len(posts),
            acknowledged=acknowledged,
            refused=refused,
            unresolved=len(posts) - acknowledged - refused,
            resent=self._followers.resent,
            deliveries=self._followers.deliveries,
            log_events=len(self._log),
            sockets=len(self._followers.sockets),
            tabs=len(self._followers.tabs),
            epochs=len(self._followers.worlds),
            presence_told=self._presence.told,
            offline_claims=self._presence.offline_claims,
            latency=self._followers.latency.spread(),
            faults=tuple(fault_figures(self._faults, self._acknowledgements)),
            memory_max=dict(sorted(self._memory.highest.items())),
        )

    def _tried(self, figures: Figures, instances: frozenset[str]) -> Tried:
        return Tried(
            run=self._run,
            phases=frozenset(self._phases),
            acknowledged_in=self._acknowledged_in,
            figures=figures,
            instances=instances,
            screens=self._screens,
            open_at_end=self._open_at_read,
            presence_compared=self._presence.compared,
            absence_compared=self._presence.absent_compared,
            was_restored=any(f.target in DATABASE_TARGETS and f.hits for f in self._faults),
        )
