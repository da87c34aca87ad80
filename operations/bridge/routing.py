"""The path of the operators' socket."""

from typing import Any

from django.urls import path

from operations.bridge.consumer import BridgeSocket

# Django's types know only HTTP views here.
_bridge: Any = BridgeSocket.as_asgi()

websocket_urlpatterns: list[Any] = [path("ws/bridge/", _bridge)]
