"""The check of several instances can fail, and says so."""

import pytest

from tools import check_instances
from tools.cluster import Cluster, Valkey
from tools.programs import StartError


def test_state_in_each_process_fails_the_check(capsys: pytest.CaptureFixture[str]) -> None:
    status = check_instances.main(["--instances", "2", "--contrast", "tutorial"])

    shown = capsys.readouterr().out
    assert status == 1
    assert "Only 50 % of what was said was heard" in shown
    assert "Only 50 % of the glances showed the truth" in shown
    assert "in the memory of each process" in shown.replace("\n", " ")
    assert "\x1b" not in shown


def test_what_cannot_start_is_not_called_a_failure_of_the_chat(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status = check_instances.main(
        ["--instances", "1", "--database-url", "mysql://nobody@nowhere/x"]
    )

    captured = capsys.readouterr()
    assert status == 2
    assert "Could not start: `manage.py migrate` ended with status 1" in captured.err
    assert "PASS" not in captured.out
    assert "FAIL" not in captured.out


def test_a_deployment_that_cannot_start_leaves_nothing_behind() -> None:
    cluster = Cluster(instances=1, database_url="mysql://nobody@nowhere/x")

    with pytest.raises(StartError, match="migrate"), cluster:
        pass

    assert not cluster.valkey.is_alive
    assert not cluster.directory.exists()


def test_a_number_of_instances_that_makes_no_sense_is_refused() -> None:
    for number in ("0", "-1", "51", "two"):
        with pytest.raises(SystemExit):
            check_instances.main(["--instances", number])


def test_a_stopped_valkey_comes_back_empty_on_the_same_port(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    redis = pytest.importorskip("redis")
    server = Valkey(directory=tmp_path_factory.mktemp("valkey"))
    server.start()
    try:
        port = server.port
        with redis.Redis.from_url(server.url) as client:
            client.set("a", "1")

        server.stop()
        server.start()

        assert server.port == port
        with redis.Redis.from_url(server.url) as client:
            assert client.dbsize() == 0
    finally:
        server.stop()
