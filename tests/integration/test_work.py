"""Background work: nothing is lost, nothing runs that was not committed, and failures are kept."""

import threading
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connections, transaction
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.models import Role
from tests.integration import chores, working
from tests.integration.conftest import MakeUser
from work import queue
from work.declaring import RECURRING
from work.models import Recurrence, Worker

pytestmark = pytest.mark.usefixtures("transactional_db")


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return tmp_path / "page"


def lines(page: Path) -> list[str]:
    return page.read_text().splitlines() if page.exists() else []


def make_due() -> None:
    DBTaskResult.objects.update(run_after=timezone.now() - timedelta(seconds=1))


def test_what_is_committed_runs_once(page: Path) -> None:
    chores.write.enqueue(str(page), "a")
    assert working.drain() == 1
    assert working.drain() == 0
    assert lines(page) == ["a"]


def test_what_was_rolled_back_never_runs(page: Path) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        chores.write.enqueue(str(page), "a")
        raise RuntimeError
    assert working.drain() == 0
    assert lines(page) == []


def test_what_is_not_committed_yet_waits(page: Path) -> None:
    seen: list[int] = []

    def look() -> None:
        seen.append(queue.numbers().queued)
        connections.close_all()

    with transaction.atomic():
        chores.write.enqueue(str(page), "a")
        other = threading.Thread(target=look)
        other.start()
        other.join()
    assert seen == [0]
    assert queue.numbers().queued == 1


def test_a_failing_task_is_tried_again_later_and_then_left_to_staff(page: Path) -> None:
    chores.fail.enqueue(str(page))
    begun = timezone.now()
    assert working.drain() == 1
    first = DBTaskResult.objects.get()
    assert first.status == "READY"
    assert 0.3 < (first.run_after - begun).total_seconds() < 5
    assert working.drain() == 0
    make_due()
    working.drain()
    second = DBTaskResult.objects.get()
    assert (second.run_after - timezone.now()).total_seconds() > 0.7
    make_due()
    working.drain()
    assert DBTaskResult.objects.get().status == "FAILED"
    assert lines(page) == ["tried"] * 3
    make_due()
    assert working.drain() == 0
    assert (queue.numbers().failed, queue.numbers().queued) == (1, 0)


def test_what_an_error_says_is_not_kept(page: Path) -> None:
    chores.fail.enqueue(str(page))
    working.drain()
    row = DBTaskResult.objects.get()
    assert row.exception_class_path == "builtins.ValueError"
    assert "canary: what" not in row.traceback.splitlines()[-1]
    assert "chores.py" in row.traceback


def test_a_hopeless_task_is_not_tried_again() -> None:
    chores.hopeless.enqueue()
    working.drain()
    row = DBTaskResult.objects.get()
    assert row.status == "FAILED"
    assert "It will never work." in row.traceback


def test_a_task_that_this_version_does_not_know_waits_for_one_that_does(page: Path) -> None:
    chores.write.enqueue(str(page), "a")
    DBTaskResult.objects.update(task_path="tests.integration.chores.of_the_future")
    working.drain()
    row = DBTaskResult.objects.get()
    assert row.status == "READY"
    assert row.run_after > timezone.now()


def test_what_a_dead_worker_had_begun_is_done_by_another(page: Path) -> None:
    chores.write.enqueue(str(page), "a")
    queue.claim(worker_id="dead")
    now = timezone.now()
    Worker.objects.create(id="dead", started_at=now, lease_ends_at=now - timedelta(seconds=1))
    assert working.drain() == 0
    assert queue.recover() == 1
    assert working.drain() == 1
    assert lines(page) == ["a"]


def test_what_a_living_worker_has_begun_is_left_to_it(page: Path) -> None:
    chores.write.enqueue(str(page), "a")
    queue.claim(worker_id="alive")
    now = timezone.now()
    Worker.objects.create(id="alive", started_at=now, lease_ends_at=now + timedelta(seconds=20))
    assert queue.recover() == 0
    assert working.drain() == 0


def test_a_task_that_kills_its_workers_is_left_to_staff_in_the_end(page: Path) -> None:
    chores.fail.enqueue(str(page))
    for _ in range(3):
        assert queue.claim(worker_id="dead") is not None
        queue.recover()
    assert DBTaskResult.objects.get().status == "FAILED"


def test_a_worker_that_comes_back_late_does_not_overwrite_what_another_wrote(page: Path) -> None:
    chores.write.enqueue(str(page), "a")
    late = queue.claim(worker_id="late")
    assert late is not None
    queue.recover()
    assert queue.claim(worker_id="another") is not None
    queue.failed(late, ValueError())
    row = DBTaskResult.objects.get()
    assert (row.status, row.worker_ids) == ("RUNNING", ["late", "another"])


def test_several_workers_never_take_the_same_task(page: Path) -> None:
    for number in range(20):
        chores.write.enqueue(str(page), str(number))

    def work() -> None:
        try:
            working.drain()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(lines(page), key=int) == [str(number) for number in range(20)]


def test_what_recurs_is_enqueued_once_for_all_workers() -> None:
    path = "work.tasks.forget_old_tasks"
    assert path in RECURRING
    assert queue.enqueue_due() == len(RECURRING)
    assert queue.enqueue_due() == 0
    working.drain()
    assert queue.enqueue_due() == 0
    later = timezone.now() + timedelta(hours=1, seconds=1)
    queue.enqueue_due(later)
    assert DBTaskResult.objects.filter(task_path=path, status="READY").count() == 1
    assert Recurrence.objects.get(task_path=path).due_at > later


def test_old_tasks_are_forgotten_and_young_ones_are_not(page: Path) -> None:
    for word in ("old", "young"):
        chores.write.enqueue(str(page), word)
    working.drain()
    old = DBTaskResult.objects.order_by("pk").values_list("pk", flat=True)[:1]
    DBTaskResult.objects.filter(pk__in=list(old)).update(
        finished_at=timezone.now() - timedelta(days=2)
    )
    day = timezone.now() - timedelta(days=1)
    assert queue.forget(done_before=day, failed_before=day) == 1
    assert queue.numbers().done == 1


def test_staff_see_what_failed_and_run_it_again(
    page: Path, make_user: MakeUser, client: Client
) -> None:
    chores.fail.enqueue(str(page))
    for _ in range(3):
        make_due()
        working.drain()
    client.force_login(make_user("boss", Role.OWNER))
    row = DBTaskResult.objects.get()
    listed = client.get("/admin/django_tasks_database/dbtaskresult/?status__exact=FAILED")
    assert "chores.fail" in listed.content.decode()
    shown = client.get(f"/admin/django_tasks_database/dbtaskresult/{row.pk}/change/")
    assert "ValueError" in shown.content.decode()
    client.post(
        "/admin/django_tasks_database/dbtaskresult/",
        {"action": "run_again", "_selected_action": [str(row.pk)]},
    )
    assert working.drain() == 1
    assert len(lines(page)) == 4


def test_the_numbers_can_be_asked_for(page: Path) -> None:
    import json

    chores.write.enqueue(str(page), "a")
    out = StringIO()
    call_command("tasks", "--json", stdout=out)
    said = json.loads(out.getvalue())
    assert (said["queued"], said["running"], said["failed"], said["workers"]) == (1, 0, 0, 0)
    assert said["oldest_seconds"] >= 0
    out = StringIO()
    call_command("tasks", stdout=out)
    assert "queued" in out.getvalue()
