"""People."""

import msgspec
from rest_framework.request import Request
from rest_framework.views import APIView

from chat import exceptions, selectors, serialize
from chat.api.asking import asker_of, given
from chat.api.operation import operation
from chat.api.paging import page_by
from chat.api.queries import PageQuery, PresenceQuery
from chat.services import people
from presence import service as presence
from protocol import requests, resources
from protocol.errors import ErrorCode
from protocol.limits import WATCH_MAX_USERS


class Me(APIView):
    @operation(name="users_me", answers=resources.OwnUser)
    def get(self, request: Request) -> resources.OwnUser:
        """Return the person who asks."""
        return serialize.own_user(asker_of(request))

    @operation(
        name="users_change_me",
        answers=resources.OwnUser,
        body=requests.ProfileChange,
        errors=[ErrorCode.NAME_TAKEN, ErrorCode.FORBIDDEN],
    )
    def patch(self, request: Request, body: requests.ProfileChange) -> resources.OwnUser:
        """Change one's own profile. Open browsers of others show it at once."""
        sent = {
            field: value
            for field, value in msgspec.structs.asdict(body).items()
            if not isinstance(value, msgspec.UnsetType)
        }
        return serialize.own_user(people.change_profile(user_id=asker_of(request).pk, changes=sent))


class Users(APIView):
    @operation(name="users_list", answers=resources.Page[resources.User], query=PageQuery)
    def get(self, request: Request, query: PageQuery) -> resources.Page[resources.User]:
        """Return the people of the workspace."""
        return page_by(
            selectors.people(asker=asker_of(request)),
            field="id",
            cursor=query.cursor,
            limit=query.limit,
            serialize=lambda rows: [serialize.user(row) for row in rows],
        )


class OneUser(APIView):
    @operation(
        name="users_get",
        answers=resources.Profile,
        path=["user_id"],
        errors=[ErrorCode.NOT_FOUND],
    )
    def get(self, request: Request, user_id: int) -> resources.Profile:
        """Return one person."""
        user = selectors.people(asker=asker_of(request)).filter(pk=user_id).first()
        if user is None:
            raise exceptions.NotFound
        return serialize.profile(user)

    @operation(
        name="users_change",
        answers=resources.Profile,
        path=["user_id"],
        body=requests.UserChange,
        errors=[ErrorCode.NOT_FOUND, ErrorCode.FORBIDDEN],
        scope="admin",
    )
    def patch(self, request: Request, user_id: int, body: requests.UserChange) -> resources.Profile:
        """Change somebody's role, deactivate them or let them in again.

        Admins manage members, guests and bots; owners manage everybody. The last owner stays.
        """
        user = people.change(
            by=asker_of(request).pk,
            user_id=user_id,
            role=given(body.role),
            is_active=given(body.is_active),
        )
        return serialize.profile(user)


class Presence(APIView):
    @operation(name="presence", answers=resources.Presence, query=PresenceQuery)
    def get(self, request: Request, query: PresenceQuery) -> resources.Presence:
        """Return who is online. Who shares no channel with one is not in the answer."""
        ids = sorted({int(id_) for id_ in query.user_ids.split(",")})
        if len(ids) > WATCH_MAX_USERS:
            raise exceptions.Invalid(f"At most {WATCH_MAX_USERS} people.")
        near = selectors.those_near(asker_id=asker_of(request).pk, user_ids=ids)
        return resources.Presence(users=presence.states(near))
