"""The ordered log: the truth about what happened, in which order."""

from django.db import models
from django.db.models.functions import Now


class Stream(models.Model):
    """A unit of order: one for each channel, one for each user."""

    name = models.CharField(max_length=32, unique=True)
    last_seq = models.BigIntegerField(default=0)
    last_at_us = models.BigIntegerField(
        default=0, help_text="The time of the last event, in microseconds since 1970."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_seq__gte=0), name="stream_last_seq_ge_0"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Event(models.Model):
    """Something that happened at one place of a stream. `payload` is the finished JSON."""

    stream = models.ForeignKey(Stream, on_delete=models.CASCADE, related_name="events")
    seq = models.BigIntegerField()
    type = models.CharField(max_length=40)
    at = models.DateTimeField(db_default=Now())
    actor_id = models.BigIntegerField(null=True)
    subject_id = models.BigIntegerField(
        null=True, help_text="What the event is about, so that its text can be taken out again."
    )
    opens = models.CharField(
        max_length=32,
        default="",
        help_text="A stream that the hearers of this one hear from now on.",
    )
    opens_after = models.BigIntegerField(default=0)
    closes = models.CharField(
        max_length=32, default="", help_text="A stream that the hearers of this one hear no longer."
    )
    ejects_user_id = models.BigIntegerField(
        null=True, help_text="Who hears nothing of this stream after this event."
    )
    rewrites = models.BooleanField(
        default=False, help_text="Whether the texts of earlier events were changed with it."
    )
    payload = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stream", "seq"], name="event_once_per_seq"),
            models.CheckConstraint(condition=models.Q(seq__gte=1), name="event_seq_ge_1"),
        ]
        indexes = [
            models.Index(
                fields=["stream", "subject_id"],
                name="event_subject",
                condition=models.Q(subject_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stream_id}/{self.seq} {self.type}"


class Epoch(models.Model):
    """Names this history. A restored database gets another one, so that clients start anew."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    value = models.UUIDField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="epoch_is_single"),
        ]

    def __str__(self) -> str:
        return str(self.value)
