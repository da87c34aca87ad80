"""The pages that people open."""

from django.urls import path

from chat import views

urlpatterns = [
    path("", views.workspace, name="workspace"),
    path("channels/<int:channel_id>", views.workspace, name="channel"),
    path("channels/<int:channel_id>/<int:seq>", views.workspace, name="message"),
    path("welcome/", views.welcome, name="welcome"),
    path("join/<str:secret>", views.join, name="join"),
]
