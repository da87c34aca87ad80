"""A delivery as one message of ours."""

from typing import Final

from integrations import mrkdwn
from integrations.blocks import attachments_to_markdown, blocks_to_markdown
from integrations.mrkdwn import Names
from integrations.payload import Payload
from integrations.refusals import HookRefused
from protocol.limits import TEXT_MAX_CHARS

CUT: Final = "… (cut: the message was longer than {limit:,} characters)"


def text_of(payload: Payload, *, names: Names) -> str:
    """Return what the message says, in Markdown.

    As with Slack, the text is only a substitute where there are blocks.

    Raises:
        HookRefused: with `no_text` when nothing of it can be shown.
    """
    shown = blocks_to_markdown(payload.blocks, names=names)
    if not shown.strip():
        is_formatted = payload.mrkdwn not in {False, "false", "0"}
        shown = mrkdwn.to_markdown(word(payload.text), names=names, is_formatted=is_formatted)
    parts = [shown, attachments_to_markdown(payload.attachments, names=names)]
    text = "\n\n".join(part for part in parts if part.strip())
    if not text.strip():
        raise HookRefused("no_text")
    return cut(text, limit=TEXT_MAX_CHARS)


def cut(text: str, *, limit: int) -> str:
    """Return the text, shortened with a word about it if it is longer than is allowed."""
    if len(text) <= limit:
        return text
    mark = CUT.format(limit=limit)
    # Room for the end of a code block that the cut went through.
    kept = text[: limit - len(mark) - len("\n```\n\n")].rstrip()
    fences = [line for line in kept.split("\n") if line.lstrip("> ").startswith("```")]
    if len(fences) % 2:
        kept += "\n" + ("> ```" if fences[-1].startswith(">") else "```")
        kept = kept[: limit - len(mark) - 2]
    return f"{kept}\n\n{mark}"


def word(value: object) -> str:
    """Return a text or a number as text, and nothing for nothing."""
    return "" if value is None else str(value)
