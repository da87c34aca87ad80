"""Several processes on PostgreSQL, which goes away and comes back."""

import asyncio
import http.client
import uuid
from collections.abc import Iterator

import pytest

from protocol.close_codes import CloseCode
from protocol.errors import ErrorCode
from tools.chaos.postgres import Postgres
from tools.client import Client, CommandRefusedError, ConnectionEndedError
from tools.cluster import Cluster

BACK_SECONDS = 20.0


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    server = Postgres()
    try:
        server.start()
        yield server
    finally:
        server.stop()


async def test_without_the_database_posts_are_refused_and_sockets_stay(postgres: Postgres) -> None:
    with Cluster(instances=2, database_url=postgres.url(postgres.socket_folder)) as cluster:
        crew = cluster.provision(users=2, channel="outage")
        assert crew.channel is not None
        channel_id = crew.channel.id
        one, two = [
            await Client.connect(url=instance.ws_url, token=user.token)
            for instance, user in zip(cluster.instances, crew.users, strict=True)
        ]
        await one.post(channel_id=channel_id, text="before")
        postgres.crash()
        client_id = str(uuid.uuid4())
        with pytest.raises(CommandRefusedError) as refused:
            await one.post(channel_id=channel_id, text="once", client_id=client_id)
        assert refused.value.error.code == ErrorCode.UNAVAILABLE
        assert refused.value.error.retryable
        assert await asyncio.to_thread(readiness, cluster.instances[0].port) == 503
        with pytest.raises(ConnectionEndedError) as ended:
            await Client.connect(url=cluster.instances[0].ws_url, token=crew.users[0].token)
        assert ended.value.code == CloseCode.RESTART
        postgres.launch()
        async with asyncio.timeout(BACK_SECONDS):
            await until_posted(one, channel_id, client_id)
        assert await two.until(lambda: "once" in two.texts(channel_id=channel_id), seconds=15)
        assert two.texts(channel_id=channel_id) == ["before", "once"]
        assert (one.close_code, two.close_code) == (None, None)
        await one.close()
        await two.close()


async def until_posted(client: Client, channel_id: str, client_id: str) -> None:
    while True:
        try:
            await client.post(channel_id=channel_id, text="once", client_id=client_id)
        except CommandRefusedError as refused:
            if not refused.error.retryable:
                raise
        else:
            return


def readiness(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/readyz")
    status = connection.getresponse().status
    connection.close()
    return status
