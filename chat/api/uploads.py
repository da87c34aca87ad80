"""Files that come piece by piece: the open protocol tus 1.0.0, with creation and termination.

POST /uploads                      Upload-Length, Upload-Metadata: filename <base64>
PATCH /uploads/{id}                Upload-Offset, and the next piece
HEAD /uploads/{id}                 where to go on after a break
GET /uploads/{id}                  the same as a record, with the file when all has come
DELETE /uploads/{id}
"""

import base64
import binascii
from typing import Any, Final

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from chat import exceptions, policies, serialize
from chat.api import bodies, serving
from chat.api.asking import asker_of
from chat.api.files import REFUSALS
from chat.api.operation import operation
from chat.services import files
from files.models import Upload
from protocol import resources
from protocol.errors import ErrorCode
from protocol.limits import UPLOAD_PIECE_MAX_BYTES

VERSION: Final = "1.0.0"
PIECE: Final = "application/offset+octet-stream"
FILE_ID: Final = "Upload-File-Id"
"""Ours: the id of the file, with the answer to the last piece."""


UPLOAD_ID = {"upload_id": "The id of the upload."}


class _Tus(APIView):
    content_negotiation_class = serving.AnyMedia

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        # A method that is not for this path is refused as such.
        is_for_tus = request.method not in {"GET", "OPTIONS"} and hasattr(
            self, str(request.method).lower()
        )
        if is_for_tus and request.headers.get("Tus-Resumable") != VERSION:
            raise exceptions.VersionMismatch

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Tus-Resumable"] = VERSION
        response["Tus-Version"] = VERSION
        response["Cache-Control"] = "no-store"
        return response

    @extend_schema(exclude=True)
    def options(self, request: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ARG002 - Django's signature
        """Say what of the protocol is spoken here."""
        headers = {
            "Tus-Extension": "creation,termination,expiration",
            "Tus-Max-Size": str(settings.FILE_MAX_BYTES),
            "Upload-Piece-Max": str(UPLOAD_PIECE_MAX_BYTES),
        }
        return HttpResponse(status=204, headers=headers)

    def get_permissions(self) -> Any:
        return [AllowAny()] if self.request.method == "OPTIONS" else super().get_permissions()


class Uploads(_Tus):
    @operation(
        name="uploads_create",
        answers=None,
        status=201,
        errors=[*REFUSALS, ErrorCode.LIMIT_REACHED, ErrorCode.VERSION_MISMATCH, ErrorCode.INVALID],
    )
    def post(self, request: Request) -> HttpResponseBase:
        """Begin an upload (tus 1.0.0). `Location` in the answer says where its pieces go."""
        upload = files.begin(
            by=asker_of(request).pk,
            name=_metadata(request).get("filename", ""),
            size=_number(request, "Upload-Length"),
        )
        location = request.build_absolute_uri(f"/api/v1/uploads/{upload.pk}")
        return HttpResponse(status=201, headers={"Location": location, **_where(upload)})


class OneUpload(_Tus):
    @operation(
        name="uploads_get",
        text_path=UPLOAD_ID,
        answers=resources.Upload,
        errors=[ErrorCode.NOT_FOUND],
    )
    def get(self, request: Request, upload_id: str) -> resources.Upload:
        """Return an upload, and its file when all of it has come."""
        return serialize.upload(
            policies.require_upload(asker=asker_of(request), upload_id=upload_id)
        )

    @operation(
        name="uploads_offset",
        text_path=UPLOAD_ID,
        answers=None,
        errors=[ErrorCode.NOT_FOUND, ErrorCode.VERSION_MISMATCH],
    )
    def head(self, request: Request, upload_id: str) -> HttpResponseBase:
        """Say where to go on: `Upload-Offset`."""
        upload = policies.require_upload(asker=asker_of(request), upload_id=upload_id)
        return HttpResponse(headers={"Upload-Length": str(upload.size), **_where(upload)})

    @operation(
        name="uploads_append",
        text_path=UPLOAD_ID,
        answers=None,
        status=204,
        takes=[PIECE],
        errors=[
            *REFUSALS,
            ErrorCode.NOT_FOUND,
            ErrorCode.OFFSET_MISMATCH,
            ErrorCode.VERSION_MISMATCH,
            ErrorCode.UNSUPPORTED_MEDIA_TYPE,
        ],
    )
    def patch(self, request: Request, upload_id: str) -> HttpResponseBase:
        """Bring in the next piece. It is kept whole or not at all."""
        if request.headers.get("Content-Type", "") != PIECE:
            raise exceptions.Invalid(f"Content-Type must be {PIECE}.")
        upload = files.append(
            by=asker_of(request).pk,
            upload_id=upload_id,
            offset=_number(request, "Upload-Offset"),
            content=bodies.stream_of(request),
            length=bodies.length_of(request),
        )
        return HttpResponse(status=204, headers=_where(upload))

    @operation(
        name="uploads_cancel",
        text_path=UPLOAD_ID,
        answers=None,
        status=204,
        errors=[ErrorCode.NOT_FOUND, ErrorCode.VERSION_MISMATCH],
    )
    def delete(self, request: Request, upload_id: str) -> None:
        """Give up an upload."""
        files.cancel(by=asker_of(request).pk, upload_id=upload_id)


def _where(upload: Upload) -> dict[str, str]:
    headers = {
        "Upload-Offset": str(upload.offset),
        "Upload-Expires": upload.expires_at.strftime("%a, %d %b %Y %H:%M:%S GMT"),
    }
    if upload.file_id is not None:
        headers[FILE_ID] = str(upload.file_id)
    return headers


def _number(request: Request, header: str) -> int:
    given = request.headers.get(header, "")
    if not (given.isascii() and given.isdecimal() and len(given) <= 15):
        raise exceptions.Invalid(f"{header} must be a whole number.")
    return int(given)


def _metadata(request: Request) -> dict[str, str]:
    """Return the names and values of `Upload-Metadata`."""
    found = {}
    for pair in request.headers.get("Upload-Metadata", "").split(","):
        name, _, value = pair.strip().partition(" ")
        try:
            found[name] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, ValueError):
            raise exceptions.Invalid("Upload-Metadata must be base64 of UTF-8.") from None
    return found
