"""The world is made once for a module; whatever is done in it is taken back."""

import logging
from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from tests.integration.matrix import digest
from tests.integration.matrix.world import World, build


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def before(world: World) -> object:
    """What the database holds as long as nobody does anything."""
    return digest.of_database()


@pytest.fixture(autouse=True)
def _canaries() -> None:
    """Stand in for `tests/integration/canaries.py`: here each answer is looked at by itself.

    What a world that lives longer than a test holds, a listener of one test would not know.
    """


class Listening(logging.Handler):
    """Keeps every line that is logged."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.getMessage()} {record.__dict__} {record.exc_text or ''}")


@pytest.fixture(autouse=True)
def log_lines() -> Iterator[list[str]]:
    """Listen to all that is logged, and fail when it holds a text, a password or a token."""
    handler = Listening()
    ours, root = logging.getLogger("parley"), logging.getLogger()
    level = ours.level
    ours.setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield handler.lines
    root.removeHandler(handler)
    ours.setLevel(level)
    spilled = [line for line in handler.lines if "kanari_" in line or "ply_" in line]
    assert not spilled, f"The log tells what it must not: {spilled[:3]}"
