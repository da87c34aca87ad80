"""The two drawings of a report, as SVG whose colours come from the page."""

import math
from collections.abc import Iterator, Sequence
from html import escape
from itertools import pairwise
from typing import Final

from tools.chaos.reporting.timeline import Point, Timeline
from tools.chaos.reporting.words import duration, mebibytes

WIDTH: Final = 960.0
_LEFT: Final = 64.0
_RIGHT: Final = 12.0
_TOP: Final = 24.0
_PLOT: Final = 220.0
_LANE: Final = 20.0
_AXIS: Final = 26.0
_POINTS_MAX: Final = 480
_GAP_SECONDS: Final = 4.0
_GAP_POINTS: Final = 2.5
_TICKS_MAX: Final = 9
_BAND_WIDTH_MIN: Final = 3.0
_STEPS: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400)
_DECADE_SECONDS_MIN: Final = 0.001
_NAME_WIDTH: Final = 6.4
"""Of a letter of a fault's name."""


class _Scale:
    """Turns times into places from left to right."""

    def __init__(self, timeline: Timeline) -> None:
        self.began = timeline.began
        self.seconds = max(timeline.ended - timeline.began, 1.0)

    def x(self, t: float) -> float:
        share = min(max((t - self.began) / self.seconds, 0.0), 1.0)
        return _LEFT + share * (WIDTH - _LEFT - _RIGHT)

    def ticks(self) -> Iterator[tuple[float, str]]:
        step = next((s for s in _STEPS if self.seconds / s <= _TICKS_MAX), _STEPS[-1])
        for second in range(0, int(self.seconds) + 1, step):
            label = (
                f"{second // 60}:{second % 60:02}" if self.seconds >= _STEPS[6] else f"{second} s"
            )
            yield self.x(self.began + second), label


def draw_latency(timeline: Timeline) -> str:
    """Draw p50 and maximum for each second, with the faults as bands and as lanes."""
    scale = _Scale(timeline)
    names = sorted({fault.name for fault in timeline.faults})
    lanes_top = _TOP + _PLOT + 10
    bottom = lanes_top + len(names) * _LANE if names else _TOP + _PLOT
    points = _thinned(timeline.latency)
    lowest, highest = _decades(points)

    def y(seconds: float) -> float:
        share = (math.log10(max(seconds, lowest)) - math.log10(lowest)) / (
            math.log10(highest) - math.log10(lowest)
        )
        return _TOP + _PLOT * (1 - min(share, 1.0))

    parts = [
        *_bands(timeline, scale, bottom),
        *_time_axis(scale, bottom),
        *_phases(timeline, scale),
    ]
    decade = lowest
    while decade <= highest * 1.01:
        parts.append(_level(y(decade), duration(decade)))
        decade *= 10
    for stretch in _stretches(points):
        parts += [
            _line([(scale.x(p.t), y(p.max)) for p in stretch], "max"),
            _line([(scale.x(p.t), y(p.p50)) for p in stretch], "p50"),
        ]
    parts += _lanes(timeline, scale, names, lanes_top)
    return _svg("Latency of live deliveries over time, with the faults", bottom + _AXIS, parts)


def draw_memory(timeline: Timeline) -> str:
    """Draw what each process holds."""
    scale = _Scale(timeline)
    most = max((size for of in timeline.memory.values() for _, size in of), default=1)
    step = _round_up(most / 4)
    top = step * math.ceil(most / step)

    def y(size: float) -> float:
        return _TOP + _PLOT * (1 - size / top)

    bottom = _TOP + _PLOT
    parts = [
        *_bands(timeline, scale, bottom),
        *_time_axis(scale, bottom),
        *_phases(timeline, scale),
    ]
    parts += [_level(y(level * step), mebibytes(level * step)) for level in range(top // step + 1)]
    for number, (_, samples) in enumerate(sorted(timeline.memory.items())):
        every = max(1, len(samples) // _POINTS_MAX)
        line = [(scale.x(t), y(size)) for t, size in samples[::every]]
        parts.append(_line(line, f"series s{number % 6}"))
    return _svg("Memory of each instance over time", bottom + _AXIS, parts)


def _round_up(size: float) -> int:
    """Return a round number of MiB that is not smaller."""
    mib = max(size / 1024**2, 1.0)
    power = 10.0 ** math.floor(math.log10(mib))
    return int(next(f for f in (1, 2, 2.5, 5, 10) if f * power >= mib) * power * 1024**2)


def _decades(points: Sequence[Point]) -> tuple[float, float]:
    lowest = min((p.p50 for p in points if p.p50 > 0), default=0.001)
    highest = max((p.max for p in points), default=1.0)
    low = 10.0 ** math.floor(math.log10(max(lowest, _DECADE_SECONDS_MIN)))
    return low, max(10.0 ** math.ceil(math.log10(max(highest, 0.01))), low * 10)


def _thinned(points: Sequence[Point]) -> list[Point]:
    """Join neighbours until they fit. The worst maximum stays, and the middle of the medians."""
    every = math.ceil(len(points) / _POINTS_MAX) or 1
    groups = [points[start : start + every] for start in range(0, len(points), every)]
    return [
        Point(
            of[len(of) // 2].t,
            sorted(p.p50 for p in of)[len(of) // 2],
            max(p.max for p in of),
        )
        for of in groups
    ]


def _stretches(points: Sequence[Point]) -> Iterator[list[Point]]:
    """Yield what belongs to one line: where nothing arrived for a while, none is drawn."""
    stretch: list[Point] = []
    usual = min((b.t - a.t for a, b in pairwise(points)), default=0.0)
    for point in points:
        if stretch and point.t - stretch[-1].t > max(_GAP_SECONDS, _GAP_POINTS * usual):
            yield stretch
            stretch = []
        stretch.append(point)
    if stretch:
        yield stretch


def _line(places: Sequence[tuple[float, float]], kind: str) -> str:
    if len(places) == 1:
        return (
            f'<circle class="dot {kind}" cx="{places[0][0]:.1f}" cy="{places[0][1]:.1f}" r="2.5"/>'
        )
    return (
        f'<polyline class="line {kind}" points="'
        + " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        + '"/>'
    )


def _level(y: float, label: str) -> str:
    return (
        f'<line class="grid" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        f'<text class="tick" x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{label}</text>'
    )


def _time_axis(scale: _Scale, bottom: float) -> Iterator[str]:
    for x, label in scale.ticks():
        yield (
            f'<path class="grid" d="M{x:.1f} {bottom:.1f}v4"/>'
            f'<text class="tick" x="{x:.1f}" y="{bottom + 18:.1f}" text-anchor="middle">'
            f"{label}</text>"
        )


def _phases(timeline: Timeline, scale: _Scale) -> Iterator[str]:
    places = [(scale.x(phase.t), phase.name) for phase in timeline.phases]
    for (x, name), (following, _) in pairwise([*places, (WIDTH, "")]):
        yield (
            f'<line class="phase" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP - 18}" y2="{_TOP + _PLOT}"/>'
        )
        if following - x > len(name) * _NAME_WIDTH + 8:
            yield f'<text class="phase-name" x="{x + 5:.1f}" y="{_TOP - 8}">{escape(name)}</text>'


def _bands(timeline: Timeline, scale: _Scale, bottom: float) -> Iterator[str]:
    for fault in timeline.faults:
        x, width = _extent(scale, fault.began, fault.ended)
        yield (
            f'<rect class="band" x="{x:.1f}" y="{_TOP}" width="{width:.1f}" '
            f'height="{bottom - _TOP:.1f}"/>'
        )


def _lanes(timeline: Timeline, scale: _Scale, names: Sequence[str], top: float) -> Iterator[str]:
    for number, name in enumerate(names):
        y = top + number * _LANE
        mine = [fault for fault in timeline.faults if fault.name == name]
        for fault in mine:
            x, width = _extent(scale, fault.began, fault.ended)
            lasted = duration(fault.ended - fault.began)
            title = escape(f"{name} of {fault.target}, {lasted}, {fault.hits} hits {fault.note}")
            yield (
                f'<rect class="fault{"" if fault.hits else " missed"}" x="{x:.1f}" y="{y + 4:.1f}" '
                f'width="{width:.1f}" height="{_LANE - 8:.1f}" rx="2"><title>{title}</title></rect>'
            )
        if mine:
            yield _lane_name(scale, name, y, began=mine[0].began, ended=mine[-1].ended)


def _lane_name(scale: _Scale, name: str, y: float, *, began: float, ended: float) -> str:
    """Write a fault's name after its last bar, or before its first where there is more room."""
    after, before = scale.x(ended) + 8, scale.x(began) - 8
    room = WIDTH - _RIGHT - after
    if room >= len(name) * _NAME_WIDTH or room >= before - _LEFT:
        x, anchor = after, "start"
    else:
        x, anchor = before, "end"
    return (
        f'<text class="lane" x="{x:.1f}" y="{y + _LANE - 6:.1f}" text-anchor="{anchor}">'
        f"{escape(name)}</text>"
    )


def _extent(scale: _Scale, began: float, ended: float) -> tuple[float, float]:
    x = scale.x(began)
    return x, max(scale.x(ended) - x, _BAND_WIDTH_MIN)


def _svg(title: str, height: float, parts: Sequence[str]) -> str:
    return (
        f'<div class="chart"><svg viewBox="0 0 {WIDTH:.0f} {height:.0f}" role="img" '
        f'aria-label="{escape(title)}">{"".join(parts)}</svg></div>'
    )
