"""What was done, by whom, to what. Rows are added and never changed."""

from typing import Any, Final

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

NAME_MAX_CHARS: Final = 80
AGENT_MAX_CHARS: Final = 200


class AppendOnly(Exception):
    """Somebody tried to change what is there to be believed."""


class Rows(models.QuerySet["Entry"]):
    """Rows of the log: they can be read. Only `audit.retention` deletes, and says so."""

    def update(self, **_kwargs: Any) -> int:
        raise AppendOnly

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AppendOnly


class Entry(models.Model):
    """One act. Names are kept beside the ids: who is renamed later was called so then.

    There are no foreign keys: nothing that is deleted elsewhere may reach in here.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(_("at"), default=timezone.now)
    action = models.CharField(_("action"), max_length=40)
    actor_id = models.BigIntegerField(_("actor's id"), null=True)
    actor = models.CharField(_("actor"), max_length=NAME_MAX_CHARS, blank=True)
    target_kind = models.CharField(_("kind of target"), max_length=20, blank=True)
    target_id = models.CharField(_("target's id"), max_length=64, blank=True)
    target = models.CharField(_("target"), max_length=NAME_MAX_CHARS, blank=True)
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)
    address = models.GenericIPAddressField(_("address"), null=True)
    agent = models.CharField(_("agent"), max_length=AGENT_MAX_CHARS, blank=True)
    request_id = models.CharField(_("request"), max_length=64, blank=True)

    objects = Rows.as_manager()

    class Meta:
        db_table = "audit"
        verbose_name = _("entry")
        verbose_name_plural = _("audit log")
        # Each filter with the newest first, and any of them within a time.
        indexes = [
            models.Index(fields=["at"], name="audit_at"),
            models.Index(fields=["action", "id"], name="audit_action"),
            models.Index(fields=["actor_id", "id"], name="audit_actor_id"),
            models.Index(fields=["actor", "id"], name="audit_actor"),
            models.Index(fields=["target_kind", "id"], name="audit_target_kind"),
            models.Index(fields=["target_id", "id"], name="audit_target_id"),
            models.Index(fields=["target", "id"], name="audit_target"),
            models.Index(fields=["address", "id"], name="audit_address"),
            models.Index(fields=["request_id", "id"], name="audit_request"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.actor or '-'} {self.action} {self.target}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AppendOnly
