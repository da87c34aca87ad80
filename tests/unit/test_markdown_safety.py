"""Whatever people write, the HTML shows it, and neither runs nor fetches anything."""

import re
from collections.abc import Iterator
from html import escape
from html.parser import HTMLParser
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.markdown import Names, parse, render, sanitizer

NAMES = Names(
    users={"ann": 3},
    groups={"dev": 9},
    channels={"general": 7},
    emoji={"party": "/api/v1/emoji/party/image", "evil": "javascript:alert(1)"},
)
ALLOWED = {
    tag: {
        *sanitizer.ATTRIBUTES.get(tag, ()),
        *sanitizer.VALUES.get(tag, ()),
        *(["class"] if tag in sanitizer.CLASSES else []),
    }
    for tag in sanitizer.TAGS
}
VOID = {"br", "hr", "img", "input"}

MARKUP = [
    "<script>alert(1)</script>",
    "<ScRiPt>alert(1)</sCrIpT>",
    "<script src=https://e.org/x.js></script>",
    "<script/x>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img/src=x/onerror=alert(1)>",
    "<img src='x' onerror='alert(1)'",
    '<img """><script>alert(1)</script>">',
    "<svg onload=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<math><mtext><table><mglyph><style><!--</style><img src onerror=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>",
    "<form action=javascript:alert(1)><button>x</button></form>",
    "<button formaction=javascript:alert(1)>x",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<audio src onloadstart=alert(1)>",
    "<body onload=alert(1)>",
    "<marquee onstart=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='x' style='position:fixed;inset:0'>x</a>",
    "<base href='https://e.org/'>",
    "<meta http-equiv=refresh content='0;url=https://e.org'>",
    "<link rel=stylesheet href=https://e.org/x.css>",
    "<style>*{display:none}</style>",
    "<style>@import 'https://e.org/x.css'</style>",
    "<p style='background:url(https://e.org)'>x</p>",
    "<div onclick=alert(1)>x</div>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<textarea><script>alert(1)</script></textarea>",
    "<title></title><script>alert(1)</script>",
    "<xmp><script>alert(1)</script></xmp>",
    "<plaintext><script>alert(1)",
    "<!--<img src='--><img src=x onerror=alert(1)>'>",
    "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version='1.0'?><script>alert(1)</script>",
    "<!DOCTYPE html><script>alert(1)</script>",
    "</p><script>alert(1)</script>",
    "</code></pre><script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "\\<script>alert(1)\\</script>",
    "<a\thref='javascript:alert(1)'>x</a>",
    "<x onclick=alert(1)>x</x>",
    "<span class='mention' data-user-id='1' onclick=alert(1)>@ann</span>",
    "<span data-broad=here>x</span>",
    "<img class=emoji src=//e.org/x>",
    "{{constructor.constructor('alert(1)')()}}",
    "${alert(1)}",
]
ADDRESSES = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "javascript\t:alert(1)",
    "java\tscript:alert(1)",
    "java&#10;script:alert(1)",
    "java&Tab;script:alert(1)",
    "&#106;avascript:alert(1)",
    "&#x6A;avascript:alert(1)",
    "javascript&colon;alert(1)",
    "javascript&#58;alert(1)",
    "javascript%3Aalert(1)",
    "\x01javascript:alert(1)",
    "\u200bjavascript:alert(1)",
    "\u2028javascript:alert(1)",
    "javascript://e.org/%0aalert(1)",
    "javascript:alert(1)//https://e.org",
    "vbscript:msgbox(1)",
    "VBSCRIPT:x",
    "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "data:image/svg+xml,<svg onload=alert(1)>",
    "data:image/png;base64,AAAA",
    "file:///etc/passwd",
    "blob:https://e.org/x",
    "filesystem:https://e.org/x",
    "view-source:javascript:alert(1)",
    "feed:javascript:alert(1)",
    "jar:https://e.org!/x",
    "ms-word:x",
    "intent:#Intent;end",
    "//e.org/x",
    "/\\e.org",
    "/api/v1/me",
    "?x=1",
    "#x",
    "https:e.org",
    "https:javascript:alert(1)",
    'https://e.org/" onmouseover="alert(1)',
    "https://e.org/' onmouseover='alert(1)",
    "https://e.org/`onmouseover=alert(1)",
    "https://e.org/<script>alert(1)</script>",
    "https://e.org/&quot; onclick=&quot;alert(1)",
    'https://e.org/" style="position:fixed',
    "mailto:a@e.org?subject=<script>",
    'mailto:"><script>alert(1)</script>@e.org',
]
AROUND_ADDRESSES = [
    "[x]({})",
    "[x](<{}>)",
    "![x]({})",
    "[![x]({})]({})",
    "<{}>",
    "{}",
    "[x]\n\n[x]: {}",
    '[x](https://e.org "{}")',
    "[{}](https://e.org)",
    "![{}](https://e.org)",
    "```{}\nx\n```",
    "|{}|\n|-|\n",
]
AROUND_MARKUP = [
    "{}",
    "**{}**",
    "`{}`",
    "```html\n{}\n```",
    "```{}\nx\n```",
    "[{}](https://e.org)",
    "[x](https://e.org '{}')",
    "![{}](https://e.org)",
    "> {}",
    "- [ ] {}",
    "|{}|\n|-|\n",
    "# {}",
    "@ann{}",
    "#general{}",
    ":{}:",
    "https://e.org/{}",
]


def corpus() -> Iterator[str]:
    for address in ADDRESSES:
        for variant in (address, quote(address), escape(address)):
            for around in AROUND_ADDRESSES:
                yield around.replace("{}", variant)
    for markup in MARKUP:
        for around in AROUND_MARKUP:
            yield around.replace("{}", markup)
            yield around.replace("{}", markup.replace(" ", "\n"))


class Elements(HTMLParser):
    """What a browser would make of it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.others: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        self.others.append(data)

    def handle_decl(self, decl: str) -> None:
        self.others.append(decl)

    def handle_pi(self, data: str) -> None:
        self.others.append(data)

    def unknown_decl(self, data: str) -> None:
        self.others.append(data)


def require_safe(html: str) -> None:
    elements = Elements()
    elements.feed(html)
    elements.close()
    assert not elements.open
    assert not elements.others
    for tag, attributes in elements.found:
        assert tag in ALLOWED, html
        assert set(attributes) <= ALLOWED[tag], html
        for name, value in attributes.items():
            require_safe_value(tag, name, value or "", attributes)


def require_safe_value(tag: str, name: str, value: str, attributes: dict[str, str | None]) -> None:
    if name == "class":
        assert set(value.split()) <= sanitizer.CLASSES[tag]
    elif name.startswith("data-") and name.endswith("-id"):
        assert value.isdigit()
    elif name == "src":
        assert value == "/api/v1/emoji/party/image"
    elif name == "href" and attributes.get("class") == "channel":
        assert value == "/channels/7"
    elif name == "href":
        assert urlsplit(value).scheme.lower() in sanitizer.URL_SCHEMES
        assert not re.search(r"[\s\"'<>`]", value.replace("'", ""))
        assert attributes["rel"] == "noopener noreferrer nofollow"
        assert attributes["target"] == "_blank"


def test_the_corpus_is_large() -> None:
    assert len(set(corpus())) > 2_000


@pytest.mark.parametrize("around", [*AROUND_ADDRESSES, *AROUND_MARKUP])
def test_nothing_that_runs_or_fetches_comes_through(around: str) -> None:
    payloads = [*ADDRESSES, *map(quote, ADDRESSES), *map(escape, ADDRESSES), *MARKUP]
    for payload in payloads:
        for variant in (payload, payload.replace(" ", "\n"), payload.upper(), f"\n\n{payload}"):
            require_safe(render(parse(around.replace("{}", variant)), names=NAMES))


@pytest.mark.parametrize("html", [*MARKUP, *(f'<a href="{a}">x</a>' for a in ADDRESSES)])
def test_the_sanitizer_alone_would_hold_as_well(html: str) -> None:
    elements = Elements()
    elements.feed(sanitizer.clean(html))
    for tag, attributes in elements.found:
        assert tag in ALLOWED
        assert set(attributes) <= ALLOWED[tag]
        href = attributes.get("href")
        assert href is None or re.match(r"https?://|mailto:", href)
        assert (attributes.get("src") or "/x").startswith("/")
        assert not (attributes.get("src") or "/x").startswith(("//", "/\\"))


PARTS = st.sampled_from(
    [
        *("*", "**", "_", "~~", "`", "```", "[", "]", "(", ")", "![", "](", "<", ">", "|", "\\"),
        *("\n", "\n\n", "    ", "- ", "1. ", "> ", "# ", "- [ ] ", "|-|\n", "---", "&", ";", "&#"),
        *(
            "@ann",
            "@here",
            "@",
            "#general",
            "#",
            ":party:",
            ":evil:",
            ":tada:",
            ":",
            "🎉",
            "\u202e",
        ),
        *("https://e.org/", "www.e.org", "a@e.org", "javascript:", "<script>", "</p>", '"', "'"),
        *(
            "[::1]",
            "http://[",
            "xn--",
            "%",
            "%zz",
            "://",
            "?",
            "```py\n",
            "def f(x):",
            "\x00",
            "\t",
        ),
    ]
)
TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(st.one_of(PARTS, st.text(max_size=4)), max_size=60).map("".join),
    st.lists(st.characters(), max_size=50).map("".join),
)


@given(text=TEXTS)
@settings(max_examples=400, deadline=None)
def test_every_text_becomes_html_that_is_safe_and_stays_as_it_is(text: str) -> None:
    parsed = parse(text)
    html = render(parsed, names=NAMES)
    require_safe(html)
    assert sanitizer.clean(html).strip() == html
    assert render(parsed, names=NAMES) == html


@given(html=TEXTS)
@settings(max_examples=200, deadline=None)
def test_cleaning_twice_is_cleaning_once(html: str) -> None:
    html = html.encode(errors="replace").decode()
    once = sanitizer.clean(html)
    assert sanitizer.clean(once) == once
