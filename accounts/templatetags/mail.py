"""Whether mail gets anywhere."""

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def mail_is_sent() -> bool:
    """Return whether mail leaves this server; else it lies in a folder of its own."""
    return bool(settings.MAIL_LEAVES_THE_SERVER)
