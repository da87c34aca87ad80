"""What is written of the socket is whole: the page, the AsyncAPI document, the examples."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from protocol import asyncapi, describing, socket_page
from protocol.answers import ANSWERED
from protocol.bridge import BRIDGE_COMMANDS, BRIDGE_EVENTS
from protocol.commands import COMMANDS
from protocol.events import ANSWERS, EPHEMERAL_EVENTS, ORDERED_EVENTS, SESSION_FRAMES, Ok
from protocol.examples import frame_example

TOLD = [*ORDERED_EVENTS, *EPHEMERAL_EVENTS, *SESSION_FRAMES]
OF_ALL = [*COMMANDS, *TOLD, *ANSWERS]
FRAMES = [*OF_ALL, *BRIDGE_COMMANDS, *BRIDGE_EVENTS]
DOCUMENT = asyncapi.document()
PAGE = socket_page.page()


@pytest.mark.parametrize("frame", FRAMES, ids=lambda one: one.__name__)
def test_every_frame_is_in_both_with_an_example(frame: type[msgspec.Struct]) -> None:
    name = describing.wire_type(frame)
    assert f"### `{name}`\n\n{describing.sentence(frame)}" in PAGE
    message = DOCUMENT["components"]["messages"][name]
    assert message["summary"].endswith((".", "…"))
    example = message["examples"][0]["payload"]
    assert example == frame_example(frame)
    assert msgspec.json.decode(msgspec.json.encode(example), type=frame)


@pytest.mark.parametrize("command", [*COMMANDS, *BRIDGE_COMMANDS], ids=lambda one: one.__name__)
def test_every_command_says_how_it_is_answered(command: Any) -> None:
    assert command in ANSWERED, (
        f"Say how {command.__name__} is answered: a line in ANSWERED of protocol/answers.py."
    )
    assert set(ANSWERED[command].ok) <= set(Ok.__struct_fields__) - {"re"}


def test_the_asyncapi_document_has_what_version_3_wants() -> None:
    assert DOCUMENT["asyncapi"] == "3.0.0"
    assert {"title", "version"} <= set(DOCUMENT["info"])
    for server in DOCUMENT["servers"].values():
        assert {"host", "protocol"} <= set(server)
    for channel in DOCUMENT["channels"].values():
        assert {"address", "messages"} <= set(channel)
    names = {describing.wire_type(frame) for frame in OF_ALL}
    assert set(DOCUMENT["channels"]["socket"]["messages"]) == names
    of_bridge = set(DOCUMENT["channels"]["bridge"]["messages"])
    assert of_bridge >= {describing.wire_type(one) for one in (*BRIDGE_COMMANDS, *BRIDGE_EVENTS)}
    asked = {describing.wire_type(command) for command in (*COMMANDS, *BRIDGE_COMMANDS)}
    told = {describing.wire_type(frame) for frame in (*TOLD, *BRIDGE_EVENTS)}
    assert set(DOCUMENT["operations"]) == asked | told
    for name, operation in DOCUMENT["operations"].items():
        assert operation["action"] == ("receive" if name in asked else "send")
        assert operation["summary"]
        channel = operation["channel"]["$ref"]
        # Version 3: an operation names messages of its channel, not of the components.
        assert all(one["$ref"].startswith(f"{channel}/messages/") for one in operation["messages"])
    for message in DOCUMENT["components"]["messages"].values():
        assert {"name", "summary", "payload", "examples"} <= set(message)


def test_every_reference_in_it_leads_somewhere() -> None:
    references = set(_references(DOCUMENT))
    assert len(references) > len(FRAMES)
    for reference in references:
        part: Any = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            assert step in part, reference
            part = part[step]


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for one in part.values():
            yield from _references(one)
    elif isinstance(part, list):
        for one in part:
            yield from _references(one)
