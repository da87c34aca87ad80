"""How far one has read."""

from rest_framework.request import Request
from rest_framework.views import APIView

from chat import inboxes, selectors, serialize, serialize_personal
from chat.api.asking import IN_CHANNEL, asker_of
from chat.api.operation import operation
from chat.services import reading
from protocol import personal, requests, resources


class Read(APIView):
    @operation(
        name="channels_read",
        answers=resources.ReadMarker,
        path=["channel_id"],
        body=requests.ReadUpTo,
        errors=IN_CHANNEL,
    )
    def post(
        self, request: Request, channel_id: int, body: requests.ReadUpTo
    ) -> resources.ReadMarker:
        """Move one's read marker forward. It never moves back."""
        read_seq = reading.mark_read(
            user_id=asker_of(request).pk, channel_id=channel_id, seq=body.seq
        )
        return resources.ReadMarker(channel_id=str(channel_id), read_seq=read_seq)


class MarkUnread(APIView):
    @operation(
        name="channels_unread",
        answers=resources.ReadMarker,
        path=["channel_id"],
        body=personal.UnreadFrom,
        errors=IN_CHANNEL,
    )
    def post(
        self, request: Request, channel_id: int, body: personal.UnreadFrom
    ) -> resources.ReadMarker:
        """Have everything from `seq` on be unread again."""
        read_seq = reading.mark_unread(
            user_id=asker_of(request).pk, channel_id=channel_id, seq=body.seq
        )
        return resources.ReadMarker(channel_id=str(channel_id), read_seq=read_seq)


class ReadAll(APIView):
    @operation(name="read_all", answers=personal.ReadMarkers)
    def post(self, request: Request) -> personal.ReadMarkers:
        """Read all of one's channels and threads to the end. Only what moved is in the answer."""
        read = reading.mark_all_read(user_id=asker_of(request).pk)
        return personal.ReadMarkers(
            markers={str(channel_id): read_seq for channel_id, read_seq in sorted(read.items())}
        )


class Unread(APIView):
    @operation(name="unread", answers=personal.UnreadOverview)
    def get(self, request: Request) -> personal.UnreadOverview:
        """Return how much of each of one's channels is unread, and of the threads one follows."""
        asker = asker_of(request)
        threads, has_more_threads = inboxes.unread_threads(asker=asker)
        return personal.UnreadOverview(
            results=[serialize.unread(row) for row in selectors.unread(asker=asker)],
            threads=[serialize_personal.thread_unread(row) for row in threads],
            has_more_threads=has_more_threads,
            following=[
                serialize_personal.thread_state(row) for row in inboxes.following(asker=asker)
            ],
        )
