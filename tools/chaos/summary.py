"""What a run was and what came of it, in one screen."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from tools.chaos.history import Fault, Trouble
from tools.chaos.verdict import INVARIANTS, Verdict

_DOUBTS_SHOWN: Final = 5
_TROUBLES_SHOWN: Final = 5
_WORDS: Final = {"valid": "VALID", "violated": "VIOLATED", "unknown": "UNKNOWN"}


def summarize(
    verdict: Verdict,
    *,
    faults: Sequence[Fault],
    troubles: Sequence[Trouble],
    closed: Mapping[int, int],
    crowd_load: float,
) -> str:
    """Return the lines.

    Args:
        closed: close code → sockets that ended with it.
        crowd_load: the share of a core that the clients and proxies took.
    """
    figures = verdict.figures
    latency = figures.latency
    codes = ", ".join(f"{count} with {code}" for code, count in sorted(closed.items()))
    lines = [
        *_faults(faults, verdict),
        "",
        (
            f"{figures.sent:,} posts by {figures.tabs} tabs: {figures.acknowledged:,} acknowledged,"
            f" {figures.resent} sent again, {figures.refused} refused, {figures.unresolved} open."
        ),
        (
            f"{figures.deliveries:,} deliveries, each compared with the log: half of the live ones "
            f"within {latency.p50 * 1000:.0f} ms, 99 % within {latency.p99:.1f} s."
        ),
        (
            f"{figures.sockets:,} sockets: {codes}. Largest process: {_largest(verdict)}. "
            f"Clients and proxies: {crowd_load:.0%} of a core."
        ),
        *_troubles(troubles),
        *_violations(verdict),
        *(f"Doubt: {doubt}" for doubt in verdict.doubts[:_DOUBTS_SHOWN]),
        "",
        f"{_WORDS[verdict.outcome]}. {verdict.sentence}",
    ]
    return "\n".join(lines)


def _faults(faults: Sequence[Fault], verdict: Verdict) -> list[str]:
    if not faults:
        return ["Nothing was broken."]
    recovery = {one.name: one.recovery for one in verdict.figures.faults}
    lines = [f"{'fault':<27}{'times':>6}{'hits':>7}{'back after':>13}   the last one"]
    for name in sorted({fault.name for fault in faults}):
        of_name = [fault for fault in faults if fault.name == name]
        missed = sum(not fault.hits for fault in of_name)
        spread = recovery.get(name)
        back = f"{spread.p50:.1f} s" if spread and spread.count else "-"
        last = of_name[-1]
        note = f"MISSED {missed} times" if missed else f"{last.target}: {last.note}".strip(": ")
        hits = sum(fault.hits for fault in of_name)
        lines.append(f"{name:<27}{len(of_name):>6}{hits:>7}{back:>13}   {note[:60]}")
    return lines


def _largest(verdict: Verdict) -> str:
    memory = verdict.figures.memory_max
    return f"{max(memory.values()) / 1024**2:.0f} MiB" if memory else "not measured"


def _troubles(troubles: Sequence[Trouble]) -> list[str]:
    counted = Counter(trouble.what for trouble in troubles)
    return [
        f"Trouble, {count} times: {what[:140]}"
        for what, count in counted.most_common(_TROUBLES_SHOWN)
    ]


def _violations(verdict: Verdict) -> list[str]:
    lines = []
    for invariant, count in verdict.counts.items():
        first = next((one for one in verdict.violations if one.invariant == invariant), None)
        lines.append(f"Invariant {invariant}, {count} times. {INVARIANTS[invariant]}.")
        if first:
            lines.append(f"    {first.sentence[:180]}")
    return lines
