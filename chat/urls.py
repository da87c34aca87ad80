"""The pages that people open."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from chat import views

urlpatterns = [
    path("", views.workspace, name="workspace"),
    path("channels/<int:channel_id>", views.workspace, name="channel"),
    path("channels/<int:channel_id>/<int:seq>", views.workspace, name="message"),
    path("welcome/", views.welcome, name="welcome"),
    path("login/", views.SignIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
]
