"""Catalogues: `locale/<language>/LC_MESSAGES/*.po`, which people edit, and what is made of them."""

import io
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from tools.messages.finding import ROOT, Found

LOCALE: Final = ROOT / "locale"
BUILD: Final = ROOT / "build"
SERVER: Final = "django"
BROWSER: Final = "djangojs"
_PLACE: Final = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
_PLURAL_RULE: Final = re.compile(r"[n0-9()%&|=<>!?: ]+\Z")
_DATES: Final = re.compile(r'^"(POT-Creation-Date|PO-Revision-Date): .*\n', re.MULTILINE)


def languages() -> list[str]:
    """Return the languages that somebody has begun to translate into."""
    return sorted(folder.name for folder in LOCALE.iterdir() if folder.is_dir())


def read(language: str, domain: str) -> Catalog:
    path = _path(language, domain)
    if not path.exists():
        return Catalog(locale=language, domain=domain)
    with path.open("rb") as stream:
        return read_po(stream, locale=language, domain=domain, ignore_obsolete=True)


def refreshed(catalog: Catalog, found: Iterable[Found]) -> Catalog:
    """Return the catalogue with what is in the code: new texts empty, old ones gone."""
    template = Catalog(domain=catalog.domain)
    for text in found:
        one, *many = text.texts
        template.add((one, *many) if many else one, locations=[(text.path, 0)])
    catalog.update(template, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    return catalog


def written(catalog: Catalog) -> bytes:
    """Return the file of a catalogue: the same bytes for the same texts."""
    stream = io.BytesIO()
    catalog.header_comment = f"# Parley in {catalog.locale.english_name}. See docs/frontend.md."
    catalog.fuzzy = False
    write_po(stream, catalog, sort_output=True, include_lineno=False, width=100)
    return _DATES.sub("", stream.getvalue().decode()).encode()


def save(language: str, catalog: Catalog) -> None:
    path = _path(language, catalog.domain or "")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(written(catalog))


def problems(language: str, catalog: Catalog, found: Iterable[Found]) -> Iterator[str]:
    """Say what is missing in a catalogue, and where a translation has lost a placeholder."""
    name = f"{language}/{catalog.domain}.po"
    saved = _path(language, catalog.domain or "")
    before = saved.read_bytes() if saved.exists() else b""
    if written(refreshed(catalog, found)) != before:
        yield f"{name} is not what `make messages` writes. Run it."
    for message in _texts(catalog):
        translated = _forms(message)
        if not all(translated):
            yield f"{name} has no translation of “{_english(message)[0]}”."
        elif message.fuzzy:
            yield f"{name} is not sure of “{_english(message)[0]}”."
        elif not _keeps_places(message):
            yield f"{name} has other placeholders than “{_english(message)[0]}”."


def compile_server(language: str, catalog: Catalog) -> None:
    """Write the file that Django reads."""
    target = BUILD / "locale" / language / "LC_MESSAGES" / f"{catalog.domain}.mo"
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as stream:
        write_mo(stream, catalog)


def compile_browser(language: str, catalog: Catalog) -> None:
    """Write the script that gives the page its texts. A number finds its form without `eval`."""
    told = {
        _english(message)[0]: _shape(message) for message in _texts(catalog) if all(_forms(message))
    }
    rule = str(catalog.plural_expr)
    if not _PLURAL_RULE.match(rule):
        raise ValueError(f"{language} has a plural rule that is none: {rule}")
    target = BUILD / "texts" / f"{language}.js"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(
        'import { useTranslations } from "../../ui/js/lib/i18n.js";\n'
        f"useTranslations({json.dumps(told, ensure_ascii=False)}, (n) => Number({rule}));\n"
    )


def _path(language: str, domain: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / f"{domain}.po"


def _texts(catalog: Catalog) -> Iterator[Message]:
    return (message for message in catalog if message.id)


def _english(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def _forms(message: Message) -> tuple[str, ...]:
    text = message.string
    return (text or "",) if isinstance(text, str) or text is None else tuple(text)


def _shape(message: Message) -> str | list[str]:
    forms = list(_forms(message))
    return forms if len(_english(message)) > 1 else forms[0]


def _keeps_places(message: Message) -> bool:
    """Whether every form names what the English names; “one” may do without its number."""
    wanted = [set(_PLACE.findall(text)) for text in _english(message)]
    return all(set(_PLACE.findall(form)) in wanted for form in _forms(message))
