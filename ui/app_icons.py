"""Draw the icon as pictures, for the systems that take no SVG, into `build/ui`.

The numbers are those of `icon.svg`.
"""

from pathlib import Path

from PIL import Image, ImageDraw

TARGET = Path(__file__).parent.parent / "build" / "ui"
ACCENT = "#315dd4"
PAPER = "#ffffff"
UNITS = 64
SMOOTH = 8
"""Drawn so many times larger, and made smaller: Pillow draws no smooth edges itself."""


def icon(side: int, *, is_full: bool) -> Image.Image:
    """Draw it. A full one has no corners of its own and keeps clear of those that are cut off."""
    size = side * SMOOTH
    picture = Image.new("RGBA", (size, size), ACCENT if is_full else (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    scale = size / UNITS * (0.82 if is_full else 1)
    shift = (size - UNITS * scale) / 2

    def at(*numbers: float) -> list[float]:
        return [shift + number * scale for number in numbers]

    if not is_full:
        draw.rounded_rectangle(at(0, 0, 64, 64), radius=14 * scale, fill=ACCENT)
    draw.rounded_rectangle(at(10, 14, 54, 44), radius=6 * scale, fill=PAPER)
    draw.polygon(at(18.5, 43, 33, 43, 21, 53, 19.1, 53.1, 18.5, 51.8), fill=PAPER)
    for left, right, y in ((20, 44, 25), (20, 35, 33)):
        draw.rounded_rectangle(at(left - 2, y - 2, right + 2, y + 2), radius=2 * scale, fill=ACCENT)
    return picture.resize((side, side), Image.Resampling.LANCZOS)


def main() -> None:
    for name, side, is_full in (
        ("icon-192", 192, False),
        ("icon-512", 512, False),
        ("icon-maskable-512", 512, True),
        ("icon-touch-180", 180, True),
    ):
        icon(side, is_full=is_full).save(TARGET / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
