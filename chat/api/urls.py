"""The paths of the REST API, below `/api/v1/`."""

from django.urls import path, register_converter
from drf_spectacular.views import SpectacularJSONAPIView

from chat.api import (
    access,
    avatars,
    bots,
    channels,
    emoji,
    files,
    groups_of_people,
    inbox,
    invites,
    messages,
    people,
    personal,
    reading,
    reference,
    search,
    sections,
    uploads,
    workspace,
)


class IdConverter:
    """An id as the wire writes it. Anything else is no path."""

    regex = "[1-9][0-9]{0,17}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


class UploadConverter:
    """The name of an upload."""

    regex = "[A-Za-z0-9_-]{20,32}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class EmojiConverter(UploadConverter):
    """The name of an emoji."""

    regex = "[a-z0-9_+-]{2,40}"


register_converter(IdConverter, "id")
register_converter(UploadConverter, "upload")
register_converter(EmojiConverter, "emoji")

urlpatterns = [
    path("users/me", people.Me.as_view()),
    path("users", people.Users.as_view()),
    path("users/<id:user_id>", people.OneUser.as_view()),
    path("channels", channels.Channels.as_view()),
    path("dms", channels.Directs.as_view()),
    path("channels/<id:channel_id>", channels.OneChannel.as_view()),
    path("channels/<id:channel_id>/archive", channels.Archive.as_view()),
    path("channels/<id:channel_id>/unarchive", channels.Unarchive.as_view()),
    path("channels/<id:channel_id>/join", channels.Join.as_view()),
    path("channels/<id:channel_id>/leave", channels.Leave.as_view()),
    path("channels/<id:channel_id>/members", channels.Members.as_view()),
    path("channels/<id:channel_id>/members/<id:user_id>", channels.OneMember.as_view()),
    path("channels/<id:channel_id>/presence", channels.Presence.as_view()),
    path("channels/<id:channel_id>/messages", messages.Messages.as_view()),
    path("channels/<id:channel_id>/events", messages.Events.as_view()),
    path("channels/<id:channel_id>/pins", channels.Pins.as_view()),
    path("channels/<id:channel_id>/files", channels.Files.as_view()),
    path("channels/<id:channel_id>/read", reading.Read.as_view()),
    path("messages/<id:message_id>", messages.OneMessage.as_view()),
    path("messages/<id:message_id>/pin", messages.Pin.as_view()),
    path("messages/<id:message_id>/reactions/<str:emoji>", messages.OneReaction.as_view()),
    path("messages/<id:message_id>/history", messages.History.as_view()),
    path("messages/<id:message_id>/thread", messages.Thread.as_view()),
    path("files", files.Files.as_view()),
    path("files/<id:file_id>", files.OneFile.as_view()),
    path("files/<id:file_id>/thumbnail/<id:size>", files.Thumbnail.as_view()),
    path("uploads", uploads.Uploads.as_view()),
    path("uploads/<upload:upload_id>", uploads.OneUpload.as_view()),
    path("users/me/avatar", avatars.MyAvatar.as_view()),
    path("users/<id:user_id>/avatar", avatars.Avatar.as_view()),
    path("emoji", emoji.EmojiList.as_view()),
    path("emoji/<emoji:name>", emoji.OneEmoji.as_view()),
    path("emoji/<emoji:name>/image", emoji.EmojiImage.as_view()),
    path("channels/<id:channel_id>/unread", reading.MarkUnread.as_view()),
    path("channels/<id:channel_id>/membership", personal.OwnMembership.as_view()),
    path("messages/<id:message_id>/thread/read", inbox.ThreadRead.as_view()),
    path("messages/<id:message_id>/follow", inbox.Follow.as_view()),
    path("messages/<id:message_id>/saved", inbox.Keep.as_view()),
    path("read-all", reading.ReadAll.as_view()),
    path("unread", reading.Unread.as_view()),
    path("mentions", inbox.Mentions.as_view()),
    path("threads", inbox.Threads.as_view()),
    path("saved", inbox.Saved.as_view()),
    path("drafts", personal.Drafts.as_view()),
    path("preferences", personal.Preferences.as_view()),
    path("sections", sections.Sections.as_view()),
    path("sections/<id:section_id>", sections.OneSection.as_view()),
    path("groups", groups_of_people.Groups.as_view()),
    path("groups/<id:group_id>", groups_of_people.OneGroup.as_view()),
    path("search", search.Search.as_view()),
    path("presence", people.Presence.as_view()),
    path("tokens", access.Tokens.as_view()),
    path("tokens/<id:token_id>", access.OneToken.as_view()),
    path("tickets", access.Tickets.as_view()),
    path("workspace", workspace.OneWorkspace.as_view()),
    path("invites", invites.Invites.as_view()),
    path("invites/<id:invite_id>", invites.OneInvite.as_view()),
    path("bots", bots.Bots.as_view()),
    path("bots/<id:bot_id>/tokens", bots.BotTokens.as_view()),
    path("bots/<id:bot_id>/tokens/<id:token_id>", bots.OneBotToken.as_view()),
    path("schema/", SpectacularJSONAPIView.as_view(), name="schema"),
    path("schema/socket/", reference.asyncapi, name="schema-socket"),
    path("docs/", reference.rest, name="reference"),
    path("docs/socket/", reference.socket, name="reference-socket"),
]
