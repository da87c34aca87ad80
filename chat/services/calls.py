"""Whom a text calls: by name, by a group, or everyone; and what else it refers to."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from accounts.models import User
from chat import markdown, selectors
from chat.models import Channel, CustomEmoji, Message, UserGroup
from protocol.limits import GROUP_MAX_USERS, MENTIONS_MAX

HANDLES_MAX: Final = 4 * MENTIONS_MAX
"""Different names that are looked up for one text."""


@dataclass(frozen=True, slots=True)
class Call:
    """A text, rendered, with whom it calls. Not all of them need be in the channel."""

    html: str
    named_ids: frozenset[int]
    grouped_ids: frozenset[int]
    broad: Message.Broad


def read(text: str, *, author: User, channel: Channel) -> Call:
    """Return what a text of this author says in this channel."""
    parsed = markdown.parse(text)
    wanted = parsed.references
    people: dict[str, int] = {}
    groups: dict[str, int] = {}
    # A text of nothing but names is no call.
    handles = sorted(wanted.handles)[:HANDLES_MAX]
    if handles:
        people = dict(
            selectors.people(asker=author)
            .filter(username__in=handles, is_active=True)
            .order_by("pk")
            .values_list("username", "pk")[:MENTIONS_MAX]
        )
        groups = dict(
            UserGroup.objects.filter(handle__in=handles)
            .order_by("pk")
            .values_list("handle", "pk")[:MENTIONS_MAX]
        )
    html = markdown.render(
        parsed,
        names=markdown.Names(
            users=people,
            groups=groups,
            channels=_public_channels(wanted.channels, author=author),
            emoji=_pictures(wanted.emoji),
        ),
    )
    return Call(
        html=html,
        named_ids=frozenset(people.values()),
        grouped_ids=_members_of(groups.values()),
        broad=Message.Broad.NONE if channel.is_direct else Message.Broad(wanted.broad),
    )


def _public_channels(names: frozenset[str], *, author: User) -> dict[str, int]:
    """Return those that everyone may know of: a link shall not tell of a private channel."""
    if not names:
        return {}
    public = selectors.visible_channels(asker=author).filter(kind=Channel.Kind.PUBLIC)
    return dict(itertools.islice(selectors.named(public, names).items(), MENTIONS_MAX))


def _pictures(names: frozenset[str]) -> dict[str, str]:
    """Return where the pictures of the workspace's own emoji are."""
    if not names:
        return {}
    rows = CustomEmoji.objects.filter(name__in=sorted(names)[:HANDLES_MAX])
    return {
        row.name: f"/api/v1/emoji/{row.name}/image?v={row.version}"
        for row in rows.only("name", "version")
    }


def _members_of(group_ids: Iterable[int]) -> frozenset[int]:
    ids = list(group_ids)
    if not ids:
        return frozenset()
    through = UserGroup.members.through
    rows = through.objects.filter(usergroup__in=ids, user__is_active=True)
    return frozenset(rows.values_list("user_id", flat=True)[: GROUP_MAX_USERS * MENTIONS_MAX])
