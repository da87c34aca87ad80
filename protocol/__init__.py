"""The wire: every command, event, error, close code and limit, each defined once.

Nothing in here knows Django, Redis or a socket. Everything that two programs must agree on is
generated from here: `python -m protocol.export` writes the JSON Schema, `docs/protocol.md` and the
constants of the browser.
"""

VERSION = 1
