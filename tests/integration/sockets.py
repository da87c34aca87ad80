"""A client of the socket inside the test's own process."""

import asyncio
import itertools
import json
import uuid
from typing import Any, Self

from channels.testing import WebsocketCommunicator

from accounts import tokens
from accounts.models import User
from chatproject.asgi import application
from realtime.pool import run_in_pool
from tests.integration import canaries

DEADLINE_SECONDS = 8.0


class Socket:
    """Speaks the wire protocol as a stranger would, but through ASGI instead of TCP."""

    def __init__(
        self,
        *,
        headers: list[tuple[bytes, bytes]] | None = None,
        path: str = "/ws/",
        user: User | None = None,
    ) -> None:
        self._headers = headers or []
        self._path = path
        self._user = user
        self._ids = itertools.count(1)
        self._communicator: WebsocketCommunicator | None = None
        self._queue: list[dict[str, Any]] = []
        self.welcome: dict[str, Any] = {}
        self.closed_with: int | None = None

    @classmethod
    def of(cls, user: User, **kwargs: Any) -> Self:
        return cls(user=user, **kwargs)

    async def handshake(self) -> bool:
        """Return whether the server accepts."""
        headers = list(self._headers)
        if self._user is not None:
            _, secret = await run_in_pool(
                tokens.issue, user_id=self._user.pk, name="test", expires_at=None
            )
            headers.append((b"authorization", f"Bearer {secret}".encode()))
        self._communicator = WebsocketCommunicator(application, self._path, headers=headers)
        accepted, _ = await self._communicator.connect(timeout=DEADLINE_SECONDS)
        return bool(accepted)

    async def connect(self) -> None:
        assert await self.handshake()
        self.welcome = await self.next("welcome")

    async def send_raw(self, *, text: str | None = None, data: bytes | None = None) -> None:
        assert self._communicator is not None
        canaries.said(self._user_id, text or data or "")
        await self._communicator.send_to(text_data=text, bytes_data=data)

    async def ask(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Send a command and return its answer."""
        number = str(next(self._ids))
        await self.send_raw(text=json.dumps({"type": kind, "id": number, **fields}))
        return await self.next(
            lambda frame: frame["type"] in {"ok", "error"} and frame["re"] == number
        )

    async def post(self, channel_id: int, text: str, client_id: str = "") -> dict[str, Any]:
        return await self.ask(
            "message.post",
            channel_id=str(channel_id),
            client_id=client_id or str(uuid.uuid4()),
            text=text,
        )

    async def next(self, wanted: Any) -> dict[str, Any]:
        """Return the first frame, kept or coming, that is wanted: a type or a predicate."""
        matches = wanted if callable(wanted) else lambda frame: frame["type"] == wanted
        for index, frame in enumerate(self._queue):
            if matches(frame):
                return self._queue.pop(index)
        async with asyncio.timeout(DEADLINE_SECONDS):
            while True:
                frame = await self._receive()
                if matches(frame):
                    return frame
                self._queue.append(frame)

    async def closing(self) -> int:
        """Wait until the server closes, and return its code."""
        assert self._communicator is not None
        async with asyncio.timeout(DEADLINE_SECONDS):
            while True:
                message = await self._communicator.output_queue.get()
                if message["type"] == "websocket.close":
                    return int(message["code"])

    def arrived(self) -> list[dict[str, Any]]:
        """Return what has come and was not asked for by `next`."""
        return list(self._queue)

    async def close(self) -> None:
        self._hear_the_rest()
        if self._communicator is not None:
            await self._communicator.disconnect(timeout=DEADLINE_SECONDS)
            self._communicator = None

    async def _receive(self) -> dict[str, Any]:
        assert self._communicator is not None
        # Not receive_from(): when that waits too long it cancels the application.
        message = await self._communicator.output_queue.get()
        assert message["type"] == "websocket.send", message
        canaries.told(self._user_id, message["text"])
        frame: dict[str, Any] = json.loads(message["text"])
        return frame

    def _hear_the_rest(self) -> None:
        """Note also what came and no test asked for."""
        if self._communicator is None:
            return
        while not self._communicator.output_queue.empty():
            message = self._communicator.output_queue.get_nowait()
            canaries.told(self._user_id, str(message.get("text", "")))

    @property
    def _user_id(self) -> int | None:
        """Whose socket it is, also when it was opened with a ticket or a cookie."""
        if self._user is not None:
            return self._user.pk
        return int(self.welcome["user"]["id"]) if self.welcome else None
