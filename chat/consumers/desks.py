"""What the sockets of a process ask the database for at the same time is asked for together."""

import asyncio

from chat.services import messages
from chat.services.messages import Answer, Post
from realtime import runtime
from realtime.together import Together


class Desks:
    """One for each thing that many sockets want at once."""

    def __init__(self) -> None:
        self.posts: Together[Post, Answer] = Together(
            "posts", answer=messages.say, answer_all=messages.say_together
        )

    async def close(self) -> None:
        """Begin nothing more."""
        await self.posts.close()


_desks: dict[asyncio.AbstractEventLoop, Desks] = {}


def desks() -> Desks:
    """Return those of the running event loop; they close with the runtime."""
    loop = asyncio.get_running_loop()
    found = _desks.get(loop)
    if found is None:
        found = _desks[loop] = Desks()
        runtime.current().on_close(_close)
    return found


async def _close() -> None:
    found = _desks.pop(asyncio.get_running_loop(), None)
    if found is not None:
        await found.close()
