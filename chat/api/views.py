"""The operations. Each parses, calls one service or selector, and answers."""

import uuid
from datetime import timedelta
from typing import TypeVar

import msgspec
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts import tokens
from accounts.credentials import Credential
from accounts.models import Token, User
from chat import exceptions, policies, selectors, serialize
from chat.api.operation import Answered, operation
from chat.api.paging import page_by
from chat.api.queries import (
    ChannelsQuery,
    EventsQuery,
    MessagesQuery,
    PageQuery,
    PresenceQuery,
)
from chat.groups import channel_stream
from chat.models import Channel, Message
from chat.services import access, channels, members, messages, reading
from presence import service as presence
from protocol import resources
from protocol.errors import ErrorCode
from protocol.limits import TICKET_SECONDS, WATCH_MAX_USERS
from realtime import log

Value = TypeVar("Value")

IN_CHANNEL = (ErrorCode.NOT_FOUND, ErrorCode.NOT_A_MEMBER)


def _asker(request: Request) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - IsAuthenticated has seen to it
    return request.user


def _credential(request: Request) -> Credential:
    asker = _asker(request)
    if isinstance(request.auth, Token):
        return Credential(user_id=asker.pk, role=asker.role, token_id=request.auth.pk)
    return Credential(
        user_id=asker.pk, role=asker.role, session_key=request.session.session_key or ""
    )


def _given(value: Value | msgspec.UnsetType) -> Value | None:
    return None if isinstance(value, msgspec.UnsetType) else value


def _channel_view(asker: User, channel: Channel) -> resources.ChannelView:
    (row,) = selectors.channel_rows([channel], asker=asker)
    return serialize.channel_view(row)


class Me(APIView):
    @operation(name="users_me", answers=resources.OwnUser)
    def get(self, request: Request) -> resources.OwnUser:
        """Return the person who asks."""
        return serialize.own_user(_asker(request))


class Users(APIView):
    @operation(name="users_list", answers=resources.Page[resources.User], query=PageQuery)
    def get(self, request: Request, query: PageQuery) -> resources.Page[resources.User]:
        """Return the people of the workspace."""
        return page_by(
            selectors.people(asker=_asker(request)),
            field="id",
            cursor=query.cursor,
            limit=query.limit,
            serialize=lambda rows: [serialize.user(row) for row in rows],
        )


class OneUser(APIView):
    @operation(
        name="users_get",
        answers=resources.User,
        path=["user_id"],
        errors=[ErrorCode.NOT_FOUND],
    )
    def get(self, request: Request, user_id: int) -> resources.User:
        """Return one person."""
        user = selectors.people(asker=_asker(request)).filter(pk=user_id).first()
        if user is None:
            raise exceptions.NotFound
        return serialize.user(user)


class Channels(APIView):
    @operation(
        name="channels_list", answers=resources.Page[resources.ChannelView], query=ChannelsQuery
    )
    def get(self, request: Request, query: ChannelsQuery) -> resources.Page[resources.ChannelView]:
        """Return the channels that one is in, or with `browse` those that one could join."""
        asker = _asker(request)
        rows = (
            selectors.joinable_channels(asker=asker)
            if query.browse
            else selectors.my_channels(asker=asker)
        )
        return page_by(
            rows,
            field="id",
            cursor=query.cursor,
            limit=query.limit,
            serialize=lambda found: [
                serialize.channel_view(row) for row in selectors.channel_rows(found, asker=asker)
            ],
        )

    @operation(
        name="channels_create",
        answers=resources.ChannelView,
        status=201,
        body=resources.NewChannel,
        errors=[ErrorCode.NAME_TAKEN, ErrorCode.FORBIDDEN],
    )
    def post(self, request: Request, body: resources.NewChannel) -> resources.ChannelView:
        """Make a channel, and be its first member."""
        asker = _asker(request)
        channel = channels.create(
            by=asker.pk,
            name=body.name,
            kind=body.kind,
            topic=body.topic,
            description=body.description,
        )
        return _channel_view(asker, channel)


class OneChannel(APIView):
    @operation(
        name="channels_get",
        answers=resources.ChannelView,
        path=["channel_id"],
        errors=[ErrorCode.NOT_FOUND],
    )
    def get(self, request: Request, channel_id: int) -> resources.ChannelView:
        """Return one channel."""
        asker = _asker(request)
        return _channel_view(asker, policies.require_visible(asker=asker, channel_id=channel_id))

    @operation(
        name="channels_change",
        answers=resources.ChannelView,
        path=["channel_id"],
        body=resources.ChannelChange,
        errors=[
            *IN_CHANNEL,
            ErrorCode.FORBIDDEN,
            ErrorCode.NAME_TAKEN,
            ErrorCode.CHANNEL_ARCHIVED,
        ],
    )
    def patch(
        self, request: Request, channel_id: int, body: resources.ChannelChange
    ) -> resources.ChannelView:
        """Change a channel's name, kind, topic or description."""
        asker = _asker(request)
        channel = channels.change(
            by=asker.pk,
            channel_id=channel_id,
            name=_given(body.name),
            kind=_given(body.kind),
            topic=_given(body.topic),
            description=_given(body.description),
        )
        return _channel_view(asker, channel)


class Archive(APIView):
    @operation(
        name="channels_archive",
        answers=resources.ChannelView,
        path=["channel_id"],
        errors=[*IN_CHANNEL, ErrorCode.FORBIDDEN],
    )
    def post(self, request: Request, channel_id: int) -> resources.ChannelView:
        """Close a channel for writing."""
        asker = _asker(request)
        return _channel_view(asker, channels.archive(by=asker.pk, channel_id=channel_id))


class Unarchive(APIView):
    @operation(
        name="channels_unarchive",
        answers=resources.ChannelView,
        path=["channel_id"],
        errors=[*IN_CHANNEL, ErrorCode.FORBIDDEN],
    )
    def post(self, request: Request, channel_id: int) -> resources.ChannelView:
        """Open an archived channel for writing again."""
        asker = _asker(request)
        return _channel_view(asker, channels.unarchive(by=asker.pk, channel_id=channel_id))


class Join(APIView):
    @operation(
        name="channels_join",
        answers=resources.Position,
        path=["channel_id"],
        errors=[ErrorCode.NOT_FOUND, ErrorCode.CHANNEL_ARCHIVED],
    )
    def post(self, request: Request, channel_id: int) -> resources.Position:
        """Join a public channel."""
        return resources.Position(
            seq=members.join(user_id=_asker(request).pk, channel_id=channel_id)
        )


class Leave(APIView):
    @operation(
        name="channels_leave", answers=resources.Position, path=["channel_id"], errors=IN_CHANNEL
    )
    def post(self, request: Request, channel_id: int) -> resources.Position:
        """Leave a channel."""
        return resources.Position(
            seq=members.leave(user_id=_asker(request).pk, channel_id=channel_id)
        )


class Members(APIView):
    @operation(
        name="members_list",
        answers=resources.Page[resources.Member],
        path=["channel_id"],
        query=PageQuery,
        errors=[ErrorCode.NOT_FOUND],
    )
    def get(
        self, request: Request, channel_id: int, query: PageQuery
    ) -> resources.Page[resources.Member]:
        """Return who is in a channel."""
        policies.require_visible(asker=_asker(request), channel_id=channel_id)
        return page_by(
            selectors.members(channel_id=channel_id),
            field="user_id",
            cursor=query.cursor,
            limit=query.limit,
            serialize=lambda rows: [serialize.member(row) for row in rows],
        )

    @operation(
        name="members_add",
        answers=resources.Member,
        status=201,
        path=["channel_id"],
        body=resources.NewMember,
        errors=[*IN_CHANNEL, ErrorCode.FORBIDDEN, ErrorCode.CHANNEL_ARCHIVED],
    )
    def post(
        self, request: Request, channel_id: int, body: resources.NewMember
    ) -> resources.Member:
        """Add somebody to a channel."""
        membership = members.add(
            by=_asker(request).pk, channel_id=channel_id, user_id=int(body.user_id)
        )
        return serialize.member(membership)


class OneMember(APIView):
    @operation(
        name="members_change",
        answers=resources.Member,
        path=["channel_id", "user_id"],
        body=resources.MemberChange,
        errors=[*IN_CHANNEL, ErrorCode.FORBIDDEN],
    )
    def patch(
        self, request: Request, channel_id: int, user_id: int, body: resources.MemberChange
    ) -> resources.Member:
        """Give somebody another role in a channel."""
        return serialize.member(
            members.change_role(
                by=_asker(request).pk, channel_id=channel_id, user_id=user_id, role=body.role
            )
        )

    @operation(
        name="members_remove",
        answers=resources.Position,
        path=["channel_id", "user_id"],
        errors=[*IN_CHANNEL, ErrorCode.FORBIDDEN],
    )
    def delete(self, request: Request, channel_id: int, user_id: int) -> resources.Position:
        """Remove somebody from a channel."""
        return resources.Position(
            seq=members.remove(by=_asker(request).pk, channel_id=channel_id, user_id=user_id)
        )


class Messages(APIView):
    @operation(
        name="messages_list",
        answers=resources.Page[resources.Message],
        path=["channel_id"],
        query=MessagesQuery,
        errors=[ErrorCode.NOT_FOUND],
    )
    def get(
        self, request: Request, channel_id: int, query: MessagesQuery
    ) -> resources.Page[resources.Message]:
        """Return a page of messages by seq, ascending; the newest page when nothing is asked for.

        `next_cursor` is the next `before`; after `after`, the next `after`.
        """
        policies.require_can_read(asker=_asker(request), channel_id=channel_id)
        if sum(value is not None for value in (query.before, query.after, query.around)) > 1:
            raise exceptions.Invalid("Only one of before, after and around can be given.")
        window = selectors.message_window(
            channel_id=channel_id,
            before=query.before,
            after=query.after,
            around=query.around,
            limit=query.limit,
        )
        return resources.Page(
            results=[serialize.stored_message(row) for row in window.messages],
            next_cursor=None if window.next_seq is None else str(window.next_seq),
            has_more=window.next_seq is not None,
        )

    @operation(
        name="messages_post",
        answers=resources.Message,
        status=201,
        also=[200],
        path=["channel_id"],
        body=resources.NewMessage,
        errors=[*IN_CHANNEL, ErrorCode.CHANNEL_ARCHIVED, ErrorCode.CLIENT_ID_REUSED],
    )
    def post(self, request: Request, channel_id: int, body: resources.NewMessage) -> Answered:
        """Say something. The same `client_id` again gives the same message, with status 200."""
        answer = messages.post(
            author_id=_asker(request).pk,
            channel_id=channel_id,
            client_id=uuid.UUID(body.client_id),
            text=body.text,
            thread_id=None if body.thread_id is None else int(body.thread_id),
            file_ids=[int(file_id) for file_id in body.file_ids],
        )
        return Answered(
            serialize.stored_message(answer.message), status=201 if answer.is_new else 200
        )


class OneMessage(APIView):
    @operation(
        name="messages_edit",
        answers=resources.Message,
        path=["message_id"],
        body=resources.MessageChange,
        errors=[*IN_CHANNEL, ErrorCode.FORBIDDEN, ErrorCode.CHANNEL_ARCHIVED],
    )
    def patch(
        self, request: Request, message_id: int, body: resources.MessageChange
    ) -> resources.Message:
        """Change the text of one's own message."""
        answer = messages.edit(by=_asker(request).pk, message_id=message_id, text=body.text)
        return serialize.stored_message(answer.message)

    @operation(
        name="messages_delete",
        answers=resources.Position,
        path=["message_id"],
        errors=[*IN_CHANNEL, ErrorCode.FORBIDDEN, ErrorCode.CHANNEL_ARCHIVED],
    )
    def delete(self, request: Request, message_id: int) -> resources.Position:
        """Delete a message."""
        answer = messages.delete(by=_asker(request).pk, message_id=message_id)
        return resources.Position(seq=answer.seq)


class Thread(APIView):
    @operation(
        name="messages_thread",
        answers=resources.Page[resources.Message],
        path=["message_id"],
        query=PageQuery,
        errors=[ErrorCode.NOT_FOUND],
    )
    def get(
        self, request: Request, message_id: int, query: PageQuery
    ) -> resources.Page[resources.Message]:
        """Return the replies to a message, the oldest first."""
        root = policies.require_message(asker=_asker(request), message_id=message_id)
        return page_by(
            Message.objects.filter(thread=root).prefetch_related("mentions"),
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
        policies.require_can_read(asker=_asker(request), channel_id=channel_id)
        stream = channel_stream(channel_id)
        letters = log.read(stream, after=query.after, limit=query.limit + 1)
        has_more = len(letters) > query.limit
        letters = letters[: query.limit]
        return resources.EventPage(
            results=[msgspec.Raw(letter.payload) for letter in letters],
            next_cursor=str(letters[-1].seq) if has_more else None,
            has_more=has_more,
        )


class Read(APIView):
    @operation(
        name="channels_read",
        answers=resources.ReadMarker,
        path=["channel_id"],
        body=resources.ReadUpTo,
        errors=IN_CHANNEL,
    )
    def post(
        self, request: Request, channel_id: int, body: resources.ReadUpTo
    ) -> resources.ReadMarker:
        """Move one's read marker forward. It never moves back."""
        read_seq = reading.mark_read(
            user_id=_asker(request).pk, channel_id=channel_id, seq=body.seq
        )
        return resources.ReadMarker(channel_id=str(channel_id), read_seq=read_seq)


class Unread(APIView):
    @operation(name="unread", answers=resources.UnreadCounts)
    def get(self, request: Request) -> resources.UnreadCounts:
        """Return how much of each of one's channels is unread."""
        return resources.UnreadCounts(
            results=[serialize.unread(row) for row in selectors.unread(asker=_asker(request))]
        )


class Presence(APIView):
    @operation(name="presence", answers=resources.Presence, query=PresenceQuery)
    def get(self, request: Request, query: PresenceQuery) -> resources.Presence:
        """Return who is online. Whom one cannot see is not in the answer."""
        ids = sorted({int(id_) for id_ in query.user_ids.split(",")})
        if len(ids) > WATCH_MAX_USERS:
            raise exceptions.Invalid(f"At most {WATCH_MAX_USERS} people.")
        visible = selectors.people(asker=_asker(request)).filter(pk__in=ids)
        return resources.Presence(users=presence.states(list(visible.values_list("pk", flat=True))))


class Tokens(APIView):
    @operation(name="tokens_list", answers=resources.Page[resources.Token])
    def get(self, request: Request) -> resources.Page[resources.Token]:
        """Return one's tokens, without their secrets."""
        return resources.Page(
            results=[serialize.token(row) for row in tokens.of_user(user_id=_asker(request).pk)],
            next_cursor=None,
            has_more=False,
        )

    @operation(
        name="tokens_create",
        answers=resources.NewToken,
        status=201,
        body=resources.NewTokenRequest,
    )
    def post(self, request: Request, body: resources.NewTokenRequest) -> resources.NewToken:
        """Make a bearer token. Its secret is shown this once."""
        days = body.expires_in_days
        row, secret = tokens.issue(
            user_id=_asker(request).pk,
            name=body.name,
            expires_at=None if days is None else timezone.now() + timedelta(days=days),
        )
        return serialize.new_token(row, secret)


class OneToken(APIView):
    @operation(
        name="tokens_revoke",
        answers=None,
        status=204,
        path=["token_id"],
        errors=[ErrorCode.NOT_FOUND],
    )
    def delete(self, request: Request, token_id: int) -> None:
        """Revoke a token."""
        if not access.revoke_token(token_id=token_id, user_id=_asker(request).pk):
            raise exceptions.NotFound


class Tickets(APIView):
    @operation(name="tickets_create", answers=resources.Ticket, status=201)
    def post(self, request: Request) -> resources.Ticket:
        """Make a ticket that opens one socket, once, soon."""
        return resources.Ticket(
            ticket=tokens.issue_ticket(_credential(request)),
            expires_in_seconds=TICKET_SECONDS,
        )
