"""Where allauth asks us. Everything else about signing in is its business."""

from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse, SignupClosedException
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from accounts import invites, people, rules, signals
from accounts.models import Role, User
from protocol.characters import in_one_line
from protocol.limits import NAME_MAX_CHARS

if TYPE_CHECKING:
    from allauth.socialaccount.models import SocialLogin
    from allauth.usersessions.models import UserSession

INVITE_IN_SESSION = "invite"
"""Where the secret of an invite waits while somebody is at their organisation's door."""

# The same for both: else it would say what the server took the name for.
_MISMATCH = _("The username, the e-mail address or the password is wrong.")
_NO_ADDRESS = "0.0.0.0"  # noqa: S104 - a word for "unknown", nothing listens there


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Who may sign up, and what an account begins with."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _MISMATCH,
        "email_password_mismatch": _MISMATCH,
        "too_many_login_attempts": _("Too many attempts. Please wait five minutes."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's signature
        return rules.is_open() and not people.is_unclaimed()

    def clean_username(self, username: str, shallow: bool = False) -> str:  # noqa: FBT001, FBT002
        cleaned: str = super().clean_username(username.strip().lower(), shallow)
        signals.username_chosen.send(sender=User, username=cleaned)
        return cleaned

    def generate_unique_username(
        self,
        txts: list[str | None],
        regex: str | None = None,  # noqa: ARG002 - allauth's signature
    ) -> str:
        return people.free_username(next(filter(None, txts), ""))

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:  # noqa: FBT001, FBT002
        """Keep somebody who signed up. Whoever gave an address is nobody until it is confirmed."""
        people.forget_unconfirmed()
        user.display_name = form.cleaned_data["display_name"].strip()
        user.is_pending = getattr(form, "sociallogin", None) is None
        try:
            with transaction.atomic():
                saved: User = super().save_user(request, user, form, commit)
        except IntegrityError:
            # Somebody took the username in this very moment.
            raise ImmediateHttpResponse(redirect("account_signup")) from None
        return saved

    def get_login_stages(self) -> list[str]:
        ours = {
            "allauth.account.stages.EmailVerificationStage": "accounts.stages.EmailVerification"
        }
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return who asks, to count by. A request that went around the proxy is no failure."""
        try:
            address: str = super().get_client_ip(request)
        except (ImproperlyConfigured, PermissionDenied):
            return str(request.META.get("REMOTE_ADDR") or _NO_ADDRESS)
        return address


class Elsewhere(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """People who come with an account of the organisation."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: "SocialLogin") -> bool:
        if invites.find(request.session.get(INVITE_IN_SESSION, "")):
            return True
        if not super().is_open_for_signup(request, sociallogin):
            return False
        # Any address will do where everybody may come in; else it must be proven.
        addresses = sociallogin.email_addresses
        return rules.allows("") or any(
            address.verified and rules.allows(address.email) for address in addresses
        )

    def populate_user(
        self, request: HttpRequest, sociallogin: "SocialLogin", data: dict[str, Any]
    ) -> User:
        user: User = super().populate_user(request, sociallogin, data)
        name = str(data.get("name") or data.get("username") or "")
        user.display_name = in_one_line(name, limit=NAME_MAX_CHARS) or "?"
        user.email = user.email.lower()
        return user

    def save_user(self, request: HttpRequest, sociallogin: "SocialLogin", form: Any = None) -> User:
        """Keep somebody new. With an invite they have its role, and it is used up by them."""
        secret = request.session.pop(INVITE_IN_SESSION, "")
        try:
            with transaction.atomic():
                invite = invites.use(secret) if secret else None
                if invite is not None:
                    sociallogin.user.set_role(Role(invite.role))
                    sociallogin.user.created_by_id = invite.created_by_id
                    sociallogin.user.arrives_with = invite
                elif not self.is_open_for_signup(request, sociallogin):
                    # Others were faster: the invite has let in as many as it may.
                    raise SignupClosedException
                saved: User = super().save_user(request, sociallogin, form)
        except IntegrityError:
            raise ImmediateHttpResponse(redirect("account_login")) from None
        return saved


class Sessions(DefaultUserSessionsAdapter):  # type: ignore[misc]  # allauth has no types
    """Ends sessions, and tells those who have sockets open for them."""

    def end_sessions(self, sessions: "list[UserSession]") -> None:
        with transaction.atomic():
            super().end_sessions(sessions)
            for user_id in {session.user_id for session in sessions}:
                signals.tell_entitlement_changed(user_id=user_id)
