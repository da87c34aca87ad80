"""Bytes in, bytes out: the records are decoded and encoded by the protocol, not by DRF."""

from collections.abc import Mapping
from typing import IO, Any

import msgspec
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

from protocol.limits import FRAME_MAX_BYTES


class RawJson(BaseParser):
    """Leaves a JSON body as bytes. Everything else is refused as an unsupported media type."""

    media_type = "application/json"

    def parse(  # type: ignore[override]  # the bytes themselves are the data
        self,
        stream: IO[bytes],
        media_type: str | None = None,  # noqa: ARG002 - DRF's signature
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002 - DRF's signature
    ) -> bytes:
        # One byte more than is allowed, so that the decoder sees that it is too large.
        return stream.read(FRAME_MAX_BYTES + 1)


class Json(BaseRenderer):
    """Encodes a record of the protocol."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,  # noqa: ARG002 - DRF's signature
        renderer_context: Mapping[str, Any] | None = None,  # noqa: ARG002 - DRF's signature
    ) -> bytes:
        return b"" if data is None else msgspec.json.encode(data)
