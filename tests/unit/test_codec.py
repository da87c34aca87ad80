"""Frames to records: strict, and never a traceback."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.codec import Refused, decode_body, decode_command, encode
from protocol.commands import PostMessage
from protocol.errors import ERROR_MEANINGS, ErrorCode
from protocol.events import Error, Ok
from protocol.requests import NewChannel

CLIENT_ID = "0191d7a2-6f0e-7c3b-9f53-2f6d1c5a7b10"

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.text() | st.binary())
def test_any_frame_is_a_command_or_is_refused(frame: str | bytes) -> None:
    with pytest.raises(Refused):
        decode_command(frame)


@given(json_values)
def test_any_document_is_a_command_or_is_refused(document: object) -> None:
    with pytest.raises(Refused):
        decode_command(json.dumps(document))


@given(st.text(min_size=1, max_size=200))
def test_a_text_comes_through_as_it_is_or_is_refused(text: str) -> None:
    frame = {
        "type": "message.post",
        "id": "1",
        "channel_id": "7",
        "client_id": CLIENT_ID,
        "text": text,
    }
    is_allowed = bool(text.strip()) and "\x00" not in text
    for data in (json.dumps(frame), json.dumps(frame, ensure_ascii=False)):
        try:
            command = decode_command(data)
        except Refused:
            assert not is_allowed
        else:
            assert isinstance(command, PostMessage)
            assert command.text == text


def test_a_refusal_names_its_command() -> None:
    with pytest.raises(Refused) as caught:
        decode_command('{"type":"channel.join","id":"abc"}')
    assert caught.value.re == "abc"
    assert caught.value.code is ErrorCode.INVALID
    assert list(caught.value.fields) == ["channel_id"]


def test_a_refusal_never_repeats_what_was_sent() -> None:
    with pytest.raises(Refused) as caught:
        decode_command('{"type":"channel.join","id":"1","channel_id":"swordfish"}')
    assert "swordfish" not in caught.value.detail


def test_every_code_has_a_meaning() -> None:
    assert set(ERROR_MEANINGS) == set(ErrorCode)


def test_an_answer_says_only_what_it_has_to_say() -> None:
    assert encode(Ok(re="1")) == b'{"type":"ok","re":"1"}'
    error = Error(re=None, code="invalid", detail="", fields={}, retryable=False)
    assert json.loads(encode(error))["re"] is None


@pytest.mark.parametrize(
    "body",
    [b"[1", b"[[[[", b'{"name":5', b'{"name":NaN}', b'{"name":"\\ud800"}', b'{"a":' + b"[" * 9000],
)
def test_a_broken_body_is_refused(body: bytes) -> None:
    with pytest.raises(Refused):
        decode_body(body, NewChannel)


@given(st.binary() | json_values.map(lambda value: json.dumps(value).encode()))
def test_any_body_is_a_record_or_is_refused(body: bytes) -> None:
    with pytest.raises(Refused):
        decode_body(body, NewChannel)
