"""The forms of signing in, of the first visit and of coming in with an invite."""

from typing import TYPE_CHECKING, Any

from allauth.account.forms import LoginForm, SignupForm
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


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth has no types
    """Allauth's, in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login = self.fields["login"]
        login.label = _("Username or e-mail address")
        login.widget.attrs = {
            "autocomplete": "username",
            "autocapitalize": "none",
            "spellcheck": "false",
        }
        self.fields["password"].widget.attrs.pop("placeholder", None)


class SignUpForm(SignupForm):  # type: ignore[misc]  # allauth has no types
    """Allauth's, in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address")
        self.fields["email"].help_text = _("We send a link there to confirm that it is yours.")
        self.fields["username"].help_text = _("Others mention you with it: @username.")
        self.fields["username"].widget.attrs["autocapitalize"] = "none"
        self.fields["password1"].help_text = _("At least 10 characters.")
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class NewPersonForm(UserForm):
    """Somebody who chooses a name and a password."""

    password1 = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters."),
    )

    class Meta:
        model = User
        fields: tuple[str, ...] = ("display_name", "username")
        widgets = {
            "display_name": forms.TextInput(attrs={"autocomplete": "name"}),
            "username": forms.TextInput(
                attrs={"autocomplete": "username", "autocapitalize": "none"}
            ),
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
        }

    def clean_username(self) -> str:
        return str(self.cleaned_data["username"]).strip().lower()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        password = cleaned.get("password1")
        if password:
            try:
                password_validation.validate_password(password, self.instance)
            except ValidationError as error:
                self.add_error("password1", error)
        return cleaned


class JoinForm(NewPersonForm):
    """Makes the account of somebody with an invite. An e-mail address can be added later."""


class WelcomeForm(NewPersonForm):
    """Names the workspace and makes its owner's account."""

    workspace_name = forms.CharField(
        label=_("Name of the workspace"),
        max_length=NAME_MAX_CHARS,
        help_text=_("Your company, team or club."),
    )
    password2 = forms.CharField(
        label=_("Password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    class Meta(NewPersonForm.Meta):
        fields = ("display_name", "username", "email")

    field_order = ("workspace_name", "display_name", "username", "email", "password1", "password2")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        password = cleaned.get("password1")
        if password and cleaned.get("password2") and password != cleaned["password2"]:
            self.add_error("password2", _("The two passwords are not the same."))
        return cleaned
