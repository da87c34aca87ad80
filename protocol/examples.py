"""One example of every record, made from its fields, for the documents of REST and the socket.

An example is looked for in this order: `_OF_FIELD`, `_BY_NAME`, `Meta(examples=[…])` at the field's
type, its default. Whatever needs none (flags, choices, times, other records) is made up.
"""

import typing
from enum import Enum
from typing import Any, Final

import msgspec
from msgspec import inspect

from protocol import VERSION, limits
from protocol.events import OWN_STREAM, MessagePosted

Json = Any

NOW: Final = "2026-05-04T09:30:00.125000Z"
EARLIER: Final = "2026-03-02T08:00:00Z"
OMIT: Final = object()
"""A field that the example does without."""

_BY_NAME: Final[dict[str, Json]] = {
    "about": "Ships what others dream of.",
    "actor_id": "3",
    "at": NOW,
    "author_id": "3",
    "bot_id": "12",
    "broad": "",
    "broad_mentions": "everyone",
    "channel_id": "7",
    "channel_ids": ["7"],
    "client_id": "0191d7a2-6f0e-7c3b-9f53-2f6d1c5a7b10",
    "code": "not_found",
    "connection_id": "5f0c2b7e9a4d4c6f",
    "content_type": "application/pdf",
    "created_at": EARLIER,
    "created_by_id": "3",
    "days": [0, 1, 2, 3, 4],
    "description": "What everyone should know",
    "detail": "There is no such thing.",
    "display_name": "Ann Example",
    "dnd_until": None,
    "edited_by_id": None,
    "email": "ann@example.org",
    "email_domains": ["example.org"],
    "emoji": "👍",
    "epoch": "01975f3e8f4b7d51",
    "expires_at": "2026-08-02T09:30:00Z",
    "expires_in_days": 90,
    "fields": {},
    "file_ids": OMIT,
    "files": [],
    "from": "22:00",
    "handle": "design",
    "has_more": False,
    "heartbeat_seconds": limits.HEARTBEAT_SECONDS,
    "html": "<p>Lunch at <strong>noon</strong>?</p>",
    "id": "7",
    "instance": "Instance-1",
    "is_active": True,
    "is_following": True,
    "is_locked_to_channel": True,
    "is_open": True,
    "is_saved": True,
    "joined_at": EARLIER,
    "keywords": ["release"],
    "kind": "public",
    "last_reply_seq": 840,
    "last_seq": 812,
    "last_used_at": NOW,
    "latest": [],
    "level": "default",
    "locale": "en",
    "markers": {"7": 812, "9": 40},
    "max_uses": 25,
    "member_count": 14,
    "mention_ids": [],
    "mentions": 1,
    "message_id": "42",
    "message_seq": 812,
    "messages": 3,
    "more": False,
    "name": "general",
    "next_cursor": None,
    "note": "For the new team",
    "notices": [],
    "pinned_by_id": None,
    "position": 0,
    "posting": "everyone",
    "prefix": "ply_x3Jb0a9Q",
    "pronouns": "she/her",
    "protocol": VERSION,
    "qr_svg": "<svg…>",
    "quote": None,
    "quoted_id": OMIT,
    "re": "c1",
    "reactions": [],
    "read_seq": 809,
    "reason": "name",
    "reconnect_after_ms": 250,
    "replier_ids": ["4", "3"],
    "replies": 2,
    "reply_count": 5,
    "request_id": "1c7f3f0a5b6e4f7d9a1b2c3d4e5f6071",
    "role": "member",
    "root_id": "42",
    "scopes": ["read", "write"],
    "section_id": None,
    "sender_emoji": "",
    "sender_name": "",
    "seq": 812,
    "sign_up": "closed",
    "size": 48_213,
    "status_emoji": "🌴",
    "status_text": "Back on Monday",
    "status_until": "2026-05-11T06:00:00Z",
    "stream": "c:7",
    "streams": {"u:3": 57, "c:7": 812},
    "subject_id": "4",
    "text": "Lunch at **noon**?",
    "thread": None,
    "thread_id": None,
    "time_zone": "Europe/Berlin",
    "title": "Engineer",
    "to": "08:00",
    "token": "ply_x3Jb0a9QvS4…",
    "topic": "Plans for today",
    "url": "https://chat.example.org/join/Xb2…",
    "user_id": "3",
    "user_ids": ["3", "4"],
    "username": "ann",
    "users": {"3": "online", "4": "away"},
    "uses": 3,
    "version": 1,
    "written_by_id": "3",
}
"""What a field of this name says, wherever it stands."""

_OF_FIELD: Final[dict[tuple[str, str], Json]] = {
    ("Error", "re"): "c1",
    ("Error", "retry_after_seconds"): OMIT,
    ("CustomEmoji", "name"): "parrot",
    ("CustomEmoji", "version"): "3f9a1c",
    ("File", "colour"): "",
    ("File", "height"): None,
    ("File", "width"): None,
    ("File", "state"): "ready",
    ("File", "thumbnails"): [],
    ("Upload", "id"): "u8Zr3Q1c",
    ("Upload", "name"): "minutes.pdf",
    ("Upload", "file"): None,
    ("Upload", "offset"): 16_384,
    ("File", "name"): "minutes.pdf",
    ("File", "id"): "5",
    ("Member", "user_id"): "3",
    ("Message", "id"): "42",
    ("NewMember", "user_id"): "4",
    ("NewMessage", "thread_id"): OMIT,
    ("NewToken", "name"): "laptop",
    ("NewTokenRequest", "name"): "laptop",
    ("NewWebhook", "url"): "https://chat.example.org/hooks/0b1d…",
    ("NewWebhook", "slack_url"): "https://chat.example.org/services/T1/B7/0b1d…",
    ("Ok", "users"): OMIT,
    ("OwnUser", "id"): "3",
    ("ProcessView", "id"): "9b1deb4d3b7d4bad",
    ("ProcessView", "version"): "0.1.0",
    ("ConnectionsSeen", "silent"): [],
    ("PersonSeen", "silent"): [],
    ("WatchConnections", "user_id"): OMIT,
    ("Page", "from"): 812,
    ("Page", "to"): 812,
    ("Channel", "user_ids"): [],
    ("NewDirect", "user_ids"): ["4"],
    ("Notice", "kind"): "added",
    ("Notice", "text"): "",
    ("Preferences", "level"): "mentions",
    ("PreferencesChange", "level"): "mentions",
    ("NewSection", "name"): "Projects",
    ("Section", "name"): "Projects",
    ("SectionChange", "name"): "Projects",
    ("Workspace", "name"): "Acme",
    ("WorkspaceChange", "name"): "Acme",
    ("UserGroup", "name"): "Design",
    ("NewUserGroup", "name"): "Design",
    ("UserGroupChange", "name"): "Design",
    ("DraftChange", "thread_id"): OMIT,
    ("User", "title"): "Engineer",
    ("Bot", "username"): "robin",
    ("Bot", "display_name"): "Robin",
    ("Bot", "is_bot"): True,
    ("NewBot", "username"): "robin",
    ("NewBot", "display_name"): "Robin",
    ("PostMessage", "thread_id"): OMIT,
    ("Reaction", "user_ids"): ["3"],
    ("Sync", "cursors"): {"c:7": 790, "u:3": 56},
    ("Ticket", "ticket"): "b7Qm2c…",
    ("Ticket", "expires_in_seconds"): limits.TICKET_SECONDS,
    ("Token", "name"): "laptop",
    ("User", "id"): "3",
    ("WatchPresence", "user_ids"): ["3", "4"],
    ("Webhook", "name"): "Deploys",
    ("NewWebhookRequest", "name"): "Deploys",
    ("WebhookChange", "name"): "Deploys",
}
"""What a field of this record says, where its name alone does not tell."""


class MissingExample(Exception):
    """A field of which no example is known. The message says what to do."""


def example_of(record: Any) -> Json:
    """Return an example of a record, or of a list of them, as JSON.

    Raises:
        MissingExample.
    """
    return _value(inspect.type_info(record), owner="", field="")


def frame_example(record: type[msgspec.Struct]) -> Json:
    """Return an example of a frame of the socket.

    Raises:
        MissingExample.
    """
    example = example_of(record)
    if "id" in example:
        # Commands have one that the client chooses.
        example["id"] = "c1"
    if (record.__doc__ or "").startswith(OWN_STREAM):
        example |= {"stream": "u:3", "seq": 57}
    return example


def _struct(info: inspect.StructType) -> dict[str, Json]:
    # `Page[Message]` is a page as well, and what holds for a record holds for what extends it.
    origin = typing.get_origin(info.cls) or info.cls
    owners = [one.__name__ for one in origin.__mro__]
    example: dict[str, Json] = {}
    if info.tag_field is not None:
        example[info.tag_field] = info.tag
    for field in info.fields:
        value = _field(field, owners=owners)
        if value is not OMIT:
            example[field.encode_name] = value
    return example


def _field(field: inspect.Field, *, owners: list[str]) -> Json:
    name = field.encode_name
    for one in owners:
        if (one, name) in _OF_FIELD:
            return _OF_FIELD[one, name]
    owner = owners[0]
    if _holds_records(field.type) and _BY_NAME.get(name, OMIT) not in (None, []):
        return _value(field.type, owner=owner, field=name)
    if name in _BY_NAME:
        known = _BY_NAME[name]
        # What one thing needs may not do for another of the same name.
        if known is OMIT or _fits(known, field.type):
            return known
    # What it is when nothing is said, where that says something.
    if isinstance(field.default, str | int | float) and field.default != "":
        return field.default
    return _value(field.type, owner=owner, field=name)


def _value(info: inspect.Type, *, owner: str, field: str) -> Json:  # noqa: C901, PLR0911 - one for each kind
    match info:
        case inspect.Metadata():
            examples = (info.extra_json_schema or {}).get("examples")
            return examples[0] if examples else _value(info.type, owner=owner, field=field)
        case inspect.StructType():
            return _struct(info)
        case inspect.ListType() | inspect.SetType() | inspect.VarTupleType():
            return [_value(info.item_type, owner=owner, field=field)]
        case inspect.DictType():
            key = _value(info.key_type, owner=owner, field=field)
            return {key: _value(info.value_type, owner=owner, field=field)}
        case inspect.UnionType():
            return _of_union(info, owner=owner, field=field)
        case inspect.LiteralType():
            return info.values[0]
        case inspect.EnumType():
            first: Enum = next(iter(info.cls))
            return first.value
        case inspect.BoolType():
            return False
        case inspect.DateTimeType():
            return NOW
        case inspect.RawType():
            # Both kinds of page hold events of the log.
            return frame_example(MessagePosted)
        case _:
            raise MissingExample(
                f"There is no example for the field `{field}` of `{owner}`. Add "
                f"`Meta(examples=[…])` to its type, or a line for it to `_OF_FIELD` (or "
                "`_BY_NAME`) in protocol/examples.py."
            )


def _of_union(info: inspect.UnionType, *, owner: str, field: str) -> Json:
    options = [one for one in info.types if not isinstance(one, inspect.NoneType)]
    is_nullable = len(options) < len(info.types)
    # A time that may not have come has not.
    if is_nullable and isinstance(_bare(options[0]), inspect.DateTimeType):
        return None
    try:
        return _value(options[0], owner=owner, field=field)
    except MissingExample:
        if any(isinstance(one, inspect.NoneType) for one in info.types):
            return None
        raise


def _holds_records(info: inspect.Type) -> bool:
    match info:
        case inspect.Metadata():
            return _holds_records(info.type)
        case inspect.StructType():
            return True
        case inspect.ListType():
            return _holds_records(info.item_type)
        case inspect.UnionType():
            return any(_holds_records(one) for one in info.types)
        case _:
            return False


def _bare(info: inspect.Type) -> inspect.Type:
    return _bare(info.type) if isinstance(info, inspect.Metadata) else info


def _fits(value: Json, info: inspect.Type) -> bool:
    bare = _bare(info)
    if isinstance(bare, inspect.UnionType):
        return any(_fits(value, one) for one in bare.types)
    if isinstance(bare, inspect.LiteralType):
        return value in bare.values
    kinds: dict[type[inspect.Type], type | tuple[type, ...]] = {
        inspect.StrType: str,
        inspect.IntType: int,
        inspect.FloatType: (int, float),
        inspect.BoolType: bool,
        inspect.DateTimeType: str,
        inspect.NoneType: type(None),
        inspect.ListType: list,
        inspect.DictType: dict,
    }
    kind = kinds.get(type(bare))
    return kind is not None and isinstance(value, kind)
