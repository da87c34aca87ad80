"""The headings in somebody's sidebar."""

from django.db import IntegrityError, transaction

from accounts.models import User
from chat import broadcast, exceptions, groups, inboxes, policies, serialize_personal
from chat.models import Section
from protocol.events import SectionsChanged
from protocol.limits import SECTIONS_MAX
from realtime import log


def create(*, user_id: int, name: str, position: int | None = None) -> Section:
    """Make a heading; without a position after all others.

    Raises:
        Forbidden, NameTaken, LimitReached.
    """
    try:
        with transaction.atomic():
            user = policies.require_active(user_id=user_id)
            hold(user_id=user_id)
            place = log.take(groups.user_stream(user_id))
            rows = list(inboxes.sections(asker=user))
            if len(rows) >= SECTIONS_MAX:
                raise exceptions.LimitReached(f"There are {SECTIONS_MAX} sections at most.")
            section = Section.objects.create(user=user, name=name.strip(), position=len(rows))
            rows.insert(len(rows) if position is None else position, section)
            _number(rows)
            _announce(place, user=user)
            return section
    except IntegrityError as error:
        raise _taken(name) from error


def change(
    *,
    user_id: int,
    section_id: int,
    name: str | None = None,
    position: int | None = None,
    is_collapsed: bool | None = None,
) -> Section:
    """Change what is given of a heading. The others make room for a new position.

    Raises:
        Forbidden, NotFound, NameTaken.
    """
    try:
        with transaction.atomic():
            user = policies.require_active(user_id=user_id)
            hold(user_id=user_id)
            place = log.take(groups.user_stream(user_id))
            rows = list(inboxes.sections(asker=user))
            section = next((row for row in rows if row.pk == section_id), None)
            if section is None:
                raise exceptions.NotFound("There is no such section.")
            if name is not None:
                section.name = name.strip()
            if is_collapsed is not None:
                section.is_collapsed = is_collapsed
            section.save(update_fields=["name", "is_collapsed"])
            if position is not None:
                rows.remove(section)
                rows.insert(position, section)
            _number(rows)
            _announce(place, user=user)
            return section
    except IntegrityError as error:
        raise _taken(name or "") from error


@transaction.atomic
def delete(*, user_id: int, section_id: int) -> None:
    """Take a heading away. What stood under it stands free.

    Raises:
        Forbidden, NotFound.
    """
    user = policies.require_active(user_id=user_id)
    hold(user_id=user_id)
    section = Section.objects.filter(user=user, pk=section_id).first()
    if section is None:
        raise exceptions.NotFound("There is no such section.")
    # The memberships under it come before the own stream, as everywhere.
    list(section.memberships.select_for_update().order_by("pk").values_list("pk"))
    place = log.take(groups.user_stream(user_id))
    section.delete()
    _number(list(inboxes.sections(asker=user)))
    _announce(place, user=user)


def hold(*, user_id: int) -> None:
    """Let nobody else change somebody's headings until the transaction ends.

    Locks: this comes before those of memberships and streams.
    """
    list(User.objects.select_for_update(no_key=True).filter(pk=user_id).values_list("pk"))


def _number(rows: list[Section]) -> None:
    moved = []
    for position, row in enumerate(rows):
        if row.position != position:
            row.position = position
            moved.append(row)
    Section.objects.bulk_update(moved, ["position"])


def _announce(place: log.Place, *, user: User) -> None:
    broadcast.announce(
        place,
        SectionsChanged(
            **broadcast.envelope(place, actor_id=user.pk),
            sections=[serialize_personal.section(row) for row in inboxes.sections(asker=user)],
        ),
    )


def _taken(name: str) -> exceptions.NameTaken:
    return exceptions.NameTaken(
        f"You have a section named {name.strip()} already.", fields={"name": "taken"}
    )
