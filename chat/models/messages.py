"""What is said, and what others hang on it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from chat.models.channels import Channel
from protocol import limits


class Message(models.Model):
    """Something that somebody said. A deleted message keeps its place, without its text."""

    class Broad(models.TextChoices):
        NONE = "", _("nobody in particular")
        HERE = "here", _("who is here")
        CHANNEL = "channel", _("everyone in the channel")

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="messages")
    seq = models.BigIntegerField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="messages"
    )
    client_id = models.UUIDField()
    sender_name = models.CharField(
        max_length=limits.NAME_MAX_CHARS, blank=True, help_text="Whom a bot speaks as."
    )
    sender_emoji = models.CharField(max_length=limits.EMOJI_MAX_CHARS, blank=True)
    thread = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replies"
    )
    also_to_channel = models.BooleanField(
        default=False, help_text="A reply that is shown in the channel, too."
    )
    quoted = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    text = models.TextField(max_length=limits.TEXT_MAX_CHARS, blank=True)
    html = models.TextField(blank=True)
    html_version = models.PositiveSmallIntegerField(
        default=0, help_text="Which version of the renderer made the HTML."
    )
    broad_mention = models.CharField(
        max_length=8, choices=Broad.choices, default=Broad.NONE, blank=True
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
    pinned_at = models.DateTimeField(null=True, blank=True)
    pinned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    # Of a thread's root. They follow from the replies and are kept for the timeline's sake.
    reply_count = models.PositiveIntegerField(default=0)
    last_reply_seq = models.BigIntegerField(default=0)
    last_reply_at = models.DateTimeField(null=True, blank=True)
    replier_ids = models.JSONField(
        default=list, blank=True, help_text="Who replied last, the latest first."
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
                condition=models.Q(deleted_at=None)
                | models.Q(text="", html="", broad_mention="", pinned_at=None),
                name="message_deleted_is_empty",
            ),
            models.CheckConstraint(
                condition=models.Q(also_to_channel=False) | models.Q(thread__isnull=False),
                name="message_only_replies_go_to_channel",
            ),
        ]
        indexes = [
            models.Index(
                fields=["channel", "seq"],
                name="message_in_timeline",
                condition=models.Q(thread=None) | models.Q(also_to_channel=True),
            ),
            models.Index(fields=["thread", "seq"], name="message_in_thread"),
            models.Index(
                fields=["channel", "pinned_at"],
                name="message_pinned",
                condition=models.Q(pinned_at__isnull=False),
            ),
            models.Index(
                fields=["channel", "seq"],
                name="message_broad",
                condition=~models.Q(broad_mention=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel_id}/{self.seq}"


class MessageVersion(models.Model):
    """A text that a message had before it was edited."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    text = models.TextField()
    html = models.TextField()
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "version"], name="message_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.message} v{self.version}"


class Mention(models.Model):
    """A message that calls a person: by name, by a group of theirs, or by a word they wait for."""

    class Reason(models.TextChoices):
        NAME = "name", _("by name")
        GROUP = "group", _("by a group")
        KEYWORD = "keyword", _("by a keyword")

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="mentions")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mentions"
    )
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    seq = models.BigIntegerField(help_text="The place of the message, to count unread mentions by.")
    thread = models.ForeignKey(
        Message, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=8, choices=Reason.choices, default=Reason.NAME)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "user"], name="mention_once"),
            models.CheckConstraint(
                condition=models.Q(reason__in=["name", "group", "keyword"]),
                name="mention_reason_known",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "channel", "seq"], name="mention_unread"),
            models.Index(fields=["user", "message"], name="mention_inbox"),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.message}"


class Reaction(models.Model):
    """An emoji under a message."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="reactions")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reactions"
    )
    emoji = models.CharField(
        max_length=limits.EMOJI_MAX_CHARS, help_text="Unicode, or :name: of a custom one."
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "user", "emoji"], name="reaction_once"),
        ]

    def __str__(self) -> str:
        return f"{self.emoji} on {self.message}"


class ThreadFollow(models.Model):
    """Somebody who wants to hear of a thread, and how far they have read in it."""

    root = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="follows")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="thread_follows"
    )
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    is_following = models.BooleanField(
        default=True, help_text="False when somebody does not want to, even when they reply."
    )
    read_seq = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["root", "user"], name="thread_follow_once"),
        ]
        indexes = [models.Index(fields=["user", "channel"], name="thread_follow_of_user")]

    def __str__(self) -> str:
        return f"{self.user} on {self.root}"


class SavedMessage(models.Model):
    """A message that somebody keeps for later."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="saved")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_messages"
    )
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "message"], name="saved_message_once"),
        ]

    def __str__(self) -> str:
        return f"{self.message} for {self.user}"
