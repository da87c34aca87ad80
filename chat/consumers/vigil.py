"""Closes the sockets of this process whose credential has ended."""

import asyncio
import contextlib
import random
from typing import Final

import structlog

from accounts import credentials, tokens
from accounts.credentials import Credential, Ended
from protocol.close_codes import CloseCode
from realtime import runtime
from realtime.pool import run_in_pool
from realtime.sinks import SocketSink
from realtime.tasks import keep_running

logger = structlog.stdlib.get_logger("parley.socket")

SECONDS: Final = 20.0
"""How often all are asked about: what nobody told is noticed within 30 s. The uses of tokens are
written down at the same time."""

RETRY_SECONDS: Final = 0.5

CODES: Final = {
    Ended.CREDENTIAL: CloseCode.SESSION_ENDED,
    Ended.ACCESS: CloseCode.ACCESS_ENDED,
    # They may come back at once, and are then shown what the new role sees.
    Ended.ROLE: CloseCode.RESTART,
}


class Vigil:
    """The open sockets of one event loop, with what each was opened with.

    Whoever ends a credential tells every process (`broadcast.doubt`), which then asks the database
    about the sockets in question. Letters can be lost, so it asks about all of them now and then.
    """

    def __init__(self) -> None:
        self._credentials: dict[SocketSink, Credential] = {}
        self._doubted: set[SocketSink] = set()
        self._wake = asyncio.Event()
        self._task = asyncio.create_task(keep_running("vigil", self._watch))

    def enter(self, sink: SocketSink, credential: Credential) -> None:
        """Watch over a socket."""
        self._credentials[sink] = credential

    def leave(self, sink: SocketSink) -> None:
        """Watch over a socket no longer."""
        self._credentials.pop(sink, None)
        self._doubted.discard(sink)

    def doubt(self, sink: SocketSink) -> None:
        """Ask about this socket at once."""
        self._doubted.add(sink)
        self._wake.set()

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        all_due = loop.time() + _period()
        while True:
            # Doubts do not put off the question about all: on a busy process there is always one.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(all_due):
                    await self._wake.wait()
            self._wake.clear()
            is_all = loop.time() >= all_due
            doubted, self._doubted = self._doubted, set()
            try:
                if is_all:
                    await run_in_pool(tokens.note_uses)
                await self._ask_about(set(self._credentials) if is_all else doubted)
            except Exception as error:  # noqa: BLE001 - whatever it is, the doubts remain
                # Nothing new is heard meanwhile either: it would come from the database.
                logger.warning("VIGIL_FAILED", reason=type(error).__name__)
                self._doubted |= doubted & self._credentials.keys()
                await asyncio.sleep(RETRY_SECONDS)
                self._wake.set()
            else:
                if is_all:
                    all_due = loop.time() + _period()

    async def _ask_about(self, sinks: set[SocketSink]) -> None:
        asked = {sink: self._credentials[sink] for sink in sinks if sink in self._credentials}
        if not asked:
            return
        ended = await run_in_pool(credentials.ended, set(asked.values()))
        for sink, credential in asked.items():
            if credential in ended and not sink.is_shut:
                logger.info("SOCKET_ENDED", user=credential.user_id, why=ended[credential].name)
                sink.end(CODES[ended[credential]])


def _period() -> float:
    return SECONDS * random.uniform(0.8, 1.2)  # noqa: S311 - no secret


_vigils: dict[asyncio.AbstractEventLoop, Vigil] = {}


def vigil() -> Vigil:
    """Return the vigil of the running event loop; it closes with the runtime."""
    loop = asyncio.get_running_loop()
    found = _vigils.get(loop)
    if found is None:
        found = _vigils[loop] = Vigil()
        runtime.current().on_close(_close)
    return found


async def _close() -> None:
    found = _vigils.pop(asyncio.get_running_loop(), None)
    if found is not None:
        await found.close()
