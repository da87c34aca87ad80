"""How one wants it: preferences, what a channel is to one, and what one has begun to write."""

from msgspec import UNSET
from rest_framework.request import Request
from rest_framework.views import APIView

from chat import inboxes, serialize, serialize_personal
from chat.api.asking import IN_CHANNEL, asker_of, given
from chat.api.operation import operation
from chat.api.paging import page_by
from chat.api.queries import PageQuery
from chat.services import drafts, memberships, preferences
from protocol import personal, resources
from protocol.errors import ErrorCode


class Preferences(APIView):
    @operation(name="preferences_get", answers=personal.Preferences)
    def get(self, request: Request) -> personal.Preferences:
        """Return how one wants it."""
        return inboxes.preferences(asker=asker_of(request))

    @operation(
        name="preferences_change",
        answers=personal.Preferences,
        body=personal.PreferencesChange,
    )
    def patch(self, request: Request, body: personal.PreferencesChange) -> personal.Preferences:
        """Change how one wants it."""
        return preferences.change(user_id=asker_of(request).pk, wanted=body)


class OwnMembership(APIView):
    @operation(
        name="membership_change",
        answers=resources.OwnMembership,
        path=["channel_id"],
        body=personal.MembershipChange,
        errors=IN_CHANNEL,
    )
    def patch(
        self, request: Request, channel_id: int, body: personal.MembershipChange
    ) -> resources.OwnMembership:
        """Change what a channel is to one: how loud it is, and where it stands."""
        section_id = given(body.section_id)
        return serialize.own_membership(
            memberships.change(
                user_id=asker_of(request).pk,
                channel_id=channel_id,
                level=given(body.level),
                is_muted=given(body.is_muted),
                is_favourite=given(body.is_favourite),
                is_hidden=given(body.is_hidden),
                section_id=None if section_id is None else int(section_id),
                is_sectioned=body.section_id is not UNSET,
            )
        )


class Drafts(APIView):
    @operation(name="drafts_list", answers=resources.Page[personal.Draft], query=PageQuery)
    def get(self, request: Request, query: PageQuery) -> resources.Page[personal.Draft]:
        """Return what one has begun to write and not sent."""
        return page_by(
            inboxes.drafts(asker=asker_of(request)),
            field="pk",
            cursor=query.cursor,
            limit=query.limit,
            serialize=lambda rows: [serialize_personal.draft(row) for row in rows],
        )

    @operation(
        name="drafts_put",
        answers=personal.DraftState,
        body=personal.DraftChange,
        errors=[*IN_CHANNEL, ErrorCode.FORBIDDEN, ErrorCode.CHANNEL_ARCHIVED],
    )
    def put(self, request: Request, body: personal.DraftChange) -> personal.DraftState:
        """Keep what one has begun to write. An empty text ends the draft."""
        row = drafts.put(
            user_id=asker_of(request).pk,
            channel_id=int(body.channel_id),
            thread_id=None if body.thread_id is None else int(body.thread_id),
            text=body.text,
            version=body.version,
        )
        return personal.DraftState(
            channel_id=body.channel_id,
            thread_id=body.thread_id,
            draft=None if row is None else serialize_personal.draft(row),
        )
