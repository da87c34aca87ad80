"""The API for people to read: pages made from the same documents that programs read.

No script, no other host, and nothing that the content policy would have to allow.
"""

import functools
import itertools
import json
import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from markdown_it import MarkdownIt

from protocol import asyncapi as asyncapi_document
from protocol import socket_page
from protocol.describing import FieldWords, Shape, fields_of, type_in_words

_RECORD = re.compile(r"[A-Z]\w+")
_RECORDS_PATH = "#/components/schemas/"
_SLUG = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Row:
    """A field or a parameter in a table."""

    name: str
    type: SafeString
    is_required: bool
    notes: SafeString


@dataclass(frozen=True, slots=True)
class Part:
    """A body: that of a request, or of one answer."""

    title: str
    words: SafeString
    record: SafeString
    rows: list[Row]
    examples: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path."""

    id: str
    method: str
    path: str
    summary: str
    words: SafeString
    parameters: list[Row]
    body: Part | None
    answers: list[Part]


@dataclass(frozen=True, slots=True)
class Group:
    """The operations on one subject."""

    name: str
    words: str
    operations: list[Operation]


@dataclass(frozen=True, slots=True)
class Record:
    """One of the shapes that bodies are made of."""

    name: str
    words: SafeString
    rows: list[Row]


@require_safe
def rest(request: HttpRequest) -> HttpResponse:
    """Show every operation of the REST API."""
    return render(request, "reference/rest.html", _pages())


@require_safe
def socket(request: HttpRequest) -> HttpResponse:
    """Show every frame of the socket."""
    html, headings = _socket_html()
    return render(request, "reference/socket.html", {"html": html, "headings": headings})


@require_safe
def asyncapi(_request: HttpRequest) -> HttpResponse:
    """Give the AsyncAPI document of the socket."""
    return JsonResponse(asyncapi_document.document())


@functools.cache
def _pages() -> dict[str, Any]:
    document: Any = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return _Reader(document).read()


@functools.cache
def _socket_html() -> tuple[SafeString, list[tuple[str, str]]]:
    """Return the page of the socket, and its headings with their anchors."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    # The note at its beginning is for those who read the file.
    text = re.sub(r"<!--.*?-->\n", "", socket_page.page()).partition("\n")[2]
    tokens = parser.parse(text)
    headings = []
    for opening, inside in itertools.pairwise(tokens):
        if opening.type == "heading_open":
            title = inside.content.replace("`", "")
            anchor = _SLUG.sub("-", title.lower()).strip("-")
            if opening.tag == "h3" and "`" not in inside.content:
                anchor = f"record-{title}"
            opening.attrSet("id", anchor)
            if opening.tag == "h2":
                headings.append((anchor, title))
        if opening.type == "table_open":
            # What is wider than the page can be scrolled, also with the keyboard.
            opening.attrSet("tabindex", "0")
    html: str = parser.renderer.render(tokens, parser.options, {})
    html = html.replace("<pre>", '<pre tabindex="0">')
    return mark_safe(html), headings  # noqa: S308 - made from our own definitions, HTML off


class _Reader:
    """Turns the OpenAPI document into what the template shows."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._schemas: dict[str, Shape] = document["components"]["schemas"]

    def read(self) -> dict[str, Any]:
        """Return the template's context."""
        by_tag: dict[str, list[Operation]] = {}
        for path, methods in self._document["paths"].items():
            for method, shown in methods.items():
                for tag in shown.get("tags", ())[:1]:
                    by_tag.setdefault(tag, []).append(self._operation(method, path, shown))
        return {
            "title": self._document["info"]["title"],
            "about": _markdown(self._document["info"]["description"]),
            "groups": [
                Group(tag["name"], tag["description"], by_tag[tag["name"]])
                for tag in self._document["tags"]
            ],
            "records": [
                Record(name, _markdown(shape.get("description", "")), self._rows(shape))
                for name, shape in sorted(self._schemas.items())
            ],
        }

    def _operation(self, method: str, path: str, shown: dict[str, Any]) -> Operation:
        body = shown.get("requestBody")
        return Operation(
            id=shown["operationId"],
            method=method.upper(),
            path=path,
            summary=shown.get("summary", "").replace("`", ""),
            words=_markdown(shown.get("description", "")),
            parameters=[self._parameter(one) for one in shown.get("parameters", ())],
            body=self._part("Body", body) if body else None,
            answers=[
                self._part(f"{status} {HTTPStatus(int(status)).phrase}", one)
                for status, one in sorted(shown["responses"].items())
            ],
        )

    def _parameter(self, shown: dict[str, Any]) -> Row:
        # Its own words, and the bounds of its schema.
        shape = {**shown["schema"], "description": shown.get("description", "")}
        if "anyOf" in shape:
            shape["anyOf"] = [{**one, "description": ""} for one in shape["anyOf"]]
        (row,) = self._rows({"properties": {shown["name"]: shape}})
        return Row(row.name, row.type, bool(shown.get("required")), row.notes)

    def _part(self, title: str, shown: dict[str, Any]) -> Part:
        words, record, rows = _markdown(shown.get("description", "")), SafeString(""), []
        examples: list[tuple[str, str]] = []
        for media in shown.get("content", {}).values():
            shape = media.get("schema", {})
            record = self._linked(type_in_words(shape)) if shape else record
            name = str(shape.get("$ref", "")).removeprefix(_RECORDS_PATH)
            if title[0] in "45":
                # Their codes are in the words, and the one shape of all errors is shown once.
                continue
            rows = self._rows(self._schemas.get(name, {}))
            if "example" in media:
                examples.append(("", _pretty(media["example"])))
            for code, one in media.get("examples", {}).items():
                examples.append((code, _pretty(self._resolve(one)["value"])))
        return Part(title, words, record, rows, examples)

    def _resolve(self, shown: dict[str, Any]) -> dict[str, Any]:
        name = str(shown.get("$ref", "")).rpartition("/")[2]
        found: dict[str, Any] = self._document["components"]["examples"].get(name, shown)
        return found

    def _rows(self, shape: Shape) -> list[Row]:
        return [self._row(field) for field in fields_of(shape)]

    def _row(self, field: FieldWords) -> Row:
        return Row(field.name, self._linked(field.type), field.is_required, _markdown(field.notes))

    def _linked(self, words: str) -> SafeString:
        def link(found: "re.Match[str]") -> str:
            name = found.group(0)
            return f'<a href="#record-{name}">{name}</a>' if name in self._schemas else name

        return mark_safe(_RECORD.sub(link, escape(words)))  # noqa: S308 - escaped before


def _pretty(example: object) -> str:
    return json.dumps(example, indent=2, ensure_ascii=False)


def _markdown(text: str) -> SafeString:
    parser = MarkdownIt("commonmark", {"html": False})
    html: str = parser.render(str(text))
    return mark_safe(html)  # noqa: S308 - our own docstrings, HTML off
