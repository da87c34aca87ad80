"""Colours for code, within a limit of size and of time."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from pygments.lexer import Lexer
from pygments.lexers import find_lexer_class_by_name
from pygments.token import Comment, Error, Generic, Keyword, Name, Number, Operator, String
from pygments.token import _TokenType as TokenType
from pygments.util import ClassNotFound

CODE_MAX_CHARS: Final = 20_000
LINE_MAX_CHARS: Final = 1_000
"""Where a reader of a language is slow, it is with long lines or gaps: rules look to the end."""

_GAP: Final = re.compile(r"\s{300}")
_SECONDS: Final = 0.15
_LABEL: Final = re.compile(r"[\w+#.*/-]{1,32}", re.ASCII)

LANGUAGES: Final = frozenset(
    (
        *("Awk", "Bash", "Bash Session", "Batchfile", "C", "C#", "C++", "CMake", "CSS", "Clojure"),
        *("Dart", "Diff", "Docker", "Elixir", "Erlang", "GDScript", "GLSL", "Go"),
        *("GraphQL", "Groovy", "HTML", "HTTP", "Haskell", "INI", "JSON", "Java", "JavaScript"),
        *("Julia", "Kotlin", "Lua", "Makefile", "Markdown", "Nginx configuration file"),
        *("Nix", "OCaml", "Objective-C", "PHP", "Perl", "PowerShell", "Properties"),
        *("Protocol Buffer", "Python", "Python console session", "Python Traceback", "S"),
        *("Ruby", "Rust", "SCSS", "SQL", "Swift", "TOML", "Terraform", "TeX"),
        *("TypeScript", "VimL", "XML", "YAML", "Zig"),
    )
)
"""Pygments' names of the languages whose readers are known to be quick whatever they read."""

_CLASSES: Final = {
    Comment: "tok-c",
    Comment.Preproc: "tok-d",
    Error: "",
    Generic.Deleted: "tok-gd",
    Generic.Heading: "tok-gh",
    Generic.Inserted: "tok-gi",
    Generic.Prompt: "tok-c",
    Generic.Subheading: "tok-gh",
    Keyword: "tok-k",
    Keyword.Constant: "tok-m",
    Keyword.Type: "tok-t",
    Name.Attribute: "tok-a",
    Name.Builtin: "tok-t",
    Name.Class: "tok-t",
    Name.Constant: "tok-m",
    Name.Decorator: "tok-d",
    Name.Exception: "tok-t",
    Name.Function: "tok-f",
    Name.Namespace: "tok-t",
    Name.Tag: "tok-k",
    Name.Variable: "tok-v",
    Number: "tok-m",
    Operator.Word: "tok-k",
    String: "tok-s",
    String.Doc: "tok-c",
    String.Escape: "tok-m",
    String.Interpol: "tok-m",
}
CLASSES: Final = frozenset(_CLASSES.values()) - {""}


@dataclass(slots=True)
class Budget:
    """What one message may cost."""

    characters: int = CODE_MAX_CHARS
    seconds: float = _SECONDS


def label(language: str) -> str:
    """Return how the language is named beside the code; "" if that is no name."""
    return language.lower() if _LABEL.fullmatch(language) else ""


def spans(code: str, language: str, *, budget: Budget) -> list[tuple[str, str]]:
    """Return the code in pieces of (class, text). One piece without a class: no colours."""
    plain = [("", code)]
    lexer = _lexer(language)
    is_affordable = len(code) <= budget.characters and budget.seconds > 0
    if lexer is None or not is_affordable or _looks_made_up(code):
        return plain
    budget.characters -= len(code)
    started_at = time.thread_time()
    pieces: list[tuple[str, str]] = []
    try:
        for css_class, text in _pieces(lexer, code):
            if time.thread_time() - started_at > budget.seconds:
                return plain
            if pieces and (pieces[-1][0] == css_class or text.isspace()):
                pieces[-1] = (pieces[-1][0], pieces[-1][1] + text)
            else:
                pieces.append((css_class, text))
    finally:
        budget.seconds -= time.thread_time() - started_at
    return pieces


def _looks_made_up(code: str) -> bool:
    is_long = any(len(line) > LINE_MAX_CHARS for line in code.split("\n"))
    return is_long or _GAP.search(code) is not None


def _pieces(lexer: Lexer, code: str) -> Iterator[tuple[str, str]]:
    for _, kind, text in lexer.get_tokens_unprocessed(code):
        if text:
            yield _class_of(kind), text


@cache
def _class_of(kind: TokenType) -> str:
    while kind not in _CLASSES and kind.parent is not None:
        kind = kind.parent
    return _CLASSES.get(kind, "")


# What a lexer remembers while it reads is its own: each text gets a new one.
_OPTIONS: Final = {"PHP": {"startinline": True}}


def _lexer(language: str) -> Lexer | None:
    try:
        found = find_lexer_class_by_name(language) if language else None
    except ClassNotFound:
        return None
    if found is None or found.name not in LANGUAGES:
        return None
    return found(**_OPTIONS.get(found.name, {}))
