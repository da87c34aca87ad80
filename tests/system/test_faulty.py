"""The build for tests does what it is told to, and the product does not listen to it."""

import asyncio
import itertools
import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Final, get_args

import pytest

from protocol.errors import ErrorCode
from protocol.resources import MessagePage
from tests.faulty.plan import LOOK_SECONDS, Switch
from tools.client import Client, CommandRefusedError, ConnectionEndedError
from tools.cluster import Cluster, Provisioned
from tools.programs import CHECKOUT, wait_until
from tools.rest import Rest

FAULTY: Final = (sys.executable, "-m", "tests.faulty")
SIGKILLED: Final = -9


class Faults:
    """The file that says what goes wrong."""

    def __init__(self, path: Path) -> None:
        self.path = path

    async def begin(self, *, failpoints: str = "", hub_faults: str = "") -> None:
        """Say it, and return when every process has read it."""
        self.say(failpoints=failpoints, hub_faults=hub_faults)
        await asyncio.sleep(LOOK_SECONDS * 1.5)

    def say(self, *, failpoints: str = "", hub_faults: str = "") -> None:
        new = self.path.with_suffix(".new")
        new.write_text(json.dumps({"failpoints": failpoints, "hub_faults": hub_faults}))
        new.replace(self.path)


@pytest.fixture(scope="module")
def faults(tmp_path_factory: pytest.TempPathFactory) -> Faults:
    return Faults(tmp_path_factory.mktemp("faults") / "faults.json")


@pytest.fixture(scope="module")
def cluster(faults: Faults) -> Iterator[Cluster]:
    env = {"FAULTS_FILE": str(faults.path)}
    with Cluster(instances=2, env=env, program=FAULTY) as running:
        yield running


@pytest.fixture(autouse=True)
def everything_runs_without_faults(cluster: Cluster, faults: Faults) -> None:
    faults.say()
    for instance in cluster.instances:
        if not instance.is_alive:
            instance.start()


@pytest.fixture
def crew(cluster: Cluster, request: pytest.FixtureRequest) -> Provisioned:
    name = request.node.name.replace("test_", "")[:24].strip("_")
    return cluster.provision(users=2, prefix=f"{name}-", channel=name)


@pytest.mark.parametrize(
    ("point", "fate"),
    [("before_commit", "lost"), ("after_commit", "kept"), ("before_ack", "kept")],
)
def test_a_process_is_killed_exactly_where_it_is_said(
    cluster: Cluster, faults: Faults, point: str, fate: str
) -> None:
    crew = cluster.provision(users=2, prefix=f"{point}-", channel=f"killed-{point}")
    assert crew.channel is not None
    channel_id = crew.channel.id
    doomed, other = cluster.instances

    async def scenario() -> None:
        async with (
            await Client.connect(url=doomed.ws_url, token=crew.users[0].token) as speaker,
            await Client.connect(url=other.ws_url, token=crew.users[1].token) as listener,
        ):
            await faults.begin(failpoints=f"{point}:kill:1")
            with pytest.raises(ConnectionEndedError):
                await speaker.post(channel_id=channel_id, text="the last words")
            await faults.begin()
            await listener.post(channel_id=channel_id, text="what was that?")
            assert await listener.until(
                lambda: "what was that?" in listener.texts(channel_id=channel_id), seconds=15
            )
            is_heard = "the last words" in listener.texts(channel_id=channel_id)
            assert is_heard == (fate == "kept")

    asyncio.run(scenario())
    assert wait_until(lambda: not doomed.is_alive, seconds=5)
    assert doomed.process.exit_status == SIGKILLED
    assert doomed.log_lines()[-1] == f"FAILPOINT name={point} action=kill"


def test_what_a_crowd_says_while_its_process_is_killed_is_there_once(
    cluster: Cluster, faults: Faults
) -> None:
    crew = cluster.provision(users=7, prefix="crowd-", channel="crowd")
    assert crew.channel is not None
    channel_id = crew.channel.id
    doomed, other = cluster.instances
    said: dict[str, str] = {}
    answered: dict[str, int] = {}

    async def speak(client: Client, name: str) -> None:
        for number in itertools.count():
            client_id, text = str(uuid.uuid4()), f"{name} {number}"
            said[client_id] = text
            ok = await client.post(channel_id=channel_id, text=text, client_id=client_id)
            assert ok.seq is not None
            answered[client_id] = ok.seq

    async def scenario() -> None:
        clients = [
            await Client.connect(url=doomed.ws_url, token=user.token) for user in crew.users[1:]
        ]
        await faults.begin(failpoints="after_commit:kill:0.1")
        ends = await asyncio.gather(
            *(speak(one, user.username) for one, user in zip(clients, crew.users[1:], strict=True)),
            return_exceptions=True,
        )
        assert {type(end) for end in ends} == {ConnectionEndedError}
        faults.say()
        for one in clients:
            await one.close()
        async with await Client.connect(url=other.ws_url, token=crew.users[0].token) as listener:
            for user in crew.users[1:]:
                async with await Client.connect(url=other.ws_url, token=user.token) as again:
                    for client_id, text in said.items():
                        if text.startswith(f"{user.username} "):
                            ok = await again.post(
                                channel_id=channel_id, text=text, client_id=client_id
                            )
                            assert ok.seq == answered.get(client_id, ok.seq)
                            answered[client_id] = ok.seq or 0
            history = Rest(url=other.url, token=crew.users[0].token)
            page = history.get(f"/api/v1/channels/{channel_id}/messages", MessagePage, limit="100")
            found = {one.client_id: (one.text, one.seq) for one in page.results}
            newest = sorted(said, key=answered.__getitem__)[-len(page.results) :]
            assert found == {one: (said[one], answered[one]) for one in newest}
            assert len(set(answered.values())) == len(said)
            assert listener.close_code is None

    asyncio.run(scenario())


def test_an_error_at_a_point_is_told_and_its_process_lives(
    cluster: Cluster, faults: Faults, crew: Provisioned
) -> None:
    assert crew.channel is not None
    channel_id = crew.channel.id

    async def scenario() -> None:
        async with await Client.connect(
            url=cluster.instances[0].ws_url, token=crew.users[0].token
        ) as client:
            await faults.begin(failpoints="before_commit:error:1")
            with pytest.raises(CommandRefusedError) as refused:
                await client.post(channel_id=channel_id, text="never said")
            assert refused.value.error.code == ErrorCode.UNAVAILABLE
            await faults.begin()
            ok = await client.post(channel_id=channel_id, text="said")
            assert await client.until(
                lambda: client.texts(channel_id=channel_id) == ["said"], seconds=5
            )
            assert client.messages(channel_id=channel_id)[0].seq == ok.seq

    asyncio.run(scenario())
    assert cluster.instances[0].is_alive


def test_letters_that_are_lost_doubled_and_late_change_nothing_for_anybody(
    cluster: Cluster, faults: Faults, crew: Provisioned
) -> None:
    assert crew.channel is not None
    channel_id = crew.channel.id
    said = [[f"{number} {turn}" for turn in range(20)] for number in range(2)]

    async def scenario() -> None:
        clients = [
            await Client.connect(url=instance.ws_url, token=user.token)
            for instance, user in zip(cluster.instances, crew.users, strict=True)
        ]

        async def talk(client: Client, texts: list[str]) -> None:
            for text in texts:
                await client.post(channel_id=channel_id, text=text)

        await faults.begin(hub_faults="drop=0.3,double=0.2,reorder=0.2")
        await asyncio.gather(*(map(talk, clients, said)))
        for client in clients:
            heard_all = await client.until(
                lambda client=client: len(client.messages(channel_id=channel_id)) >= 40,  # type: ignore[misc]
                seconds=20,
            )
            assert heard_all
            assert client.trouble.gaps == []
        logs = [[(m.seq, m.text) for m in c.messages(channel_id=channel_id)] for c in clients]
        assert logs[0] == logs[1]
        assert sorted(text for _, text in logs[0]) == sorted(said[0] + said[1])
        for client in clients:
            await client.close()

    asyncio.run(scenario())
    assert wait_until(
        lambda: all(
            any(line.startswith("HUB_FAULTS dropped=") for line in instance.log_lines())
            for instance in cluster.instances
        ),
        seconds=5,
    )


def test_the_product_has_no_ear_for_any_of_it(faults: Faults) -> None:
    faults.say(failpoints="before_commit:kill:1,before_accept:kill:1", hub_faults="drop=1")
    env = {
        "FAILPOINTS": "before_commit:kill:1",
        "HUB_FAULTS": "drop=1",
        "FAULTS_FILE": str(faults.path),
        "SWITCHES": "no_dedupe",
    }
    with Cluster(instances=1, env=env) as product:
        crew = product.provision(users=1, channel="deaf")
        assert crew.channel is not None
        channel_id = crew.channel.id

        async def scenario() -> None:
            client = await Client.connect(
                url=product.instances[0].ws_url, token=crew.users[0].token
            )
            async with client:
                first, again = [
                    await client.post(
                        channel_id=channel_id,
                        text="once",
                        client_id="6b1f2a52-8f0e-4f5e-9f0e-0d8f6a3c2b11",
                    )
                    for _ in range(2)
                ]
                assert first.seq == again.seq

        asyncio.run(scenario())
        assert product.instances[0].is_alive
        log = "\n".join(product.instances[0].log_lines())
        assert "FAILPOINT" not in log
        assert "HUB_FAULTS" not in log


@pytest.mark.parametrize(
    ("env", "why"),
    [
        ({"HOST": "0.0.0.0"}, "HOST '0.0.0.0' is public"),  # noqa: S104 - it is refused
        ({"ORIGINS": "https://chat.example.org"}, "'https://chat.example.org' in ORIGINS"),
        ({"DATA_DIR": ""}, "name a DATA_DIR"),
        ({"FAILPOINTS": "midway:kill:1"}, "no point 'midway'"),
        ({"FAILPOINTS": "after_commit:sing:1"}, "no action 'sing'"),
        ({"HUB_FAULTS": "eat=0.1"}, "no fault 'eat'"),
        ({"SWITCHES": "no_brakes"}, "no switch 'no_brakes'"),
    ],
)
def test_it_does_not_start_with(env: dict[str, str], why: str, tmp_path: Path) -> None:
    done = run("serve", env={"DATA_DIR": str(tmp_path), **env})
    assert done.returncode == 1
    assert why in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_public_host_on_the_command_line_is_refused_as_well(tmp_path: Path) -> None:
    done = run("serve", "--host=0.0.0.0", env={"DATA_DIR": str(tmp_path)})
    assert done.returncode == 1
    assert "is public" in done.stderr


def test_everything_that_is_patched_is_still_there(tmp_path: Path) -> None:
    done = run(
        "serve", "--help", env={"DATA_DIR": str(tmp_path), "SWITCHES": ",".join(get_args(Switch))}
    )
    assert done.returncode == 0, done.stderr


def run(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    inherited = {name: os.environ[name] for name in ("PATH", "SECRET_KEY") if name in os.environ}
    return subprocess.run(
        [*FAULTY, *arguments],
        cwd=CHECKOUT,
        env={**inherited, **env},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
