"""The course of a run: everybody comes, everything breaks, everything calms down, all is read."""

import asyncio
import contextlib
import platform
import random
import time
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, Literal

from tools.chaos import history
from tools.chaos.crowd import Crowd, Habits
from tools.chaos.faults import FAULTS, Fault, ProfileName, Scene, possible
from tools.chaos.ground import DatabaseKind, Ground
from tools.chaos.history import Phase, Recorder, Run, Trouble
from tools.chaos.reading import read_everything, read_own_streams
from tools.chaos.waiting import until

GATHER_SECONDS: Final = 60.0
WARM_UP_SECONDS: Final = 6.0
CALM_SECONDS: Final = 15.0
QUIET_SECONDS: Final = 38.0
SETTLE_SECONDS: Final[dict[ProfileName, float]] = {"short": 3.5, "long": 8.0}
AT_ONCE_SHARE: Final[dict[ProfileName, float]] = {"short": 0.5, "long": 0.2}
LEAVERS: Final = 8


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is to be."""

    profile: ProfileName
    database: DatabaseKind
    seed: int
    minutes: float
    instances: int
    history: Path
    faults: tuple[str, ...] = ()
    """Only these; all that are possible when empty."""
    switches: tuple[str, ...] = ()
    habits: Habits = field(default_factory=Habits)

    def chosen(self) -> list[Fault]:
        """Return the faults of this run."""
        if self.faults:
            return [FAULTS[name] for name in self.faults if name in FAULTS]
        return possible(database=self.database)


class Course:
    """One run. `status` says in one line where it is."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.began = time.monotonic()
        self.phase = "start"
        self.current: list[str] = []
        self.done = 0
        self.crowd: Crowd | None = None
        self.logs: dict[str, str] = {}
        self.crowd_load = 0.0

    def status(self) -> str:
        seconds = time.monotonic() - self.began
        text = f"{seconds:4.0f} s  {self.phase:<6}"
        if self.crowd:
            tally = self.crowd.tally
            text += (
                f" {self.crowd.connected}/{len(self.crowd.tabs)} sockets, {tally.acknowledged} of "
                f"{tally.sent} posts, {tally.applied} events, {self.done} faults"
            )
        if self.current:
            text += f"  {' + '.join(self.current)}"
        return text

    async def run(self) -> None:
        """Do it all, and leave the history where the plan says."""
        plan = self.plan
        draw = random.Random(plan.seed)  # noqa: S311 - a run must be repeatable
        with Recorder(plan.history) as recorder:
            recorder.write(_description(plan))
            async with Ground(
                instances=plan.instances, database=plan.database, switches=plan.switches
            ) as ground:
                crowd = Crowd(ground=ground, recorder=recorder, habits=plan.habits, draw=draw)
                await asyncio.to_thread(crowd.provision)
                self.crowd = crowd
                async with _beside(ground.sample(recorder)):
                    try:
                        await self._phases(ground, crowd, recorder)
                    finally:
                        await crowd.leave()
                _search_logs(ground, recorder)
                self.logs = {one.id: one.process.log() for one in ground.instances}

    async def _phases(self, ground: Ground, crowd: Crowd, recorder: Recorder) -> None:
        def begin(name: Literal["load", "calm", "quiet", "read"]) -> None:
            self.phase = name
            recorder.write(Phase(t=time.monotonic(), name=name))

        self.phase = "gather"
        crowd.gather()
        await until(lambda: crowd.connected >= len(crowd.tabs), seconds=GATHER_SECONDS)
        crowd.talk()
        await asyncio.sleep(WARM_UP_SECONDS)
        begin("load")
        load_began, cpu = time.monotonic(), time.process_time()
        crowd.mingle()
        # Of its own: how often the crowd has drawn by now depends on the clock.
        faults_draw = random.Random(f"faults of {self.plan.seed}")  # noqa: S311 - repeatable
        scene = Scene(ground=ground, crowd=crowd, draw=faults_draw, profile=self.plan.profile)
        await self._break_everything(scene, recorder)
        self.crowd_load = (time.process_time() - cpu) / (time.monotonic() - load_began)
        await crowd.hush()
        crowd.talk()
        begin("calm")
        await asyncio.sleep(CALM_SECONDS)
        await crowd.hush()
        await until(lambda: not crowd.waiting, seconds=10)
        begin("quiet")
        await crowd.go_home(people=min(LEAVERS, self.plan.habits.people // 4))
        await asyncio.sleep(QUIET_SECONDS)
        for tab in crowd.tabs:
            if not tab.is_away:
                tab.watch()
        await asyncio.sleep(2)
        crowd.record_screens()
        begin("read")
        await asyncio.to_thread(
            read_everything, crowd=crowd, instances=ground.instances, recorder=recorder
        )
        await read_own_streams(crowd=crowd, instances=ground.instances, recorder=recorder)

    async def _break_everything(self, scene: Scene, recorder: Recorder) -> None:
        until = time.monotonic() + self.plan.minutes * 60
        chosen = self.plan.chosen()
        is_first_round = True
        while is_first_round or time.monotonic() < until:
            for some in groups(chosen, draw=scene.draw, share=AT_ONCE_SHARE[scene.profile]):
                if not is_first_round and time.monotonic() > until:
                    break
                await asyncio.gather(*(self._inject(one, scene, recorder) for one in some))
                await asyncio.sleep(SETTLE_SECONDS[scene.profile])
            is_first_round = False
            if not chosen:
                await asyncio.sleep(max(0.0, until - time.monotonic()))

    async def _inject(self, fault: Fault, scene: Scene, recorder: Recorder) -> None:
        self.current.append(fault.name)
        began = time.monotonic()
        try:
            effect = await fault.act(scene)
        finally:
            self.current.remove(fault.name)
            self.done += 1
        recorder.write(
            history.Fault(
                t=time.monotonic(),
                name=fault.name,
                target=effect.target,
                began=began,
                ended=time.monotonic(),
                hits=effect.hits,
                note=effect.note,
            )
        )


def groups(
    faults: Sequence[Fault], *, draw: random.Random, share: float
) -> Iterator[tuple[Fault, ...]]:
    """Yield every fault once, in any order; two at once for this share, where they may be."""
    order = list(faults)
    draw.shuffle(order)
    while order:
        first = order.pop()
        second = next((one for one in reversed(order) if one.goes_with(first)), None)
        if second is None or draw.random() > share:
            yield (first,)
        else:
            order.remove(second)
            yield (first, second)


@contextlib.asynccontextmanager
async def _beside(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    task = asyncio.ensure_future(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _description(plan: Plan) -> Run:
    packages = ("Django", "channels", "daphne", "redis", "psycopg", "websockets")
    return Run(
        t=time.monotonic(),
        seed=plan.seed,
        profile=plan.profile,
        database=plan.database,
        instances=plan.instances,
        people=plan.habits.people,
        versions={
            "python": platform.python_version(),
            **{name.lower(): version(name) for name in packages},
        },
        started_at=datetime.now(UTC).isoformat(timespec="seconds"),
        switches=plan.switches,
    )


def _search_logs(ground: Ground, recorder: Recorder) -> None:
    """Write down every traceback and every 500 that the processes have logged."""
    for instance in ground.instances:
        lines = instance.log_lines()
        for number, line in enumerate(lines):
            if line.startswith("Traceback (most recent call last)"):
                what = end_of_traceback(lines, number)
            elif "Internal Server Error" in line or " 500 " in line:
                what = line
            else:
                continue
            recorder.write(Trouble(t=time.monotonic(), where=f"{instance.id} log", what=what[:500]))


def end_of_traceback(lines: list[str], start: int) -> str:
    """Return the line with the exception, and the last place before it."""
    place = ""
    for line in lines[start + 1 : start + 200]:
        if line.startswith("  File "):
            place = line.strip()
        elif line and not line.startswith(" "):
            return f"{line} ({place})"
    return "a traceback without an end"
