"""Coming in, channels, looks, and going out."""

import re

import pytest
from playwright.sync_api import expect

from protocol.resources import ChannelView
from tests.browser.accessibility import (
    assert_accessible,
    assert_accessible_in_every_look,
    assert_nothing_is_wider_than_the_screen,
)
from tests.browser.conftest import PASSWORD, Team, Window, Windows, sign_in
from tools.cluster import Cluster

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def test_the_first_visitor_makes_the_account_that_owns_the_workspace(windows: Windows) -> None:
    with Cluster(instances=1) as cluster:
        window = windows.open()
        page = window.page
        page.goto(cluster.instances[0].url)
        expect(page.get_by_role("heading", name="Welcome to Parley")).to_be_visible()
        page.get_by_label("Name of the workspace").fill(" ")
        page.get_by_label("Name", exact=True).fill("Ada Stone")
        page.get_by_label("Username").fill("ada")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_label("Password again").fill("other")
        page.get_by_role("button", name="Create the workspace").click()
        expect(page.get_by_label("Password again")).to_have_accessible_description(
            "The two passwords are not the same."
        )
        assert_accessible_in_every_look(page)

        page.get_by_label("Name of the workspace").fill("Lighthouse")
        page.get_by_label("Name", exact=True).fill("Ada Stone")
        page.get_by_label("Username").fill("ada")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_label("Password again").fill(PASSWORD)
        page.get_by_role("button", name="Create the workspace").click()

        expect(page).to_have_title(re.compile("Lighthouse"))
        expect(window.line("general")).to_be_visible()
        window.say("Is this thing on?")
        expect(page.locator(".message[data-state=posted]")).to_have_count(1)
        expect(page.get_by_role("button", name="Ada Stone")).to_be_visible()


def test_a_stranger_is_led_to_sign_in_and_then_to_where_the_link_went(
    team: Team, windows: Windows, channel: ChannelView
) -> None:
    window = windows.open()

    window.page.goto(team.url(channel, process=1))
    sign_in(window.page, username="ben", password=PASSWORD)

    expect(window.page.get_by_role("heading", name=channel.name, exact=True)).to_be_visible()


def test_a_wrong_password_is_explained(team: Team, windows: Windows) -> None:
    page = windows.open().page
    page.goto(team.url(process=0))

    sign_in(page, username="ben", password="not this one")

    expect(page.get_by_role("alert")).to_contain_text("password is wrong")
    expect(page.get_by_label("Username")).to_have_value("ben")


def test_a_channel_is_made_found_joined_and_left(
    team: Team, windows: Windows, channel: ChannelView, ann: Window
) -> None:
    name = f"ferry-{channel.id}"
    ann.page.get_by_role("button", name="Create a channel").click()
    dialog = ann.page.get_by_role("dialog", name="Create a channel")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_label("Topic").fill("When it leaves")
    dialog.get_by_role("button", name="Create", exact=True).click()
    ann.page.get_by_role("button", name="Not now").click()
    expect(ann.page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    ann.say("At six.")

    ben = windows.open(team.cookies["ben"])
    ben.show(team.url(channel, process=1))
    ben.page.get_by_role("button", name="Browse channels").click()
    ben.page.get_by_role("searchbox", name="Find a channel").fill("ferry")
    ben.page.get_by_role("button", name=f"Join {name}").click()
    expect(ben.bodies).to_have_text(["At six."])
    expect(ann.page.get_by_role("button", name="2 people")).to_be_visible()
    ben.say("Thanks!")
    expect(ann.bodies).to_have_text(["At six.", "Thanks!"])

    ben.choose("Channel menu", "Leave channel")
    ben.page.get_by_role("alertdialog").get_by_role("button", name="Leave").click()
    expect(ben.line(name)).to_have_count(0)
    expect(ann.page.get_by_role("button", name="1 person")).to_be_visible()


def test_who_signs_out_is_out_on_every_process(
    team: Team, windows: Windows, channel: ChannelView
) -> None:
    window = windows.open()
    window.page.goto(team.url(channel, process=1))
    sign_in(window.page, username="ben", password=PASSWORD)
    expect(window.page.get_by_text("Connected to Instance-")).to_be_attached()
    other_tab = window.tab(team.url(channel, process=0))
    expect(other_tab.get_by_text("Connected to Instance-")).to_be_attached()

    window.choose("Ben Ode", "Sign out")

    expect(other_tab.get_by_role("heading", name="Sign in to Harbour")).to_be_visible()
    for process in (1, 0):
        expect(window.page.get_by_role("heading", name="Sign in to Harbour")).to_be_visible()
        window.page.goto(team.url(channel, process=process))
        expect(window.page.get_by_label("Password")).to_be_visible()


def test_a_chosen_look_is_kept(ann: Window) -> None:
    ann.page.get_by_role("button", name="Ann Lee").click()
    ann.page.get_by_label("Dark").check(force=True)
    expect(ann.page.locator("html")).to_have_attribute("data-theme", "dark")

    ann.page.reload()

    expect(ann.page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(ann.page.locator("body")).to_have_css("color-scheme", "dark")


def test_a_phone_shows_the_list_or_the_channel(
    team: Team, windows: Windows, channel: ChannelView
) -> None:
    team.say(team.ann, channel, "On the go?")
    phone = windows.open(team.cookies["ben"], **PHONE)
    phone.show(team.url(process=1))
    expect(phone.composer).to_have_count(0)

    phone.line(channel.name).tap()
    expect(phone.bodies).to_have_text(["On the go?"])
    expect(phone.line("general")).to_be_hidden()
    assert_nothing_is_wider_than_the_screen(phone.page)
    phone.composer.fill("Yes")
    phone.page.get_by_role("button", name="Send message").tap()
    expect(phone.page.locator(".message[data-state=posted]")).to_have_count(2)
    assert_accessible(phone.page)

    phone.page.get_by_role("button", name="Back to channels").tap()
    expect(phone.line("general")).to_be_visible()
    expect(phone.bodies.first).to_be_hidden()
    assert_nothing_is_wider_than_the_screen(phone.page)
    assert_accessible(phone.page)


def test_signing_in_is_accessible(team: Team, windows: Windows) -> None:
    page = windows.open().page
    page.goto(team.url(process=0))
    sign_in(page, username="ben", password="not this one")
    expect(page.get_by_role("alert")).to_be_visible()

    assert_accessible(page)


@pytest.mark.parametrize("look", ["light", "dark"])
def test_the_workspace_is_accessible(
    team: Team, windows: Windows, channel: ChannelView, look: str
) -> None:
    for text in ("**Hello** @ann, see `ferry.py` and https://example.org", "> It left.\n\n- one"):
        team.say(team.ben, channel, text)
    window = windows.open(team.cookies["ann"], color_scheme=look)
    window.show(team.url(channel, process=0))
    window.say("And my own.")
    expect(window.page.locator(".message[data-state=posted]")).to_have_count(3)
    window.page.get_by_role("button", name="2 people").click()
    expect(window.person("ben")).to_be_visible()

    assert_accessible(window.page)
