"""People, and what they prove themselves with."""

from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractUser
from django.core.validators import MaxLengthValidator, RegexValidator
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts import signals
from protocol import limits

USERNAME_PATTERN = r"^[a-z0-9](?:[a-z0-9._-]*[a-z0-9_])?\Z"


class Role(models.TextChoices):
    OWNER = "owner", _("owner")
    ADMIN = "admin", _("admin")
    MEMBER = "member", _("member")
    GUEST = "guest", _("guest")


class User(AbstractUser):
    """A person or a bot."""

    first_name = None  # type: ignore[assignment]  # one name, as people write it themselves
    last_name = None  # type: ignore[assignment]

    username = models.CharField(
        _("username"),
        max_length=limits.USERNAME_MAX_CHARS,
        unique=True,
        validators=[
            RegexValidator(
                USERNAME_PATTERN,
                _("Lower-case letters, digits, dot, dash and underscore only."),
            )
        ],
        help_text=_("Others mention you with it: @username."),
        error_messages={"unique": _("Somebody has this username already.")},
    )
    display_name = models.CharField(
        _("name"),
        max_length=limits.NAME_MAX_CHARS,
        validators=[
            MaxLengthValidator(limits.NAME_MAX_CHARS),
            RegexValidator(
                # No control characters, nothing invisible, nothing that turns the direction.
                "^[^\\x00-\\x1f\\x7f-\\x9f\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2069\\ufeff]+\\Z",
                _("Visible characters only."),
            ),
        ],
    )
    email = models.EmailField(_("e-mail address"), blank=True)
    role = models.CharField(_("role"), max_length=8, choices=Role.choices, default=Role.MEMBER)
    is_bot = models.BooleanField(_("bot"), default=False)

    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name", "email"]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_once",
                condition=~models.Q(email=""),
                violation_error_message=_("Somebody has this e-mail address already."),
            ),
            models.CheckConstraint(
                condition=models.Q(username=Lower("username")), name="user_username_lower_case"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="user_role_known"
            ),
        ]

    def __str__(self) -> str:
        return self.username

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Self:
        user = super().from_db(*args, **kwargs)
        user._before = user._entitlement()  # noqa: SLF001 - our own
        return user

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and tell after the commit when what the person may do has changed."""
        super().save(*args, **kwargs)
        before, self._before = getattr(self, "_before", None), self._entitlement()
        if before not in {None, self._before}:
            user_id = self.pk
            transaction.on_commit(
                lambda: signals.entitlement_changed.send(sender=type(self), user_id=user_id)
            )

    def _entitlement(self) -> tuple[object, ...]:
        # Not what was left out of the query: it would be read one by one.
        kept = self.__dict__
        return tuple(kept.get(name) for name in ("password", "is_active", "role"))

    def set_role(self, role: Role) -> None:
        """Give another role. Django's admin looks at the two flags, which follow it."""
        self.role = role
        self.is_staff = self.is_superuser = role in {Role.OWNER, Role.ADMIN}

    @property
    def is_admin(self) -> bool:
        return self.role in {Role.OWNER, Role.ADMIN}


class Token(models.Model):
    """A bearer token. Only a digest is kept: whoever reads the database cannot use it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=limits.TOKEN_NAME_MAX_CHARS)
    prefix = models.CharField(max_length=12, help_text="The first characters, to recognise it by.")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["user", "id"], name="token_of_user")]

    def __str__(self) -> str:
        return f"{self.prefix}… of {self.user}"


class Ticket(models.Model):
    """Opens one socket, once, soon."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    # What it was asked for with: the socket ends when that does.
    token = models.ForeignKey(Token, null=True, on_delete=models.CASCADE, related_name="+")
    session_key = models.CharField(max_length=40, blank=True)
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"ticket of {self.user}"
