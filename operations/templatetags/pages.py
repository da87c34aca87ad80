"""What the pages show of the workspace, and what its window loads."""

from django import template
from django.utils.translation import get_language

from chat.services import workspace
from operations import assets

register = template.Library()


@register.simple_tag
def workspace_name() -> str:
    """Return what the people here call this place."""
    return workspace.current().name


@register.simple_tag
def scripts_at_start() -> list[str]:
    """Return the addresses of what `app.js` imports at once, so that all are fetched together."""
    return assets.scripts_at_start()


@register.simple_tag
def texts_script() -> str:
    """Return the address of the window's texts in its language; empty for English."""
    return assets.texts(get_language() or "")
