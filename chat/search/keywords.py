"""The words that people wait for: one is found wherever a search for it in quotes finds it."""

from collections.abc import Iterable

from chat.search import terms
from chat.search.folding import fold
from chat.search.phrases import phrase


def meaning(keyword: str) -> str:
    """Return what is the same for keywords that find the same; empty when one finds nothing."""
    wanted = phrase(keyword, is_exact=True)
    return wanted.text if wanted else ""


def first_word(keyword: str) -> str:
    """Return the folded first word of a keyword; empty when there is none in it."""
    wanted = phrase(keyword, is_exact=True)
    return wanted.atoms[0].term if wanted else ""


def words(text: str) -> set[str]:
    """Return the folded words of a text: the first ones of all keywords in it are among them."""
    return terms.of_text(text)


def found_in(text: str, keywords: Iterable[str]) -> set[str]:
    """Return those of the keywords that stand in the text as whole words."""
    place = fold(text)
    found = set()
    for keyword in keywords:
        wanted = phrase(keyword, is_exact=True)
        if wanted and wanted.pattern.search(place):
            found.add(keyword)
    return found
