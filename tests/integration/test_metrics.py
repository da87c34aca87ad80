"""The numbers for Prometheus: right, complete, and not for everybody."""

import asyncio
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from accounts.models import User
from chat.models import Channel
from chat.services import messages
from chat.services.sweeping import sweep
from metrics import exposition
from metrics.instruments import REGISTRY
from operations import collecting
from realtime.pool import run_in_pool
from tests.integration.conftest import Api, Sockets
from tests.integration.working import drain
from work import queue

pytestmark = pytest.mark.django_db


class Numbers:
    """What a scrape says, by name and labels, without the name of the process."""

    def __init__(self, instance: str) -> None:
        self._instance = instance
        text, _ = exposition.render(instance=instance, accept="")
        self._samples: dict[tuple[str, frozenset[tuple[str, str]]], float] = {}
        for family in text_string_to_metric_families(text.decode()):
            for sample in family.samples:
                labels = dict(sample.labels)
                assert labels.pop("instance") == instance, sample
                self._samples[sample.name, frozenset(labels.items())] = sample.value

    def __call__(self, name: str, **labels: str) -> float:
        return self._samples.get((name, frozenset(labels.items())), 0.0)


@pytest.fixture
def numbers(settings: Any) -> Callable[[], Numbers]:
    return lambda: Numbers(settings.INSTANCE_ID)


def test_requests_are_counted_by_the_pattern_of_their_route(
    ann: User, general: Channel, api: Callable[..., Api], numbers: Callable[[], Numbers]
) -> None:
    before = numbers()
    labels = {"method": "GET", "route": "api/v1/channels/<id:channel_id>"}
    for channel_id, status in ((general.pk, 200), (general.pk, 200), (10**6, 404)):
        assert api(ann)("GET", f"channels/{channel_id}")[0] == status
    Client().get(f"/{uuid.uuid4().hex}")
    after = numbers()
    counts = {
        status: after("http_requests_total", status=status, **labels)
        - before("http_requests_total", status=status, **labels)
        for status in ("200", "404")
    }
    assert counts == {"200": 2, "404": 1}
    assert (
        after("http_request_seconds_count", **labels)
        - before("http_request_seconds_count", **labels)
        == 3
    )
    # What is at no route, and whatever method somebody makes up, adds no label.
    unknown = {"method": "GET", "route": "", "status": "404"}
    assert after("http_requests_total", **unknown) - before("http_requests_total", **unknown) == 1
    Client().generic("BREW", "/login/")
    assert numbers()("http_request_seconds_count", method="other", route="login/") > 0


async def test_what_goes_through_sockets_is_counted(
    sockets: Sockets,
    ann: User,
    bob: User,
    general: Channel,
    numbers: Callable[[], Numbers],
) -> None:
    before = await run_in_pool(numbers)
    own, other = await sockets.open(ann), await sockets.open(bob)
    meanwhile = await run_in_pool(numbers)
    bots = meanwhile("ws_connections", kind="bot") + meanwhile("ws_connections", kind="browser")
    assert bots == 2
    await own.post(general.pk, "hi")
    await other.next("message.posted")
    await own.close()
    after = await run_in_pool(numbers)

    def grown(name: str, **labels: str) -> float:
        return after(name, **labels) - before(name, **labels)

    assert grown("messages_total", kind="channel") == 1
    assert grown("ws_events_sent_total", type="message.posted") == 2
    assert grown("ws_command_seconds_count", command="message.post") == 1
    assert grown("ws_received_total") == 1
    assert sum(grown("ws_connects_total", kind=kind) for kind in ("browser", "bot")) == 2
    left = {code: grown("ws_disconnects_total", code=code) for code in ("1000", "1005", "1006")}
    assert sum(left.values()) == 1
    assert after("readiness_check", check="database") == 1


async def test_what_is_of_the_workspace_is_told_by_every_process(
    sockets: Sockets, ann: User, bob: User, general: Channel
) -> None:
    # Twice the same person.
    for user in (ann, bob, bob):
        await sockets.open(user)
    async with asyncio.timeout(15):
        # What Redis has counted holds for a moment.
        while True:
            told = await run_in_pool(of_the_workspace)
            if told["users_online"] == 2:
                break
            await asyncio.sleep(0.1)
    assert told["channels_total"] == 1


def of_the_workspace() -> dict[str, float]:
    """Return what a process that has just begun finds out; of several kinds, the sum."""
    told: dict[str, float] = {}
    for family in collecting.Workspace().collect():
        for sample in family.samples:
            told[sample.name] = told.get(sample.name, 0) + sample.value
    return told


def test_what_is_rolled_back_is_not_counted(
    ann: User, general: Channel, numbers: Callable[[], Numbers]
) -> None:
    before = numbers()
    with transaction.atomic():
        messages.post(author_id=ann.pk, channel_id=general.pk, client_id=uuid.uuid4(), text="never")
        transaction.set_rollback(True)
    assert numbers()("messages_total", kind="channel") == before("messages_total", kind="channel")


def test_waiting_work_is_told(transactional_db: None, numbers: Callable[[], Numbers]) -> None:
    sweep.enqueue()
    waiting = queue.waiting()
    assert waiting.queued == 1
    told = of_the_workspace()
    assert told["jobs_queued"] == 1
    assert told["jobs_lag_seconds"] >= 0
    before = numbers()
    assert drain() == 1
    done = {"task": sweep.module_path, "result": "done"}
    assert numbers()("jobs_done_total", **done) - before("jobs_done_total", **done) == 1


def test_strangers_find_no_numbers(settings: Any) -> None:
    def status(address: str, **headers: str) -> int:
        return Client(headers=headers).get("/metrics", REMOTE_ADDR=address).status_code

    assert status("127.0.0.1") == 200
    assert status("203.0.113.7") == 404
    assert status("not an address") == 404
    # Behind a proxy on the same machine everybody comes from there.
    assert status("127.0.0.1", **{"X-Forwarded-For": "203.0.113.7"}) == 404
    assert status("127.0.0.1", authorization="Bearer ") == 200
    settings.METRICS_TOKEN = "a-token"
    assert status("203.0.113.7", authorization="Bearer a-token") == 200
    assert status("203.0.113.7", authorization="Bearer another") == 404
    assert status("127.0.0.1", authorization="Bearer another") == 404
    settings.METRICS_ALLOW = []
    assert status("127.0.0.1") == 404


def test_no_label_holds_what_somebody_chose(client: Client, ann: User) -> None:
    client.get("/join/a-secret-of-an-invite")
    text, _ = exposition.render(instance="x", accept="")
    assert b"a-secret-of-an-invite" not in text
    assert b'route="join/<str:secret>"' in text


def test_nothing_is_counted_twice_and_everything_is_described() -> None:
    names = [family.name for family in REGISTRY.collect()]
    assert len(names) == len(set(names))
    assert all(family.documentation for family in REGISTRY.collect())
