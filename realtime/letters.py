"""What travels between processes: one event, ready to be sent, with what a hub must know of it."""

from typing import Final

import msgspec

EPHEMERAL: Final = 0
"""The seq of what has no place in a stream."""

GROUP_PREFIX: Final = "s."


class Letter(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One event on its way.

    Attributes:
        stream: whose order it belongs to.
        seq: its place, or `EPHEMERAL`.
        payload: the finished UTF-8 JSON of the frame. Nobody decodes it to deliver it.
        opens: a stream that the hearers of this one hear from now on, or "".
        opens_after: the seq after which they hear it.
        closes: a stream that the hearers of this one hear no longer, or "".
        ejects_user_id: who hears nothing of this stream after this event, or 0.
        rewrites: whether the log changed what it says of earlier events of the stream.
        origin_user_id: for an ephemeral letter, whose own sockets need not be told, or 0.
        doubts: for an ephemeral letter without a payload: whether its hearers may still hear has
            to be asked again.
        epoch: the history that it belongs to, or "" where that is not known.
        nonce: tells an ephemeral letter from its own copies, which have no seq to tell them by.
    """

    stream: str
    seq: int
    payload: bytes
    opens: str = ""
    opens_after: int = 0
    closes: str = ""
    ejects_user_id: int = 0
    rewrites: bool = False
    origin_user_id: int = 0
    doubts: bool = False
    nonce: str = ""
    epoch: str = ""

    @property
    def changes_who_hears(self) -> bool:
        """Whether it opens or ends a stream for those who hear it."""
        return bool(self.opens or self.closes or self.ejects_user_id)


_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(Letter).decode

DELIVER: Final = "deliver"
"""The one layer message type. A layer message names a consumer's method: allow no other."""


def to_message(letter: Letter) -> dict[str, object]:
    """Return the letter as a channel layer message."""
    return {"type": DELIVER, "letter": _encode(letter)}


def from_message(message: dict[str, object]) -> Letter:
    """Return the letter in a channel layer message.

    Raises:
        msgspec.DecodeError: when another version of the program sent something else.
    """
    letter = message["letter"]
    if not isinstance(letter, bytes):
        raise msgspec.DecodeError("a letter is bytes")
    return _decode(letter)


def group(stream: str) -> str:
    """Return the layer's group of a stream. The layer allows no colon in a name."""
    return GROUP_PREFIX + stream.replace(":", ".")


def text_frame(payload: bytes) -> bytes:
    """Return the WebSocket frame (RFC 6455, 5.2) of one text message from a server.

    Server frames are not masked, so one frame serves all clients.
    """
    length = len(payload)
    if length < 126:
        return bytes((0x81, length)) + payload
    if length < 1 << 16:
        return b"\x81\x7e" + length.to_bytes(2, "big") + payload
    return b"\x81\x7f" + length.to_bytes(8, "big") + payload
