"""Which emoji there are, each in one spelling."""

import re
from typing import Final

import emoji

from chat import exceptions

_NAME: Final = re.compile(r":?([a-z0-9_+-]{1,40}):?\Z")


def canonical(text: str) -> str:
    """Return an emoji in the one spelling in which it is kept.

    Takes a Unicode emoji, with or without its variation selector, or a short name such as `tada`.

    Raises:
        Invalid: when there is no such emoji.
    """
    found = standard(text)
    if found is None:
        raise unknown()
    return found


def standard(text: str) -> str | None:
    """Return one that everybody has in the spelling in which it is kept, or None."""
    named = _NAME.match(text)
    if named:
        found = emoji.emojize(f":{named.group(1)}:", language="alias")
        if emoji.is_emoji(found):
            return found
    elif emoji.is_emoji(text):
        return emoji.emojize(emoji.demojize(text))
    return None


def custom_name(text: str) -> str | None:
    """Return the name that one of the workspace's own emoji would have, written so."""
    named = _NAME.match(text)
    return named.group(1) if named else None


def unknown() -> exceptions.Invalid:
    """Return the refusal of what is no emoji."""
    return exceptions.Invalid("There is no such emoji.", fields={"emoji": "unknown"})
