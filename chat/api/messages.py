"""What is said in channels, and the log of what happened there."""

import uuid
from datetime import datetime

import msgspec
from rest_framework.request import Request
from rest_framework.views import APIView

from chat import exceptions, policies, selectors, serialize
from chat.api.asking import IN_CHANNEL, asker_of
from chat.api.operation import Answered, operation
from chat.api.paging import page_by, page_of
from chat.api.queries import EventsQuery, MessagesQuery, ThreadQuery
from chat.groups import channel_stream
from chat.models import Message
from chat.services import messages, pins, reactions
from protocol import requests, resources
from protocol.errors import ErrorCode
from realtime import log


def _record(message_id: int) -> resources.Message:
    row = selectors.with_all(Message.objects.filter(pk=message_id)).get()
    return serialize.stored_message(row)


class Messages(APIView):
    @operation(
        name="messages_list",
        answers=resources.MessagePage,
        path=["channel_id"],
        query=MessagesQuery,
        errors=[ErrorCode.NOT_FOUND],
    )
    def get(self, request: Request, channel_id: int, query: MessagesQuery) -> resources.MessagePage:
        """Return a page of messages by seq, ascending; the newest page when nothing is asked for.

        `next_cursor` is the next `before`; after `after`, the next `after`.
        """
        policies.require_can_read(asker=asker_of(request), channel_id=channel_id)
        places = (query.before, query.after, query.around, query.at)
        if sum(value is not None for value in places) > 1:
            raise exceptions.Invalid("Only one of before, after, around and at can be given.")
        around = query.around
        if query.at is not None:
            around = selectors.seq_at(channel_id=channel_id, moment=_moment(query.at))
        window = selectors.message_window(
            channel_id=channel_id,
            before=query.before,
            after=query.after,
            around=around,
            limit=query.limit,
            without_replies=not query.replies,
        )
        return resources.MessagePage(
            results=[serialize.stored_message(row) for row in window.messages],
            notices=[serialize.notice(row) for row in window.notices],
            next_cursor=None if window.next_seq is None else str(window.next_seq),
            has_more=window.next_seq is not None,
        )

    @operation(
        name="messages_post",
        answers=resources.Message,
        status=201,
        also=[200],
        path=["channel_id"],
        body=requests.NewMessage,
        errors=[
            *IN_CHANNEL,
            ErrorCode.FORBIDDEN,
            ErrorCode.CHANNEL_ARCHIVED,
            ErrorCode.CLIENT_ID_REUSED,
            ErrorCode.CONFIRMATION_REQUIRED,
        ],
    )
    def post(self, request: Request, channel_id: int, body: requests.NewMessage) -> Answered:
        """Say something. The same `client_id` again gives the same message, with status 200."""
        answer = messages.post(
            author_id=asker_of(request).pk,
            channel_id=channel_id,
            client_id=uuid.UUID(body.client_id),
            text=body.text,
            thread_id=None if body.thread_id is None else int(body.thread_id),
            file_ids=[int(file_id) for file_id in body.file_ids],
            also_to_channel=body.also_to_channel,
            quoted_id=None if body.quoted_id is None else int(body.quoted_id),
            confirmed=body.confirmed,
        )
        return Answered(_record(answer.message.pk), status=201 if answer.is_new else 200)


class OneMessage(APIView):
    @operation(
        name="messages_get",
        answers=resources.Message,
        path=["message_id"],
        errors=[ErrorCode.NOT_FOUND],
    )
    def get(self, request: Request, message_id: int) -> resources.Message:
        """Return one message, wherever one may read it."""
        policies.require_message(asker=asker_of(request), message_id=message_id)
        return _record(message_id)

    @operation(
        name="messages_edit",
        answers=resources.Message,
        path=["message_id"],
        body=requests.MessageChange,
        errors=[*IN_CHANNEL, ErrorCode.FORBIDDEN, ErrorCode.CHANNEL_ARCHIVED],
    )
    def patch(
        self, request: Request, message_id: int, body: requests.MessageChange
    ) -> resources.Message:
        """Change the text of one's own message."""
        answer = messages.edit(by=asker_of(request).pk, message_id=message_id, text=body.text)
        return _record(answer.message.pk)

    @operation(
        name="messages_delete",
        answers=resources.Position,
        path=["message_id"],
        errors=[*IN_CHANNEL, ErrorCode.FORBIDDEN, ErrorCode.CHANNEL_ARCHIVED],
    )
    def delete(self, request: Request, message_id: int) -> resources.Position:
        """Delete a message."""
        answer = messages.delete(by=asker_of(request).pk, message_id=message_id)
        return resources.Position(seq=answer.seq)


class Pin(APIView):
    @operation(
        name="messages_pin",
        answers=resources.Position,
        path=["message_id"],
        errors=[
            *IN_CHANNEL,
            ErrorCode.FORBIDDEN,
            ErrorCode.CHANNEL_ARCHIVED,
            ErrorCode.LIMIT_REACHED,
        ],
    )
    def put(self, request: Request, message_id: int) -> resources.Position:
        """Pin a message to its channel."""
        return resources.Position(seq=pins.pin(by=asker_of(request).pk, message_id=message_id))

    @operation(
        name="messages_unpin",
        answers=resources.Position,
        path=["message_id"],
        errors=[*IN_CHANNEL, ErrorCode.FORBIDDEN, ErrorCode.CHANNEL_ARCHIVED],
    )
    def delete(self, request: Request, message_id: int) -> resources.Position:
        """Take a pin away."""
        return resources.Position(seq=pins.unpin(by=asker_of(request).pk, message_id=message_id))


class OneReaction(APIView):
    @operation(
        name="reactions_add",
        answers=resources.Position,
        path=["message_id"],
        text_path={"emoji": "The emoji itself, or its short name."},
        errors=[
            *IN_CHANNEL,
            ErrorCode.CHANNEL_ARCHIVED,
            ErrorCode.INVALID,
            ErrorCode.LIMIT_REACHED,
        ],
    )
    def put(self, request: Request, message_id: int, emoji: str) -> resources.Position:
        """Put an emoji under a message."""
        seq = reactions.add(by=asker_of(request).pk, message_id=message_id, emoji_name=emoji)
        return resources.Position(seq=seq)

    @operation(
        name="reactions_remove",
        answers=resources.Position,
        path=["message_id"],
        text_path={"emoji": "The emoji itself, or its short name."},
        errors=[*IN_CHANNEL, ErrorCode.CHANNEL_ARCHIVED, ErrorCode.INVALID],
    )
    def delete(self, request: Request, message_id: int, emoji: str) -> resources.Position:
        """Take one's emoji away from a message."""
        seq = reactions.remove(by=asker_of(request).pk, message_id=message_id, emoji_name=emoji)
        return resources.Position(seq=seq)


class History(APIView):
    @operation(
        name="messages_history",
        answers=resources.MessageHistory,
        path=["message_id"],
        errors=[ErrorCode.NOT_FOUND],
    )
    def get(self, request: Request, message_id: int) -> resources.MessageHistory:
        """Return the texts that a message had, the oldest first, today's last."""
        message = policies.require_message(asker=asker_of(request), message_id=message_id)
        if message.deleted_at is not None:
            raise exceptions.NotFound
        return serialize.history(message, list(message.versions.order_by("version")))


class Thread(APIView):
    @operation(
        name="messages_thread",
        answers=resources.Page[resources.Message],
        path=["message_id"],
        query=ThreadQuery,
        errors=[ErrorCode.NOT_FOUND],
    )
    def get(
        self, request: Request, message_id: int, query: ThreadQuery
    ) -> resources.Page[resources.Message]:
        """Return the replies to a message, the oldest first.

        With `before` or `around`, those there: then `next_cursor` is the next `before`.
        """
        root = policies.require_message(asker=asker_of(request), message_id=message_id)
        if sum(place is not None for place in (query.cursor, query.before, query.around)) > 1:
            raise exceptions.Invalid("Only one of cursor, before and around can be given.")
        if query.before is not None or query.around is not None:
            replies, next_seq = selectors.replies_back(
                root_id=root.pk, before=query.before, around=query.around, limit=query.limit
            )
            return page_of([serialize.stored_message(row) for row in replies], next_cursor=next_seq)
        return page_by(
            selectors.replies(root_id=root.pk),
            field="seq",
            cursor=query.cursor,
            limit=query.limit,
            serialize=lambda rows: [serialize.stored_message(row) for row in rows],
        )


class Events(APIView):
    @operation(
        name="events_list",
        answers=resources.EventPage,
        path=["channel_id"],
        query=EventsQuery,
        errors=[ErrorCode.NOT_FOUND],
    )
    def get(self, request: Request, channel_id: int, query: EventsQuery) -> resources.EventPage:
        """Return a stretch of a channel's ordered log. `next_cursor` is the next `after`."""
        policies.require_can_read(asker=asker_of(request), channel_id=channel_id)
        stream = channel_stream(channel_id)
        letters = log.read(stream, after=query.after, limit=query.limit + 1)
        has_more = len(letters) > query.limit
        letters = letters[: query.limit]
        return resources.EventPage(
            results=[msgspec.Raw(letter.payload) for letter in letters],
            next_cursor=str(letters[-1].seq) if has_more else None,
            has_more=has_more,
        )


def _moment(text: str) -> datetime:
    """Raises Invalid for a day or an hour that there is not."""
    try:
        return msgspec.convert(text, datetime)
    except msgspec.ValidationError as error:
        raise exceptions.Invalid("There is no such moment.", fields={"at": "no moment"}) from error
