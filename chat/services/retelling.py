"""Changing what the log has told of a message, for whoever catches up later."""

from collections.abc import Callable
from typing import Any

import msgspec

from chat import groups
from chat.models import Message
from protocol.describing import wire_type
from protocol.events import MessageEdited, MessagePosted
from realtime import log

_TOLD = frozenset({wire_type(MessagePosted), wire_type(MessageEdited)})


def retell(message: Message, *, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Put something else for the message into the events that showed it.

    Args:
        change: makes of the message, as one of these events shows it, what it shows from now on.
    """

    def retold(payload: bytes) -> bytes:
        event: dict[str, Any] = msgspec.json.decode(payload)
        if event["type"] in _TOLD:
            event["message"] = change(event["message"])
        return msgspec.json.encode(event)

    log.rewrite(groups.channel_stream(message.channel_id), subject_id=message.pk, change=retold)
