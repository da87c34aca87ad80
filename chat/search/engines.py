"""The two full-text indexes behind one interface: PostgreSQL's GIN and SQLite's FTS5.

Both hold the same terms, and both only name candidates: rights, filters and phrases are looked at
afterwards, in the messages themselves.
"""

import contextlib
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from django.db import DatabaseError, OperationalError, connection, transaction

from chat.exceptions import SearchTooBroad
from chat.search.phrases import Atom

NEWEST: Final = 2**62
"""Above every id."""

FIRST_WINDOW: Final = 20_000
_WINDOW_GROWTH: Final = 10
_SQLITE_STEPS: Final = 10_000
"""Instructions of SQLite's machine between two looks at the clock: about a millisecond."""


@dataclass(frozen=True, slots=True)
class Expression:
    """What to ask the index for: all of, one of each group, none of."""

    all_of: tuple[Atom, ...] = ()
    any_of: tuple[tuple[str, ...], ...] = field(default=())
    none_of: tuple[Atom, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.all_of or self.any_of)


@dataclass(frozen=True, slots=True)
class Step:
    """Some candidates, the newest first, and below which id to go on; None at the end."""

    ids: list[int]
    go_on_before: int | None


class Engine(Protocol):
    """A database's own way."""

    def candidates(self, wanted: Expression, *, before: int, limit: int) -> Step:
        """Return the newest messages before an id whose terms are as wanted, perhaps not all.

        A step costs about the same however many messages there are.
        """

    def write(self, entries: Sequence[tuple[int, list[str]]]) -> None:
        """Put each message's terms into the index, in place of what it had."""

    def limited(self, seconds: float) -> contextlib.AbstractContextManager[None]:
        """Let no statement inside run for longer.

        Raises:
            SearchTooBroad: when one does.
        """

    def without_index(self) -> contextlib.AbstractContextManager[None]:
        """Write many terms inside; the index is made of them all at the end, which is faster."""

    def rebuild(self) -> None:
        """Make the index anew from the table of the terms."""

    def is_sound(self) -> bool:
        """Return whether the index holds what the table of the terms does."""


def engine() -> Engine:
    """Return the way of the database in use."""
    return Sqlite() if connection.vendor == "sqlite" else Postgresql()


class Sqlite:
    def candidates(self, wanted: Expression, *, before: int, limit: int) -> Step:
        # FTS5 walks its lists from the newest message back, and stops when it has enough.
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT rowid FROM chat_searchindex WHERE chat_searchindex MATCH %s"
                " AND rowid < %s ORDER BY rowid DESC LIMIT %s",
                [self._match(wanted), before, limit],
            )
            ids = [row[0] for row in cursor.fetchall()]
        return Step(ids, ids[-1] if len(ids) == limit else None)

    def write(self, entries: Sequence[tuple[int, list[str]]]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO chat_searchentry (message_id, terms) VALUES (%s, %s)"
                " ON CONFLICT (message_id) DO UPDATE SET terms = excluded.terms"
                " WHERE terms <> excluded.terms",
                [(message_id, " ".join(terms)) for message_id, terms in entries],
            )

    @contextlib.contextmanager
    def limited(self, seconds: float) -> Iterator[None]:
        connection.ensure_connection()
        raw = connection.connection
        end = time.monotonic() + seconds
        raw.set_progress_handler(lambda: time.monotonic() > end, _SQLITE_STEPS)
        try:
            yield
        except OperationalError as error:
            if "interrupted" in str(error):
                raise SearchTooBroad from None
            raise
        finally:
            raw.set_progress_handler(None, 0)

    @contextlib.contextmanager
    def without_index(self) -> Iterator[None]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT name, sql FROM sqlite_master"
                " WHERE type = 'trigger' AND tbl_name = 'chat_searchentry'"
            )
            triggers = cursor.fetchall()
            for name, _ in triggers:
                cursor.execute(f"DROP TRIGGER {name}")
            try:
                yield
            finally:
                for _, statement in triggers:
                    cursor.execute(statement)
                self.rebuild()

    def rebuild(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO chat_searchindex(chat_searchindex) VALUES ('rebuild')")
            cursor.execute("INSERT INTO chat_searchindex(chat_searchindex) VALUES ('optimize')")

    def is_sound(self) -> bool:
        try:
            with connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO chat_searchindex(chat_searchindex, rank)"
                    " VALUES ('integrity-check', 1)"
                )
        except DatabaseError as error:
            if "malformed" not in str(error):
                raise
            return False
        return True

    def _match(self, wanted: Expression) -> str:
        parts = [self._atom(atom) for atom in wanted.all_of]
        parts += ["(" + " OR ".join(f'"{term}"' for term in group) + ")" for group in wanted.any_of]
        match = " AND ".join(parts)
        if wanted.none_of:
            match = f"({match}) NOT ({' OR '.join(map(self._atom, wanted.none_of))})"
        return match

    @staticmethod
    def _atom(atom: Atom) -> str:
        return f'"{atom.term}"' + ("*" if atom.is_prefix else "")


class Postgresql:
    def candidates(self, wanted: Expression, *, before: int, limit: int) -> Step:
        # GIN knows no order, so all that it finds would be sorted. Most questions are answered by
        # the latest messages; only what is rare there is looked for further back.
        question = self._question(wanted)
        window = FIRST_WINDOW
        with connection.cursor() as cursor:
            cursor.execute("SELECT min(message_id), max(message_id) FROM chat_searchentry")
            first, last = cursor.fetchone()
            if first is None:
                return Step([], None)
            before = min(before, last + 1)
            ids: list[int] = []
            while before > first:
                after = max(first, before - window)
                cursor.execute(
                    "SELECT message_id FROM chat_searchentry WHERE terms @@ %s::tsquery"
                    " AND message_id < %s AND message_id >= %s"
                    # Not by the index of the ids: where little is found it would be read in full.
                    " ORDER BY message_id + 0 DESC LIMIT %s",
                    [question, before, after, limit - len(ids)],
                )
                ids += [row[0] for row in cursor.fetchall()]
                if len(ids) == limit:
                    return Step(ids, ids[-1])
                before, window = after, window * _WINDOW_GROWTH
        return Step(ids, None)

    def write(self, entries: Sequence[tuple[int, list[str]]]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO chat_searchentry AS entry (message_id, terms)"
                " SELECT id, array_to_tsvector(string_to_array(terms, ' '))"
                " FROM unnest(%s::bigint[], %s::text[]) AS new (id, terms)"
                " ON CONFLICT (message_id) DO UPDATE SET terms = excluded.terms"
                " WHERE entry.terms <> excluded.terms",
                [[one[0] for one in entries], [" ".join(one[1]) for one in entries]],
            )

    @contextlib.contextmanager
    def limited(self, seconds: float) -> Iterator[None]:
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute(
                        "SELECT current_setting('statement_timeout'),"
                        " set_config('statement_timeout', %s, true)",
                        [str(round(seconds * 1000))],
                    )
                    before = cursor.fetchone()[0]
                yield
                with connection.cursor() as cursor:
                    cursor.execute("SELECT set_config('statement_timeout', %s, true)", [before])
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) == "57014":
                raise SearchTooBroad from None
            raise

    @contextlib.contextmanager
    def without_index(self) -> Iterator[None]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_get_indexdef('chat_searchentry_terms'::regclass)")
            statement = cursor.fetchone()[0]
            cursor.execute("DROP INDEX chat_searchentry_terms")
            try:
                yield
            finally:
                cursor.execute(statement)

    def rebuild(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            try:
                cursor.execute("REINDEX INDEX CONCURRENTLY chat_searchentry_terms")
            finally:
                cursor.execute("RESET statement_timeout")

    def is_sound(self) -> bool:
        # PostgreSQL writes the index with the row; amcheck knows no GIN.
        return True

    def _question(self, wanted: Expression) -> str:
        parts = [self._atom(atom) for atom in wanted.all_of]
        parts += ["(" + " | ".join(map(self._quoted, group)) + ")" for group in wanted.any_of]
        parts += [f"!{self._atom(atom)}" for atom in wanted.none_of]
        return " & ".join(parts)

    def _atom(self, atom: Atom) -> str:
        return self._quoted(atom.term) + (":*" if atom.is_prefix else "")

    @staticmethod
    def _quoted(term: str) -> str:
        return "'" + term.replace("\\", "\\\\").replace("'", "''") + "'"


def in_pieces(values: Iterable[int], size: int) -> Iterator[list[int]]:
    """Return the values in lists of at most `size`."""
    piece: list[int] = []
    for value in values:
        piece.append(value)
        if len(piece) == size:
            yield piece
            piece = []
    if piece:
        yield piece
