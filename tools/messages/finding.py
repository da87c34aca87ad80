"""Finds every text that people read: in Python, in the templates and in the browser's scripts."""

import ast
import functools
import importlib
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from babel.messages.extract import DEFAULT_KEYWORDS, extract_python
from django.utils.translation.template import templatize

from protocol.errors import ERROR_MEANINGS

ROOT: Final = Path(__file__).parent.parent.parent
PACKAGES: Final = (
    *("accounts", "chat", "chatproject", "files", "integrations", "operations", "presence"),
    *("protocol", "realtime", "work"),
)
_MARKS: Final = {"_": 1, "gettext": 1, "gettext_lazy": 1, "ngettext": 2, "ngettext_lazy": 2}


@dataclass(frozen=True, slots=True)
class Found:
    """A text, or the singular and the plural of one, and where it stands."""

    texts: tuple[str, ...]
    path: str


def of_server() -> Iterator[Found]:
    """Find what the server says: its own sentences, its refusals, and its templates."""
    for meaning in ERROR_MEANINGS.values():
        yield Found((meaning.sentence,), "protocol/errors.py")
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield from _in_python(path)
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.suffix in {".html", ".txt"}:
            yield from _in_template(path)


def of_browser() -> Iterator[Found]:
    """Find what the scripts of the page say.

    Raises:
        subprocess.CalledProcessError: when a text is not written out where it is used.
    """
    deno = Path(sys.executable).parent / "deno"
    done = subprocess.run(
        [deno, "run", "--quiet", "--allow-read=.", "messages.js"],
        cwd=ROOT / "ui",
        check=True,
        stdout=subprocess.PIPE,
    )
    for found in json.loads(done.stdout):
        yield Found(tuple(found["texts"]), found["path"])


def _in_template(path: Path) -> Iterator[Found]:
    # Django turns a template into calls of gettext with much around them that is not Python.
    lines = templatize(path.read_text(), origin=str(path)).splitlines()
    source = io.BytesIO("\n".join(line.strip() for line in lines).encode())
    for _line, _function, texts, _comments in extract_python(source, DEFAULT_KEYWORDS, [], {}):
        words: Any = texts  # One, or the forms of one; Babel says less.
        forms = (words,) if isinstance(words, str) else words
        yield Found(tuple(form for form in forms if form), _name(path))


def _in_python(path: Path) -> Iterator[Found]:
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        name = _called(node.func)
        if name in _MARKS:
            texts = [_text(argument, module) for argument in node.args[: _MARKS[name]]]
        elif name in _refusals():
            texts = [_text(argument, module) for argument in node.args[:1]]
            for word in _of_fields(node, module):
                yield Found((word,), _name(path))
        else:
            continue
        if texts and all(texts):
            yield Found(tuple(text for text in texts if text), _name(path))


def _of_fields(call: ast.Call, module: str) -> Iterator[str]:
    """Find what a refusal says of single fields, as far as they are sentences."""
    for keyword in call.keywords:
        if keyword.arg == "fields" and isinstance(keyword.value, ast.Dict):
            for value in keyword.value.values:
                text = _text(value, module)
                if text and text.endswith("."):
                    yield text


def _text(node: ast.expr, module: str) -> str | None:
    """Return a literal. What stands in it between braces must be a constant of the module."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if not isinstance(node, ast.JoinedStr):
        return None
    words = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            words.append(str(part.value))
            continue
        value = part.value if isinstance(part, ast.FormattedValue) else part
        if not (isinstance(value, ast.Name) and value.id.isupper()):
            return None
        words.append(str(getattr(importlib.import_module(module), value.id)))
    return "".join(words)


def _called(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


@functools.cache
def _refusals() -> frozenset[str]:
    tree = ast.parse((ROOT / "chat" / "exceptions.py").read_text())
    return frozenset(node.name for node in tree.body if isinstance(node, ast.ClassDef))


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
