"""Whom a message calls, and who is told of it at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

from django.db import connection
from django.utils import timezone

from accounts.models import PresenceChoice
from chat import inboxes, notifying
from chat.models import Channel, Membership, Message
from chat.search import keywords
from protocol import personal
from protocol.resources import MentionReason

# Asked at every post: the ORM would take longer to ask than the database to answer.
_WAITING: Final = """
SELECT DISTINCT membership.channel_id, keyword.phrase, keyword.user_id
FROM chat_keyword keyword
JOIN chat_membership membership ON membership.user_id = keyword.user_id
WHERE keyword.first_word IN ({words}) AND membership.channel_id IN ({channels})
"""


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
    waiting: Iterable[int],
    channel: Channel,
    at: datetime | None = None,
) -> list[Recipient]:
    """Return whom a message calls, in the order of their ids: by name, else by group, else by word.

    Only members of the channel, never the author. Two queries; none when it calls nobody.

    Args:
        named: the ids of those whom it mentions by name.
        grouped: the ids of those who are in a group that it mentions.
        waiting: the ids of those who wait for a word in it (`waiting_for`).
        at: when, if not now.
    """
    reasons: dict[int, MentionReason] = {}
    reasons |= dict.fromkeys(waiting, "keyword")
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


def waiting_for(said: Sequence[tuple[int, str]]) -> list[set[int]]:
    """Return for each channel id and text the members who wait for a word of it. One query."""
    words = [keywords.words(text) for _, text in said]
    asked = sorted(set().union(*words))
    if not asked:
        return [set() for _ in said]
    waiting: dict[int, dict[str, set[int]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            _WAITING.format(words=_places(asked), channels=_places(said)),
            [*asked, *(channel_id for channel_id, _ in said)],
        )
        for channel_id, phrase, user_id in cursor.fetchall():
            waiting.setdefault(channel_id, {}).setdefault(phrase, set()).add(user_id)
    return [_found(text, waiting.get(channel_id, {})) for channel_id, text in said]


def _found(text: str, waiting: Mapping[str, set[int]]) -> set[int]:
    return set().union(*(waiting[phrase] for phrase in keywords.found_in(text, waiting)))


def _places(values: Sequence[object]) -> str:
    return ", ".join(["%s"] * len(values))


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
