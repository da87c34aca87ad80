"""What ends on one process ends on all, also where Redis cannot carry the news."""

import asyncio
import http.client
import json
import time
from collections.abc import Iterator

import pytest

from protocol.close_codes import CloseCode
from tools.client import Client
from tools.cluster import Cluster, ProvisionedUser

TOLD_SECONDS = 1.0
UNTOLD_SECONDS = 30.0


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with Cluster(instances=2) as running:
        yield running


@pytest.fixture
def person(cluster: Cluster, request: pytest.FixtureRequest) -> ProvisionedUser:
    prefix = request.node.name.replace("test_", "")[:20].strip("_") + "-"
    return cluster.provision(users=1, prefix=prefix, channel=None).users[0]


async def test_a_revoked_token_closes_its_sockets_on_every_process(
    cluster: Cluster, person: ProvisionedUser
) -> None:
    here, there = cluster.instances
    async with (
        await Client.connect(url=here.ws_url, token=person.token) as near,
        await Client.connect(url=there.ws_url, token=person.token) as far,
    ):
        await asyncio.to_thread(revoke_every_token, here.port, person.token)
        began = time.monotonic()
        for client in (near, far):
            assert await closing(client) == CloseCode.SESSION_ENDED
        assert time.monotonic() - began < TOLD_SECONDS


async def test_a_deactivated_person_is_out_everywhere(
    cluster: Cluster, person: ProvisionedUser
) -> None:
    _, there = cluster.instances
    async with await Client.connect(url=there.ws_url, token=person.token) as client:
        # From a process that serves nobody, as an operator's shell is.
        await asyncio.to_thread(deactivate, cluster, person)
        assert await client.until(lambda: client.close_code is not None, seconds=TOLD_SECONDS)
        assert client.close_code == CloseCode.ACCESS_ENDED


async def test_without_redis_it_takes_a_little_longer(
    cluster: Cluster, person: ProvisionedUser
) -> None:
    here, there = cluster.instances
    async with await Client.connect(url=there.ws_url, token=person.token) as client:
        cluster.valkey.pause()
        try:
            await asyncio.to_thread(revoke_every_token, here.port, person.token)
            assert await client.until(lambda: client.close_code is not None, seconds=UNTOLD_SECONDS)
        finally:
            cluster.valkey.resume()
        assert client.close_code == CloseCode.SESSION_ENDED


async def closing(client: Client) -> int | None:
    await client.until(lambda: client.close_code is not None, seconds=10)
    return client.close_code


def revoke_every_token(port: int, token: str) -> None:
    """Revoke over REST, with the token itself."""
    headers = {"Authorization": f"Bearer {token}"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/api/v1/tokens", headers=headers)
    mine = json.loads(connection.getresponse().read())["results"]
    assert mine
    for one in mine:
        connection.request("DELETE", f"/api/v1/tokens/{one['id']}", headers=headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == http.HTTPStatus.NO_CONTENT
    connection.close()


def deactivate(cluster: Cluster, person: ProvisionedUser) -> None:
    cluster.manage(
        "shell",
        "-c",
        "from accounts.models import User\n"
        f"user = User.objects.get(pk={person.id})\n"
        "user.is_active = False\n"
        "user.save()",
    )
