"""Measures fan-out: what it costs to bring one message to many sockets, side by side with others.

python -m tools.bench.fanout [--seconds 3] [--rounds 3] [--only parley,socketio] [--no-sweeps]
"""

import argparse
import contextlib
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from tools.bench import charts, systems
from tools.bench.crowd import Crowd, Heard
from tools.bench.measuring import (
    Cores,
    allow_open_files,
    cpu_seconds,
    median,
    percentile,
    pin,
    say_machine,
    table,
    write_json,
)
from tools.bench.systems import Missing, Running

SETTLE_SECONDS: Final = 1.0
WARM_UP_POSTS: Final = 60
WARM_UP_SECONDS: Final = 2.0
BUSY: Final = 0.7
"""Above this share of its core the load may be what is measured, so it is marked."""

SOCKETS: Final = (100, 300, 1_000, 2_000, 4_000)
CHANNELS: Final = (1, 10, 50)
ALONE: Final = 2
"""So few sockets that what is measured is the post."""

_SYSTEMS: Final[dict[str, Callable[[], contextlib.AbstractContextManager[Running]]]] = {
    "parley": systems.parley,
    "socketio": systems.socket_io,
    "pubsub": lambda: systems.tutorial("pub/sub"),
    "core": lambda: systems.tutorial("core"),
    "limit": systems.limit,
}


@dataclass(frozen=True, slots=True)
class Figures:
    """One system under one load."""

    system: str
    sockets: int
    in_flight: int
    cpu_us: float
    """CPU time of the server's processes for each delivery."""

    redis_us: float
    load_us: float
    per_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    load_busy: float
    lost: int
    doubled: int
    unacknowledged: int

    def cells(self) -> Sequence[object]:
        """Return the row of a table."""
        return (
            self.system,
            f"{self.sockets:,}",
            self.in_flight,
            f"{self.cpu_us:.1f}",
            f"{self.per_second:,.0f}",
            f"{self.p50_ms:.1f}",
            f"{self.p95_ms:.1f}",
            f"{self.p99_ms:.1f}",
            self.lost + self.doubled + self.unacknowledged,
            f"{self.load_us:.1f}{' !' if self.load_busy > BUSY else ''}",
        )


HEADINGS: Final = (
    "system",
    "sockets",
    "in flight",
    "CPU µs",
    "a second",
    "p50 ms",
    "p95 ms",
    "p99 ms",
    "lost",
    "load µs",
)


# ── One run ─────────────────────────────────────────────────────────────────────────────────


def measure(running: Running, *, sockets: int, in_flight: int, seconds: float) -> Figures:
    """Let a crowd talk for a while and return what that cost."""
    with Crowd(running.tongue, running.doors(sockets)) as crowd:
        crowd.idle(SETTLE_SECONDS)
        crowd.talk(seconds=WARM_UP_SECONDS, in_flight=in_flight, posts_max=WARM_UP_POSTS)
        servers, redis = cpu_seconds(running.server_ids), cpu_seconds(running.redis_ids)
        heard = crowd.talk(seconds=seconds, in_flight=in_flight)
        servers = cpu_seconds(running.server_ids) - servers
        redis = cpu_seconds(running.redis_ids) - redis
    figures = _figures(running, heard, sockets=sockets, in_flight=in_flight, cpu=(servers, redis))
    print(table(HEADINGS, [figures.cells()]).splitlines()[-1], flush=True)
    return figures


def _figures(
    running: Running, heard: Heard, *, sockets: int, in_flight: int, cpu: tuple[float, float]
) -> Figures:
    each = 1e6 / max(1, heard.deliveries)
    p50, p95, p99 = (percentile(heard.latencies, share) * 1e3 for share in (0.5, 0.95, 0.99))
    return Figures(
        system=running.name,
        sockets=sockets,
        in_flight=in_flight,
        cpu_us=cpu[0] * each,
        redis_us=cpu[1] * each,
        load_us=heard.own_cpu_seconds * each,
        per_second=heard.deliveries / heard.seconds,
        p50_ms=p50,
        p95_ms=p95,
        p99_ms=p99,
        load_busy=heard.own_cpu_seconds / heard.seconds,
        lost=heard.lost,
        doubled=heard.doubled,
        unacknowledged=heard.unacknowledged,
    )


def middle(runs: Sequence[Figures]) -> Figures:
    """Return the median of each figure, and the sum of what went wrong."""
    first = asdict(runs[0])
    told: dict[str, Any] = {
        name: median([getattr(run, name) for run in runs])
        for name, value in first.items()
        if isinstance(value, float)
    }
    told |= {
        name: sum(getattr(run, name) for run in runs)
        for name in ("lost", "doubled", "unacknowledged")
    }
    return Figures(**{**first, **told})


def _settle(running: Running, cores: Cores) -> None:
    pin([os.getpid()], cores.others)
    pin(running.redis_ids, cores.others)
    for number, server_id in enumerate(running.server_ids):
        # A second process has the core of the load, where there is no third.
        pin([server_id], (cores.servers + cores.others)[number : number + 1])


# ── What is compared ────────────────────────────────────────────────────────────────────────


def compare(names: Sequence[str], options: argparse.Namespace, cores: Cores) -> list[Figures]:
    """Measure all systems in turn, several times over, and return the medians."""
    runs: dict[tuple[str, int], list[Figures]] = {}
    with contextlib.ExitStack() as stack:
        running = []
        for name in names:
            try:
                running.append(stack.enter_context(_SYSTEMS[name]()))
            except Missing as missing:
                print(f"Not measured: {missing}")
        if options.beside is not None:
            other = stack.enter_context(systems.parley(checkout=options.beside))
            running.append(replace(other, name=f"Parley in {options.beside.name}"))
        for one in running:
            _settle(one, cores)
        for _ in range(options.rounds):
            for in_flight in (1, 16):
                for one in running:
                    figures = measure(
                        one, sockets=options.sockets, in_flight=in_flight, seconds=options.seconds
                    )
                    runs.setdefault((one.name, in_flight), []).append(figures)
    return [middle(of) for _, of in sorted(runs.items(), key=lambda one: one[0][1])]


def sweep_sockets(options: argparse.Namespace, cores: Cores) -> list[Figures]:
    """Measure Parley and the limit with more and more sockets on one process."""
    with systems.parley() as parley, systems.limit() as limit:
        for one in (parley, limit):
            _settle(one, cores)
        return [
            measure(one, sockets=sockets, in_flight=1, seconds=options.seconds)
            for sockets in (ALONE, *SOCKETS)
            for one in (parley, limit)
        ]


def sweep_channels(options: argparse.Namespace, cores: Cores) -> list[tuple[int, Figures]]:
    """Measure Parley with everybody in more and more channels that are spoken in by turns."""
    found = []
    with systems.parley(channels=max(CHANNELS)) as parley:
        _settle(parley, cores)
        tongue = parley.tongue
        assert isinstance(tongue, systems.ParleyTongue)  # noqa: S101 - narrows the type
        for channels in CHANNELS:
            one = replace(parley, tongue=tongue.first(channels))
            figures = measure(one, sockets=options.sockets, in_flight=1, seconds=options.seconds)
            found.append((channels, figures))
    return found


def double(options: argparse.Namespace, cores: Cores) -> list[Figures]:
    """Measure the same sockets on one process and on two, with as much to say as both can carry."""
    found = []
    for processes in (1, 2):
        with systems.parley(processes=processes) as parley:
            _settle(parley, cores)
            found.append(
                measure(parley, sockets=options.sockets * 2, in_flight=64, seconds=options.seconds)
            )
    return found


# ── What is told ────────────────────────────────────────────────────────────────────────────


def tell_ratios(found: Sequence[Figures]) -> str:
    """Return how Parley stands to each of the others, one line each."""
    lines = []
    for parley in (one for one in found if one.system == "Parley"):
        others = [one for one in found if one.in_flight == parley.in_flight and one != parley]
        told = ", ".join(f"{parley.cpu_us / one.cpu_us:.2f} of {one.system}" for one in others)
        lines.append(f"CPU for each delivery with {parley.in_flight} in flight: {told}.")
    return "\n\n".join(lines)


def tell_sockets(found: Sequence[Figures]) -> str:
    """Return the table of a sweep over sockets, with what is left without the post itself."""
    alone = next(one for one in found if one.sockets == ALONE and one.system == "Parley")
    post_us = alone.cpu_us * ALONE
    rows = []
    for parley, limit in zip(found[2::2], found[3::2], strict=True):
        without = parley.cpu_us - post_us / parley.sockets
        rows.append(
            (
                f"{parley.sockets:,}",
                f"{parley.cpu_us:.1f}",
                f"{without:.1f}",
                f"{limit.cpu_us:.1f}",
                f"{parley.p50_ms:.1f}",
                f"{parley.p99_ms:.1f}",
            )
        )
    headings = ("sockets", "CPU µs", "without the post", "the limit", "p50 ms", "p99 ms")
    return f"A post alone costs {post_us:,.0f} µs.\n\n{table(headings, rows)}"


def tell_channels(found: Sequence[tuple[int, Figures]]) -> str:
    """Return the table of a sweep over channels."""
    rows = [(channels, f"{one.cpu_us:.1f}", f"{one.p99_ms:.1f}") for channels, one in found]
    return table(("channels", "CPU µs", "p99 ms"), rows)


def tell_double(found: Sequence[Figures]) -> str:
    """Return what a second process brings."""
    one, two = found
    return (
        f"{one.sockets:,} sockets cost {one.cpu_us:.1f} µs for each delivery on one process and "
        f"{two.cpu_us:.1f} µs on two together: two carry {2 * one.cpu_us / two.cpu_us:.2f} times "
        "what one does, each on a core of its own."
    )


def draw(found: Sequence[Figures], swept: Sequence[Figures], folder: Path) -> None:
    """Draw the figures for the documents."""
    systems_ = list(dict.fromkeys(one.system for one in found))
    groups = {name: [one.cpu_us for one in found if one.system == name] for name in systems_}
    title = "CPU time of the server for each delivery, in µs (logarithmic)"
    names = ("one message in flight", "16 in flight")
    (folder / "fanout.svg").write_text(charts.bars(title, groups, names=names), encoding="utf-8")
    if swept:
        series = {
            name: [(one.sockets, one.cpu_us) for one in swept[2:] if one.system == name]
            for name in (swept[0].system, swept[1].system)
        }
        title = "CPU time of the server for each delivery, in µs"
        picture = charts.lines(title, series, across="sockets on one process")
        (folder / "fanout-sockets.svg").write_text(picture, encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0, help="of each run")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sockets", type=int, default=300)
    parser.add_argument("--only", default=",".join(_SYSTEMS), help="which systems")
    parser.add_argument("--beside", type=Path, help="another checkout of Parley to measure too")
    parser.add_argument("--no-sweeps", action="store_true", help="compare, and nothing else")
    parser.add_argument("--json", type=Path, default=systems.BUILD / "fanout.json")
    parser.add_argument("--draw", type=Path, metavar="FOLDER", help="draw the figures there")
    options = parser.parse_args()
    cores = Cores.of_this_machine()
    allow_open_files(max(SOCKETS) + 1_000)
    print(f"{say_machine()}; {cores.say()}.\n\n{table(HEADINGS, [])}")
    found = compare(options.only.split(","), options, cores)
    told = [f"\n{table(HEADINGS, [one.cells() for one in found])}", tell_ratios(found)]
    swept: list[Figures] = []
    result: dict[str, Any] = {"fanout": [asdict(one) for one in found]}
    if not options.no_sweeps:
        swept = sweep_sockets(options, cores)
        channels = sweep_channels(options, cores)
        doubled = double(options, cores)
        told += [tell_sockets(swept), tell_channels(channels), tell_double(doubled)]
        result["sockets"] = [asdict(one) for one in swept]
        result["channels"] = [[count, asdict(one)] for count, one in channels]
        result["processes"] = [asdict(one) for one in doubled]
    print("\n\n".join(told))
    write_json(options.json, result)
    if options.draw is not None:
        draw(found, swept, options.draw)
    return 0 if not any(one.lost or one.doubled for one in found) else 1


if __name__ == "__main__":
    sys.exit(main())
