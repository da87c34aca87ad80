"""What the window makes people load before they see it stays small."""

import gzip
from pathlib import Path
from typing import Final

from django.conf import settings

from operations import assets

SCRIPT_MAX_BYTES: Final = 80_000
STYLE_MAX_BYTES: Final = 20_000
TEXTS_MAX_BYTES: Final = 40_000

_UI: Final = Path(settings.BASE_DIR) / "build" / "ui"


def compressed(*names: str) -> int:
    return sum(len(gzip.compress((_UI / name).read_bytes())) for name in names)


def test_the_scripts_of_the_first_paint_are_small() -> None:
    assert compressed("theme.js", "app.js", *assets.build().at_start) < SCRIPT_MAX_BYTES


def test_the_style_is_small() -> None:
    assert compressed("app.css") < STYLE_MAX_BYTES


def test_the_texts_of_a_language_are_small() -> None:
    for language in assets.build().languages:
        assert compressed(f"texts/{language}.js") < TEXTS_MAX_BYTES
