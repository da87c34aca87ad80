"""The language of searches: what a line of text asks for, and what of a text it finds."""

import time
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.exceptions import Invalid
from chat.search import terms
from chat.search.folding import fold
from chat.search.phrases import phrase
from chat.search.query import Query, Side, parse
from chat.search.snippets import snippet

TODAY = date(2026, 11, 24)


def side(given: Side) -> dict[str, Any]:
    parts: dict[str, Any] = {
        "exact": [one.text for one in given.phrases if one.is_exact],
        "words": [one.text for one in given.phrases if not one.is_exact],
        "people": given.people,
        "channels": given.channels,
        "conversations": given.conversations,
        "has": sorted(given.has),
        "is": sorted(given.flags),
    }
    return {name: value for name, value in parts.items() if value}


def asked(query: Query) -> dict[str, Any]:
    parts: dict[str, Any] = {
        **side(query.wanted),
        "not": side(query.unwanted),
        "from_day": str(query.first_day or ""),
        "to_day": str(query.end_day or ""),
    }
    return {name: value for name, value in parts.items() if value}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("deploy", {"words": ["deploy"]}),
        ("  Deploy   FAILED ", {"words": ["deploy", "failed"]}),
        ("Zürich", {"words": ["zurich"]}),
        ('"Deploy  failed"', {"exact": ["deploy failed"]}),
        ('"not closed', {"exact": ["not closed"]}),
        ('""', None),
        ("PLT-3699", {"words": ["plt-3699"]}),
        ("a/b", {"words": ["a/b"]}),
        ("10.1.2.3", {"words": ["10.1.2.3"]}),
        ("ann@example.org", {"words": ["ann@example.org"]}),
        ("https://example.org/a?b=c#d", {"words": ["https://example.org/a?b=c#d"]}),
        ("foo.png", {"words": ["foo.png"]}),
        ("c++", {"words": ["c++"]}),
        ("(why?)", {"words": ["why"]}),
        ("the", {"words": ["the"]}),
        ("東京", {"words": ["東京"]}),
        ("👍", {"words": ["👍"]}),
        ("deploy*", {"words": ["deploy"]}),
        ("deploy -staging", {"words": ["deploy"], "not": {"words": ["staging"]}}),
        ('deploy -"on staging"', {"words": ["deploy"], "not": {"exact": ["on staging"]}}),
        ("deploy - staging", {"words": ["deploy", "staging"]}),
        ("well-known", {"words": ["well-known"]}),
        ("from:@Ann", {"people": ["ann"]}),
        ("from:ann from:me", {"people": ["ann", "me"]}),
        ("x -from:ann", {"words": ["x"], "not": {"people": ["ann"]}}),
        ("in:#General", {"channels": ["general"]}),
        ("in:general", {"channels": ["general"]}),
        ("in:@ann", {"conversations": ["ann"]}),
        ("has:link has:Files", {"has": ["file", "link"]}),
        ("is:saved", {"is": ["saved"]}),
        ("IS:EDITED", {"is": ["edited"]}),
        ("before:2026-11-01", {"to_day": "2026-11-01"}),
        ("after:2026-11-01", {"from_day": "2026-11-02"}),
        ("on:2026-11-01", {"from_day": "2026-11-01", "to_day": "2026-11-02"}),
        ("during:2026-12", {"from_day": "2026-12-01", "to_day": "2027-01-01"}),
        ("on:2026", {"from_day": "2026-01-01", "to_day": "2027-01-01"}),
        ("on:today", {"from_day": "2026-11-24", "to_day": "2026-11-25"}),
        ("after:yesterday", {"from_day": "2026-11-24"}),
        ("after:2026-01 before:2026-03", {"from_day": "2026-02-01", "to_day": "2026-03-01"}),
        ("before:2026-03 before:2025", {"to_day": "2025-01-01"}),
        ("note:this", {"words": ["note:this"]}),
        ("12:30", {"words": ["12:30"]}),
        ('"from:ann"', {"exact": ["from:ann"]}),
        ("... deploy !!!", {"words": ["deploy"]}),
        ("", None),
        ("!!!", None),
        ("-deploy", None),
        ("from:", None),
        ("in:#", None),
        ("in:@", None),
        ("has:wings", None),
        ("is:nice", None),
        ("before:soon", None),
        ("before:2026-13", None),
        ("before:2026-02-30", None),
        ("on:0001", None),
        ("on:\uff12\uff10\uff12\uff16", None),
        ("x -on:2026", None),
        (" ".join("x" * 21), None),
    ],
)
def test_a_line_of_text_says_what_to_look_for(text: str, expected: dict[str, Any] | None) -> None:
    if expected is None:
        with pytest.raises(Invalid) as refused:
            parse(text, today=TODAY)
        assert refused.value.fields["q"]
    else:
        assert asked(parse(text, today=TODAY)) == expected


def understood(text: str) -> Query | None:
    """Return the query, or None when it is refused. Any other failure is one."""
    try:
        return parse(text, today=TODAY)
    except Invalid:
        return None


@given(st.text(max_size=500))
def test_whatever_is_typed_is_understood_or_refused(text: str) -> None:
    query = understood(text)
    assert query is None or not query.wanted.is_empty or query.first_day or query.end_day


@given(
    st.lists(
        st.sampled_from(
            [
                '"',
                "-",
                "from:",
                "in:",
                "#",
                "@",
                "has:",
                "on:",
                "2026",
                "link",
                "ann",
                " ",
                ":",
                "é",
            ]
        ),
        max_size=60,
    )
)
def test_every_mixture_of_the_language_is_understood_or_refused(parts: list[str]) -> None:
    understood("".join(parts))


CASES = [
    ("deploy", "We DEPLOY now", True),
    ("depl", "we deploy now", True),
    ("ploy", "we deploy now", False),
    ("de", "we deploy now", False),
    ("de", "de la", True),
    ("x", "an x here", True),
    ("resume", "My Résumé", True),
    ("résumé", "my resume", True),
    ("strasse", "Straße", True),
    ("ΟΔΌΣ", "η οδός", True),
    ("PLT-3699", "see plt-3699.", True),
    ("PLT-369", "see PLT-3699", True),
    ("PLT-36", "see PLT-3699", False),
    ("PLT-3699", "see PLT 3699", False),
    ("3699", "see PLT-3699", True),
    ("699", "see PLT-3699", False),
    ("a/b", "either a/b or c", True),
    ("a/b", "either a b or c", False),
    ("a/b", "data/b", False),
    ("10.1.2.3", "at 10.1.2.3:80", True),
    ("10.1.2.3", "at 10.1.2.30", False),
    ("10.1.2.3", "at 110.1.2.3", False),
    ("10.1", "at 10.1.2.3", True),
    ("ann@example.org", "mail <Ann@Example.org>", True),
    ("example.org", "see https://wiki.example.org/a", True),
    ("https://wiki.example.org/a?b=1", "go https://wiki.example.org/a?b=1!", True),
    ("foo.png", "look at foo.png", True),
    ("user_id", "the user_id is 3", True),
    ("user", "the user_id is 3", True),
    ("id", "the user_id is 3", True),
    ("c++", "in C++ one can", True),
    ("c++", "in C one can", False),
    ("#general", "ask in #general", True),
    ("#general", "in general", False),
    ("don't", "I don\u2019t know", True),
    ("the", "over the hill", True),
    ("東京", "明日東京都庁で会議", True),
    ("京都", "明日東京都庁で会議", True),
    ("東庁", "明日東京都庁で会議", False),
    ("京", "明日東京都庁で会議", True),
    ("カタ", "これはカタカナ", True),
    ("서울", "내일 서울에서", True),
    ("东西", "我有一些东西", True),
    ("👍", "well done 👍🏽", True),
    ("👎", "well done 👍🏽", False),
    ('"deploy failed"', "the deploy **failed** again", True),
    ('"deploy failed"', "the deploy has failed", False),
    ('"deploy"', "the deployment", False),
    ('"the deploy fail"', "the deploy failed", False),
    ('"foo -> bar"', "so foo -> bar it is", True),
    ('"foo -> bar"', "so foo <- bar it is", False),
    ("deploy -failed", "the deploy failed", False),
    ("deploy -failed", "the deploy went well", True),
    ('deploy -"on staging"', "deploy on production, not staging", True),
    ('deploy -"on staging"', "deploy on staging", False),
    ("deploy staging", "staging: no deploy", True),
    ("deploy staging", "no deploy", False),
    ("हिन्दी", "यह हिन्दी है", True),
    ("ภาษา", "นี่คือภาษาไทย", True),
    ("שלום", "אמר שלום לכולם", True),
]
"""A search, a text, and whether it is found. Both databases are held against it, too."""


@pytest.mark.parametrize(("search", "text", "is_found"), CASES)
def test_a_text_is_found_by_what_stands_in_it(
    search: str,
    text: str,
    is_found: bool,  # noqa: FBT001 - a column of the table
) -> None:
    query, folded = parse(search, today=TODAY), fold(text)
    found = all(one.pattern.search(folded) for one in query.wanted.phrases) and not any(
        one.pattern.search(folded) for one in query.unwanted.phrases
    )
    assert found == is_found


ALPHABET = st.text(alphabet="abcé A-/._#+'\"東京都カ서👍ß1", max_size=30)


@given(text=ALPHABET, start=st.integers(0, 30), end=st.integers(0, 30), is_exact=st.booleans())
def test_the_index_has_every_term_of_whatever_stands_in_a_text(
    text: str,
    start: int,
    end: int,
    is_exact: bool,  # noqa: FBT001 - drawn
) -> None:
    looked_for = phrase(text[start:end], is_exact=is_exact)
    if looked_for is None or not looked_for.pattern.search(fold(text)):
        return
    known = terms.of_text(text)
    for atom in looked_for.atoms:
        assert atom.term in known or (
            atom.is_prefix and any(term.startswith(atom.term) for term in known)
        )


@given(st.text(max_size=200))
def test_terms_are_what_both_indexes_take(text: str) -> None:
    for term in terms.of_text(text):
        assert 0 < len(term) <= terms.TERM_MAX_CHARS
        assert not term.startswith("_")
        assert not any(character.isspace() or character in "'\"\\_" for character in term)


@given(text=ALPHABET, looked_for=st.text(alphabet="abcé東京s", min_size=1, max_size=4))
def test_the_pieces_of_a_snippet_are_the_text(text: str, looked_for: str) -> None:
    one = phrase(looked_for, is_exact=False)
    assert one is not None
    pieces = snippet(text, [one])
    assert fold("".join(piece.text for piece in pieces)) == fold(text)
    assert any(piece.is_match for piece in pieces) == bool(one.pattern.search(fold(text)))


def test_a_snippet_shows_the_match_in_a_long_text() -> None:
    one = phrase("needle", is_exact=False)
    assert one is not None
    pieces = snippet("hay " * 2_000 + "Nëedle " + "hay " * 400, [one])
    assert [piece.text for piece in pieces if piece.is_match] == ["Nëedle"]
    assert sum(len(piece.text) for piece in pieces) < 300
    assert (pieces[0].text, pieces[-1].text) == ("…", "…")


@pytest.mark.parametrize(
    ("search", "text"),
    [
        ("a" * 500, "a" * 10_000),
        ('"' + "a " * 240 + 'b"', "a " * 5_000),
        ('"a b"', "a" + "!" * 9_998 + "c"),
        ('"' + "a -> " * 99 + '"', "a  " * 3_000),
        ('"' + "-" * 490 + 'a"', "-" * 10_000),
        (" ".join(["ab"] * 20), "a b" * 3_000),
        ('"' * 500, "x"),
        ("-" * 500, "x"),
        ('"a' + " ! " * 150 + 'b"', "a" + " ! " * 3_000),
    ],
)
def test_no_search_takes_long_on_any_text(search: str, text: str) -> None:
    started = time.process_time()
    try:
        query = parse(search, today=TODAY)
    except Invalid:
        return
    for one in query.wanted.phrases:
        one.pattern.search(fold(text))
        snippet(text, [one])
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2026-11-24", "2026-11-24", ["_d20261124"]),
        ("2026-11-29", "2026-12-02", ["_d20261129", "_d20261130", "_d20261201", "_d20261202"]),
        ("2026-01-01", "2026-02-28", ["_m202601", "_m202602"]),
        ("2025-12-31", "2027-01-01", ["_d20251231", "_y2026", "_d20270101"]),
        ("2026-11-24", "2026-11-23", []),
    ],
)
def test_days_are_asked_for_by_few_terms(first: str, last: str, expected: list[str]) -> None:
    days = date.fromisoformat(first), date.fromisoformat(last)
    assert terms.of_days(*days) == expected
