"""The people of a run: hundreds of tabs that talk, and a few who throw others out of channels."""

import asyncio
import itertools
import random
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any, Final

import msgspec

from protocol.requests import NewChannel, NewMember
from protocol.resources import Channel, Member, Position
from tools.chaos.ground import Ground
from tools.chaos.history import Recorder, Screen, Trouble
from tools.chaos.tab import Tab, Tally
from tools.cluster import ProvisionedUser
from tools.programs import StartError
from tools.rest import Rest, RestRefusedError

EVERYBODY: Final = "everybody"
_SETUP_THREADS: Final = 8
_SECOND_TABS_SHARE: Final = 0.1
_EVERYBODY_SHARE: Final = 0.08
_STOPPED_SHARE: Final = 0.05
_ANSWER_SECONDS: Final = 8.0
_WORDS: Final = (
    *("river", "stone", "lamp", "green", "window", "seven", "quiet", "paper", "morning"),
    *("train", "salt", "letter", "orange", "north", "kettle", "bridge", "violin", "feather"),
)


@dataclass(frozen=True, slots=True)
class Habits:
    """How lively a crowd is. Rates are per second, of all together."""

    people: int = 200
    channels: int = 16
    members: int = 25
    watched: int = 30
    posts: float = 20.0
    edits: float = 1.0
    removals: float = 1.0
    reads: float = 2.0
    typing: float = 1.0
    reloads: float = 0.3


@dataclass(slots=True)
class Room:
    """A channel and who is meant to be in it."""

    id: str
    owner: ProvisionedUser
    members: list[ProvisionedUser] = field(default_factory=list)

    @property
    def stream(self) -> str:
        return f"c:{self.id}"


class Crowd:
    """Everybody. `talk` and `mingle` say what goes on; a tab itself never gives up."""

    def __init__(
        self, *, ground: Ground, recorder: Recorder, habits: Habits, draw: random.Random
    ) -> None:
        self.tabs: list[Tab] = []
        self.rooms: list[Room] = []
        self.tally = Tally()
        self.removals = 0
        self._ground = ground
        self._recorder = recorder
        self._habits = habits
        self._draw = draw
        self.people: list[ProvisionedUser] = []
        self._everybody = ""
        self._said = itertools.count(1)
        self._tasks: list[asyncio.Task[None]] = []

    # ── Before ──────────────────────────────────────────────────────────────────────────────

    def provision(self) -> None:
        """Make the people and their channels. Blocks.

        Raises:
            StartError: the server would not.
        """
        habits = self._habits
        made = self._ground.cluster.provision(users=habits.people, channel=EVERYBODY)
        if made.channel is None:
            raise StartError("`manage.py provision` made no channel.")
        self.people = list(made.users)
        self._everybody = f"c:{made.channel.id}"
        self.rooms = [Room(id=made.channel.id, owner=made.users[0], members=list(made.users))]
        with ThreadPoolExecutor(_SETUP_THREADS) as pool:
            plans = [
                (number, self._draw.sample(self.people, min(habits.members, len(self.people))))
                for number in range(1, habits.channels + 1)
            ]
            self.rooms += list(pool.map(lambda plan: self._make_room(*plan), plans))

    def _make_room(self, number: int, people: list[ProvisionedUser]) -> Room:
        owner, *others = people
        rest = self._rest(owner, number)
        try:
            channel = rest.post(
                "/api/v1/channels",
                Channel,
                NewChannel(name=f"room-{number}", kind="private" if number % 2 else "public"),
            )
            for other in others:
                path = f"/api/v1/channels/{channel.id}/members"
                rest.post(path, Member, NewMember(user_id=other.id))
        except (RestRefusedError, OSError, HTTPException, msgspec.DecodeError) as error:
            raise StartError(f"The channels could not be made: {error}") from error
        return Room(id=channel.id, owner=owner, members=people)

    def gather(self) -> None:
        """Open a tab for everybody, and a second one for some."""
        sockets = itertools.count(1)
        owners = [
            *self.people,
            *self._draw.sample(self.people, int(len(self.people) * _SECOND_TABS_SHARE)),
        ]
        for number, person in enumerate(owners, 1):
            tab = Tab(
                name=f"t{number}",
                user_id=person.id,
                token=person.token,
                ports=self._ground.ports,
                recorder=self._recorder,
                tally=self.tally,
                draw=random.Random(self._draw.random()),  # noqa: S311 - no secret
                sockets=sockets,
            )
            others = [other.id for other in self.people if other is not person]
            tab.people = self._draw.sample(others, min(self._habits.watched, len(others)))
            self.tabs.append(tab)
            tab.start()

    @property
    def connected(self) -> int:
        return sum(tab.is_welcome for tab in self.tabs)

    @property
    def waiting(self) -> int:
        """How many posts have no answer yet."""
        return sum(tab.waiting for tab in self.tabs)

    # ── What goes on ────────────────────────────────────────────────────────────────────────

    def talk(self) -> None:
        """Post, edit, read and type from now on."""
        habits = self._habits
        self._begin(self._often(habits.posts, self._say_something))
        self._begin(self._often(habits.edits, self._change_something))
        self._begin(self._often(habits.reads, self._read_something))
        self._begin(self._often(habits.typing, self._type_something))

    def mingle(self) -> None:
        """Remove and add people, reload tabs and let some of them not read, from now on."""
        self._begin(self._often(self._habits.reloads, self._reload_something))
        self._begin(self._often(1.0, self._stop_somebody))
        rooms = self.rooms[1:]
        workers = max(1, min(4, len(rooms)))
        for number in range(workers):
            self._begin(self._throw_out(rooms[number::workers], pause=workers))

    async def hush(self) -> None:
        """Do nothing more but hear."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        for tab in self.tabs:
            if tab.is_stopped:
                tab.go_on_reading()

    async def go_home(self, *, people: int) -> None:
        """Let some people close everything that they have open."""
        leaving = {one.id for one in self._draw.sample(self.people[1:], people)}
        await asyncio.gather(*(tab.leave() for tab in self.tabs if tab.user_id in leaving))

    async def leave(self) -> None:
        """Close everything."""
        await self.hush()
        await asyncio.gather(*(tab.leave() for tab in self.tabs if not tab.is_away))

    def record_screens(self) -> None:
        """Write down where every tab stands."""
        now = time.monotonic()
        for tab in self.tabs:
            if tab.is_away:
                continue
            for stream, seq in tab.cursors.items():
                self._recorder.write(
                    Screen(t=now, tab=tab.name, user=tab.user_id, stream=stream, seq=seq)
                )

    def flood(self, *, room: Room, count: int, characters: int) -> int:
        """Let the people of one channel say a lot at once. Return how many posts it became."""
        tabs = [tab for tab in self.tabs if room.stream in tab.cursors and not tab.is_stopped]
        said = 0
        for number in range(count if tabs else 0):
            tab = tabs[number % len(tabs)]
            said += tab.post(stream=room.stream, text=self._text(characters))
        return said

    async def _often(self, rate: float, act: Callable[[], None]) -> None:
        if rate <= 0:
            return
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            due += self._draw.expovariate(rate)
            await asyncio.sleep(max(0.0, due - loop.time()))
            act()

    def _somebody(self) -> Tab | None:
        present = [tab for tab in self.tabs if not tab.is_away and tab.cursors]
        return self._draw.choice(present) if present else None

    def _say_something(self) -> None:
        tab = self._somebody()
        if tab is None:
            return
        small = [stream for stream in tab.channels if stream != self._everybody]
        is_for_all = not small or self._draw.random() < _EVERYBODY_SHARE
        if is_for_all and self._everybody not in tab.cursors:
            return
        stream = self._everybody if is_for_all else self._draw.choice(small)
        tab.post(stream=stream, text=self._text(self._draw.randint(10, 200)))

    def _change_something(self) -> None:
        tab = self._somebody()
        if tab is None or not tab.known_messages:
            return
        message_id = self._draw.choice(list(tab.known_messages))
        if self._draw.random() < 0.3:
            tab.known_messages.remove(message_id)
            tab.delete(message_id=message_id)
        else:
            tab.edit(message_id=message_id, text=self._text(40))

    def _read_something(self) -> None:
        tab = self._somebody()
        if tab and tab.channels:
            tab.read(stream=self._draw.choice(tab.channels))

    def _type_something(self) -> None:
        tab = self._somebody()
        if tab and tab.channels:
            tab.start_typing(stream=self._draw.choice(tab.channels))

    def _reload_something(self) -> None:
        tab = self._somebody()
        if tab:
            tab.reload()

    def _stop_somebody(self) -> None:
        stopped = sum(tab.is_stopped for tab in self.tabs)
        tab = self._somebody()
        if tab is None or tab.is_stopped or stopped >= len(self.tabs) * _STOPPED_SHARE:
            return
        tab.stop_reading()
        seconds = self._draw.uniform(5, 60)
        asyncio.get_running_loop().call_later(seconds, tab.go_on_reading)

    def _text(self, characters: int) -> str:
        words = [f"{next(self._said)}"]
        length = 0
        while length < characters:
            words.append(self._draw.choice(_WORDS))
            length += len(words[-1]) + 1
        return " ".join(words)

    # ── Removals ────────────────────────────────────────────────────────────────────────────

    async def _throw_out(self, rooms: list[Room], *, pause: int) -> None:
        """Take people out of channels and let them in again, one after another."""
        pace = self._habits.removals / max(1, pause)
        if pace <= 0:
            return
        while True:
            room = self._draw.choice(rooms)
            somebody = self._draw.choice(room.members[1:])
            await asyncio.sleep(self._draw.expovariate(pace))
            path = f"/api/v1/channels/{room.id}/members"
            if await self._ask(room.owner, "remove", f"{path}/{somebody.id}", None):
                self.removals += 1
            await asyncio.sleep(self._draw.uniform(0.2, 2))
            # Until it has worked: else the channels would be empty at the end of a long run.
            back = NewMember(user_id=somebody.id)
            while not await self._ask(room.owner, "add", path, back):  # noqa: ASYNC110
                await asyncio.sleep(1)

    async def _ask(
        self, owner: ProvisionedUser, act: str, path: str, body: NewMember | None
    ) -> bool:
        rest = self._rest(owner, self._draw.randrange(100))
        try:
            if body is None:
                await asyncio.to_thread(rest.delete, path, Position)
            else:
                await asyncio.to_thread(rest.post, path, Member, body)
        except RestRefusedError as refused:
            if refused.status >= 500 and refused.status != 503:
                self._trouble(f"{act}: {refused}")
            # Any other refusal is an answer: it had been done already.
            return refused.status < 500
        except (OSError, HTTPException):
            return False
        except msgspec.DecodeError as error:
            self._trouble(f"{act}: {error}")
        return True

    def _rest(self, person: ProvisionedUser, number: int) -> Rest:
        instances = self._ground.instances
        url = instances[number % len(instances)].url
        return Rest(url=url, token=person.token, seconds=_ANSWER_SECONDS)

    def _trouble(self, what: str) -> None:
        self._recorder.write(Trouble(t=time.monotonic(), where="REST", what=what))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.create_task(work))
