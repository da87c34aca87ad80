"""One channel: who is here, how busy it is, and how far each process has come with it.

Nothing of what was said is in it: staff are not members.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.db import connections
from django.utils import timezone

from accounts.models import User
from chat import exceptions, groups, online, serialize
from chat.models import Channel, Membership, Message
from operations.bridge.sockets import view_of
from protocol.bridge import (
    EVENTS_SHOWN,
    MINUTES_SHOWN,
    ONLINE_SHOWN,
    ChannelSeen,
    ChannelSummary,
    EventView,
    ProcessPlace,
)
from realtime import inquiries, log, registry
from realtime.inquiries import Answer, LookAtStream, Unreachable
from realtime.models import Event

_NO_ANSWER: Final = Answer()


def look(channel_id: int) -> ChannelSeen:
    """Return how things stand with a channel.

    Raises:
        NotFound.
    """
    channel = Channel.objects.filter(pk=channel_id).first()
    if channel is None:
        raise exceptions.NotFound
    stream = groups.channel_stream(channel_id)
    head = log.heads([stream])[stream]
    here, count = _online(channel)
    return ChannelSeen(
        at=timezone.now(),
        channel=ChannelSummary(
            id=str(channel.pk),
            name=channel.name,
            kind=serialize.channel(channel).kind,
            is_archived=channel.is_archived,
            members=Membership.objects.filter(channel=channel).count(),
            last_seq=head,
        ),
        online=[view_of(user) for user in here],
        online_count=count,
        processes=_places(stream),
        messages_per_minute=_messages_per_minute(channel),
        events=_events(stream),
    )


def _online(channel: Channel) -> tuple[Sequence[User], int | None]:
    """Return some of those who are there, and how many are; None when that is not known.

    In a channel with very many it is not said who they are.
    """
    found = online.in_channel(channel.pk)
    ids = [int(user_id) for user_id in found.user_ids or ()]
    here = User.objects.filter(pk__in=ids[:ONLINE_SHOWN]).order_by("username")
    return list(here), found.online


def _places(stream: str) -> list[ProcessPlace] | None:
    entries = registry.entries()
    if entries is None:
        return None
    # Read before the processes are asked: what one has not forwarded of this is late.
    head = log.heads([stream])[stream]
    # Not held while they answer: there are few for all.
    connections.close_all()
    try:
        answers = inquiries.ask([one.report.id for one in entries], LookAtStream(stream=stream))
    except Unreachable:
        return None
    places = []
    for entry in entries:
        answer = answers.get(entry.report.id, _NO_ANSWER)
        places.append(
            ProcessPlace(
                instance=entry.report.instance,
                state=entry.state,
                sockets=answer.sockets,
                top=answer.top,
                behind=0 if answer.top is None else max(0, head - answer.top),
                is_silent=entry.report.id not in answers,
            )
        )
    return places


def _messages_per_minute(channel: Channel) -> list[int]:
    now = timezone.now()
    since = now - timedelta(minutes=MINUTES_SHOWN)
    times = Message.objects.filter(channel=channel, created_at__gt=since).values_list(
        "created_at", flat=True
    )
    ages = Counter(int((now - at).total_seconds() // 60) for at in times.iterator())
    return [ages[minute] for minute in range(MINUTES_SHOWN - 1, -1, -1)]


def _events(stream: str) -> list[EventView]:
    rows = list(
        Event.objects.filter(stream__name=stream)
        .order_by("-seq")
        .values_list("seq", "type", "at", "actor_id")[:EVENTS_SHOWN]
    )
    names = dict(
        User.objects.filter(pk__in={actor for *_, actor in rows if actor}).values_list(
            "pk", "username"
        )
    )
    return [
        EventView(seq=seq, type=kind, at=at, actor=names.get(actor or 0, ""))
        for seq, kind, at, actor in rows
    ]
