"""Finding the words that somebody waits for."""

import pytest

from chat.search import keywords
from protocol import limits


@pytest.mark.parametrize(
    ("keyword", "text"),
    [
        ("release", "The RELEASE is out"),
        ("release", "release"),
        ("Release", "…release!"),
        ("café", "a CAFE nearby"),
        ("cafe", "a Café nearby"),
        ("straße", "STRASSE"),
        ("release notes", "the release\n  notes are here"),
        ("c++", "I like C++."),
        (".net", "on .NET today"),
        ("会議", "今日の会議は三時"),
        ("ﬁle", "the file"),
        ("o'brien", "O'Brien said"),
        ("e-mail", "an E-Mail came"),
        ("release", "the _release_ is __out__"),
        ("release notes", "release, **notes**"),
        ("o\u2019brien", "o'brien said"),
        ("smørrebrød", "SMORREBROD"),
        ("회의", "회의는 세 시"),
    ],
)
def test_a_keyword_is_found_whatever_its_case_and_accents(keyword: str, text: str) -> None:
    assert keywords.found_in(text, [keyword]) == {keyword}
    assert keywords.first_word(keyword) in keywords.words(text)


@pytest.mark.parametrize(
    ("keyword", "text"),
    [
        ("release", "released"),
        ("release", "prerelease"),
        ("release notes", "release the notes"),
        ("releas", "release"),
        ("cat", "concatenate"),
        ("会議", "会と議"),
        ("release", ""),
    ],
)
def test_only_whole_words_are_found(keyword: str, text: str) -> None:
    assert keywords.found_in(text, [keyword]) == set()


@pytest.mark.parametrize("keyword", ["", "  ", "++", "_", "…"])
def test_a_keyword_without_a_word_finds_nothing(keyword: str) -> None:
    assert keywords.meaning(keyword) == keywords.first_word(keyword) == ""
    assert keywords.found_in("++ _ …", [keyword]) == set()


def test_a_word_that_grows_when_it_is_folded_is_found() -> None:
    keyword = "ß" * 80
    assert len(keywords.first_word(keyword)) <= limits.KEYWORD_MAX_CHARS
    assert keywords.first_word(keyword) in keywords.words(f"a {keyword} b")
    assert keywords.found_in("s" * 160, [keyword]) == {keyword}
    assert keywords.found_in("s" * 161, [keyword]) == set()
