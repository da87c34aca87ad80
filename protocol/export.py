"""Writes everything that is generated from the protocol.

python -m protocol.export           writes the files
python -m protocol.export --check   exits 1 and names the files that are stale
"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import msgspec

import protocol
from protocol import asyncapi, limits, socket_page
from protocol.bridge import BRIDGE_COMMANDS, BRIDGE_EVENTS
from protocol.close_codes import CLOSE_MEANINGS, CloseCode
from protocol.commands import COMMANDS
from protocol.describing import NOTE, Record, tidy, wire_type
from protocol.errors import ErrorCode
from protocol.events import ANSWERS, EPHEMERAL_EVENTS, ORDERED_EVENTS, SESSION_FRAMES, Frame
from protocol.examples import MissingExample
from protocol.personal import PERSONAL_RECORDS
from protocol.requests import ASKED_RECORDS
from protocol.resources import SHOWN_RECORDS

ROOT: Final = Path(__file__).resolve().parent.parent


def schema() -> dict[str, Any]:
    """Return the JSON Schema of every frame, both ways."""
    frames: list[Record] = [
        *COMMANDS,
        *ORDERED_EVENTS,
        *EPHEMERAL_EVENTS,
        *SESSION_FRAMES,
        *ANSWERS,
        *BRIDGE_COMMANDS,
        *BRIDGE_EVENTS,
    ]
    asked = {*COMMANDS, *BRIDGE_COMMANDS}
    references, definitions = msgspec.json.schema_components(frames, ref_template="#/$defs/{name}")
    by_frame = dict(zip(frames, references, strict=True))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The Parley socket",
        "description": NOTE,
        "version": protocol.VERSION,
        "oneOf": [
            {"title": "command", "oneOf": [by_frame[one] for one in frames if one in asked]},
            {"title": "frame", "oneOf": [by_frame[one] for one in frames if one not in asked]},
        ],
        "$defs": tidy(definitions),
    }


def browser_constants() -> str:
    """Return the JavaScript module of names and limits that the browser shares with the server."""
    blocks = [
        f"// {NOTE}",
        f"export const PROTOCOL_VERSION = {protocol.VERSION};",
        _js_names("COMMAND", COMMANDS),
        _js_names("EVENT", [*ORDERED_EVENTS, *EPHEMERAL_EVENTS]),
        _js_names("FRAME", [*SESSION_FRAMES, *ANSWERS]),
        _js_object("ERROR", {code.name: code.value for code in ErrorCode}),
        _js_object("CLOSE", {code.name: code.value for code in CloseCode}),
        "/** Close codes after which the client stays away. */\n"
        "export const CLOSE_FINAL = Object.freeze(new Set("
        + json.dumps([int(code) for code, why in CLOSE_MEANINGS.items() if not why.reconnect])
        + "));",
        _js_object(
            "LIMIT", {name: value for name, value in vars(limits).items() if name.isupper()}
        ),
    ]
    return "\n\n".join(blocks) + "\n"


def bridge_constants() -> str:
    """Return the JavaScript module of the names that only the operators' pages need."""
    blocks = [
        f"// {NOTE}",
        _js_names("BRIDGE", BRIDGE_COMMANDS),
        _js_names("SEEN", BRIDGE_EVENTS),
    ]
    return "\n\n".join(blocks) + "\n"


def browser_types() -> str:
    """Return the TypeScript declarations of every record, for the type checker of the browser."""
    return _TypeWriter().write()


def outputs() -> dict[Path, str]:
    """Return every generated file with the text that it should have."""
    return {
        ROOT / "docs/protocol.schema.json": json.dumps(schema(), indent=2, ensure_ascii=False)
        + "\n",
        ROOT / "docs/protocol.md": socket_page.page(),
        ROOT / "docs/asyncapi.json": json.dumps(asyncapi.document(), indent=2, ensure_ascii=False)
        + "\n",
        ROOT / "ui/js/protocol.generated.js": browser_constants(),
        ROOT / "ui/js/bridge/bridge.generated.js": bridge_constants(),
        ROOT / "ui/js/protocol.generated.d.ts": browser_types(),
    }


def stale() -> list[Path]:
    """Return the generated files that do not say what the protocol says now."""
    return [
        path
        for path, text in outputs().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]


def main(arguments: list[str]) -> int:
    try:
        files = outputs()
    except MissingExample as missing:
        print(missing, file=sys.stderr)
        return 1
    if arguments == ["--check"]:
        for path in stale():
            print(f"{path.relative_to(ROOT)} is stale: run `make protocol`.", file=sys.stderr)
        return 1 if stale() else 0
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


def _js_names(name: str, records: Iterable[Record]) -> str:
    return _js_object(name, {wire_type(r).replace(".", "_").upper(): wire_type(r) for r in records})


def _js_object(name: str, values: dict[str, Any]) -> str:
    rows = "".join(f"  {key}: {json.dumps(value)},\n" for key, value in values.items())
    return f"export const {name} = Object.freeze({{\n{rows}}});"


class _TypeWriter:
    """Writes the JSON Schema as TypeScript declarations."""

    def write(self) -> str:
        _, rest = msgspec.json.schema_components(
            (*SHOWN_RECORDS, *ASKED_RECORDS, *PERSONAL_RECORDS), ref_template="#/$defs/{name}"
        )
        definitions = {**schema()["$defs"], **rest}
        lines = [f"// {NOTE}", ""]
        for name, definition in definitions.items():
            lines += [f"export interface {name} {{"]
            required = set(definition.get("required", ()))
            for field, shape in definition["properties"].items():
                optional = "" if field in required or "default" in shape else "?"
                lines.append(f"  {field}{optional}: {self._type(shape)};")
            lines += ["}", ""]
        lines.append(_union("Command", COMMANDS))
        lines.append(_union("BridgeCommand", BRIDGE_COMMANDS))
        lines.append(_union("BridgeFrame", BRIDGE_EVENTS))
        lines.append(_union("OrderedEvent", ORDERED_EVENTS))
        lines.append(
            _union("ServerFrame", [*ORDERED_EVENTS, *EPHEMERAL_EVENTS, *SESSION_FRAMES, *ANSWERS])
        )
        return "\n".join(lines) + "\n"

    def _type(self, shape: dict[str, Any]) -> str:
        if "$ref" in shape:
            return str(shape["$ref"]).rsplit("/", 1)[1]
        if "anyOf" in shape:
            return " | ".join(self._type(option) for option in shape["anyOf"])
        if "enum" in shape:
            return " | ".join(json.dumps(value) for value in shape["enum"])
        match shape.get("type"):
            case "string":
                return "string"
            case "integer" | "number":
                return "number"
            case "boolean":
                return "boolean"
            case "null":
                return "null"
            case "array":
                return f"Array<{self._type(shape['items'])}>"
            case "object":
                return f"Record<string, {self._type(shape['additionalProperties'])}>"
            case _:
                return "any"


def _union(name: str, records: Iterable[type[Frame] | Record]) -> str:
    return f"export type {name} = {' | '.join(record.__name__ for record in records)};"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
