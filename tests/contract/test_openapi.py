"""The OpenAPI document is whole, true to the code, and committed."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from chat.management.commands.openapi import document
from protocol import export
from protocol.errors import ErrorCode
from protocol.examples import example_of
from protocol.personal import PERSONAL_RECORDS
from protocol.requests import ASKED_RECORDS
from protocol.resources import SHOWN_RECORDS, ErrorAnswer

DOCUMENT = document()
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}


def test_the_committed_document_says_what_the_code_says() -> None:
    path = export.ROOT / "docs/openapi.json"
    message = "docs/openapi.json is stale: run `make protocol`, or `manage.py openapi`."
    assert json.loads(path.read_text()) == DOCUMENT, message


def test_it_is_openapi_3_1() -> None:
    assert DOCUMENT["openapi"].startswith("3.1")
    assert len(OPERATIONS) > 25
    assert {"title", "version", "description", "license"} <= set(DOCUMENT["info"])
    assert {tag["name"] for tag in DOCUMENT["tags"]} == {
        tag for operation in OPERATIONS.values() for tag in operation["tags"]
    }
    assert all(tag["description"] for tag in DOCUMENT["tags"])
    names = [operation["operationId"] for operation in OPERATIONS.values()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("where", OPERATIONS)
def test_every_operation_is_described(where: str) -> None:
    assert list(_lacking(where, OPERATIONS[where])) == []


def test_every_reference_leads_somewhere() -> None:
    references = set(_references(DOCUMENT))
    assert references
    for reference in references:
        part: Any = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            assert step in part, reference
            part = part[step]


@pytest.mark.parametrize(
    "record", [*SHOWN_RECORDS, *ASKED_RECORDS, *PERSONAL_RECORDS], ids=lambda one: one.__name__
)
def test_every_example_is_one(record: type) -> None:
    assert msgspec.json.decode(msgspec.json.encode(example_of(record)), type=record)


def test_every_error_has_an_example() -> None:
    examples = DOCUMENT["components"]["examples"]
    for code in ErrorCode:
        answer = msgspec.convert(examples[code]["value"], ErrorAnswer)
        assert answer.error.code == code


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for one in part.values():
            yield from _references(one)
    elif isinstance(part, list):
        for one in part:
            yield from _references(one)


def _lacking(where: str, operation: dict[str, Any]) -> Iterator[str]:
    """Yield what an operation lacks in the document, and where to say it."""
    for part, how in (
        ("operationId", "decorate its method with `@operation` (chat/api/operation.py)"),
        ("summary", "begin the docstring of its method with a sentence"),
        ("description", "write a docstring for its method"),
        ("tags", "write a docstring for its module"),
        ("security", "decorate its method with `@operation`"),
    ):
        if not operation.get(part):
            yield f"{where} has no {part}: {how}."
    for parameter in operation.get("parameters", ()):
        if not parameter.get("description"):
            yield (
                f"{where}: say what the parameter `{parameter['name']}` is, with "
                "`Meta(description=…)` at its type in the record of its query, or with "
                "`text_path=` in `@operation`."
            )
    yield from _lacking_examples(where, operation)
    errors = {status for status in operation["responses"] if int(status) >= 400}
    if not {"401", "503"} <= errors:
        yield f"{where}: name its errors in `@operation(errors=[…])`."
    if "{" in where and "404" not in errors:
        yield f"{where}: add ErrorCode.NOT_FOUND to `@operation(errors=[…])`."


def _lacking_examples(where: str, operation: dict[str, Any]) -> Iterator[str]:
    parts = {"the body": operation.get("requestBody", {}), **operation["responses"]}
    for name, part in parts.items():
        if "description" not in part and name != "the body":
            yield f"{where}, {name}: there is no description."
        if name != "the body" and "X-Request-Id" not in part.get("headers", {}):
            yield f"{where}, {name}: its headers are not named."
        for kind, media in part.get("content", {}).items():
            is_text = kind.startswith(("application/json", "text/"))
            if is_text and "example" not in media and not media.get("examples"):
                hint = media.get(
                    "x-missing-example",
                    "there is no example: give the operation a record (`body=`, `answers=`) of "
                    "which protocol/examples.py can make one.",
                )
                yield f"{where}, {name}: {hint}"
