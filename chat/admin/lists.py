"""Lists that may be a million rows long, and answer at once all the same."""

from collections.abc import Iterable
from typing import Any, ClassVar, Final

from django.contrib.admin import ShowFacets
from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

COUNTED_MAX: Final = 10_000
"""So many rows are counted for the pages of a list. Whoever looks further back narrows it."""

FOUND_MAX: Final = 1_000
"""So many rows, the newest, are found with one term."""

_LAST_CHARACTER: Final = "\U0010ffff"


class Bounded(Paginator[Model]):
    """Pages of a list that is too long to be counted."""

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        assert isinstance(rows, QuerySet)  # noqa: S101 - the admin gives no other
        return rows.order_by()[:COUNTED_MAX].count()


class Steady(ChangeList):
    """Rows in the order of the list, and in no other, whatever the address says."""

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        self.params.pop(ORDER_VAR, None)
        return list(super().get_ordering(request, queryset))


class LargeList:
    """Counts no more than it has to, sorts by what an index has, and looks terms up in indexes.

    Django would count all rows for every page, let every column be sorted by, and search with
    `LIKE '%…%'` through joined tables.
    """

    # Of any type: Django's classes beside this one name others.
    paginator: ClassVar[Any] = Bounded
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    list_per_page = 50
    sortable_by: ClassVar[Any] = ()
    search_fields: ClassVar[Any] = ("pk",)
    """With them the field appears; `ids_with` says what it finds."""

    def get_changelist(self, request: HttpRequest, **_kwargs: Any) -> type[Steady]:  # noqa: ARG002 - Django's signature
        return Steady

    def get_search_results(
        self,
        request: HttpRequest,  # noqa: ARG002 - Django's signature
        queryset: QuerySet[Any],
        search_term: str,
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip().replace("\0", "")
        if term:
            queryset = queryset.filter(pk__in=list(self.ids_with(term)))
        return queryset, False

    def ids_with(self, term: str) -> Iterable[int]:
        """Return the ids of the newest rows in which this is found."""
        raise NotImplementedError(term)


def begins_with(field: str, text: str) -> Q:
    """Return what finds the rows whose field begins with a text, by an index on it."""
    if connection.vendor == "postgresql":
        return Q(**{f"{field}__startswith": text})
    # SQLite looks into no index for a LIKE with an ESCAPE, which Django always writes.
    return Q(**{f"{field}__gte": text, f"{field}__lt": text + _LAST_CHARACTER})


def newest(rows: QuerySet[Any], *, by: str = "-pk") -> list[int]:
    """Return the ids of the newest of these rows."""
    return list(rows.order_by(by).values_list("pk", flat=True)[:FOUND_MAX])


def number(term: str) -> int | None:
    """Return the id that a term may be."""
    digits = term.removeprefix("#")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 19 else None


HELP_BY_PERSON: Final = _("An id, or a username: exactly as it is.")
