"""Measures sockets: what an idle one costs, how fast they come in, and what a storm asks for.

python -m tools.bench.connections [--database sqlite|postgresql] [--sockets 3000] [--json FILE]

Three things, one after another, while ten people go on chatting:

1. a thousand sockets come into one process, as fast as it lets them;
2. more sockets come, and stay idle: how much memory each of them costs;
3. two thousand lines are cut at once, something is said meanwhile, and all come back and ask for
   what they missed. The statements that the processes send to the database are counted from
   outside, in `/metrics`.
"""

import argparse
import asyncio
import http.client
import itertools
import json
import os
import re
import sys
import time
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from protocol.commands import PostMessage, Sync
from protocol.describing import wire_type
from tools.bench import measuring
from tools.bench.databases import DATABASES, deployment
from tools.bench.lines import Line, timed
from tools.bench.measuring import Cores
from tools.cluster import Cluster, Provisioned
from tools.programs import HOST

CORES: Final = Cores.of_this_machine()
USERS: Final = 500
CHANNELS: Final = 20
CHATTERS: Final = 10
AT_ONCE: Final = 200
HANDSHAKES: Final = 1000
STORM: Final = 2000
MISSED: Final = 20

_MOVE_IN: Final = f"""
import json
from django.utils import timezone
from accounts.models import User
from chat.models import Channel, Membership
from chat.services import channels
users = list(User.objects.filter(username__startswith="member"))
ids = []
for number in range({CHANNELS}):
    channel = channels.create(by=users[0].pk, name=f"c{{number}}", kind="public")
    Membership.objects.bulk_create(
        [Membership(channel=channel, user=user, joined_at=timezone.now()) for user in users[1:]]
    )
    ids.append(str(channel.pk))
print(json.dumps(ids))
"""


@dataclass(slots=True)
class Found:
    """What was measured."""

    database: str
    processes: int
    handshake_seconds: float = 0.0
    handshake_statements: float = 0.0
    kibibytes_a_socket: float = 0.0
    storm_seconds: float = 0.0
    storm_statements: int = 0
    storm_allowed: int = 0
    longest_wait_ms: dict[str, float] = field(default_factory=dict)


class Chat:
    """Ten people who talk among themselves, and notice when they have to wait."""

    def __init__(self, lines: Sequence[Line], channel_id: str) -> None:
        self._took: list[float] = []
        self._tasks = [asyncio.create_task(self._talk(line, channel_id)) for line in lines]

    async def _talk(self, line: Line, channel_id: str) -> None:
        for number in itertools.count():
            self._took.append(await timed(line, post(channel_id, f"and {number}")))
            await asyncio.sleep(0.5)

    def longest(self) -> float:
        """Return the longest wait since the last call, in milliseconds."""
        took, self._took = self._took, []
        return max(took, default=0.0) * 1000

    async def end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def post(channel_id: str, text: str) -> dict[str, str]:
    return {
        "type": wire_type(PostMessage),
        "channel_id": channel_id,
        "client_id": str(uuid.uuid4()),
        "text": text,
    }


def statements(cluster: Cluster) -> int:
    """Return how many statements the processes have sent to the database."""
    total = 0
    for instance in cluster.instances:
        connection = http.client.HTTPConnection(HOST, instance.port, timeout=10)
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
        connection.close()
        found = re.search(r"^database_query_seconds_count\{[^}]*\} (\S+)", text, re.MULTILINE)
        total += int(float(found[1])) if found else 0
    return total


async def enter(urls: Sequence[str], tokens: Sequence[str]) -> list[Line]:
    """Open a socket for each token, so many at once as a crowd of browsers would."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(number: int, token: str) -> Line:
        async with gate:
            return await Line.open(urls[number % len(urls)], token=token)

    return list(await asyncio.gather(*(one(n, token) for n, token in enumerate(tokens))))


async def measure(
    cluster: Cluster, *, crew: Provisioned, chat: Provisioned, sockets: int, found: Found
) -> None:
    channel_ids = json.loads(
        (await asyncio.to_thread(cluster.manage, "shell", "--no-imports", "-c", _MOVE_IN))
        .strip()
        .splitlines()[-1]
    )
    urls = [one.ws_url for one in cluster.instances]
    tokens = list(itertools.islice(itertools.cycle(u.token for u in crew.users), sockets))
    chatters = await enter(urls, [user.token for user in chat.users])
    talk = Chat(chatters, chat.channel.id if chat.channel else "")
    await asyncio.sleep(2)
    talk.longest()

    before, began_at = await asyncio.to_thread(statements, cluster), time.perf_counter()
    lines = await enter(urls[:1], tokens[:HANDSHAKES])
    found.handshake_seconds = time.perf_counter() - began_at
    counted = await asyncio.to_thread(statements, cluster) - before
    found.handshake_statements = counted / HANDSHAKES
    found.longest_wait_ms["handshakes"] = talk.longest()

    server = [cluster.instances[0].process.process_id or 0]
    await asyncio.sleep(3)
    memory = measuring.memory_bytes(server)
    lines += await enter(urls[:1], tokens[HANDSHAKES:])
    await asyncio.sleep(3)
    more = len(lines) - HANDSHAKES
    found.kibibytes_a_socket = (measuring.memory_bytes(server) - memory) / more / 1024
    found.longest_wait_ms["more sockets"] = talk.longest()

    cursors = [line.welcome["streams"] for line in lines[:STORM]]
    for line in lines:
        line.cut()
    await asyncio.sleep(2)
    speaker = await Line.open(urls[0], token=crew.users[1].token)
    for number in range(MISSED):
        await speaker.ask(post(channel_ids[number % len(channel_ids)], f"missed {number}"))
    await asyncio.sleep(1)
    talk.longest()
    before, began_at = await asyncio.to_thread(statements, cluster), time.perf_counter()
    back = await enter(urls, tokens[:STORM])
    await asyncio.gather(
        *(
            line.ask({"type": wire_type(Sync), "cursors": known})
            for line, known in zip(back, cursors, strict=True)
        )
    )
    found.storm_seconds = time.perf_counter() - began_at
    found.storm_statements = await asyncio.to_thread(statements, cluster) - before
    found.longest_wait_ms["storm"] = talk.longest()
    streams = len(channel_ids) + 1 + len(crew.users)
    found.storm_allowed = len(urls) * streams + STORM
    missed = [line.heard for line in back]
    print(f"frames that each heard after it came back: {min(missed)} to {max(missed)}")
    await talk.end()


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database", choices=DATABASES, default="sqlite")
    parser.add_argument("--instances", type=int, default=2)
    parser.add_argument("--sockets", type=int, default=3000)
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    measuring.allow_open_files(2 * options.sockets + 500)
    print(measuring.say_machine())
    print(CORES.say())
    found = Found(database=options.database, processes=options.instances)
    with deployment(options.database, cores=CORES, instances=options.instances) as cluster:
        measuring.pin([os.getpid()], CORES.others)
        crew = cluster.provision(users=USERS, prefix="member", channel="all")
        chat = cluster.provision(users=CHATTERS, prefix="chatter", channel="chat")
        asyncio.run(measure(cluster, crew=crew, chat=chat, sockets=options.sockets, found=found))
    rows = [
        (f"{HANDSHAKES} handshakes, seconds", f"{found.handshake_seconds:.2f}"),
        ("statements a handshake", f"{found.handshake_statements:.2f}"),
        ("KiB of memory a socket", f"{found.kibibytes_a_socket:.1f}"),
        (f"{STORM} back with `sync`, seconds", f"{found.storm_seconds:.2f}"),
        ("statements of the storm", str(found.storm_statements)),
        ("processes * streams + sockets", str(found.storm_allowed)),
        *(
            (f"longest wait of the others, {when}, ms", f"{wait:.0f}")
            for when, wait in found.longest_wait_ms.items()
        ),
    ]
    print(measuring.table([f"{found.database}, {found.processes} processes", "found"], rows))
    if options.json:
        measuring.write_json(options.json, {"connections": asdict(found)})
    return 0


if __name__ == "__main__":
    sys.exit(main())
