"""A pipe that tells a process when the one that started it is gone."""

import os
import signal
import threading


def stop_with(descriptor: int) -> None:
    """Stop in order when the process at the other end of the pipe is gone, however it went."""

    def wait() -> None:
        os.read(descriptor, 1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="lifeline", daemon=True).start()
