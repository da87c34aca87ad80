"""The consumer: a group for each room, and a dictionary of who is online.

Nothing here is wrong while there is one process. With two, a group reaches only the sockets of its
own process, and the dictionary knows only the people who happen to be connected to it.
"""

import json
from collections import Counter
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer

online: Counter[str] = Counter()
"""How many sockets each person has. In this process: that is the point."""


class ChatConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        route = self.scope["url_route"]["kwargs"]
        self.username = route["username"]
        self.group_name = f"chat_{route['room_name']}"
        online[self.username] += 1
        await self.channel_layer.group_add(self.group_name, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:  # noqa: ARG002 - as Channels calls it
        online[self.username] -= 1
        if not online[self.username]:
            del online[self.username]
        await self.channel_layer.group_discard(self.group_name, self.channel_name)

    async def receive(
        self,
        text_data: str | None = None,
        bytes_data: bytes | None = None,  # noqa: ARG002 - as Channels calls it
    ) -> None:
        said = json.loads(text_data or "{}")
        await self.channel_layer.group_send(
            self.group_name,
            {"type": "chat.message", "username": self.username, "message": said["message"]},
        )

    async def chat_message(self, event: dict[str, Any]) -> None:
        """Handle a message of the group: hand it to this socket."""
        await self.send(
            text_data=json.dumps({"username": event["username"], "message": event["message"]})
        )
