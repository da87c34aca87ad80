"""What the sockets of a process ask the database for at the same time is asked for together."""

import asyncio
from typing import Final
from weakref import WeakKeyDictionary

from chat import selectors
from chat.consumers import entry
from chat.consumers.entry import Request, Visitor
from chat.selectors import Heard
from chat.services import messages
from chat.services.messages import Answer, Post
from realtime.together import Together


class Desks:
    """One for each thing that many sockets want at once."""

    def __init__(self) -> None:
        self.posts: Together[Post, Answer] = Together(
            "posts", answer=messages.say, answer_all=messages.say_together
        )
        self.visitors: Together[Request, Visitor] = Together(
            "visitors", answer=entry.admit, answer_all=entry.admit_all
        )
        self.heard: Together[int, Heard] = Together(
            "heard",
            answer=lambda asker_id: selectors.heard_by_all([asker_id])[0],
            answer_all=selectors.heard_by_all,
        )


_desks: Final[WeakKeyDictionary[asyncio.AbstractEventLoop, Desks]] = WeakKeyDictionary()


def desks() -> Desks:
    """Return those of the running event loop."""
    loop = asyncio.get_running_loop()
    found = _desks.get(loop)
    if found is None:
        found = _desks[loop] = Desks()
    return found
