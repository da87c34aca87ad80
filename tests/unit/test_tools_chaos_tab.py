"""What a tab writes down, and what it says, when frames come in."""

import itertools
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pytest

from tools.chaos import history
from tools.chaos.history import Apply, Begin, End, Record, Recorder, Refused, Resend, Send, Stray
from tools.chaos.tab import Tab, Tally, hash_of

Kind = TypeVar("Kind", bound=Record)


class SilentLine:
    """Takes what the tab says, and never answers."""

    def __init__(self) -> None:
        self.said: list[dict[str, Any]] = []
        self.is_ended = False
        self.heard_at = 0.0

    def send(self, payload: bytes) -> None:
        self.said.append(msgspec.json.decode(payload))

    def of_type(self, kind: str) -> list[dict[str, Any]]:
        return [frame for frame in self.said if frame["type"] == kind]


class Bench:
    """One tab on a silent line, with its history."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._recorder = Recorder(path)
        self.tab = Tab(
            name="t1",
            user_id="3",
            token="",
            ports=list,
            recorder=self._recorder,
            tally=Tally(),
            draw=random.Random(1),
            sockets=itertools.count(1),
        )
        self.line = SilentLine()
        self.connect()

    def connect(self) -> None:
        self.line = SilentLine()
        self.tab.line = self.line  # type: ignore[assignment]  # as much of a line as a tab uses

    def hear(self, **frame: Any) -> None:
        self.tab.frame_received(self.line, msgspec.json.encode(frame))  # type: ignore[arg-type]

    def welcome(self, *, epoch: str = "e1", **streams: int) -> None:
        named = {name.replace("_", ":"): seq for name, seq in streams.items()}
        self.hear(type="welcome", instance="Instance-1", epoch=epoch, streams=named)

    def event(self, seq: int, *, stream: str = "c:7", **more: Any) -> dict[str, Any]:
        return {"type": "message.deleted", "stream": stream, "seq": seq, **more}

    def cut(self) -> None:
        self.tab.line_ended(self.line, 1006)  # type: ignore[arg-type]
        self.connect()

    def records(self, kind: type[Kind]) -> list[Kind]:
        self._recorder._file.flush()
        return [one for one in history.read(self._path) if isinstance(one, kind)]

    def seqs(self) -> list[int]:
        return [record.seq for record in self.records(Apply)]


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    made = Bench(tmp_path / "history.jsonl")
    yield made
    made._recorder.close()


async def test_a_stream_begins_where_welcome_says(bench: Bench) -> None:
    bench.welcome(u_3=40, c_7=5)
    bench.hear(**bench.event(6))

    assert {(one.stream, one.seq, one.why) for one in bench.records(Begin)} == {
        ("u:3", 40, "welcome"),
        ("c:7", 5, "welcome"),
    }
    assert bench.seqs() == [6]


async def test_a_hole_is_written_down_as_it_came_and_not_healed(bench: Bench) -> None:
    bench.welcome(u_3=40, c_7=5)
    bench.hear(**bench.event(8))
    bench.hear(**bench.event(9))

    assert bench.seqs() == [8, 9]
    assert bench.line.of_type("sync") == []


async def test_a_repeat_on_one_socket_is_written_down(bench: Bench) -> None:
    bench.welcome(u_3=40, c_7=5)
    bench.hear(**bench.event(6))
    bench.hear(**bench.event(6))

    assert bench.seqs() == [6, 6]


async def test_who_comes_back_asks_from_where_they_stopped(bench: Bench) -> None:
    bench.welcome(u_3=40, c_7=5)
    bench.cut()
    bench.welcome(u_3=40, c_7=8)
    bench.hear(**bench.event(9))
    bench.hear(type="page", stream="c:7", events=[bench.event(seq) for seq in range(5, 10)])

    assert bench.line.of_type("sync")[0]["cursors"]["c:7"] == 5
    assert bench.seqs() == [6, 7, 8, 9]
    assert all(one.page for one in bench.records(Apply))


async def test_a_process_that_lags_says_again_what_is_known(bench: Bench) -> None:
    bench.welcome(u_3=40, c_7=5)
    bench.hear(**bench.event(6))
    bench.cut()
    bench.welcome(u_3=40, c_7=5)
    bench.hear(**bench.event(6))
    bench.hear(**bench.event(7))

    assert bench.seqs() == [6, 7]


async def test_what_comes_after_the_end_of_a_stream_has_strayed(bench: Bench) -> None:
    bench.welcome(u_3=40, c_7=5)
    bench.hear(**bench.event(41, stream="u:3") | {"type": "channel.removed", "channel_id": "7"})
    bench.hear(**bench.event(6))

    assert [one.why for one in bench.records(End)] == ["removed"]
    assert [one.seq for one in bench.records(Stray)] == [6]


async def test_what_a_page_says_of_old_channels_is_history(bench: Bench) -> None:
    bench.welcome(u_3=40, c_7=5)
    bench.cut()
    bench.welcome(u_3=42, c_7=5)
    removed = bench.event(41, stream="u:3") | {"type": "channel.removed", "channel_id": "7"}
    added = bench.event(42, stream="u:3") | {
        "type": "channel.added",
        "channel": {"id": "7", "last_seq": 4},
    }
    bench.hear(type="page", stream="u:3", events=[removed, added])
    bench.hear(**bench.event(6))

    assert bench.records(End) == []
    assert bench.tab.cursors["c:7"] == 6


async def test_another_epoch_begins_every_stream_again(bench: Bench) -> None:
    bench.welcome(u_3=40, c_7=5)
    bench.cut()
    bench.welcome(epoch="e2", u_3=2, c_7=1)

    assert [one.why for one in bench.records(Begin)][2:] == ["epoch", "epoch"]
    assert bench.tab.cursors == {"u:3": 2, "c:7": 1}


async def test_a_stream_that_welcome_lacks_has_ended(bench: Bench) -> None:
    bench.welcome(u_3=40, c_7=5)
    bench.cut()
    bench.welcome(u_3=41)

    assert [(one.stream, one.why) for one in bench.records(End)] == [("c:7", "absent")]


async def test_posts_go_one_after_another_and_again_under_the_same_id(bench: Bench) -> None:
    bench.welcome(u_3=40, c_7=5)
    bench.tab.post(stream="c:7", text="one")
    bench.tab.post(stream="c:7", text="two")
    assert [frame["text"] for frame in bench.line.of_type("message.post")] == ["one"]
    first = bench.line.of_type("message.post")[0]["client_id"]
    bench.cut()
    bench.welcome(u_3=40, c_7=5)
    again = bench.line.of_type("message.post")
    assert [frame["client_id"] for frame in again] == [first]
    bench.hear(type="ok", re=again[0]["id"], channel_id="7", message_id="9", seq=6)

    assert [frame["text"] for frame in bench.line.of_type("message.post")] == ["one", "two"]
    assert [one.hash for one in bench.records(Send)] == [hash_of("one"), hash_of("two")]
    assert [one.client_id for one in bench.records(Resend)] == [first]


async def test_what_is_refused_for_good_is_dropped(bench: Bench) -> None:
    bench.welcome(u_3=40, c_7=5)
    bench.tab.post(stream="c:7", text="one")
    sent = bench.line.of_type("message.post")[0]
    bench.hear(type="error", re=sent["id"], code="not_a_member", detail="", retryable=False)

    assert bench.tab.waiting == 0
    assert [one.code for one in bench.records(Refused)] == ["not_a_member"]


async def test_what_may_be_tried_again_stays(bench: Bench) -> None:
    bench.welcome(u_3=40, c_7=5)
    bench.tab.post(stream="c:7", text="one")
    sent = bench.line.of_type("message.post")[0]
    bench.hear(type="error", re=sent["id"], code="unavailable", detail="", retryable=True)

    assert bench.tab.waiting == 1


async def test_an_unknown_frame_is_trouble(bench: Bench) -> None:
    bench.hear(type="surprise")

    assert [one.what for one in bench.records(history.Trouble)] == ["an unknown frame: surprise"]
