"""Whom a message calls, and who is told of it at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.utils import timezone

from accounts.models import PresenceChoice
from chat import inboxes, notifying
from chat.models import Channel, Keyword, Membership, Message
from chat.search import keywords
from protocol import personal
from protocol.resources import MentionReason


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody whom a message calls."""

    user_id: int
    reason: MentionReason
    notify: bool
    """Whether they want to be told at once."""


def recipients(
    message: Message,
    *,
    named: Iterable[int],
    grouped: Iterable[int],
    text: str,
    channel: Channel,
    at: datetime | None = None,
) -> list[Recipient]:
    """Return whom a message calls, in the order of their ids: by name, else by group, else by word.

    Only members of the channel, never the author. Three queries at most; one when it calls nobody.

    Args:
        named: the ids of those whom it mentions by name.
        grouped: the ids of those who are in a group that it mentions.
        text: in which keywords are looked for.
        at: when, if not now.
    """
    reasons: dict[int, MentionReason] = {}
    reasons |= dict.fromkeys(_waiting_for(text, channel=channel), "keyword")
    reasons |= dict.fromkeys(grouped, "group")
    reasons |= dict.fromkeys(named, "name")
    reasons.pop(message.author_id, None)
    if not reasons:
        return []
    members = list(
        Membership.objects.filter(channel=channel, user__in=reasons, user__is_active=True)
        .select_related("user")
        .order_by("user_id")
    )
    wishes = inboxes.wishes([member.user_id for member in members])
    now = at or timezone.now()
    return [
        Recipient(
            user_id=member.user_id,
            reason=reasons[member.user_id],
            notify=notifying.decide(
                _situation(
                    member,
                    wishes[member.user_id],
                    call=reasons[member.user_id],
                    channel=channel,
                    now=now,
                )
            ).notifies,
        )
        for member in members
    ]


def _waiting_for(text: str, *, channel: Channel) -> set[int]:
    """Return the members who wait for a word of the text. One query."""
    words = keywords.words(text)
    if not words:
        return set()
    waiting: dict[str, set[int]] = {}
    rows = Keyword.objects.filter(
        first_word__in=words, user__memberships__channel=channel
    ).values_list("phrase", "user_id")
    for phrase, user_id in rows:
        waiting.setdefault(phrase, set()).add(user_id)
    found = keywords.found_in(text, waiting)
    return {user_id for phrase in found for user_id in waiting[phrase]}


def _situation(
    member: Membership,
    wishes: personal.Preferences,
    *,
    call: MentionReason,
    channel: Channel,
    now: datetime,
) -> notifying.Situation:
    quiet = wishes.quiet_hours
    wants_quiet = member.user.presence_choice == PresenceChoice.DO_NOT_DISTURB
    return notifying.Situation(
        now=now,
        is_direct=channel.is_direct,
        call=call,
        level=cast("notifying.Level", member.level),
        default_level=wishes.level,
        is_muted=member.is_muted,
        notify_threads=wishes.notify_threads,
        presence="dnd" if wants_quiet else "online",
        dnd_until=wishes.dnd_until,
        quiet_hours=notifying.QuietHours(
            is_on=quiet.is_on, start=quiet.from_, to=quiet.to, days=quiet.days
        ),
        time_zone=member.user.time_zone,
    )
