"""What a channel is to one of its members: how loud it is, and where it stands."""

from django.db import transaction

from chat import broadcast, exceptions, policies, serialize
from chat.models import Membership, Section
from chat.services import own_streams, sections
from chat.services.own_streams import Make
from protocol.events import MembershipChanged


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
        own_streams.tell([(user_id, news_of(membership, actor_id=user_id))])
    return membership


def show_again(
    *, channel_id: int, actor_id: int, user_id: int | None = None
) -> list[tuple[int, Make]]:
    """Put a direct conversation back into the sidebars where it was closed, or into one of them.

    Return what each of these people is to be told.
    """
    closed = Membership.objects.filter(channel=channel_id, is_hidden=True)
    hidden = list(closed if user_id is None else closed.filter(user=user_id))
    Membership.objects.filter(pk__in=[one.pk for one in hidden]).update(is_hidden=False)
    for membership in hidden:
        membership.is_hidden = False
    return [(one.user_id, news_of(one, actor_id=actor_id)) for one in hidden]


def news_of(membership: Membership, *, actor_id: int) -> Make:
    """Return what makes the event that tells the member how they have the channel now."""
    return lambda place: MembershipChanged(
        **broadcast.envelope(place, actor_id=actor_id),
        channel_id=str(membership.channel_id),
        membership=serialize.own_membership(membership),
    )
