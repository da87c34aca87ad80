"""Large bodies against a real server: refused early, never in memory as a whole."""

import http.client
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.test_run import Run, answers, port, until
from tools.programs import CHECKOUT

__all__ = ["port"]

MEBIBYTE = 1024 * 1024


class Place:
    def __init__(self, run: Run, port: int, token: str) -> None:
        self.run, self.port = run, port
        self.headers = {"Authorization": f"Bearer {token}"}

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def upload(self, data: bytes) -> str:
        connection = self.connect()
        connection.request("POST", "/api/v1/files?name=x", data, self.headers)
        answer = connection.getresponse()
        told = json.load(answer)
        assert answer.status == 201, told
        connection.close()
        return str(told["id"])

    def memory_bytes(self) -> int:
        status = Path(f"/proc/{self.run.process.pid}/status").read_text()
        (line,) = [line for line in status.splitlines() if line.startswith("VmRSS")]
        return int(line.split()[1]) * 1024


@pytest.fixture
def place(tmp_path: Path, port: int) -> Iterator[Place]:
    folder = tmp_path / "var"
    run = Run(folder, "manage.py", "serve", PORT=str(port), FILE_MAX_MB="64")
    until(lambda: answers(port))
    made = subprocess.run(
        [sys.executable, "manage.py", "provision", "--users", "1", "--channel", "c", "--json"],
        cwd=CHECKOUT,
        env={**os.environ, "DATA_DIR": str(folder)},
        check=True,
        capture_output=True,
    )
    yield Place(run, port, json.loads(made.stdout)["users"][0]["token"])
    run.end()
    sys.stdout.write(run.said())


def test_a_large_file_goes_through_without_filling_the_memory(place: Place) -> None:
    data = os.urandom(MEBIBYTE) * 48
    place.upload(b"warm")
    before = place.memory_bytes()
    file_id = place.upload(data)
    connection = place.connect()
    connection.request("GET", f"/api/v1/files/{file_id}", headers=place.headers)
    answer = connection.getresponse()
    assert answer.read() == data
    connection.close()
    assert place.memory_bytes() - before < 24 * MEBIBYTE


def test_a_client_that_reads_slowly_costs_little(place: Place) -> None:
    data = os.urandom(MEBIBYTE) * 40
    file_id = place.upload(data)
    before = place.memory_bytes()
    slow = []
    for _ in range(4):
        one = socket.create_connection(("127.0.0.1", place.port))
        token = place.headers["Authorization"]
        one.sendall(
            f"GET /api/v1/files/{file_id} HTTP/1.1\r\nHost: 127.0.0.1:{place.port}\r\n"
            f"Authorization: {token}\r\n\r\n".encode()
        )
        assert one.recv(64).startswith(b"HTTP/1.1 200")
        slow.append(one)
    # Somebody else is served meanwhile, and one of the slow ones gets all in the end.
    assert place.upload(b"x")
    assert place.memory_bytes() - before < 32 * MEBIBYTE
    total = 0
    slow[0].settimeout(30)
    while total < len(data):
        total += len(slow[0].recv(MEBIBYTE))
    for one in slow:
        one.close()
    assert place.upload(b"y")


@pytest.mark.parametrize("is_chunked", [False, True])
def test_what_is_too_large_is_refused_before_it_has_come(place: Place, is_chunked: bool) -> None:  # noqa: FBT001
    with socket.create_connection(("127.0.0.1", place.port)) as one:
        one.settimeout(20)
        size = 200 * MEBIBYTE
        how = "Transfer-Encoding: chunked" if is_chunked else f"Content-Length: {size}"
        one.sendall(
            f"POST /api/v1/files HTTP/1.1\r\nHost: 127.0.0.1:{place.port}\r\n{how}\r\n\r\n".encode()
        )
        sent = 0
        piece = b"x" * MEBIBYTE
        framed = b"%x\r\n%s\r\n" % (len(piece), piece) if is_chunked else piece
        try:
            while sent < size:
                one.sendall(framed)
                sent += len(piece)
        except OSError:
            pass
        assert sent < 150 * MEBIBYTE
    assert answers(place.port)
    connection = place.connect()
    connection.putrequest("POST", "/api/v1/files")
    connection.putheader("Content-Length", str(size))
    connection.endheaders()
    answer = connection.getresponse()
    assert (answer.status, json.load(answer)["error"]["code"]) == (413, "too_large")


def test_a_client_that_goes_away_in_the_middle_leaves_nothing(place: Place, tmp_path: Path) -> None:
    for _ in range(3):
        with socket.create_connection(("127.0.0.1", place.port)) as one:
            one.sendall(
                f"POST /api/v1/files HTTP/1.1\r\nHost: 127.0.0.1:{place.port}\r\n"
                f"Content-Length: {MEBIBYTE}\r\n\r\n".encode()
                + b"x" * 1000
            )
    file_id = place.upload(os.urandom(MEBIBYTE) * 20)
    for _ in range(3):
        with socket.create_connection(("127.0.0.1", place.port)) as one:
            one.sendall(
                f"GET /api/v1/files/{file_id} HTTP/1.1\r\nHost: 127.0.0.1:{place.port}\r\n"
                f"Authorization: {place.headers['Authorization']}\r\n\r\n".encode()
            )
            one.recv(1000)
    pid = place.run.process.pid

    def open_files() -> int:
        found = 0
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            try:
                found += "/files/" in str(entry.readlink())
            except OSError:
                continue
        return found

    until(lambda: open_files() == 0)
    assert "Traceback" not in place.run.said()
