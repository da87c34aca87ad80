"""The one shape of every error: `{"error": {"code", "detail", "fields", "request_id"}}`."""

import math
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from chat.edges import Refusal, refusal_of
from protocol.codec import encode
from protocol.errors import ERROR_MEANINGS, ErrorCode
from protocol.resources import ErrorAnswer, ErrorBody


def answer(error: Exception, context: dict[str, Any]) -> Response:
    """Turn whatever a view raised into the answer. DRF's exception handler."""
    set_rollback()
    refusal = _of_framework(error) or refusal_of(error)
    headers = {}
    if isinstance(error, exceptions.APIException):
        challenge = getattr(error, "auth_header", None)
        if challenge and refusal.status == 401:
            headers["WWW-Authenticate"] = challenge
    if refusal.retry_after_seconds is not None:
        headers["Retry-After"] = str(math.ceil(refusal.retry_after_seconds))
    elif refusal.code == ErrorCode.UNAVAILABLE:
        headers["Retry-After"] = "1"
    return Response(record(refusal, context["request"]), status=refusal.status, headers=headers)


def record(refusal: Refusal, request: Any) -> ErrorAnswer:
    """Return the body of an error."""
    return ErrorAnswer(
        error=ErrorBody(
            code=refusal.code,
            detail=_spoken(refusal.detail),
            fields={name: _spoken(reason) for name, reason in refusal.fields.items()},
            request_id=getattr(request, "request_id", ""),
        )
    )


def respond(code: ErrorCode, request: HttpRequest) -> HttpResponse:
    """Return an error from outside of DRF in the same shape."""
    refusal = Refusal(code, ERROR_MEANINGS[code].sentence, {})
    return HttpResponse(
        encode(record(refusal, request)), status=refusal.status, content_type="application/json"
    )


def _spoken(sentence: str) -> str:
    # The code is the contract. The sentence is for people, in the language that they read.
    return gettext(sentence) if sentence else ""


def _of_framework(error: Exception) -> Refusal | None:
    match error:
        case Http404() | exceptions.NotFound():
            code = ErrorCode.NOT_FOUND
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            code = ErrorCode.UNAUTHENTICATED
        case exceptions.PermissionDenied() if str(error.detail).startswith("CSRF"):
            code = ErrorCode.CSRF_FAILED
        case exceptions.PermissionDenied() | PermissionDenied():
            code = ErrorCode.FORBIDDEN
        case exceptions.MethodNotAllowed():
            code = ErrorCode.METHOD_NOT_ALLOWED
        case exceptions.NotAcceptable():
            code = ErrorCode.NOT_ACCEPTABLE
        case exceptions.UnsupportedMediaType():
            code = ErrorCode.UNSUPPORTED_MEDIA_TYPE
        case exceptions.ParseError():
            code = ErrorCode.NOT_JSON
        case exceptions.Throttled():
            return Refusal(
                ErrorCode.RATE_LIMITED,
                ERROR_MEANINGS[ErrorCode.RATE_LIMITED].sentence,
                {},
                getattr(error, "wait", None),
            )
        case _:
            return None
    return Refusal(code, ERROR_MEANINGS[code].sentence, {})
