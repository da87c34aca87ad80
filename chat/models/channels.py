"""Where people talk, and who is there."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from protocol import limits


class Channel(models.Model):
    """A place where people talk. A direct conversation is one, without a name."""

    class Kind(models.TextChoices):
        PUBLIC = "public", _("public")
        PRIVATE = "private", _("private")
        DIRECT = "dm", _("direct")

    class Posting(models.TextChoices):
        EVERYONE = "everyone", _("everyone")
        MODERATORS = "moderators", _("moderators")

    name = models.CharField(_("name"), max_length=limits.NAME_MAX_CHARS, blank=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    topic = models.CharField(_("topic"), max_length=limits.TOPIC_MAX_CHARS, blank=True)
    description = models.CharField(
        _("description"), max_length=limits.DESCRIPTION_MAX_CHARS, blank=True
    )
    posting = models.CharField(
        _("who may post"),
        max_length=10,
        choices=Posting.choices,
        default=Posting.EVERYONE,
        help_text=_("In an announcement channel only moderators post; all may reply in threads."),
    )
    people_key = models.CharField(
        max_length=200,
        null=True,
        blank=True,
        unique=True,
        editable=False,
        help_text="Of a direct conversation: the ids of the people in it, ascending.",
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
            models.UniqueConstraint(
                Lower("name"), condition=~models.Q(name=""), name="channel_name_once"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["public", "private", "dm"]),
                name="channel_kind_known",
            ),
            models.CheckConstraint(
                condition=models.Q(posting__in=["everyone", "moderators"]),
                name="channel_posting_known",
            ),
            # A direct conversation is known by its people, every other channel by its name.
            models.CheckConstraint(
                condition=(models.Q(kind="dm", name="", people_key__isnull=False))
                | (~models.Q(kind="dm") & ~models.Q(name="") & models.Q(people_key=None)),
                name="channel_has_name_or_people",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.name}" if self.name else f"direct {self.people_key}"

    @property
    def is_public(self) -> bool:
        return self.kind == self.Kind.PUBLIC

    @property
    def is_direct(self) -> bool:
        return self.kind == self.Kind.DIRECT

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None

    @property
    def person_ids(self) -> list[int]:
        """Who is in a direct conversation, always; empty for every other channel."""
        return [int(id_) for id_ in self.people_key.split(",")] if self.people_key else []


class Section(models.Model):
    """A heading in somebody's sidebar, with channels under it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sections"
    )
    name = models.CharField(max_length=limits.NAME_MAX_CHARS)
    position = models.PositiveSmallIntegerField(default=0)
    is_collapsed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint("user", Lower("name"), name="section_name_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.user}"


class Membership(models.Model):
    """A person in a channel, how far they have read, and what the channel is to them."""

    class Role(models.TextChoices):
        OWNER = "owner", _("owner")
        ADMIN = "admin", _("admin")
        MEMBER = "member", _("member")

    class Level(models.TextChoices):
        DEFAULT = "default", _("as set for all channels")
        ALL = "all", _("every message")
        MENTIONS = "mentions", _("mentions only")
        NOTHING = "nothing", _("nothing")

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(_("role"), max_length=8, choices=Role.choices, default=Role.MEMBER)
    read_seq = models.BigIntegerField(_("read up to"), default=0)
    joined_at = models.DateTimeField(_("joined"))
    level = models.CharField(
        _("notifications"), max_length=8, choices=Level.choices, default=Level.DEFAULT
    )
    is_muted = models.BooleanField(_("muted"), default=False)
    is_favourite = models.BooleanField(_("favourite"), default=False)
    is_hidden = models.BooleanField(
        _("hidden"), default=False, help_text=_("Closed in the sidebar until something is said.")
    )
    section = models.ForeignKey(
        Section, on_delete=models.SET_NULL, null=True, blank=True, related_name="memberships"
    )

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
            models.CheckConstraint(
                condition=models.Q(level__in=["default", "all", "mentions", "nothing"]),
                name="membership_level_known",
            ),
        ]
        indexes = [models.Index(fields=["user", "channel"], name="membership_of_user")]

    def __str__(self) -> str:
        return f"{self.user} in {self.channel}"

    @property
    def is_moderator(self) -> bool:
        return self.role in {self.Role.OWNER, self.Role.ADMIN}
