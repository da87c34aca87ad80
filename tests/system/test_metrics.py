"""What operators copy from `deploy/` asks only for numbers that a running process has."""

import asyncio
import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from tools.client import Client
from tools.cluster import Cluster, Instance
from tools.programs import CHECKOUT

RULES = CHECKOUT / "deploy/prometheus/parley.rules.yml"
DASHBOARD = CHECKOUT / "deploy/grafana/parley.json"
OF_PROMETHEUS = {"up": {"job", "instance"}}

Labels = dict[str, set[str]]
"""The name of a number → the labels that it has."""


@dataclass
class Asked:
    """What an expression asks for."""

    names: set[str] = field(default_factory=set)
    matched: list[tuple[str, str]] = field(default_factory=list)
    grouped: set[str] = field(default_factory=set)


def read(expression: str) -> Asked:
    """Read as much of PromQL as the names and labels in it."""
    asked = Asked()
    text = re.sub(r'"[^"]*"', '""', expression)
    for labels in re.findall(r"\b(?:by|without|on|ignoring)\s*\(([^)]*)\)", text):
        asked.grouped |= {label.strip() for label in labels.split(",")}
    text = re.sub(r"\b(?:by|without|on|ignoring)\s*\([^)]*\)", "", text)
    for name, matchers in re.findall(r"(\w+)\{([^}]*)\}", text):
        asked.matched += [(name, label) for label in re.findall(r"(\w+)\s*[=!]", matchers)]
    text = re.sub(r"\{[^}]*\}|\[[^\]]*\]", "", text)
    words = re.findall(r"\b[a-z_][a-z0-9_]*\b(?!\s*\()", text)
    asked.names = set(words) - {"or", "and", "unless", "bool"}
    return asked


def expressions() -> list[str]:
    rules = yaml.safe_load(RULES.read_text())
    found = [rule["expr"] for group in rules["groups"] for rule in group["rules"]]
    assert len(found) >= 5
    panels = json.loads(DASHBOARD.read_text())["panels"]
    found += [target["expr"] for panel in panels for target in panel.get("targets", ())]
    return found


def test_an_expression_is_read_as_prometheus_reads_it() -> None:
    asked = read(
        'topk(8, sum by (route, le) (rate(a_bucket{b=~"x(y)", c!="d"}[5m]))) / 0.5 + e or f'
    )
    assert asked.names == {"a_bucket", "e", "f"}
    assert asked.matched == [("a_bucket", "b"), ("a_bucket", "c")]
    assert asked.grouped == {"route", "le"}


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with Cluster(instances=2) as running:
        yield running


def scrape(instance: Instance) -> tuple[Labels, dict[str, float]]:
    with urllib.request.urlopen(f"{instance.url}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    labels: Labels = {}
    sums: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            assert sample.labels["instance"] == instance.id, sample
            labels.setdefault(sample.name, set()).update(sample.labels)
            sums[sample.name] = sums.get(sample.name, 0) + sample.value
    return labels, sums


def visit(url: str) -> None:
    with urllib.request.urlopen(url, timeout=10) as answer:
        assert answer.status == 200


def after_a_goodbye(instance: Instance) -> Labels:
    """Return what there is, once the process has noticed that a socket was closed."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        labels, _ = scrape(instance)
        if "ws_disconnects_total" in labels:
            return labels
        time.sleep(0.1)
    raise AssertionError("It was not noticed.")


async def test_dashboard_and_rules_ask_for_what_there_is(cluster: Cluster) -> None:
    crew = cluster.provision(users=2, channel="numbers")
    assert crew.channel is not None
    first, second = cluster.instances
    ann = await Client.connect(url=first.ws_url, token=crew.users[0].token)
    bob = await Client.connect(url=second.ws_url, token=crew.users[1].token)
    async with ann, bob:
        await ann.post(channel_id=crew.channel.id, text="one")
        await bob.post(channel_id=crew.channel.id, text="two")
        channel_id = crew.channel.id
        assert await ann.until(lambda: len(ann.messages(channel_id=channel_id)) == 2, seconds=20)
        await asyncio.to_thread(visit, f"{first.url}/login/")
        (_, at_first), (_, at_second) = [
            await asyncio.to_thread(scrape, one) for one in cluster.instances
        ]
        # What is of a process is summed; what is of the workspace is the same everywhere.
        assert at_first["messages_total"] + at_second["messages_total"] == 2
        assert at_first["ws_connections"] + at_second["ws_connections"] == 2
        assert at_first["channels_total"] == at_second["channels_total"] == 1
    labels = await asyncio.to_thread(after_a_goodbye, first) | OF_PROMETHEUS
    for expression in expressions():
        asked = read(expression)
        assert asked.names, expression
        assert asked.names <= labels.keys(), expression
        for name, label in asked.matched:
            assert label in labels[name], (expression, name, label)
        assert asked.grouped <= set().union(*(labels[name] for name in asked.names)), expression


def test_the_numbers_of_a_process_are_not_for_a_proxys_clients(cluster: Cluster) -> None:
    request = urllib.request.Request(
        f"{cluster.instances[0].url}/metrics", headers={"X-Forwarded-For": "203.0.113.7"}
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=10)
    with refused.value as answer:
        assert answer.code == 404
