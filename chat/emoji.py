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
    named = _NAME.match(text)
    if named:
        found = emoji.emojize(f":{named.group(1)}:", language="alias")
        if emoji.is_emoji(found):
            return found
    elif emoji.is_emoji(text):
        return emoji.emojize(emoji.demojize(text))
    raise exceptions.Invalid("There is no such emoji.", fields={"emoji": "unknown"})
