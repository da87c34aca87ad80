"""The report of a run: one HTML page that needs nothing else.

    python -m tools.chaos.report HISTORY -o FILE

judges a history and writes its report. The exit status is 0 when it is valid, 1 when it is
violated, 2 when it is unknown, and 3 when it cannot be read.
"""

import argparse
import sys
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Final

import msgspec

from tools.chaos import history
from tools.chaos.history import Apply, Record, Run
from tools.chaos.judge import judge
from tools.chaos.reporting.charts import draw_latency, draw_memory
from tools.chaos.reporting.timeline import Timeline, draw_up
from tools.chaos.reporting.words import duration, mebibytes, of_record
from tools.chaos.verdict import INVARIANTS, FaultFigures, Figures, Verdict, Violation

TRACES_MAX: Final = 20
CANNOT_READ: Final = 3

_WORDS: Final = {"valid": "Valid", "violated": "Violated", "unknown": "Unknown"}
_MARKS: Final = {"valid": "✓", "violated": "✗", "unknown": "?"}
_STYLE: Final = (Path(__file__).parent / "reporting" / "report.css").read_text(encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.chaos.report", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("history", type=Path, help="the JSON lines of a run")
    parser.add_argument("-o", "--out", type=Path, required=True, help="the page to write")
    options = parser.parse_args(arguments)
    try:
        verdict = judge(history.read(options.history))
        page = render(verdict, options.history)
    except (OSError, msgspec.DecodeError) as error:
        print(f"{options.history} cannot be read: {error}", file=sys.stderr)
        return CANNOT_READ
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(page, encoding="utf-8")
    print(f"{_WORDS[verdict.outcome]}. {verdict.sentence}")
    return verdict.exit_status


def render(verdict: Verdict, records: Iterable[Record] | Path | None = None) -> str:
    """Return the page.

    Args:
        records: the history, or its file. It is read once more for the charts and the traces,
            which are missing without it.
    """
    shown = _most_telling(verdict.violations)
    if isinstance(records, Path):
        records = history.read(records)
    timeline = draw_up(records, shown) if records is not None else None
    body = "".join(
        [
            _header(verdict),
            _invariants(verdict),
            _doubts(verdict),
            _violations(shown, verdict, timeline),
            _run(verdict.run),
            _figures(verdict.figures),
            _faults(verdict.figures.faults),
            _latency(timeline),
            _memory(timeline, verdict.figures),
        ]
    )
    title = f"{_WORDS[verdict.outcome]} — Parley under faults"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f'<body><main class="{verdict.outcome}">{body}</main></body></html>\n'
    )


def _most_telling(violations: Sequence[Violation]) -> list[Violation]:
    """Return the first of each invariant, then the second of each, until there are enough."""
    of: dict[int, list[Violation]] = {}
    for violation in violations:
        of.setdefault(violation.invariant, []).append(violation)
    deepest = max((len(some) for some in of.values()), default=0)
    in_turn = [some[depth] for depth in range(deepest) for some in of.values() if depth < len(some)]
    return sorted(in_turn[:TRACES_MAX], key=lambda one: (one.invariant, one.t))


# ── Sections ────────────────────────────────────────────────────────────────────────────────


def _header(verdict: Verdict) -> str:
    run, figures = verdict.run, verdict.figures
    facts: list[tuple[str, str]] = []
    if run is not None:
        facts += [
            ("seed", str(run.seed)),
            ("profile", run.profile),
            ("database", run.database),
            ("instances", str(run.instances)),
            ("people", f"{run.people:,}"),
        ]
    facts.append(("lasted", duration(figures.seconds)))
    wrong = (
        f'<p class="note">Built wrong on purpose: {escape(", ".join(run.switches))}.</p>'
        if run is not None and run.switches
        else ""
    )
    return (
        f'<header><p class="outcome"><span class="mark" aria-hidden="true">'
        f"{_MARKS[verdict.outcome]}</span>{_WORDS[verdict.outcome]}</p>"
        f"<h1>{escape(verdict.sentence)}</h1>{wrong}{_facts(facts)}</header>"
    )


def _facts(facts: Iterable[tuple[str, str]]) -> str:
    rows = "".join(f"<div><dt>{escape(k)}</dt><dd>{escape(v)}</dd></div>" for k, v in facts)
    return f'<dl class="facts">{rows}</dl>'


def _invariants(verdict: Verdict) -> str:
    rows = "".join(
        f'<li class="{"broken" if count else "kept"}"><span class="number">{number}</span>'
        f'<span>{escape(rule)}</span><span class="count">{_held(verdict, count)}</span></li>'
        for number, rule in INVARIANTS.items()
        for count in (verdict.counts.get(number, 0),)
    )
    return _section("What must hold", f'<ol class="invariants">{rows}</ol>')


def _held(verdict: Verdict, count: int) -> str:
    if count:
        return f"broken {count:,} time{'s' * (count != 1)}"
    return "not seen broken" if verdict.doubts else "held"


def _doubts(verdict: Verdict) -> str:
    if not verdict.doubts:
        return ""
    rows = "".join(f"<li>{escape(doubt)}</li>" for doubt in verdict.doubts)
    return _section("What is in doubt", f'<ul class="doubts">{rows}</ul>')


def _violations(shown: Sequence[Violation], verdict: Verdict, timeline: Timeline | None) -> str:
    if not shown:
        return ""
    began = timeline.began if timeline else 0.0
    traces = timeline.traces if timeline else [[] for _ in shown]
    parts = [
        _violation(violation, trace, began, is_open=number < 3)
        for number, (violation, trace) in enumerate(zip(shown, traces, strict=True))
    ]
    total = sum(verdict.counts.values())
    lead = f"<p>{len(shown)} of {total:,} are shown.</p>" if total > len(shown) else ""
    return _section("What went wrong", lead + "".join(parts))


def _violation(
    violation: Violation, trace: Sequence[Record], began: float, *, is_open: bool
) -> str:
    rows = "".join(
        f'<tr class="{"here" if _is_it(record, violation) else ""}">'
        f"<td>{record.t - began:.3f}</td><td>{escape(of_record(record))}</td></tr>"
        for record in trace
    )
    table = (
        f'<div class="wide"><table class="trace"><thead><tr><th>s</th><th>What happened</th></tr>'
        f"</thead><tbody>{rows}</tbody></table></div>"
        if rows
        else '<p class="muted">The history has nothing around it.</p>'
    )
    return (
        f'<details{" open" if is_open else ""}><summary><span class="number">'
        f"{violation.invariant}</span><span>{escape(violation.sentence)} "
        f'<span class="muted">at {violation.t - began:.3f} s</span></span></summary>'
        f"{table}</details>"
    )


def _is_it(record: Record, violation: Violation) -> bool:
    """Say whether the record is the very one that the violation is about."""
    if isinstance(record, Apply):
        return (record.tab, record.stream, record.seq) == (
            violation.tab,
            violation.stream,
            violation.seq,
        ) and record.t == violation.t
    tab: str = getattr(record, "tab", "")
    return record.t == violation.t and tab == violation.tab


def _latency(timeline: Timeline | None) -> str:
    if timeline is None:
        return ""
    legend = _legend(
        [
            ("p50", "median"),
            ("max", "slowest"),
            ("fault", "fault"),
            ("missed", "fault without a hit"),
        ]
    )
    note = '<p class="muted">From sending to live arrival in each tab, for each second.</p>'
    return _section("Latency", note + legend + draw_latency(timeline))


def _memory(timeline: Timeline | None, figures: Figures) -> str:
    if timeline is None or not timeline.memory:
        return ""
    legend = _legend(
        [
            (f"s{number % 6}", f"{name} (at most {mebibytes(figures.memory_max.get(name, 0))})")
            for number, name in enumerate(sorted(timeline.memory))
        ]
    )
    return _section("Memory", legend + draw_memory(timeline))


def _legend(entries: Iterable[tuple[str, str]]) -> str:
    items = "".join(
        f'<li><span class="key {kind}"></span>{escape(label)}</li>' for kind, label in entries
    )
    return f'<ul class="legend">{items}</ul>'


def _faults(faults: Sequence[FaultFigures]) -> str:
    rows = "".join(_fault(fault) for fault in faults)
    if not rows:
        return _section("Faults", '<p class="muted">Nothing was broken on purpose.</p>')
    return _section(
        "Faults",
        '<p class="muted">Recovery: from the end of a fault until a post sent after it was '
        "acknowledged in the same place.</p>"
        '<div class="wide"><table><thead><tr><th>Fault</th><th class="n">Injected</th>'
        '<th class="n">Hits</th><th class="n">Recovery p50</th><th class="n">at most</th></tr>'
        f"</thead><tbody>{rows}</tbody></table></div>",
    )


def _fault(fault: FaultFigures) -> str:
    missed = f' <span class="muted">({fault.missed} missed)</span>' if fault.missed else ""
    name = escape(fault.name).replace("_", "_<wbr>")
    recovery = fault.recovery
    p50, most = (
        (duration(recovery.p50), duration(recovery.max)) if recovery.count else ("–", "–")  # noqa: RUF001 - an empty cell
    )
    return (
        f'<tr class="{"" if fault.hits else "nothing"}"><th scope="row">{name}</th>'
        f'<td class="n">{fault.injections:,}{missed}</td><td class="n">{fault.hits:,}</td>'
        f'<td class="n">{p50}</td><td class="n">{most}</td></tr>'
    )


def _figures(figures: Figures) -> str:
    latency = figures.latency
    facts = [
        ("posts sent", f"{figures.sent:,}"),
        ("acknowledged", f"{figures.acknowledged:,}"),
        ("refused for good", f"{figures.refused:,}"),
        ("unresolved", f"{figures.unresolved:,}"),
        ("sent again", f"{figures.resent:,}"),
        ("deliveries checked", f"{figures.deliveries:,}"),
        ("events in the log", f"{figures.log_events:,}"),
        ("tabs", f"{figures.tabs:,}"),
        ("sockets opened", f"{figures.sockets:,}"),
        ("states of presence told", f"{figures.presence_told:,}"),
        ("of these offline", f"{figures.offline_claims:,}"),
        ("epochs", f"{figures.epochs:,}"),
        ("latency p50", duration(latency.p50)),
        ("latency p99", duration(latency.p99)),
        ("latency at most", duration(latency.max)),
    ]
    return _section("What was tried", _facts(facts))


def _run(run: Run | None) -> str:
    if run is None:
        return ""
    versions = [(name, version) for name, version in run.versions.items()]
    command = (
        f"python -m tools.chaos --profile {run.profile} --database {run.database} "
        f"--seed {run.seed} --instances {run.instances} --people {run.people}"
    )
    if run.switches:
        command += f" --switches {','.join(run.switches)}"
    return _section(
        "Do it again",
        f"<pre><code>{escape(command)}</code></pre>"
        + _facts([("started", run.started_at), *versions]),
    )


def _section(title: str, body: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{body}</section>"


if __name__ == "__main__":
    sys.exit(main())
