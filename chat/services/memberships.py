"""What a channel is to one of its members: how loud it is, and where it stands."""

from django.db import transaction

from chat import broadcast, exceptions, groups, policies, serialize
from chat.models import Membership, Section
from chat.services import sections
from protocol.events import MembershipChanged
from realtime import log


@transaction.atomic
def change(
    *,
    user_id: int,
    channel_id: int,
    level: str | None = None,
    is_muted: bool | None = None,
    is_favourite: bool | None = None,
    is_hidden: bool | None = None,
    section_id: int | None = None,
    is_sectioned: bool = False,
) -> Membership:
    """Change what is given. Nothing is announced when nothing changes.

    Args:
        section_id: the heading under which it stands from now on, if `is_sectioned`; None: none.

    Raises:
        NotFound, NotAMember, Invalid: only a direct conversation can be hidden.
    """
    user = policies.require_active(user_id=user_id)
    found = policies.require_member(asker=user, channel_id=channel_id)
    if is_hidden and not found.channel.is_direct:
        raise exceptions.Invalid(
            "Only a direct conversation can be hidden.", fields={"is_hidden": "not a conversation"}
        )
    if is_sectioned:
        sections.hold(user_id=user_id)
    if section_id is not None and not Section.objects.filter(user=user, pk=section_id).exists():
        raise exceptions.NotFound("There is no such section.")
    membership = Membership.objects.select_for_update().filter(pk=found.pk).first()
    if membership is None:
        raise exceptions.NotAMember
    wanted: dict[str, object] = {
        name: value
        for name, value in {
            "level": level,
            "is_muted": is_muted,
            "is_favourite": is_favourite,
            "is_hidden": is_hidden,
        }.items()
        if value is not None
    }
    if is_sectioned:
        wanted["section_id"] = section_id
    changed = [name for name, value in wanted.items() if getattr(membership, name) != value]
    if changed:
        for name in changed:
            setattr(membership, name, wanted[name])
        membership.save(update_fields=[name.removesuffix("_id") for name in changed])
        _announce(membership, actor_id=user_id)
    return membership


def _announce(membership: Membership, *, actor_id: int) -> None:
    place = log.take(groups.user_stream(membership.user_id))
    broadcast.announce(
        place,
        MembershipChanged(
            **broadcast.envelope(place, actor_id=actor_id),
            channel_id=str(membership.channel_id),
            membership=serialize.own_membership(membership),
        ),
    )
