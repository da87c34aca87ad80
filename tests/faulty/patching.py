"""Puts something else in the place of a product's function, if it is still there."""

import inspect
from collections.abc import Callable
from typing import Any, Literal

from django.core.exceptions import ImproperlyConfigured

Kind = Literal["function", "coroutine", "generator", "value"]

Make = Callable[[Any], Any]
"""Takes the original and returns what stands in its place."""


def replace(owner: Any, name: str, make: Make, *, kind: Kind = "function") -> None:
    """Replace `owner.name` by what `make` makes of it.

    Raises:
        ImproperlyConfigured: when the product has no such name, or it is of another kind.
    """
    where = f"{getattr(owner, '__module__', '')}.{owner.__name__}".lstrip(".")
    if name not in vars(owner):
        raise ImproperlyConfigured(
            f"The product has no {where}.{name} any more: tests/faulty must follow."
        )
    found = vars(owner)[name]
    is_static = isinstance(found, staticmethod)
    original = found.__func__ if is_static else found
    if _kind_of(original) != kind:
        raise ImproperlyConfigured(
            f"{where}.{name} in the product is no {kind} any more: tests/faulty must follow."
        )
    made = make(original)
    setattr(owner, name, staticmethod(made) if is_static else made)


def _kind_of(found: Any) -> Kind:
    if inspect.iscoroutinefunction(found):
        return "coroutine"
    if inspect.isasyncgenfunction(found):
        return "generator"
    return "function" if callable(found) else "value"
