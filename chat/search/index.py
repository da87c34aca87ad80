"""Keeping the index in step with the messages.

Whoever saves a `Message` need not think of it: a signal does. Whoever writes many at once
(`bulk_create`, `update`), or hangs files on one, calls `keep` with their ids; `add` is for new
ones.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.db.models import Exists, OuterRef
from django.db.models.signals import post_save

from chat.models import Message, SearchEntry
from chat.search import attached, terms
from chat.search.attached import Attached
from chat.search.engines import engine, in_pieces

_AT_ONCE: Final = 1_000
_SIGNAL: Final = "chat.search"
_TELLING: Final = frozenset({"text", "html", "deleted_at", "author", "thread", "edited_at"})
"""The fields of a message that its terms are made of."""

_NEEDED: Final = (
    "pk",
    "text",
    "html",
    "channel_id",
    "author_id",
    "created_at",
    "thread_id",
    "edited_at",
    "deleted_at",
)

# Not `pk__in`: PostgreSQL would go through all entries for each message.
_IS_INDEXED: Final = Exists(SearchEntry.objects.filter(pk=OuterRef("pk")))
_SHOWN: Final = Message.objects.filter(pk=OuterRef("pk"), deleted_at=None)


def connect() -> None:
    """Index messages when they are saved, from now on."""
    post_save.connect(_saved, sender=Message, dispatch_uid=_SIGNAL)


def disconnect() -> None:
    """Index nothing that is written from now on, to measure what it costs."""
    post_save.disconnect(sender=Message, dispatch_uid=_SIGNAL)


def keep(message_ids: Iterable[int]) -> None:
    """Index messages as they are in the database now; forget the deleted ones.

    To be called inside the transaction that changed them.
    """
    for ids in in_pieces(message_ids, _AT_ONCE):
        rows = Message.objects.filter(pk__in=ids).only(*_NEEDED)
        _write([row for row in rows if row.deleted_at is None])
        gone = set(ids) - {row.pk for row in rows if row.deleted_at is None}
        SearchEntry.objects.filter(pk__in=gone).delete()


def add(messages: Sequence[Message]) -> None:
    """Index messages that were written just now, on which nothing hangs yet."""
    if post_save.has_listeners(Message):
        engine().write([(message.pk, _terms_of(message, [])) for message in messages])


def fill(messages: Any) -> int:
    """Index all messages of a model that are not indexed, also one of a migration.

    Returns:
        How many there were.
    """
    if SearchEntry.objects.exists():
        return _go_through(messages.objects.filter(~_IS_INDEXED, deleted_at=None))
    with engine().without_index():
        return _go_through(messages.objects.filter(deleted_at=None))


def repair() -> int:
    """Make the whole index anew from the messages, piece by piece; people can go on.

    Returns:
        How many messages are indexed.
    """
    SearchEntry.objects.filter(~Exists(_SHOWN)).delete()
    count = _go_through(Message.objects.filter(deleted_at=None))
    engine().rebuild()
    return count


def _go_through(messages: Any) -> int:
    count = after = 0
    messages = messages.only(*_NEEDED).order_by("pk")
    while rows := list(messages.filter(pk__gt=after)[:_AT_ONCE]):
        _write(rows)
        after, count = rows[-1].pk, count + len(rows)
    return count


def missing() -> int:
    """Return how many messages the index does not know."""
    return Message.objects.filter(~_IS_INDEXED, deleted_at=None).count()


def _saved(
    instance: Message,
    *,
    created: bool,
    update_fields: frozenset[str] | None = None,
    **_kwargs: object,
) -> None:
    if update_fields is not None and not _TELLING & update_fields:
        return
    if instance.deleted_at is not None:
        SearchEntry.objects.filter(pk=instance.pk).delete()
    elif created:
        add([instance])
    else:
        _write([instance])


def _write(messages: list[Message]) -> None:
    if messages:
        files = attached.of_messages(message.pk for message in messages)
        engine().write(
            [(message.pk, _terms_of(message, files.get(message.pk, []))) for message in messages]
        )


def _terms_of(message: Message, files: Sequence[Attached]) -> list[str]:
    return terms.of_message(
        text=message.text,
        html=message.html,
        channel_id=message.channel_id,
        author_id=message.author_id,
        created_at=message.created_at,
        is_reply=message.thread_id is not None,
        is_edited=message.edited_at is not None,
        file_names=[file.name for file in files],
        has_image=any(file.is_picture for file in files),
    )
