"""The socket as an AsyncAPI 3.0 document."""

from typing import Any

import msgspec

import protocol
from protocol.answers import ANSWERED, ANY_COMMAND
from protocol.bridge import BRIDGE_COMMANDS, BRIDGE_EVENTS
from protocol.commands import COMMANDS, Command, Ping
from protocol.describing import NOTE, Record, sentence, tidy, wire_type
from protocol.events import (
    ANSWERS,
    EPHEMERAL_EVENTS,
    ORDERED_EVENTS,
    SESSION_FRAMES,
    Welcome,
)
from protocol.examples import frame_example

Json = dict[str, Any]

_CHANNEL = "socket"
_BRIDGE = "bridge"


def document() -> Json:
    """Return the whole document. Every name in it is the `type` of a frame."""
    told: list[Record] = [*ORDERED_EVENTS, *EPHEMERAL_EVENTS, *SESSION_FRAMES]
    of_all: list[Record] = [*COMMANDS, *told, *ANSWERS]
    of_bridge: list[Record] = [*BRIDGE_COMMANDS, Ping, *BRIDGE_EVENTS, Welcome, *ANSWERS]
    frames: list[Record] = [*of_all, *BRIDGE_COMMANDS, *BRIDGE_EVENTS]
    references, schemas = msgspec.json.schema_components(
        frames, ref_template="#/components/schemas/{name}"
    )
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "The Parley socket",
            "version": str(protocol.VERSION),
            "description": f"{NOTE} Words for it are in docs/protocol.md.",
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "own": {
                "host": "chat.example.org",
                "protocol": "wss",
                "description": "Your own server.",
                "security": [
                    {"$ref": "#/components/securitySchemes/bearer"},
                    {"$ref": "#/components/securitySchemes/ticket"},
                    {"$ref": "#/components/securitySchemes/session"},
                ],
            }
        },
        "channels": {
            _CHANNEL: {
                "address": "/ws/",
                "description": "One socket for everything that one person hears and does.",
                "servers": [{"$ref": "#/servers/own"}],
                "messages": _messages_of(of_all),
                "bindings": {
                    "ws": {
                        "method": "GET",
                        "query": {"type": "object", "properties": {"ticket": {"type": "string"}}},
                    }
                },
            },
            _BRIDGE: {
                "address": "/ws/bridge/",
                "description": "What operators see and do. For owners and admins with a session.",
                "servers": [{"$ref": "#/servers/own"}],
                "messages": _messages_of(of_bridge),
            },
        },
        "operations": {
            **{wire_type(one): _asked(one, _CHANNEL) for one in COMMANDS},
            **{wire_type(one): _told(one, _CHANNEL) for one in told},
            **{wire_type(one): _asked(one, _BRIDGE) for one in BRIDGE_COMMANDS},
            **{wire_type(one): _told(one, _BRIDGE) for one in BRIDGE_EVENTS},
        },
        "components": {
            "messages": {
                wire_type(one): _message(one, reference)
                for one, reference in zip(frames, references, strict=True)
            },
            "schemas": tidy(schemas),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "ticket": {
                    "type": "httpApiKey",
                    "in": "query",
                    "name": "ticket",
                    "description": "From `POST /api/v1/tickets`; opens one socket, once, soon.",
                },
                "session": {
                    "type": "httpApiKey",
                    "in": "cookie",
                    "name": "__Host-sid",
                    "description": "A browser's session. `parley_sid` where there is no TLS.",
                },
            },
        },
    }


def _messages_of(records: list[Record]) -> Json:
    return {wire_type(one): {"$ref": f"#/components/messages/{wire_type(one)}"} for one in records}


def _asked(record: type[Command], channel: str) -> Json:
    """Return what a client can ask: seen from the server, it receives."""
    answered = ANSWERED[record]
    codes = [str(code) for code in (*answered.errors, *ANY_COMMAND)]
    return {
        "action": "receive",
        "channel": {"$ref": f"#/channels/{channel}"},
        "summary": sentence(record),
        "description": " ".join(
            part
            for part in (
                f"`ok` carries {', '.join(answered.ok)}." if answered.ok else "",
                answered.then,
                f"Refused with {', '.join(codes)}.",
            )
            if part
        ),
        "messages": [_in_channel(record, channel)],
        "reply": {
            "channel": {"$ref": f"#/channels/{channel}"},
            "messages": [_in_channel(one, channel) for one in ANSWERS],
        },
        "x-error-codes": codes,
    }


def _told(record: Record, channel: str) -> Json:
    return {
        "action": "send",
        "channel": {"$ref": f"#/channels/{channel}"},
        "summary": sentence(record),
        "messages": [_in_channel(record, channel)],
    }


def _message(record: Record, reference: Json) -> Json:
    return {
        "name": wire_type(record),
        "title": record.__name__,
        "summary": sentence(record),
        "payload": reference,
        "examples": [{"name": "example", "payload": frame_example(record)}],
    }


def _in_channel(record: Record, channel: str) -> Json:
    return {"$ref": f"#/channels/{channel}/messages/{wire_type(record)}"}
