"""What a check of several instances found, its verdict, and how it looks in a terminal. Pure."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

Grid = tuple[tuple[bool, ...], ...]
"""Rows and columns are the instances, in the same order."""

Order = tuple[tuple[int, str], ...]
"""Which message stands at which seq, as one client saw it."""

_YES: Final = "✓"
_NO: Final = "–"  # noqa: RUF001 - as wide as the mark above it
_GREEN: Final = "32"
_RED: Final = "31"
_BOLD: Final = "1"
_GAP: Final = "  "

_NAMES_MAX: Final = 3
_JOURNEY: Final = ("MESSAGE_SEND", "BROADCAST", "DELIVER")


@dataclass(frozen=True, slots=True)
class Findings:
    """What was seen from N instances with one person on each.

    Attributes:
        instances: their ids.
        heard: row: where it was said; column: where it was heard.
        online: row: from where one looked; column: whose person looked online.
        orders: the order of the messages as each client saw it; empty when messages have no place.
        slowest_seconds: the longest time from saying to hearing, when anything was heard.
        trouble: what else went wrong, in sentences.
    """

    instances: tuple[str, ...]
    heard: Grid
    online: Grid
    orders: tuple[Order, ...]
    slowest_seconds: float | None
    trouble: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    passed: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Paint:
    """Colours, when the terminal has them."""

    enabled: bool

    def good(self, text: str) -> str:
        return self._paint(text, _GREEN)

    def bad(self, text: str) -> str:
        return self._paint(text, _RED)

    def strong(self, text: str) -> str:
        return self._paint(text, _BOLD)

    def _paint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.enabled else text


def judge(findings: Findings) -> Verdict:
    """Say whether everybody heard everything, in one order, and looks online from everywhere."""
    complaints: list[str] = []
    if not _is_full(findings.heard):
        deaf = _incomplete_columns(findings.heard, findings.instances)
        complaints.append(
            f"Only {percent(findings.heard)} % of what was said was heard: "
            f"{_name(deaf, of=findings.instances)} missed something."
        )
    if not _is_full(findings.online):
        blind = _incomplete_rows(findings.online, findings.instances)
        complaints.append(
            f"Only {percent(findings.online)} % of the glances showed the truth: "
            f"from {_name(blind, of=findings.instances)}, somebody does not look online who is."
        )
    if len(set(findings.orders)) > 1:
        complaints.append("The messages do not stand in the same order for everyone.")
    complaints.extend(f"{sentence}." for sentence in findings.trouble)
    if complaints:
        return Verdict(passed=False, sentence=" ".join(complaints))
    return Verdict(
        passed=True,
        sentence="Every message was heard on every instance, in one order, "
        "and everyone looks online from everywhere.",
    )


def percent(grid: Iterable[Iterable[bool]]) -> int:
    """Return how much of the grid is true, rounded down: 100 means all of it."""
    cells = [cell for row in grid for cell in row]
    return math.floor(100 * sum(cells) / len(cells)) if cells else 0


def render_grids(findings: Findings, *, paint: Paint, width: int) -> list[str]:
    """Draw both grids: beside each other where there is room, else one below the other."""
    heard = _render_grid(
        findings.heard,
        instances=findings.instances,
        title="Who heard whom",
        axes="said on ↓    heard on →",
        paint=paint,
    )
    online = _render_grid(
        findings.online,
        instances=findings.instances,
        title="Who looks online to whom",
        axes="seen from ↓  person on →",
        paint=paint,
    )
    heard_width = max(len(line) for line, _ in heard)
    online_width = max(len(line) for line, _ in online)
    if heard_width + len(_GAP) + online_width > width:
        return [painted for _, painted in (*heard, ("", ""), *online)]
    return [
        f"{left_painted}{' ' * (heard_width - len(left))}{_GAP}{right_painted}".rstrip()
        for (left, left_painted), (_, right_painted) in zip(heard, online, strict=True)
    ]


def render_order(findings: Findings) -> str:
    """Say in a line whether everybody saw the same order."""
    if not any(findings.orders):
        return "Order: these messages carry no place, so there is none to compare."
    if len(set(findings.orders)) > 1:
        return "Order: the clients do NOT agree on which message stands where."
    seqs = [seq for seq, _ in findings.orders[0]]
    return (
        f"Order: all {len(findings.orders)} saw the same {len(seqs)} messages "
        f"at the same places, seq {seqs[0]} to {seqs[-1]}."
    )


def render_speed(findings: Findings) -> str:
    """Say in a line how long the slowest message was on its way."""
    if findings.slowest_seconds is None:
        return "Speed: nothing was heard at all."
    return (
        f"Speed: the slowest took {findings.slowest_seconds * 1000:.0f} ms "
        "from being said to being heard."
    )


def render_verdict(verdict: Verdict, *, paint: Paint) -> str:
    word = paint.good("PASS") if verdict.passed else paint.bad("FAIL")
    return f"{word}  {verdict.sentence}"


def find_journey(
    lines: Iterable[str], *, channel_id: str, seq: int, deliveries: int = 3
) -> list[str]:
    """Pick the log lines of one message: said, sent to the layer, delivered by a few processes."""
    place = re.compile(rf"\bseq={seq}\b")
    channel = re.compile(rf"\b(?:channel={channel_id}|stream=c:{channel_id}|c:{channel_id})\b")
    found: dict[str, list[str]] = {name: [] for name in _JOURNEY}
    for line in lines:
        name = next((name for name in _JOURNEY if name in line), None)
        if name and place.search(line) and channel.search(line):
            # What stands before the instance is the time, which differs from one format to another.
            found[name].append(line[max(0, line.find("[Instance-")) :].rstrip())
    left_out = len(found["DELIVER"]) - deliveries
    shown = [line for name in _JOURNEY for line in found[name][:deliveries]]
    if left_out > 0:
        shown.append(f"… and {left_out} more like the last")
    return shown


def _render_grid(
    grid: Grid, *, instances: Sequence[str], title: str, axes: str, paint: Paint
) -> list[tuple[str, str]]:
    """Return each line twice: bare, to measure it, and painted."""
    label_width = max(len(name) for name in instances)
    column_widths = [len(str(number)) + 1 for number in range(1, len(instances) + 1)]
    numbers = "".join(
        str(number).rjust(width) for number, width in enumerate(column_widths, start=1)
    )
    lines = [
        (title, paint.strong(title)),
        (axes, axes),
        _twice(" " * label_width + numbers),
    ]
    for name, row in zip(instances, grid, strict=True):
        bare = painted = name.ljust(label_width)
        for cell, width in zip(row, column_widths, strict=True):
            mark = (_YES if cell else _NO).rjust(width)
            bare += mark
            painted += paint.good(mark) if cell else paint.bad(mark)
        share = f"{percent([row]):>4} %"
        lines.append((bare + share, painted + share))
    lines.append(_twice("all".ljust(label_width) + " " * len(numbers) + f"{percent(grid):>4} %"))
    return lines


def _twice(line: str) -> tuple[str, str]:
    return line, line


def _is_full(grid: Grid) -> bool:
    # An empty grid proves nothing, so it is not full.
    return bool(grid) and all(all(row) for row in grid)


def _incomplete_columns(grid: Grid, instances: Sequence[str]) -> list[str]:
    columns = zip(*grid, strict=True)
    return [name for name, column in zip(instances, columns, strict=True) if not all(column)]


def _incomplete_rows(grid: Grid, instances: Sequence[str]) -> list[str]:
    return [name for name, row in zip(instances, grid, strict=True) if not all(row)]


def _name(names: Sequence[str], *, of: Sequence[str]) -> str:
    if len(names) == len(of):
        return "every instance"
    if len(names) > _NAMES_MAX:
        return f"{len(names)} of {len(of)} instances"
    return " and ".join(names)
