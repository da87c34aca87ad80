"""Measures reading against the size of the tables: a thousand messages, and a million.

python -m tools.bench.reading [--database sqlite|postgresql] [--sizes 1000,10000,100000,1000000]
                              [--json FILE] [--plot FILE.svg]

One process. A channel is filled past the program, together with its log; the reader is in two
thousand channels besides, in five hundred of which something is unread.
"""

import argparse
import itertools
import sqlite3
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import psycopg

from tools.bench import filling, measuring
from tools.bench.databases import DATABASES, deployment
from tools.bench.measuring import Cores
from tools.cluster import Cluster, Provisioned
from tools.programs import StartError
from tools.rest import Rest

CORES: Final = Cores.of_this_machine()
TIMES: Final = 40
FIRST: Final = 1_000_000
"""The id of the first of the many channels."""

MANY: Final = 2_000
UNREAD: Final = 500
BEGIN: Final = 100
"""Where what is filled in begins: what came before is the program's own."""


class Filler:
    """Writes into the database of a deployment, past the program."""

    def __init__(self, url: str) -> None:
        self.vendor = "sqlite" if url.startswith("sqlite") else "postgresql"
        self._connection: Any
        if self.vendor == "sqlite":
            self._connection = sqlite3.connect(urlsplit(url).path, isolation_level=None, timeout=60)
        else:
            self._connection = psycopg.connect(url, autocommit=True)

    def run(self, statements: Sequence[str]) -> None:
        for statement in statements:
            self._connection.execute(statement)

    def one(self, question: str) -> int:
        """Return the single number that is the answer."""
        return int(self._connection.execute(question).fetchone()[0])

    def close(self) -> None:
        self._connection.close()


def move_in(filler: Filler, *, user_id: int, other_id: int) -> None:
    """Let the reader into many channels, with something unread in some."""
    vendor, last = filler.vendor, FIRST + MANY - 1
    filler.run(filling.channels(vendor, first=FIRST, last=last, seqs=3))
    for member in (user_id, other_id):
        filler.run(filling.memberships(vendor, user_id=member, first=FIRST, last=last, read_seq=0))
    for channel_id in range(FIRST, FIRST + UNREAD):
        filler.run(
            filling.messages(vendor, channel_id=channel_id, author_id=other_id, first=1, last=3)
        )


def questions(rest: Rest, *, channel_id: str, size: int) -> dict[str, Callable[[], object]]:
    """Return what is asked, by a name."""
    messages = f"/api/v1/channels/{channel_id}/messages"
    middle = str(BEGIN + size // 2)
    return {
        "open the channel": lambda: rest.get(messages, dict[str, Any], limit="50"),
        "jump into its middle": lambda: rest.get(
            messages, dict[str, Any], limit="50", around=middle
        ),
        "read its log": lambda: rest.get(
            f"/api/v1/channels/{channel_id}/events", dict[str, Any], after=middle
        ),
        "unread counts": lambda: rest.get("/api/v1/unread", dict[str, Any]),
        "a page of the sidebar": lambda: rest.get("/api/v1/channels", dict[str, Any], limit="100"),
    }


def measure(cluster: Cluster, crew: Provisioned, sizes: Sequence[int]) -> dict[str, list[float]]:
    """Return what is asked → milliseconds for each size."""
    if crew.channel is None:
        raise StartError("`provision` made no channel.")
    reader, other = crew.users
    filler = Filler(cluster.environment["DATABASE_URL"])
    move_in(filler, user_id=int(reader.id), other_id=int(other.id))
    channel_id, filled = crew.channel.id, BEGIN - 1
    stream_id = filler.one(f"SELECT id FROM realtime_stream WHERE name = 'c:{channel_id}'")  # noqa: S608
    rest = Rest(url=cluster.instances[0].url, token=reader.token, seconds=60)
    found: dict[str, list[float]] = {}
    for size in sizes:
        began_at = time.perf_counter()
        first, last = filled + 1, BEGIN - 1 + size
        vendor = filler.vendor
        filler.run(
            filling.messages(
                vendor, channel_id=int(channel_id), author_id=int(other.id), first=first, last=last
            )
        )
        filler.run(filling.events(vendor, stream_id=stream_id, first=first, last=last))
        # They have read all but the last fifty.
        filler.run(
            [
                (
                    f"UPDATE chat_membership SET read_seq = {last - 50}"  # noqa: S608
                    f" WHERE channel_id = {channel_id} AND user_id = {reader.id}"
                ),
                "ANALYZE",
            ]
        )
        filled = last
        print(f"{size} messages filled in after {time.perf_counter() - began_at:.1f} s")
        for name, ask in questions(rest, channel_id=channel_id, size=size).items():
            took = []
            for _ in range(TIMES):
                began_at = time.perf_counter()
                ask()
                took.append((time.perf_counter() - began_at) * 1000)
            found.setdefault(name, []).append(measuring.median(took))
    filler.close()
    return found


# ── A picture ───────────────────────────────────────────────────────────────────────────────

_COLOURS: Final = ("#1d6fb8", "#c2571a", "#2b8a3e", "#8e44ad", "#a61e4d")
_LEFT, _TOP, _WIDTH, _HEIGHT = 60, 20, 560, 260


def plot(found: Mapping[str, Sequence[float]], sizes: Sequence[int], *, title: str) -> str:
    """Return an SVG picture: each question a line, from few messages to many."""
    most = max(value for values in found.values() for value in values) * 1.1
    step = _WIDTH / max(1, len(sizes) - 1)
    parts = [
        (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 840 330"'
            ' font-family="sans-serif" font-size="12">'
        ),
        f'<text x="{_LEFT}" y="14" font-weight="bold">{title}</text>',
    ]
    for tick in range(5):
        value = most * tick / 4
        y = _TOP + _HEIGHT * (1 - tick / 4)
        parts.append(
            f'<line x1="{_LEFT}" x2="{_LEFT + _WIDTH}" y1="{y:.0f}" y2="{y:.0f}" stroke="#ddd"/>'
            f'<text x="{_LEFT - 6}" y="{y + 4:.0f}" text-anchor="end">{value:.0f} ms</text>'
        )
    for number, size in enumerate(sizes):
        parts.append(
            f'<text x="{_LEFT + number * step:.0f}" y="{_TOP + _HEIGHT + 20}"'
            f' text-anchor="middle">{size:,}</text>'
        )
    for number, ((name, values), colour) in enumerate(
        zip(found.items(), itertools.cycle(_COLOURS), strict=False)
    ):
        points = " ".join(
            f"{_LEFT + place * step:.0f},{_TOP + _HEIGHT * (1 - value / most):.1f}"
            for place, value in enumerate(values)
        )
        y = _TOP + 20 + 20 * number
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
            f'<text x="{_LEFT + _WIDTH + 20}" y="{y}" fill="{colour}">{name}</text>'
        )
    return "\n".join([*parts, "</svg>", ""])


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database", choices=DATABASES, default="sqlite")
    parser.add_argument("--sizes", default="1000,10000,100000,1000000")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--plot", type=Path, metavar="FILE")
    options = parser.parse_args()
    sizes = [int(word) for word in options.sizes.split(",")]
    print(measuring.say_machine())
    with deployment(options.database, cores=CORES) as cluster:
        crew = cluster.provision(users=2, prefix="reader", channel="long")
        found = measure(cluster, crew, sizes)
    rows = [
        [name, *(f"{value:.1f}" for value in values), f"{values[-1] / values[0]:.2f}"]
        for name, values in found.items()
    ]
    headings = [f"{options.database}, median ms", *(f"{size:,}" for size in sizes), "last / first"]
    print(measuring.table(headings, rows))
    if options.json:
        measuring.write_json(options.json, {"reading": {"sizes": sizes, "ms": found}})
    if options.plot:
        title = f"Reading, by the number of messages ({options.database})"
        options.plot.write_text(plot(found, sizes, title=title), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
