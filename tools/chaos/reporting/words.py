"""Records and figures in words."""

from typing import Final

from tools.chaos.history import (
    Acknowledged,
    Apply,
    Begin,
    Close,
    End,
    Entry,
    Fault,
    Head,
    Numb,
    Open,
    Phase,
    Presence,
    Record,
    Refused,
    Resend,
    Run,
    Sample,
    Screen,
    Send,
    Stray,
    Trouble,
)

_MIB: Final = 1024**2
_MINUTE: Final = 60.0

_BEGINNINGS: Final = {
    "welcome": "by `welcome`",
    "added": "because its person was added",
    "reset": "by a reset",
    "epoch": "because the epoch is new",
}


def of_record(record: Record) -> str:  # noqa: C901, PLR0911, PLR0912 - one sentence for each kind
    """Say what a record says."""
    match record:
        case Run():
            return f"The run of seed {record.seed} begins."
        case Phase():
            return f"The phase {record.name} begins."
        case Send():
            return f"{record.tab} ({record.user}) sends {record.client_id} to {record.stream}."
        case Resend():
            return f"{record.tab} sends {record.client_id} again."
        case Acknowledged():
            place = f"{record.stream} {record.seq}"
            return f"{record.tab} is promised {place} for {record.client_id}."
        case Refused():
            again = "for now" if record.retryable else "for good"
            return f"{record.tab}'s {record.client_id} is refused {again}: {record.code}."
        case Open():
            return (
                f"{record.tab} ({record.user}) opens socket {record.socket} on {record.instance}."
            )
        case Close():
            return f"{record.tab}'s socket {record.socket} closes with {record.code}."
        case Begin():
            why = _BEGINNINGS[record.why]
            return f"{record.tab} follows {record.stream} from after {record.seq}, {why}."
        case End():
            return f"{record.stream} ends for {record.tab}: {record.why}."
        case Apply():
            what = f"{record.stream} {record.seq}, {record.type}"
            post = f" {record.client_id}" if record.client_id else ""
            return f"{record.tab} hears {what}{post}{' in a page' if record.page else ''}."
        case Stray():
            return f"{record.tab} hears {record.stream} {record.seq} without following it."
        case Presence():
            states = ", ".join(f"{user} {state}" for user, state in list(record.users.items())[:8])
            rest = f" and {len(record.users) - 8} more" if len(record.users) > 8 else ""
            how = "is answered" if record.asked else "is told"
            return f"{record.tab} {how}: {states}{rest}."
        case Fault():
            lasted = duration(record.ended - record.began)
            note = f" ({record.note})" if record.note else ""
            return f"{record.name} of {record.target} for {lasted}: {record.hits} hits{note}."
        case Numb():
            return f"{record.tab} {'stops reading' if record.is_numb else 'reads on'}."
        case Sample():
            return f"{record.instance} holds {mebibytes(record.rss_bytes)}."
        case Entry():
            post = f" {record.client_id}" if record.client_id else ""
            who = f" of {record.user}" if record.user else ""
            place = f"{record.stream} {record.seq}"
            return f"The log by {record.instance} has {record.type}{post}{who} at {place}."
        case Screen():
            return f"{record.tab} ({record.user}) stands at {record.stream} {record.seq}."
        case Head():
            return f"The head of {record.stream} by {record.instance} is {record.seq}."
        case Trouble():
            return f"{record.where}: {record.what}"


def duration(seconds: float) -> str:
    """Say how long something took, in two or three digits."""
    if seconds < 0.001:
        return f"{seconds * 1e6:.0f} µs"
    if seconds < 1:
        return f"{seconds * 1e3:.3g} ms"
    if seconds < _MINUTE:
        return f"{seconds:.3g} s"
    return f"{int(seconds // _MINUTE)} min {seconds % _MINUTE:.0f} s"


def mebibytes(count: float) -> str:
    return f"{count / _MIB:,.0f} MiB"
