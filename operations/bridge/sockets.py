"""Who is connected: the open sockets of all processes, of one, or of somebody."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from allauth.usersessions.models import UserSession
from django.db.models import Q
from django.utils import timezone

from accounts.models import Token, User
from chat import exceptions, groups, selectors, serialize
from chat.models import Channel
from operations.bridge.cluster import moment
from presence import service as presence
from protocol.bridge import (
    CONNECTIONS_SHOWN,
    ConnectionSeen,
    ConnectionsSeen,
    ConnectionView,
    PersonSeen,
    PersonView,
    StreamPlace,
)
from protocol.resources import PresenceState
from realtime import inquiries, registry
from realtime.inquiries import ConnectionFacts, ListConnections, Unreachable
from realtime.registry import Report


@dataclass(frozen=True, slots=True)
class Found:
    """What the processes answered: sockets with their process, and who was silent."""

    connections: Sequence[tuple[Report, ConnectionFacts]]
    total: int
    silent: Sequence[str]


def find(question: ListConnections, *, instance: str | None = None) -> Found:
    """Ask all processes, or those of one name, for their sockets.

    Raises:
        Unreachable: when Redis cannot be asked.
    """
    reports = reachable(instance=instance)
    answers = inquiries.ask([report.id for report in reports], question)
    found = [
        (report, facts)
        for report in reports
        if report.id in answers
        for facts in answers[report.id].connections
    ]
    found.sort(key=lambda one: one[1].opened_at, reverse=True)
    return Found(
        connections=found[: question.limit],
        total=sum(answer.total for answer in answers.values()),
        silent=sorted(report.instance for report in reports if report.id not in answers),
    )


def reachable(*, instance: str | None = None) -> list[Report]:
    """Return the processes that can be asked: also those that may be frozen.

    Raises:
        Unreachable: when Redis cannot be asked.
    """
    entries = registry.entries()
    if entries is None:
        raise Unreachable
    return [
        entry.report for entry in entries if instance is None or entry.report.instance == instance
    ]


def connections(*, instance: str | None, user_id: int | None) -> ConnectionsSeen:
    """Return the open sockets.

    Raises:
        Unreachable: when Redis cannot be asked.
    """
    question = ListConnections(limit=CONNECTIONS_SHOWN, user_id=user_id)
    found = find(question, instance=instance)
    return ConnectionsSeen(
        at=timezone.now(),
        connections=_views(found.connections),
        total=found.total,
        silent=list(found.silent),
    )


def connection(connection_id: str, *, asker_id: int) -> ConnectionSeen:
    """Return one open socket with what it hears.

    Args:
        asker_id: channels that they cannot see have no name for them.

    Raises:
        Unreachable: when Redis cannot be asked.
    """
    found = find(ListConnections(limit=1, connection_id=connection_id))
    if not found.connections:
        return ConnectionSeen(at=timezone.now(), connection=None, streams=[])
    _, facts = found.connections[0]
    return ConnectionSeen(
        at=timezone.now(),
        connection=_views(found.connections)[0],
        streams=_places(facts.streams, asker=User.objects.get(pk=asker_id)),
    )


def person(user_id: int) -> PersonSeen:
    """Return somebody, and where they are connected.

    Raises:
        NotFound.
        Unreachable: when Redis cannot be asked.
    """
    # First, while no connection to the database is held.
    found = find(ListConnections(limit=CONNECTIONS_SHOWN, user_id=user_id))
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise exceptions.NotFound
    counting = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    state: PresenceState = presence.states([user_id])[str(user_id)]
    return PersonSeen(
        at=timezone.now(),
        user=view_of(user),
        presence=state,
        last_login_at=user.last_login,
        sessions=UserSession.objects.filter(user_id=user_id).count(),
        tokens=Token.objects.filter(counting, user_id=user_id, revoked_at=None).count(),
        connections=_views(found.connections),
        total=found.total,
        silent=list(found.silent),
    )


def view_of(user: User) -> PersonView:
    """Return somebody as operators see them."""
    shown = serialize.user(user)
    return PersonView(
        id=shown.id,
        username=shown.username,
        display_name=shown.display_name,
        role=shown.role,
        is_active=shown.is_active,
        is_bot=shown.is_bot,
    )


def _views(found: Sequence[tuple[Report, ConnectionFacts]]) -> list[ConnectionView]:
    users = User.objects.in_bulk({facts.user_id for _, facts in found})
    return [
        ConnectionView(
            id=facts.id,
            instance=report.instance,
            user=view_of(users[facts.user_id]),
            kind=facts.kind,
            address=facts.address,
            agent=facts.agent,
            opened_at=moment(facts.opened_at),
            heard_at=moment(facts.heard_at),
            streams=facts.stream_count,
            buffered_bytes=facts.buffered_bytes,
            is_lagging=facts.is_lagging,
        )
        for report, facts in found
        if facts.user_id in users
    ]


def _places(streams: Iterable[str], *, asker: User) -> list[StreamPlace]:
    # What is private has no name here: staff are not members.
    ids = {stream: groups.channel_id_of(stream) for stream in streams}
    names = dict(
        selectors.visible_channels(asker=asker)
        .filter(pk__in=[pk for pk in ids.values() if pk is not None])
        .exclude(kind=Channel.Kind.DIRECT)
        .values_list("pk", "name")
    )
    return [
        StreamPlace(stream=stream, name=names.get(pk, "") if pk is not None else "")
        for stream, pk in ids.items()
    ]
