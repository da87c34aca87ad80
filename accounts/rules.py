"""Who may make an account without an invite."""

import re
from collections.abc import Sequence
from typing import Final

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import AccessRules

_DOMAIN: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}\Z")


def current() -> AccessRules:
    """Return the rules."""
    rules, _ = AccessRules.objects.get_or_create(id=1)
    return rules


@transaction.atomic
def change(*, sign_up: str | None, email_domains: Sequence[str] | None) -> AccessRules:
    """Change the rules; None leaves a field as it is.

    Raises:
        ValidationError: for what is no domain, or when domains are asked for and none are named.
    """
    rules = AccessRules.objects.select_for_update().get(pk=current().pk)
    if sign_up is not None:
        rules.sign_up = sign_up
    if email_domains is not None:
        rules.email_domains = clean_domains(email_domains)
    if rules.sign_up == AccessRules.SignUp.DOMAINS and not rules.email_domains:
        raise ValidationError({"email_domains": "Name at least one domain."})
    rules.save()
    return rules


def clean_domains(domains: Sequence[str]) -> list[str]:
    """Return the domains in order, each once, in lower case and without an @.

    Raises:
        ValidationError: for what is no domain.
    """
    cleaned = sorted({domain.strip().removeprefix("@").lower() for domain in domains})
    for domain in cleaned:
        if not _DOMAIN.match(domain):
            raise ValidationError({"email_domains": f"{domain[:80]!r} is not a domain."})
    return cleaned


def is_open() -> bool:
    """Return whether anybody at all may sign up."""
    return current().sign_up != AccessRules.SignUp.CLOSED


def allows(email: str) -> bool:
    """Return whether somebody with this address may sign up. That it is theirs is shown later."""
    rules = current()
    match rules.sign_up:
        case AccessRules.SignUp.OPEN:
            return True
        case AccessRules.SignUp.DOMAINS:
            # A sub-domain is another one: who runs it may be somebody else.
            return email.lower().rpartition("@")[2] in rules.email_domains
        case _:
            return False
