"""Each row of the table, from every point of view."""

import pytest

from tests.integration.matrix import judging
from tests.integration.matrix.operations import OPERATIONS
from tests.integration.matrix.table import VIEWS, Row, rows
from tests.integration.matrix.world import World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("row", judging.of_requests(rows()), ids=str)
def test_everyone_gets_what_the_table_says(world: World, before: object, row: Row) -> None:
    wrong = []
    for view in VIEWS:
        scene = world.scene(view, row.words)
        found = judging.troubles(OPERATIONS[row.operation], scene, row.cells[view], before=before)
        wrong += [f"{view}: {trouble}" for trouble in found]
    assert not wrong, "\n".join([str(row), *wrong])
