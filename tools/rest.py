"""The REST side of a stranger's program: one request, one typed answer."""

import http.client
from typing import TypeVar
from urllib.parse import urlencode, urlsplit

import msgspec

from protocol.requests import RequestBody
from protocol.resources import ErrorAnswer

Shape = TypeVar("Shape")


class RestRefusedError(Exception):
    """The server answered with an error.

    Attributes:
        status: the HTTP status.
        code: the code of the contract, or an empty string when the body was none of ours.
    """

    def __init__(self, *, status: int, code: str, detail: str) -> None:
        self.status = status
        self.code = code
        super().__init__(f"{status} {code}: {detail}")


class Rest:
    """Speaks REST with one server process as one person. Blocking; use a thread from asyncio.

    A connection for each request: slow, and it never answers from a connection that has died.
    """

    def __init__(self, *, url: str, token: str, seconds: float = 10.0) -> None:
        parts = urlsplit(url)
        if parts.hostname is None or parts.port is None:
            raise ValueError(f"{url} names no host and port.")
        self._host = parts.hostname
        self._port = parts.port
        self._token = token
        self._seconds = seconds

    def get(self, path: str, shape: type[Shape], **query: str) -> Shape:
        """Read something. `path` begins with a slash: `/api/v1/presence`."""
        return self._ask("GET", f"{path}?{urlencode(query)}" if query else path, shape, None)

    def post(self, path: str, shape: type[Shape], body: RequestBody) -> Shape:
        """Do something."""
        return self._ask("POST", path, shape, msgspec.json.encode(body))

    def put(self, path: str, shape: type[Shape]) -> Shape:
        """Put something there."""
        return self._ask("PUT", path, shape, None)

    def patch(self, path: str, shape: type[Shape], body: RequestBody) -> Shape:
        """Change something."""
        return self._ask("PATCH", path, shape, msgspec.json.encode(body))

    def delete(self, path: str, shape: type[Shape]) -> Shape:
        """Take something away."""
        return self._ask("DELETE", path, shape, None)

    def _ask(self, method: str, path: str, shape: type[Shape], body: bytes | None) -> Shape:
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        # http.client and not urllib, which would take a proxy from the environment to 127.0.0.1.
        connection = http.client.HTTPConnection(self._host, self._port, timeout=self._seconds)
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        if answer.status >= 400:
            raise _refusal(answer.status, content)
        return msgspec.json.decode(content, type=shape)


def _refusal(status: int, content: bytes) -> RestRefusedError:
    try:
        error = msgspec.json.decode(content, type=ErrorAnswer).error
    except msgspec.DecodeError:
        return RestRefusedError(
            status=status, code="", detail=content[:200].decode(errors="replace")
        )
    return RestRefusedError(status=status, code=error.code, detail=error.detail)
