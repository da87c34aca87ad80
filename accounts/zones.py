"""Where people live, as their clocks know it."""

from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo


def named(name: str) -> tzinfo:
    """Return the time zone of an IANA name; UTC for none, and for one this machine does not know.

    Whoever never said where they live is told by the clock of Greenwich.
    """
    try:
        return ZoneInfo(name) if name else UTC
    except (KeyError, OSError, ValueError):
        return UTC
