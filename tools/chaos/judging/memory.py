"""The rule of memory, invariant 10: what a process holds is bounded."""

from typing import Final

from tools.chaos.history import Sample
from tools.chaos.verdict import Complaints, Violation

MEMORY_GROWTH_MAX_BYTES: Final = 200 * 1024 * 1024
"""What a process may grow by after its first sample in the load."""


class MemoryRule:
    """Takes in measurements."""

    def __init__(self, complaints: Complaints) -> None:
        self._complaints = complaints
        self._first: dict[str, int] = {}
        self._complained: set[str] = set()
        self.highest: dict[str, int] = {}

    def begin(self) -> None:
        """The load begins: what was measured before does not count."""
        self._first.clear()

    def take(self, record: Sample) -> None:
        first = self._first.setdefault(record.instance, record.rss_bytes)
        self.highest[record.instance] = max(self.highest.get(record.instance, 0), record.rss_bytes)
        grown = record.rss_bytes - first
        if grown > MEMORY_GROWTH_MAX_BYTES and record.instance not in self._complained:
            self._complained.add(record.instance)
            self._complaints.add(
                Violation(
                    10,
                    f"{record.instance} grew by {grown / 1024**2:.0f} MiB in the run, from "
                    f"{first / 1024**2:.0f} MiB.",
                    record.t,
                    instance=record.instance,
                )
            )
