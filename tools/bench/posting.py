"""Measures how many posts a second are acknowledged, against a bare loop of the same inserts.

python -m tools.bench.posting [--database sqlite|postgresql|both] [--senders 50] [--seconds 5]
                              [--instances 1] [--json FILE]

The bare loop is a program without Django: for each message one transaction that takes the place in
the stream, writes the event and writes the message, with the plain driver, into the same tables of
the same database with the same settings. The senders send over sockets, each its next message when
the last one was acknowledged. Then they send half as much, evenly, and it is measured how long each
waits for its `ok`.
"""

import argparse
import asyncio
import json
import os
import random
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import psycopg

from protocol.commands import PostMessage
from protocol.describing import wire_type
from protocol.events import MessagePosted
from tools.bench import measuring
from tools.bench.databases import DATABASES, deployment
from tools.bench.lines import Line, timed
from tools.bench.measuring import Cores
from tools.cluster import Cluster
from tools.programs import CHECKOUT, StartError

PLACES: Final = ("a channel each", "one channel")
TEXT: Final = "The ferry leaves at six, and nobody knows who has the key to the quay."
HTML: Final = f"<p>{TEXT}</p>"
PAYLOAD: Final = json.dumps({"text": TEXT, "html": HTML, "others": "x" * 500})
"""About as long as the event of such a message."""

CORES: Final = Cores.of_this_machine()

_MOVE_IN: Final = """
import json
import os
from django.utils import timezone
from accounts.models import User
from chat.services import channels, members
users = list(User.objects.filter(username__startswith="sender").order_by("pk"))
ids = []
for user in users:
    channel = channels.create(by=user.pk, name=f"of-{user.username}", kind="public")
    ids.append(str(channel.pk))
print(json.dumps(ids))
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """What was found for one database and one way to share channels."""

    database: str
    place: str
    bare_per_second: float
    per_second: float
    share: float
    cpu_ms: float
    half_p50_ms: float
    half_p99_ms: float

    def cells(self) -> list[str]:
        return [
            self.database,
            self.place,
            f"{self.bare_per_second:.0f}",
            f"{self.per_second:.0f}",
            f"{self.share:.2f}",
            f"{self.cpu_ms:.2f}",
            f"{self.half_p50_ms:.1f}",
            f"{self.half_p99_ms:.1f}",
        ]


HEADINGS: Final = (
    "database",
    "senders in",
    "bare loop/s",
    "posts/s",
    "share",
    "CPU ms/post",
    "half load: p50 ms",
    "p99 ms",
)

# ── The bare loop ───────────────────────────────────────────────────────────────────────────

_TAKE: Final = """
UPDATE realtime_stream SET last_seq = last_seq + 1, last_at_us = {later}(last_at_us + 1, {p})
WHERE name = {p} RETURNING id, last_seq, last_at_us
"""
_EVENT: Final = """
INSERT INTO realtime_event (stream_id, seq, type, at, actor_id, subject_id, opens, opens_after,
    closes, rewrites, payload)
VALUES ({p}, {p}, '{type}', {p}, {p}, {p}, '', 0, '', {false}, {p})
"""
_MESSAGE: Final = """
INSERT INTO chat_message (channel_id, seq, author_id, client_id, sender_name, sender_emoji,
    also_to_channel, text, html, html_version, broad_mention, version, created_at, reply_count,
    last_reply_seq, replier_ids)
VALUES ({p}, {p}, {p}, {p}, '', '', {false}, {p}, {p}, 1, '', 1, {p}, 0, 0, '[]')
RETURNING id
"""


def bare_loop(url: str, *, author_id: int, channel_id: int, seconds: float) -> float:
    """Return how many transactions a second one connection does."""
    is_sqlite = url.startswith("sqlite")
    words = {
        "p": "?" if is_sqlite else "%s",
        "false": "0" if is_sqlite else "false",
        "later": "max" if is_sqlite else "greatest",
        "type": wire_type(MessagePosted),
    }
    take, event, message = (text.format(**words) for text in (_TAKE, _EVENT, _MESSAGE))
    connection: Any
    if is_sqlite:
        connection = sqlite3.connect(urlsplit(url).path, isolation_level=None)
        connection.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
            "PRAGMA mmap_size=134217728; PRAGMA cache_size=-16000;"
        )
    else:
        connection = psycopg.connect(url, autocommit=True)
    cursor, count, began_at = connection.cursor(), 0, time.perf_counter()
    while time.perf_counter() - began_at < seconds:
        cursor.execute("BEGIN IMMEDIATE" if is_sqlite else "BEGIN")
        cursor.execute(take, (time.time_ns() // 1000, f"c:{channel_id}"))
        stream_id, seq, at_us = cursor.fetchone()
        at = str(datetime.fromtimestamp(at_us / 1e6, tz=UTC))
        client_id = uuid.uuid4()
        cursor.execute(
            message,
            (
                channel_id,
                seq,
                author_id,
                client_id.hex if is_sqlite else client_id,
                TEXT,
                HTML,
                at,
            ),
        )
        (message_id,) = cursor.fetchone()
        cursor.execute(event, (stream_id, seq, at, author_id, message_id, PAYLOAD))
        cursor.execute("COMMIT")
        count += 1
    return count / (time.perf_counter() - began_at)


def bare_rate(cluster: Cluster, *, author_id: str, channel_id: str, seconds: float) -> float:
    """Run the bare loop as a program of its own, where the server ran."""
    core = str(CORES.servers[0])
    words = ["--bare", cluster.environment["DATABASE_URL"], author_id, channel_id, str(seconds)]
    done = subprocess.run(
        ["taskset", "-c", core, sys.executable, "-m", "tools.bench.posting", *words],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
        timeout=seconds + 60,
    )
    return float(done.stdout)


# ── The senders ─────────────────────────────────────────────────────────────────────────────


def post(channel_id: str) -> dict[str, str]:
    return {
        "type": wire_type(PostMessage),
        "channel_id": channel_id,
        "client_id": str(uuid.uuid4()),
        "text": TEXT,
    }


async def at_full_speed(lines: Sequence[Line], places: Sequence[str], *, seconds: float) -> int:
    """Let each send its next message when the last one was acknowledged. Return how many were."""
    end = time.perf_counter() + seconds

    async def speak(line: Line, place: str) -> int:
        count = 0
        while time.perf_counter() < end:
            await line.ask(post(place))
            count += 1
        return count

    return sum(await asyncio.gather(*map(speak, lines, places)))


async def evenly(
    lines: Sequence[Line], places: Sequence[str], *, per_second: float, seconds: float
) -> list[float]:
    """Let all together send so much. Return how long each `ok` took."""
    end = time.perf_counter() + seconds
    mean = len(lines) / per_second

    async def speak(line: Line, place: str) -> list[float]:
        took: list[float] = []
        # People do not speak in step.
        await asyncio.sleep(random.uniform(0, mean))  # noqa: S311 - no secret
        while time.perf_counter() < end:
            due = time.perf_counter() + random.uniform(0.5, 1.5) * mean  # noqa: S311
            took.append(await timed(line, post(place)))
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
        return took

    return [one for took in await asyncio.gather(*map(speak, lines, places)) for one in took]


async def measure(cluster: Cluster, *, database: str, options: argparse.Namespace) -> list[Figures]:
    crew = cluster.provision(users=options.senders, prefix="sender", channel="all")
    if crew.channel is None:
        raise StartError("`provision` made no channel.")
    said = cluster.manage("shell", "--no-imports", "-c", _MOVE_IN)
    own: list[str] = json.loads(said.splitlines()[-1])
    urls = [one.ws_url for one in cluster.instances]
    lines = [
        await Line.open(urls[number % len(urls)], token=user.token)
        for number, user in enumerate(crew.users)
    ]
    processes = [one.process.process_id or 0 for one in cluster.instances]
    found = []
    for place, ids in zip(PLACES, (own, [crew.channel.id] * len(lines)), strict=True):
        await at_full_speed(lines, ids, seconds=1)
        bare, full, cpu = [], [], []
        for _ in range(options.rounds):
            bare.append(
                await asyncio.to_thread(
                    bare_rate,
                    cluster,
                    author_id=crew.users[0].id,
                    channel_id=own[0],
                    seconds=options.seconds / 2,
                )
            )
            before, began_at = measuring.cpu_seconds(processes), time.perf_counter()
            count = await at_full_speed(lines, ids, seconds=options.seconds)
            full.append(count / (time.perf_counter() - began_at))
            cpu.append((measuring.cpu_seconds(processes) - before) / count)
        rate = measuring.median(full)
        took = await evenly(lines, ids, per_second=rate / 2, seconds=options.seconds)
        found.append(
            Figures(
                database=database,
                place=place,
                bare_per_second=measuring.median(bare),
                per_second=rate,
                share=measuring.median([f / b for f, b in zip(full, bare, strict=True)]),
                cpu_ms=measuring.median(cpu) * 1000,
                half_p50_ms=measuring.median(took) * 1000,
                half_p99_ms=measuring.percentile(took, 0.99) * 1000,
            )
        )
    for line in lines:
        line.cut()
    return found


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database", choices=[*DATABASES, "both"], default="both")
    parser.add_argument("--senders", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--instances", type=int, default=1)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--bare", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.bare:
        url, author_id, channel_id, seconds = options.bare
        rate = bare_loop(
            url, author_id=int(author_id), channel_id=int(channel_id), seconds=float(seconds)
        )
        print(rate)
        return 0
    print(measuring.say_machine())
    print(CORES.say())
    measuring.pin([os.getpid()], CORES.others)
    found: list[Figures] = []
    for database in DATABASES if options.database == "both" else [options.database]:
        with deployment(database, cores=CORES, instances=options.instances) as cluster:
            found += asyncio.run(measure(cluster, database=database, options=options))
    print(measuring.table(HEADINGS, [one.cells() for one in found]))
    if options.json:
        measuring.write_json(options.json, {"posting": [asdict(one) for one in found]})
    return 0


if __name__ == "__main__":
    sys.exit(main())
