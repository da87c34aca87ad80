"""What every measurement needs: cores of one's own, CPU accounts, percentiles, tables, the machine.

The CPU time of a process is steadier than the clock on a machine that others use too, so that is
what the programs here compare.
"""

import json
import os
import platform
import resource
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_PROC: Final = Path("/proc")


# ── Cores ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Cores:
    """Who runs where: what is measured on one core, what measures it and Redis on another."""

    servers: tuple[int, ...]
    others: tuple[int, ...]

    @classmethod
    def of_this_machine(cls) -> "Cores":
        """Give the servers the first core, and the others the rest, if there is any."""
        cores = sorted(os.sched_getaffinity(0))
        return cls(servers=(cores[0],), others=tuple(cores[1:]) or (cores[0],))

    def say(self) -> str:
        """Return who runs where, for a report."""
        if set(self.servers) & set(self.others):
            return "the server, Redis and the load on one core: there is no other"
        servers, others = (" and ".join(map(str, one)) for one in (self.servers, self.others))
        return f"the server on core {servers}, Redis and the load on core {others}"


def pin(process_ids: Iterable[int], cores: Iterable[int]) -> None:
    """Keep processes, with all their threads and children, on these cores from now on."""
    wanted = set(cores)
    for process_id in family(process_ids):
        for thread in (_PROC / str(process_id) / "task").glob("*"):
            try:
                os.sched_setaffinity(int(thread.name), wanted)
            except ProcessLookupError:  # It has ended meanwhile.
                continue


def allow_open_files(wanted: int) -> None:
    """Raise this process's limit of open files, as far as the system lets it.

    Raises:
        OSError: it does not let it be raised so far.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= wanted:
        return
    if hard != resource.RLIM_INFINITY and hard < wanted:
        raise OSError(f"{wanted} open files are needed, and the limit is {hard}: see `ulimit -Hn`.")
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


# ── CPU time ────────────────────────────────────────────────────────────────────────────────


def family(process_ids: Iterable[int]) -> list[int]:
    """Return these processes and all that descend from them."""
    parents: dict[int, int] = {}
    for entry in _PROC.iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            parents[int(entry.name)] = int(fields[1])
    found = list(process_ids)
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def cpu_seconds(process_ids: Iterable[int]) -> float:
    """Return the CPU time that processes and their children have used so far."""
    ticks = 0
    for process_id in family(process_ids):
        fields = _stat(process_id)
        # utime, stime; of children that have ended: cutime, cstime.
        ticks += sum(int(field) for field in fields[11:15])
    return ticks / _TICKS


def _stat(process_id: int) -> list[str]:
    try:
        line = (_PROC / str(process_id) / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return []
    # The name stands in brackets, and may hold anything.
    return line.rpartition(")")[2].split()


def memory_bytes(process_ids: Iterable[int]) -> int:
    """Return the memory that processes and their children hold."""
    page = os.sysconf("SC_PAGE_SIZE")
    return sum(int(fields[21]) * page for one in family(process_ids) if (fields := _stat(one)))


# ── Numbers ─────────────────────────────────────────────────────────────────────────────────


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which this share of the values lies; nan when there is none."""
    if not values:
        return float("nan")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def median(values: Sequence[float]) -> float:
    """Return the value in the middle; nan when there is none."""
    return percentile(values, 0.5)


# ── Telling ─────────────────────────────────────────────────────────────────────────────────


def machine() -> dict[str, Any]:
    """Return what it was measured on."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in (_PROC / "cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    return {
        "processor": model,
        "cores": len(os.sched_getaffinity(0)),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load": os.getloadavg()[0],
    }


def say_machine() -> str:
    """Return what it was measured on, in a sentence."""
    told = machine()
    return (
        f"{told['cores']} cores of {told['processor']}, {told['system']}, Python {told['python']}, "
        f"load {told['load']:.1f}"
    )


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table in Markdown that reads well in a terminal too; numbers stand right."""
    lines = [[str(cell) for cell in row] for row in rows]
    widths = [
        max(len(line[column]) for line in [list(headings), *lines])
        for column in range(len(headings))
    ]

    def row(cells: Sequence[str]) -> str:
        first, *others = cells
        padded = [first.ljust(widths[0])]
        padded += [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
        return f"| {' | '.join(padded)} |"

    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join([row(headings), row(rule), *map(row, lines)])


def write_json(path: Path, found: Mapping[str, Any]) -> None:
    """Write what was found, with the machine that it was found on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"machine": machine(), **found}, indent=1) + "\n", encoding="utf-8")
