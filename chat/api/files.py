"""Files: bringing them in at once, and getting them."""

from django.conf import settings
from django.http import HttpResponseBase
from rest_framework.request import Request
from rest_framework.views import APIView

from chat import exceptions, policies, serialize
from chat.api import bodies, serving
from chat.api.asking import asker_of
from chat.api.operation import operation
from chat.api.queries import FileQuery, NewFileQuery
from chat.services import files
from files import pictures
from protocol import resources
from protocol.errors import ErrorCode

FORM_EXTRA_BYTES = 64 * 1024
"""What a form adds to the file in it."""

REFUSALS = (
    ErrorCode.FILE_TOO_LARGE,
    ErrorCode.QUOTA_EXCEEDED,
    ErrorCode.STORAGE_FULL,
    ErrorCode.STORAGE_UNAVAILABLE,
)


class Files(APIView):
    content_negotiation_class = serving.AnyMedia

    @operation(
        name="files_upload",
        answers=resources.File,
        status=201,
        query=NewFileQuery,
        takes=["application/octet-stream", bodies.MULTIPART],
        errors=REFUSALS,
    )
    def post(self, request: Request, query: NewFileQuery) -> resources.File:
        """Bring in a small file: the body itself with `?name=`, or a form with a `file` in it.

        For large ones and bad lines there is `/uploads`. The file is yours alone until you post a
        message with its id in `file_ids`; if you do not, it is deleted after a day.
        """
        asker = asker_of(request)
        length = bodies.length_of(request)
        if bodies.is_form(request):
            if length > settings.FILE_MAX_BYTES + FORM_EXTRA_BYTES:
                raise exceptions.FileTooLarge
            form = bodies.file_in_form(request)
            name = query.name or form.name or ""
            return serialize.file(
                files.receive(by=asker.pk, name=name, content=form, size=form.size or 0)
            )
        return serialize.file(
            files.receive(
                by=asker.pk, name=query.name, content=bodies.stream_of(request), size=length
            )
        )


class OneFile(APIView):
    content_negotiation_class = serving.AnyMedia

    @operation(
        name="files_get",
        answers=resources.File,
        path=["file_id"],
        query=FileQuery,
        gives="*/*",
        also=[206],
        errors=[
            ErrorCode.NOT_FOUND,
            ErrorCode.RANGE_NOT_SATISFIABLE,
            ErrorCode.STORAGE_UNAVAILABLE,
        ],
    )
    def get(
        self, request: Request, file_id: int, query: FileQuery
    ) -> HttpResponseBase | resources.File:
        """Return a file's bytes, or a range of them; with `?info=1` what is known of it."""
        file = policies.require_file(asker=asker_of(request), file_id=file_id)
        return serialize.file(file) if query.info else serving.file(request, file)


class Thumbnail(APIView):
    content_negotiation_class = serving.AnyMedia

    @operation(
        name="files_thumbnail",
        answers=None,
        path=["file_id", "size"],
        gives=pictures.KIND,
        errors=[ErrorCode.NOT_FOUND, ErrorCode.STORAGE_UNAVAILABLE],
    )
    def get(self, request: Request, file_id: int, size: int) -> HttpResponseBase:
        """Return a smaller picture, once there is one."""
        file = policies.require_file(asker=asker_of(request), file_id=file_id)
        made = {one["size"]: one["bytes"] for one in file.thumbnails}
        if size not in made:
            raise exceptions.NotFound
        return serving.picture(
            request,
            key=file.thumbnail_key(size),
            size=made[size],
            kind=pictures.KIND,
            etag=f'"{file.digest[:32]}-{size}"',
            caching=serving.REVALIDATED,
        )
