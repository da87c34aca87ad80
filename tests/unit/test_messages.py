"""What people read is found, and a translation is held against it."""

import json
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from tools.messages import catalogues, finding
from tools.messages.finding import Found


@pytest.fixture
def catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Catalog:
    monkeypatch.setattr(catalogues, "LOCALE", tmp_path / "locale")
    monkeypatch.setattr(catalogues, "BUILD", tmp_path / "build")
    return Catalog(locale="de", domain="djangojs")


WORDS = [
    Found(("Retry",), "ui/js/a.js"),
    Found(("{count} file", "{count} files"), "ui/js/b.js"),
    Found(("Message {name}",), "ui/js/b.js"),
]


def translated(catalog: Catalog, **texts: str | tuple[str, ...]) -> Catalog:
    english: dict[str, str | tuple[str, ...]] = {
        "retry": "Retry",
        "files": WORDS[1].texts,
        "message": "Message {name}",
    }
    for name, text in texts.items():
        catalog[english[name]].string = text
    catalogues.save("de", catalog)
    return catalog


def complaints(catalog: Catalog) -> list[str]:
    return list(catalogues.problems("de", catalog, WORDS))


def test_a_catalogue_that_says_everything_has_no_problem(catalog: Catalog) -> None:
    translated(
        catalogues.refreshed(catalog, WORDS),
        retry="Noch einmal",
        files=("{count} Datei", "{count} Dateien"),
        message="Nachricht an {name}",
    )
    assert complaints(catalogues.read("de", "djangojs")) == []


def test_what_has_no_translation_or_loses_a_placeholder_is_named(catalog: Catalog) -> None:
    translated(
        catalogues.refreshed(catalog, WORDS),
        files=("Eine Datei", "{count} Dateien"),
        message="Nachricht an {Name}",
    )
    said = complaints(catalogues.read("de", "djangojs"))
    assert len(said) == 3
    assert "no translation of “Retry”" in " ".join(said)
    assert "other placeholders than “{count} file”" in " ".join(said)
    assert "other placeholders than “Message {name}”" in " ".join(said)


def test_a_text_that_came_or_went_asks_for_a_refresh(catalog: Catalog) -> None:
    catalogues.save("de", catalogues.refreshed(catalog, WORDS))
    less = list(catalogues.problems("de", catalogues.read("de", "djangojs"), WORDS[:1]))
    assert "not what `make messages` writes" in less[0]


def test_a_refresh_keeps_what_is_translated_and_writes_the_same_bytes(catalog: Catalog) -> None:
    translated(catalogues.refreshed(catalog, WORDS), retry="Noch einmal")
    first = catalogues.written(catalogues.refreshed(catalogues.read("de", "djangojs"), WORDS))
    again = catalogues.written(
        catalogues.refreshed(catalogues.read("de", "djangojs"), reversed(WORDS))
    )
    assert b"Noch einmal" in first
    assert first == again


def test_the_browsers_texts_are_a_script_with_the_plural_rule_written_out(
    catalog: Catalog, tmp_path: Path
) -> None:
    translated(
        catalogues.refreshed(catalog, WORDS),
        retry="Noch einmal",
        files=("{count} Datei", "{count} Dateien"),
    )
    catalogues.compile_browser("de", catalogues.read("de", "djangojs"))
    script = (tmp_path / "build" / "texts" / "de.js").read_text()
    call = script.split("useTranslations(")[1]
    texts = json.loads(call[: call.rindex("}") + 1])
    assert texts == {"Retry": "Noch einmal", "{count} file": ["{count} Datei", "{count} Dateien"]}
    assert "(n) => Number((n != 1))" in script


def test_texts_are_found_in_templates_in_python_in_refusals_and_in_the_browser() -> None:
    server = {(found.texts, found.path) for found in finding.of_server()}
    assert (("Sign out all others",), "templates/usersessions/usersession_list.html") in server
    assert (
        ("You have added %(count)s key.", "You have added %(count)s keys."),
        "templates/mfa/index.html",
    ) in server
    assert (("That browser is signed out.",), "accounts/views.py") in server
    assert (("Guests cannot pin.",), "chat/policies.py") in server
    assert (("A channel has 100 pins at most.",), "chat/services/pins.py") in server
    assert (("You may not do this.",), "protocol/errors.py") in server
    browser = {found.texts for found in finding.of_browser()}
    # In a template within a template, behind an apostrophe and a regular expression.
    assert ("Reload",) in browser
    assert ("{count} person", "{count} people") in browser
