"""Drawings of what was measured, as SVG that reads on light and on dark pages."""

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

WIDTH: Final = 720
_LEFT: Final = 190
_RIGHT: Final = 70
_ROW: Final = 18
_GAP: Final = 12
_HEAD: Final = 40
_COLOURS: Final = ("#3b6ea8", "#d9822b", "#2e8b57", "#8a63c9")
_STYLE: Final = (
    "text{font:13px system-ui,sans-serif;fill:#3a3f47}.dim{fill:#7a808a;font-size:12px}"
    "line{stroke:#c9cdd3}"
    "@media(prefers-color-scheme:dark){text{fill:#d5d9df}.dim{fill:#9aa0a9}line{stroke:#4a4f57}}"
)


def bars(title: str, groups: Mapping[str, Sequence[float]], *, names: Sequence[str]) -> str:
    """Draw a bar for each value of each group, on a logarithmic scale.

    Args:
        names: what the values of a group are, in their order.
    """
    low = 10 ** math.floor(math.log10(min(min(values) for values in groups.values())))
    high = max(max(values) for values in groups.values())
    width = WIDTH - _LEFT - _RIGHT
    parts, y = [_legend(names)], _HEAD
    for group, values in groups.items():
        middle = y + len(values) * _ROW / 2 + 4
        parts.append(
            f'<text x="{_LEFT - 10}" y="{middle}" text-anchor="end">{escape(group)}</text>'
        )
        for number, value in enumerate(values):
            length = max(2.0, width * math.log(value / low) / math.log(high / low))
            parts.append(
                f'<rect x="{_LEFT}" y="{y + 2}" width="{length:.1f}" height="{_ROW - 4}" '
                f'fill="{_COLOURS[number]}"/>'
                f'<text class="dim" x="{_LEFT + length + 6:.1f}" y="{y + 13}">{value:.1f}</text>'
            )
            y += _ROW
        y += _GAP
    return _svg(title, y, parts)


def lines(title: str, series: Mapping[str, Sequence[tuple[float, float]]], *, across: str) -> str:
    """Draw a line for each series: (across, up), with a logarithmic scale across."""
    places = [place for line in series.values() for place in line]
    first, last = min(x for x, _ in places), max(x for x, _ in places)
    top = max(y for _, y in places) * 1.1
    height, left, width = 200, 50, WIDTH - 50 - 30

    def place(x: float, y: float) -> tuple[float, float]:
        share = math.log(x / first) / math.log(last / first)
        return left + share * width, _HEAD + height * (1 - y / top)

    parts = [_legend(list(series))]
    for level in range(5):
        y = place(first, top * level / 4)[1]
        parts.append(
            f'<line x1="{left}" x2="{left + width}" y1="{y:.0f}" y2="{y:.0f}"/>'
            f'<text class="dim" x="{left - 6}" y="{y + 4:.0f}" text-anchor="end">'
            f"{top * level / 4:.1f}</text>"
        )
    parts += [
        f'<text class="dim" x="{place(x, 0)[0]:.0f}" y="{_HEAD + height + 18}" '
        f'text-anchor="middle">{x:,.0f}</text>'
        for x in sorted({x for x, _ in places})
    ]
    for number, line in enumerate(series.values()):
        points = " ".join("{:.1f},{:.1f}".format(*place(x, y)) for x, y in line)
        colour = _COLOURS[number]
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
        )
    below = _HEAD + height + 36
    parts.append(f'<text x="{left}" y="{below}" class="dim">{escape(across)}</text>')
    return _svg(title, below + 8, parts)


def _legend(names: Sequence[str]) -> str:
    parts, x = [], _LEFT
    for name, colour in zip(names, _COLOURS, strict=False):
        parts.append(
            f'<rect x="{x}" y="22" width="10" height="10" fill="{colour}"/>'
            f'<text class="dim" x="{x + 15}" y="31">{escape(name)}</text>'
        )
        x += 30 + 7 * len(name)
    return "".join(parts)


def _svg(title: str, height: float, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" role="img">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style>"
        f'<text x="0" y="14">{escape(title)}</text>{"".join(parts)}</svg>\n'
    )
