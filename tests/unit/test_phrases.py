"""Finding the words that somebody waits for."""

import pytest

from chat import phrases


@pytest.mark.parametrize(
    ("phrase", "text"),
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
    ],
)
def test_a_phrase_is_found_whatever_its_case_and_accents(phrase: str, text: str) -> None:
    assert phrases.found_in(text, [phrase]) == {phrase}
    assert phrases.first_word(phrase) in phrases.words(text)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("release", "released"),
        ("release", "prerelease"),
        ("release", "release_1"),
        ("release notes", "release the notes"),
        ("cat", "concatenate"),
        ("会議", "会と議"),
        ("release", ""),
    ],
)
def test_only_whole_words_are_found(phrase: str, text: str) -> None:
    assert phrases.found_in(text, [phrase]) == set()


@pytest.mark.parametrize("phrase", ["", "  ", "++", "🎉", "…"])
def test_a_phrase_without_a_word_has_no_first_word(phrase: str) -> None:
    assert phrases.first_word(phrase) == ""


def test_a_word_that_grows_when_it_is_folded_is_found() -> None:
    phrase = "ß" * 80
    assert len(phrases.first_word(phrase)) == 80
    assert phrases.first_word(phrase) in phrases.words(f"a {phrase} b")
    assert phrases.found_in("s" * 160, [phrase]) == {phrase}
    assert phrases.found_in("s" * 161, [phrase]) == set()
