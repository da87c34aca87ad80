"""What is written into the audit log. Each action has a sentence, and nothing else is written."""

from enum import StrEnum
from typing import Self


class Action(StrEnum):
    """The word is kept in the log for years: never give one another meaning."""

    sentence: str

    def __new__(cls, word: str, sentence: str) -> Self:
        member = str.__new__(cls, word)
        member._value_ = word
        member.sentence = sentence
        return member

    SIGNED_IN = "sign_in.ok", "Somebody signed in."
    SIGN_IN_FAILED = "sign_in.failed", "Somebody could not prove who they are."
    FACTOR_ADDED = "second_factor.added", "Somebody added a second factor to their account."
    FACTOR_REMOVED = "second_factor.removed", "Somebody removed a second factor."
    FACTOR_RESET = "second_factor.reset", "Somebody had their recovery codes made anew."

    PERSON_MADE = "person.made", "An account was made by staff: a person or a bot."
    PERSON_CHANGED = "person.changed", "Staff changed somebody's name or address."
    PASSWORD_SET = "person.password_set", "Staff gave somebody another password."
    ROLE_CHANGED = "person.role_changed", "Somebody was given another role in the workspace."
    DEACTIVATED = "person.deactivated", "Somebody's access was taken away."
    REACTIVATED = "person.reactivated", "Somebody was given their access back."

    INVITE_MADE = "invite.made", "An invite was made."
    INVITE_REVOKED = "invite.revoked", "An invite was revoked."
    TOKEN_MADE = "token.made", "A bearer token was made."
    TOKEN_REVOKED = "token.revoked", "A bearer token was revoked."
    WEBHOOK_MADE = "webhook.made", "A webhook was made."
    WEBHOOK_CHANGED = "webhook.changed", "A webhook was changed."
    WEBHOOK_ROTATED = "webhook.rotated", "A webhook was given another address."
    WEBHOOK_REVOKED = "webhook.revoked", "A webhook was revoked."

    WORKSPACE_CHANGED = "workspace.changed", "The settings of the workspace were changed."
    EMOJI_DELETED = "emoji.deleted", "An emoji of somebody else was taken away."
    KIND_CHANGED = "channel.kind_changed", "A channel was made private or public."
    ARCHIVED = "channel.archived", "A channel was archived."
    UNARCHIVED = "channel.unarchived", "A channel was opened again."
    MEMBER_ROLE_CHANGED = "channel.role_changed", "Somebody was given another role in a channel."
    MEMBER_REMOVED = "channel.member_removed", "Somebody was removed from a channel by another."
    MESSAGE_DELETED = "message.deleted", "A message was deleted by somebody other than its author."

    PRIVATE_SEEN = "private.seen", "Staff looked at a private channel in the admin."
    PERSON_SEEN = "person.seen", "Staff looked at where somebody is connected."
    SESSION_ENDED = "session.ended", "Staff ended a session of somebody's browser."
    SOCKET_CLOSED = "socket.closed", "Staff closed an open socket."
    TASKS_RETRIED = "work.retried", "Background work that had failed was put back."
    DRAINED = "process.drained", "A process was asked to drain and end."
    BACKED_UP = "backup.written", "A backup was written."
    RESTORED = "backup.restored", "A backup was restored."
    EXPORTED = "audit.exported", "The audit log was exported."
    PRUNED = "audit.pruned", "Old rows of the audit log were deleted."
