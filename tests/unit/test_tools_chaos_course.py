"""The order of a run, and what is found in logs."""

import random
from collections import Counter

import pytest

from tools.chaos.course import end_of_traceback, groups
from tools.chaos.faults import possible
from tools.chaos.ground import DatabaseKind, failpoints_in, hub_faults_in

TRACEBACK = """\
Traceback (most recent call last):
  File "/app/chat/one.py", line 3, in run
    two()
  File "/app/chat/two.py", line 7, in two
    raise ValueError("no")
ValueError: no
[Instance-1] CONNECT user=3
"""


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
@pytest.mark.parametrize("seed", range(20))
def test_every_possible_fault_happens_once_and_some_only_alone(
    database: DatabaseKind, seed: int
) -> None:
    faults = possible(database=database)

    order = list(groups(faults, draw=random.Random(seed), share=0.5))

    counted = Counter(one.name for some in order for one in some)
    assert counted == Counter(one.name for one in faults)
    pairs = [some for some in order if len(some) > 1]
    assert not any(one.alone for some in pairs for one in some)
    assert all(one.place != other.place for one, other in pairs if one.place)
    assert pairs


def test_the_same_seed_gives_the_same_order() -> None:
    faults = possible(database="sqlite")

    def order() -> list[list[str]]:
        made = groups(faults, draw=random.Random(7), share=0.5)
        return [[one.name for one in some] for some in made]

    assert order() == order()


def test_each_database_has_faults_of_its_own() -> None:
    sqlite = {one.name for one in possible(database="sqlite")}
    postgresql = {one.name for one in possible(database="postgresql")}

    assert sqlite - postgresql == {"sqlite_lock"}
    assert postgresql - sqlite == {
        "postgres_crash",
        "postgres_terminate",
        "postgres_limit",
        "postgres_lock",
    }


def test_a_traceback_is_told_by_its_exception_and_last_place() -> None:
    told = end_of_traceback(TRACEBACK.splitlines(), 0)

    assert told == 'ValueError: no (File "/app/chat/two.py", line 7, in two)'


def test_hits_inside_the_server_are_counted_from_its_log() -> None:
    log = (
        "FAILPOINT name=after_commit action=kill\n"
        "[Instance-1] said FAILPOINT name=never\n"
        "HUB_FAULTS dropped=3 doubled=1 reordered=2\n"
        "HUB_FAULTS dropped=1 doubled=0 reordered=0\n"
    )

    assert failpoints_in(log) == 1
    assert hub_faults_in(log) == 7
