"""Slack's texts look here as they do there, and nothing in them becomes more than text."""

import time

import pytest

from chat import markdown
from integrations import mrkdwn


class Known:
    """Two people and a channel."""

    def username(self, id_: str) -> str | None:
        return {"U7": "ann", "7": "ann", "W8": "bob_b"}.get(id_)

    def channel(self, id_: str) -> str | None:
        return {"C9": "general", "9": "general"}.get(id_)


def converted(text: str, *, is_formatted: bool = True) -> str:
    return mrkdwn.to_markdown(text, names=Known(), is_formatted=is_formatted)


def shown(text: str) -> str:
    names = markdown.Names(users={"ann": 7, "bob_b": 8})
    return markdown.render(markdown.parse(converted(text)), names=names)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # entities
        ("a &amp; b", "a & b"),
        ("1 &lt; 2 &gt; 1", "1 < 2 > 1"),
        ("&amp;lt;", r"\&lt;"),
        ("&amp;copy; 2026", r"\&copy; 2026"),
        ("&quot;", r"\&quot;"),
        ("R&D", "R&D"),
        # links
        ("<https://example.org>", "<https://example.org>"),
        ("<https://example.org|Example>", "[Example](https://example.org)"),
        ("<https://example.org/a_(b)|x>", "[x](https://example.org/a_%28b%29)"),
        ("<https://e.org/?a=1&amp;b=2|x>", "[x](https://e.org/?a=1&b=2)"),
        ("<https://e.org|a] (b>", r"[a\] (b](https://e.org)"),
        ("<https://e.org|[x](y)>", r"[\[x\](y)](https://e.org)"),
        ("<https://e.org|*no bold*>", r"[\*no bold\*](https://e.org)"),
        ("<https://e.org|>", "<https://e.org>"),
        ("<mailto:bob@example.org|Bob>", "[Bob](mailto:bob@example.org)"),
        ("<mailto:bob@example.org>", "[bob@example.org](mailto:bob@example.org)"),
        ("see https://example.org/a_b_c.", "see <https://example.org/a_b_c>."),
        ("(https://example.org)", "(https://example.org)"),
        ("https://e.org/*a*_b_", "<https://e.org/*a*_b>\\_"),
        ("https://e.org?a=1&amp;b=2", "https://e.org?a=1&b=2"),
        # people, channels, everyone
        ("<@U7> hi", "@ann hi"),
        ("<@7>", "@ann"),
        ("<@W8>", "@bob_b"),
        ("<@U404>", "@U404"),
        ("<@U404|carla>", "@carla"),
        ("<@U7|somebody>", "@ann"),
        ("<#C9>", "#general"),
        ("<#9>", "#general"),
        ("<#C9|old-name>", "#general"),
        ("<#C404|secret>", "#secret"),
        ("<#C404>", "#C404"),
        ("<!here>", "@here"),
        ("<!here|@here>", "@here"),
        ("<!channel>", "@channel"),
        ("<!everyone>", "@everyone"),
        ("<!subteam^S1|@ops>", "@ops"),
        ("<!subteam^S1>", "@S1"),
        ("<!date^1392734382^{date}|Feb 18>", "Feb 18"),
        ("<!date^1392734382^{date}^https://e.org|Feb 18>", "[Feb 18](https://e.org)"),
        ("<!date^1392734382^{date}>", "2014-02-18 14:39 UTC"),
        ("<!unknown|label>", "label"),
        # emphasis
        ("*bold*", "**bold**"),
        ("a *bold* word", "a **bold** word"),
        ("(*bold*)", "(**bold**)"),
        ("*Status:* ok", "**Status:** ok"),
        ("*a* and *b*", "**a** and **b**"),
        ("_italic_", "_italic_"),
        ("~gone~", "~~gone~~"),
        ("*_both_*", "**_both_**"),
        ("_*both*_", "_**both**_"),
        ("*bold with <https://e.org|a link>*", "**bold with [a link](https://e.org)**"),
        ("*<https://e.org/a*b|x>*", "**[x](https://e.org/a*b)**"),
        ("*hi <@U7>*", "**hi @ann**"),
        ("2*3*4", r"2\*3\*4"),
        ("* not bold *", "- not bold \\*"),
        ("a * b * c", r"a \* b \* c"),
        ("**two stars**", r"\*\*two stars\*\*"),
        ("snake_case_name", "snake_case_name"),
        ("__init__", r"\_\_init\_\_"),
        ("~~twice~~", r"\~\~twice\~\~"),
        ("*over\nlines*", "\\*over\nlines\\*"),
        # code
        ("`code`", "`code`"),
        ("`a *b* _c_`", "`a *b* _c_`"),
        ("`a &lt; b`", "`a < b`"),
        ("`<https://e.org|e.org>`", "`e.org`"),
        ("`<@U7>`", "`@ann`"),
        ("lonely ` tick", "lonely \\` tick"),
        ("```x = 1```", "```\nx = 1\n```"),
        ("```\nx &gt; 1\n*y*\n```", "```\nx > 1\n*y*\n```"),
        ("before ```x``` after", "before\n```\nx\n```\nafter"),
        ("```never closed", "\\`\\`\\`never closed"),
        # quotes
        ("&gt; said", "> said"),
        ("> said", "> said"),
        ("&gt;one\n&gt;two\nthree", "> one\n> two\n\nthree"),
        ("&gt;&gt;&gt;all\nof\n\nit", "> all\n> of\n>\n> it"),
        ("&gt; *bold*", "> **bold**"),
        # what only Markdown knows
        ("# 5 is a number", r"\# 5 is a number"),
        ("#general is a channel", "#general is a channel"),
        ("a\n---", "a\n\\---"),
        ("a\n===", "a\n\\==="),
        ("a | b\n--- | ---", "a | b\n\\--- | ---"),
        ("    four spaces", "\u00a0\u00a0\u00a0\u00a0four spaces"),
        ("[x](https://e.org)", r"[x\](https://e.org)"),
        ("[x]: https://e.org", r"[x\]: https://e.org"),
        ("C:\\*.txt", r"C:\\\*.txt"),
        ("+1 for that", "+1 for that"),
        ("+ one", r"\+ one"),
        ("• one\n• two\nend", "- one\n- two\n\nend"),
        ("- one\n- two", "- one\n- two"),
        ("1. one\n2. two", "1. one\n2. two"),
        # what is no text
        ("a\x00b\x07c", "abc"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("<not a link>", r"\<not a link>"),
        ("", ""),
    ],
)
def test_a_text_of_slacks_becomes_our_markdown(text: str, expected: str) -> None:
    assert converted(text) == expected


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*bold* _it_ ~no~ `c`", "<strong>bold</strong> <em>it</em> <s>no</s> <code>c</code>"),
        ("*_both_*", "<strong><em>both</em></strong>"),
        ("# no heading", "# no heading"),
        ("a\n---", "a<br>\n---"),
        ("**two**", "**two**"),
        ("&amp;copy;", "&amp;copy;"),
        ("a\n    indented", "\u00a0\u00a0\u00a0\u00a0indented"),
        ("[x](https://e.org) ", "[x]("),
        ("<@U7>", '<span class="mention" data-user-id="7">@ann</span>'),
        ("🎉_it_🎉", "🎉<em>it</em>🎉"),
        ("C:\\dir\\*", "C:\\dir\\*"),
        ("<#C9>", "#general"),
    ],
)
def test_it_looks_as_it_does_in_slack(text: str, html: str) -> None:
    assert html in shown(text).replace("&nbsp;", "\u00a0")


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "<javascript:alert(1)|click>",
        "<javascript:alert(1)>",
        "<JaVaScRiPt:alert(1)|x>",
        "<data:text/html,x|x>",
        "<vbscript:x|x>",
        '<https://e.org" onmouseover="alert(1)|x>',
        "<https://e.org|<img src=x onerror=alert(1)>>",
        '<https://e.org|"><script>alert(1)</script>>',
        "[x](javascript:alert(1))",
        "[x]: javascript:alert(1)\n[x]",
        "<https://e.org/)[x](javascript:alert(1)|x>",
        "<https://e.org|a](javascript:alert(1))[b>",
        "![x](https://e.org/pixel.png)",
        "<img src=x onerror=alert(1)>",
        "```<script>alert(1)</script>```",
        "`<script>`",
        "<@U1|<script>alert(1)</script>>",
        "<!date^1^x^javascript:alert(1)|x>",
        "&lt;https://e.org&gt;",
        "<#C1|</span><script>>",
    ],
)
def test_an_attack_stays_text(text: str) -> None:
    html = shown(text).lower()
    for bad in (
        "<script",
        "<img",
        "onerror=alert(1)>",
        'href="javascript',
        'href="data',
        'href="vb',
    ):
        assert bad not in html.replace("&lt;", "")
    assert ' onmouseover="' not in html


def test_unformatted_text_keeps_its_signs_but_not_its_entities() -> None:
    assert converted("*a* &lt;b> <https://e.org|x>", is_formatted=False) == (
        r"\*a\* \<b> [x](https://e.org)"
    )


@pytest.mark.parametrize(
    "piece", ["*", "_", "~", "`", "<", "*a ", "<a", "```", "&gt;", "*`", "[", "a_"]
)
def test_hostile_texts_take_no_time(piece: str) -> None:
    began = time.monotonic()
    converted(piece * 20_000)
    assert time.monotonic() - began < 3
