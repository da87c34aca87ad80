"""The paths of the REST API, below `/api/v1/`. The converter of ids is chat's."""

from django.urls import path

from integrations.api import webhooks

urlpatterns = [
    path("webhooks", webhooks.Webhooks.as_view()),
    path("webhooks/<id:webhook_id>", webhooks.OneWebhook.as_view()),
    path("webhooks/<id:webhook_id>/rotate", webhooks.Rotate.as_view()),
]
