"""People's pictures."""

from django.http import HttpResponseBase
from rest_framework.request import Request
from rest_framework.views import APIView

from chat import exceptions, policies, serialize
from chat.api import bodies, serving
from chat.api.asking import asker_of
from chat.api.files import FORM_EXTRA_BYTES
from chat.api.operation import operation
from chat.api.queries import AvatarQuery
from chat.services import avatars, strays
from files import pictures, storage
from protocol import resources
from protocol.errors import ErrorCode
from protocol.limits import AVATAR_MAX_BYTES

REFUSALS = (
    ErrorCode.FILE_TOO_LARGE,
    ErrorCode.NOT_A_PICTURE,
    ErrorCode.STORAGE_FULL,
    ErrorCode.STORAGE_UNAVAILABLE,
)


class MyAvatar(APIView):
    content_negotiation_class = serving.AnyMedia

    @operation(
        name="avatar_change",
        answers=resources.OwnUser,
        takes=["application/octet-stream", bodies.MULTIPART],
        errors=REFUSALS,
    )
    def put(self, request: Request) -> resources.OwnUser:
        """Give oneself another picture: the body itself. It is cut to a square."""
        length = bodies.length_of(request)
        if bodies.is_form(request):
            raise exceptions.Invalid("Send the picture itself as the body.")
        if length > AVATAR_MAX_BYTES + FORM_EXTRA_BYTES:
            raise exceptions.FileTooLarge
        user = avatars.change(
            by=asker_of(request).pk, content=bodies.stream_of(request), size=length
        )
        return serialize.own_user(user)

    @operation(name="avatar_remove", answers=resources.OwnUser)
    def delete(self, request: Request) -> resources.OwnUser:
        """Take one's picture away."""
        return serialize.own_user(avatars.remove(by=asker_of(request).pk))


class Avatar(APIView):
    content_negotiation_class = serving.AnyMedia

    @operation(
        name="avatar_get",
        answers=None,
        path=["user_id"],
        query=AvatarQuery,
        gives=pictures.KIND,
        errors=[ErrorCode.NOT_FOUND, ErrorCode.STORAGE_UNAVAILABLE],
    )
    def get(self, request: Request, user_id: int, query: AvatarQuery) -> HttpResponseBase:
        """Return somebody's picture in the next larger size; with `v` it can be kept for ever."""
        user = policies.require_person(asker=asker_of(request), user_id=user_id)
        if not user.avatar:
            raise exceptions.NotFound
        fitting = [size for size in pictures.AVATAR_SIZES if size >= query.size]
        size = fitting[0] if fitting else pictures.AVATAR_SIZES[-1]
        key = strays.avatar_key(user.avatar, size)
        return serving.picture(
            request,
            key=key,
            size=storage.size(key),
            kind=pictures.KIND,
            etag=f'"{user.avatar}-{size}"',
            caching=serving.FOR_EVER if query.v == user.avatar else serving.REVALIDATED,
        )
