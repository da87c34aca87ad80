"""People, and what they prove themselves with."""

from datetime import tzinfo
from typing import Any, ClassVar, Final, Self

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import signals, validators, zones
from protocol import limits
from protocol.characters import UNSEEN

USERNAME_PATTERN = r"^[a-z0-9](?:[a-z0-9._-]*[a-z0-9_])?\Z"


class Role(models.TextChoices):
    OWNER = "owner", _("owner")
    ADMIN = "admin", _("admin")
    MEMBER = "member", _("member")
    GUEST = "guest", _("guest")


class PresenceChoice(models.TextChoices):
    """What somebody wants to look like to others."""

    AUTO = "auto", _("as they are")
    AWAY = "away", _("away")
    DO_NOT_DISTURB = "dnd", _("do not disturb")
    INVISIBLE = "invisible", _("invisible")


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
            ),
            validators.not_reserved,
        ],
        help_text=_("Others mention you with it: @username."),
        error_messages={"unique": _("Somebody has this username already.")},
    )
    display_name = models.CharField(
        _("name"),
        max_length=limits.NAME_MAX_CHARS,
        validators=[
            MaxLengthValidator(limits.NAME_MAX_CHARS),
            RegexValidator(rf"^[^{UNSEEN}]+\Z", _("Visible characters only.")),
        ],
    )
    email = models.EmailField(_("e-mail address"), blank=True)
    role = models.CharField(_("role"), max_length=8, choices=Role.choices, default=Role.MEMBER)
    is_bot = models.BooleanField(_("bot"), default=False)
    created_by = models.ForeignKey(
        "self",
        verbose_name=_("made by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    is_pending = models.BooleanField(
        _("pending"),
        default=False,
        help_text=_("Signed up and has not confirmed the e-mail address: nobody sees them yet."),
    )

    title = models.CharField(_("title"), max_length=limits.NAME_MAX_CHARS, blank=True)
    pronouns = models.CharField(_("pronouns"), max_length=limits.PRONOUNS_MAX_CHARS, blank=True)
    about = models.CharField(_("about"), max_length=limits.ABOUT_MAX_CHARS, blank=True)
    time_zone = models.CharField(
        _("time zone"), max_length=64, blank=True, validators=[validators.time_zone]
    )
    locale = models.CharField(_("language"), max_length=limits.LOCALE_MAX_CHARS, blank=True)
    avatar = models.CharField(
        max_length=32, blank=True, editable=False, help_text="The version of the picture."
    )

    status_emoji = models.CharField(
        _("status emoji"), max_length=limits.EMOJI_MAX_CHARS, blank=True
    )
    status_text = models.CharField(_("status"), max_length=limits.STATUS_MAX_CHARS, blank=True)
    status_until = models.DateTimeField(_("status ends"), null=True, blank=True)
    presence_choice = models.CharField(
        _("presence"),
        max_length=9,
        choices=PresenceChoice.choices,
        default=PresenceChoice.AUTO,
        editable=False,
    )
    presence_version = models.PositiveIntegerField(
        default=0, editable=False, help_text="Which choice it is. The last one counts."
    )

    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name", "email"]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(username=Lower("username")), name="user_username_lower_case"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="user_role_known"
            ),
            models.CheckConstraint(
                condition=models.Q(presence_choice__in=PresenceChoice.values),
                name="user_presence_choice_known",
            ),
        ]

    def __str__(self) -> str:
        return self.username

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name

    @property
    def zone(self) -> tzinfo:
        """The time zone in which they count days."""
        return zones.named(self.time_zone)

    def clean(self) -> None:
        super().clean()
        # People write it as they like, and are found by it all the same.
        self.email = self.email.lower()
        # Who has a name keeps it, whatever has been named so since.
        if not type(self).objects.filter(pk=self.pk, username=self.username).exists():
            try:
                signals.username_chosen.send(sender=type(self), username=self.username)
            except ValidationError as error:
                raise ValidationError({"username": error}) from None

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
            signals.tell_entitlement_changed(user_id=self.pk)

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


class Scope(models.TextChoices):
    """What a token is made for."""

    READ = "read", _("look")
    WRITE = "write", _("act")
    ADMIN = "admin", _("manage the workspace")


ALL_SCOPES: Final = frozenset(Scope.values)
DEFAULT_SCOPES: Final = frozenset({Scope.READ.value, Scope.WRITE.value})


class Token(models.Model):
    """A bearer token. Only a digest is kept: whoever reads the database cannot use it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=limits.TOKEN_NAME_MAX_CHARS)
    prefix = models.CharField(max_length=12, help_text="The first characters, to recognise it by.")
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.CharField(
        max_length=40, default="read write", help_text="Words: read, write, admin."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["user", "id"], name="token_of_user")]

    def __str__(self) -> str:
        return f"{self.prefix}… of {self.user}"

    @property
    def scope_set(self) -> frozenset[str]:
        """What it is made for."""
        return frozenset(self.scopes.split())


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


class AccessRules(models.Model):
    """Who may make an account without an invite."""

    class SignUp(models.TextChoices):
        CLOSED = "closed", _("by invitation only")
        DOMAINS = "domains", _("people with an address of certain e-mail domains")
        OPEN = "open", _("everybody")

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    sign_up = models.CharField(
        _("sign-up"), max_length=8, choices=SignUp.choices, default=SignUp.CLOSED
    )
    email_domains = models.JSONField(_("e-mail domains"), default=list, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("access rules")
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="access_rules_are_single"),
            models.CheckConstraint(
                condition=models.Q(sign_up__in=["closed", "domains", "open"]),
                name="access_rules_sign_up_known",
            ),
        ]

    def __str__(self) -> str:
        return str(_("Access rules"))


class Invite(models.Model):
    """A link that lets people in. Only a digest of its secret is kept, as of a token's."""

    digest = models.CharField(max_length=64, unique=True, editable=False)
    note = models.CharField(_("note"), max_length=limits.NAME_MAX_CHARS, blank=True)
    role = models.CharField(
        _("role"),
        max_length=8,
        choices=[(Role.MEMBER.value, Role.MEMBER.label), (Role.GUEST.value, Role.GUEST.label)],
        default=Role.MEMBER,
    )
    channels = models.ManyToManyField(
        "chat.Channel", verbose_name=_("channels"), blank=True, related_name="+"
    )
    created_by = models.ForeignKey(
        User, verbose_name=_("made by"), on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    max_uses = models.PositiveIntegerField(_("may be used"), null=True, blank=True)
    uses = models.PositiveIntegerField(_("used"), default=0)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role__in=["member", "guest"]), name="invite_role_known"
            ),
            models.CheckConstraint(
                condition=models.Q(max_uses=None) | models.Q(uses__lte=models.F("max_uses")),
                name="invite_uses_le_max",
            ),
        ]

    def __str__(self) -> str:
        return self.note or f"{_('invite')} {self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether it lets people in now."""
        return (
            self.revoked_at is None
            and (self.expires_at is None or self.expires_at > timezone.now())
            and (self.max_uses is None or self.uses < self.max_uses)
        )
