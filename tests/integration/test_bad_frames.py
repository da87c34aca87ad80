"""Bad input is answered with a code, and the socket lives."""

from typing import Any

import pytest

from accounts.models import User
from chat.models import Channel
from tests.integration.conftest import Sockets

POST = '{"type":"message.post","id":"1","channel_id":"1","client_id":"%s","text":%s}'
UUID = "0191d7a2-6f0e-7c3b-9f53-2f6d1c5a7b10"

FRAMES: dict[str, tuple[str | bytes, str, str | None]] = {
    "not JSON": ("{nope", "not_json", None),
    "empty": (" ", "not_json", None),
    "a list": ("[1]", "not_an_object", None),
    "a number": ("17", "not_an_object", None),
    "no type": ('{"id":"1"}', "invalid", "1"),
    "unknown type": ('{"type":"message.shout","id":"1"}', "unknown_type", "1"),
    "no id": ('{"type":"ping"}', "invalid", None),
    "id of a wrong type": ('{"type":"ping","id":7}', "invalid", None),
    "unknown field": ('{"type":"ping","id":"1","loud":true}', "invalid", "1"),
    "missing field": ('{"type":"channel.join","id":"1"}', "invalid", "1"),
    "field of a wrong type": ('{"type":"channel.join","id":"1","channel_id":7}', "invalid", "1"),
    "id that is no id": ('{"type":"channel.join","id":"1","channel_id":"7\\n"}', "invalid", "1"),
    "NaN": ('{"type":"channel.read","id":"1","channel_id":"1","seq":NaN}', "not_json", None),
    "a huge number": (
        '{"type":"channel.read","id":"1","channel_id":"1","seq":1' + "0" * 5000 + "}",
        "invalid",
        None,
    ),
    "deep nesting": ('{"type":"ping","id":"1","a":' + "[" * 9000 + "]" * 9000 + "}", "any", None),
    "lone surrogate": (POST % (UUID, r'"\ud800"'), "not_text", "1"),
    "NUL": (POST % (UUID, r'"a\u0000b"'), "not_text", "1"),
    "client_id that is no UUID": (POST % ("7", '"hi"'), "invalid", "1"),
    "empty text": (POST % (UUID, '""'), "invalid", "1"),
    "blank text": (POST % (UUID, '" \\n "'), "invalid", "1"),
    "too long a text": (POST % (UUID, '"' + "x" * 10_001 + '"'), "invalid", "1"),
    "70 KiB": (POST % (UUID, '"' + "x" * 70 * 1024 + '"'), "too_large", None),
    "binary": (b'{"type":"ping","id":"1"}', "not_text", None),
}


@pytest.mark.parametrize("name", FRAMES)
async def test_a_bad_frame_is_answered_and_the_socket_lives(
    name: str, sockets: Sockets, ann: User
) -> None:
    frame, code, re = FRAMES[name]
    socket = await sockets.open(ann)
    if isinstance(frame, bytes):
        await socket.send_raw(data=frame)
    else:
        await socket.send_raw(text=frame)
    error = await socket.next("error")
    assert code in {error["code"], "any"}
    if re is not None:
        assert error["re"] == re
    assert error["detail"]
    assert error["retryable"] is False
    assert (await socket.ask("ping"))["type"] == "ok"


async def test_the_refused_field_is_named(sockets: Sockets, ann: User) -> None:
    socket = await sockets.open(ann)
    answer = await socket.ask("channel.join", channel_id="0")
    assert list(answer["fields"]) == ["channel_id"]
    answer = await socket.ask("channel.join", channel_id="1", colour="red")
    assert list(answer["fields"]) == ["colour"]


async def test_an_escaped_backslash_before_u0000_is_text(
    sockets: Sockets, ann: User, general: Channel
) -> None:
    socket = await sockets.open(ann)
    assert (await socket.post(general.pk, "a regex: \\u0000"))["type"] == "ok"


async def test_a_flood_is_slowed_down_and_the_socket_lives(
    sockets: Sockets, ann: User, settings: Any
) -> None:
    settings.RATE_LIMITS = True
    socket = await sockets.open(ann)
    answers = [await socket.ask("ping") for _ in range(80)]
    refused = [answer for answer in answers if answer["type"] == "error"]
    assert refused
    assert {answer["code"] for answer in refused} == {"rate_limited"}
    assert all(answer["retryable"] for answer in refused)
    assert refused[0]["retry_after_seconds"] > 0


async def test_repeated_abuse_closes_the_socket(sockets: Sockets, ann: User) -> None:
    socket = await sockets.open(ann)
    for _ in range(51):
        await socket.send_raw(text="nonsense")
    assert await socket.closing() == 4400
