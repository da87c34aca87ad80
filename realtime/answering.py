"""What this process answers when another asks it."""

import os
import signal
from typing import assert_never

from realtime.connections import Connection, Connections
from realtime.hub import Hub
from realtime.inquiries import (
    Answer,
    ConnectionFacts,
    Drain,
    EndConnection,
    ListConnections,
    LookAtStream,
    Question,
)


def answer(question: Question, *, hub: Hub, open_here: Connections, is_draining: bool) -> Answer:
    """Answer a question, or do what is told."""
    match question:
        case ListConnections():
            return _listed(question, open_here)
        case LookAtStream():
            stream = question.stream
            return Answer(sockets=hub.hearers(stream), top=hub.top(stream))
        case EndConnection():
            connection = open_here.get(question.connection_id)
            if connection is not None:
                connection.sink.end(question.code)
            return Answer(is_done=connection is not None)
        case Drain():
            if not is_draining:
                # As if the operating system had said it: there is one way to stop.
                os.kill(os.getpid(), signal.SIGTERM)
            return Answer(is_done=True)
        case _:
            assert_never(question)


def _listed(question: ListConnections, open_here: Connections) -> Answer:
    if question.connection_id is not None:
        one = open_here.get(question.connection_id)
        found = [] if one is None else [one]
    else:
        found = list(open_here.of(user_id=question.user_id, stream=question.stream))
    is_one = question.connection_id is not None
    return Answer(
        connections=[_facts(one, with_streams=is_one) for one in found[: question.limit]],
        total=len(found),
    )


def _facts(connection: Connection, *, with_streams: bool) -> ConnectionFacts:
    return ConnectionFacts(
        id=connection.id,
        user_id=connection.user_id,
        kind=connection.kind,
        address=connection.address,
        agent=connection.agent,
        opened_at=connection.opened_at,
        heard_at=connection.heard_at,
        streams=sorted(connection.streams) if with_streams else [],
        stream_count=len(connection.streams),
        buffered_bytes=connection.sink.buffered_bytes(),
        is_lagging=connection.sink.is_full,
        token_id=connection.token_id,
        session=connection.session,
    )
