"""Listens at the edges of the test kit: nobody may be told what was said where they never were.

What each person receives over REST and the socket is noted, in every test. At the end it is held
against every text that was ever written in a private channel, in a direct conversation, or for its
writer's eyes alone.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Model
from django.db.models.signals import post_save

from chat.models import Channel, Draft, Keyword, Membership, Message
from realtime.rows import inserted

TELLING_CHARS: Final = 8
"""Shorter texts are found by chance."""


@dataclass
class Canaries:
    """What was written where, who was there, and what everyone was told."""

    _texts: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    """channel id → what was ever written in it."""
    _own_texts: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    """user id → what they wrote for themselves."""
    _open: set[int] = field(default_factory=set)
    """The channels that were public at some time."""
    _insiders: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    """channel id → who was ever in it."""
    _told: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    _said: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))

    def told(self, user_id: int | None, content: str) -> None:
        """Note what somebody received; 0 is whoever has not signed in."""
        self._told[user_id or 0].append(content)

    def said(self, user_id: int | None, content: str) -> None:
        """Note what somebody sent: they know it already."""
        self._said[user_id or 0].append(content)

    def saved(self, instance: Model, **_more: object) -> None:
        """Note what comes into the database. A receiver of Django's signal."""
        match instance:
            case Message():
                self._texts[instance.channel_id].add(instance.text)
            case Channel():
                self._texts[instance.pk] |= {instance.topic, instance.description}
                if instance.is_public:
                    self._open.add(instance.pk)
            case Membership():
                self._insiders[instance.channel_id].add(instance.user_id)
            case Draft():
                self._own_texts[instance.user_id].add(instance.text)
            case Keyword():
                self._own_texts[instance.user_id].add(instance.phrase)
            case _:
                pass

    def inserted(self, rows: Sequence[Model], **_more: object) -> None:
        """Note what comes in many at once. A receiver of the signal of `realtime.rows`."""
        for row in rows:
            self.saved(row)

    def heard_by(self, user_id: int) -> list[str]:
        """Return all that somebody received."""
        return list(self._told[user_id])

    def leaks(self) -> list[str]:
        """Return who was told what they must not know."""
        return [
            f"person {user_id} was told {text!r}"
            for user_id, contents in self._told.items()
            for text in self._hidden_from(user_id)
            if any(form in content for form in _forms(text) for content in contents)
        ]

    def _hidden_from(self, user_id: int) -> Iterator[str]:
        known = "\n".join(self._said[user_id])
        for text in sorted(self._secrets(user_id) - self._learnt_by(user_id)):
            if len(text) >= TELLING_CHARS and not any(form in known for form in _forms(text)):
                yield text

    def _secrets(self, user_id: int) -> set[str]:
        closed = (texts for place, texts in self._texts.items() if place not in self._open)
        of_others = (texts for owner, texts in self._own_texts.items() if owner != user_id)
        return set().union(*closed, *of_others)

    def _learnt_by(self, user_id: int) -> set[str]:
        places = [
            texts
            for place, texts in self._texts.items()
            if place in self._open or user_id in self._insiders[place]
        ]
        return self._own_texts[user_id].union(*places)


def _forms(text: str) -> set[str]:
    return {text, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]}


_listening: list[Canaries] = []


@contextmanager
def listening() -> Iterator[Canaries]:
    """Listen at the edges, and at the database."""
    canaries = Canaries()
    _listening.append(canaries)
    models: list[type[Model]] = [Message, Channel, Membership, Draft, Keyword]
    for model in models:
        post_save.connect(canaries.saved, sender=model, weak=False)
    inserted.connect(canaries.inserted, weak=False)
    try:
        yield canaries
    finally:
        inserted.disconnect(canaries.inserted)
        for model in models:
            post_save.disconnect(canaries.saved, sender=model)
        _listening.remove(canaries)


def told(user_id: int | None, content: str) -> None:
    """Tell whoever listens what somebody received."""
    for canaries in _listening:
        canaries.told(user_id, content)


def said(user_id: int | None, content: Any) -> None:
    """Tell whoever listens what somebody sent."""
    text = content.decode(errors="replace") if isinstance(content, bytes) else str(content)
    for canaries in _listening:
        canaries.said(user_id, text)
