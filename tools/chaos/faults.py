"""Everything that can be broken on one machine. Each fault says what it really hit.

A fault returns when what it broke works again as far as it is concerned: the process serves, the
network lets through. How long the rest needs to recover is for the judge to measure.
"""

import asyncio
import contextlib
import random
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import psycopg

from tools.chaos.crowd import Crowd
from tools.chaos.ground import DatabaseKind, Ground, failpoints_in, hub_faults_in
from tools.chaos.postgres import ROLE
from tools.chaos.proxy import Proxy
from tools.chaos.waiting import until
from tools.cluster import Instance
from tools.programs import HOST

ProfileName = Literal["short", "long"]

_LOOK_SECONDS: Final = 0.25
_DRAIN_SECONDS: Final = 40.0
_STORM_SECONDS: Final = 20.0
_BACK_SHARE: Final = 0.95


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a fault happens."""

    ground: Ground
    crowd: Crowd
    draw: random.Random
    profile: ProfileName

    def seconds(self, *, short: tuple[float, float], long: tuple[float, float]) -> float:
        return self.draw.uniform(*(short if self.profile == "short" else long))

    def instance(self) -> Instance:
        """Choose a process."""
        return self.draw.choice(self.ground.instances)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a fault has done."""

    target: str
    hits: int
    note: str = ""


Act = Callable[[Scene], Awaitable[Effect]]


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to break things.

    Attributes:
        databases: with which it can be done.
        alone: whether no other fault may happen at the same time.
        place: what it takes hold of, where two would take it from each other.
    """

    name: str
    act: Act
    databases: frozenset[DatabaseKind]
    alone: bool = False
    place: str = ""

    def goes_with(self, other: "Fault") -> bool:
        """Return whether both may happen at the same time."""
        if self.alone or other.alone:
            return False
        return not self.place or self.place != other.place


FAULTS: Final[dict[str, Fault]] = {}
_BOTH: Final[tuple[DatabaseKind, ...]] = ("sqlite", "postgresql")


def fault(
    name: str,
    *,
    databases: tuple[DatabaseKind, ...] = _BOTH,
    alone: bool = False,
    place: str = "",
) -> Callable[[Act], Act]:
    """Register a fault under the name that the command line and the history use."""

    def register(act: Act) -> Act:
        FAULTS[name] = Fault(
            name=name, act=act, databases=frozenset(databases), alone=alone, place=place
        )
        return act

    return register


# ── Processes ───────────────────────────────────────────────────────────────────────────────


@fault("process_kill", place="process")
async def kill_a_process(scene: Scene) -> Effect:
    """SIGKILL: nobody says goodbye."""
    instance = scene.instance()
    process_id = instance.process.process_id
    links = len(scene.ground.doors[instance.id].links)
    await asyncio.to_thread(instance.kill)
    is_back = await scene.ground.until_another(instance, process_id=process_id)
    note = f"{links} connections" + ("" if is_back else "; it did not come back")
    return Effect(target=instance.id, hits=int(process_id is not None), note=note)


@fault("process_pause", place="process")
async def pause_a_process(scene: Scene) -> Effect:
    """SIGSTOP: connections stay open and nothing happens."""
    instance = scene.instance()
    seconds = scene.seconds(short=(1, 8), long=(1, 30))
    instance.pause()
    try:
        await asyncio.sleep(_LOOK_SECONDS)
        is_stopped = _is_stopped(instance.process.process_id)
        await asyncio.sleep(seconds)
    finally:
        instance.resume()
    return Effect(target=instance.id, hits=int(is_stopped), note=f"{seconds:.1f} s")


@fault("process_drain", place="process")
async def drain_a_process(scene: Scene) -> Effect:
    """SIGTERM: it says goodbye to everyone and ends by itself."""
    return await _drain(scene, scene.instance())


@fault("rolling_restart", alone=True)
async def restart_all(scene: Scene) -> Effect:
    """SIGTERM to one after another, as a deployment of a new version does."""
    effects = [await _drain(scene, instance) for instance in scene.ground.instances]
    return Effect(
        target="all", hits=sum(one.hits for one in effects), note="; ".join(e.note for e in effects)
    )


async def _drain(scene: Scene, instance: Instance) -> Effect:
    process_id = instance.process.process_id
    scene.ground.kept_down.add(instance.id)
    began = asyncio.get_running_loop().time()
    try:
        try:
            status = await asyncio.to_thread(instance.terminate, seconds=_DRAIN_SECONDS)
            note = f"ended with {status}"
        except TimeoutError:
            await asyncio.to_thread(instance.kill)
            note = f"was still there after {_DRAIN_SECONDS:g} s"
        took = asyncio.get_running_loop().time() - began
    finally:
        scene.ground.kept_down.discard(instance.id)
    await scene.ground.until_another(instance, process_id=process_id)
    return Effect(
        target=instance.id,
        hits=int(process_id is not None),
        note=f"{instance.id} {note} after {took:.1f} s",
    )


def _is_stopped(process_id: int | None) -> bool:
    try:
        text = Path(f"/proc/{process_id}/stat").read_text()
    except OSError:
        return False
    return text.rpartition(")")[2].split()[0] in {"T", "t"}


# ── Redis ───────────────────────────────────────────────────────────────────────────────────


@fault("redis_kill_pubsub")
async def kill_subscriptions(scene: Scene) -> Effect:
    """The connections that hear are cut by Redis."""
    return Effect(target="redis", hits=await _kill_clients(scene, "pubsub"))


@fault("redis_kill_normal")
async def kill_commands(scene: Scene) -> Effect:
    """The connections that say are cut by Redis."""
    return Effect(target="redis", hits=await _kill_clients(scene, "normal"))


async def _kill_clients(scene: Scene, kind: str) -> int:
    def kill() -> int:
        with scene.ground.redis() as client:
            return int(client.execute_command("CLIENT", "KILL", "TYPE", kind, "SKIPME", "yes"))

    return await asyncio.to_thread(kill)


@fault("redis_restart_empty", alone=True)
async def restart_redis_empty(scene: Scene) -> Effect:
    """Redis is gone for a moment and has forgotten everything."""
    seconds = scene.seconds(short=(0.2, 3), long=(0.2, 15))
    valkey = scene.ground.cluster.valkey

    def restart() -> None:
        valkey.dump.unlink(missing_ok=True)
        valkey.start()

    await asyncio.to_thread(valkey.stop)
    await asyncio.sleep(seconds)
    await asyncio.to_thread(restart)
    return Effect(target="redis", hits=1, note=f"away for {seconds:.1f} s")


@fault("redis_restart_old", alone=True)
async def restart_redis_with_an_old_dump(scene: Scene) -> Effect:
    """Redis comes back and believes what was true some time ago."""
    valkey = scene.ground.cluster.valkey
    age = scene.seconds(short=(6, 8), long=(10, 60))

    def save() -> int:
        with scene.ground.redis() as client:
            client.save()
            return int(client.dbsize())

    keys = await asyncio.to_thread(save)
    # What changes from now on is not in the dump.
    reloaded = [tab for tab in scene.crowd.tabs if tab.is_welcome][::10]
    for tab in reloaded:
        tab.reload()
    await asyncio.sleep(age)
    await asyncio.to_thread(valkey.stop)
    is_there = valkey.dump.exists()
    try:
        await asyncio.to_thread(valkey.start)
    finally:
        valkey.dump.unlink(missing_ok=True)
    return Effect(
        target="redis",
        hits=keys if is_there else 0,
        note=f"{keys} keys of {age:.0f} s ago, {len(reloaded)} tabs reloaded meanwhile",
    )


@fault("redis_pause", alone=True)
async def pause_redis(scene: Scene) -> Effect:
    """SIGSTOP: the connections stay open and nothing is answered."""
    valkey = scene.ground.cluster.valkey
    seconds = scene.seconds(short=(3, 6), long=(3, 30))
    valkey.pause()
    try:
        await asyncio.sleep(_LOOK_SECONDS)
        is_stopped = _is_stopped(valkey.process_id)
        await asyncio.sleep(seconds)
    finally:
        valkey.resume()
    return Effect(target="redis", hits=int(is_stopped), note=f"{seconds:.1f} s")


@fault("redis_full", alone=True)
async def fill_redis(scene: Scene) -> Effect:
    """Redis may keep nothing more: everything that writes is refused."""
    seconds = scene.seconds(short=(4, 6), long=(5, 20))

    def limit(size: str) -> None:
        with scene.ground.redis() as client:
            client.config_set("maxmemory", size)

    def refused() -> int:
        with scene.ground.redis() as client:
            errors: dict[str, Any] = client.info("errorstats")
            return int(errors.get("errorstat_OOM", {}).get("count", 0))

    before = await asyncio.to_thread(refused)
    await asyncio.to_thread(limit, "1")
    reloaded = [tab for tab in scene.crowd.tabs if tab.is_welcome][::20]
    try:
        # Whoever comes now has to be written down, and cannot be.
        for tab in reloaded:
            tab.reload()
        await asyncio.sleep(seconds)
    finally:
        await asyncio.to_thread(limit, "0")
    hits = await asyncio.to_thread(refused) - before
    return Effect(target="redis", hits=hits, note=f"commands refused in {seconds:.1f} s")


# ── PostgreSQL ──────────────────────────────────────────────────────────────────────────────


@fault("postgres_crash", databases=("postgresql",), alone=True)
async def crash_postgres(scene: Scene) -> Effect:
    """The server stops without a checkpoint and has to recover from its log."""
    postgres = scene.ground.postgres
    if postgres is None:
        return Effect(target="postgresql", hits=0)
    before = postgres.process_id
    seconds = scene.seconds(short=(0.1, 2), long=(0.1, 15))
    await asyncio.to_thread(postgres.crash)
    await asyncio.sleep(seconds)
    await asyncio.to_thread(postgres.launch)
    return Effect(
        target="postgresql",
        hits=int(postgres.process_id not in {None, before}),
        note=f"away for {seconds:.1f} s",
    )


@fault("postgres_terminate", databases=("postgresql",))
async def terminate_backends(scene: Scene) -> Effect:
    """Every connection is ended by the server."""
    return Effect(target="postgresql", hits=await asyncio.to_thread(_terminate, scene))


@fault("postgres_limit", databases=("postgresql",), alone=True)
async def limit_connections(scene: Scene) -> Effect:
    """Almost nobody gets a connection."""
    postgres = scene.ground.postgres
    if postgres is None:
        return Effect(target="postgresql", hits=0)
    seconds = scene.seconds(short=(3, 5), long=(3, 15))

    def limit(count: int) -> None:
        with postgres.connect() as connection:
            connection.execute(f"ALTER ROLE {ROLE} CONNECTION LIMIT {count:d}")

    def refused() -> int:
        log = postgres.log_path.read_text(errors="replace")
        return log.count("too many connections for role")

    before = await asyncio.to_thread(refused)
    await asyncio.to_thread(limit, 2)
    try:
        ended = await asyncio.to_thread(_terminate, scene)
        await asyncio.sleep(seconds)
    finally:
        await asyncio.to_thread(limit, -1)
    hits = await asyncio.to_thread(refused) - before
    return Effect(
        target="postgresql",
        hits=hits,
        note=f"connections refused in {seconds:.1f} s, {ended} ended before",
    )


@fault("postgres_lock", databases=("postgresql",), alone=True)
async def lock_tables(scene: Scene) -> Effect:
    """Somebody holds every table of the product for a while, even against readers."""
    postgres = scene.ground.postgres
    if postgres is None:
        return Effect(target="postgresql", hits=0)
    seconds = scene.seconds(short=(2, 4), long=(2, 12))

    def lock() -> "psycopg.Connection[tuple[object, ...]]":
        connection = postgres.connect(database=ROLE)
        connection.autocommit = False
        rows = connection.execute(
            "SELECT format('%I', tablename) FROM pg_tables WHERE schemaname = 'public' "
            "AND tablename NOT LIKE 'django_%' AND tablename NOT LIKE 'auth_%'"
        ).fetchall()
        tables = ", ".join(str(row[0]) for row in rows)
        connection.execute("SET lock_timeout = '5s'")
        connection.execute(f"LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE".encode())
        return connection

    def waiting() -> int:
        with postgres.connect() as connection:
            row = connection.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()
            return int(str(row[0])) if row else 0

    most = 0
    try:
        held = await asyncio.to_thread(lock)
    except psycopg.Error as error:
        return Effect(target="postgresql", hits=0, note=str(error).strip())
    with contextlib.closing(held):
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while loop.time() < until:
            await asyncio.sleep(_LOOK_SECONDS)
            most = max(most, await asyncio.to_thread(waiting))
    return Effect(target="postgresql", hits=most, note=f"waited at once; {seconds:.1f} s")


def _terminate(scene: Scene) -> int:
    postgres = scene.ground.postgres
    if postgres is None:
        return 0
    with postgres.connect() as connection:
        row = connection.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = %s",
            [ROLE],
        ).fetchone()
        return int(str(row[0])) if row else 0


# ── SQLite ──────────────────────────────────────────────────────────────────────────────────


@fault("sqlite_lock", databases=("sqlite",), alone=True)
async def lock_sqlite(scene: Scene) -> Effect:
    """Somebody else writes for a long time."""
    seconds = scene.seconds(short=(2, 5), long=(2, 25))
    path = scene.ground.sqlite_path
    acknowledged = scene.crowd.tally.acknowledged
    most = 0

    def lock() -> sqlite3.Connection:
        connection = sqlite3.connect(
            path, timeout=10, isolation_level=None, check_same_thread=False
        )
        connection.execute("BEGIN EXCLUSIVE")
        return connection

    held = await asyncio.to_thread(lock)
    with contextlib.closing(held):
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while loop.time() < until:
            await asyncio.sleep(_LOOK_SECONDS)
            most = max(most, scene.crowd.waiting)
    kept = scene.crowd.tally.acknowledged - acknowledged
    return Effect(
        target="sqlite", hits=most, note=f"posts waited; {kept} acknowledged in {seconds:.1f} s"
    )


# ── The network ─────────────────────────────────────────────────────────────────────────────


def _lines(scene: Scene) -> dict[str, dict[str, Proxy]]:
    """Return the proxies: what is at their other end → process → proxy."""
    ground = scene.ground
    lines = {"clients": ground.doors, "redis": ground.redis_lines}
    if ground.database_lines:
        lines["postgresql"] = ground.database_lines
    return lines


@fault("network_cut")
async def cut_connections(scene: Scene) -> Effect:
    """Some of the connections of everything are cut."""
    cut = {
        name: sum(proxy.cut(share=0.3, draw=scene.draw) for proxy in proxies.values())
        for name, proxies in _lines(scene).items()
    }
    await asyncio.sleep(0)
    note = ", ".join(f"{count} to {name}" for name, count in cut.items())
    return Effect(target="network", hits=sum(cut.values()), note=note)


@fault("network_black_hole", place="network")
async def hold_bytes_back(scene: Scene) -> Effect:
    """What is sent to or from one process arrives only seconds later, and no line is cut."""
    kind, proxies = scene.draw.choice(sorted(_lines(scene).items()))
    instance, proxy = scene.draw.choice(sorted(proxies.items()))
    seconds = scene.seconds(short=(2, 7), long=(2, 30))
    before = proxy.hits.held
    proxy.is_held = True
    try:
        await asyncio.sleep(seconds)
    finally:
        proxy.release()
    return Effect(
        target=instance,
        hits=proxy.hits.held - before,
        note=f"pieces held for {seconds:.1f} s between it and {kind}",
    )


@fault("network_partition", place="network")
async def part_from_redis(scene: Scene) -> Effect:
    """One process does not reach Redis, nor Redis it; the lines look open."""
    instance, proxy = scene.draw.choice(sorted(scene.ground.redis_lines.items()))
    seconds = scene.seconds(short=(6, 9), long=(8, 30))
    before = proxy.hits.held
    proxy.is_held = True
    try:
        await asyncio.sleep(seconds)
    finally:
        # A partition does not end with the letters of before.
        proxy.cut(share=1, draw=scene.draw)
        proxy.release()
    return Effect(
        target=instance, hits=proxy.hits.held - before, note=f"pieces lost in {seconds:.1f} s"
    )


@fault("network_delay", place="network")
async def delay_bytes(scene: Scene) -> Effect:
    """Everything takes some hundred milliseconds longer on one kind of line."""
    name, lines = scene.draw.choice(sorted(_lines(scene).items()))
    proxies = list(lines.values())
    # A transaction asks the database many times: less would be an age there.
    most = 0.05 if name == "postgresql" else 0.4
    seconds = scene.seconds(short=(3, 6), long=(5, 20))
    before = sum(proxy.hits.delayed for proxy in proxies)
    for proxy in proxies:
        proxy.delay_seconds = scene.draw.uniform(most / 4, most)
    try:
        await asyncio.sleep(seconds)
    finally:
        for proxy in proxies:
            proxy.release()
    return Effect(
        target=name,
        hits=sum(proxy.hits.delayed for proxy in proxies) - before,
        note=f"pieces, at most {most * 1000:.0f} ms, for {seconds:.1f} s",
    )


@fault("network_ack_loss", place="network")
async def drop_acknowledgements(scene: Scene) -> Effect:
    """A post is done, its `ok` is lost, and so is the line."""
    proxies = list(scene.ground.doors.values())
    seconds = scene.seconds(short=(4, 6), long=(5, 15))
    before = sum(proxy.hits.dropped for proxy in proxies)
    for proxy in proxies:
        proxy.drop_acks = 8
    try:
        await asyncio.sleep(seconds)
    finally:
        for proxy in proxies:
            proxy.drop_acks = 0
    return Effect(target="clients", hits=sum(proxy.hits.dropped for proxy in proxies) - before)


# ── Inside the server ───────────────────────────────────────────────────────────────────────


@fault("failpoint_kill", place="failpoints")
async def die_at_the_worst_moment(scene: Scene) -> Effect:
    """Processes end exactly between two steps that belong together."""
    points = ("before_commit", "after_commit", "before_publish", "after_publish", "before_ack")
    return await _failpoints(scene, dict.fromkeys(points, "kill:0.01"))


@fault("failpoint_error", place="failpoints")
async def fail_at_the_worst_moment(scene: Scene) -> Effect:
    """A step fails exactly where the one before cannot be taken back."""
    return await _failpoints(
        scene,
        {
            "before_commit": "error:0.05",
            "before_publish": "error:0.05",
            "after_publish": "error:0.05",
            "before_accept": "error:0.2",
            "in_replay": "error:0.2",
            "in_fill": "error:0.2",
            "before_renew": "error:0.2",
        },
    )


@fault("failpoint_delay", place="failpoints")
async def wait_at_the_worst_moment(scene: Scene) -> Effect:
    """A step takes so long that everything else overtakes it."""
    points = (
        "before_commit",
        "after_commit",
        "before_publish",
        "before_ack",
        "before_accept",
        "in_replay",
        "in_fill",
    )
    return await _failpoints(scene, dict.fromkeys(points, "delay:0.1"))


async def _failpoints(scene: Scene, points: dict[str, str]) -> Effect:
    seconds = scene.seconds(short=(5, 7), long=(8, 20))
    marks = scene.ground.log_marks()
    scene.ground.tell({"failpoints": ",".join(f"{name}:{act}" for name, act in points.items())})
    try:
        # Some of them are only passed by those who come back.
        reloaded = [tab for tab in scene.crowd.tabs if tab.is_welcome][::8]
        for tab in reloaded:
            await asyncio.sleep(seconds / (len(reloaded) + 1))
            tab.reload()
    finally:
        scene.ground.tell({"failpoints": ""})
    await asyncio.sleep(2 * _LOOK_SECONDS)
    for instance in scene.ground.instances:
        await scene.ground.until_serving(instance)
    hits = failpoints_in(scene.ground.log_since(marks))
    return Effect(target="processes", hits=hits, note=f"in {seconds:.1f} s")


@fault("hub_faults")
async def spoil_letters(scene: Scene) -> Effect:
    """What comes from Redis is lost, doubled and out of order."""
    seconds = scene.seconds(short=(8, 10), long=(10, 30))
    marks = scene.ground.log_marks()
    scene.ground.tell({"hub_faults": "drop=0.02,double=0.02,reorder=0.02"})
    try:
        await asyncio.sleep(seconds)
    finally:
        scene.ground.tell({"hub_faults": ""})
    # The count of the last second is said a second later.
    await asyncio.sleep(1.2)
    hits = hub_faults_in(scene.ground.log_since(marks))
    return Effect(target="processes", hits=hits, note=f"letters in {seconds:.1f} s")


# ── Clients ─────────────────────────────────────────────────────────────────────────────────


@fault("stopped_readers")
async def stop_readers(scene: Scene) -> Effect:
    """Some clients of a loud channel read nothing for a while."""
    crowd = scene.crowd
    room = scene.draw.choice(crowd.rooms[1:])
    here = [tab for tab in crowd.tabs if room.stream in tab.cursors and tab.is_welcome]
    chosen = scene.draw.sample(here, min(5, len(here)))
    doors = list(scene.ground.doors.values())
    before = sum(door.hits.stalled for door in doors)
    for tab in chosen:
        tab.stop_reading()
    seconds = scene.seconds(short=(7, 9), long=(10, 60))
    count = 400 if scene.profile == "short" else 800
    said = 0
    try:
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while loop.time() < until:
            if said < count:
                said += crowd.flood(room=room, count=20, characters=8_000)
            await asyncio.sleep(0.2)
    finally:
        for tab in chosen:
            tab.go_on_reading()
    stalled = sum(door.hits.stalled for door in doors) - before
    return Effect(
        target=room.stream,
        hits=min(len(chosen), stalled),
        note=f"{len(chosen)} tabs for {seconds:.1f} s, {said} posts of 8,000 characters",
    )


@fault("reconnect_storm", place="clients")
async def cut_everybody(scene: Scene) -> Effect:
    """All clients lose their sockets at once, and come back as they should."""
    return await _storm(scene)


@fault("reconnect_storm_no_jitter", place="clients")
async def cut_everybody_without_jitter(scene: Scene) -> Effect:
    """All clients lose their sockets at once, and come back at once."""
    for tab in scene.crowd.tabs:
        tab.has_jitter = False
    try:
        return await _storm(scene)
    finally:
        for tab in scene.crowd.tabs:
            tab.has_jitter = True


async def _storm(scene: Scene) -> Effect:
    before = scene.crowd.connected
    hits = sum(door.cut(share=1, draw=scene.draw) for door in scene.ground.doors.values())
    loop = asyncio.get_running_loop()
    began = loop.time()
    await asyncio.sleep(_LOOK_SECONDS)
    await until(lambda: scene.crowd.connected >= before * _BACK_SHARE, seconds=_STORM_SECONDS)
    return Effect(target=HOST, hits=hits, note=f"95 % back after {loop.time() - began:.1f} s")


def possible(*, database: DatabaseKind) -> list[Fault]:
    """Return the faults that can be done with this database."""
    return [one for one in FAULTS.values() if database in one.databases]


__all__ = ["FAULTS", "Effect", "Fault", "Scene", "possible"]
