"""The emoji that everybody has: their short names, and which texts consist of nothing else."""

from functools import cache

import emoji

_QUALIFIED = (emoji.STATUS["component"], emoji.STATUS["fully_qualified"])


def standard(name: str) -> str | None:
    """Return the characters of a standard emoji: "tada" → "🎉"; None if there is none."""
    return _by_name().get(name.lower())


def count(text: str) -> int | None:
    """Return how many emoji the text consists of; None if there is anything else in it."""
    text = "".join(text.split())
    if not text:
        return 0
    return emoji.emoji_count(text) if emoji.purely_emoji(text) else None


@cache
def _by_name() -> dict[str, str]:
    names: dict[str, str] = {}
    aliases: dict[str, str] = {}
    capitals: dict[str, str] = {}
    for characters, about in emoji.EMOJI_DATA.items():
        if about["status"] in _QUALIFIED:
            _note(about["en"], characters, names, capitals)
            for alias in about.get("alias", ()):
                _note(alias, characters, aliases, capitals)
    # Where the two disagree, people mean the alias: ":cat:" is the face. And ":turkey:" is the
    # bird, though the flag is called so with a capital.
    return capitals | names | aliases


def _note(name: str, characters: str, small: dict[str, str], capitals: dict[str, str]) -> None:
    name = name.strip(":")
    place = small if name == name.lower() else capitals
    place[name.lower()] = characters
