"""Invites: their secrets, and using one. Into which channels they lead is the chat's business."""

import hashlib
import secrets
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Invite

SECRET_BYTES: Final = 24
"""192 bits: nobody guesses it, and the QR code stays small."""


@transaction.atomic
def issue(
    *,
    by: int,
    role: str,
    channel_ids: list[int],
    expires_at: datetime | None,
    max_uses: int | None,
    note: str,
) -> tuple[Invite, str]:
    """Make an invite. Return it with its secret, which cannot be had again."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    invite = Invite.objects.create(
        digest=_digest(secret),
        created_by_id=by,
        role=role,
        expires_at=expires_at,
        max_uses=max_uses,
        note=note.strip(),
    )
    invite.channels.set(channel_ids)
    return invite, secret


def find(secret: str) -> Invite | None:
    """Return the invite of this secret when it lets people in now."""
    invite = Invite.objects.select_related("created_by").filter(digest=_digest(secret)).first()
    return invite if invite is not None and invite.is_open else None


def use(secret: str) -> Invite | None:
    """Count one use and return the invite, or None when it lets nobody in any more.

    One statement decides, so it is never used more often than it may be. Call it inside the
    transaction that does what the invite is used for.
    """
    now = timezone.now()
    used = (
        Invite.objects.filter(digest=_digest(secret), revoked_at=None)
        .filter(Q(expires_at=None) | Q(expires_at__gt=now))
        .filter(Q(max_uses=None) | Q(uses__lt=F("max_uses")))
        .update(uses=F("uses") + 1)
    )
    return Invite.objects.get(digest=_digest(secret)) if used else None


def revoke(*, invite_id: int) -> bool:
    """Let nobody in with this invite any more. Return False when there is none that is not."""
    living = Invite.objects.filter(pk=invite_id, revoked_at=None)
    return bool(living.update(revoked_at=timezone.now()))


def revoke_of(*, user_id: int) -> None:
    """Revoke all invites that somebody has made."""
    Invite.objects.filter(created_by=user_id, revoked_at=None).update(revoked_at=timezone.now())


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()
