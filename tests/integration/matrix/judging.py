"""Asks the program what the table says, and compares."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction

from accounts.models import Scope
from chat.consumers import dispatch, entry
from chat.edges import refusal_of
from chat.services import messages
from protocol.codec import decode_command
from protocol.commands import PostMessage
from tests.integration.matrix import digest
from tests.integration.matrix.operations import OPERATIONS, Operation, address, frame
from tests.integration.matrix.table import Row
from tests.integration.matrix.world import CANARY, Scene

LETTERS: Final = {
    "unauthenticated": "-",
    "not_found": "4",
    "not_a_member": "m",
    "forbidden": "f",
    "insufficient_scope": "s",
    "channel_archived": "a",
    "invalid": "v",
    "name_taken": "x",
    "client_id_reused": "x",
    "confirmation_required": "x",
    "limit_reached": "x",
}


WITHOUT_BODY: Final = {401: "unauthenticated", 403: "insufficient_scope", 404: "not_found"}
"""What an answer to HEAD means."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one request."""

    code: str
    """Of the refusal; empty when it was done."""
    body: str
    answer: dict[str, Any]
    changed: bool

    def letter(self, operation: Operation, scene: Scene) -> str:
        if self.code:
            return LETTERS.get(self.code, f"[{self.code}]")
        if operation.reads:
            return "+" if operation.shows(scene, self.answer) else "0"
        return "+" if self.changed else "0"


def of_requests(rows: Sequence[Row]) -> list[Row]:
    """Return the rows that need no open socket."""
    return [
        row
        for row in rows
        if row.operation in OPERATIONS
        and (OPERATIONS[row.operation].method or not OPERATIONS[row.operation].needs_socket)
    ]


@contextmanager
def undone() -> Iterator[None]:
    """Take back whatever is done inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def over_rest(operation: Operation, scene: Scene, *, before: object) -> Outcome:
    """Ask over REST, and take it back."""
    api, body = scene.viewer.api, operation.body(scene) if operation.body is not None else None
    with undone():
        status, answer = api(
            operation.method,
            address(operation, scene),
            body,
            content_type=operation.content_type,
            headers=operation.headers,
        )
        changed = digest.of_database() != before
    content = api.content.decode(errors="replace")
    assert status < 500, content
    code = ""
    if status >= 400:
        code = answer["error"]["code"] if answer else WITHOUT_BODY[status]
    return Outcome(code, content, answer, changed)


def over_socket(operation: Operation, scene: Scene, *, before: object) -> Outcome:
    """Do what the socket does with a command, and take it back."""
    visitor = entry.visitor_of(entry.request_of({"headers": scene.viewer.headers}))
    if visitor is None:
        return Outcome("unauthenticated", "", {}, digest.of_database() != before)
    if Scope.WRITE not in visitor.scopes:
        # The socket's own word: `test_sockets.py` has it from a real one.
        return Outcome("insufficient_scope", "", {}, digest.of_database() != before)
    command: Any = decode_command(frame(operation, scene))
    with undone():
        try:
            with transaction.atomic():
                if isinstance(command, PostMessage):
                    # As over the desk of a process, where one comes alone.
                    messages.say(dispatch.post_of(command, user_id=visitor.user.pk))
                else:
                    dispatch.run(command, user_id=visitor.user.pk)
            code = ""
        except Exception as error:  # noqa: BLE001 - as the consumer does
            code = str(refusal_of(error).code)
        changed = digest.of_database() != before
    return Outcome(code, "", {}, changed)


def troubles(operation: Operation, scene: Scene, expected: str, *, before: object) -> Iterator[str]:
    """Yield what is wrong with one cell."""
    if expected == ".":
        return
    outcomes = {}
    if operation.method:
        outcomes["REST"] = over_rest(operation, scene, before=before)
    if operation.command and not operation.needs_socket:
        outcomes["socket"] = over_socket(operation, scene, before=before)
    for edge, outcome in outcomes.items():
        got = outcome.letter(operation, scene)
        if got != expected:
            yield f"{edge}: {got} instead of {expected} {outcome.body[:200]}"
        if outcome.changed and (outcome.code or operation.reads):
            yield f"{edge}: the database has changed"
        yield from (f"{edge}: tells of {place}" for place in overheard(outcome.body, scene))
    if len({outcome.code for outcome in outcomes.values()}) > 1:
        yield f"the edges differ: { {edge: one.code for edge, one in outcomes.items()} }"
    if expected == "4" and operation.method:
        of_nothing = over_rest(operation, scene.without(), before=before)
        if _plain(of_nothing) != _plain(outcomes["REST"]):
            yield f"what does not exist answers {of_nothing.body}, not {outcomes['REST'].body}"


def overheard(body: str, scene: Scene) -> set[str]:
    """Return the places of which an answer tells something that the asker may not read."""
    told = set(CANARY.findall(body))
    return told - scene.world.readable_by(scene.viewer) - {"said"}


def _plain(outcome: Outcome) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(outcome.body or "{}")
    record.get("error", {}).pop("request_id", None)
    return record
