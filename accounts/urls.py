"""Signing in, and the pages of one's own account. Allauth finds its pages by their names."""

from allauth.account import views as allauth_views
from django.urls import include, path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from accounts import views

_sign_in = views.SignIn.as_view()

urlpatterns = [
    path("login/", _sign_in, name="login"),
    path("logout/", allauth_views.logout, name="logout"),
    path("language/", set_language, name="set_language"),
    path("account/", RedirectView.as_view(pattern_name="account_email")),
    # Each page has one address: these two and the next are above.
    path("account/login/", RedirectView.as_view(pattern_name="login", query_string=True)),
    path("account/logout/", RedirectView.as_view(pattern_name="logout")),
    path("account/signup/", RedirectView.as_view(pattern_name="account_signup")),
    path("account/sessions/<int:session_id>/end/", views.end_session, name="end_session"),
    path("account/", include("allauth.urls")),
    path("_allauth/", include("allauth.headless.urls")),
    # Of several paths with a name, the last is the one that is linked to.
    path("sign-up/", allauth_views.signup, name="account_signup"),
    path("login/", _sign_in, name="account_login"),
    path("logout/", allauth_views.logout, name="account_logout"),
]
