"""Measures presence: what a change of one person costs, and how long a killed process looks alive.

    python -m tools.bench.presence [--part users|watchers|kill] [--json FILE]

A change is somebody who leaves their device or comes back to it: no database is asked. What the
process and Redis use when nothing changes is measured too, and taken off.
"""

import argparse
import asyncio
import contextlib
import os
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final

import msgspec
import redis as redis_client

from protocol.commands import ReportIdle
from protocol.resources import PresenceState
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
from tools.client import Client
from tools.cluster import Cluster, Provisioned

USERS: Final = (100, 200, 400, 800)
WATCHED: Final = 20
"""People whom everybody watches while the users grow."""

WATCHERS: Final = (25, 50, 100, 200, 400)
"""Sockets that watch those who change, while the users stay."""

MOVERS: Final = 50

SECONDS: Final = 8.0
PER_SECOND: Final = 25
CONNECT_AT_ONCE: Final = 20

KILL_PROCESSES: Final = 3
KILL_PEOPLE: Final = 60
"""On each of the processes."""

PROMISED_SECONDS: Final = 30.0


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """What so many changes cost, without what is used when nothing changes."""

    users: int
    watchers: int
    changes: int
    server_us: float
    """CPU of the process, for each change."""
    redis_commands: float
    """For each change."""
    frames: float
    """For each change; changes of different people may share one."""
    told: float
    """(socket, person) for each change."""


class Crowd:
    """Everybody's sockets on one process, and what they hear."""

    def __init__(self, cluster: Cluster, crew: Provisioned, stack: AsyncExitStack) -> None:
        self._cluster = cluster
        self._crew = crew
        self._stack = stack
        self.clients: list[Client] = []
        self.frames = 0
        self.told = 0

    async def grow(self, users: int) -> None:
        """Have so many people there."""
        gate = asyncio.Semaphore(CONNECT_AT_ONCE)
        url = self._cluster.instances[0].ws_url

        async def open_one(token: str) -> Client:
            async with gate:
                return await Client.connect(url=url, token=token, seconds=60)

        new = self._crew.users[len(self.clients) : users]
        for client in await asyncio.gather(*(open_one(user.token) for user in new)):
            client.on_presence = self._hear
            self.clients.append(await self._stack.enter_async_context(client))

    async def watch(self, sets: Mapping[int, Sequence[int]]) -> None:
        """Have each of these watch these, and everybody else nobody."""
        for number, client in enumerate(self.clients):
            await client.watch([self.clients[other].user_id for other in sets.get(number, ())])

    async def all_are(self, state: PresenceState) -> None:
        """Wait until everybody is seen so by all who watch them."""
        for client in self.clients:
            await client.until(
                lambda client=client: set(client.presence.values()) <= {state},  # type: ignore[misc]
                seconds=PROMISED_SECONDS,
            )

    def _hear(self, users: Mapping[str, PresenceState]) -> None:
        self.frames += 1
        self.told += len(users)


async def measure(cluster: Cluster, crowd: Crowd, movers: Sequence[int], *, watchers: int) -> Cost:
    """Return what it costs that these people go and come back, in turn."""
    await crowd.all_are("online")
    quiet = await _spent(cluster, crowd, [])
    busy = await _spent(cluster, crowd, movers)
    changes = round(SECONDS * PER_SECOND)
    server_s, commands, frames, told = (
        (one - other) / changes for one, other in zip(busy, quiet, strict=True)
    )
    return Cost(
        users=len(crowd.clients),
        watchers=watchers,
        changes=changes,
        server_us=server_s * 1e6,
        redis_commands=commands,
        frames=frames,
        told=told,
    )


async def _spent(
    cluster: Cluster, crowd: Crowd, movers: Sequence[int]
) -> tuple[float, float, float, float]:
    process_id = cluster.instances[0].process.process_id
    assert process_id is not None  # noqa: S101 - it runs
    with redis_client.Redis.from_url(cluster.valkey.url) as redis:
        before = (cpu_seconds([process_id]), _commands(redis), crowd.frames, crowd.told)
        began_at = time.monotonic()
        for number in range(round(SECONDS * PER_SECOND)):
            if movers:
                # Each goes, and comes back when all others have gone.
                mover = crowd.clients[movers[number % len(movers)]]
                is_idle = number // len(movers) % 2 == 0
                await mover.ask(ReportIdle(is_idle=is_idle, id=mover.next_id()))
            await asyncio.sleep(began_at + (number + 1) / PER_SECOND - time.monotonic())
        # What the last of them bring about is batched.
        await asyncio.sleep(1.0)
        after = (cpu_seconds([process_id]), _commands(redis), crowd.frames, crowd.told)
        for client in crowd.clients:
            if movers:
                await client.ask(ReportIdle(is_idle=False, id=client.next_id()))
    server, commands, frames, told = (one - other for one, other in zip(after, before, strict=True))
    return server, commands, frames, told


def _commands(redis: "redis_client.Redis") -> int:
    stats: Any = redis.info("stats")
    return int(stats["total_commands_processed"])


async def by_users(cluster: Cluster, crew: Provisioned) -> list[Cost]:
    """Return the cost of a change while the users grow and everybody watches as many as before."""
    costs = []
    async with AsyncExitStack() as stack:
        crowd = Crowd(cluster, crew, stack)
        for users in USERS:
            await crowd.grow(users)
            ring = {
                number: [(number + step) % users for step in range(1, WATCHED + 1)]
                for number in range(users)
            }
            await crowd.watch(ring)
            movers = range(0, users, users // MOVERS)
            costs.append(await measure(cluster, crowd, movers, watchers=WATCHED))
    return costs


async def by_watchers(cluster: Cluster, crew: Provisioned) -> list[Cost]:
    """Return the cost of a change while more and more watch those who change."""
    costs = []
    async with AsyncExitStack() as stack:
        crowd = Crowd(cluster, crew, stack)
        await crowd.grow(MOVERS + max(WATCHERS))
        for watchers in WATCHERS:
            watching = range(MOVERS, MOVERS + watchers)
            await crowd.watch({number: range(MOVERS) for number in watching})
            costs.append(await measure(cluster, crowd, range(MOVERS), watchers=watchers))
    return costs


async def after_a_kill(cluster: Cluster, crew: Provisioned) -> list[float]:
    """Kill a process. Return for each who watches how long it took until all on it were offline."""
    *_, killed = cluster.instances
    people = [crew.users[start::KILL_PROCESSES] for start in range(KILL_PROCESSES)]
    victims = [user.id for user in people[-1]]
    async with AsyncExitStack() as stack:
        observers: list[Client] = []
        for instance, users in zip(cluster.instances, people, strict=True):
            for user in users:
                client = await Client.connect(url=instance.ws_url, token=user.token)
                await stack.enter_async_context(client)
                if instance is not killed:
                    observers.append(client)
        for observer in observers:
            await observer.watch(victims)
        for observer in observers:
            await observer.until(
                lambda one=observer: set(one.presence.values()) == {"online"},  # type: ignore[misc]
                seconds=PROMISED_SECONDS,
            )
        killed_at = time.monotonic()
        killed.kill()

        async def seconds_of(observer: Client) -> float:
            found = await observer.until(
                lambda: set(observer.presence.values()) == {"offline"},
                seconds=2 * PROMISED_SECONDS,
            )
            return time.monotonic() - killed_at if found else float("inf")

        return list(await asyncio.gather(*map(seconds_of, observers)))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--part", choices=("users", "watchers", "kill"), action="append")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    parts = options.part or ["users", "watchers", "kill"]
    allow_open_files(4_096)
    cores = Cores.of_this_machine()
    pin([os.getpid()], cores.others)
    print(f"{say_machine()}; {cores.say()}.")
    found: dict[str, Any] = {}
    if {"users", "watchers"} & set(parts):
        with Cluster(instances=1) as cluster:
            crew = cluster.provision(users=max(USERS), prefix="b", channel="bench")
            _pin(cluster, cores)
            for part, measured in {"users": by_users, "watchers": by_watchers}.items():
                if part in parts:
                    costs = asyncio.run(measured(cluster, crew))
                    found[part] = msgspec.to_builtins(costs)
                    print(f"\nThe cost of one change, by {part}\n\n{_costs(costs)}")
    if "kill" in parts:
        with Cluster(instances=KILL_PROCESSES) as cluster:
            users = KILL_PEOPLE * KILL_PROCESSES
            crew = cluster.provision(users=users, prefix="b", channel="bench")
            seconds = asyncio.run(after_a_kill(cluster, crew))
            found["kill"] = {
                "observers": len(seconds),
                "p50": median(seconds),
                "p99": percentile(seconds, 0.99),
                "max": max(seconds),
            }
            print(
                f"\nOffline everywhere after a kill -9 of a process with {KILL_PEOPLE} people: "
                f"{median(seconds):.1f} s for half of {len(seconds)} observers, "
                f"{max(seconds):.1f} s for all."
            )
    if options.json:
        write_json(options.json, found)
    return 0


def _pin(cluster: Cluster, cores: Cores) -> None:
    server, valkey = cluster.instances[0].process.process_id, cluster.valkey.process_id
    with contextlib.suppress(PermissionError):
        pin([one for one in (server,) if one], cores.servers)
        pin([one for one in (valkey,) if one], cores.others)


def _costs(costs: Sequence[Cost]) -> str:
    return table(
        ["users", "watchers", "server CPU µs", "Redis commands", "frames", "told"],
        [
            (
                one.users,
                one.watchers,
                f"{one.server_us:.0f}",
                f"{one.redis_commands:.1f}",
                f"{one.frames:.1f}",
                f"{one.told:.1f}",
            )
            for one in costs
        ],
    )


if __name__ == "__main__":
    sys.exit(main())
