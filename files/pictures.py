"""Smaller pictures of a picture. The decoding is done by another process (`files.picture`)."""

import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, Literal

import msgspec

from files.picture import NOT_A_PICTURE

THUMBNAIL_SIZES: Final = (360, 1280)
AVATAR_SIZES: Final = (48, 96, 256)
EMOJI_SIZE: Final = 128
KIND: Final = "image/webp"

SECONDS: Final = 30.0
AT_ONCE: Final = threading.BoundedSemaphore(2)
ROOT: Final = Path(__file__).resolve().parent.parent

Mode = Literal["fit", "square", "emoji"]


class CannotBeShown(Exception):
    """It is no picture, or decoding it takes more memory or time than a picture is worth."""


class Made(msgspec.Struct, frozen=True):
    """One smaller picture."""

    size: int
    width: int
    height: int
    bytes: int


class Answer(msgspec.Struct, frozen=True):
    """What the other process says."""

    colour: str
    made: list[Made]


@dataclass(frozen=True, slots=True)
class Pictures:
    """Smaller pictures in a folder that lasts as long as the context does."""

    colour: str
    made: list[Made]
    folder: Path

    def open(self, size: int) -> IO[bytes]:
        return (self.folder / f"{size}.webp").open("rb")


@contextmanager
def smaller(source: IO[bytes], *, mode: Mode, sizes: Sequence[int]) -> Iterator[Pictures]:
    """Make smaller pictures of what is in a file.

    Raises:
        CannotBeShown: and nothing of it has touched this process's memory.
    """
    with tempfile.TemporaryDirectory(prefix="parley-picture-") as name:
        folder = Path(name)
        path = folder / "source"
        with path.open("wb") as copy:
            source.seek(0)
            while chunk := source.read(1024 * 1024):
                copy.write(chunk)
        with AT_ONCE:
            answer = _ask(mode, path, folder, sizes)
        yield Pictures(colour=answer.colour, made=answer.made, folder=folder)


def _ask(mode: Mode, path: Path, folder: Path, sizes: Sequence[int]) -> Answer:
    command = [sys.executable, "-m", "files.picture", mode, str(path), str(folder)]
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            [*command, *(str(size) for size in sizes)],
            cwd=ROOT,
            # Nothing of our settings is its business.
            env={"PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise CannotBeShown("It takes too long.") from None
    if done.returncode == NOT_A_PICTURE:
        raise CannotBeShown("It is no picture, or too large.")
    if done.returncode != 0:
        raise CannotBeShown("It takes too much memory or time.")
    return msgspec.json.decode(done.stdout, type=Answer)
