"""How far the history has come, remembered outside of the database.

A database that is restored from a backup knows nothing of what came after it, so clients whose
cursors point into the lost part would go on as if nothing had happened, once as much has happened
again. Redis remembers the newest event of each history; a process that finds an older database than
that, when it starts or while it runs, begins another history (a new epoch), and every client loads
everything anew.

A hint only: when Redis has lost it too, `manage.py newepoch` says the same by hand.
"""

import asyncio
import contextlib
from typing import Final

import structlog
from django.conf import settings
from django.db import Error as DatabaseFailure
from redis.exceptions import RedisError

from realtime import log, redis_clients
from realtime.hub import Hub
from realtime.pool import run_in_pool

logger = structlog.stdlib.get_logger("parley.runtime")

SECONDS: Final = 5.0


class HighWater:
    """Remembers, for as long as the process lives, how far the history has come."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._redis = redis_clients.asynchronous()

    async def run(self) -> None:
        """Remember it every few seconds."""
        try:
            while True:
                with contextlib.suppress(RedisError, OSError, DatabaseFailure):
                    # In this order: an id of a new history must not be noted under the old name.
                    epoch = self._hub.epoch
                    newest = await run_in_pool(log.last_event_id)
                    if epoch and epoch == self._hub.epoch:
                        await self._compare(epoch, newest)
                await asyncio.sleep(SECONDS)
        finally:
            await self._redis.aclose()

    async def _compare(self, epoch: str, newest: int) -> None:
        remembered = await self._redis.zscore(_key(), epoch)
        if remembered is not None and newest < remembered:
            # Restored while processes run. The hubs see the new name at their next look.
            logger.warning("HISTORY_LOST", epoch=epoch, remembered=int(remembered), found=newest)
            await run_in_pool(log.renew_epoch, epoch)
        else:
            await self._redis.zadd(_key(), {epoch: newest}, gt=True)


def begin_again_if_restored() -> bool:
    """Begin another history when this database is older than what is remembered of it.

    Returns whether it did. When Redis cannot be asked it does nothing.

    Raises:
        DatabaseError: when the database cannot be used.
    """
    epoch = log.epoch()
    client = redis_clients.blocking()
    try:
        remembered = client.zscore(_key(), epoch)
    except RedisError:
        return False
    finally:
        client.close()
    newest = log.last_event_id()
    if remembered is None or newest >= remembered:
        return False
    logger.warning("HISTORY_LOST", epoch=epoch, remembered=int(remembered), found=newest)
    log.renew_epoch(epoch)
    return True


def _key() -> str:
    return f"{settings.REDIS_PREFIX}:high_water"
