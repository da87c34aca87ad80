"""The paths of the REST API, below `/api/v1/`."""

from django.urls import path, register_converter
from drf_spectacular.views import SpectacularJSONAPIView

from chat.api import views


class IdConverter:
    """An id as the wire writes it. Anything else is no path."""

    regex = "[1-9][0-9]{0,17}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(IdConverter, "id")

urlpatterns = [
    path("users/me", views.Me.as_view()),
    path("users", views.Users.as_view()),
    path("users/<id:user_id>", views.OneUser.as_view()),
    path("channels", views.Channels.as_view()),
    path("channels/<id:channel_id>", views.OneChannel.as_view()),
    path("channels/<id:channel_id>/archive", views.Archive.as_view()),
    path("channels/<id:channel_id>/unarchive", views.Unarchive.as_view()),
    path("channels/<id:channel_id>/join", views.Join.as_view()),
    path("channels/<id:channel_id>/leave", views.Leave.as_view()),
    path("channels/<id:channel_id>/members", views.Members.as_view()),
    path("channels/<id:channel_id>/members/<id:user_id>", views.OneMember.as_view()),
    path("channels/<id:channel_id>/messages", views.Messages.as_view()),
    path("channels/<id:channel_id>/events", views.Events.as_view()),
    path("channels/<id:channel_id>/read", views.Read.as_view()),
    path("messages/<id:message_id>", views.OneMessage.as_view()),
    path("messages/<id:message_id>/thread", views.Thread.as_view()),
    path("unread", views.Unread.as_view()),
    path("presence", views.Presence.as_view()),
    path("tokens", views.Tokens.as_view()),
    path("tokens/<id:token_id>", views.OneToken.as_view()),
    path("tickets", views.Tickets.as_view()),
    path("schema/", SpectacularJSONAPIView.as_view(), name="schema"),
]
