"""Where programs deliver."""

from django.urls import path, re_path

from integrations import views

urlpatterns = [
    path("hooks/<secret>", views.receive),
    # As Slack's own addresses look: some programs insist.
    re_path(r"^services/T\w{1,40}/B\w{1,40}/(?P<secret>\w{1,128})$", views.receive),
]
