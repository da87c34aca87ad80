"""The application: HTTP to Django, sockets to the consumers, finished files to ServeStatic."""

import os
from typing import Any, Final

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatproject.settings")

# Django must be set up before anything of the apps is imported.
from django.core.asgi import get_asgi_application

_django = get_asgi_application()

# isort: split
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from servestatic import ServeStaticASGI

from chat import routing as chat_routing
from operations.bridge import routing as bridge_routing

IMMUTABLE: Final = r"^.+\.[0-9a-f]{12}\..+$|^.+/chunks/[^/]+-[0-9A-Z]{8}\.js(\.map)?$"
"""Files with a hash in their name: Django's, and what the bundler names itself."""

websocket_urlpatterns = [
    *chat_routing.websocket_urlpatterns,
    *bridge_routing.websocket_urlpatterns,
]
_sockets: Any = URLRouter(websocket_urlpatterns)
_socket_paths = {f"/{route.pattern}" for route in websocket_urlpatterns}


async def _websocket(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["path"] in _socket_paths:
        await _sockets(scope, receive, send)
    else:
        # URLRouter would raise for a path that it does not know.
        await send({"type": "websocket.close"})


application = ProtocolTypeRouter(
    {
        "http": ServeStaticASGI(
            _django,
            root=settings.STATIC_ROOT,
            prefix=settings.STATIC_URL,
            max_age=60,
            allow_all_origins=False,
            immutable_file_test=IMMUTABLE,
        ),
        "websocket": _websocket,
    }
)
