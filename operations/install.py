"""What a browser needs to install the window like a program, and to open it offline."""

import json

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chat.services import workspace
from chat.urls import PAGES
from operations import assets

BACKGROUND = "#ffffff"
THEME = "#1c263d"


@require_safe
def manifest(_request: HttpRequest) -> HttpResponse:
    """Describe the window as a program with a name, icons and shortcuts."""
    name = workspace.current().name
    shortcuts = (
        (_("Unread messages"), "unreads"),
        (_("Mentions"), "mentions"),
        (_("Threads"), "threads"),
        (_("Search"), "search"),
    )
    described = {
        "id": "/",
        "name": name,
        "short_name": name,
        "description": _("The conversations of {name}.").format(name=name),
        "lang": get_language(),
        "dir": "rtl" if get_language_bidi() else "ltr",
        "start_url": reverse("workspace"),
        "scope": "/",
        "display": "standalone",
        "background_color": BACKGROUND,
        "theme_color": THEME,
        "categories": ["productivity", "social"],
        "icons": [
            {"src": static("icon.svg"), "type": "image/svg+xml", "sizes": "any"},
            _icon("192"),
            _icon("512"),
            {**_icon("512", of="icon-maskable"), "purpose": "maskable"},
        ],
        "shortcuts": [{"name": title, "url": reverse(page)} for title, page in shortcuts],
    }
    return JsonResponse(described, content_type="application/manifest+json")


@require_safe
def worker(_request: HttpRequest) -> HttpResponse:
    """Send the service worker, with the list of what belongs to this build in front.

    It is asked for at the root: a worker serves what lies beneath its own address.
    """
    script = settings.BASE_DIR / "build" / "ui" / "worker.js"
    if settings.DEBUG or not script.exists():
        # Without hashes in their names, files would be kept that have changed.
        raise Http404
    build = {
        "version": assets.version(),
        "files": assets.everything(),
        "pages": rf"^/$|^/channels/|^/({'|'.join(PAGES)})$",
    }
    body = f"const BUILD = {json.dumps(build)};\n{script.read_text()}"
    return HttpResponse(
        body, content_type="text/javascript", headers={"Cache-Control": "private, no-cache"}
    )


def _icon(side: str, *, of: str = "icon") -> dict[str, str]:
    return {
        "src": static(f"{of}-{side}.png"),
        "type": "image/png",
        "sizes": f"{side}x{side}",
    }
