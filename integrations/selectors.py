"""Reading webhooks, and the names that their texts speak of."""

from collections.abc import Callable
from typing import Final

from django.db.models import Q, QuerySet

from accounts.models import User
from chat import selectors
from chat.models import Membership
from integrations.models import IncomingWebhook

LOOKUPS_MAX: Final = 100
"""Names that are looked up for one message. The rest stay ids."""


def manageable_webhooks(*, asker: User) -> QuerySet[IncomingWebhook]:
    """Return the webhooks of channels that the asker manages."""
    hooks = IncomingWebhook.objects.filter(revoked_at=None).select_related("channel", "bot")
    if asker.is_admin:
        return hooks.filter(channel__in=selectors.visible_channels(asker=asker))
    moderated = Membership.objects.filter(
        Q(role=Membership.Role.OWNER) | Q(role=Membership.Role.ADMIN), user=asker
    )
    return hooks.filter(channel__in=moderated.values("channel"))


class NamesFor:
    """Looks up who is meant by an id in Slack's format, as far as this person may know."""

    def __init__(self, asker: User) -> None:
        self._asker = asker
        self._found: dict[str, str | None] = {}

    def username(self, id_: str) -> str | None:
        def find(number: int) -> str | None:
            people = selectors.people(asker=self._asker).filter(pk=number)
            return people.values_list("username", flat=True).first()

        return self._look_up(id_, "UW", find)

    def channel(self, id_: str) -> str | None:
        def find(number: int) -> str | None:
            channels = selectors.visible_channels(asker=self._asker).filter(pk=number)
            return channels.values_list("name", flat=True).first()

        return self._look_up(id_, "CGD", find)

    def _look_up(self, id_: str, prefixes: str, find: Callable[[int], str | None]) -> str | None:
        key = prefixes[0] + id_
        if key not in self._found:
            number = number_in(id_, prefixes)
            if number is None or len(self._found) >= LOOKUPS_MAX:
                return None
            self._found[key] = find(number)
        return self._found[key]


def number_in(id_: str, prefixes: str) -> int | None:
    """Return our id in one such as `U7`, `C0000007` or `7`."""
    digits = id_[1:] if id_[:1] in tuple(prefixes) else id_
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= 18
    return int(digits) if is_number else None
