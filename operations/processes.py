"""The processes of this workspace, as people and programs are shown them."""

from collections.abc import Iterable
from typing import Final

import msgspec
from django.db import transaction

from accounts.models import User
from audit.actions import Action
from audit.recording import Thing, record
from chat import policies
from realtime import inquiries, registry
from realtime.inquiries import Unreachable
from realtime.registry import Entry, Report, State

RENEWED_SECONDS: Final = registry.REPORT_SECONDS + 0.5
"""After so long each process that lives has said something new of itself."""


class Process(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one process. `received` and `sent` only grow: ask twice for a rate."""

    id: str
    instance: str
    state: State
    host: str
    pid: int
    version: str
    address: str
    started_at: float
    uptime_seconds: int
    reported_at: float
    silent_seconds: float
    sockets: int
    sockets_browser: int
    sockets_bot: int
    users: int
    streams: int
    received: int
    sent: int
    buffered_bytes: int
    loop_lag_median_ms: int
    loop_lag_ms: int
    memory_bytes: int


def all_known() -> list[Process] | None:
    """Return all processes, also those lost a moment ago; None when Redis cannot be asked."""
    entries = registry.entries()
    return None if entries is None else [_process(entry) for entry in entries]


def drain(instance: str, *, by: User | None) -> list[Report]:
    """Ask all processes of this name to drain and end. Return them: none when there are none.

    Args:
        by: who wants it, or None for an operator at the command line.

    Raises:
        Forbidden.
        Unreachable: when Redis cannot be asked, or a process does not answer.
    """
    if by is not None:
        policies.require_admin(user_id=by.pk)
    reports = registry.reports()
    if reports is None:
        raise Unreachable
    chosen = [report for report in reports if report.instance == instance]
    if chosen:
        # Before, and not around it: a process that does not answer must hold up no transaction.
        with transaction.atomic():
            record(Action.DRAINED, by=by, target=Thing("process", instance))
    answers = inquiries.ask([report.id for report in chosen], inquiries.Drain())
    if len(answers) < len(chosen):
        raise Unreachable
    return chosen


def rates(earlier: Iterable[Process], now: Process) -> tuple[float, float] | None:
    """Return how many frames a second came in and went out since; None when that is not known."""
    before = next((one for one in earlier if one.id == now.id), None)
    if before is None or now.reported_at <= before.reported_at:
        return None
    seconds = now.reported_at - before.reported_at
    return (now.received - before.received) / seconds, (now.sent - before.sent) / seconds


def _process(entry: Entry) -> Process:
    report = entry.report
    return Process(
        id=report.id,
        instance=report.instance,
        state=entry.state,
        host=report.host,
        pid=report.pid,
        version=report.version,
        address=report.address,
        started_at=report.started_at,
        uptime_seconds=round(report.reported_at - report.started_at),
        reported_at=report.reported_at,
        silent_seconds=round(entry.silent_seconds, 1),
        sockets=report.sockets,
        sockets_browser=report.sockets - report.bots,
        sockets_bot=report.bots,
        users=report.users,
        streams=len(report.streams),
        received=report.received,
        sent=report.sent,
        buffered_bytes=report.buffered_bytes,
        loop_lag_median_ms=report.loop_lag_median_ms,
        loop_lag_ms=report.loop_lag_ms,
        memory_bytes=report.memory_bytes,
    )
