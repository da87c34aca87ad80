"""The pages outside the window: everybody can read them, by eye, by ear and by keyboard."""

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Page, Route, expect

from tests.browser.accessibility import assert_accessible_in_every_look
from tests.browser.conftest import PASSWORD, Team, Windows, sign_in


def show(page: Page, url: str, body: str) -> None:
    """Show a page that is hard to bring about, with the real styles around it."""

    def answer(route: Route) -> None:
        route.fulfill(body=body, content_type="text/html; charset=utf-8")

    page.route(url, answer)
    page.goto(url)


@pytest.mark.parametrize("path", ["login/", "account/password/reset/", "sign-up/", "join/nothing"])
def test_a_strangers_page_is_accessible(team: Team, windows: Windows, path: str) -> None:
    window = windows.open()
    window.excuse = "404"
    window.page.goto(team.url(process=0) + path)

    assert_accessible_in_every_look(window.page)


@pytest.mark.parametrize(
    "path", ["email/", "password/change/", "2fa/", "sessions/", "2fa/totp/activate/"]
)
def test_a_page_of_ones_account_is_accessible(team: Team, windows: Windows, path: str) -> None:
    page = windows.open(team.cookies["ann"]).page
    page.goto(f"{team.url(process=0)}account/{path}")
    if "reauthenticate" in page.url:
        page.get_by_label("Password").fill(PASSWORD)
        assert_accessible_in_every_look(page)
        page.get_by_role("button", name="Go on").click()

    expect(page.get_by_role("navigation", name="Your account")).to_be_visible()
    assert_accessible_in_every_look(page)


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "429", "500", "503"])
def test_an_error_is_told_accessibly(team: Team, windows: Windows, name: str) -> None:
    page = windows.open().page
    show(page, f"{team.url(process=0)}shown/{name}", render_to_string(f"{name}.html"))

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert_accessible_in_every_look(page)


def test_a_page_goes_by_keyboard_to_its_content(team: Team, windows: Windows) -> None:
    page = windows.open(team.cookies["ann"]).page
    page.goto(f"{team.url(process=0)}account/sessions/")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    page.keyboard.press("Enter")

    expect(page.get_by_role("main")).to_be_focused()


def test_a_stranger_chooses_the_language_and_it_stays(team: Team, windows: Windows) -> None:
    page = windows.open().page
    page.goto(f"{team.url(process=0)}login/")

    page.get_by_role("button", name="Deutsch").click()

    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.get_by_role("button", name="Anmelden", exact=True)).to_be_visible()
    page.goto(f"{team.url(process=0)}account/password/reset/")
    expect(page.locator("html")).to_have_attribute("lang", "de")


def test_somebody_who_speaks_german_gets_a_german_window(team: Team, windows: Windows) -> None:
    page = windows.open(locale="de-AT").page
    page.goto(f"{team.url(process=0)}login/")
    page.get_by_role("button", name="English").click()
    sign_in(page, username="ben", password=PASSWORD)
    expect(page.get_by_text("Connected to Instance-")).to_be_attached()
    expect(page.get_by_role("button", name="Send message")).to_be_visible()

    page.evaluate(
        """async () => {
            const { textContent } = document.getElementById("bootstrap");
            const { csrf_token: token } = JSON.parse(textContent);
            await fetch("/api/v1/preferences", {
                method: "PATCH",
                headers: { "Content-Type": "application/json", "X-CSRFToken": token },
                body: JSON.stringify({ locale: "de" }),
            });
        }"""
    )
    page.reload()

    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.get_by_role("button", name="Nachricht senden")).to_be_visible()
