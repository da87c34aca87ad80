"""What every answer has."""

import re
import time
import uuid
from collections.abc import Callable
from typing import Final

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse

from audit import origin
from audit.origin import Origin
from metrics.instruments import HTTP_REQUEST_SECONDS, HTTP_REQUESTS
from operations import views

Respond = Callable[[HttpRequest], HttpResponseBase]

logger = structlog.stdlib.get_logger("parley.pages")

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SAFE_ID: Final = re.compile(r"[A-Za-z0-9-]{8,64}\Z")


class RequestId:
    """Gives each request an id, so that a person's error and its log line can be put together."""

    def __init__(self, respond: Respond) -> None:
        self._respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-Id", "")
        request_id = given if _SAFE_ID.match(given) else uuid.uuid4().hex
        request.request_id = request_id  # type: ignore[attr-defined]  # read by the error answers
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self._respond(request)
        response["X-Request-Id"] = request_id
        return response


class Whence:
    """Has whatever a request does be known to come from it."""

    def __init__(self, respond: Respond) -> None:
        self._respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        address = origin.address_of(
            peer=str(request.META.get("REMOTE_ADDR") or ""),
            forwarded=request.headers.get("X-Forwarded-For", ""),
            proxies=settings.TRUSTED_PROXIES,
        )
        source = Origin(
            address=address,
            agent=request.headers.get("User-Agent", ""),
            request_id=getattr(request, "request_id", ""),
        )
        with origin.of(source):
            return self._respond(request)


class Probes:
    """Answers monitoring before anything else: it asks by address, whatever the site is called."""

    def __init__(self, respond: Respond) -> None:
        self._respond = respond
        self._answers = {
            "/healthz": views.healthz,
            "/readyz": views.readyz,
            "/version": views.version,
            "/metrics": views.metrics,
        }

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._answers.get(request.path, self._respond)(request)


class Measured:
    """Counts and times what Django answers, by the route's pattern: there are secrets in paths."""

    def __init__(self, respond: Respond) -> None:
        self._respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began_at = time.perf_counter()
        response = self._respond(request)
        seconds = time.perf_counter() - began_at
        method = request.method if request.method in _METHODS else "other"
        route = request.resolver_match.route if request.resolver_match else ""
        HTTP_REQUESTS.labels(method, route, response.status_code).inc()
        HTTP_REQUEST_SECONDS.labels(method, route).observe(seconds)
        return response


class DatabaseAway:
    """Says that the database cannot be reached, where Django would speak of an error of its own."""

    def __init__(self, respond: Respond) -> None:
        self._respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._respond(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponseBase | None:
        """Answer in place of a view that the database failed. Django calls it."""
        if not isinstance(exception, OperationalError | InterfaceError):
            return None
        # Not the path: there are secrets in some.
        route = request.resolver_match.route if request.resolver_match else ""
        logger.warning("DATABASE_FAILED", reason=type(exception).__name__, route=route)
        page = render_to_string("503.html")
        return HttpResponse(page, status=503, headers={"Retry-After": "5"})


class AdminPolicy:
    """Lets Django's admin work: its scripts write HTML, which Trusted Types forbid.

    Everything else of the policy holds there too: no inline script, no style, no other host.
    """

    def __init__(self, respond: Respond) -> None:
        self._respond = respond
        self._prefix = reverse("admin:index")

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._respond(request)
        if request.path.startswith(self._prefix):
            without = {"require-trusted-types-for": None, "trusted-types": None}
            response._csp_replace = without  # type: ignore[attr-defined]  # noqa: SLF001 - django-csp's way
        return response


class PrivateByDefault:
    """Forbids caches to keep what one person saw, unless a view says otherwise."""

    def __init__(self, respond: Respond) -> None:
        self._respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._respond(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        )
        return response
