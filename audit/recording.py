"""Writing into the log."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from django.db import models, transaction

from audit import origin
from audit.actions import Action
from audit.models import AGENT_MAX_CHARS, NAME_MAX_CHARS, Entry

Facts = Mapping[str, Any]
"""Field → value, before or after. JSON, and short: ids, roles, flags."""

_NOTHING: Final[Facts] = {}


@dataclass(frozen=True, slots=True)
class Thing:
    """A target that is no row: a process, a backup."""

    kind: str
    name: str


class Actor(Protocol):
    """Somebody who acts."""

    pk: Any
    username: Any


def record(
    action: Action,
    *,
    by: Actor | None,
    target: models.Model | Thing | None = None,
    before: Facts = _NOTHING,
    after: Facts = _NOTHING,
) -> None:
    """Write down an act, in the transaction in which it is done: what is rolled back leaves none.

    Args:
        by: who did it; None for an operator at the command line, or for somebody who is not known.
        target: what it was done to.
    """
    source = origin.current()
    kind, id_, name = _named(target)
    with transaction.atomic():
        Entry.objects.create(
            action=action,
            actor_id=None if by is None else by.pk,
            actor="" if by is None else str(by.username)[:NAME_MAX_CHARS],
            target_kind=kind,
            target_id=id_,
            target=name[:NAME_MAX_CHARS],
            before=dict(before),
            after=dict(after),
            address=source.address,
            agent=source.agent[:AGENT_MAX_CHARS],
            request_id=source.request_id,
        )


def record_change(
    action: Action, *, by: Actor, target: models.Model, before: Facts, after: Facts
) -> None:
    """Write down what of these facts is different now. Nothing, when nothing is."""
    changed = [field for field, value in after.items() if before.get(field) != value]
    if changed:
        record(
            action,
            by=by,
            target=target,
            before={field: before.get(field) for field in changed},
            after={field: after[field] for field in changed},
        )


def _named(target: models.Model | Thing | None) -> tuple[str, str, str]:
    match target:
        case None:
            return "", "", ""
        case Thing():
            return target.kind, "", target.name
        case _:
            # Django's public way to a model's name.
            return target._meta.model_name or "", str(target.pk), str(target)  # noqa: SLF001
