"""Making and changing channels."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from chat import broadcast, exceptions, groups, policies, serialize
from chat.models import Channel, Membership
from chat.services import members
from protocol.events import (
    ChannelArchived,
    ChannelChanged,
    ChannelUnarchived,
)
from realtime import log


def create(
    *,
    by: int,
    name: str,
    kind: str,
    topic: str = "",
    description: str = "",
    at: datetime | None = None,
) -> Channel:
    """Make a channel. Its maker is its first member and owner.

    Args:
        at: when, for channels that come from elsewhere.

    Raises:
        NameTaken, Forbidden.
    """
    try:
        with transaction.atomic():
            asker = policies.require_active(user_id=by)
            policies.require_can_create_channel(asker=asker)
            channel = Channel.objects.create(
                name=name,
                kind=kind,
                topic=topic,
                description=description,
                created_at=at or timezone.now(),
                created_by=asker,
            )
            members.admit(
                channel=channel, user=asker, actor_id=by, role=Membership.Role.OWNER, at=at
            )
            return channel
    except IntegrityError as error:
        raise _taken(name) from error


def change(
    *,
    by: int,
    channel_id: int,
    name: str | None = None,
    kind: str | None = None,
    topic: str | None = None,
    description: str | None = None,
) -> Channel:
    """Change what is given of a channel. Nothing is announced when nothing changes.

    Any member may set the topic and the description; the rest is for moderators.

    Raises:
        NotFound, NotAMember, Forbidden, ChannelArchived, NameTaken.
    """
    try:
        with transaction.atomic():
            asker = policies.require_active(user_id=by)
            place = log.take(groups.channel_stream(channel_id))
            if name is not None or kind is not None:
                policies.require_moderator(asker=asker, channel_id=channel_id)
            else:
                policies.require_can_post(asker=asker, channel_id=channel_id)
            channel = policies.require_visible(asker=asker, channel_id=channel_id)
            if channel.is_archived:
                raise exceptions.ChannelArchived
            wanted = {"name": name, "kind": kind, "topic": topic, "description": description}
            changed = [
                field
                for field, value in wanted.items()
                if value is not None and value != getattr(channel, field)
            ]
            if not changed:
                raise _Unchanged(channel)
            for field in changed:
                setattr(channel, field, wanted[field])
            channel.save(update_fields=changed)
            broadcast.announce(
                place,
                ChannelChanged(
                    **broadcast.envelope(place, actor_id=by),
                    channel_id=str(channel.pk),
                    channel=serialize.channel(channel),
                ),
            )
            return channel
    except _Unchanged as unchanged:
        return unchanged.channel
    except IntegrityError as error:
        raise _taken(name or "") from error


def archive(*, by: int, channel_id: int) -> Channel:
    """Close a channel for writing. It can still be read.

    Raises:
        NotFound, NotAMember, Forbidden.
    """
    return _set_archived(by=by, channel_id=channel_id, is_archived=True)


def unarchive(*, by: int, channel_id: int) -> Channel:
    """Open an archived channel for writing again.

    Raises:
        NotFound, NotAMember, Forbidden.
    """
    return _set_archived(by=by, channel_id=channel_id, is_archived=False)


def _set_archived(*, by: int, channel_id: int, is_archived: bool) -> Channel:
    try:
        with transaction.atomic():
            asker = policies.require_active(user_id=by)
            place = log.take(groups.channel_stream(channel_id))
            policies.require_moderator(asker=asker, channel_id=channel_id)
            channel = policies.require_visible(asker=asker, channel_id=channel_id)
            if channel.is_archived == is_archived:
                raise _Unchanged(channel)
            channel.archived_at = place.at if is_archived else None
            channel.save(update_fields=["archived_at"])
            event = ChannelArchived if is_archived else ChannelUnarchived
            broadcast.announce(
                place,
                event(
                    **broadcast.envelope(place, actor_id=by),
                    channel_id=str(channel.pk),
                    channel=serialize.channel(channel),
                ),
            )
            return channel
    except _Unchanged as unchanged:
        return unchanged.channel


def _taken(name: str) -> exceptions.NameTaken:
    return exceptions.NameTaken(
        f"There is a channel named {name} already.", fields={"name": "taken"}
    )


class _Unchanged(Exception):
    def __init__(self, channel: Channel) -> None:
        self.channel = channel
