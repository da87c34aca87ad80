"""Channels and who is in them."""

from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.models import User
from chat import online, policies, selectors, serialize
from chat.api.asking import IN_CHANNEL, asker_of, given
from chat.api.operation import Answered, operation
from chat.api.paging import page_back, page_by
from chat.api.queries import ChannelsQuery, FilesQuery, PageQuery
from chat.models import Channel
from chat.services import channels, direct, members
from protocol import requests, resources
from protocol.errors import ErrorCode


def _channel_view(asker: User, channel: Channel) -> resources.ChannelView:
    (row,) = selectors.channel_rows([channel], asker=asker)
    return serialize.channel_view(row)


class Channels(APIView):
    @operation(
        name="channels_list", answers=resources.Page[resources.ChannelView], query=ChannelsQuery
    )
    def get(self, request: Request, query: ChannelsQuery) -> resources.Page[resources.ChannelView]:
        """Return the channels that one is in, or with `browse` those that one could join."""
        asker = asker_of(request)
        if query.archived:
            rows = selectors.archived_channels(asker=asker)
        elif query.browse:
            rows = selectors.joinable_channels(asker=asker)
        else:
            rows = selectors.my_channels(asker=asker)
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
        body=requests.NewChannel,
        errors=[ErrorCode.NAME_TAKEN, ErrorCode.FORBIDDEN],
    )
    def post(self, request: Request, body: requests.NewChannel) -> resources.ChannelView:
        """Make a channel, and be its first member."""
        asker = asker_of(request)
        channel = channels.create(
            by=asker.pk,
            name=body.name,
            kind=body.kind,
            topic=body.topic,
            description=body.description,
            posting=body.posting,
        )
        return _channel_view(asker, channel)


class Directs(APIView):
    @operation(
        name="dms_open",
        answers=resources.ChannelView,
        status=201,
        also=[200],
        body=requests.NewDirect,
        errors=[ErrorCode.NOT_FOUND, ErrorCode.LIMIT_REACHED, ErrorCode.FORBIDDEN],
    )
    def post(self, request: Request, body: requests.NewDirect) -> Answered:
        """Open the conversation with these people: always the same, with 200 when it was there."""
        asker = asker_of(request)
        channel, is_new = direct.open_with(
            by=asker.pk, user_ids=[int(user_id) for user_id in body.user_ids]
        )
        return Answered(_channel_view(asker, channel), status=201 if is_new else 200)


class Pins(APIView):
    @operation(
        name="pins_list",
        answers=resources.Page[resources.Message],
        path=["channel_id"],
        errors=[ErrorCode.NOT_FOUND],
    )
    def get(self, request: Request, channel_id: int) -> resources.Page[resources.Message]:
        """Return the pinned messages of a channel, the latest pin first."""
        policies.require_can_read(asker=asker_of(request), channel_id=channel_id)
        rows = selectors.pinned(channel_id=channel_id)
        return resources.Page(
            results=[serialize.stored_message(row) for row in rows],
            next_cursor=None,
            has_more=False,
        )


class Files(APIView):
    @operation(
        name="channel_files_list",
        answers=resources.Page[resources.ChannelFile],
        path=["channel_id"],
        query=FilesQuery,
        errors=[ErrorCode.NOT_FOUND],
    )
    def get(
        self, request: Request, channel_id: int, query: FilesQuery
    ) -> resources.Page[resources.ChannelFile]:
        """Return the files on a channel's messages, replies included, the newest first."""
        policies.require_can_read(asker=asker_of(request), channel_id=channel_id)
        return page_back(
            selectors.attachments(channel_id=channel_id, kind=query.kind),
            field="pk",
            cursor=query.cursor,
            limit=query.limit,
            serialize=lambda rows: [serialize.channel_file(row) for row in rows],
        )


class OneChannel(APIView):
    @operation(
        name="channels_get",
        answers=resources.ChannelView,
        path=["channel_id"],
        errors=[ErrorCode.NOT_FOUND],
    )
    def get(self, request: Request, channel_id: int) -> resources.ChannelView:
        """Return one channel."""
        asker = asker_of(request)
        return _channel_view(asker, policies.require_visible(asker=asker, channel_id=channel_id))

    @operation(
        name="channels_change",
        answers=resources.ChannelView,
        path=["channel_id"],
        body=requests.ChannelChange,
        errors=[
            *IN_CHANNEL,
            ErrorCode.FORBIDDEN,
            ErrorCode.NAME_TAKEN,
            ErrorCode.CHANNEL_ARCHIVED,
        ],
    )
    def patch(
        self, request: Request, channel_id: int, body: requests.ChannelChange
    ) -> resources.ChannelView:
        """Change a channel's name, kind, topic or description."""
        asker = asker_of(request)
        channel = channels.change(
            by=asker.pk,
            channel_id=channel_id,
            wanted=channels.Change(
                name=given(body.name),
                kind=given(body.kind),
                topic=given(body.topic),
                description=given(body.description),
                posting=given(body.posting),
                is_default=given(body.is_default),
            ),
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
        asker = asker_of(request)
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
        asker = asker_of(request)
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
            seq=members.join(user_id=asker_of(request).pk, channel_id=channel_id)
        )


class Leave(APIView):
    @operation(
        name="channels_leave",
        answers=resources.Position,
        path=["channel_id"],
        errors=[*IN_CHANNEL, ErrorCode.FORBIDDEN],
    )
    def post(self, request: Request, channel_id: int) -> resources.Position:
        """Leave a channel."""
        return resources.Position(
            seq=members.leave(user_id=asker_of(request).pk, channel_id=channel_id)
        )


class Presence(APIView):
    @operation(
        name="channel_presence",
        answers=resources.ChannelPresence,
        path=["channel_id"],
        errors=IN_CHANNEL,
    )
    def get(self, request: Request, channel_id: int) -> resources.ChannelPresence:
        """Return how many people of a channel are online, and who, unless they are very many.

        Ask again as often as you show it: it costs little, and is a few seconds old at most.
        """
        policies.require_member(asker=asker_of(request), channel_id=channel_id)
        return online.in_channel(channel_id)


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
        policies.require_visible(asker=asker_of(request), channel_id=channel_id)
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
        body=requests.NewMember,
        errors=[*IN_CHANNEL, ErrorCode.FORBIDDEN, ErrorCode.CHANNEL_ARCHIVED],
    )
    def post(self, request: Request, channel_id: int, body: requests.NewMember) -> resources.Member:
        """Add somebody to a channel."""
        membership = members.add(
            by=asker_of(request).pk, channel_id=channel_id, user_id=int(body.user_id)
        )
        return serialize.member(membership)


class OneMember(APIView):
    @operation(
        name="members_change",
        answers=resources.Member,
        path=["channel_id", "user_id"],
        body=requests.MemberChange,
        errors=[*IN_CHANNEL, ErrorCode.FORBIDDEN],
    )
    def patch(
        self, request: Request, channel_id: int, user_id: int, body: requests.MemberChange
    ) -> resources.Member:
        """Give somebody another role in a channel."""
        return serialize.member(
            members.change_role(
                by=asker_of(request).pk, channel_id=channel_id, user_id=user_id, role=body.role
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
            seq=members.remove(by=asker_of(request).pk, channel_id=channel_id, user_id=user_id)
        )
