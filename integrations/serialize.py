"""Webhooks to what the wire shows of them."""

from msgspec.structs import asdict

from integrations.models import IncomingWebhook
from protocol import resources


def webhook(row: IncomingWebhook) -> resources.Webhook:
    return resources.Webhook(
        id=str(row.pk),
        name=row.name,
        channel_id=str(row.channel_id),
        bot_id=str(row.bot_id),
        is_locked_to_channel=row.is_locked_to_channel,
        created_by_id=None if row.created_by_id is None else str(row.created_by_id),
        created_at=row.created_at,
        last_used_at=row.last_used_at,
    )


def new_webhook(row: IncomingWebhook, *, origin: str, secret: str) -> resources.NewWebhook:
    """Return a webhook with its addresses, below the origin that the asker came to."""
    return resources.NewWebhook(
        **asdict(webhook(row)),
        url=f"{origin}/hooks/{secret}",
        slack_url=f"{origin}/services/T1/B{row.pk}/{secret}",
    )
