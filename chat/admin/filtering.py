"""What staff may sort out by."""

from collections.abc import Iterable
from typing import Any, ClassVar, Final

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


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


class Whether(admin.SimpleListFilter):
    """Whether something has happened to a row: whether the field with the time of it is filled."""

    field: ClassVar[str]
    words: Final = (("yes", _("yes")), ("no", _("no")))

    def lookups(self, *_args: Any) -> Iterable[tuple[str, Any]]:
        return self.words

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        wanted = self.value()
        if wanted not in {"yes", "no"}:
            return queryset
        return queryset.filter(**{f"{self.field}__isnull": wanted == "no"})


class ByArchived(Whether):
    title = _("archived")
    parameter_name = "archived"
    field = "archived_at"


class ByDeleted(Whether):
    title = _("deleted")
    parameter_name = "deleted"
    field = "deleted_at"


class ByRevoked(Whether):
    title = _("revoked")
    parameter_name = "revoked"
    field = "revoked_at"


def _parameter(offered: Any) -> str:
    match offered:
        case str():
            return offered
        case (field, _):
            return str(field)
        case _:
            return str(offered.parameter_name)
