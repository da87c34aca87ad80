"""Accounts of programs, and their tokens. For those who manage the workspace."""

from rest_framework.request import Request
from rest_framework.views import APIView

from chat import exceptions, policies, selectors, serialize
from chat.api.access import all_of, issue
from chat.api.asking import asker_of
from chat.api.operation import operation
from chat.api.paging import page_by
from chat.api.queries import PageQuery
from chat.services import access, people
from protocol import requests, resources
from protocol.errors import ErrorCode

OF_A_BOT = (ErrorCode.NOT_FOUND, ErrorCode.FORBIDDEN)


class Bots(APIView):
    @operation(
        name="bots_list",
        answers=resources.Page[resources.Bot],
        query=PageQuery,
        errors=[ErrorCode.FORBIDDEN],
        scope="admin",
    )
    def get(self, request: Request, query: PageQuery) -> resources.Page[resources.Bot]:
        """Return the bots."""
        policies.require_admin(user_id=asker_of(request).pk)
        return page_by(
            selectors.bots(),
            field="id",
            cursor=query.cursor,
            limit=query.limit,
            serialize=lambda rows: [serialize.bot(row) for row in rows],
        )

    @operation(
        name="bots_create",
        answers=resources.Bot,
        status=201,
        body=requests.NewBot,
        errors=[ErrorCode.NAME_TAKEN, ErrorCode.FORBIDDEN],
        scope="admin",
    )
    def post(self, request: Request, body: requests.NewBot) -> resources.Bot:
        """Make a bot. It is in no channel yet, and nobody can log in as it."""
        bot = people.make_bot(
            by=asker_of(request).pk,
            username=body.username,
            display_name=body.display_name,
            role=body.role,
        )
        return serialize.bot(bot)


class BotTokens(APIView):
    @operation(
        name="bot_tokens_list",
        answers=resources.Page[resources.Token],
        path=["bot_id"],
        errors=OF_A_BOT,
        scope="admin",
    )
    def get(self, request: Request, bot_id: int) -> resources.Page[resources.Token]:
        """Return a bot's tokens, without their secrets."""
        return all_of(people.require_bot(by=asker_of(request).pk, bot_id=bot_id).pk)

    @operation(
        name="bot_tokens_create",
        answers=resources.NewToken,
        status=201,
        path=["bot_id"],
        body=requests.NewTokenRequest,
        errors=OF_A_BOT,
        scope="admin",
    )
    def post(
        self, request: Request, bot_id: int, body: requests.NewTokenRequest
    ) -> resources.NewToken:
        """Make a bearer token for a bot. Its secret is shown this once."""
        bot = people.require_bot(by=asker_of(request).pk, bot_id=bot_id)
        return issue(request, body, user_id=bot.pk)


class OneBotToken(APIView):
    @operation(
        name="bot_tokens_revoke",
        answers=None,
        status=204,
        path=["bot_id", "token_id"],
        errors=OF_A_BOT,
        scope="admin",
    )
    def delete(self, request: Request, bot_id: int, token_id: int) -> None:
        """Revoke a token of a bot."""
        bot = people.require_bot(by=asker_of(request).pk, bot_id=bot_id)
        if not access.revoke_token(by=asker_of(request).pk, token_id=token_id, user_id=bot.pk):
            raise exceptions.NotFound
