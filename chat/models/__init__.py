"""The things of a workspace. What must never happen is a constraint here."""

from chat.models.channels import Channel, Membership, Section
from chat.models.files import Attachment, CustomEmoji
from chat.models.messages import (
    Mention,
    Message,
    MessageVersion,
    Reaction,
    SavedMessage,
    ThreadFollow,
)
from chat.models.notices import Notice
from chat.models.personal import Draft, Keyword, Preferences
from chat.models.search import SearchEntry
from chat.models.workspace import UserGroup, Workspace

__all__ = [
    "Attachment",
    "Channel",
    "CustomEmoji",
    "Draft",
    "Keyword",
    "Membership",
    "Mention",
    "Message",
    "MessageVersion",
    "Notice",
    "Preferences",
    "Reaction",
    "SavedMessage",
    "SearchEntry",
    "Section",
    "ThreadFollow",
    "UserGroup",
    "Workspace",
]
