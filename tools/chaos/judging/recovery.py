"""How soon the service was there again after each fault."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence

from tools.chaos.history import Fault
from tools.chaos.verdict import Durations, FaultFigures


def fault_figures(
    faults: Sequence[Fault], acknowledgements: Sequence[tuple[float, float, str]]
) -> Iterator[FaultFigures]:
    """Yield what came of each fault. `acknowledgements` are (sent, acknowledged, instance)."""
    recovery = _Recovery(acknowledgements)
    by_name: defaultdict[str, list[Fault]] = defaultdict(list)
    for fault in faults:
        by_name[fault.name].append(fault)
    for name, of_name in sorted(by_name.items()):
        durations = Durations()
        for fault in of_name:
            seconds = recovery.after(fault)
            if seconds is not None and fault.hits:
                durations.add(seconds)
        yield FaultFigures(
            name=name,
            injections=len(of_name),
            hits=sum(fault.hits for fault in of_name),
            missed=sum(not fault.hits for fault in of_name),
            recovery=durations.spread(),
        )


class _Recovery:
    """Finds the first acknowledgement of what was sent after a moment."""

    def __init__(self, acknowledgements: Sequence[tuple[float, float, str]]) -> None:
        of: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
        for sent, acknowledged, instance in acknowledgements:
            of[instance].append((sent, acknowledged))
            of[""].append((sent, acknowledged))
        self._sent: dict[str, list[float]] = {}
        self._earliest: dict[str, list[float]] = {}
        for instance, pairs in of.items():
            pairs.sort()
            earliest = [acknowledged for _, acknowledged in pairs]
            for index in range(len(earliest) - 2, -1, -1):
                earliest[index] = min(earliest[index], earliest[index + 1])
            self._sent[instance] = [sent for sent, _ in pairs]
            self._earliest[instance] = earliest

    def after(self, fault: Fault) -> float | None:
        """Return the seconds until a post was acknowledged again where the fault was."""
        where = fault.target if fault.target in self._sent else ""
        sent = self._sent.get(where, [])
        index = bisect_left(sent, fault.ended)
        return self._earliest[where][index] - fault.ended if index < len(sent) else None
