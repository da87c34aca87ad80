"""What the build of the browser's window has made: the scripts, and the languages they speak."""

import functools
import hashlib
from typing import Final

import msgspec
from django.conf import settings
from django.templatetags.static import static

_LIST: Final = "ui.json"


class Build(msgspec.Struct, frozen=True):
    """What `ui/build.js` writes down."""

    languages: list[str] = []
    chunks: list[str] = []
    at_start: list[str] = []


@functools.cache
def build() -> Build:
    """Return what was built. Without a build (in tests of the server) there is nothing."""
    path = settings.BASE_DIR / "build" / _LIST
    return msgspec.json.decode(path.read_bytes(), type=Build) if path.exists() else Build()


def scripts_at_start() -> list[str]:
    """Return the addresses of what `app.js` imports before it runs."""
    return [_chunk(name) for name in build().at_start]


def texts(language: str) -> str:
    """Return the address of the window's texts in a language; empty for English."""
    return static(f"texts/{language}.js") if language in build().languages else ""


def bridge_texts(language: str) -> str:
    """Return the address of the same for the operators' pages, which are built by themselves."""
    return static(f"bridge/texts/{language}.js") if language in build().languages else ""


def everything() -> list[str]:
    """Return the addresses of all that the window can ever load, `app.js` first."""
    named = ("app.js", "app.css", "theme.js", "icon.svg")
    spoken = [texts(language) for language in build().languages]
    return [static(name) for name in named] + spoken + [_chunk(name) for name in build().chunks]


def version() -> str:
    """Return a name for this build: another one as soon as any file is."""
    return hashlib.sha256("\n".join(everything()).encode()).hexdigest()[:12]


def _chunk(name: str) -> str:
    # Scripts import each other by these names, which have their hash from the bundler already.
    return f"{settings.STATIC_URL}{name}"
