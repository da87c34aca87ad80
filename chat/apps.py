from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_out


class ChatConfig(AppConfig):
    name = "chat"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Chat"

    def ready(self) -> None:
        # There is more than one page to log out on: Django's admin has its own.
        user_logged_out.connect(_end_session, dispatch_uid="chat.end_session")


def _end_session(request: Any, user: Any, **_kwargs: Any) -> None:
    from chat.services import access  # noqa: PLC0415 - needs the apps to be ready

    if user is not None and request.session.session_key:
        access.end_session(user_id=user.pk, session_key=request.session.session_key)
