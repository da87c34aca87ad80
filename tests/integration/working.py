"""Doing what waits to be done, without a worker."""

from work import queue


def drain(*, limit: int = 1000) -> int:
    """Do in this thread every task that is due. Return how many that were."""
    for count in range(limit):
        row = queue.claim(worker_id="drain")
        if row is None:
            return count
        queue.run(row)
    return limit
