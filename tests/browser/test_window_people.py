"""People: their cards and pictures, what they are doing, how one wants it, what one is told."""

import re
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from protocol.resources import ChannelView
from tests.browser.accessibility import assert_accessible
from tests.browser.conftest import Team, Window, Windows
from tests.unit import pictures

ACCESSIBLE: Final = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}

_WRITE_NOTIFICATIONS_DOWN: Final = """
    globalThis.told = [];
    globalThis.taken = [];
    globalThis.Notification = class extends EventTarget {
        static permission = "granted";
        static requestPermission = () => Promise.resolve("granted");
        constructor(title, { body, tag }) {
            super();
            this.tag = tag;
            globalThis.told.push(`${title}: ${body}`);
        }
        close() {
            globalThis.taken.push(this.tag);
        }
    };
"""
"""The edge of the browser: nobody can look at the notifications of the system."""


def menu_of(window: Window, name: str) -> None:
    window.page.get_by_role("button", name=re.compile(f"^{name}")).first.click()


def test_a_card_says_who_somebody_is_and_leads_to_a_conversation(
    team: Team, windows: Windows, ann: Window, channel: ChannelView
) -> None:
    team.say(team.ben, channel, "Have you seen @cleo today?")
    page = ann.page
    card = page.get_by_role("complementary", name="Profile")

    ann.row("Have you seen").locator(".message-name").click()
    expect(card.get_by_role("heading", name="Ben Ode")).to_be_visible()
    assert_accessible(page)
    card.get_by_role("button", name="Close Profile").click()
    expect(card).to_have_count(0)

    # A mention, with the keys alone.
    ann.row("Have you seen").focus()
    mention = ann.row("Have you seen").get_by_role("button", name="@cleo")
    mention.focus()
    mention.press("Enter")
    expect(card.get_by_role("heading", name="Cleo Fay")).to_be_visible()
    page.keyboard.press("Escape")
    expect(mention).to_be_focused()

    page.get_by_role("button", name="2 people").click()
    ann.person("ben").click()
    card.get_by_role("button", name="Back").click()
    expect(ann.person("ben")).to_be_focused()
    page.get_by_role("searchbox", name="Find people").fill("ODE")
    expect(ann.person("ben")).to_be_visible()
    expect(ann.person("ann")).to_have_count(0)
    ann.person("ben").click()
    card.get_by_role("button", name="Message").click()
    expect(page.get_by_role("heading", name="Ben Ode", level=1)).to_be_visible()
    ann.say("Between us.")
    expect(ann.bodies.last).to_have_text("Between us.")
    expect(page.locator(".message").last).to_have_attribute("data-state", "posted")


def test_a_status_and_a_presence_are_seen_by_others_at_once(ann: Window, ben: Window) -> None:
    ben.page.get_by_role("button", name="2 people").click()
    expect(ben.person("ann")).to_contain_text("Online")

    menu_of(ann, "Ann Lee")
    ann.page.get_by_role("button", name="Set a status").click()
    dialog = ann.page.get_by_role("dialog", name="Status")
    dialog.get_by_role("button", name="In a meeting").click()
    assert_accessible(ann.page)
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    expect(ben.person("ann")).to_contain_text("📅")
    expect(ben.person("ann")).to_contain_text("In a meeting, until")

    menu_of(ann, "Ann Lee")
    ann.page.get_by_role("radio", name="Invisible").check()
    expect(ben.person("ann")).to_contain_text("Offline")
    expect(ann.page.locator(".user-state")).to_have_text("Invisible")
    ann.page.get_by_role("radio", name="Do not disturb").check()
    expect(ben.person("ann")).to_contain_text("Do not disturb")
    ann.page.get_by_role("radio", name="Online").check()
    expect(ben.person("ann")).to_contain_text("Online")

    ann.page.locator(".menu-status").click()
    dialog.get_by_role("button", name="Clear status").click()
    expect(ben.person("ann")).not_to_contain_text("📅")


def test_a_status_ends_for_others_without_a_reload(
    team: Team, windows: Windows, ann: Window, channel: ChannelView
) -> None:
    ben = windows.open(team.cookies["ben"])
    ben.page.clock.install()
    ben.show(team.url(channel, process=1))
    ben.page.get_by_role("button", name="2 people").click()
    menu_of(ann, "Ann Lee")
    ann.page.get_by_role("button", name="Set a status").click()
    dialog = ann.page.get_by_role("dialog", name="Status")
    dialog.get_by_role("button", name="In a meeting").click()
    dialog.get_by_role("button", name="Save").click()
    expect(ben.person("ann")).to_contain_text("In a meeting, until")

    ben.page.clock.fast_forward(61 * 60 * 1000)

    expect(ben.person("ann")).not_to_contain_text("In a meeting")
    menu_of(ann, "Ann Lee")
    ann.page.locator(".menu-status").click()
    dialog.get_by_role("button", name="Clear status").click()


def test_the_panel_of_people_says_how_many_are_online(
    team: Team, windows: Windows, ann: Window, channel: ChannelView
) -> None:
    ann.page.get_by_role("button", name="2 people").click()
    panel = ann.page.get_by_role("complementary", name="People")
    # Whoever was here in the test before has a grace.
    expect(panel.get_by_text("1 online")).to_be_visible(timeout=40_000)
    assert_accessible(ann.page)

    windows.open(team.cookies["ben"]).show(team.url(channel, process=1))

    expect(panel.get_by_text("2 online")).to_be_visible()


def test_without_redis_nobody_is_called_anything_and_it_comes_back_by_itself(
    team: Team, ann: Window, ben: Window, channel: ChannelView
) -> None:
    page = ann.page
    page.get_by_role("button", name="2 people").click()
    panel = page.get_by_role("complementary", name="People")
    expect(ann.person("ben")).to_contain_text("Online")
    team.cluster.valkey.stop()
    try:
        expect(ann.person("ben")).to_contain_text("Presence unknown")
        expect(ann.person("ben").locator("[data-presence=unknown]")).to_be_visible()
        expect(panel.get_by_text(re.compile(r"\d online"))).to_have_count(0, timeout=30_000)
        # All else goes on.
        ann.say("Anybody there?")
        expect(ben.bodies).to_have_text(["Anybody there?"])
        ben.say("As ever.")
        expect(ann.bodies.last).to_have_text("As ever.")
    finally:
        team.cluster.valkey.start()
    expect(ann.person("ben")).to_contain_text("Online", timeout=30_000)
    expect(panel.get_by_text("2 online")).to_be_visible(timeout=30_000)


def test_what_one_wants_holds_at_once_in_every_tab(
    team: Team, ann: Window, channel: ChannelView
) -> None:
    other = ann.tab(team.url(channel, process=1))
    page = ann.page
    menu_of(ann, "Ann Lee")
    page.get_by_role("button", name="Settings").click()
    dialog = page.get_by_role("dialog", name="Settings")
    assert_accessible(page)

    dialog.get_by_label("Title").fill("Harbour master")
    dialog.get_by_label("Title").press("Tab")
    expect(dialog.get_by_role("status")).to_have_text("Saved")
    ann.excuse = "400"
    dialog.get_by_label("Username").fill("two words")
    dialog.get_by_label("Username").press("Tab")
    expect(dialog.get_by_role("alert")).to_be_visible()

    dialog.get_by_role("tab", name="Appearance").click()
    dialog.get_by_role("radio", name="Compact").check()
    expect(page.locator("html")).to_have_attribute("data-density", "compact")
    expect(other.locator("html")).to_have_attribute("data-density", "compact")
    dialog.get_by_role("radio", name="Dark").check()
    expect(other.locator("html")).to_have_attribute("data-theme", "dark")
    assert_accessible(page)

    dialog.get_by_role("tab", name="Notifications").click()
    dialog.get_by_role("textbox", name="Keywords").fill("lighthouse")
    dialog.get_by_role("textbox", name="Keywords").press("Enter")
    expect(dialog.get_by_role("button", name="Remove lighthouse")).to_be_visible()
    dialog.get_by_role("switch", name="No notifications at night").check()
    dialog.get_by_label("From").fill("21:30")
    expect(dialog.get_by_role("status")).to_have_text("Saved")
    assert_accessible(page)

    # What was chosen is there when the page comes again.
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-density", "compact")
    menu_of(ann, "Ann Lee")
    page.get_by_role("button", name="Settings").click()
    expect(dialog.get_by_label("Title")).to_have_value("Harbour master")
    dialog.get_by_role("tab", name="Appearance").click()
    dialog.get_by_role("radio", name="Comfortable").check()
    dialog.get_by_role("radio", name="Like the system").first.check()
    expect(other.locator("html")).to_have_attribute("data-density", "comfortable")
    dialog.get_by_role("tab", name="Notifications").click()
    dialog.get_by_role("button", name="Remove lighthouse").click()
    dialog.get_by_role("switch", name="No notifications at night").uncheck()
    expect(dialog.get_by_label("From")).to_have_count(0)


def test_a_picture_is_cut_and_shown_to_others(ann: Window, ben: Window, tmp_path: Path) -> None:
    file = tmp_path / "me.png"
    file.write_bytes(pictures.saved("PNG", pictures.drawn(300, 200)))
    ann.say("Look at me")
    expect(ben.row("Look at me")).to_be_visible()

    menu_of(ann, "Ann Lee")
    ann.page.get_by_role("button", name="Settings").click()
    dialog = ann.page.get_by_role("dialog", name="Settings")
    dialog.locator("input[type=file]").set_input_files(file)
    dialog.get_by_role("slider", name="Zoom").fill("2")
    dialog.get_by_role("button", name="Save picture").click()
    expect(dialog.locator(".avatar img[data-loaded]")).to_be_visible()

    expect(ben.row("Look at me").locator(".avatar img[data-loaded]")).to_be_visible()
    dialog.get_by_role("button", name="Remove").click()
    expect(ben.row("Look at me").locator(".avatar img")).to_have_count(0)


def test_a_token_is_shown_once_and_revoked(ann: Window) -> None:
    page = ann.page
    menu_of(ann, "Ann Lee")
    page.get_by_role("button", name="Settings").click()
    dialog = page.get_by_role("dialog", name="Settings")
    dialog.get_by_role("tab", name="Tokens").click()
    dialog.get_by_label("What is it for?").fill("lighthouse script")
    dialog.get_by_role("button", name="Make a token").click()
    expect(dialog.get_by_label("Token", exact=True)).to_have_value(re.compile("^ply_"))
    dialog.get_by_role("button", name="Done").click()
    expect(dialog.get_by_label("Token", exact=True)).to_have_count(0)
    dialog.get_by_role("button", name="Revoke lighthouse script").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Revoke").click()
    expect(dialog.get_by_role("button", name="Revoke lighthouse script")).to_have_count(0)


def told(page: Page) -> list[str]:
    return list(page.evaluate("() => globalThis.told"))


@pytest.fixture
def listening(team: Team, windows: Windows, channel: ChannelView) -> Window:
    """Ann's window, in a browser that shows notifications."""
    window = windows.open(team.cookies["ann"])
    window.context.add_init_script(_WRITE_NOTIFICATIONS_DOWN)
    window.show(team.url(channel, process=0))
    return window


def test_what_one_does_not_look_at_is_told_once_and_taken_back_when_read(
    team: Team, listening: Window, channel: ChannelView
) -> None:
    elsewhere = team.channel(f"elsewhere-{channel.id}", other=team.ben)
    expect(listening.line(elsewhere.name)).to_be_visible()
    # At one address: what a browser shares between tabs, it does not share between addresses.
    other = listening.tab(team.url(channel, process=0))

    team.say(team.ben, channel, "@ann you see this anyway")
    expect(listening.row("you see this anyway")).to_be_visible()
    team.say(team.ben, elsewhere, "nobody in particular")
    team.say(team.ben, elsewhere, "**@ann** look here")
    expect(listening.line(elsewhere.name)).to_have_accessible_name(re.compile("1 mention"))
    expect(other).to_have_title(re.compile(r"^\(1\) "))
    listening.page.wait_for_function("() => globalThis.told.length > 0")
    assert told(listening.page) + told(other) == [f"Ben Ode in #{elsewhere.name}: @ann look here"]

    other.get_by_role("navigation").get_by_role("link", name=elsewhere.name).click()
    listening.page.wait_for_function("() => globalThis.taken.length > 0")
    assert listening.page.evaluate("() => globalThis.taken") == [f"parley-{elsewhere.id}"]
    expect(listening.page).not_to_have_title(re.compile(r"^\("))
