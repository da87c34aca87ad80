"""Decodes one picture in a process of its own, with little memory and little time.

    python -m files.picture MODE SOURCE FOLDER SIZE [SIZE …]

MODE is `fit` (inside a square of SIZE), `square` (cut to one) or `emoji` (inside a square, moving
pictures stay moving). Writes SIZE.webp for each into FOLDER, and says on the standard output what
it found, as JSON. Exits with 3 when it is not a picture that can be shown. Knows nothing of Django.
"""

import json
import resource
import sys
import warnings
from pathlib import Path
from typing import Final

from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

PIXELS_MAX: Final = 50_000_000
MEMORY_BYTES: Final = 1024 * 1024 * 1024
CPU_SECONDS: Final = 20
WRITTEN_BYTES: Final = 32 * 1024 * 1024
FRAMES_MAX: Final = 100
FORMATS: Final = ("JPEG", "PNG", "GIF", "WEBP")
NOT_A_PICTURE: Final = 3
QUALITY: Final = 80


def main(mode: str, source: str, folder: str, *sizes: str) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN_BYTES, WRITTEN_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Pillow's own guard warns at this many pixels and refuses at twice as many.
    Image.MAX_IMAGE_PIXELS = PIXELS_MAX
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        said = _make(mode, Path(source), Path(folder), [int(size) for size in sizes])
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
        OSError,
        ValueError,
        SyntaxError,
        MemoryError,
        EOFError,
    ):
        return NOT_A_PICTURE
    print(json.dumps(said))  # noqa: T201 - the answer to who asked
    return 0


def _make(mode: str, source: Path, folder: Path, sizes: list[int]) -> dict[str, object]:
    with Image.open(source, formats=FORMATS) as opened:
        is_moving = getattr(opened, "n_frames", 1) > 1
        if mode == "emoji" and is_moving:
            return _moving(opened, folder, sizes)
        # Less is decoded of a JPEG that will be made smaller anyway.
        opened.draft("RGB", (2 * max(sizes), 2 * max(sizes)))
        picture = ImageOps.exif_transpose(opened)
        has_alpha = "A" in picture.getbands() or "transparency" in picture.info
        picture = picture.convert("RGBA" if has_alpha else "RGB")
    made = []
    for size in sorted(sizes, reverse=True):
        if mode == "square":
            side = min(size, *picture.size)
            small = ImageOps.fit(picture, (side, side), Image.Resampling.LANCZOS)
        else:
            small = picture.copy()
            small.thumbnail((size, size), Image.Resampling.LANCZOS)
        small.info = {}
        target = folder / f"{size}.webp"
        small.save(target, "WEBP", quality=QUALITY, method=4)
        made.append(_described(size, small.size, target))
    return {"colour": _colour(picture), "made": made}


def _moving(opened: Image.Image, folder: Path, sizes: list[int]) -> dict[str, object]:
    made = []
    for size in sizes:
        frames, durations = [], []
        for number, frame in enumerate(ImageSequence.Iterator(opened)):
            if number == FRAMES_MAX:
                break
            one = frame.convert("RGBA")
            one.thumbnail((size, size), Image.Resampling.LANCZOS)
            frames.append(one)
            durations.append(max(20, int(frame.info.get("duration", 100))))
        target = folder / f"{size}.webp"
        frames[0].save(
            target,
            "WEBP",
            save_all=True,
            append_images=frames[1:],
            duration=durations,
            loop=0,
            quality=QUALITY,
        )
        made.append(_described(size, frames[0].size, target))
    return {"colour": "", "made": made}


def _described(size: int, shown: tuple[int, int], target: Path) -> dict[str, int]:
    width, height = shown
    return {"size": size, "width": width, "height": height, "bytes": target.stat().st_size}


def _colour(picture: Image.Image) -> str:
    """Return the mean colour, for the place of the picture before it has come."""
    small = picture.convert("RGBA").resize((16, 16), Image.Resampling.BOX)
    background = Image.new("RGBA", small.size, "#808080")
    pixel = Image.alpha_composite(background, small).convert("RGB").resize((1, 1)).getpixel((0, 0))
    red, green, blue = pixel if isinstance(pixel, tuple) else (128, 128, 128)
    return f"#{int(red):02x}{int(green):02x}{int(blue):02x}"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
