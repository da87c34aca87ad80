"""From a command of the operators' socket to what it does."""

from typing import assert_never

from accounts.models import User
from operations.bridge import acts
from operations.bridge.observatory import Watch
from protocol.bridge import (
    CloseConnection,
    DrainProcess,
    EndSession,
    SetAccess,
    WatchChannel,
    WatchCluster,
    WatchConnection,
    WatchConnections,
    WatchPerson,
)

Act = DrainProcess | CloseConnection | EndSession | SetAccess


def do(command: Act, *, by: User) -> None:
    """Do what an operator wants.

    Raises:
        ChatError, Unreachable: it is refused, or cannot be done just now.
    """
    match command:
        case DrainProcess():
            acts.drain(by=by, instance=command.instance)
        case CloseConnection():
            acts.close_connection(by=by, connection_id=command.connection_id)
        case EndSession():
            acts.end_session(by=by, connection_id=command.connection_id)
        case SetAccess():
            acts.set_access(by=by, user_id=int(command.user_id), is_active=command.is_active)
        case _:
            assert_never(command)


def note_look(command: Watch, *, by: User) -> None:
    """Check that somebody may look at this, and write it down where it is another's business.

    Raises:
        ChatError, Unreachable: they may not, or it cannot be found out just now.
    """
    match command:
        case WatchCluster():
            acts.require_operator(by=by)
        case WatchConnections():
            acts.require_operator(by=by)
            if command.user_id is not None:
                acts.look_at_person(by=by, user_id=int(command.user_id))
        case WatchConnection():
            acts.look_at_connection(by=by, connection_id=command.connection_id)
        case WatchPerson():
            acts.look_at_person(by=by, user_id=int(command.user_id))
        case WatchChannel():
            acts.look_at_channel(by=by, channel_id=int(command.channel_id))
        case _:
            assert_never(command)
