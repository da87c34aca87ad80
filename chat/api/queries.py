"""What may stand behind the `?` of a URL."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from protocol import limits
from protocol.resources import Id, Seq

Limit = Annotated[int, Meta(ge=1, le=limits.PAGE_SIZE_MAX, description="Rows in the page.")]


class Query(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Unknown parameters are an error: a misspelt filter must not be ignored."""


Cursor = Annotated[
    Id, Meta(description="The `next_cursor` of the page before. The first page without it.")
]


class PageQuery(Query, frozen=True):
    cursor: Cursor | None = None
    limit: Limit = limits.PAGE_SIZE_DEFAULT


class ChannelsQuery(PageQuery, frozen=True):
    browse: Annotated[bool, Meta(description="The channels that one could join.")] = False
    archived: Annotated[
        bool, Meta(description="The archived channels that one can look at, one's own or not.")
    ] = False


class MessagesQuery(Query, frozen=True):
    before: (
        Annotated[Seq, Meta(description="Messages before this place, the last ones.")] | None
    ) = None
    after: Annotated[Seq, Meta(description="Messages after this place, the first ones.")] | None = (
        None
    )
    around: Annotated[Seq, Meta(description="Messages on both sides of this place.")] | None = None
    at: (
        Annotated[
            str,
            # Of a number, as a text may be one, a time would be made, too.
            Meta(
                pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})$(?!\n)",
                description="Messages on both sides of this moment.",
                examples=["2026-11-23T14:02:00Z"],
                extra_json_schema={"format": "date-time"},
            ),
        ]
        | None
    ) = None
    replies: Annotated[
        bool, Meta(description="With `false`: leave out what stands in threads alone.")
    ] = True
    limit: Limit = limits.PAGE_SIZE_DEFAULT


class ThreadQuery(PageQuery, frozen=True):
    before: Annotated[Seq, Meta(description="Replies before this place, the last ones.")] | None = (
        None
    )
    around: Annotated[Seq, Meta(description="Replies on both sides of this place.")] | None = None


class FilesQuery(PageQuery, frozen=True):
    kind: (
        Annotated[
            Literal["picture", "video", "audio", "other"], Meta(description="Only such files.")
        ]
        | None
    ) = None


class EventsQuery(Query, frozen=True):
    after: Annotated[Seq, Meta(description="Events after this place.")] = 0
    limit: Annotated[
        int, Meta(ge=1, le=limits.SYNC_PAGE_EVENTS, description="Events in the page.")
    ] = limits.SYNC_PAGE_EVENTS


class SearchQuery(PageQuery, frozen=True, kw_only=True):
    q: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=limits.SEARCH_MAX_CHARS,
            pattern=r"\S",
            description='Words, "phrases", -without, from:, in:, before:, after:, on:, has:, is:.',
        ),
    ]


class PresenceQuery(Query, frozen=True):
    user_ids: Annotated[
        str,
        Meta(
            pattern=r"^[1-9][0-9]{0,17}(,[1-9][0-9]{0,17})*$(?!\n)",
            description=f"Ids with commas between them, at most {limits.WATCH_MAX_USERS}.",
        ),
    ]


class NewFileQuery(Query, frozen=True):
    name: Annotated[str, Meta(max_length=1000, description="What the file is called.")] = ""


class FileQuery(Query, frozen=True):
    info: Annotated[bool, Meta(description="What is known of the file, instead of it.")] = False


class AvatarQuery(Query, frozen=True):
    size: Annotated[int, Meta(ge=1, le=1024, description="Pixels.")] = 96
    v: Annotated[str, Meta(max_length=64, description="The version, to be kept.")] = ""


class EmojiImageQuery(Query, frozen=True):
    v: Annotated[str, Meta(max_length=64, description="The version, to be kept.")] = ""


class NewEmojiQuery(Query, frozen=True):
    name: Annotated[
        str, Meta(pattern=r"^[a-z0-9_+-]{2,40}$(?!\n)", description="What is written as `:name:`.")
    ]


class ThreadsQuery(PageQuery, frozen=True):
    unread: Annotated[bool, Meta(description="Only those where something is unread.")] = False
