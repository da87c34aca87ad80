"""What operators do. Each act is checked, done by a service, and written into the audit log."""

from django.db import transaction

from accounts.models import Token, User
from audit.actions import Action
from audit.recording import record
from chat import exceptions, policies
from chat.models import Channel
from chat.services import access, channels, people
from operations import processes
from operations.bridge import sockets
from protocol.close_codes import CloseCode
from realtime import inquiries
from realtime.inquiries import ConnectionFacts, EndConnection, ListConnections, Unreachable
from realtime.registry import Report


def require_operator(*, by: User) -> None:
    """Check that somebody may look at what runs.

    Raises:
        Forbidden.
    """
    policies.require_admin(user_id=by.pk)


def drain(*, by: User, instance: str) -> None:
    """Have the processes of this name send their clients away, and end.

    Raises:
        Forbidden, NotFound.
        Unreachable: when Redis cannot be asked, or a process does not answer.
    """
    if not processes.drain(instance, by=by):
        raise exceptions.NotFound(f"No process is called {instance}.")


def close_connection(*, by: User, connection_id: str) -> None:
    """Close a socket. Its client may come back at once, on any process.

    Raises:
        Forbidden.
        NotFound: it is closed already.
        Unreachable: Redis or its process does not answer; it may be closed all the same.
    """
    asker = policies.require_admin(user_id=by.pk)
    report, facts = _require_open(connection_id)
    owner = User.objects.filter(pk=facts.user_id).first()
    if owner is not None and not _may_act_on(owner, asker=asker):
        raise exceptions.Forbidden("Only an owner of the workspace can do this.")
    wanted = EndConnection(connection_id=connection_id, code=CloseCode.BYE)
    answer = inquiries.ask([report.id], wanted).get(report.id)
    if answer is None:
        raise Unreachable
    if not answer.is_done:
        raise exceptions.NotFound("This connection is closed.")
    with transaction.atomic():
        record(
            Action.SOCKET_CLOSED,
            by=asker,
            target=owner,
            before={
                "connection": connection_id,
                "instance": report.instance,
                "address": facts.address,
            },
        )


def end_session(*, by: User, connection_id: str) -> None:
    """End what a socket was opened with: the session of a browser, or the token of a program.

    Raises:
        Forbidden.
        NotFound: it is closed already, or what opened it has ended.
        Unreachable.
    """
    policies.require_admin(user_id=by.pk)
    _, facts = _require_open(connection_id)
    if facts.token_id is None:
        access.end_session(by=by.pk, user_id=facts.user_id, digest=facts.session)
        return
    token = Token.objects.select_related("user").filter(pk=facts.token_id).first()
    if token is None or not access.revoke_tokens([token], by=by.pk):
        raise exceptions.NotFound


def set_access(*, by: User, user_id: int, is_active: bool) -> None:
    """Take somebody's access to the workspace away, or give it back.

    Raises:
        Forbidden, NotFound.
    """
    people.change(by=by.pk, user_id=user_id, is_active=is_active)


@transaction.atomic
def look_at_person(*, by: User, user_id: int) -> None:
    """Write down that staff look at where somebody is connected.

    Raises:
        Forbidden, NotFound.
    """
    asker = policies.require_admin(user_id=by.pk)
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise exceptions.NotFound
    if user.pk != asker.pk:
        record(Action.PERSON_SEEN, by=asker, target=user)


def look_at_connection(*, by: User, connection_id: str) -> None:
    """Write down that staff look at where somebody is connected.

    Raises:
        Forbidden.
        NotFound: it is closed, or its process does not answer.
        Unreachable.
    """
    policies.require_admin(user_id=by.pk)
    _, facts = _require_open(connection_id)
    look_at_person(by=by, user_id=facts.user_id)


@transaction.atomic
def look_at_channel(*, by: User, channel_id: int) -> None:
    """Write down that staff look at a channel, if it is private.

    Raises:
        Forbidden, NotFound.
    """
    policies.require_admin(user_id=by.pk)
    if not Channel.objects.filter(pk=channel_id).exists():
        raise exceptions.NotFound
    channels.note_looked_at(by=by.pk, channel_id=channel_id)


def _may_act_on(user: User, *, asker: User) -> bool:
    return asker.pk == user.pk or policies.can_manage(asker=asker, user=user)


def _require_open(connection_id: str) -> tuple[Report, ConnectionFacts]:
    found = sockets.find(ListConnections(limit=1, connection_id=connection_id))
    if not found.connections:
        raise exceptions.NotFound("This connection is closed, or its process does not answer.")
    return found.connections[0]
