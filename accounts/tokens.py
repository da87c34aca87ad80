"""Bearer tokens and tickets. Secrets are shown once and kept as digests."""

import hashlib
import secrets
import threading
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.credentials import Credential
from accounts.models import DEFAULT_SCOPES, Scope, Ticket, Token
from protocol.limits import TICKET_SECONDS

PREFIX: Final = "ply_"
SHOWN_CHARS: Final = 12
LAST_USED_STEP: Final = timedelta(minutes=1)
"""How exactly a token's last use is noted: a write for each request would be dear."""

_used: dict[int, datetime] = {}
_lock: Final = threading.Lock()


@transaction.atomic
def keep(*, user_id: int, name: str, secret: str) -> str:
    """Let a secret that is known already be the person's token, without an end. Return it."""
    Token.objects.update_or_create(
        digest=_digest(secret),
        defaults={
            "user_id": user_id,
            "name": name,
            "prefix": secret[:SHOWN_CHARS],
            "revoked_at": None,
        },
    )
    return secret


@transaction.atomic
def issue(
    *,
    user_id: int,
    name: str,
    expires_at: datetime | None,
    scopes: Collection[str] = DEFAULT_SCOPES,
) -> tuple[Token, str]:
    """Make a bearer token. Return it with its secret, which cannot be had again."""
    secret = PREFIX + secrets.token_urlsafe(32)
    token = Token.objects.create(
        user_id=user_id,
        name=name.strip(),
        prefix=secret[:SHOWN_CHARS],
        digest=_digest(secret),
        expires_at=expires_at,
        scopes=" ".join(scope for scope in Scope.values if scope in scopes),
    )
    return token, secret


def revoke(*, token_id: int, user_id: int) -> bool:
    """Revoke a token of this person. Return False when there is none."""
    mine = Token.objects.filter(pk=token_id, user_id=user_id, revoked_at=None)
    return bool(mine.update(revoked_at=timezone.now()))


def revoke_all(*, user_id: int) -> None:
    """Revoke all tokens of somebody."""
    Token.objects.filter(user_id=user_id, revoked_at=None).update(revoked_at=timezone.now())


def of_user(*, user_id: int) -> list[Token]:
    """Return the person's tokens that are not revoked, the newest first."""
    return list(Token.objects.filter(user_id=user_id, revoked_at=None).order_by("-pk"))


def find(secret: str) -> Token | None:
    """Return the bearer token of this secret with its user, if it still counts."""
    return find_all([secret]).get(secret)


def find_all(secrets_: Collection[str]) -> dict[str, Token]:
    """Return secret → bearer token with its user, of those that still count. One query."""
    now = timezone.now()
    by_digest = {_digest(secret): secret for secret in secrets_}
    tokens = (
        Token.objects.select_related("user")
        .filter(digest__in=by_digest, revoked_at=None, user__is_active=True)
        .filter(Q(expires_at=None) | Q(expires_at__gt=now))
    )
    found = {by_digest[token.digest]: token for token in tokens}
    with _lock:
        for token in found.values():
            if token.last_used_at is None or now - token.last_used_at > LAST_USED_STEP:
                _used[token.pk] = now
    return found


def note_uses() -> None:
    """Write down when tokens were last used, for all that were used since the last call.

    A use is not written when it happens: when hundreds of clients come back at once, each would
    wait for the write lock of the database before it is let in.
    """
    with _lock:
        used = dict(_used)
        _used.clear()
    if not used:
        return
    tokens = list(Token.objects.filter(pk__in=used))
    for token in tokens:
        token.last_used_at = used[token.pk]
    Token.objects.bulk_update(tokens, ["last_used_at"], batch_size=200)


def issue_ticket(credential: Credential) -> str:
    """Return a ticket that opens one socket within `TICKET_SECONDS`.

    The socket ends when the credential does that the ticket was asked for with.
    """
    now = timezone.now()
    Ticket.objects.filter(expires_at__lt=now).delete()
    secret = secrets.token_urlsafe(32)
    Ticket.objects.create(
        user_id=credential.user_id,
        token_id=credential.token_id,
        session_key=credential.session_key or "",
        digest=_digest(secret),
        expires_at=now + timedelta(seconds=TICKET_SECONDS),
    )
    return secret


def redeem_ticket(secret: str) -> Ticket | None:
    """Return the ticket of this secret with its user, and make it worthless.

    Only one caller gets an answer.
    """
    valid = Ticket.objects.filter(digest=_digest(secret), expires_at__gt=timezone.now())
    ticket = valid.select_related("user", "token").first()
    if ticket is None or not ticket.user.is_active:
        return None
    deleted, _ = valid.filter(pk=ticket.pk).delete()
    return ticket if deleted else None


def _digest(secret: str) -> str:
    # A secret of 256 random bits needs no slow hash.
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()
