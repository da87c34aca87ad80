"""One decorator for each operation: it decodes, encodes and documents."""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import msgspec
from django.conf import settings
from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chat import exceptions
from chat.api import schema
from chat.api.asking import scopes_of
from protocol import codec
from protocol.errors import ERROR_MEANINGS, ErrorCode
from protocol.limits import REST_BURST, REST_PER_SECOND
from protocol.resources import ErrorAnswer, Scope
from realtime import buckets

Handler = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Answered:
    """A record with another status than the operation's usual one."""

    record: msgspec.Struct
    status: int


def operation(
    *,
    name: str,
    answers: Any,
    status: int = 200,
    body: type[msgspec.Struct] | None = None,
    query: type[msgspec.Struct] | None = None,
    path: Sequence[str] = (),
    text_path: Mapping[str, str] | None = None,
    errors: Sequence[ErrorCode] = (),
    also: Sequence[int] = (),
    scope: Scope | None = None,
    takes: Sequence[str] = (),
    gives: str = "",
) -> Callable[[Handler], Handler]:
    """Make a view's method of a function that takes and returns records.

    Args:
        name: the operation's id in the OpenAPI document.
        answers: the record that it returns; None for an empty answer.
        status: the HTTP status of success.
        body: the record in the request's body, given to the function as `body`.
        query: the record in the URL's parameters, given to the function as `query`.
        path: the names of the ids in the URL.
        text_path: the names of the words in the URL, and what they mean.
        errors: what it can refuse, beside what every operation can.
        also: other statuses of success, with the same record.
        scope: what a token must be made for; by default `read` for a GET and `write` for others.
        takes: the media types of a body that is bytes; the function reads it itself.
        gives: the media type of an answer that is bytes, perhaps beside that of a record; the
            function makes the response itself.
    """

    def decorate(handler: Handler) -> Handler:
        needed: Scope = scope or ("read" if handler.__name__ == "get" else "write")

        @functools.wraps(handler)
        def method(view: APIView, request: Request, **ids: int | str) -> HttpResponseBase:
            _require_pace(request)
            if needed not in scopes_of(request):
                raise exceptions.InsufficientScope
            given: dict[str, Any] = dict(ids)
            if body is not None:
                # The parser gives bytes; without a body DRF gives an empty dict.
                data: Any = request.data
                given["body"] = codec.decode_body(data if isinstance(data, bytes) else b"", body)
            if query is not None:
                given["query"] = codec.convert_query(request.query_params.dict(), query)
            result = handler(view, request, **given)
            if isinstance(result, HttpResponseBase):
                return result
            if isinstance(result, Answered):
                return Response(result.record, status=result.status)
            return Response(result, status=status)

        return _document(
            method,
            name=name,
            answers=answers,
            statuses=[status, *also],
            body=body,
            query=query,
            path=path,
            text_path=text_path or {},
            errors=errors,
            scope=needed,
            takes=takes,
            gives=gives,
        )

    return decorate


def _require_pace(request: Request) -> None:
    """Let nobody ask more often than the server can bear.

    Raises:
        RateLimited.
    """
    if not settings.RATE_LIMITS:
        return
    wait = buckets.seconds_to_wait(
        f"rest:{request.user.pk}", per_second=REST_PER_SECOND, burst=REST_BURST
    )
    if wait:
        raise exceptions.RateLimited(retry_after_seconds=wait)


def _document(
    method: Handler,
    *,
    name: str,
    answers: Any,
    statuses: Sequence[int],
    body: type[msgspec.Struct] | None,
    query: type[msgspec.Struct] | None,
    path: Sequence[str],
    text_path: Mapping[str, str],
    errors: Sequence[ErrorCode],
    scope: Scope,
    takes: Sequence[str],
    gives: str,
) -> Handler:
    responses: dict[Any, Any] = {}
    for status in statuses:
        words = HTTPStatus(status).phrase + "."
        if gives:
            responses[status, gives] = OpenApiResponse(OpenApiTypes.BINARY, description=words)
        if answers is not None:
            record = schema.reference(answers)
            responses[status, "application/json"] = OpenApiResponse(record, description=words)
        elif not gives:
            responses[status] = OpenApiResponse(description=words)
    for code in schema.note(
        method,
        name=name,
        body=body,
        query=query,
        answers=answers,
        errors=[*errors, ErrorCode.INVALID] if takes else errors,
        scope=scope,
    ):
        responses[ERROR_MEANINGS[code].status] = OpenApiResponse(
            response=schema.reference(ErrorAnswer)
        )
    parameters = [
        OpenApiParameter(
            id_,
            OpenApiTypes.STR,
            OpenApiParameter.PATH,
            pattern="^[1-9][0-9]{0,17}$",
            description=(
                f"The id of the {id_.removesuffix('_id')}."
                if id_.endswith("_id")
                else f"The {id_}."
            ),
        )
        for id_ in path
    ]
    parameters += [
        OpenApiParameter(name, OpenApiTypes.STR, OpenApiParameter.PATH, description=meaning)
        for name, meaning in text_path.items()
    ]
    parameters += _query_parameters(query) if query is not None else []
    request: Mapping[str, Any] | None = dict.fromkeys(takes, OpenApiTypes.BINARY) or None
    if body is not None:
        request = {"application/json": schema.reference(body)}
    decorated: Handler = extend_schema(
        operation_id=name,
        request=request,
        responses=responses,
        parameters=parameters,
    )(method)
    return decorated


def _query_parameters(query: type[msgspec.Struct]) -> list[OpenApiParameter]:
    described = schema.inline(query)
    return [
        OpenApiParameter(
            field,
            shape,
            OpenApiParameter.QUERY,
            required=field in described.get("required", ()),
            description=schema.words_on(shape),
        )
        for field, shape in described["properties"].items()
    ]
