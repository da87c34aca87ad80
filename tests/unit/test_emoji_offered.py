"""The emoji that the pages offer are those that the server knows, by the same names."""

import json
from collections import Counter
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from chat import emoji
from chat.markdown import emoji as named

LIST: Final = Path(__file__).parents[2] / "ui" / "js" / "emoji.generated.json"
TONES: Final = tuple(map(chr, range(0x1F3FB, 0x1F400)))


class Offered(NamedTuple):
    characters: str
    names: str
    words: str
    takes_tone: int


@pytest.fixture(scope="module")
def offered() -> list[Offered]:
    groups = json.loads(LIST.read_text())
    return [Offered(*row) for group in groups for row in group["emoji"]]


def test_each_is_in_the_spelling_in_which_it_is_kept(offered: list[Offered]) -> None:
    assert len(offered) > 1_800
    assert [
        one.characters for one in offered if emoji.standard(one.characters) != one.characters
    ] == []


def test_each_name_is_read_as_that_emoji_in_a_text_and_in_a_reaction(
    offered: list[Offered],
) -> None:
    for one in offered:
        for name in one.names.split():
            assert emoji.standard(name) == one.characters
            assert named.standard(name) == one.characters


def test_no_name_means_two(offered: list[Offered]) -> None:
    names = Counter(name for one in offered for name in one.names.split())
    assert [name for name, count in names.items() if count > 1] == []


def test_each_tone_of_those_that_take_one_is_an_emoji(offered: list[Offered]) -> None:
    toned = [one.characters for one in offered if one.takes_tone]
    assert len(toned) > 200
    for characters in toned:
        for tone in TONES:
            variant = characters[0] + tone + characters[1:].removeprefix("\ufe0f")
            assert emoji.standard(variant) == variant
