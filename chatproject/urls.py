"""Every path of the site."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from operations import install

admin.site.site_header = admin.site.site_title = "Parley"
admin.site.index_title = "Administration"

# One way in, with its limits and its second factor.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("", include("chat.urls")),
    path("", include("accounts.urls")),
    path("api/v1/", include("chat.api.urls")),
    path("api/v1/", include("integrations.api.urls")),
    path("", include("integrations.urls")),
    path("manifest.webmanifest", install.manifest, name="manifest"),
    path("sw.js", install.worker, name="worker"),
    path("admin/bridge/", include("operations.bridge.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "operations.views.bad_request"
handler403 = "operations.views.permission_denied"
handler404 = "operations.views.page_not_found"
handler500 = "operations.views.server_error"
