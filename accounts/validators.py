"""What may stand in a field of a person."""

from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def time_zone(value: str) -> None:
    """Raises ValidationError for what is not a time zone as IANA names them."""
    if value not in available_timezones():
        raise ValidationError(_("There is no such time zone. Use a name like Europe/Berlin."))
