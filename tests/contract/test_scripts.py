"""Each script of presence says in its header what it takes and what it returns."""

import re
from pathlib import Path

import pytest
from django.conf import settings

SCRIPTS = sorted(Path(settings.BASE_DIR, "presence", "lua").glob("*.lua"))


def test_there_are_scripts() -> None:
    assert len(SCRIPTS) > 5


@pytest.mark.parametrize(
    "path", [path for path in SCRIPTS if path.stem != "state"], ids=lambda path: path.stem
)
def test_a_header_names_keys_arguments_and_the_answer(path: Path) -> None:
    lines = path.read_text().splitlines()
    header = [line[3:] for line in lines if line.startswith("-- ")]
    words = " ".join(line.strip() for line in header)
    found = re.search(r"KEYS (?P<keys>.*?) ARGV (?P<arguments>.*?) Returns (?P<answer>.+)", words)
    assert found, words
    code = "\n".join(line for line in lines if not line.startswith("--"))
    assert {int(number) for number in re.findall(r"KEYS\[(\d+)\]", code)} == {1}
    used = {int(number) for number in re.findall(r"ARGV\[(\d+)\]", code)}
    named = found["arguments"].split(",")
    # The last of them may stand for many.
    is_open = "#ARGV" in code
    assert used == set(range(1, len(named) + (not is_open)))
