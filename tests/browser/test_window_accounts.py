"""Passkeys and apps in a real browser, under the policy that allows no script in a page."""

import re

from playwright.sync_api import CDPSession, Page, expect

from tests.browser.conftest import PASSWORD, Team, Window, Windows, sign_in
from tests.integration.codes import totp


def key_in(window: Window) -> CDPSession:
    """Plug a key into the browser that does what it is asked for."""
    session = window.context.new_cdp_session(window.page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return session


def prove(page: Page) -> None:
    if "reauthenticate" in page.url:
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Go on").click()


def test_a_passkey_is_added_and_opens_the_workspace_without_a_password(
    team: Team, windows: Windows
) -> None:
    # No browser makes a passkey for a bare address.
    url = team.cluster.instances[0].url.replace("127.0.0.1", "localhost")
    window = windows.open()
    page = window.page
    key_in(window)
    page.goto(f"{url}/login/?next=/account/2fa/webauthn/add/")
    sign_in(page, username="cleo", password=PASSWORD)
    prove(page)
    page.get_by_label(re.compile("Passwordless")).check()
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("Recovery codes", exact=False).first).to_be_visible()
    page.goto(f"{url}/account/2fa/webauthn/")
    expect(page.get_by_text("Passkey", exact=True)).to_be_visible()
    page.goto(f"{url}/logout/")
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/login/"))
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("Connected to Instance-")).to_be_attached()
    page.goto(f"{url}/account/2fa/webauthn/")
    page.get_by_role("link", name="Remove").click()
    prove(page)
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("No security keys")).to_be_visible()


def test_an_app_is_set_up_and_asked_for(team: Team, windows: Windows) -> None:
    url = team.cluster.instances[1].url
    window = windows.open()
    page = window.page
    page.goto(f"{url}/login/?next=/account/2fa/totp/activate/")
    sign_in(page, username="cleo", password=PASSWORD)
    prove(page)
    secret = page.get_by_label("Or type this").input_value()
    page.get_by_label("code", exact=False).last.fill(totp(secret))
    page.get_by_role("button", name="Set up").click()
    codes = page.locator("#recovery_codes")
    expect(codes).to_be_visible()
    first = codes.input_value().split()[0]
    page.context.clear_cookies()
    page.goto(f"{url}/login/")
    sign_in(page, username="cleo", password=PASSWORD)
    expect(page).to_have_url(re.compile("/2fa/authenticate/"))
    page.get_by_label("Code").fill(first)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Connected to Instance-")).to_be_attached()
    page.goto(f"{url}/account/2fa/totp/deactivate/")
    prove(page)
    page.get_by_role("button", name="Deactivate").click()
    expect(page.get_by_role("link", name="Set up an app")).to_be_visible()


def test_a_browser_is_signed_out_from_another_and_shows_it(team: Team, windows: Windows) -> None:
    url = team.cluster.instances[0].url
    lost, kept = windows.open(user_agent="Lost Phone/1"), windows.open()
    for window, to in ((lost, "/"), (kept, "/account/sessions/")):
        window.page.goto(f"{url}/login/?next={to}")
        sign_in(window.page, username="ben", password=PASSWORD)
    expect(lost.page.get_by_text("Connected to Instance-")).to_be_attached()
    expect(kept.page.get_by_text("This one")).to_be_visible()
    lost.excuse = "401|403|4401"
    row = kept.page.locator(".row", has_text="Lost Phone/1")
    row.get_by_role("button", name="Sign out").click()
    expect(lost.page).to_have_url(re.compile("/login/"))
    expect(row).to_have_count(0)
