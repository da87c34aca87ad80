"""The things of a workspace. What must never happen is a constraint here."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from protocol import limits


class Workspace(models.Model):
    """The one workspace of this server."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    name = models.CharField(max_length=limits.NAME_MAX_CHARS, default="Parley")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="workspace_is_single"),
        ]

    def __str__(self) -> str:
        return self.name


class Channel(models.Model):
    """A place where people talk."""

    class Kind(models.TextChoices):
        PUBLIC = "public", _("public")
        PRIVATE = "private", _("private")

    name = models.CharField(_("name"), max_length=limits.NAME_MAX_CHARS)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    topic = models.CharField(_("topic"), max_length=limits.TOPIC_MAX_CHARS, blank=True)
    description = models.CharField(
        _("description"), max_length=limits.DESCRIPTION_MAX_CHARS, blank=True
    )
    created_at = models.DateTimeField(_("created"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)
    is_default = models.BooleanField(
        _("default"), default=False, help_text=_("Newcomers are in it from the start.")
    )
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="Membership", related_name="channels"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), name="channel_name_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["public", "private"]), name="channel_kind_known"
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="channel_has_name"),
        ]

    def __str__(self) -> str:
        return f"#{self.name}"

    @property
    def is_public(self) -> bool:
        return self.kind == self.Kind.PUBLIC

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None


class Membership(models.Model):
    """A person in a channel, and how far they have read."""

    class Role(models.TextChoices):
        OWNER = "owner", _("owner")
        ADMIN = "admin", _("admin")
        MEMBER = "member", _("member")

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(_("role"), max_length=8, choices=Role.choices, default=Role.MEMBER)
    read_seq = models.BigIntegerField(_("read up to"), default=0)
    joined_at = models.DateTimeField(_("joined"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "user"], name="membership_once"),
            models.CheckConstraint(
                condition=models.Q(read_seq__gte=0), name="membership_read_seq_ge_0"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=["owner", "admin", "member"]),
                name="membership_role_known",
            ),
        ]
        indexes = [models.Index(fields=["user", "channel"], name="membership_of_user")]

    def __str__(self) -> str:
        return f"{self.user} in {self.channel}"

    @property
    def is_moderator(self) -> bool:
        return self.role in {self.Role.OWNER, self.Role.ADMIN}


class Message(models.Model):
    """Something that somebody said. A deleted message keeps its place, without its text."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="messages")
    seq = models.BigIntegerField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="messages"
    )
    client_id = models.UUIDField()
    thread = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replies"
    )
    text = models.TextField(max_length=limits.TEXT_MAX_CHARS, blank=True)
    html = models.TextField(blank=True)
    html_version = models.PositiveSmallIntegerField(
        default=0, help_text="Which version of the renderer made the HTML."
    )
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["author", "client_id"], name="message_sent_once"),
            models.UniqueConstraint(fields=["channel", "seq"], name="message_once_per_seq"),
            models.UniqueConstraint(
                fields=["channel", "created_at"], name="message_once_per_instant"
            ),
            models.CheckConstraint(condition=models.Q(seq__gte=1), name="message_seq_ge_1"),
            models.CheckConstraint(
                condition=models.Q(deleted_at=None) | models.Q(text="", html=""),
                name="message_deleted_is_empty",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel_id}/{self.seq}"


class Mention(models.Model):
    """A person named in a message."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="mentions")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mentions"
    )
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    seq = models.BigIntegerField(help_text="The place of the message, to count unread mentions by.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "user"], name="mention_once"),
        ]
        indexes = [models.Index(fields=["user", "channel", "seq"], name="mention_unread")]

    def __str__(self) -> str:
        return f"{self.user} in {self.message}"
