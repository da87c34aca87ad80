"""Makes the pictures that operators look at: each once, however many look at it.

While somebody looks at something there is a task that makes a picture of it every few seconds and
sends it to all of them; it ends with the last of them.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Callable
from typing import Final

import msgspec
import structlog
from django.db import Error as DatabaseFailure

from chat.edges import error_of
from chat.exceptions import ChatError, Unavailable
from operations.bridge import channel, sockets
from operations.bridge.cluster import Cluster
from operations.bridge.threads import apart
from protocol.bridge import (
    WatchChannel,
    WatchCluster,
    WatchConnection,
    WatchConnections,
    WatchPerson,
)
from protocol.codec import encode
from protocol.events import Frame
from realtime import runtime
from realtime.inquiries import Unreachable
from realtime.letters import text_frame
from realtime.sinks import SocketSink

logger = structlog.stdlib.get_logger("parley.bridge")

PERIOD_SECONDS: Final = 2.0
LOOK_SECONDS: Final = 5.0
"""A picture that is not made within this time is not sent."""

Watch = WatchCluster | WatchConnections | WatchConnection | WatchPerson | WatchChannel
Look = Callable[[], Frame]


class Scene(msgspec.Struct, frozen=True):
    """What is looked at, and by whom where that makes a difference."""

    watch: Watch
    asker_id: int = 0


class Observatory:
    """What is looked at on one event loop."""

    def __init__(self) -> None:
        self._watchers: dict[Scene, set[SocketSink]] = defaultdict(set)
        self._scene_of: dict[SocketSink, Scene] = {}
        self._last: dict[Scene, bytes] = {}
        self._tasks: dict[Scene, asyncio.Task[None]] = {}

    def watch(self, sink: SocketSink, scene: Scene, look: Look) -> None:
        """Let a socket see something from now on, and nothing else.

        Args:
            look: makes a picture, in a thread of its own. Not called when others look already.
        """
        self.leave(sink)
        self._scene_of[sink] = scene
        self._watchers[scene].add(sink)
        if scene in self._last:
            sink.whisper(self._last[scene])
        if scene not in self._tasks:
            self._tasks[scene] = asyncio.create_task(self._show_for_ever(scene, look))

    def leave(self, sink: SocketSink) -> None:
        """Let a socket see nothing more."""
        scene = self._scene_of.pop(sink, None)
        if scene is None:
            return
        self._watchers[scene].discard(sink)
        if not self._watchers[scene]:
            del self._watchers[scene]
            self._last.pop(scene, None)
            self._tasks.pop(scene).cancel()

    async def close(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _show_for_ever(self, scene: Scene, look: Look) -> None:
        while True:
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    picture = await apart(look)
            except (DatabaseFailure, Unreachable, ChatError, TimeoutError) as error:
                logger.warning("PICTURE_FAILED", reason=type(error).__name__)
                self._send(scene, _no_picture(error))
            except Exception:
                logger.exception("PICTURE_FAILED")
            else:
                self._last[scene] = text_frame(encode(picture))
                self._send(scene, self._last[scene])
            await asyncio.sleep(PERIOD_SECONDS)

    def _send(self, scene: Scene, frame: bytes) -> None:
        for sink in list(self._watchers.get(scene, ())):
            sink.whisper(frame)


def look_of(watch: Watch, *, asker_id: int) -> tuple[Scene, Look]:
    """Return what a command wants to see, and what makes a picture of it."""
    plain = msgspec.structs.replace(watch, id="")
    match plain:
        case WatchCluster():
            return Scene(plain), Cluster().look
        case WatchConnections(instance=instance, user_id=user_id):
            number = None if user_id is None else int(user_id)
            return Scene(plain), lambda: sockets.connections(instance=instance, user_id=number)
        case WatchConnection(connection_id=connection_id):
            # Which channels have a name in it hangs on who looks.
            return (
                Scene(plain, asker_id),
                lambda: sockets.connection(connection_id, asker_id=asker_id),
            )
        case WatchPerson(user_id=user_id):
            return Scene(plain), lambda: sockets.person(int(user_id))
        case WatchChannel(channel_id=channel_id):
            return Scene(plain), lambda: channel.look(int(channel_id))


def _no_picture(error: Exception) -> bytes:
    if isinstance(error, Unreachable):
        error = Unavailable("Redis cannot be asked just now. People go on talking.")
    return text_frame(encode(error_of(error, re=None)))


_observatories: dict[asyncio.AbstractEventLoop, Observatory] = {}


def observatory() -> Observatory:
    """Return the observatory of the running event loop; it closes with the runtime."""
    loop = asyncio.get_running_loop()
    found = _observatories.get(loop)
    if found is None:
        found = _observatories[loop] = Observatory()
        runtime.current().on_close(_close)
    return found


async def _close() -> None:
    found = _observatories.pop(asyncio.get_running_loop(), None)
    if found is not None:
        with contextlib.suppress(asyncio.CancelledError):
            await found.close()
