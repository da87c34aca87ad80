"""A rolling restart under load: nobody's post fails, and nobody looks offline."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.chaos import course, history
from tools.chaos.course import Course, Plan
from tools.chaos.crowd import Habits
from tools.chaos.history import Close, Fault, Presence, Refused
from tools.chaos.judge import judge
from tools.cluster import Cluster

HABITS = Habits(people=60, channels=5, members=20, posts=15, edits=0, removals=0, reloads=0)


async def test_a_rolling_restart_of_four_processes_is_not_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Long enough for a flicker of presence: whoever left by a drain has a grace of 60 s.
    monkeypatch.setattr(course, "CALM_SECONDS", 5.0)
    # What is promised for the last post: a letter may be lost, and is found in the log.
    monkeypatch.setattr(course, "QUIET_SECONDS", 12.0)
    path = tmp_path / "history.jsonl"
    plan = Plan(
        profile="short",
        database="sqlite",
        seed=1,
        minutes=0,
        instances=4,
        history=path,
        faults=("rolling_restart",),
        habits=HABITS,
    )
    await Course(plan).run()
    records = list(history.read(path))
    verdict = judge(records)
    assert verdict.counts == {}, verdict.violations[:10]
    assert [one.hits for one in records if isinstance(one, Fault)] == [4]
    assert not [one for one in records if isinstance(one, Refused)]
    assert verdict.figures.acknowledged == verdict.figures.sent > 100
    assert "offline" not in told_during_the_load(records)
    assert {one.code for one in records if isinstance(one, Close)} <= {1000, 1012}


def told_during_the_load(records: list[history.Record]) -> set[str]:
    over = next(one.t for one in records if isinstance(one, history.Phase) and one.name == "quiet")
    return {
        state
        for one in records
        if isinstance(one, Presence) and one.t < over
        for state in one.users.values()
    }


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    with Cluster(instances=2) as running:
        yield running


def test_an_operator_drains_a_process_by_its_name(cluster: Cluster) -> None:
    first, second = cluster.instances
    listed = cluster.manage("instances")
    assert first.id in listed
    assert second.id in listed
    assert "has ended" in cluster.manage("drain", first.id)
    assert first.process.exit_status == 0
    assert first.id not in cluster.manage("instances")
    assert second.is_alive
