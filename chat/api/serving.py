"""Bytes out: whole or a stretch, without holding up anybody and without trusting what they are."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any, Final

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header, parse_etags
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request

from chat import exceptions
from files import kinds, storage
from files.models import File

POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""What is opened in a tab of its own can do nothing, whatever it turns out to be."""

REVALIDATED: Final = "private, no-cache"
"""Kept by the browser, and asked for again each time: rights end."""

FOR_EVER: Final = "private, max-age=31536000, immutable"
"""For addresses that name the version of what they give."""

_RANGE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})\Z")


class AnyMedia(BaseContentNegotiation):
    """What the bytes are is not up to the one who asks."""

    def select_parser(self, request: Request, parsers: Any) -> Any:  # noqa: ARG002 - DRF's signature
        return parsers[0]

    def select_renderer(
        self,
        request: Request,  # noqa: ARG002 - DRF's signature
        renderers: Any,
        format_suffix: str | None = None,  # noqa: ARG002 - DRF's signature
    ) -> Any:
        return renderers[0], renderers[0].media_type


class Stream(StreamingHttpResponse):
    """Chunks that are read in a thread while the event loop does something else."""

    def __init__(self, chunks: storage.Chunks, **kwargs: Any) -> None:
        self._chunks = chunks
        super().__init__(chunks, **kwargs)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        loop = asyncio.get_running_loop()
        try:
            while (chunk := await loop.run_in_executor(None, next, self._chunks, None)) is not None:
                yield chunk
        finally:
            # Django does not close what a client went away from.
            self._chunks.close()


def file(request: Request, row: File) -> HttpResponseBase:
    """Return a file's bytes as the request asks for them.

    Raises:
        RangeNotSatisfiable, StorageFailure.
    """
    kind = row.content_type if row.is_inline else kinds.UNKNOWN
    return _answer(
        request,
        key=row.key,
        size=row.size,
        kind=kind,
        etag=f'"{row.digest[:32]}"',
        disposition=content_disposition_header(not row.is_inline, row.name) or "attachment",
        caching=REVALIDATED,
    )


def picture(
    request: Request, *, key: str, size: int, kind: str, etag: str, caching: str
) -> HttpResponseBase:
    """Return one of our own pictures.

    Raises:
        StorageFailure.
    """
    return _answer(
        request, key=key, size=size, kind=kind, etag=etag, disposition="inline", caching=caching
    )


def _answer(
    request: Request,
    *,
    key: str,
    size: int,
    kind: str,
    etag: str,
    disposition: str,
    caching: str,
) -> HttpResponseBase:
    headers = {
        "ETag": etag,
        "Cache-Control": caching,
        "Accept-Ranges": "bytes",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": POLICY,
        "Content-Disposition": disposition,
    }
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        return HttpResponse(status=304, headers=headers)
    stretch = _stretch(request, size=size, etag=etag)
    start, end = stretch or (0, size - 1)
    headers |= {"Content-Length": str(end - start + 1), "Content-Type": kind}
    if stretch is not None:
        headers["Content-Range"] = f"bytes {start}-{end}/{size}"
    status = 200 if stretch is None else 206
    if request.method == "HEAD":
        return HttpResponse(status=status, headers=headers)
    chunks = storage.read(key, start=start, length=end - start + 1)
    return Stream(chunks, status=status, headers=headers)


def _stretch(request: Request, *, size: int, etag: str) -> tuple[int, int] | None:
    """Return the first and last byte that are asked for, or None for all of them."""
    asked = _RANGE.match(request.headers.get("Range", ""))
    # Several ranges at once are answered with everything, as the standard allows.
    if asked is None or asked.group(0) == "bytes=-":
        return None
    if request.headers.get("If-Range", etag) != etag:
        return None
    first, last = asked.groups()
    if first == "":
        start, end = max(0, size - int(last)), size - 1
        is_empty = int(last) == 0
    else:
        start, end = int(first), min(int(last) if last else size - 1, size - 1)
        if last and int(last) < int(first):
            return None
        is_empty = False
    if is_empty or start >= size:
        raise exceptions.RangeNotSatisfiable
    return start, end
