"""Where programs deliver, in Slack's words: `ok`, or one word for what was wrong."""

import math
from typing import Final

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from chat.edges import Refusal, refusal_of
from integrations import payload, services
from integrations.refusals import HookRefused
from metrics.instruments import WEBHOOKS
from protocol.errors import ErrorCode
from protocol.limits import WEBHOOK_BURST, WEBHOOK_PER_SECOND
from realtime import buckets

logger = structlog.stdlib.get_logger("parley.hooks")

_WORDS: Final = {
    ErrorCode.NOT_FOUND: ("channel_not_found", 404),
    ErrorCode.CHANNEL_ARCHIVED: ("channel_is_archived", 410),
    ErrorCode.NOT_A_MEMBER: ("action_prohibited", 403),
    ErrorCode.FORBIDDEN: ("action_prohibited", 403),
    ErrorCode.RATE_LIMITED: ("rate_limited", 429),
    ErrorCode.UNAVAILABLE: ("service_unavailable", 503),
    ErrorCode.INTERNAL: ("rollup_error", 500),
}
"""Our codes in Slack's words, with the statuses that go with them there."""


@csrf_exempt
def receive(request: HttpRequest, secret: str) -> HttpResponse:
    """Post what was delivered. The secret in the address is the whole of the right to do it."""
    result = "refused"
    try:
        _deliver(request, secret)
        response = HttpResponse("ok", content_type="text/plain")
        result = "ok"
    except HookRefused as refused:
        response = _refused(refused)
    except Exception as error:  # noqa: BLE001 - whatever it is, a program understands one word
        response = _refused(_in_slacks_words(refusal_of(error)))
        result = "refused" if response.status_code < 500 else "failed"
    WEBHOOKS.labels("in", result).inc()
    # Django would write the address of a failure into the log, and with it the secret.
    response._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001
    return response


def _deliver(request: HttpRequest, secret: str) -> None:
    if request.method != "POST":
        raise HookRefused("method_not_allowed", 405)
    webhook = services.find(secret)
    if webhook is None:
        raise HookRefused("no_service", 404)
    if settings.RATE_LIMITS:
        wait = buckets.seconds_to_wait(
            f"webhook:{webhook.pk}", per_second=WEBHOOK_PER_SECOND, burst=WEBHOOK_BURST
        )
        if wait:
            raise HookRefused("rate_limited", 429, retry_after_seconds=math.ceil(wait))
    answer = services.deliver(webhook=webhook, payload=payload.read(request))
    logger.info("WEBHOOK", webhook=webhook.pk, channel=answer.message.channel_id, seq=answer.seq)


def _in_slacks_words(refusal: Refusal) -> HookRefused:
    code, status = _WORDS.get(refusal.code, ("invalid_payload", 400))
    wait = 1.0 if status == 503 else refusal.retry_after_seconds
    return HookRefused(
        code, status, retry_after_seconds=None if wait is None else max(1, math.ceil(wait))
    )


def _refused(refused: HookRefused) -> HttpResponse:
    response = HttpResponse(refused.code, status=refused.status, content_type="text/plain")
    if refused.status == 405:
        response["Allow"] = "POST"
    if refused.retry_after_seconds is not None:
        # Whole seconds: that is all that Slack's own client reads.
        response["Retry-After"] = str(refused.retry_after_seconds)
    return response
