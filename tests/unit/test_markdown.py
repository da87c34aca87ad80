"""What people write becomes safe HTML."""

from html.parser import HTMLParser

import pytest

from chat.markdown import mentioned_names, to_html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("hello", "<p>hello</p>"),
        (
            "**bold** _it_ ~~no~~ `x`",
            "<p><strong>bold</strong> <em>it</em> <s>no</s> <code>x</code></p>",
        ),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("```py\nx = 1\n```", '<pre><code class="language-py">x = 1\n</code></pre>'),
        ("1 < 2 & 3", "<p>1 &lt; 2 &amp; 3</p>"),
    ],
)
def test_markdown_is_rendered(text: str, html: str) -> None:
    assert to_html(text, user_ids={}) == html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "[x](vbscript:x)",
        "<a href='javascript:alert(1)'>x</a>",
        "![x](https://example.org/spy.png)",
        "<svg/onload=alert(1)>",
        "<style>*{display:none}</style>",
        '<p style="position:fixed">x</p>',
        "[x](https://example.org 'a\" onmouseover=\"alert(1)')",
    ],
)
def test_nothing_that_runs_or_fetches_comes_through(text: str) -> None:
    found = Elements()
    found.feed(to_html(text, user_ids={}))
    assert found.tags <= {"p", "a", "br", "em"}
    assert not {name for name, _ in found.attributes if name.startswith("on") or name == "style"}
    for name, value in found.attributes:
        if name == "href":
            assert (value or "").startswith("https://example.org")


class Elements(HTMLParser):
    """What a browser would make of it."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs


def test_links_open_elsewhere_and_tell_nothing() -> None:
    html = to_html("see https://example.org/a?b=1", user_ids={})
    assert 'href="https://example.org/a?b=1"' in html
    assert 'target="_blank"' in html
    assert 'rel="noopener noreferrer nofollow"' in html


def test_a_known_name_becomes_a_mention() -> None:
    html = to_html("hi @ann, @Bob. and @nobody", user_ids={"ann": 3, "bob": 4})
    assert '<span class="mention" data-user-id="3">@ann</span>,' in html
    assert '<span class="mention" data-user-id="4">@Bob</span>.' in html
    assert "@nobody" in html
    assert html.count("<span") == 2


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@ann and @bob.", {"ann", "bob"}),
        ("(@ann)", {"ann"}),
        ("mail ann@example.org", set()),
        ("`@ann` in code", set()),
        ("```\n@ann\n```", set()),
        ("[@ann](https://example.org)", set()),
        ("@@ann", set()),
        ("@ann-marie @a.b_", {"ann-marie", "a.b_"}),
    ],
)
def test_mentions_are_found_where_people_mean_them(text: str, names: set[str]) -> None:
    assert mentioned_names(text) == names
