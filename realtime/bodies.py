"""The bodies of requests and answers: on disk and on their way, never in memory as a whole.

Stock daphne takes a request of any size, reads all of it into its queue, and writes an answer as
fast as it is made, however slowly the client reads.
"""

import asyncio
from typing import Any, Final

from daphne.http_protocol import HTTPFactory, WebRequest

CHUNK_BYTES: Final = 64 * 1024

TOO_LARGE: Final = (
    b"HTTP/1.1 413 Content Too Large\r\n"
    b"Content-Type: application/json\r\n"
    b"Connection: close\r\n"
    b"Content-Length: %d\r\n\r\n%s"
)
TOO_LARGE_BODY: Final = (
    b'{"error":{"code":"too_large","detail":"This is larger than the limit.","fields":{},'
    b'"request_id":""}}'
)


class Request(WebRequest):  # type: ignore[misc]  # daphne has no types
    """A request that is refused before it has come, when it is too large."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._max_bytes: int = self.channel.factory.body_max_bytes
        self._got_bytes = 0
        self._is_refused = False
        self.tap: Tap | None = None

    def gotLength(self, length: int | None) -> None:  # noqa: N802 - Twisted's name
        is_too_large = length is not None and length > self._max_bytes
        super().gotLength(0 if is_too_large else length)
        if is_too_large:
            self._refuse()

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        if self._is_refused:
            return
        self._got_bytes += len(data)
        if self._got_bytes > self._max_bytes:
            self._refuse()
            return
        super().handleContentChunk(data)

    def process(self) -> Any:
        return None if self._is_refused else super().process()

    def _refuse(self) -> None:
        self._is_refused = True
        self.channel.transport.write(TOO_LARGE % (len(TOO_LARGE_BODY), TOO_LARGE_BODY))
        self.channel.loseConnection()

    async def flow(self, *, is_last: bool) -> None:
        """Wait until the client has taken what was written; before the last part, wait no more."""
        if self.finished or self.channel is None:
            return
        if is_last:
            if self.tap is not None:
                self.unregisterProducer()
            return
        if self.tap is None:
            self.tap = Tap()
            self.registerProducer(self.tap, streaming=True)
        await self.tap.is_open.wait()


class Tap:
    """Twisted says here when a client reads too slowly, and when it has caught up or is gone."""

    def __init__(self) -> None:
        self.is_open = asyncio.Event()
        self.is_open.set()

    def pauseProducing(self) -> None:  # noqa: N802 - Twisted's name
        self.is_open.clear()

    def resumeProducing(self) -> None:  # noqa: N802 - Twisted's name
        self.is_open.set()

    def stopProducing(self) -> None:  # noqa: N802 - Twisted's name
        self.is_open.set()


class Factory(HTTPFactory):  # type: ignore[misc]  # daphne has no types
    """Makes our kind of request.

    Args:
        body_max_bytes: a request with a larger body is refused.
    """

    def __init__(self, server: Any, *, body_max_bytes: int) -> None:
        super().__init__(server)
        self.body_max_bytes = body_max_bytes

    def buildProtocol(self, addr: Any) -> Any:  # noqa: N802 - Twisted's name
        protocol = super().buildProtocol(addr)
        # The channel is behind a wrapper that may one day speak HTTP/2.
        protocol.requestFactory = Request
        return protocol


class BodyQueue:
    """What an application receives of one request: its body, read from where Twisted has put it."""

    def __init__(self, request: Any) -> None:
        self._request = request
        self._others: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._is_whole = asyncio.Event()
        self._offset = 0
        self._is_read = False

    def put_nowait(self, message: dict[str, Any]) -> None:
        """Take what daphne says. It puts in all chunks at once: they can be read again."""
        if message["type"] != "http.request":
            self._others.put_nowait(message)
            self._is_whole.set()
        elif not message["more_body"]:
            self._is_whole.set()

    async def get(self) -> dict[str, Any]:
        """Return the next message to the application."""
        if self._is_read:
            return await self._others.get()
        await self._is_whole.wait()
        content = self._request.content
        if content.closed or not self._others.empty():
            self._is_read = True
            return await self._others.get()
        content.seek(self._offset)
        chunk = content.read(CHUNK_BYTES)
        self._offset += len(chunk)
        self._is_read = len(chunk) < CHUNK_BYTES
        return {"type": "http.request", "body": chunk, "more_body": not self._is_read}
