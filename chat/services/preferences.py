"""How people want it."""

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec
from django.db import transaction

from accounts.models import User
from chat import broadcast, exceptions, groups, inboxes, policies
from chat.models import Keyword, Preferences
from chat.search import keywords
from protocol import personal
from protocol.events import PreferencesChanged
from realtime import log


@transaction.atomic
def change(*, user_id: int, wanted: personal.PreferencesChange) -> personal.Preferences:
    """Change what is given of somebody's preferences. Nothing is announced when nothing changes.

    Raises:
        Forbidden, Invalid: for a keyword without a letter or a digit.
    """
    user = policies.require_active(user_id=user_id)
    changes = _given(wanted)
    known = inboxes.preferences(asker=user)
    if msgspec.structs.replace(known, **changes) == known:
        return known
    # Nobody else changes them behind the lock of the own stream.
    place = log.take(groups.user_stream(user_id))
    changed = msgspec.structs.replace(inboxes.preferences(asker=user), **changes)
    if "keywords" in changes:
        Keyword.objects.filter(user=user).exclude(phrase__in=changed.keywords).delete()
        Keyword.objects.bulk_create(
            (
                Keyword(user=user, phrase=phrase, first_word=keywords.first_word(phrase))
                for phrase in changed.keywords
            ),
            ignore_conflicts=True,
        )
    values = msgspec.to_builtins(changed)
    # They have rows of their own, to be found by.
    del values["keywords"]
    Preferences.objects.update_or_create(user=user, defaults={"values": values})
    if "locale" in changes:
        # On the account, where every page finds it without another question.
        User.objects.filter(pk=user_id).update(locale=changed.locale)
    broadcast.announce(
        place,
        PreferencesChanged(**broadcast.envelope(place, actor_id=user_id), preferences=changed),
    )
    return changed


def _given(wanted: personal.PreferencesChange) -> dict[str, object]:
    given = {
        name: value
        for name, value in msgspec.structs.asdict(wanted).items()
        if value is not msgspec.UNSET
    }
    if not isinstance(wanted.keywords, msgspec.UnsetType):
        given["keywords"] = _each_once(wanted.keywords)
    if isinstance(wanted.dnd_until, datetime):
        given["dnd_until"] = wanted.dnd_until.astimezone(UTC)
    if not isinstance(wanted.quiet_hours, msgspec.UnsetType):
        days = sorted(set(wanted.quiet_hours.days))
        given["quiet_hours"] = msgspec.structs.replace(wanted.quiet_hours, days=days)
    return given


def _each_once(wanted: Iterable[str]) -> list[str]:
    """Return the keywords in order, without those that mean the same as another."""
    by_meaning: dict[str, str] = {}
    for keyword in wanted:
        meaning = keywords.meaning(keyword)
        if not meaning:
            raise exceptions.Invalid(
                "A keyword needs a letter or a digit.", fields={"keywords": "no word"}
            )
        by_meaning.setdefault(meaning, " ".join(keyword.split()))
    return sorted(by_meaning.values())
