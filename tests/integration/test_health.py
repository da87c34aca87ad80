"""What monitoring and balancers ask: quick to answer, whatever hangs."""

import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

import protocol
from accounts.models import User
from chatproject import env
from operations.limits import all_within, within
from presence import service as presence
from realtime import runtime
from realtime.pool import run_in_pool
from tests.integration.conftest import Sockets

pytestmark = pytest.mark.django_db


@pytest.fixture
def silence() -> Iterator[str]:
    """The address of something that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def test_what_hangs_counts_as_failed_after_its_time() -> None:
    release = threading.Event()
    began_at = time.monotonic()
    found = all_within(
        {
            "quick": (lambda: "ok", "failed"),
            "one": (lambda: str(release.wait(20)), "failed"),
            "other": (lambda: str(release.wait(20)), "degraded"),
        },
        seconds=0.3,
    )
    assert found == {"quick": "ok", "one": "failed", "other": "degraded"}
    # All at once, not one after another.
    assert time.monotonic() - began_at < 0.6 + 2
    release.set()
    assert within(lambda: "late", otherwise="never", seconds=10) == "late"


def test_a_redis_that_hangs_delays_nobody_for_long(
    client: Client, silence: str, settings: Any
) -> None:
    settings.REDIS_URL = silence
    presence.store.cache_clear()
    began_at = time.monotonic()
    ready = client.get("/readyz")
    assert time.monotonic() - began_at < 5
    assert ready.status_code == 200
    assert ready.json()["checks"] == {
        "database": "ok",
        "migrations": "ok",
        "redis": "degraded",
        "process": "ok",
    }


async def test_a_process_that_drains_wants_no_new_requests(sockets: Sockets, ann: User) -> None:
    await sockets.open(ann)
    client = Client()
    before = await run_in_pool(client.get, "/readyz")
    assert before.json()["checks"]["process"] == "ok"
    runtime.current().is_draining = True
    ready = await run_in_pool(client.get, "/readyz")
    assert ready.status_code == 503
    assert (ready.json()["status"], ready.json()["checks"]["process"]) == (
        "unavailable",
        "draining",
    )
    # It lives all the same: nobody should kill it.
    assert (await run_in_pool(client.get, "/healthz")).status_code == 200


def test_the_version_is_told_under_any_name(client: Client) -> None:
    said = client.get("/version", headers={"host": "10.0.0.7"})
    assert said.json() == {"version": env.version(), "protocol": protocol.VERSION}
    assert client.post("/version").status_code == 405
