"""Who may do what: one table of points of view, operations and states, held against the program.

`table.py` is the table, written by hand from the rules of the product. `operations.py` says how
each operation is called, `world.py` makes the people and what they talk about, `judging.py`
compares. A new operation is one entry in `operations.py` and a few rows in `table.py`; without them
`test_completeness.py` fails and says what to add.
"""
