"""Markdown to safe HTML, once, when a message is written.

    parsed = parse(text)                       what does it name?  parsed.references
    html = render(parsed, names=Names(…))      with what the caller found for these names

`grammar` says what people can write, `names` what of it names somebody or something, `highlighting`
colours code, `rendering` writes HTML, and `sanitizer` lets through only what is on its list.
"""

from chat.markdown.grammar import Parsed, parse
from chat.markdown.names import Names, References
from chat.markdown.rendering import VERSION, render

__all__ = ["VERSION", "Names", "Parsed", "References", "parse", "render"]
