"""What somebody who signs up by themselves fills in, on the page and over JSON."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import rules
from accounts.models import User
from protocol.limits import NAME_MAX_CHARS


class NewcomerFields(forms.Form):
    """Allauth puts its own fields beside these: username, e-mail address and password."""

    display_name = forms.CharField(
        label=_("Name"),
        max_length=NAME_MAX_CHARS,
        validators=User._meta.get_field("display_name").validators,  # noqa: SLF001 - Django's way
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    field_order = ("display_name", "username", "email", "password1")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        email = cleaned.get("email")
        # Where nobody may sign up the answer is that. With an account elsewhere the adapter has
        # looked at the address that was proven there.
        is_ours = rules.is_open() and getattr(self, "sociallogin", None) is None
        if email and is_ours and not rules.allows(email):
            self.add_error("email", _("People with this address cannot sign up here."))
        return cleaned

    def signup(self, request: HttpRequest, user: User) -> None:
        """Allauth asks for it. Everything was done before."""
