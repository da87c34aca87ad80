"""What messages are found by."""

from django.db import models

from chat.models.messages import Message


class SearchEntry(models.Model):
    """The words by which a message is found. `chat.search.index` alone writes it.

    On PostgreSQL `terms` is a tsvector. On SQLite triggers on this table keep the full-text index
    in step, so a migration that changes this table must make the index and its triggers anew.
    """

    message = models.OneToOneField(
        Message,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="+",
        # Checked at every post for a row that nobody would miss: what is found is read anyway.
        db_constraint=False,
    )
    terms = models.TextField()

    def __str__(self) -> str:
        return f"terms of {self.message_id}"
