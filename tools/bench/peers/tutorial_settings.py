"""The tutorial's chat with a layer that goes through Redis, and a pool that is large enough.

Unless its timeout is off, redis-py cuts the reads on which the core layer waits.
"""

import os

from tools.tutorial.settings import *  # noqa: F403 - settings upon settings

CHANNEL_LAYERS = {
    "default": {
        "BACKEND": os.environ["BENCH_LAYER"],
        "CONFIG": {  # type: ignore[dict-item]  # the tutorial's own layer has none
            "hosts": [
                {
                    "address": os.environ["REDIS_URL"],
                    "max_connections": 10_000,
                    "socket_timeout": None,
                }
            ]
        },
    }
}
