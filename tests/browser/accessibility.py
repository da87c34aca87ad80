"""Whether everybody can use a page: as axe sees it, in every look, on the narrowest screen."""

from collections.abc import Mapping
from typing import Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

ACCESSIBLE: Final = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}
_COLOURS: Final = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}

NARROWEST: Final = 320
"""A page of 1280 pixels at four times its size is as wide as this."""


def assert_accessible(page: Page, options: Mapping[str, object] = ACCESSIBLE) -> None:
    found = Axe().run(page, options=options)
    assert found.violations_count == 0, found.generate_report()


def assert_nothing_is_wider_than_the_screen(page: Page) -> None:
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def assert_accessible_in_every_look(page: Page) -> None:
    """Look at a page in light, dark and high contrast, and where there is hardly any room."""
    page.emulate_media(color_scheme="light")
    assert_accessible(page)
    for colours, contrast in (("dark", "no-preference"), ("light", "more"), ("dark", "more")):
        page.emulate_media(color_scheme=colours, contrast=contrast)  # type: ignore[arg-type]
        assert_accessible(page, _COLOURS)
    page.emulate_media(color_scheme="light", contrast="no-preference", forced_colors="active")
    assert_nothing_is_wider_than_the_screen(page)
    page.emulate_media(forced_colors="none")
    size = page.viewport_size
    page.set_viewport_size({"width": NARROWEST, "height": 640})
    assert_nothing_is_wider_than_the_screen(page)
    if size:
        page.set_viewport_size(size)
