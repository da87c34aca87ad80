"""The OpenAPI document: what the decorated operations and the protocol's records say of themselves.

Everything that stands in it comes from the code that does it: the summary and the description from
an operation's docstring, its tag from its module, examples from `protocol.examples`, and the errors
from the codes that it names.
"""

import inspect
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from drf_spectacular.authentication import SessionScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension

from protocol.errors import ERROR_MEANINGS, ErrorCode
from protocol.examples import MissingExample, example_of
from protocol.resources import ErrorAnswer

TEMPLATE: Final = "#/components/schemas/{name}"

ABOUT: Final = """\
What happens live comes over the socket at `/ws/`, which has
[a page of its own](/api/v1/docs/socket/).

**Who asks.** Programs send `Authorization: Bearer <token>`. Browsers come with their session, and
send its CSRF token in `X-CSRFToken` with everything but GET.

**Ids** are strings. What one may not see is `not_found`, like what does not exist.

**Errors** have one shape: `{"error": {"code", "detail", "fields", "request_id"}}`. The code is the
contract, the detail is for people, and `request_id` is also in the header `X-Request-Id` of every
answer. Unknown fields and parameters are an error.

**Pages.** Ask again with `cursor` set to `next_cursor` while `has_more`.

**Again.** 429 and 503 say in `Retry-After` in how many seconds to come back.
"""

_ANY: Final = (
    ErrorCode.UNAUTHENTICATED,
    ErrorCode.INSUFFICIENT_SCOPE,
    ErrorCode.NOT_ACCEPTABLE,
    ErrorCode.RATE_LIMITED,
    ErrorCode.UNAVAILABLE,
)
_WITH_BODY: Final = (
    ErrorCode.INVALID,
    ErrorCode.NOT_JSON,
    ErrorCode.NOT_AN_OBJECT,
    ErrorCode.NOT_TEXT,
    ErrorCode.TOO_LARGE,
    ErrorCode.UNSUPPORTED_MEDIA_TYPE,
)
_WITH_QUERY: Final = (ErrorCode.INVALID, ErrorCode.NOT_TEXT)

_HEADERS: Final = {
    "RequestId": {
        "description": "Names this request in the server's log.",
        "required": True,
        "schema": {"type": "string"},
        "example": "1c7f3f0a5b6e4f7d9a1b2c3d4e5f6071",
    },
    "RetryAfter": {
        "description": "In how many seconds to come back.",
        "required": True,
        "schema": {"type": "integer", "minimum": 0},
        "example": 1,
    },
    "WwwAuthenticate": {
        "description": "How to say who asks.",
        "schema": {"type": "string"},
        "example": 'Bearer realm="parley"',
    },
}
_SECURITY: Final = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "From `POST /api/v1/tokens`."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "__Host-sid",
        "description": "A browser's session. `parley_sid` where there is no TLS.",
    },
    "csrf": {
        "type": "apiKey",
        "in": "header",
        "name": "X-CSRFToken",
        "description": "With a session, for everything but GET.",
    },
}


@dataclass(frozen=True, slots=True)
class Described:
    """What the document says of an operation, beside its paths and parameters."""

    tag: str
    tag_words: str
    summary: str
    description: str
    body: Any
    answers: Any
    errors: tuple[ErrorCode, ...]


_components: dict[str, Any] = {}
_operations: dict[str, Described] = {}


def reference(record: Any) -> dict[str, Any]:
    """Return a reference to a record's component, which the document will then have."""
    (described,), components = msgspec.json.schema_components([record], ref_template=TEMPLATE)
    _components.update(components)
    return described


def inline(record: type[msgspec.Struct]) -> dict[str, Any]:
    """Return a record's schema itself."""
    _, components = msgspec.json.schema_components([record], ref_template=TEMPLATE)
    described: dict[str, Any] = components[record.__name__]
    return described


def words_on(shape: dict[str, Any]) -> str:
    """Return the description in a schema: its own, or that of what it can be."""
    own = str(shape.get("description", ""))
    return own or next(filter(None, (words_on(one) for one in shape.get("anyOf", ()))), "")


def note(
    handler: Callable[..., Any],
    *,
    name: str,
    body: Any,
    query: Any,
    answers: Any,
    errors: Sequence[ErrorCode],
    scope: str,
) -> tuple[ErrorCode, ...]:
    """Keep what the document is to say of an operation. Return all codes that can refuse it."""
    more: list[ErrorCode] = []
    if body is not None:
        more += _WITH_BODY
    if query is not None:
        more += _WITH_QUERY
    if handler.__name__ != "get":
        more.append(ErrorCode.CSRF_FAILED)
    codes = tuple(dict.fromkeys((*errors, *more, *_ANY)))
    words = inspect.cleandoc(handler.__doc__ or "")
    module = sys.modules[handler.__module__]
    _operations[name] = Described(
        tag=handler.__module__.rsplit(".", 1)[-1].replace("_", "-"),
        tag_words=inspect.cleandoc(module.__doc__ or "").partition("\n\n")[0],
        summary=" ".join(words.partition("\n\n")[0].split()).partition(". ")[0].rstrip("."),
        description=f"{words}\n\nA token needs the scope `{scope}`.",
        body=body,
        answers=answers,
        errors=codes,
    )
    return codes


def complete(
    result: dict[str, Any],
    generator: Any,  # noqa: ARG001 - drf-spectacular's signature
    request: Any,  # noqa: ARG001 - drf-spectacular's signature
    public: bool,  # noqa: ARG001, FBT001 - drf-spectacular's signature
) -> dict[str, Any]:
    """Say in the document what the operations say of themselves. drf-spectacular's hook."""
    tags: dict[str, str] = {}
    for path_item in result["paths"].values():
        for method, shown in path_item.items():
            described = _operations.get(shown.get("operationId", ""))
            if described is not None:
                tags[described.tag] = described.tag_words
                _complete_operation(shown, described, is_safe=method == "get")
    components = result.setdefault("components", {})
    components["schemas"] = {**components.get("schemas", {}), **dict(sorted(_components.items()))}
    components["securitySchemes"] = _SECURITY
    components["headers"] = _HEADERS
    components["examples"] = {str(code): {"value": _error(code)} for code in ErrorCode}
    result["info"]["description"] = ABOUT
    result["info"]["license"] = {"name": "MIT", "identifier": "MIT"}
    result["servers"] = [{"url": "/", "description": "This server."}]
    result["tags"] = [{"name": name, "description": tags[name]} for name in sorted(tags)]
    return result


def _complete_operation(shown: dict[str, Any], described: Described, *, is_safe: bool) -> None:
    shown["summary"] = described.summary
    shown["description"] = described.description
    shown["tags"] = [described.tag]
    session: dict[str, list[str]] = {"session": []} if is_safe else {"session": [], "csrf": []}
    shown["security"] = [{"bearer": []}, session]
    for parameter in shown.get("parameters", ()):
        if parameter["in"] == "path" and "pattern" in parameter["schema"]:
            parameter.setdefault("example", "7")
    if described.body is not None:
        # An empty body reads as `{}`.
        shown["requestBody"]["required"] = bool(inline(described.body).get("required"))
        _show(shown["requestBody"], described.body)
    for status, response in shown["responses"].items():
        headers = {"X-Request-Id": {"$ref": "#/components/headers/RequestId"}}
        if int(status) < 400:
            if described.answers is not None:
                _show(response, described.answers)
        else:
            codes = [
                code for code in described.errors if ERROR_MEANINGS[code].status == int(status)
            ]
            response["description"] = "\n".join(
                f"- `{code}`: {ERROR_MEANINGS[code].sentence}" for code in codes
            )
            for media in response["content"].values():
                media["examples"] = {
                    str(code): {"$ref": f"#/components/examples/{code}"} for code in codes
                }
        if status in {"429", "503"}:
            headers["Retry-After"] = {"$ref": "#/components/headers/RetryAfter"}
        if status == "401":
            headers["WWW-Authenticate"] = {"$ref": "#/components/headers/WwwAuthenticate"}
        response["headers"] = {**headers, **response.get("headers", {})}


def _show(part: dict[str, Any], record: Any) -> None:
    for kind, media in part.get("content", {}).items():
        if kind != "application/json":
            continue
        try:
            media.setdefault("example", example_of(record))
        except MissingExample as missing:
            # The document is served without it; a test says what to add.
            media["x-missing-example"] = str(missing)


def _error(code: ErrorCode) -> Any:
    answer: Any = example_of(ErrorAnswer)
    fields = {"name": "missing"} if code == ErrorCode.INVALID else {}
    answer["error"] |= {
        "code": str(code),
        "detail": ERROR_MEANINGS[code].sentence,
        "fields": fields,
    }
    return answer


class BrowserSessionScheme(SessionScheme):  # type: ignore[no-untyped-call]
    """The same for sessions."""

    target_class = "chat.api.authentication.BrowserSession"


class BearerTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the document calls our bearer tokens. drf-spectacular finds it by itself."""

    target_class = "chat.api.authentication.BearerToken"
    name = "bearer"

    def get_security_definition(
        self,
        auto_schema: Any,  # noqa: ARG002 - drf-spectacular's signature
    ) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}
