"""The records of the protocol as OpenAPI components."""

from typing import Any, Final

import msgspec

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
    components["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer"},
        "session": {"type": "apiKey", "in": "cookie", "name": "parley_sid"},
    }
    result["security"] = [{"bearer": []}, {"session": []}]
    for methods in result.get("paths", {}).values():
        for described in methods.values():
            described.pop("security", None)
    return result
