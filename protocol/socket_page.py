"""The Markdown page that describes the socket."""

import json
from collections.abc import Iterable

import msgspec

import protocol
from protocol import limits
from protocol.answers import ANSWERED, ANY_COMMAND, NO_COMMAND
from protocol.bridge import BRIDGE_COMMANDS, BRIDGE_EVENTS
from protocol.close_codes import CLOSE_MEANINGS
from protocol.commands import COMMANDS, Command
from protocol.describing import NOTE, Record, fields_of, sentence, wire_type
from protocol.errors import ERROR_MEANINGS, ErrorCode
from protocol.events import ANSWERS, EPHEMERAL_EVENTS, ORDERED_EVENTS, SESSION_FRAMES
from protocol.examples import frame_example


def page() -> str:
    """Return the Markdown page that describes the socket."""
    lines = [
        "# The socket",
        "",
        f"<!-- {NOTE} -->",
        "",
        f"Protocol version {protocol.VERSION}. Frames are JSON text objects with a `type`, at "
        "`/ws/`. Browsers come with their session; programs with `Authorization: Bearer <token>` "
        "or with `?ticket=` from `POST /api/v1/tickets`. The JSON Schema of all frames is in "
        "`docs/protocol.schema.json`, and AsyncAPI 3.0 in `docs/asyncapi.json`. Unknown fields "
        "in commands are an error; clients ignore unknown fields in what the server sends.",
        "",
        "## Commands",
        "",
        "Each carries an `id` that the client chooses; exactly one `ok` or `error` answers it with "
        f"`re` = that id. Any of them can be refused with {_codes(ANY_COMMAND)}; a frame that is "
        f"no command with {_codes(NO_COMMAND)}.",
        "",
        *(line for record in COMMANDS for line in _command(record)),
        "## Ordered events",
        "",
        "They have a place in a stream and are kept: every client sees each stream as 1, 2, 3 …",
        "",
        *_frames(ORDERED_EVENTS),
        "## Ephemeral events",
        "",
        "They have no place, are never replayed and are dropped first.",
        "",
        *_frames(EPHEMERAL_EVENTS),
        "## The session",
        "",
        *_frames(SESSION_FRAMES),
        "## Answers",
        "",
        *_frames(ANSWERS),
        "## The operators' socket",
        "",
        "At `/ws/bridge/`, for owners and admins with a browser's session: what the admin's live "
        "pages are made of. It begins with `welcome`, answers with `ok` and `error`, hears the "
        "own stream, and knows `ping` and the commands below.",
        "",
        *(line for record in BRIDGE_COMMANDS for line in _command(record)),
        "## What operators are shown",
        "",
        "While a socket looks at something it is shown anew every few seconds.",
        "",
        *_frames(BRIDGE_EVENTS),
        "## Records",
        "",
        "What the frames above are made of.",
        "",
        *_records(),
        "## Errors",
        "",
        "The same act is refused with the same code over the socket and over REST.",
        "",
        "| code | HTTP | try again unchanged? | meaning |",
        "|---|---|---|---|",
        *(
            f"| `{code}` | {why.status} | {'yes' if why.retryable else 'no'} | {why.sentence} |"
            for code, why in ERROR_MEANINGS.items()
        ),
        "",
        "## Close codes",
        "",
        "| code | come back? | meaning |",
        "|---|---|---|",
        *(
            f"| {int(code)} | {'yes' if why.reconnect else 'no'} | {why.sentence} |"
            for code, why in CLOSE_MEANINGS.items()
        ),
        "",
        "## Limits",
        "",
        "| name | value |",
        "|---|---|",
        *(f"| `{name}` | {value} |" for name, value in vars(limits).items() if name.isupper()),
        "",
    ]
    return "\n".join(lines)


def _command(record: type[Command]) -> list[str]:
    answered = ANSWERED[record]
    carries = " with " + ", ".join(f"`{name}`" for name in answered.ok) if answered.ok else ""
    refused = f" Refused with {_codes(answered.errors)}." if answered.errors else ""
    then = f" {answered.then}" if answered.then else ""
    return [*_frame(record), f"Answered by `ok`{carries}.{then}{refused}", ""]


def _frames(records: Iterable[Record]) -> list[str]:
    return [line for record in records for line in _frame(record)]


def _frame(record: Record) -> list[str]:
    example = json.dumps(frame_example(record), ensure_ascii=False)
    return [
        f"### `{wire_type(record)}`",
        "",
        sentence(record),
        "",
        *_table(_shape(record), skip="type"),
        "```json",
        example,
        "```",
        "",
    ]


def _records() -> list[str]:
    lines = []
    frames = {one.__name__ for one in _all_frames()}
    _, components = msgspec.json.schema_components(_all_frames(), ref_template="{name}")
    for name, shape in sorted(components.items()):
        if name not in frames:
            words = " ".join(str(shape.get("description", "")).split())
            lines += [f"### {name}", "", *([words, ""] if words else []), *_table(shape)]
    return lines


def _table(shape: dict[str, object], *, skip: str = "") -> list[str]:
    rows = [
        f"| `{field.name}`{'' if field.is_required else '?'} "
        f"| {field.type.replace('|', chr(92) + '|')} | {field.notes.replace('|', chr(92) + '|')} |"
        for field in fields_of(shape)
        if field.name != skip
    ]
    return ["| field | type | what it is |", "|---|---|---|", *rows, ""] if rows else []


def _shape(record: Record) -> dict[str, object]:
    _, components = msgspec.json.schema_components([record], ref_template="{name}")
    found: dict[str, object] = components[record.__name__]
    return found


def _all_frames() -> list[Record]:
    told = [*ORDERED_EVENTS, *EPHEMERAL_EVENTS, *SESSION_FRAMES, *ANSWERS]
    return [*COMMANDS, *told, *BRIDGE_COMMANDS, *BRIDGE_EVENTS]


def _codes(codes: Iterable[ErrorCode]) -> str:
    *others, last = [f"`{code}`" for code in codes]
    return f"{', '.join(others)} or {last}" if others else last
