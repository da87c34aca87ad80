"""The names of streams. They are built nowhere else."""

CHANNEL_PREFIX = "c:"
USER_PREFIX = "u:"


def channel_stream(channel_id: int | str) -> str:
    """Return the stream of what happens in a channel."""
    return f"{CHANNEL_PREFIX}{channel_id}"


def user_stream(user_id: int | str) -> str:
    """Return the stream of what concerns one person alone."""
    return f"{USER_PREFIX}{user_id}"


def channel_id_of(stream: str) -> int | None:
    """Return the channel of a stream; None when it is somebody's own."""
    return int(stream.removeprefix(CHANNEL_PREFIX)) if stream.startswith(CHANNEL_PREFIX) else None
