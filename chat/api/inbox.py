"""What calls one, what one follows and what one keeps for later."""

from rest_framework.request import Request
from rest_framework.views import APIView

from chat import exceptions, inboxes, policies, serialize_personal
from chat.api.asking import IN_CHANNEL, asker_of
from chat.api.operation import operation
from chat.api.paging import page_back, page_of
from chat.api.queries import PageQuery, ThreadsQuery
from chat.models import Message
from chat.services import following, saved
from protocol import personal, requests, resources
from protocol.errors import ErrorCode


class Mentions(APIView):
    @operation(name="mentions_list", answers=resources.Page[personal.MentionEntry], query=PageQuery)
    def get(self, request: Request, query: PageQuery) -> resources.Page[personal.MentionEntry]:
        """Return the messages that call one, the newest first."""
        rows, has_more = inboxes.called(
            asker=asker_of(request), before=_number(query.cursor), limit=query.limit
        )
        return page_of(
            [serialize_personal.mention_entry(row) for row in rows],
            next_cursor=rows[-1].message.pk if has_more else None,
        )


class Threads(APIView):
    @operation(
        name="threads_list", answers=resources.Page[personal.ThreadEntry], query=ThreadsQuery
    )
    def get(self, request: Request, query: ThreadsQuery) -> resources.Page[personal.ThreadEntry]:
        """Return the threads that one follows, the latest reply first."""
        rows, has_more = inboxes.followed_threads(
            asker=asker_of(request),
            before=_number(query.cursor),
            limit=query.limit,
            only_unread=query.unread,
        )
        return page_of(
            [serialize_personal.thread_entry(row) for row in rows],
            next_cursor=rows[-1].cursor if has_more else None,
        )


class ThreadRead(APIView):
    @operation(
        name="threads_read",
        answers=personal.ThreadState,
        path=["message_id"],
        body=requests.ReadUpTo,
        errors=IN_CHANNEL,
    )
    def post(
        self, request: Request, message_id: int, body: requests.ReadUpTo
    ) -> personal.ThreadState:
        """Move one's read marker in a thread forward. It never moves back."""
        return serialize_personal.thread_state(
            following.mark_read(user_id=asker_of(request).pk, root_id=message_id, seq=body.seq)
        )


class Follow(APIView):
    @operation(
        name="threads_state",
        answers=personal.ThreadState,
        path=["message_id"],
        errors=[ErrorCode.NOT_FOUND],
    )
    def get(self, request: Request, message_id: int) -> personal.ThreadState:
        """Return whether one follows a thread, and how far one has read in it."""
        asker = asker_of(request)
        root = policies.require_message(asker=asker, message_id=message_id)
        if root.thread_id is not None:
            raise exceptions.NotFound("There is no such thread.")
        return serialize_personal.thread_state(inboxes.thread_state(root, asker=asker))

    @operation(
        name="threads_follow",
        answers=personal.ThreadState,
        path=["message_id"],
        errors=IN_CHANNEL,
    )
    def put(self, request: Request, message_id: int) -> personal.ThreadState:
        """Follow a thread: hear of its replies. What is there already counts as read."""
        return _follow(request, message_id, is_following=True)

    @operation(
        name="threads_unfollow",
        answers=personal.ThreadState,
        path=["message_id"],
        errors=IN_CHANNEL,
    )
    def delete(self, request: Request, message_id: int) -> personal.ThreadState:
        """Follow a thread no longer, also when one replies there."""
        return _follow(request, message_id, is_following=False)


class Saved(APIView):
    @operation(name="saved_list", answers=resources.Page[personal.SavedMessage], query=PageQuery)
    def get(self, request: Request, query: PageQuery) -> resources.Page[personal.SavedMessage]:
        """Return what one keeps for later and may still read, the last kept first."""
        return page_back(
            inboxes.saved(asker=asker_of(request)),
            field="pk",
            cursor=query.cursor,
            limit=query.limit,
            serialize=lambda rows: [serialize_personal.saved_message(row) for row in rows],
        )


class Keep(APIView):
    @operation(
        name="messages_save",
        answers=personal.SavedState,
        path=["message_id"],
        errors=[ErrorCode.NOT_FOUND],
    )
    def put(self, request: Request, message_id: int) -> personal.SavedState:
        """Keep a message for later. Keeping it again changes nothing."""
        message = saved.save(user_id=asker_of(request).pk, message_id=message_id)
        return _saved_state(message, is_saved=True)

    @operation(
        name="messages_unsave",
        answers=personal.SavedState,
        path=["message_id"],
        errors=[ErrorCode.NOT_FOUND],
    )
    def delete(self, request: Request, message_id: int) -> personal.SavedState:
        """Keep a message no longer."""
        message = saved.forget(user_id=asker_of(request).pk, message_id=message_id)
        return _saved_state(message, is_saved=False)


def _follow(request: Request, root_id: int, *, is_following: bool) -> personal.ThreadState:
    return serialize_personal.thread_state(
        following.set_following(
            user_id=asker_of(request).pk, root_id=root_id, is_following=is_following
        )
    )


def _saved_state(message: Message, *, is_saved: bool) -> personal.SavedState:
    return personal.SavedState(
        message_id=str(message.pk), channel_id=str(message.channel_id), is_saved=is_saved
    )


def _number(cursor: str | None) -> int | None:
    return None if cursor is None else int(cursor)
