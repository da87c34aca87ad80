"""What daphne serves.

With `DJANGO_SETTINGS_MODULE=tools.tutorial.settings` in the environment:
`python -m daphne -b 127.0.0.1 -p 8001 tools.tutorial.asgi:application`
"""

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application
from django.urls import path

from tools.tutorial.consumer import ChatConsumer

application = ProtocolTypeRouter(
    {
        "http": get_asgi_application(),
        "websocket": URLRouter(
            [
                path(  # type: ignore[list-item]  # the stubs want a pattern that they made
                    "ws/chat/<str:room_name>/<str:username>/",
                    ChatConsumer.as_asgi(),  # type: ignore[arg-type]  # Django types views only
                )
            ]
        ),
    }
)
