"""What people write becomes HTML."""

import math
import re
import time
from pathlib import Path

import pytest
from pygments.lexers import get_all_lexers

from chat.markdown import Names, References, parse, render
from chat.markdown.highlighting import CLASSES, CODE_MAX_CHARS, LANGUAGES, LINE_MAX_CHARS

NAMES = Names(
    users={"ann": 3, "bob": 4, "ann-marie": 5, "a.b_": 6},
    groups={"dev": 9, "ann": 10},
    channels={"general": 7, "1": 8, "grösse": 11, "日本": 12, "q3.plan": 13, "हिन्दी": 14},
    emoji={"party": "/api/v1/emoji/party/image"},
)
ANN = '<span class="mention" data-user-id="3">@ann</span>'
BOB = '<span class="mention" data-user-id="4">@bob</span>'
GENERAL = '<a class="channel" href="/channels/7" data-channel-id="7">#general</a>'
PARTY = (
    '<img class="emoji" src="/api/v1/emoji/party/image" alt=":party:" title=":party:"'
    ' loading="lazy">'
)


def html_of(text: str) -> str:
    return render(parse(text), names=NAMES)


def inline(text: str) -> str:
    """What is in the one paragraph that the text becomes."""
    html = html_of(text)
    found = re.fullmatch(r'<p(?: class="jumbo")?>(.*)</p>', html, re.DOTALL)
    assert found is not None, html
    return found[1]


def link(address: str, text: str | None = None) -> str:
    relation = 'target="_blank" rel="noopener noreferrer nofollow"'
    return f'<a href="{address}" {relation}>{text or address}</a>'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("hello", "hello"),
        ("**bold**", "<strong>bold</strong>"),
        ("_it_ *it*", "<em>it</em> <em>it</em>"),
        ("~~no~~", "<s>no</s>"),
        ("`x`", "<code>x</code>"),
        ("`<b>`", "<code>&lt;b&gt;</code>"),
        ("**a _b_**", "<strong>a <em>b</em></strong>"),
        ("snake_case_name", "snake_case_name"),
        ("one\ntwo", "one<br>\ntwo"),
        ("1 < 2 & 3", "1 &lt; 2 &amp; 3"),
        ("<b>x</b>", "&lt;b&gt;x&lt;/b&gt;"),
        (r"\*x\*", "*x*"),
        ("&copy; &amp;", "© &amp;"),
        ("[x]", "[x]"),
        ("[x]: https://e.org", "[x]: " + link("https://e.org")),
        ("`a\u202eb`", "<code>a⟨U+202E⟩b</code>"),
        ("a\ud800b", "a?b"),
        ("a\x00b", "a\ufffdb"),
        ("#notaheading", "#notaheading"),
    ],
)
def test_text_in_a_line(text: str, html: str) -> None:
    assert inline(text) == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("one\n\ntwo", "<p>one</p>\n<p>two</p>"),
        ("# T", '<h1 dir="auto">T</h1>'),
        ("### T", '<h3 dir="auto">T</h3>'),
        ("###### T", '<h3 dir="auto">T</h3>'),
        ("a\n---\nb", "<p>a</p>\n<hr>\n<p>b</p>"),
        ("- a\n- b", '<ul dir="auto">\n<li>a</li>\n<li>b</li>\n</ul>'),
        ("3. a", '<ol dir="auto" start="3">\n<li>a</li>\n</ol>'),
        (
            "- a\n  - b",
            '<ul dir="auto">\n<li>a\n<ul>\n<li>b</li>\n</ul>\n</li>\n</ul>',
        ),
        ("> q", '<blockquote dir="auto">\n<p>q</p>\n</blockquote>'),
        (
            "|a|b|\n|-|-:|\n|x|y|",
            (
                '<table dir="auto">\n<thead>\n<tr>\n<th>a</th>\n'
                '<th class="align-right">b</th>\n</tr>\n'
                '</thead>\n<tbody>\n<tr>\n<td>x</td>\n<td class="align-right">y</td>\n'
                "</tr>\n</tbody>\n</table>"
            ),
        ),
        (
            "- [x] a",
            (
                '<ul dir="auto" class="contains-task-list">\n<li class="task-list-item">'
                '<input class="task-list-item-checkbox" checked="checked" disabled="disabled"'
                ' type="checkbox"> a</li>\n</ul>'
            ),
        ),
        (
            "- [ ] a",
            (
                '<ul dir="auto" class="contains-task-list">\n<li class="task-list-item">'
                '<input class="task-list-item-checkbox" disabled="disabled" type="checkbox"> a'
                "</li>\n</ul>"
            ),
        ),
        ("    x", '<pre dir="ltr"><code>x\n</code></pre>'),
        ("```\nx\n```", '<pre dir="ltr"><code>x\n</code></pre>'),
        ("```\n\nx", '<pre dir="ltr"><code>\nx</code></pre>'),
        (
            "```nonsense\n<x>\n```",
            '<pre dir="ltr" data-language="nonsense"><code>&lt;x&gt;\n</code></pre>',
        ),
        ('```"><b>\nx\n```', '<pre dir="ltr"><code>x\n</code></pre>'),
        (
            "```Py title\nx = 1\n```",
            (
                '<pre dir="ltr" data-language="py"><code>x = <span class="tok-m">1\n</span>'
                "</code></pre>"
            ),
        ),
        (
            "```diff\n+a\n-b\n```",
            (
                '<pre dir="ltr" data-language="diff"><code><span class="tok-gi">+a\n</span>'
                '<span class="tok-gd">-b\n</span></code></pre>'
            ),
        ),
    ],
)
def test_blocks(text: str, html: str) -> None:
    assert html_of(text) == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("https://e.org/a?b=1&c=2", link("https://e.org/a?b=1&amp;c=2")),
        ("see https://e.org.", f"see {link('https://e.org')}."),
        ("(https://e.org/x)", f"({link('https://e.org/x')})"),
        ("https://e.org/a_(b)", link("https://e.org/a_(b)")),
        ("https://e.org/_a_b_", link("https://e.org/_a_b_")),
        ("http://localhost:8000/x", link("http://localhost:8000/x")),
        ("<https://e.org>", link("https://e.org")),
        ("www.e.org/x", link("https://www.e.org/x", "www.e.org/x")),
        ("WWW.e.org", link("https://WWW.e.org", "WWW.e.org")),
        ("(www.e.org).", f"({link('https://www.e.org', 'www.e.org')})."),
        ("www.nothing", "www.nothing"),
        ("ann@e.org", link("mailto:ann@e.org", "ann@e.org")),
        ("mailto:ann@e.org", link("mailto:ann@e.org", "mailto:ann@e.org")),
        ("[x](https://e.org)", link("https://e.org", "x")),
        ("[x](mailto:a@e.org)", link("mailto:a@e.org", "x")),
        ("[](https://e.org)", link("https://e.org")),
        ("[**x**](https://e.org)", link("https://e.org", "<strong>x</strong>")),
        ("[x](/channels/7)", "[x](/channels/7)"),
        ("[x](//e.org)", "[x](//e.org)"),
        ("[x](ftp://e.org)", "[x](ftp://e.org)"),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ("ftp://e.org //e.org", "ftp://e.org //e.org"),
        ("main.py README.md e.org", "main.py README.md e.org"),
        ("https://", "https://"),
        ("![cat](https://e.org/c.png)", link("https://e.org/c.png", "cat")),
        ("![](https://e.org/c.png)", link("https://e.org/c.png")),
        ("![x](data:image/png;base64,AA)", "![x](data:image/png;base64,AA)"),
        ("[![ci](https://e.org/b.svg)](https://e.org)", link("https://e.org", "ci")),
        ("`https://e.org`", "<code>https://e.org</code>"),
    ],
)
def test_links(text: str, html: str) -> None:
    assert inline(text) == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("@ann", ANN),
        ("@Bob", BOB.replace("@bob", "@Bob")),
        ("hi @ann!", f"hi {ANN}!"),
        ("@ann.", f"{ANN}."),
        ("@ann...", f"{ANN}..."),
        ("@ann-", f"{ANN}-"),
        ("@ann, @bob", f"{ANN}, {BOB}"),
        ("(@ann)", f"({ANN})"),
        ("«@ann»", f"«{ANN}»"),
        ("—@ann—", f"—{ANN}—"),
        ("¿@ann?", f"¿{ANN}?"),
        ("@ann…", f"{ANN}…"),
        ("@ann's", f"{ANN}'s"),
        ("@ann\u2019s", f"{ANN}\u2019s"),
        ("@ann:", f"{ANN}:"),
        ("@ann/@bob", f"{ANN}/{BOB}"),
        ("**@ann**", f"<strong>{ANN}</strong>"),
        ("_@ann_", f"<em>{ANN}</em>"),
        ("a\n@ann", f"a<br>\n{ANN}"),
        ("@ann-marie", '<span class="mention" data-user-id="5">@ann-marie</span>'),
        ("@a.b_", '<span class="mention" data-user-id="6">@a.b_</span>'),
        ("@dev", '<span class="mention" data-group-id="9">@dev</span>'),
        ("@here", '<span class="mention" data-broad="here">@here</span>'),
        ("@channel", '<span class="mention" data-broad="channel">@channel</span>'),
        ("@Everyone", '<span class="mention" data-broad="channel">@Everyone</span>'),
        ("@all", '<span class="mention" data-broad="channel">@all</span>'),
        ("@nobody", "@nobody"),
        ("@@ann", "@@ann"),
        ("x@ann", "x@ann"),
        ("x/@ann", "x/@ann"),
        ("x.@ann", "x.@ann"),
        ("**x**@ann", "<strong>x</strong>@ann"),
        ("@annя", "@annя"),
        ("@ann\u0301", "@ann\u0301"),
        ("@ann@e", "@ann@e"),
        (r"\@ann", "@ann"),
        (r"@ann\_x", "@ann_x"),
        ("&#64;ann", "@ann"),
        ("@ann**x**", "@ann<strong>x</strong>"),
        ("@\u212aann", "@\u212aann"),
        ("`@ann`", "<code>@ann</code>"),
        ("[@ann](https://e.org)", link("https://e.org", "@ann")),
        ("https://e.org/@ann", link("https://e.org/@ann")),
        ("@ ann", "@ ann"),
        ("@", "@"),
    ],
)
def test_mentions(text: str, html: str) -> None:
    assert inline(text) == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("#general", GENERAL),
        ("see #general.", f"see {GENERAL}."),
        ("(#general)", f"({GENERAL})"),
        ("#GENERAL", GENERAL.replace("#general", "#GENERAL")),
        ("#Größe", '<a class="channel" href="/channels/11" data-channel-id="11">#Größe</a>'),
        ("#日本", '<a class="channel" href="/channels/12" data-channel-id="12">#日本</a>'),
        ("#日本。", '<a class="channel" href="/channels/12" data-channel-id="12">#日本</a>。'),
        ("#हिन्दी", '<a class="channel" href="/channels/14" data-channel-id="14">#हिन्दी</a>'),
        ("#q3.plan", '<a class="channel" href="/channels/13" data-channel-id="13">#q3.plan</a>'),
        ("#1", '<a class="channel" href="/channels/8" data-channel-id="8">#1</a>'),
        ("#2", "#2"),
        ("#generals", "#generals"),
        ("C#general", "C#general"),
        ("##general", "##general"),
        ("/#general", "/#general"),
        (r"\#general", "#general"),
        ("`#general`", "<code>#general</code>"),
        ("[#general](https://e.org)", link("https://e.org", "#general")),
        ("https://e.org/#general", link("https://e.org/#general")),
    ],
)
def test_channels(text: str, html: str) -> None:
    assert inline(text) == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("hi :tada:", "hi 🎉"),
        (":+1: :-1: ok", "👍 👎 ok"),
        (":Tada:!", "🎉!"),
        (":party_popper: x", "🎉 x"),
        (":stuck_out_tongue_winking_eye: x", "😜 x"),
        (":cat: x", "🐱 x"),
        (":tada::tada: x", "🎉🎉 x"),
        ("x :party:", f"x {PARTY}"),
        ("x :Party:", f"x {PARTY}"),
        (":tada::party: x", f"🎉{PARTY} x"),
        (":nothing:", ":nothing:"),
        ("10:100:10", "10:100:10"),
        ("std::heart::x", "std::heart::x"),
        ("::heart::", "::heart::"),
        ("a:heart:", "a:heart:"),
        (r"\:tada:", ":tada:"),
        (r":tada\:", ":tada:"),
        ("`:tada:`", "<code>:tada:</code>"),
        (":)", ":)"),
        ("🎉 x", "🎉 x"),
    ],
)
def test_emoji(text: str, html: str) -> None:
    assert inline(text) == html


@pytest.mark.parametrize(
    ("text", "is_jumbo"),
    [
        (":tada:", True),
        ("🎉", True),
        ("🎉🎉 :tada:", True),
        (":party:\n:party:", True),
        ("👨‍👩‍👧 👍🏽 ❤️", True),
        ("🎉🎉🎉🎉", False),
        ("🎉 x", False),
        ("1", False),
        (":nothing:", False),
        ("**🎉**", False),
        ("# 🎉", False),
        ("🎉\n\n🎉", False),
        ("`🎉`", False),
    ],
)
def test_a_few_emoji_and_nothing_else_are_shown_large(*, text: str, is_jumbo: bool) -> None:
    assert ('<p class="jumbo">' in html_of(text)) is is_jumbo


@pytest.mark.parametrize(
    ("text", "references"),
    [
        ("nothing", References()),
        ("@Ann @dev @here", References(handles=frozenset({"ann", "dev"}), broad="here")),
        ("@here @all", References(broad="channel")),
        ("@everyone @here", References(broad="channel")),
        ("#General #2.", References(channels=frozenset({"general", "2"}))),
        (":tada: :Party:", References(emoji=frozenset({"party"}))),
        ("https://e.org", References(links=True)),
        ("ann@e.org", References(links=True)),
        ("![x](https://e.org)", References(links=True)),
        ("`@ann #x :y:`", References(code=True)),
        ("```\n@ann\n```", References(code=True)),
        ("    @here", References(code=True)),
        ("[@ann #x :y: @here](https://e.org)", References(links=True)),
        ("![@ann](https://e.org)", References(links=True)),
        ("https://e.org/@ann/#x", References(links=True)),
        (
            "> @ann\n\n- #x\n\n|:y:|\n|-|\n",
            References(
                handles=frozenset({"ann"}), channels=frozenset({"x"}), emoji=frozenset({"y"})
            ),
        ),
        ("# @ann", References(handles=frozenset({"ann"}))),
    ],
)
def test_what_a_text_names_is_known_before_it_is_rendered(
    text: str, references: References
) -> None:
    assert parse(text).references == references


def test_one_reading_can_be_rendered_for_other_names() -> None:
    parsed = parse("@ann :party:")
    assert render(parsed, names=Names()) == "<p>@ann :party:</p>"
    assert render(parsed, names=NAMES) == f"<p>{ANN} {PARTY}</p>"
    assert render(parsed, names=Names()) == "<p>@ann :party:</p>"


def test_a_picture_of_an_emoji_comes_from_here_or_from_nowhere() -> None:
    for path in ("https://e.org/x", "//e.org/x", "/\\e.org", "javascript:alert(1)", "data:x", "x"):
        assert "src" not in render(parse(":my:"), names=Names(emoji={"my": path}))
    assert "&quot;" in render(parse(":my:"), names=Names(emoji={"my": '/x"y'}))


def test_names_beyond_the_limit_stay_text() -> None:
    html = html_of("#general " * 1_000)
    assert html.count("<a ") == 500
    assert html.count("#general") == 1_000


def test_what_is_nested_too_deeply_is_shown_as_it_was_typed() -> None:
    html = html_of("> " * 60 + "deep @ann\nhttps://e.org")
    assert "&gt; &gt; " in html
    assert f"deep {ANN}<br>\n{link('https://e.org')}" in html
    assert "<blockquote>" in html_of("> " * 30 + "deep")


def test_code_is_coloured_up_to_a_size() -> None:
    assert "tok-m" in html_of("```py\n1\n```")
    lines = "1 234\n" * (CODE_MAX_CHARS // 6)
    assert "tok-m" not in html_of(f"```py\n{lines}and more\n```")
    assert "tok-m" not in html_of(f"```py\n1{' ' * LINE_MAX_CHARS}\n```")
    # Together, not each.
    lines = "x yz\n" * (CODE_MAX_CHARS // 5 - 1)
    both = html_of(f"```py\n{lines}```\n\n```py\n12345\n```")
    assert "tok-m" not in both


def test_code_is_not_changed_by_its_colours() -> None:
    code = Path(__file__).read_text(encoding="utf-8")[:9_000].replace("\u202e", "")
    html = render(parse(f"````python\n{code}\n````"), names=NAMES)
    text = re.sub(r"<[^>]*>", "", html)
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", "\xa0"), ("&amp;", "&")):
        text = text.replace(entity, character)
    assert text == f"{code}\n".lstrip("\n")


def test_every_language_on_the_list_exists() -> None:
    assert {name for name, *_ in get_all_lexers()} >= LANGUAGES
    assert 50 <= len(LANGUAGES) <= 70


DENSE = (
    "Hello **world**, see https://example.org/x?y=1 and @ann in #general :tada: `code` _it_.\n\n"
    "- one\n- two\n\n> quote\n\n"
)
PIECES = [
    *("@", ":", "#", "@a ", ":a:", "#a ", "[", "]", "*", "_", "`", "~", "![", "<", "&", "\\", "|"),
    *("> ", ">", "- ", "1. ", "+ - ", "[a](", "![a](", "[](", "[![a](b)](c) ", "**a", "*a_b", "_*"),
    *("`a", "``` ", "```\n", "|a|b|\n|-|-|\n", "|-", "www.", "www.a.de/", "http://", "a@", "a@a"),
    *("http://a.de/(", "mailto:", "<!--", "<![CDATA[", "<http:", "&#", "[[", "=\n", "a\n=\n", "*["),
    *(
        "- [ ] a\n",
        "> - ",
        "[`",
        "`[",
        "![[",
        "[<",
        "@a.",
        "#a-",
        ":a-",
        "\u202e",
        "🎉",
        "\n",
        "\t",
    ),
]


def seconds_for(text: str) -> float:
    started_at = time.thread_time()
    render(parse(text), names=NAMES)
    return time.thread_time() - started_at


def test_a_long_message_is_ready_in_a_moment() -> None:
    text = (DENSE * 100)[:10_000]
    seconds_for(text)
    # Typically 25 ms.
    assert min(seconds_for(text) for _ in range(3)) < 0.1


@pytest.mark.parametrize("piece", PIECES)
def test_a_text_that_is_made_to_be_slow_is_not(piece: str) -> None:
    assert seconds_for((piece * 10_000)[:10_000]) < 1


@pytest.mark.parametrize("depth", [10, 39, 40, 41, 100, 1_000])
def test_a_text_that_is_made_to_be_deep_is_not(depth: int) -> None:
    for text in (
        ">" * depth + " a",
        "[" * depth + "a" + "](http://b)" * depth,
        "![" * depth + "a" + "](http://b)" * depth,
        "[![" * depth + "a" + "](http://b)](http://c)" * depth,
        "*" * depth + "a" + "*" * depth,
        "*a " * depth + "b" + "*" * depth,
        "".join("  " * level + "- a\n" for level in range(min(depth, 130))),
    ):
        assert seconds_for(text[:10_000]) < 1


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_no_language_can_be_made_slow(language: str) -> None:
    alias = next(aliases[0] for name, aliases, *_ in get_all_lexers() if name == language)
    for piece in ('"', "\\", "/*", "<a ", "{", "#", "a.", "\n", "(", "a<", "$(", "[[", "- "):
        line = (piece * LINE_MAX_CHARS)[: LINE_MAX_CHARS - 1]
        assert seconds_for(f'```{alias}\nx{line}\n"{line}\n{line}\n```') < 0.5


STYLES = Path(__file__).parents[2] / "ui/css"


def test_every_colour_of_code_can_be_read_on_its_ground() -> None:
    tokens = (STYLES / "tokens.css").read_text(encoding="utf-8")
    colours = dict(re.findall(r"--([\w-]+): light-dark\((oklch\(.*?\), oklch\(.*?\))\);", tokens))
    names = [name for name in colours if name.startswith("code-")]
    assert len(names) >= 7
    for theme in (0, 1):
        ground = luminance(re.findall(r"oklch\((.*?)\)", colours["surface"])[theme])
        for name in names:
            ink = luminance(re.findall(r"oklch\((.*?)\)", colours[name])[theme])
            contrast = (max(ink, ground) + 0.05) / (min(ink, ground) + 0.05)
            assert contrast >= 4.5, (name, theme, contrast)


def test_every_class_of_code_has_a_style() -> None:
    styles = (STYLES / "components/code.css").read_text(encoding="utf-8")
    assert set(re.findall(r"\.(tok-\w+)", styles)) == set(CLASSES)
    assert "components/code.css" in (STYLES / "app.css").read_text(encoding="utf-8")


def luminance(oklch: str) -> float:
    """Return the relative luminance of a colour, as WCAG counts it."""
    lightness, chroma, hue = (float(part) for part in oklch.split())
    a = chroma * math.cos(math.radians(hue))
    b = chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    red, green, blue = (min(1.0, max(0.0, part)) for part in (red, green, blue))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
