"""Bytes in: how many are announced, and where they can be read from."""

from typing import IO, cast

from django.core.files.uploadedfile import UploadedFile
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from rest_framework.request import Request

from chat import exceptions

MULTIPART = "multipart/form-data"


def length_of(request: Request) -> int:
    """Return how many bytes the body has.

    Raises:
        Invalid: when that is not said.
    """
    given = request.headers.get("Content-Length", "")
    if not given and "Transfer-Encoding" not in request.headers:
        return 0
    if not given.isdecimal() or len(given) > 15:
        raise exceptions.Invalid("Content-Length is missing.")
    return int(given)


def stream_of(request: Request) -> IO[bytes]:
    """Return the body to read from. What is not read is not held in memory."""
    return cast("IO[bytes]", request._request)  # noqa: SLF001 - DRF's own way to it parses


def is_form(request: Request) -> bool:
    return request.headers.get("Content-Type", "").lower().startswith(MULTIPART)


def file_in_form(request: Request) -> "UploadedFile[bytes]":
    """Return the one file of a form.

    Raises:
        Invalid.
    """
    try:
        files = request._request.FILES  # noqa: SLF001 - large ones are in temporary files already
    except (MultiPartParserError, UnreadablePostError) as error:
        raise exceptions.Invalid("This form cannot be read.") from error
    found = files.get("file")
    if not isinstance(found, UploadedFile):
        raise exceptions.Invalid("file: It is missing.", fields={"file": "It is missing."})
    return found
