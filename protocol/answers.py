"""How each command is answered: what its `ok` carries, and with which codes it is refused."""

from dataclasses import dataclass
from typing import Final

from protocol import bridge, commands
from protocol.errors import ErrorCode

ANY_COMMAND: Final = (
    ErrorCode.INVALID,
    ErrorCode.NOT_TEXT,
    ErrorCode.TOO_LARGE,
    ErrorCode.RATE_LIMITED,
    ErrorCode.UNAVAILABLE,
    ErrorCode.INTERNAL,
)
"""How every command can be refused."""

NO_COMMAND: Final = (
    ErrorCode.NOT_JSON,
    ErrorCode.NOT_AN_OBJECT,
    ErrorCode.UNKNOWN_TYPE,
)
"""How a frame is refused that is no command."""

_IN_CHANNEL: Final = (ErrorCode.FORBIDDEN, ErrorCode.NOT_FOUND, ErrorCode.NOT_A_MEMBER)
_MANAGED: Final = (ErrorCode.FORBIDDEN, ErrorCode.NOT_FOUND)


@dataclass(frozen=True, slots=True)
class Answered:
    """What may answer one kind of command.

    Attributes:
        ok: the fields of `ok`, beside `type` and `re`.
        errors: the codes of `error`, beside those of any command.
        then: what comes beside the answer.
    """

    ok: tuple[str, ...] = ()
    errors: tuple[ErrorCode, ...] = ()
    then: str = ""


ANSWERED: Final[dict[type[commands.Command], Answered]] = {
    commands.PostMessage: Answered(
        ok=("channel_id", "message_id", "seq"),
        errors=(
            *_IN_CHANNEL,
            ErrorCode.CHANNEL_ARCHIVED,
            ErrorCode.CLIENT_ID_REUSED,
            ErrorCode.CONFIRMATION_REQUIRED,
        ),
        then="The stream of the channel carries the message.",
    ),
    commands.EditMessage: Answered(
        ok=("seq",),
        errors=(*_IN_CHANNEL, ErrorCode.CHANNEL_ARCHIVED),
        then="The stream of the channel carries the change.",
    ),
    commands.DeleteMessage: Answered(
        ok=("seq",),
        errors=(*_IN_CHANNEL, ErrorCode.CHANNEL_ARCHIVED),
        then="The stream of the channel carries the change.",
    ),
    commands.PinMessage: Answered(
        ok=("seq",),
        errors=(*_IN_CHANNEL, ErrorCode.CHANNEL_ARCHIVED, ErrorCode.LIMIT_REACHED),
        then="The stream of the channel carries the change.",
    ),
    commands.UnpinMessage: Answered(
        ok=("seq",),
        errors=(*_IN_CHANNEL, ErrorCode.CHANNEL_ARCHIVED),
        then="The stream of the channel carries the change.",
    ),
    commands.AddReaction: Answered(
        ok=("seq",),
        errors=(*_IN_CHANNEL, ErrorCode.CHANNEL_ARCHIVED, ErrorCode.LIMIT_REACHED),
        then="The stream of the channel carries the change.",
    ),
    commands.RemoveReaction: Answered(
        ok=("seq",),
        errors=(*_IN_CHANNEL, ErrorCode.CHANNEL_ARCHIVED),
        then="The stream of the channel carries the change.",
    ),
    commands.JoinChannel: Answered(
        ok=("seq",),
        errors=(ErrorCode.FORBIDDEN, ErrorCode.NOT_FOUND, ErrorCode.CHANNEL_ARCHIVED),
        then="The own stream says that the channel's stream flows from here on.",
    ),
    commands.LeaveChannel: Answered(
        ok=("seq",),
        errors=_IN_CHANNEL,
        then="The own stream says that the channel's stream has ended.",
    ),
    commands.MarkRead: Answered(errors=_IN_CHANNEL),
    commands.MarkUnread: Answered(errors=_IN_CHANNEL),
    commands.MarkThreadRead: Answered(errors=_IN_CHANNEL),
    commands.StartTyping: Answered(errors=(*_IN_CHANNEL, ErrorCode.CHANNEL_ARCHIVED)),
    commands.WatchPresence: Answered(
        ok=("users",), then="From now on the changes of these people are told."
    ),
    commands.SetPresence: Answered(
        errors=(ErrorCode.FORBIDDEN,),
        then="Whoever watches is told, and one's other devices that one is changed.",
    ),
    commands.ReportIdle: Answered(then="Whoever watches is told when no other device is awake."),
    commands.Sync: Answered(then="Pages of each stream come first, or a word that it is too far."),
    commands.Ping: Answered(),
    bridge.WatchCluster: Answered(then="What it looks like follows, again and again."),
    bridge.WatchConnections: Answered(then="What it looks like follows, again and again."),
    bridge.WatchConnection: Answered(
        errors=_MANAGED, then="What it looks like follows, again and again."
    ),
    bridge.WatchPerson: Answered(
        errors=_MANAGED, then="What it looks like follows, again and again."
    ),
    bridge.WatchChannel: Answered(
        errors=_MANAGED, then="What it looks like follows, again and again."
    ),
    bridge.DrainProcess: Answered(
        errors=_MANAGED, then="The pictures of the processes show how far it is."
    ),
    bridge.CloseConnection: Answered(errors=_MANAGED),
    bridge.EndSession: Answered(errors=_MANAGED),
    bridge.SetAccess: Answered(errors=_MANAGED),
}
"""Every command is in here."""
