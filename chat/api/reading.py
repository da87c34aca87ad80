"""How far one has read."""

from rest_framework.request import Request
from rest_framework.views import APIView

from chat import selectors, serialize
from chat.api.asking import IN_CHANNEL, asker_of
from chat.api.operation import operation
from chat.services import reading
from protocol import resources


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
            user_id=asker_of(request).pk, channel_id=channel_id, seq=body.seq
        )
        return resources.ReadMarker(channel_id=str(channel_id), read_seq=read_seq)


class Unread(APIView):
    @operation(name="unread", answers=resources.UnreadCounts)
    def get(self, request: Request) -> resources.UnreadCounts:
        """Return how much of each of one's channels is unread."""
        return resources.UnreadCounts(
            results=[serialize.unread(row) for row in selectors.unread(asker=asker_of(request))]
        )
