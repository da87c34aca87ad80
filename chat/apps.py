from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_out
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.signals import arrived, entitlement_changed, username_chosen


class ChatConfig(AppConfig):
    name = "chat"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Chat"

    def ready(self) -> None:
        # There is more than one page to log out on: Django's admin has its own.
        user_logged_out.connect(_logged_out, dispatch_uid="chat.logged_out")
        arrived.connect(_settle_in, dispatch_uid="chat.settle_in")
        entitlement_changed.connect(_look_again, dispatch_uid="chat.look_again")
        username_chosen.connect(_require_no_handle, dispatch_uid="chat.require_no_handle")
        from chat.search import index  # noqa: PLC0415 - needs the apps to be ready

        index.connect()


def _logged_out(request: Any, user: Any, **_kwargs: Any) -> None:
    key = request.session.session_key
    if user is not None and key:
        # The signal comes before Django forgets the session, and a socket is asked about at once.
        request.session.delete(key)
        transaction.on_commit(lambda: _look_again(user_id=user.pk))


def _look_again(*, user_id: int, **_kwargs: Any) -> None:
    from chat.services import access  # noqa: PLC0415 - needs the apps to be ready

    access.look_again(user_id=user_id)


def _settle_in(*, user_id: int, invite: Any, **_kwargs: Any) -> None:
    from chat.services import invites, workspace  # noqa: PLC0415 - needs the apps to be ready

    channel_ids = [] if invite is None else invites.channels_of(invite)
    workspace.bring_in(user_id=user_id, channel_ids=channel_ids)


def _require_no_handle(*, username: str, **_kwargs: Any) -> None:
    from chat.services import user_groups  # noqa: PLC0415 - needs the apps to be ready

    if user_groups.is_handle(username):
        raise ValidationError(_("This calls a group of people already."), code="unique")
