"""What programs come in with."""

from datetime import timedelta

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts import tokens
from chat import exceptions, serialize
from chat.api.asking import asker_of, credential_of
from chat.api.operation import operation
from chat.services import access
from protocol import resources
from protocol.errors import ErrorCode
from protocol.limits import TICKET_SECONDS


class Tokens(APIView):
    @operation(name="tokens_list", answers=resources.Page[resources.Token])
    def get(self, request: Request) -> resources.Page[resources.Token]:
        """Return one's tokens, without their secrets."""
        return resources.Page(
            results=[serialize.token(row) for row in tokens.of_user(user_id=asker_of(request).pk)],
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
            user_id=asker_of(request).pk,
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
        if not access.revoke_token(token_id=token_id, user_id=asker_of(request).pk):
            raise exceptions.NotFound


class Tickets(APIView):
    @operation(name="tickets_create", answers=resources.Ticket, status=201)
    def post(self, request: Request) -> resources.Ticket:
        """Make a ticket that opens one socket, once, soon."""
        return resources.Ticket(
            ticket=tokens.issue_ticket(credential_of(request)),
            expires_in_seconds=TICKET_SECONDS,
        )
