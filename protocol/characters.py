"""Which characters may stand in a name. In patterns they mean the same to Python and JavaScript."""

import re
from typing import Final

VISIBLE: Final = r"[^\s\x1c-\x1f\x85\ufeff]"
"""A character that is no space: those that Python and JavaScript disagree about are none either."""

UNSEEN: Final = r"\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff"
"""What controls, ends a line, has no width, or turns the direction. As the inside of a class."""

_UNSEEN: Final = re.compile(f"[{UNSEEN}]")


def in_one_line(text: str, *, limit: int) -> str:
    """Return a name without what cannot be seen, at most so long."""
    return _UNSEEN.sub("", " ".join(text.split()))[:limit].strip()
