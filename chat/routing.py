"""The paths of sockets."""

from typing import Any

from django.urls import path

from chat.consumers.socket import ChatSocket

# Django's types know only HTTP views here.
_chat: Any = ChatSocket.as_asgi()

websocket_urlpatterns: list[Any] = [path("ws/", _chat)]
