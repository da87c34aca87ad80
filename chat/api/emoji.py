"""The workspace's own emoji."""

from django.http import HttpResponseBase
from rest_framework.request import Request
from rest_framework.views import APIView

from chat import exceptions, serialize
from chat.api import bodies, serving
from chat.api.asking import asker_of
from chat.api.avatars import REFUSALS
from chat.api.operation import operation
from chat.api.queries import EmojiImageQuery, NewEmojiQuery
from chat.models import CustomEmoji
from chat.services import emoji, strays
from files import pictures
from protocol import resources
from protocol.errors import ErrorCode

EMOJI_NAME = {"name": "The name of the emoji, without colons."}


class EmojiList(APIView):
    content_negotiation_class = serving.AnyMedia

    @operation(name="emoji_list", answers=resources.CustomEmojiList)
    def get(self, request: Request) -> resources.CustomEmojiList:
        """Return the workspace's own emoji, all of them, by name."""
        asker_of(request)
        rows = CustomEmoji.objects.order_by("name")
        return resources.CustomEmojiList(results=[serialize.custom_emoji(row) for row in rows])

    @operation(
        name="emoji_add",
        answers=resources.CustomEmoji,
        status=201,
        query=NewEmojiQuery,
        takes=["application/octet-stream"],
        errors=[*REFUSALS, ErrorCode.NAME_TAKEN, ErrorCode.LIMIT_REACHED, ErrorCode.FORBIDDEN],
    )
    def post(self, request: Request, query: NewEmojiQuery) -> resources.CustomEmoji:
        """Make a picture an emoji: the body is the picture."""
        return serialize.custom_emoji(
            emoji.add(
                by=asker_of(request).pk,
                name=query.name,
                content=bodies.stream_of(request),
                size=bodies.length_of(request),
            )
        )


class OneEmoji(APIView):
    @operation(
        name="emoji_delete",
        text_path=EMOJI_NAME,
        answers=None,
        status=204,
        errors=[ErrorCode.NOT_FOUND, ErrorCode.FORBIDDEN],
    )
    def delete(self, request: Request, name: str) -> None:
        """Take an emoji away."""
        emoji.delete(by=asker_of(request).pk, name=name)


class EmojiImage(APIView):
    content_negotiation_class = serving.AnyMedia

    @operation(
        name="emoji_image",
        text_path=EMOJI_NAME,
        answers=None,
        query=EmojiImageQuery,
        gives=pictures.KIND,
        errors=[ErrorCode.NOT_FOUND, ErrorCode.STORAGE_UNAVAILABLE],
    )
    def get(self, request: Request, name: str, query: EmojiImageQuery) -> HttpResponseBase:
        """Return the picture of an emoji; with `v` it can be kept for ever."""
        row = CustomEmoji.objects.filter(name=name).first()
        if row is None:
            raise exceptions.NotFound
        return serving.picture(
            request,
            key=strays.emoji_key(row.version),
            size=row.size,
            kind=pictures.KIND,
            etag=f'"{row.version}"',
            caching=serving.FOR_EVER if query.v == row.version else serving.REVALIDATED,
        )
