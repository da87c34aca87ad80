"""Breaks a deployment of one's own in every way that fits on one machine, and judges what was seen.

    python -m tools.chaos --profile short --database sqlite
    python -m tools.chaos --database both --seed 7 --faults process_kill,redis_pause

The exit status is the verdict: 0 valid, 1 violated, 2 unknown; 3 when it could not be tried.
"""

import argparse
import asyncio
import random
import signal
import sys
import textwrap
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.chaos import history
from tools.chaos.course import Course, Plan
from tools.chaos.crowd import Habits
from tools.chaos.faults import FAULTS, ProfileName
from tools.chaos.ground import DatabaseKind
from tools.chaos.history import Fault, Trouble
from tools.chaos.judge import judge
from tools.chaos.report import render
from tools.chaos.summary import summarize
from tools.programs import CHECKOUT, StartError

COULD_NOT_START: Final = 3
INTERRUPTED: Final = 130

_MINUTES: Final[dict[ProfileName, float]] = {"short": 0.0, "long": 30.0}
"""The least that faults go on. In the short profile each happens once, however long that takes."""


@dataclass(frozen=True, slots=True)
class Options:
    profile: ProfileName
    databases: tuple[DatabaseKind, ...]
    seed: int
    minutes: float
    instances: int
    habits: Habits
    switches: tuple[str, ...]
    faults: tuple[str, ...]
    out: Path


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parse(arguments)
    signal.signal(signal.SIGTERM, _as_interrupt)
    worst = 0
    for database in options.databases:
        try:
            status = _run(options, database)
        except KeyboardInterrupt:
            print("\nInterrupted: everything that was started is stopped.", file=sys.stderr)
            return INTERRUPTED
        except StartError as error:
            print(f"\n{error}", file=sys.stderr)
            return COULD_NOT_START
        worst = max(worst, status)
    return worst


def _run(options: Options, database: DatabaseKind) -> int:
    folder = options.out / f"{database}-{options.seed}"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "history.jsonl"
    path.unlink(missing_ok=True)
    plan = Plan(
        profile=options.profile,
        database=database,
        seed=options.seed,
        minutes=options.minutes,
        instances=options.instances,
        history=path,
        faults=options.faults,
        switches=options.switches,
        habits=options.habits,
    )
    began = time.monotonic()
    course = Course(plan)
    try:
        asyncio.run(_watched(course))
    finally:
        for name, log in course.logs.items():
            (folder / f"{name}.log").write_text(log, encoding="utf-8")
    verdict = judge(history.read(path))
    report = folder / "report.html"
    report.write_text(render(verdict, path), encoding="utf-8")
    records = [one for one in history.read(path) if isinstance(one, Fault | Trouble)]
    print(
        summarize(
            verdict,
            faults=[one for one in records if isinstance(one, Fault)],
            troubles=[one for one in records if isinstance(one, Trouble)],
            closed=course.crowd.tally.closed if course.crowd else {},
            crowd_load=course.crowd_load,
        )
    )
    print(
        f"{time.monotonic() - began:.0f} s, {database}, seed {plan.seed}.",
        _again(options, database),
    )
    print(f"History: {_short(path)}\nReport:  {_short(report)}")
    return verdict.exit_status


def _again(options: Options, database: DatabaseKind) -> str:
    words = ["To do it again: make chaos", f"PROFILE={options.profile}", f"DATABASE={database}"]
    words.append(f"SEED={options.seed}")
    if options.minutes != _MINUTES[options.profile]:
        words.append(f"MINUTES={options.minutes:g}")
    if options.habits.people != Habits().people:
        words.append(f"PEOPLE={options.habits.people}")
    if options.faults:
        words.append(f"FAULTS={','.join(options.faults)}")
    if options.switches:
        words.append(f"SWITCHES={','.join(options.switches)}")
    return " ".join(words)


async def _watched(course: Course) -> None:
    """Run it, and say every second on one line how far it is."""

    async def tell() -> None:
        is_terminal = sys.stderr.isatty()
        last = 0.0
        while True:
            await asyncio.sleep(1 if is_terminal else 10)
            now = time.monotonic()
            if is_terminal:
                print(f"\r\x1b[K{course.status()}"[:160], end="", file=sys.stderr, flush=True)
            elif now - last >= 10:
                last = now
                print(course.status(), file=sys.stderr, flush=True)

    telling = asyncio.create_task(tell())
    try:
        await course.run()
    finally:
        telling.cancel()
        if sys.stderr.isatty():
            print(file=sys.stderr)


def _short(path: Path) -> Path:
    resolved = path.resolve()
    return resolved.relative_to(CHECKOUT) if resolved.is_relative_to(CHECKOUT) else resolved


def _as_interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _parse(arguments: Sequence[str] | None) -> Options:
    parser = argparse.ArgumentParser(
        prog="python -m tools.chaos",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=textwrap.fill("Faults: " + ", ".join(FAULTS), 100),
    )
    parser.add_argument("--profile", choices=("short", "long"), default="short")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="sqlite")
    parser.add_argument("--seed", type=int, help="to do a run again; else it is drawn")
    parser.add_argument("--minutes", type=float, help="how long faults go on, at least")
    parser.add_argument("--instances", type=int, default=4)
    parser.add_argument("--people", type=int, default=Habits().people)
    parser.add_argument("--posts", type=float, default=Habits().posts, help="a second, of all")
    parser.add_argument("--switches", default="", help="what the server does wrong on purpose")
    parser.add_argument("--faults", default="", help="only these; `none` for none")
    parser.add_argument("--out", type=Path, default=CHECKOUT / "build" / "chaos")
    given = parser.parse_args(arguments)
    faults = _words(given.faults)
    unknown = [name for name in faults if name not in FAULTS and name != "none"]
    if unknown:
        parser.error(f"There is no fault {unknown[0]!r}. There are: {', '.join(FAULTS)}")
    profile: ProfileName = given.profile
    databases: tuple[DatabaseKind, ...] = (
        ("sqlite", "postgresql") if given.database == "both" else (given.database,)
    )
    return Options(
        profile=profile,
        databases=databases,
        seed=random.SystemRandom().randrange(10**6) if given.seed is None else given.seed,
        minutes=_MINUTES[profile] if given.minutes is None else given.minutes,
        instances=given.instances,
        habits=Habits(people=given.people, posts=given.posts),
        switches=_words(given.switches),
        faults=faults,
        out=given.out,
    )


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


if __name__ == "__main__":
    sys.exit(main())
