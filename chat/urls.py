"""The pages that people open."""

from django.urls import path

from chat import views

PAGES = ("threads", "mentions", "unreads", "saved", "drafts", "search")
"""Lists that stand where else a channel does."""

urlpatterns = [
    path("", views.workspace, name="workspace"),
    path("channels/<int:channel_id>", views.workspace, name="channel"),
    path("channels/<int:channel_id>/<int:seq>", views.workspace, name="message"),
    path("channels/<int:channel_id>/threads/<int:thread_id>", views.workspace, name="thread"),
    path(
        "channels/<int:channel_id>/threads/<int:thread_id>/<int:seq>",
        views.workspace,
        name="reply",
    ),
    *(path(page, views.workspace, name=page) for page in PAGES),
    path("welcome/", views.welcome, name="welcome"),
    path("join/<str:secret>", views.join, name="join"),
]
