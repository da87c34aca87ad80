"""Incoming webhooks: addresses at which programs post in Slack's format."""

from rest_framework.request import Request
from rest_framework.views import APIView

from chat.api.asking import IN_CHANNEL, asker_of, given
from chat.api.operation import operation
from chat.api.paging import page_by
from chat.api.queries import PageQuery
from integrations import policies, selectors, serialize, services
from integrations.models import IncomingWebhook
from protocol import requests, resources
from protocol.errors import ErrorCode


def _with_addresses(request: Request, made: tuple[IncomingWebhook, str]) -> resources.NewWebhook:
    row, secret = made
    origin = request.build_absolute_uri("/").rstrip("/")
    return serialize.new_webhook(row, origin=origin, secret=secret)


class Webhooks(APIView):
    @operation(name="webhooks_list", answers=resources.Page[resources.Webhook], query=PageQuery)
    def get(self, request: Request, query: PageQuery) -> resources.Page[resources.Webhook]:
        """Return the webhooks of the channels that one manages, without their addresses."""
        return page_by(
            selectors.manageable_webhooks(asker=asker_of(request)),
            field="id",
            cursor=query.cursor,
            limit=query.limit,
            serialize=lambda rows: [serialize.webhook(row) for row in rows],
        )

    @operation(
        name="webhooks_create",
        answers=resources.NewWebhook,
        status=201,
        body=requests.NewWebhookRequest,
        errors=[*IN_CHANNEL, ErrorCode.FORBIDDEN, ErrorCode.CHANNEL_ARCHIVED],
    )
    def post(self, request: Request, body: requests.NewWebhookRequest) -> resources.NewWebhook:
        """Make a webhook and its bot. Its addresses are shown this once.

        For moderators of the channel and admins of the workspace.
        """
        made = services.create(
            by=asker_of(request).pk,
            channel_id=int(body.channel_id),
            name=body.name,
            is_locked_to_channel=body.is_locked_to_channel,
        )
        return _with_addresses(request, made)


class OneWebhook(APIView):
    @operation(
        name="webhooks_get",
        answers=resources.Webhook,
        path=["webhook_id"],
        errors=[ErrorCode.NOT_FOUND],
    )
    def get(self, request: Request, webhook_id: int) -> resources.Webhook:
        """Return one webhook, without its addresses."""
        return serialize.webhook(
            policies.require_manageable(asker=asker_of(request), webhook_id=webhook_id)
        )

    @operation(
        name="webhooks_change",
        answers=resources.Webhook,
        path=["webhook_id"],
        body=requests.WebhookChange,
        errors=[*IN_CHANNEL, ErrorCode.FORBIDDEN, ErrorCode.CHANNEL_ARCHIVED],
    )
    def patch(
        self, request: Request, webhook_id: int, body: requests.WebhookChange
    ) -> resources.Webhook:
        """Change a webhook's name or channel, or whether it is locked to it."""
        channel_id = given(body.channel_id)
        return serialize.webhook(
            services.change(
                by=asker_of(request).pk,
                webhook_id=webhook_id,
                name=given(body.name),
                channel_id=None if channel_id is None else int(channel_id),
                is_locked_to_channel=given(body.is_locked_to_channel),
            )
        )

    @operation(
        name="webhooks_revoke",
        answers=None,
        status=204,
        path=["webhook_id"],
        errors=[ErrorCode.NOT_FOUND],
    )
    def delete(self, request: Request, webhook_id: int) -> None:
        """End a webhook. Its bot leaves; what it said stays."""
        services.revoke(by=asker_of(request).pk, webhook_id=webhook_id)


class Rotate(APIView):
    @operation(
        name="webhooks_rotate",
        answers=resources.NewWebhook,
        path=["webhook_id"],
        errors=[ErrorCode.NOT_FOUND],
    )
    def post(self, request: Request, webhook_id: int) -> resources.NewWebhook:
        """Give a webhook other addresses. The old ones are worth nothing from now on."""
        made = services.rotate(by=asker_of(request).pk, webhook_id=webhook_id)
        return _with_addresses(request, made)
