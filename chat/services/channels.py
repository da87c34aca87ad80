"""Making and changing channels."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import Action
from audit.recording import record
from chat import broadcast, exceptions, groups, policies, selectors, serialize
from chat.models import Channel, Membership, Notice
from chat.services import members, notices
from protocol.events import (
    ChannelArchived,
    ChannelChanged,
    ChannelUnarchived,
)
from protocol.resources import ChannelField
from realtime import log


def create(
    *,
    by: int,
    name: str,
    kind: str,
    topic: str = "",
    description: str = "",
    posting: str = Channel.Posting.EVERYONE,
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
            _require_free(name)
            channel = Channel.objects.create(
                name=name,
                kind=kind,
                topic=topic,
                description=description,
                posting=posting,
                created_at=at or timezone.now(),
                created_by=asker,
            )
            members.admit(
                channel=channel, user=asker, actor_id=by, role=Membership.Role.OWNER, at=at
            )
            return channel
    except IntegrityError as error:
        raise _taken(name) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What shall be different about a channel. None leaves it as it is."""

    name: str | None = None
    kind: str | None = None
    topic: str | None = None
    description: str | None = None
    posting: str | None = None
    is_default: bool | None = None

    @property
    def needs_moderator(self) -> bool:
        wanted = (self.name, self.kind, self.posting, self.is_default)
        return any(value is not None for value in wanted)


NOTED: Final[dict[ChannelField, Notice.Kind]] = {
    "name": Notice.Kind.RENAMED,
    "kind": Notice.Kind.KIND,
    "topic": Notice.Kind.TOPIC,
    "description": Notice.Kind.DESCRIPTION,
    "posting": Notice.Kind.POSTING,
}
"""What people in the channel read of a change. Which channels are default is not their business."""


def change(*, by: int, channel_id: int, wanted: Change) -> Channel:
    """Change what is wanted of a channel. Nothing is announced when nothing changes.

    Any member may set the topic and the description; the rest is for moderators. When a public
    channel becomes private, those outside lose sight of it and those inside stay.

    Raises:
        NotFound, NotAMember, Forbidden, ChannelArchived, NameTaken.
    """
    try:
        with transaction.atomic():
            asker = policies.require_active(user_id=by)
            log.hold(groups.channel_stream(channel_id))
            channel = _require_can_change(asker=asker, channel_id=channel_id, wanted=wanted)
            changed = {
                field.name: value
                for field in fields(wanted)
                if (value := getattr(wanted, field.name)) is not None
                and value != getattr(channel, field.name)
            }
            if not changed:
                return channel
            _require_may_become(asker=asker, channel=channel, changed=changed)
            if wanted.name is not None and wanted.name.casefold() != channel.name.casefold():
                _require_free(wanted.name)
            if "kind" in changed:
                record(
                    Action.KIND_CHANGED,
                    by=asker,
                    target=channel,
                    before={"kind": str(channel.kind)},
                    after={"kind": str(changed["kind"])},
                )
            for name, value in changed.items():
                setattr(channel, name, value)
            if channel.is_default and not channel.is_public:
                channel.is_default = changed["is_default"] = False
            channel.save(update_fields=list(changed))
            place = log.take(groups.channel_stream(channel_id))
            noted = [name for name in NOTED if name in changed]
            for name in noted:
                notices.note(
                    place,
                    channel=channel,
                    kind=NOTED[name],
                    actor_id=by,
                    text=str(changed[name]),
                )
            broadcast.announce(
                place,
                ChannelChanged(
                    **broadcast.envelope(place, actor_id=by),
                    channel_id=str(channel.pk),
                    channel=serialize.channel(channel),
                    changed=noted,
                ),
            )
            return channel
    except IntegrityError as error:
        raise _taken(wanted.name or "") from error


def _require_can_change(*, asker: User, channel_id: int, wanted: Change) -> Channel:
    if wanted.needs_moderator:
        policies.require_moderator(asker=asker, channel_id=channel_id)
    else:
        policies.require_can_describe(asker=asker, channel_id=channel_id)
    channel = policies.require_visible(asker=asker, channel_id=channel_id)
    if channel.is_archived:
        raise exceptions.ChannelArchived
    return channel


def _require_may_become(*, asker: User, channel: Channel, changed: dict[str, str | bool]) -> None:
    if changed.get("kind") == Channel.Kind.PUBLIC:
        policies.require_can_open_up(asker=asker)
    if "is_default" in changed:
        policies.require_can_set_default(asker=asker)
    if changed.get("is_default") and changed.get("kind", channel.kind) != Channel.Kind.PUBLIC:
        raise exceptions.Invalid(
            "Only a public channel can be one where newcomers begin.",
            fields={"is_default": "needs a public channel"},
        )


def note_looked_at(*, by: int, channel_id: int) -> None:
    """Write down that staff saw who is in a private channel, or what was said there and when.

    Raises:
        Forbidden.
    """
    asker = policies.require_active(user_id=by)
    channel = Channel.objects.filter(pk=channel_id).exclude(kind=Channel.Kind.PUBLIC).first()
    if channel is not None:
        record(Action.PRIVATE_SEEN, by=asker, target=channel)


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


@transaction.atomic
def _set_archived(*, by: int, channel_id: int, is_archived: bool) -> Channel:
    asker = policies.require_active(user_id=by)
    stream = groups.channel_stream(channel_id)
    log.hold(stream)
    policies.require_moderator(asker=asker, channel_id=channel_id)
    channel = policies.require_visible(asker=asker, channel_id=channel_id)
    if channel.is_archived == is_archived:
        return channel
    place = log.take(stream)
    channel.archived_at = place.at if is_archived else None
    channel.save(update_fields=["archived_at"])
    event = ChannelArchived if is_archived else ChannelUnarchived
    kind = Notice.Kind.ARCHIVED if is_archived else Notice.Kind.UNARCHIVED
    notices.note(place, channel=channel, kind=kind, actor_id=by)
    record(
        Action.ARCHIVED if is_archived else Action.UNARCHIVED,
        by=asker,
        target=channel,
        before={"is_archived": not is_archived},
        after={"is_archived": is_archived},
    )
    broadcast.announce(
        place,
        event(
            **broadcast.envelope(place, actor_id=by),
            channel_id=str(channel.pk),
            channel=serialize.channel(channel),
        ),
    )
    return channel


def _require_free(name: str) -> None:
    # The database's constraint counts "Ä" and "ä" as the same letter or not, as it likes.
    if selectors.named(Channel.objects.all(), [name]):
        raise _taken(name)


def _taken(name: str) -> exceptions.NameTaken:
    return exceptions.NameTaken(
        f"There is a channel named {name} already.", fields={"name": "taken"}
    )
