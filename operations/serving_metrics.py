"""The numbers of a process that serves nothing else: a worker."""

import threading
from collections.abc import Callable, Iterable
from typing import Any, Final
from wsgiref.simple_server import WSGIRequestHandler, make_server

import structlog

from operations import monitoring

logger = structlog.stdlib.get_logger("parley.work")

_PATH: Final = "/metrics"


def serve(*, host: str, port: int) -> None:
    """Serve them in a thread, for as long as the process lives.

    Raises:
        OSError: when the port cannot be listened on.
    """
    server = make_server(host, port, _answer, handler_class=_Silent)
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    logger.info("METRICS", address=f"http://{host}:{server.server_port}{_PATH}")


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's signature
        """Say nothing: somebody asks every few seconds."""


def _answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    headers = {
        name.removeprefix("HTTP_").replace("_", "-").title(): str(value)
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    address = str(environ.get("REMOTE_ADDR", ""))
    is_asked = environ.get("PATH_INFO") == _PATH and environ["REQUEST_METHOD"] in {"GET", "HEAD"}
    if not is_asked or not monitoring.may_read(address=address, headers=headers):
        start("404 Not Found", [("Content-Type", "text/plain"), ("Content-Length", "0")])
        return []
    text, content_type = monitoring.text(accept=headers.get("Accept", ""))
    start("200 OK", [("Content-Type", content_type), ("Content-Length", str(len(text)))])
    return [text]
