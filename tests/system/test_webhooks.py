"""Slack's own clients and plain curl, unmodified, against a real process."""

import json
import subprocess
import threading
import time
from collections.abc import Iterator

import pytest
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler
from slack_sdk.models.blocks import HeaderBlock, SectionBlock
from slack_sdk.webhook import WebhookClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from protocol.limits import WEBHOOK_BURST
from protocol.requests import NewMessage, NewWebhookRequest
from protocol.resources import Message, NewWebhook, Page
from tools.cluster import Cluster, Provisioned
from tools.rest import Rest


class Place:
    """A channel with a webhook, on a server of its own kind."""

    def __init__(self, cluster: Cluster, crew: Provisioned) -> None:
        assert crew.channel is not None
        self.cluster = cluster
        self.channel_id = crew.channel.id
        url = cluster.instances[0].url
        cluster.manage(
            "shell",
            "-c",
            "from chat.models import Membership\n"
            f"Membership.objects.filter(user={crew.users[0].id}).update(role='owner')",
        )
        self.rest = Rest(url=url, token=crew.users[0].token)
        self.webhook = self.rest.post(
            "/api/v1/webhooks",
            NewWebhook,
            NewWebhookRequest(channel_id=self.channel_id, name="Deploys"),
        )

    def texts(self) -> list[str]:
        path = f"/api/v1/channels/{self.channel_id}/messages"
        page = self.rest.get(path, Page[Message])
        return [message.text for message in page.results]


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    with Cluster(instances=1, env={"RATE_LIMITS": "off", "LOG_LEVEL": "debug"}) as cluster:
        yield Place(cluster, cluster.provision(users=1, channel="deploys"))


@pytest.fixture(scope="module")
def limited() -> Iterator[Place]:
    with Cluster(instances=1, env={"RATE_LIMITS": "on"}) as cluster:
        yield Place(cluster, cluster.provision(users=1, channel="deploys"))


def test_slacks_client_posts(place: Place) -> None:
    for url in (place.webhook.url, place.webhook.slack_url):
        response = WebhookClient(url).send(text="*Deployed* <https://example.org|v5> &amp; well")
        assert (response.status_code, response.body) == (200, "ok")
        assert place.texts()[-1] == "**Deployed** [v5](https://example.org) & well"


def test_slacks_client_posts_blocks_and_attachments(place: Place) -> None:
    response = WebhookClient(place.webhook.url).send(
        text="substitute",
        blocks=[HeaderBlock(text="Deploy"), SectionBlock(text="all *well*")],
        attachments=[{"color": "good", "title": "Log", "text": "`x`"}],
        unfurl_links=False,
    )
    assert (response.status_code, response.body) == (200, "ok")
    assert place.texts()[-1] == "### Deploy\n\nall **well**\n\n> **Log**\n>\n> `x`"


async def test_slacks_asynchronous_client_posts(place: Place) -> None:
    response = await AsyncWebhookClient(place.webhook.url).send(text="from asyncio")
    assert (response.status_code, response.body) == (200, "ok")
    assert place.texts()[-1] == "from asyncio"


def test_slacks_client_is_told_what_was_wrong(place: Place) -> None:
    response = WebhookClient(place.webhook.url).send(text="")
    assert (response.status_code, response.body) == (400, "no_text")
    origin = place.webhook.url.rpartition("/")[0]
    response = WebhookClient(f"{origin}/wrong").send(text="x")
    assert (response.status_code, response.body) == (404, "no_service")


@pytest.mark.parametrize(
    "arguments",
    [
        ["-H", "Content-type: application/json", "--data", '{"text":"by curl"}'],
        ["--data-urlencode", 'payload={"text":"by curl"}'],
        ["--data", 'payload={"text":"by curl"}'],
        ["-F", 'payload={"text":"by curl"}'],
        ["-H", "Content-type:", "--data", 'payload={"text":"by curl"}'],
        ["-H", "Transfer-Encoding: chunked", "--data", 'payload={"text":"by curl"}'],
    ],
    ids=["json", "encoded form", "form", "multipart", "no content type", "chunked"],
)
def test_curl_posts_in_every_way_that_people_write_it(place: Place, arguments: list[str]) -> None:
    before = len(place.texts())
    done = subprocess.run(
        ["curl", "-s", "-w", " %{http_code} %{content_type}", *arguments, place.webhook.url],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    assert done.stdout.startswith("ok 200 text/plain")
    assert place.texts()[before:] == ["by curl"]


def test_a_large_body_is_refused_and_the_process_serves_on(place: Place) -> None:
    big = json.dumps({"text": "x" * 1_500_000})
    done = subprocess.run(
        ["curl", "-s", "-w", " %{http_code}", "--data", "@-", place.webhook.url],
        input=big,
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    assert done.stdout == "msg_too_long 413"
    assert WebhookClient(place.webhook.url).send(text="x").body == "ok"


def test_the_secret_is_in_no_log(place: Place) -> None:
    secret = place.webhook.url.rpartition("/")[2]
    client = WebhookClient(place.webhook.url)
    assert client.send(text="a secret text").body == "ok"
    client.send(text="")
    client.send_dict({"text": {}})
    WebhookClient(f"{place.webhook.url}/more").send(text="x")
    lines = place.cluster.instances[0].log_lines()
    assert any("WEBHOOK" in line for line in lines)
    assert not [line for line in lines if secret in line or "a secret text" in line]


def test_slacks_own_retry_waits_as_long_as_it_is_told(limited: Place) -> None:
    url = limited.webhook.url
    threads = [
        threading.Thread(target=lambda: WebhookClient(url).send_dict({}))
        for _ in range(WEBHOOK_BURST + 10)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    response = WebhookClient(url).send(text="x")
    assert (response.status_code, response.body) == (429, "rate_limited")
    assert int(response.headers["Retry-After"]) >= 1
    client = WebhookClient(url, retry_handlers=[RateLimitErrorRetryHandler(max_retry_count=5)])
    began = time.monotonic()
    response = client.send(text="patiently")
    assert (response.status_code, response.body) == (200, "ok")
    assert time.monotonic() - began >= 0.5
    assert limited.texts()[-1] == "patiently"


async def test_so_does_the_asynchronous_one(limited: Place) -> None:
    url = limited.webhook.url
    client = WebhookClient(url)
    while client.send_dict({}).status_code != 429:
        pass
    patient = AsyncWebhookClient(
        url, retry_handlers=[AsyncRateLimitErrorRetryHandler(max_retry_count=5)]
    )
    response = await patient.send(text="patiently, too")
    assert (response.status_code, response.body) == (200, "ok")
    assert limited.texts()[-1] == "patiently, too"


def test_what_a_webhook_says_can_be_answered_by_people(place: Place) -> None:
    assert WebhookClient(place.webhook.url).send(text="question").body == "ok"
    path = f"/api/v1/channels/{place.channel_id}/messages"
    root = place.rest.get(path, Page[Message]).results[-1]
    said = NewMessage(
        client_id="0191d7a2-6f0e-7c3b-9f53-2f6d1c5a7b10", text="answer", thread_id=root.id
    )
    place.rest.post(path, Message, said)
    assert WebhookClient(place.webhook.url).send_dict(
        {"text": "thanks", "thread_ts": root.id}
    ).body == ("ok")
