"""Health, and pages for what went wrong."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, JsonResponse
from django.shortcuts import render
from django.views import defaults
from django.views.decorators.http import require_safe

import protocol
from chat.api import errors
from operations import health, monitoring
from protocol.errors import ErrorCode

API_PREFIXES = ("/api/", "/_allauth/")


@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """Say that the process lives. Touches nothing: a database that is away must not restart it."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(_request: HttpRequest) -> HttpResponse:
    """Say whether new requests should come here."""
    checks = health.checks()
    is_ready = health.is_ready(checks)
    status = "ok" if is_ready else "unavailable"
    if is_ready and "degraded" in checks.values():
        status = "degraded"
    return JsonResponse({"status": status, "checks": checks}, status=200 if is_ready else 503)


@require_safe
def version(_request: HttpRequest) -> HttpResponse:
    """Say which program runs here, and which protocol it speaks. Touches nothing."""
    return JsonResponse({"version": settings.VERSION, "protocol": protocol.VERSION})


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Give the numbers of this process to those who may read them. Others find nothing."""
    address = str(request.META.get("REMOTE_ADDR") or "")
    if not monitoring.may_read(address=address, headers=request.headers):
        return HttpResponseNotFound()
    text, content_type = monitoring.text(accept=request.headers.get("Accept", ""))
    return HttpResponse(text, content_type=content_type)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith(API_PREFIXES):
        return errors.respond(ErrorCode.INVALID, request)
    response: HttpResponse = defaults.bad_request(request, exception)
    return response


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith(API_PREFIXES):
        return errors.respond(ErrorCode.FORBIDDEN, request)
    response: HttpResponse = defaults.permission_denied(request, exception)
    return response


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith(API_PREFIXES):
        return errors.respond(ErrorCode.NOT_FOUND, request)
    response: HttpResponse = defaults.page_not_found(request, exception)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    if request.path.startswith(API_PREFIXES):
        return errors.respond(ErrorCode.INTERNAL, request)
    response: HttpResponse = defaults.server_error(request)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's signature
    if request.path.startswith(API_PREFIXES):
        return errors.respond(ErrorCode.CSRF_FAILED, request)
    return render(request, "403_csrf.html", status=403)
