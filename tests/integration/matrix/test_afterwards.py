"""What was allowed before a change is judged by the table of what is true after it.

Ids that somebody knows from before, of messages, threads and people, help them nowhere.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import pytest

from accounts.models import Role, User
from chat.services import channels, members
from tests.integration.matrix import digest, judging
from tests.integration.matrix.operations import OPERATIONS
from tests.integration.matrix.table import VIEWS, Row, rows
from tests.integration.matrix.world import INSIDE, PLACES, ROLES, World

pytestmark = pytest.mark.django_db

ROWS: Final = judging.of_requests(rows())


@dataclass(frozen=True, slots=True)
class Turn:
    """Something that changes who may do what, and whose rules hold afterwards."""

    name: str
    make: Callable[[World], object]
    place: str
    """Where it is done."""
    as_in: str
    """The place of the table whose rules hold there from now on."""
    view: str = ""
    """Whom it is done to; empty: everyone."""
    becomes: str = ""
    """The point of view of the table that they have from now on."""

    @property
    def lost(self) -> frozenset[tuple[str, str]]:
        if self.becomes in {"deactivated", "guest_out"}:
            return frozenset((self.view, place) for place in PLACES)
        if self.view:
            return frozenset({(self.view, self.place)} if self.becomes == "ex_member" else ())
        if self.place == "public" and self.as_in == "private":
            return frozenset((person, "public") for person in ROLES if person not in INSIDE)
        return frozenset()

    def __str__(self) -> str:
        return self.name


def _close(world: World) -> None:
    channels.change(
        by=world.people["channel_owner"].pk,
        channel_id=world.places["public"].pk,
        wanted=channels.Change(kind="private"),
    )


def _archive(place: str) -> Callable[[World], object]:
    return lambda world: channels.archive(
        by=world.people["channel_owner"].pk, channel_id=world.places[place].pk
    )


def _unarchive(world: World) -> None:
    channels.unarchive(by=world.people["channel_owner"].pk, channel_id=world.places["vault"].pk)


def _remove(world: World) -> None:
    members.remove(
        by=world.people["channel_owner"].pk,
        channel_id=world.places["private"].pk,
        user_id=world.people["member_in"].pk,
    )


def _leave(world: World) -> None:
    members.leave(user_id=world.people["member_in"].pk, channel_id=world.places["private"].pk)


def _role(view: str, role: Role) -> Callable[[World], object]:
    def change(world: World) -> None:
        user = User.objects.get(pk=world.people[view].pk)
        user.set_role(role)
        user.save()

    return change


def _deactivate(world: World) -> None:
    user = User.objects.get(pk=world.people["member_in"].pk)
    user.is_active = False
    user.save()


TURNS: Final = (
    Turn("a public channel became private", _close, "public", "private"),
    Turn("a public channel was archived", _archive("public"), "public", "archived"),
    Turn("a private channel was archived", _archive("private"), "private", "vault"),
    Turn("an archived channel was opened", _unarchive, "vault", "private"),
    Turn("was removed", _remove, "private", "private", "member_in", "ex_member"),
    Turn("left", _leave, "private", "private", "member_in", "ex_member"),
    Turn(
        "became a guest",
        _role("member_out", Role.GUEST),
        "public",
        "public",
        "member_out",
        "guest_out",
    ),
    Turn(
        "is no admin any more",
        _role("admin_out", Role.MEMBER),
        "public",
        "public",
        "admin_out",
        "member_out",
    ),
    Turn("was deactivated", _deactivate, "private", "private", "member_in", "deactivated"),
)

STEP: Final = 4 if os.environ.get("MATRIX") == "sample" else 1
"""Where time is short every fourth case is tried. The rows themselves are always tried in full."""

CASES: Final = [
    pytest.param(turn, row, id=f"{turn}: {row}")
    for turn in TURNS
    for row in ROWS
    if row.words[:1] == [turn.as_in]
][::STEP]


@pytest.mark.parametrize(("turn", "row"), CASES)
def test_what_is_true_now_counts(world: World, turn: Turn, row: Row) -> None:
    wrong = []
    with judging.undone():
        turn.make(world)
        now = replace(world, lost=turn.lost)
        before = digest.of_database()
        for view in [turn.view] if turn.view else VIEWS:
            scene = now.scene(view, [turn.place, *row.words[1:]])
            found = judging.troubles(
                OPERATIONS[row.operation], scene, row.cells[turn.becomes or view], before=before
            )
            wrong += [f"{view}: {trouble}" for trouble in found]
    assert not wrong, "\n".join([str(row), *wrong])
