"""Who is online, as this process believes."""

from django.http import HttpRequest, JsonResponse
from django.urls import path

from tools.tutorial.consumer import online


def who_is_online(_request: HttpRequest) -> JsonResponse:
    """Answer with the names in this process's own dictionary."""
    return JsonResponse({"online": sorted(online)})


urlpatterns = [path("online", who_is_online)]
