"""Who may see to webhooks: those who manage the channel."""

from accounts.models import User
from chat import exceptions
from integrations import selectors
from integrations.models import IncomingWebhook


def require_manageable(*, asker: User, webhook_id: int) -> IncomingWebhook:
    """Return a webhook that the asker may change. Nobody else learns that there is one.

    Raises:
        NotFound.
    """
    webhook = selectors.manageable_webhooks(asker=asker).filter(pk=webhook_id).first()
    if webhook is None:
        raise exceptions.NotFound
    return webhook
