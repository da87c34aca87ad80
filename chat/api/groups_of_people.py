"""Groups of people who are mentioned together."""

from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.models import User
from chat import exceptions, inboxes, serialize_personal
from chat.api.asking import asker_of, given
from chat.api.operation import operation
from chat.api.paging import page_by
from chat.api.queries import PageQuery
from chat.models import UserGroup
from chat.services import user_groups
from protocol import personal, resources
from protocol.errors import ErrorCode

CHANGING = (
    ErrorCode.FORBIDDEN,
    ErrorCode.NOT_FOUND,
    ErrorCode.NAME_TAKEN,
    ErrorCode.LIMIT_REACHED,
)
"""How making and changing a group can be refused."""


class Groups(APIView):
    @operation(name="groups_list", answers=resources.Page[personal.UserGroup], query=PageQuery)
    def get(self, request: Request, query: PageQuery) -> resources.Page[personal.UserGroup]:
        """Return the groups, with the people in them whom one can see."""
        return page_by(
            inboxes.user_groups(asker=asker_of(request)),
            field="pk",
            cursor=query.cursor,
            limit=query.limit,
            serialize=lambda rows: [_record(row) for row in rows],
        )

    @operation(
        name="groups_create",
        answers=personal.UserGroup,
        status=201,
        body=personal.NewUserGroup,
        errors=CHANGING,
        scope="admin",
    )
    def post(self, request: Request, body: personal.NewUserGroup) -> personal.UserGroup:
        """Make a group. Admins may."""
        asker = asker_of(request)
        group = user_groups.create(
            by=asker.pk,
            handle=body.handle,
            name=body.name,
            user_ids=[int(user_id) for user_id in body.user_ids],
        )
        return _one(asker, group.pk)


class OneGroup(APIView):
    @operation(
        name="groups_get",
        answers=personal.UserGroup,
        path=["group_id"],
        errors=[ErrorCode.NOT_FOUND],
    )
    def get(self, request: Request, group_id: int) -> personal.UserGroup:
        """Return one group."""
        return _one(asker_of(request), group_id)

    @operation(
        name="groups_change",
        answers=personal.UserGroup,
        path=["group_id"],
        body=personal.UserGroupChange,
        errors=CHANGING,
        scope="admin",
    )
    def patch(
        self, request: Request, group_id: int, body: personal.UserGroupChange
    ) -> personal.UserGroup:
        """Change a group. Admins may."""
        asker = asker_of(request)
        user_ids = given(body.user_ids)
        user_groups.change(
            by=asker.pk,
            group_id=group_id,
            handle=given(body.handle),
            name=given(body.name),
            user_ids=None if user_ids is None else [int(user_id) for user_id in user_ids],
        )
        return _one(asker, group_id)

    @operation(
        name="groups_delete",
        answers=None,
        status=204,
        path=["group_id"],
        errors=[ErrorCode.FORBIDDEN, ErrorCode.NOT_FOUND],
        scope="admin",
    )
    def delete(self, request: Request, group_id: int) -> None:
        """Dissolve a group. Admins may."""
        user_groups.delete(by=asker_of(request).pk, group_id=group_id)


def _one(asker: User, group_id: int) -> personal.UserGroup:
    group = inboxes.user_groups(asker=asker).filter(pk=group_id).first()
    if group is None:
        raise exceptions.NotFound
    return _record(group)


def _record(group: UserGroup) -> personal.UserGroup:
    return serialize_personal.user_group(group, user_ids=[user.pk for user in inboxes.seen(group)])
