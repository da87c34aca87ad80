"""What a search asks for beside words, looked up among what the asker can see."""

from collections.abc import Iterator
from typing import Final

from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from chat import selectors
from chat.exceptions import Invalid
from chat.models import Channel, Reaction, SavedMessage
from chat.search import attached, terms
from chat.search.folding import fold
from chat.search.query import Side


class Filters:
    """The filters of one side of a search.

    Attributes:
        author_ids: one of these has written it.
        channel_ids: it stands in one of these.
        names: what else, as `has:link` or `is:edited`.
    """

    def __init__(self, side: Side, *, asker: User) -> None:
        """Look up the names.

        Raises:
            Invalid: alike for a name that nobody has and for one that is hidden from the asker.
        """
        self._asker = asker
        self.author_ids = {self._person(name) for name in side.people}
        self.channel_ids = {id_ for name in side.channels for id_ in self._channels(name)}
        self.channel_ids |= {self._conversation(name) for name in side.conversations}
        self.names = {f"has:{name}" for name in side.has} | {f"is:{name}" for name in side.flags}
        if "is:mine" in self.names:
            self.names.remove("is:mine")
            self.author_ids.add(asker.pk)

    def terms(self) -> Iterator[list[str]]:
        """Yield groups of terms: whatever has all that is asked for has one of each group."""
        for name in sorted(self.names & _TERMS.keys()):
            yield [_TERMS[name]]
        if self.author_ids:
            yield [terms.author(id_) for id_ in sorted(self.author_ids)]
        if self.channel_ids:
            yield [terms.channel(id_) for id_ in sorted(self.channel_ids)]

    def conditions(self) -> Iterator[Q]:
        """Yield what has to be so."""
        if self.author_ids:
            yield Q(author__in=self.author_ids)
        if self.channel_ids:
            yield Q(channel__in=self.channel_ids)
        for name in sorted(self.names):
            if name == "is:saved":
                mine = SavedMessage.objects.filter(user=self._asker)
                yield Q(pk__in=mine.values("message"))
            elif name in {"has:file", "has:image"}:
                yield attached.has_file(is_picture=name == "has:image")
            else:
                yield _CONDITIONS[name]

    def _person(self, name: str) -> int:
        if name == "me":
            return self._asker.pk
        user = selectors.people(asker=self._asker).filter(username=name).first()
        if user is None:
            raise _unknown(f"You can see nobody with the username {name}.")
        return user.pk

    def _channels(self, name: str) -> list[int]:
        # By our own idea of the same letter: the databases have two.
        wanted = fold(name)
        visible = selectors.visible_channels(asker=self._asker).values_list("pk", "name")
        found = [pk for pk, one in visible if fold(one) == wanted]
        if not found:
            raise _unknown(f"You can see no channel with the name {name}.")
        return found

    def _conversation(self, name: str) -> int:
        ids = sorted({self._asker.pk, self._person(name)})
        channel = (
            selectors.my_channels(asker=self._asker)
            .filter(kind=Channel.Kind.DIRECT, people_key=",".join(map(str, ids)))
            .first()
        )
        if channel is None:
            raise _unknown(f"You have no conversation with {name}.")
        return channel.pk


_TERMS: Final = {
    "has:link": terms.LINK,
    "has:code": terms.CODE,
    "has:file": terms.FILE,
    "has:image": terms.IMAGE,
    "is:thread": terms.THREAD,
    "is:edited": terms.EDITED,
}
"""What does not change without the message being indexed again."""

_IS_PINNED: Final = Q(pinned_at__isnull=False)
_CONDITIONS: Final[dict[str, Q]] = {
    "has:link": Q(html__contains=terms.LINK_MARK),
    "has:code": Q(html__contains=terms.CODE_MARK),
    "has:reaction": Q(Exists(Reaction.objects.filter(message=OuterRef("pk")))),
    "has:thread": Q(reply_count__gt=0),
    "has:pin": _IS_PINNED,
    "is:pinned": _IS_PINNED,
    "is:thread": Q(thread__isnull=False),
    "is:edited": Q(edited_at__isnull=False),
}


def _unknown(sentence: str) -> Invalid:
    return Invalid(sentence, fields={"q": sentence})
