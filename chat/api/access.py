"""What programs come in with."""

from datetime import datetime, timedelta

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts import tokens
from chat import exceptions, serialize
from chat.api.asking import asker_of, credential_of, token_of
from chat.api.operation import operation
from chat.services import access
from protocol import requests, resources
from protocol.errors import ErrorCode
from protocol.limits import TICKET_SECONDS


def in_days(days: int | None) -> datetime | None:
    """Return the moment after this many days; None for never."""
    return None if days is None else timezone.now() + timedelta(days=days)


def issue(request: Request, body: requests.NewTokenRequest, *, user_id: int) -> resources.NewToken:
    """Make a token of this person or bot, as the one who asks may."""
    row, secret = access.issue_token(
        by=asker_of(request).pk,
        user_id=user_id,
        name=body.name,
        expires_at=in_days(body.expires_in_days),
        scopes=body.scopes,
        asked_with=token_of(request),
    )
    return serialize.new_token(row, secret)


def all_of(user_id: int) -> resources.Page[resources.Token]:
    """Return the tokens of this person or bot."""
    return resources.Page(
        results=[serialize.token(row) for row in tokens.of_user(user_id=user_id)],
        next_cursor=None,
        has_more=False,
    )


class Tokens(APIView):
    @operation(name="tokens_list", answers=resources.Page[resources.Token])
    def get(self, request: Request) -> resources.Page[resources.Token]:
        """Return one's tokens, without their secrets."""
        return all_of(asker_of(request).pk)

    @operation(
        name="tokens_create",
        answers=resources.NewToken,
        status=201,
        body=requests.NewTokenRequest,
    )
    def post(self, request: Request, body: requests.NewTokenRequest) -> resources.NewToken:
        """Make a bearer token. Its secret is shown this once.

        A token that makes one gives it no more scopes and no longer life than it has itself.
        """
        return issue(request, body, user_id=asker_of(request).pk)


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
        if not access.revoke_token(
            by=asker_of(request).pk, token_id=token_id, user_id=asker_of(request).pk
        ):
            raise exceptions.NotFound


class Tickets(APIView):
    @operation(name="tickets_create", answers=resources.Ticket, status=201, scope="read")
    def post(self, request: Request) -> resources.Ticket:
        """Make a ticket that opens one socket, once, soon."""
        return resources.Ticket(
            ticket=tokens.issue_ticket(credential_of(request)),
            expires_in_seconds=TICKET_SECONDS,
        )
