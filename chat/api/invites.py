"""Links that let people in. For those who manage the workspace."""

import segno
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.views import APIView

from chat import policies, selectors, serialize
from chat.api.access import in_days
from chat.api.asking import asker_of
from chat.api.operation import operation
from chat.api.paging import page_by
from chat.api.queries import PageQuery
from chat.services import invites
from protocol import requests, resources
from protocol.errors import ErrorCode


class Invites(APIView):
    @operation(
        name="invites_list",
        answers=resources.Page[resources.Invite],
        query=PageQuery,
        errors=[ErrorCode.FORBIDDEN],
        scope="admin",
    )
    def get(self, request: Request, query: PageQuery) -> resources.Page[resources.Invite]:
        """Return the invites, without their secrets."""
        asker = policies.require_admin(user_id=asker_of(request).pk)
        return page_by(
            selectors.invites(asker=asker),
            field="id",
            cursor=query.cursor,
            limit=query.limit,
            serialize=lambda rows: [serialize.invite(row) for row in rows],
        )

    @operation(
        name="invites_create",
        answers=resources.NewInvite,
        status=201,
        body=requests.NewInviteRequest,
        errors=[ErrorCode.FORBIDDEN],
        scope="admin",
    )
    def post(self, request: Request, body: requests.NewInviteRequest) -> resources.NewInvite:
        """Make an invite. Its link and its QR code are shown this once."""
        invite, secret = invites.create(
            by=asker_of(request).pk,
            role=body.role,
            channel_ids=[int(channel_id) for channel_id in body.channel_ids],
            expires_at=in_days(body.expires_in_days),
            max_uses=body.max_uses,
            note=body.note,
        )
        url = request.build_absolute_uri(reverse("join", args=[secret]))
        return serialize.new_invite(invite, url=url, qr_svg=_qr_svg(url))


class OneInvite(APIView):
    @operation(
        name="invites_revoke",
        answers=None,
        status=204,
        path=["invite_id"],
        errors=[ErrorCode.NOT_FOUND, ErrorCode.FORBIDDEN],
        scope="admin",
    )
    def delete(self, request: Request, invite_id: int) -> None:
        """Revoke an invite. Whoever came in with it stays."""
        invites.revoke(by=asker_of(request).pk, invite_id=invite_id)


def _qr_svg(url: str) -> str:
    code = segno.make_qr(url, error="m")
    # On white, with its quiet zone: a camera finds it on a dark page as well.
    return str(code.svg_inline(scale=4, dark="#000", light="#fff", title="QR code"))
