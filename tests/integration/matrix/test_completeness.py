"""Nothing that the program can do is missing from the table, and nothing in it is of the past."""

import pytest
from drf_spectacular.generators import SchemaGenerator

from protocol.commands import COMMANDS
from protocol.describing import wire_type
from tests.integration.matrix import table
from tests.integration.matrix.operations import OPERATIONS

ROWS = table.rows()


def offered() -> set[tuple[str, str]]:
    """Return each operation of the REST API with its method, as its document names them."""
    document = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]  # it has no types
    return {
        (operation["operationId"], method.upper())
        for methods in document["paths"].values()
        for method, operation in methods.items()
    }


def test_every_operation_is_in_the_table() -> None:
    names = {name for name, _ in offered()}
    unknown = sorted(names - set(OPERATIONS))
    assert not unknown, f"Say in operations.py how to call these, and give them rows: {unknown}"
    without = sorted(names - {row.operation for row in ROWS})
    assert not without, f"Give these rows in table.py: who may do them, on what? {without}"


def test_every_command_is_in_the_table() -> None:
    called = {operation.command for operation in OPERATIONS.values()}
    missing = sorted({wire_type(command) for command in COMMANDS} - called)
    assert not missing, (
        f"Name these commands in operations.py, beside the same act of REST: {missing}"
    )


def test_the_table_speaks_of_nothing_that_is_gone() -> None:
    commands = {wire_type(command) for command in COMMANDS}
    there = offered()
    gone = [
        name
        for name, operation in OPERATIONS.items()
        # The document says nothing of HEAD.
        if (operation.method not in {"", "HEAD"} and (name, operation.method) not in there)
        or (operation.command and operation.command not in commands)
    ]
    assert not gone, f"Take these out of operations.py, or set their methods right: {gone}"
    strange = sorted({row.operation for row in ROWS} - set(OPERATIONS))
    assert not strange, f"Take the rows of these out of table.py: {strange}"


def test_no_row_is_there_twice() -> None:
    seen: set[str] = set()
    again = [str(row) for row in ROWS if str(row) in seen or seen.add(str(row))]  # type: ignore[func-returns-value]
    assert not again


@pytest.mark.parametrize("cells", [table.cell_count()], ids=lambda cells: f"{cells} cells")
def test_the_table_has_every_kind_of_cell(cells: int) -> None:
    assert cells > 3_000
    assert {cell for row in ROWS for cell in row.cells.values()} == set(table.CELLS)


def test_a_row_with_a_cell_too_few_is_refused() -> None:
    with pytest.raises(ValueError, match="Not a row"):
        table.rows("users_me  -  - - +")
