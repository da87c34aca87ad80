"""The records of the protocol as OpenAPI components."""

from typing import Any, Final

import msgspec
from drf_spectacular.extensions import OpenApiAuthenticationExtension

TEMPLATE: Final = "#/components/schemas/{name}"

_components: dict[str, Any] = {}


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


def add_records(
    result: dict[str, Any],
    generator: Any,  # noqa: ARG001 - drf-spectacular's signature
    request: Any,  # noqa: ARG001 - drf-spectacular's signature
    public: bool,  # noqa: ARG001, FBT001 - drf-spectacular's signature
) -> dict[str, Any]:
    """Put the components into the document. drf-spectacular's hook."""
    components = result.setdefault("components", {})
    components["schemas"] = {**components.get("schemas", {}), **dict(sorted(_components.items()))}
    return result


class BearerTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the document calls our bearer tokens. drf-spectacular finds it by itself."""

    target_class = "chat.api.authentication.BearerToken"
    name = "bearer"

    def get_security_definition(
        self,
        auto_schema: Any,  # noqa: ARG002 - drf-spectacular's signature
    ) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}
