"""Shows with one command whether N processes are one chat: who hears whom, who sees whom online.

    python -m tools.check_instances --instances 2
    python -m tools.check_instances --instances 2 --contrast tutorial

It starts everything that it needs and stops it again. The exit status is the verdict: 0 when every
message was heard everywhere in one order and everyone looks online from everywhere, 1 when not,
2 when it could not be tried.
"""

import argparse
import asyncio
import contextlib
import os
import shutil
import signal
import sys
import textwrap
from collections.abc import Mapping, Sequence
from typing import Final

from websockets.exceptions import WebSocketException

from protocol.resources import Presence
from tools.client import Client, ConnectionEndedError
from tools.cluster import START_SECONDS, Cluster, Instance, ProvisionedUser
from tools.findings import (
    Findings,
    Order,
    Paint,
    find_journey,
    judge,
    render_grids,
    render_order,
    render_speed,
    render_verdict,
)
from tools.programs import StartError, wait_until
from tools.rest import Rest, RestRefusedError
from tools.tutorial.deployment import TutorialWitness, processes
from tools.witness import observe

COULD_NOT_START: Final = 2
INTERRUPTED: Final = 130

_CHANNEL: Final = "check"
_HEAR_SECONDS: Final = 10.0
_LOOK_SECONDS: Final = 15.0
_LOG_SECONDS: Final = 3.0
_DELIVERIES_SHOWN: Final = 3

# In the contrast nothing more will come, so this is how long one is ready to listen to silence.
_SILENCE_SECONDS: Final = 2.0

_CONTRAST_EXPLAINED: Final = (
    "This is the tutorial's chat, on purpose. Its channel layer lives in the memory of each "
    "process, and so does its dictionary of who is online. A message reaches only the sockets of "
    "the process where it was said, and whoever is connected to another process looks offline. "
    "The more processes, the fewer people hear a message: 1 of 2, 1 of 10."
)


class ParleyWitness:
    """One person, connected to one instance of Parley."""

    def __init__(
        self, *, instance: Instance, user: ProvisionedUser, channel_id: str, client: Client
    ) -> None:
        self.instance_id = instance.id
        self.name = user.id
        self._channel_id = channel_id
        self._client = client
        self._rest = Rest(url=instance.url, token=user.token)

    async def say(self, text: str) -> None:
        await self._client.post(channel_id=self._channel_id, text=text)

    async def listen(self, texts: Sequence[str], *, seconds: float) -> None:
        def has_heard_all() -> bool:
            return set(self._client.texts(channel_id=self._channel_id)) >= set(texts)

        await self._client.until(has_heard_all, seconds=seconds)

    def heard_at(self, text: str) -> float | None:
        for message, moment in self._client.arrivals(channel_id=self._channel_id):
            if message.text == text:
                return moment
        return None

    def order(self) -> Order:
        return tuple(
            (message.seq, message.text)
            for message in self._client.messages(channel_id=self._channel_id)
        )

    async def look(self, names: Sequence[str], *, seconds: float) -> list[frozenset[str]]:
        await self._client.watch(list(names))

        def all_are_online() -> bool:
            return all(self._client.presence.get(name) == "online" for name in names)

        await self._client.until(all_are_online, seconds=seconds)
        answer = await asyncio.to_thread(
            self._rest.get, "/api/v1/presence", Presence, user_ids=",".join(names)
        )
        return [_online(self._client.presence), _online(answer.users)]

    def trouble(self) -> list[str]:
        seen = self._client.trouble
        sentences = [f"a hole in the stream ({gap})" for gap in seen.gaps]
        sentences += [f"the stream was reset ({reset})" for reset in seen.resets]
        sentences += [f"an unasked error ({error})" for error in seen.unasked_errors]
        if "unknown" in self._client.presence.values():
            sentences.append("who is online is unknown, as when Redis cannot be asked")
        if self._client.close_code is not None:
            sentences.append(f"the socket was closed with {self._client.close_code}")
        if self._client.welcome.instance != self.instance_id:
            sentences.append(f"the process calls itself {self._client.welcome.instance}")
        return sentences


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the check and return its exit status."""
    options = _read_options(arguments)
    paint = Paint(enabled=sys.stdout.isatty() and not os.environ.get("NO_COLOR"))
    try:
        if options.contrast:
            return _check_tutorial(count=options.instances, paint=paint)
        return _check_parley(
            count=options.instances,
            database_url=options.database_url,
            env=dict(options.env),
            paint=paint,
        )
    except StartError as failure:
        print(f"Could not start: {failure}", file=sys.stderr)
        return COULD_NOT_START
    except (ConnectionEndedError, WebSocketException, RestRefusedError, OSError) as error:
        print(f"Could not start: a client was turned away ({error}).", file=sys.stderr)
        return COULD_NOT_START
    except KeyboardInterrupt:
        print("Interrupted. Everything is stopped.", file=sys.stderr)
        return INTERRUPTED


def _check_parley(
    *, count: int, database_url: str | None, env: Mapping[str, str], paint: Paint
) -> int:
    _tell(f"Starting {_processes(count)} of Parley …")
    with Cluster(instances=count, database_url=database_url, env=env) as cluster:
        crew = cluster.provision(users=count, channel=_CHANNEL, prefix="check")
        if crew.channel is None:
            raise StartError("`manage.py provision` made no channel.")
        channel_id = crew.channel.id
        findings = asyncio.run(
            _observe_parley(cluster.instances, crew.users, channel_id=channel_id)
        )
        journey = _read_journey(cluster.instances, findings, channel_id=channel_id)
    print(f"Parley, {_processes(count)}, one person on each, all in one channel.\n")
    verdict = _report(findings, paint=paint)
    print("\nThe way of one message, from the logs of the processes:")
    for line in journey or ["(the logs say nothing of it)"]:
        print(f"  {line}")
    return 0 if verdict else 1


def _check_tutorial(*, count: int, paint: Paint) -> int:
    _tell(f"Starting {_processes(count)} of the tutorial's chat …")
    with processes(count=count, seconds=START_SECONDS) as ports:
        findings = asyncio.run(_observe_tutorial(ports))
    print(f"The tutorial's chat, {_processes(count)}, one person on each, all in one room.\n")
    verdict = _report(findings, paint=paint)
    if not verdict:
        print()
        print(textwrap.fill(_CONTRAST_EXPLAINED, width=_width()))
    return 0 if verdict else 1


async def _observe_parley(
    instances: Sequence[Instance], users: Sequence[ProvisionedUser], *, channel_id: str
) -> Findings:
    async with contextlib.AsyncExitStack() as connected:
        witnesses = []
        for instance, user in zip(instances, users, strict=True):
            client = await Client.connect(url=instance.ws_url, token=user.token)
            await connected.enter_async_context(client)
            witnesses.append(
                ParleyWitness(instance=instance, user=user, channel_id=channel_id, client=client)
            )
        return await observe(witnesses, hear_seconds=_HEAR_SECONDS, look_seconds=_LOOK_SECONDS)


async def _observe_tutorial(ports: Sequence[int]) -> Findings:
    async with contextlib.AsyncExitStack() as connected:
        witnesses = [
            await connected.enter_async_context(TutorialWitness.connected(number=number, port=port))
            for number, port in enumerate(ports, start=1)
        ]
        return await observe(witnesses, hear_seconds=_SILENCE_SECONDS, look_seconds=0.0)


def _report(findings: Findings, *, paint: Paint) -> bool:
    """Print the tables and the verdict; return whether it passed."""
    verdict = judge(findings)
    lines = [
        *render_grids(findings, paint=paint, width=_width()),
        "",
        render_order(findings),
        render_speed(findings),
        "",
        *textwrap.wrap(render_verdict(verdict, paint=paint), width=_width()),
    ]
    print("\n".join(lines))
    return verdict.passed


def _read_journey(
    instances: Sequence[Instance], findings: Findings, *, channel_id: str
) -> list[str]:
    """Find the log lines of the first message, as soon as every process has written its own."""
    first = next((order[0][0] for order in findings.orders if order), None)
    if first is None:
        return []

    def journey(*, deliveries: int) -> list[str]:
        lines = (line for instance in instances for line in instance.log_lines())
        return find_journey(lines, channel_id=channel_id, seq=first, deliveries=deliveries)

    def is_complete() -> bool:
        lines = journey(deliveries=len(instances))
        return sum("DELIVER" in line for line in lines) >= len(instances)

    wait_until(is_complete, seconds=_LOG_SECONDS)
    return journey(deliveries=_DELIVERIES_SHOWN)


def _read_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="check_instances",
        description="Show whether several processes are one chat.",
    )
    parser.add_argument("--instances", type=_positive, default=2, help="how many (default: 2)")
    parser.add_argument(
        "--contrast",
        choices=["tutorial"],
        help="try a chat with state in each process instead, to see how it fails",
    )
    parser.add_argument(
        "--database-url", help="the database that they share (default: SQLite, for this check only)"
    )
    parser.add_argument(
        "--env",
        type=_setting,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a setting for every process, such as CHANNEL_LAYER=stock",
    )
    return parser.parse_args(arguments)


def _positive(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 50:
        raise argparse.ArgumentTypeError("between 1 and 50")
    return number


def _setting(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not name or not separator:
        raise argparse.ArgumentTypeError("NAME=VALUE is expected")
    return name, value


def _online(states: Mapping[str, str]) -> frozenset[str]:
    return frozenset(name for name, state in states.items() if state == "online")


def _processes(count: int) -> str:
    return "1 process" if count == 1 else f"{count} processes"


def _width() -> int:
    return shutil.get_terminal_size(fallback=(80, 24)).columns


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    # As for Ctrl-C: what was started is stopped on the way out.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    sys.exit(main())
