from typing import Any

from django.apps import AppConfig
from django.db import transaction


class AccountsConfig(AppConfig):
    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "People"

    def ready(self) -> None:
        from accounts import watching  # noqa: PLC0415 - needs the apps to be ready

        watching.connect()
        from allauth.account.signals import (  # noqa: PLC0415 - needs the apps to be ready
            email_confirmed,
            user_signed_up,
        )

        user_signed_up.connect(_signed_up, dispatch_uid="accounts.signed_up")
        email_confirmed.connect(_confirmed, dispatch_uid="accounts.confirmed")


def _signed_up(user: Any, **_kwargs: Any) -> None:
    from accounts import signals  # noqa: PLC0415 - needs the apps to be ready

    if not user.is_pending:
        with transaction.atomic():
            invite = getattr(user, "arrives_with", None)
            signals.arrived.send(sender=type(user), user_id=user.pk, invite=invite)


def _confirmed(email_address: Any, **_kwargs: Any) -> None:
    from accounts import people  # noqa: PLC0415 - needs the apps to be ready

    people.confirm(user_id=email_address.user_id)
