"""A style that knows no left and no right serves both directions of writing."""

import re
from pathlib import Path

import pytest

from tests.contract.test_definitions import sources

_SIDES = re.compile(
    r"\b(margin|padding|border|inset)-(left|right)\b|^\s*(left|right|float|clear)\s*:"
    r"|text-align:\s*(left|right)|border-(top|bottom)-(left|right)-radius|anchor\((left|right)\)"
    r"|position-area:[^;]*\b(left|right)\b",
    re.MULTILINE,
)
_FOUR_SIDES = re.compile(r"\b(?:margin|padding|inset|border-radius):\s*([^;]+);")
_INNERMOST = re.compile(r"\([^()]*\)")

_STYLES = sources("ui/css", "chat/static", suffix=".css")


@pytest.mark.parametrize("path", _STYLES, ids=lambda path: path.name)
def test_a_style_names_no_side(path: Path) -> None:
    style = _STYLES[path]
    assert [found.group() for found in _SIDES.finditer(style)] == []
    for found in _FOUR_SIDES.finditer(style):
        values = _values(found.group(1))
        assert len(values) < 4 or values[1] == values[3], found.group()


def _values(text: str) -> list[str]:
    """Split where no parenthesis is open. The brackets' own names are put in their place."""
    kept: list[str] = []

    def keep(found: re.Match[str]) -> str:
        kept.append(found.group())
        return f"<{len(kept) - 1}>"

    while _INNERMOST.search(text):
        text = _INNERMOST.sub(keep, text)
    values = text.split()
    while any("<" in value for value in values):
        values = [re.sub(r"<(\d+)>", lambda at: kept[int(at.group(1))], one) for one in values]
    return values
