"""The language of the person who asks."""

from collections.abc import Callable

from django.db import Error as DatabaseFailure
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation

from accounts.models import User


class OwnLanguage:
    """Speaks as somebody who is signed in wants it; else as the cookie or the browser says.

    Stands behind Django's LocaleMiddleware, which has chosen for strangers by then.
    """

    def __init__(self, respond: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        language = _wanted(request)
        if language:
            translation.activate(language)
            request.LANGUAGE_CODE = language
        return self._respond(request)


def _wanted(request: HttpRequest) -> str:
    try:
        wanted = request.user.locale if isinstance(request.user, User) else ""
    except DatabaseFailure:
        # The view meets it again, and there it becomes a page that says so.
        return ""
    try:
        return translation.get_supported_language_variant(wanted) if wanted else ""
    except LookupError:
        # A language that nobody has translated Parley into.
        return ""
