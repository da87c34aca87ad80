"""Finding what was said."""

from rest_framework.request import Request
from rest_framework.views import APIView

from chat import serialize
from chat.api.asking import asker_of
from chat.api.operation import operation
from chat.api.queries import SearchQuery
from chat.search import finding
from protocol import resources
from protocol.errors import ErrorCode


class Search(APIView):
    @operation(
        name="search",
        answers=resources.Page[resources.SearchResult],
        query=SearchQuery,
        errors=[ErrorCode.SEARCH_TOO_BROAD],
    )
    def get(self, request: Request, query: SearchQuery) -> resources.Page[resources.SearchResult]:
        """Return messages that one may read, the newest first.

        A page can have fewer results than asked for, even none, and yet `has_more`: then much was
        looked through. Ask again with its cursor to look further back.
        """
        found = finding.find(
            asker=asker_of(request),
            text=query.q,
            before=None if query.cursor is None else int(query.cursor),
            limit=query.limit,
        )
        return resources.Page(
            results=[_result(hit) for hit in found.hits],
            next_cursor=None if found.go_on_before is None else str(found.go_on_before),
            has_more=found.go_on_before is not None,
        )


def _result(hit: finding.Hit) -> resources.SearchResult:
    return resources.SearchResult(
        message=serialize.stored_message(hit.message),
        channel_id=str(hit.message.channel_id),
        snippet=[
            resources.SnippetPart(text=piece.text, is_match=piece.is_match) for piece in hit.pieces
        ],
    )
