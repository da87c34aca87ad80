"""The addresses of the live pages, inside the admin's."""

from django.contrib import admin
from django.urls import path

from operations.bridge import views

_seen = admin.site.admin_view

urlpatterns = [
    path("", _seen(views.cluster), name="bridge"),
    path("connections/", _seen(views.connections), name="bridge_connections"),
    path("connections/<slug:connection_id>/", _seen(views.connection), name="bridge_connection"),
    path("people/<int:user_id>/", _seen(views.person), name="bridge_person"),
    path("channels/<int:channel_id>/", _seen(views.channel), name="bridge_channel"),
]
