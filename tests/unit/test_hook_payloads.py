"""Every form of body that senders use, blocks and attachments, and what is refused."""

import json
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from chat import markdown
from integrations import payload, rendering
from integrations.payload import Payload
from integrations.refusals import HookRefused
from protocol.limits import TEXT_MAX_CHARS
from tests.unit.test_mrkdwn import Known

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


def rendered(**fields: Any) -> str:
    return rendering.text_of(
        payload.parse(json.dumps(fields).encode(), content_type=JSON), names=Known()
    )


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b'{"text":"h\xc3\xa9 & <b>+1"}', JSON),
        (b'{"text":"h\xc3\xa9 & <b>+1"}', "application/json; charset=utf-8"),
        ('{"text":"hé & <b>+1"}'.encode("latin-1"), 'application/json; charset="iso-8859-1"'),
        ('{"text":"hé & <b>+1"}'.encode("utf-16"), "application/json;charset=UTF-16"),
        (b'{"text":"h\xc3\xa9 & <b>+1"}', "application/json; charset=nonsense"),
        (b'{"text":"h\xc3\xa9 & <b>+1"}', "application/json; charset=base64"),
        (b'{"text":"h\xc3\xa9 & <b>+1"}', "text/plain"),
        (b'{"text":"h\xc3\xa9 & <b>+1"}', ""),
        (b'\xef\xbb\xbf{"text":"h\xc3\xa9 & <b>+1"}', JSON),
        (b"payload=" + quote_plus('{"text":"hé & <b>+1"}').encode(), FORM),
        (b"payload=" + quote('{"text":"hé & <b>+1"}').encode(), FORM + "; charset=utf-8"),
        (
            b"payload=" + quote_plus('{"text":"hé & <b>+1"}', encoding="latin-1").encode(),
            FORM + "; charset=latin-1",
        ),
        (b"token=x&payload=" + quote_plus('{"text":"hé & <b>+1"}').encode(), FORM),
        ('payload={"text":"hé & <b>+1"}'.encode(), FORM),
        ('payload={"text":"hé & <b>+1"}'.encode(), ""),
        ('payload={"text":"hé & <b>+1"}'.encode(), "text/plain"),
        (b"payload=" + quote_plus('{"text":"hé & <b>+1"}').encode(), ""),
        (
            (
                b'--x\r\nContent-Disposition: form-data; name="payload"\r\n\r\n'
                b'{"text":"h\xc3\xa9 & <b>+1"}\r\n--x--\r\n'
            ),
            "multipart/form-data; boundary=x",
        ),
    ],
)
def test_every_form_of_body_says_the_same(body: bytes, content_type: str) -> None:
    assert payload.parse(body, content_type=content_type).text == "hé & <b>+1"


def test_a_line_break_inside_of_a_string_is_taken_as_slack_takes_it() -> None:
    assert payload.parse(b'{"text":"a\nb"}', content_type=JSON).text == "a\nb"


def test_unknown_fields_are_ignored() -> None:
    body = b'{"text":"x","metadata":{"event_type":"y"},"unfurl_links":false,"wat":[1]}'
    assert payload.parse(body, content_type=JSON).text == "x"


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        (b"", JSON, "invalid_payload"),
        (b"{nope", JSON, "invalid_payload"),
        (b"[]", JSON, "invalid_payload"),
        (b'"text"', JSON, "invalid_payload"),
        (b"null", JSON, "invalid_payload"),
        (b'{"text":{"a":1}}', JSON, "invalid_payload"),
        (b'{"text":"\xff"}', JSON, "invalid_payload"),
        (b'{"text":"x"}', "application/json; charset=utf-16", "invalid_payload"),
        (b"text=x", FORM, "invalid_payload"),
        (b"payload=nope", FORM, "invalid_payload"),
        (b"payload=%ff%fe", FORM, "invalid_payload"),
        (b"garbage", "multipart/form-data", "invalid_payload"),
        (b"garbage", "multipart/form-data; boundary=x", "invalid_payload"),
        (b'{"text":"x","blocks":{}}', JSON, "invalid_payload"),
        (b'{"text":"x","blocks":"nope"}', JSON, "invalid_blocks"),
        (b'{"text":"x","blocks":"{}"}', JSON, "invalid_blocks"),
        (b"[" * 100_000, JSON, "invalid_payload"),
        (b'{"attachments":' + b"[" * 100_000, JSON, "invalid_payload"),
        (json.dumps({"attachments": [{}] * 101}).encode(), JSON, "too_many_attachments"),
        (json.dumps({"blocks": [{}] * 51}).encode(), JSON, "invalid_blocks"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_word(
    body: bytes, content_type: str, code: str
) -> None:
    with pytest.raises(HookRefused) as refused:
        payload.parse(body, content_type=content_type)
    assert (refused.value.code, refused.value.status) == (code, 400)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"text": ""},
        {"text": " \n "},
        {"text": None, "attachments": []},
        {"blocks": [{"type": "actions", "elements": []}]},
        {"attachments": [{"color": "good"}]},
    ],
)
def test_nothing_to_show_is_no_text(fields: dict[str, Any]) -> None:
    with pytest.raises(HookRefused, match="no_text"):
        rendered(**fields)


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        ([{"type": "section", "text": {"type": "mrkdwn", "text": "*hi*"}}], "**hi**"),
        (
            [{"type": "section", "text": {"type": "plain_text", "text": "*hi* <@U7>"}}],
            r"\*hi\* <@U7>",
        ),
        (
            [
                {
                    "type": "section",
                    "fields": [
                        {"type": "mrkdwn", "text": "*a*\n1"},
                        {"type": "plain_text", "text": "b"},
                    ],
                }
            ],
            "**a**\n1\nb",
        ),
        (
            [
                {
                    "type": "section",
                    "text": {"type": "mrkdwn", "text": "x"},
                    "accessory": {
                        "type": "image",
                        "image_url": "https://e.org/i.png",
                        "alt_text": "a graph",
                    },
                }
            ],
            "x\n\n[a graph](https://e.org/i.png)",
        ),
        (
            [{"type": "header", "text": {"type": "plain_text", "text": "Deploy *1*"}}],
            r"### Deploy \*1\*",
        ),
        (
            [{"type": "header", "text": {"type": "plain_text", "text": "a"}}, {"type": "divider"}],
            "### a\n\n---",
        ),
        (
            [
                {
                    "type": "context",
                    "elements": [
                        {"type": "mrkdwn", "text": "by <@U7>"},
                        {"type": "image", "image_url": "javascript:x", "alt_text": "icon"},
                    ],
                }
            ],
            "by @ann icon",
        ),
        (
            [{"type": "image", "image_url": "https://e.org/i.png", "alt_text": "i"}],
            "[i](https://e.org/i.png)",
        ),
        ([{"type": "markdown", "text": "**as it is**"}], "**as it is**"),
        (
            [
                {
                    "type": "rich_text",
                    "elements": [
                        {
                            "type": "rich_text_section",
                            "elements": [
                                {"type": "text", "text": "bold ", "style": {"bold": True}},
                                {"type": "text", "text": "x*y", "style": {"code": True}},
                                {"type": "text", "text": " "},
                                {"type": "user", "user_id": "U7"},
                                {"type": "text", "text": " # "},
                                {"type": "channel", "channel_id": "C9"},
                                {"type": "emoji", "name": "tada"},
                                {"type": "broadcast", "range": "here"},
                                {
                                    "type": "link",
                                    "url": "https://e.org",
                                    "text": "l",
                                    "style": {"italic": True},
                                },
                            ],
                        },
                        {
                            "type": "rich_text_list",
                            "style": "bullet",
                            "elements": [
                                {
                                    "type": "rich_text_section",
                                    "elements": [{"type": "text", "text": "one"}],
                                }
                            ],
                        },
                        {
                            "type": "rich_text_list",
                            "style": "bullet",
                            "indent": 1,
                            "elements": [
                                {
                                    "type": "rich_text_section",
                                    "elements": [{"type": "text", "text": "in"}],
                                }
                            ],
                        },
                        {
                            "type": "rich_text_preformatted",
                            "elements": [{"type": "text", "text": "a ``` b"}],
                        },
                        {"type": "rich_text_quote", "elements": [{"type": "text", "text": "q\nr"}]},
                    ],
                }
            ],
            (
                "**bold** `x*y` @ann # #general:tada:@here_[l](https://e.org)_"
                "\n\n- one\n  - in\n\n````\na ``` b\n````\n\n> q\n> r"
            ),
        ),
        (
            [
                {"type": "unknown"},
                "nonsense",
                7,
                None,
                {"type": "section", "text": 7},
                {"type": "rich_text", "elements": "x"},
                {"type": ["list"]},
                {"type": "header", "text": {"type": "plain_text", "text": "left"}},
            ],
            "### left",
        ),
    ],
)
def test_blocks_are_shown(blocks: list[Any], expected: str) -> None:
    assert rendered(text="substitute", blocks=blocks) == expected
    assert rendered(text="substitute", blocks=json.dumps(blocks)) == expected


def test_the_text_takes_the_place_of_blocks_that_show_nothing() -> None:
    assert rendered(text="substitute", blocks=[{"type": "actions"}]) == "substitute"


@pytest.mark.parametrize(
    ("attachment", "expected"),
    [
        ({"fallback": "plain *b*", "color": "#f00"}, "plain **b**"),
        ({"fallback": "unseen", "text": "seen"}, "> seen"),
        (
            {
                "pretext": "before",
                "author_name": "Build",
                "author_link": "https://ci.example.org",
                "title": "Run *5*",
                "title_link": "https://ci.example.org/5",
                "text": "it\n*failed*",
                "fields": [
                    {"title": "Branch", "value": "main", "short": True},
                    {"title": "Log", "value": "```x```"},
                    {"value": 7},
                ],
                "footer": "ci",
                "ts": 1392734382,
            },
            (
                "before\n\n> [Build](https://ci.example.org)\n> **[Run \\*5\\*](https://ci.example.org/5)**"
                "\n>\n> it\n> **failed**\n>\n> **Branch** main\n> **Log**\n> ```\n> x\n> ```\n> 7"
                "\n>\n> ci · 2014-02-18 14:39 UTC"
            ),
        ),
        (
            {"title": "<&amp;>", "image_url": "https://e.org/i.png"},
            "> **<&>**\n>\n> [image](https://e.org/i.png)",
        ),
        ({"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "in"}}]}, "> in"),
        ({"text": 7, "fields": "x", "ts": "soon", "title": ["x"]}, "> 7\n>\n> soon"),
    ],
)
def test_attachments_are_quotations(attachment: dict[str, Any], expected: str) -> None:
    assert rendered(attachments=[attachment]) == expected
    assert rendered(text="x", attachments=[attachment]) == f"x\n\n{expected}"


def test_an_attack_in_a_field_stays_text() -> None:
    bad = "<script>alert(1)</script>"
    text = rendered(
        text=bad,
        attachments=[
            {"title": bad, "title_link": "javascript:alert(1)", "footer": bad, "pretext": bad,
             "author_name": bad, "author_link": 'https://e.org/"><script>',
             "fields": [{"title": bad, "value": bad}], "image_url": "javascript:alert(1)"}
        ],
    )  # fmt: skip
    html = markdown.render(markdown.parse(text), names=markdown.Names())
    assert "<script" not in html
    assert "javascript:" not in html.replace("javascript:alert(1)</", "")


def test_a_text_that_is_too_long_is_cut_and_says_so() -> None:
    text = rendered(text="```" + "x\n" * TEXT_MAX_CHARS + "```")
    assert len(text) <= TEXT_MAX_CHARS
    assert text.endswith("\n```\n\n… (cut: the message was longer than 10,000 characters)")
    assert rendered(text="y" * TEXT_MAX_CHARS) == "y" * TEXT_MAX_CHARS


def test_a_payload_without_a_word_is_a_payload() -> None:
    assert payload.parse(b"{}", content_type=JSON) == Payload(blocks=[], attachments=[])
