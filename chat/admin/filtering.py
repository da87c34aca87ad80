"""What staff may sort out by."""

from typing import Any, ClassVar

from django.http import HttpRequest


class OnlyOfferedFilters:
    """Lets a list be narrowed by the filters that it offers, and by nothing else.

    Django allows every field of the model in the address. Letter by letter, somebody could find out
    what is not shown: what was said, or the digest of a token.
    """

    list_filter: ClassVar[Any]

    def lookup_allowed(
        self,
        lookup: str,
        value: str,  # noqa: ARG002 - Django's signature
        request: HttpRequest | None = None,  # noqa: ARG002 - Django's signature
    ) -> bool:
        return lookup.partition("__")[0] in {_parameter(one) for one in self.list_filter}


def _parameter(offered: Any) -> str:
    match offered:
        case str():
            return offered
        case (field, _):
            return str(field)
        case _:
            return str(offered.parameter_name)
