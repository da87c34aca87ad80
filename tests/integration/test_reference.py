"""The pages about the API: whole, readable by everyone, and within the content policy."""

import re

import pytest
from django.test import Client

from chat.management.commands.openapi import document
from protocol.commands import COMMANDS
from protocol.describing import wire_type
from protocol.events import EPHEMERAL_EVENTS, ORDERED_EVENTS

PAGES = ("/api/v1/docs/", "/api/v1/docs/socket/")


def test_every_operation_is_on_the_page() -> None:
    page = Client().get(PAGES[0]).content.decode()
    for path, methods in document()["paths"].items():
        assert path in page
        for operation in methods.values():
            assert f'id="{operation["operationId"]}"' in page


def test_every_frame_is_on_the_page() -> None:
    page = Client().get(PAGES[1]).content.decode()
    for frame in (*COMMANDS, *ORDERED_EVENTS, *EPHEMERAL_EVENTS):
        assert f"<code>{wire_type(frame)}</code></h3>" in page


@pytest.mark.parametrize("path", PAGES)
def test_the_pages_need_no_exception_from_the_policy(path: str) -> None:
    response = Client().get(path)
    page = response.content.decode()
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "unsafe" not in response["Content-Security-Policy"]
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?! src=\"/static/)", page)
    assert not re.search(
        r'(?:src|href)="(?:https?:)?//', page.replace("https://chat.example.org", "")
    )


@pytest.mark.parametrize("path", PAGES)
def test_every_link_on_a_page_leads_somewhere_and_no_place_has_two_names(path: str) -> None:
    page = Client().get(path).content.decode()
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)
    assert page.count("<h1>") == 1


def test_programs_find_both_documents() -> None:
    assert Client().get("/api/v1/schema/").json()["openapi"].startswith("3.1")
    assert Client().get("/api/v1/schema/socket/").json()["asyncapi"] == "3.0.0"
