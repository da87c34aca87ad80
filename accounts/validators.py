"""What may stand in a field of a person."""

from typing import Final
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

RESERVED: Final = frozenset({"here", "channel", "everyone", "all", "me"})
"""What means something else after an @, or in a path."""


def not_reserved(value: str) -> None:
    """Raises ValidationError for a name that would be taken for something else."""
    if value.lower() in RESERVED:
        raise ValidationError(_("This name has a meaning of its own. Please choose another."))


def time_zone(value: str) -> None:
    """Raises ValidationError for what is not a time zone as IANA names them."""
    if value not in available_timezones():
        raise ValidationError(_("There is no such time zone. Use a name like Europe/Berlin."))
