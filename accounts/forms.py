"""The first visitor's form."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from protocol.limits import NAME_MAX_CHARS

if TYPE_CHECKING:
    UserForm = forms.ModelForm[User]
else:  # Django's own class takes no parameter when it runs.
    UserForm = forms.ModelForm


class WelcomeForm(UserForm):
    """Names the workspace and makes its owner's account."""

    workspace_name = forms.CharField(
        label=_("Name of the workspace"),
        max_length=NAME_MAX_CHARS,
        help_text=_("Your company, team or club."),
    )
    password1 = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters."),
    )
    password2 = forms.CharField(
        label=_("Password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    class Meta:
        model = User
        fields = ("display_name", "username", "email")
        widgets = {
            "display_name": forms.TextInput(attrs={"autocomplete": "name"}),
            "username": forms.TextInput(
                attrs={"autocomplete": "username", "autocapitalize": "none"}
            ),
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
        }

    field_order = ("workspace_name", "display_name", "username", "email", "password1", "password2")

    def clean_username(self) -> str:
        return str(self.cleaned_data["username"]).strip().lower()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        password = cleaned.get("password1")
        if password and cleaned.get("password2") and password != cleaned["password2"]:
            self.add_error("password2", _("The two passwords are not the same."))
        if password:
            try:
                password_validation.validate_password(password, self.instance)
            except ValidationError as error:
                self.add_error("password1", error)
        return cleaned
