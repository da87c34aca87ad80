"""The checks that need the whole log, and every record before it.

Where the algorithms come from:

* Linearizable append (5) is the check of a total order against real time: a history of one
  register of appends, whose order the log itself tells, is linearizable if and only if no
  operation ended before another began that stands before it (Herlihy and Wing 1990). One walk
  from the end, keeping the earliest acknowledgement, finds all of it.
* Total order broadcast (4, 9): agreement and no creation (Hadzilacos and Toueg 1994), by
  comparing each delivery with one table of (stream, seq).
* Everything else reads off the rule as it is written in the invariant.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from tools.chaos.history import Screen
from tools.chaos.judging.following import (
    SCREEN_SECONDS,
    Followers,
    Late,
    Post,
    Reach,
    Tab,
    Told,
    World,
)
from tools.chaos.judging.logbook import POSTED, Absence, Kept, Logbook
from tools.chaos.verdict import Complaints, Violation

_PAGE_READ_SECONDS: Final = 1.0
"""A page may have been read this long before the first tab heard what is in it."""


class Closing:
    """Complains of what is wrong, seen from the end."""

    def __init__(
        self, complaints: Complaints, followers: Followers, log: Logbook, last_t: float
    ) -> None:
        self._complaints = complaints
        self._followers = followers
        self._log = log
        self._last_t = last_t
        self.doubts: list[str] = []

    def check_promises(self, world: World) -> None:
        """1: each promised place holds the post that was sent, under its client_id."""
        for client_id, promise in world.promises.items():
            if not self._log.was_read(promise.stream):
                continue
            kept = self._log.get(promise.stream, promise.seq)
            complaint = self._breach(client_id, promise.stream, promise.seq, kept)
            if complaint:
                post = self._followers.posts.get(client_id)
                self._complaints.add(
                    Violation(
                        1,
                        f"{client_id} was acknowledged at {promise.stream} {promise.seq}, but "
                        f"{complaint}.",
                        promise.t,
                        stream=promise.stream,
                        tab=promise.tab,
                        user=post.user if post else "",
                        seq=promise.seq,
                        client_id=client_id,
                    )
                )

    def _breach(self, client_id: str, stream: str, seq: int, kept: Kept | None) -> str | None:
        post = self._followers.posts.get(client_id)
        if kept is None:
            return "the log has nothing there"
        if kept.type != POSTED or kept.client_id != client_id:
            return f"the log has {kept.type} {kept.client_id or ''} there".rstrip()
        if post is None:
            return None
        if post.stream != stream:
            return f"it was sent to {post.stream}"
        if post.hash != kept.hash and not self._log.may_be_rewritten(stream, seq):
            return "the log has another text there"
        return None

    def check_announcements(self, world: World) -> None:
        """4 and 9: what tabs were told is what the log says. 3: at the same place."""
        for stream, events in world.told.items():
            if self._log.was_read(stream):
                for seq, told in events.items():
                    self._check_told(stream, seq, told)
        for stream, seq, told in world.differing:
            if self._log.was_read(stream):
                self._check_told(stream, seq, told)

    def _check_told(self, stream: str, seq: int, told: Told) -> None:
        kept = self._log.get(stream, seq)
        client_id = told.client_id if told.type == POSTED else None
        place = self._log.places.get(client_id) if client_id is not None else None
        if kept is None:
            self._complain(
                9,
                f"Tabs were told of {stream} {seq}, which the log does not have",
                stream,
                seq,
                told,
            )
        elif kept.type != told.type or kept.client_id != told.client_id:
            self._complain(
                4,
                f"Tab {told.tab} was told of {told.type} at {stream} {seq}, where the log has "
                f"{kept.type} {'of another post' if kept.type == told.type else ''}".rstrip(),
                stream,
                seq,
                told,
            )
            if client_id is not None and place is None:
                self._complain(
                    9,
                    f"{client_id} was announced, but is nowhere in the log",
                    stream,
                    seq,
                    told,
                )
        elif not self._is_true_text(stream, seq, told, kept):
            self._complain(
                4, f"Tab {told.tab} was told another text at {stream} {seq}", stream, seq, told
            )
        if client_id is not None and place is not None and place != (stream, seq):
            self._complain(
                3,
                f"{client_id} was announced at {stream} {seq}, but stands at {place[0]} {place[1]}",
                stream,
                seq,
                told,
            )

    def _is_true_text(self, stream: str, seq: int, told: Told, kept: Kept) -> bool:
        if self._log.may_be_rewritten(stream, seq):
            return True
        post = self._followers.posts.get(told.client_id or "") if told.type == POSTED else None
        return told.hash == (post.hash if post is not None else kept.hash)

    def check_agreement(self, world: World) -> None:
        """4, where the log is lost: what tabs were told of one place is one event."""
        for stream, seq, told in world.differing:
            first = world.told[stream][seq]
            if (first.type, first.client_id) != (told.type, told.client_id):
                self._complain(
                    4,
                    f"Tabs {first.tab} and {told.tab} were told of different events at "
                    f"{stream} {seq}",
                    stream,
                    seq,
                    told,
                )

    def check_append_order(self) -> None:
        """5: walk the log from its end with the earliest acknowledgement so far."""
        places: defaultdict[str, list[tuple[int, Post]]] = defaultdict(list)
        for client_id, (stream, seq) in self._log.places.items():
            post = self._followers.posts.get(client_id)
            if post is not None:
                places[stream].append((seq, post))
        for stream, posts in places.items():
            earliest: tuple[float, int, Post] | None = None
            for seq, post in sorted(posts, key=lambda one: one[0], reverse=True):
                if earliest is not None and post.sent_at > earliest[0]:
                    acknowledged, later, other = earliest
                    self._complaints.add(
                        Violation(
                            5,
                            f"{post.client_id} was sent {post.sent_at - acknowledged:.3f} s after "
                            f"{other.client_id} was acknowledged, but stands before it in "
                            f"{stream}: at {seq}, before {later}.",
                            post.sent_at,
                            stream=stream,
                            tab=post.tab,
                            user=post.user,
                            seq=seq,
                            client_id=post.client_id,
                        )
                    )
                acknowledged_at = post.acknowledged_at
                if acknowledged_at is not None and (
                    earliest is None or acknowledged_at < earliest[0]
                ):
                    earliest = (acknowledged_at, seq, post)

    def check_removals(self, world: World) -> None:
        """6: by seq alone; and 2 for what strayed to a tab that was never told of an end."""
        for tab in self._followers.tabs.values():
            for stream, following in tab.streams.items():
                for absence in self._log.absences.get(stream, {}).get(tab.user, ()):
                    for reach in following.reached:
                        seq = absence.first_in(reach.first, reach.last)
                        if seq is not None and not _is_history(reach, absence, world, stream):
                            self._complain_of_leak(tab, stream, seq, absence, reach.ended_at)
        for stray, has_ended in world.strays:
            tab = self._followers.tabs[stray.tab]
            found = self._log.absence_at(stray.stream, tab.user, stray.seq)
            if found is not None:
                self._complain_of_leak(tab, stray.stream, stray.seq, found, stray.t)
            elif not has_ended:
                self._complaints.add(
                    Violation(
                        2,
                        f"Tab {stray.tab} got {stray.stream} {stray.seq} without following it.",
                        stray.t,
                        stream=stray.stream,
                        tab=stray.tab,
                        user=tab.user,
                        seq=stray.seq,
                    )
                )

    def _complain_of_leak(
        self, tab: Tab, stream: str, seq: int, absence: Absence, t: float
    ) -> None:
        self._complaints.add(
            Violation(
                6,
                f"{stream} {seq} reached {tab.user} in tab {tab.name}, who was removed at "
                f"{absence.after}"
                + (f" and came back at {absence.until}." if absence.until else "."),
                t,
                stream=stream,
                tab=tab.name,
                user=tab.user,
                seq=seq,
            )
        )

    def check_refusals(self) -> None:
        """9: what was refused for good, and never sent again, is not in the log."""
        for client_id, (stream, seq) in self._log.places.items():
            post = self._followers.posts.get(client_id)
            if (
                post is not None
                and post.refused_at is not None
                and post.acknowledged_at is None
                and not post.resent
            ):
                self._complaints.add(
                    Violation(
                        9,
                        f"{client_id} was refused for good, but stands at {stream} {seq}.",
                        post.refused_at,
                        stream=stream,
                        tab=post.tab,
                        user=post.user,
                        seq=seq,
                        client_id=client_id,
                    )
                )

    def check_ends(self) -> None:
        """2: a stream ends for a tab only where its person went. Else the end loses events."""
        for tab in self._followers.tabs.values():
            for stream, ends in tab.ended.items():
                went = self._log.removals(stream, tab.user)
                if self._log.was_read(stream) and len(ends) > went:
                    self._complaints.add(
                        Violation(
                            2,
                            f"{stream} ended {len(ends)} times for tab {tab.name}, but {tab.user} "
                            f"went {went} times.",
                            ends[-1],
                            stream=stream,
                            tab=tab.name,
                            user=tab.user,
                        )
                    )

    def check_screens(self, screens: Sequence[Screen]) -> None:
        """7: every screen stands at the head. 2: and shows nothing that was never told."""
        for screen in screens:
            tab = self._followers.tabs.get(screen.tab)
            following = tab.streams.get(screen.stream) if tab else None
            if following is None or not following.is_active:
                self.doubts.append(
                    f"Tab {screen.tab} showed {screen.stream}, which it does not follow."
                )
                continue
            if following.position != screen.seq:
                self._complain_of_screen(
                    2, screen, f"but what it was told ends at {following.position}"
                )
            head = self._log.head(screen.stream)
            if head is not None and head != screen.seq:
                self._complain_of_screen(7, screen, f"but the head is {head}")
        self.doubts = self.doubts[:5]

    def _complain_of_screen(self, invariant: int, screen: Screen, what: str) -> None:
        self._complaints.add(
            Violation(
                invariant,
                f"Tab {screen.tab} stands at {screen.stream} {screen.seq} at the end, {what}.",
                screen.t,
                stream=screen.stream,
                tab=screen.tab,
                user=screen.user,
                seq=screen.seq,
            )
        )

    def check_calm(self, world: World, phases: Mapping[str, float]) -> None:
        """7: who was there through the whole calm phase saw every promised post in time."""
        if "calm" not in phases:
            return
        over = phases.get("quiet", self._last_t)
        steady = {
            tab.name: tab
            for tab in self._followers.tabs.values()
            if tab.calm_socket is not None
            and (tab.calm_socket.closed_at is None or tab.calm_socket.closed_at >= over)
        }
        for late in world.late:
            if late.tab in steady:
                self._complain_of_lateness(steady[late.tab], late)
        for tab in steady.values():
            for stream, following in tab.streams.items():
                last = world.last_promised.get(stream, 0)
                if following.is_active and following.position < last:
                    self._complaints.add(
                        Violation(
                            7,
                            f"Tab {tab.name} was there through the calm phase, but {stream} "
                            f"{last} never reached it: it stands at {following.position}.",
                            over,
                            stream=stream,
                            tab=tab.name,
                            user=tab.user,
                            seq=last,
                        )
                    )

    def _complain_of_lateness(self, tab: Tab, late: Late) -> None:
        self._complaints.add(
            Violation(
                7,
                f"{late.stream} {late.seq} reached tab {late.tab} {late.seconds:.1f} s after the "
                f"{SCREEN_SECONDS:.0f} s that it may take.",
                late.t,
                stream=late.stream,
                tab=late.tab,
                user=tab.user,
                seq=late.seq,
                client_id=late.client_id,
            )
        )

    def _complain(self, invariant: int, sentence: str, stream: str, seq: int, told: Told) -> None:
        tab = self._followers.tabs.get(told.tab)
        self._complaints.add(
            Violation(
                invariant,
                f"{sentence}.",
                told.t,
                stream=stream,
                tab=told.tab,
                user=tab.user if tab else "",
                seq=seq,
                client_id=told.client_id or "",
            )
        )


def _is_history(reach: Reach, absence: Absence, world: World, stream: str) -> bool:
    """Say whether a page may have shown the time of an absence to a person who is back.

    Who is in a channel may read all of it. That they were back is certain only by clocks, so
    this goes for pages alone, and only for those that are not older than the first news of the
    return.
    """
    if not reach.page or absence.until is None:
        return False
    news = world.told.get(stream, {}).get(absence.until)
    return news is None or reach.ended_at >= news.t - _PAGE_READ_SECONDS
