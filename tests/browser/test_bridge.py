"""The live pages of the admin, on two real processes: seen from one, what happens on the other."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from protocol.resources import ChannelView
from tests.browser.accessibility import (
    assert_accessible,
    assert_accessible_in_every_look,
    assert_nothing_is_wider_than_the_screen,
)
from tests.browser.conftest import SERVER_GONE, Team, Window, Windows
from tools.cluster import Instance
from tools.programs import wait_until

LOST_MS = 30_000
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def bridge(team: Team, windows: Windows) -> Window:
    """The window of Ann, who owns the workspace, on the first process."""
    return windows.open(team.cookies["ann"])


def show(window: Window, team: Team, path: str = "") -> Page:
    """Open one of the live pages and return when it shows something live."""
    page = window.page
    page.goto(f"{team.cluster.instances[0].url}/admin/bridge/{path}")
    expect(page.get_by_text("live, through Instance-1")).to_be_visible()
    return page


def row(page: Page, name: str) -> Locator:
    # The legends of the charts have rows, too.
    rows = page.locator(".bridge-table").get_by_role("row")
    return rows.filter(has=page.get_by_role("rowheader", name=name))


@pytest.fixture
def frozen(process_of_ben: Instance) -> Iterator[Instance]:
    """The second process, which answers nobody."""
    process_of_ben.pause()
    yield process_of_ben
    process_of_ben.resume()


def test_both_processes_are_shown_and_the_numbers_move_by_themselves(
    team: Team, bridge: Window, ben: Window
) -> None:
    page = show(bridge, team)
    for name in ("Instance-1", "Instance-2"):
        expect(row(page, name).get_by_text("live", exact=True)).to_be_visible()
    expect(page.get_by_text("in order")).to_have_count(2)
    expect(page.locator("parley-chart canvas")).to_have_count(4)
    sockets = row(page, "Instance-2").get_by_role("link", name="Connections of Instance-2")
    expect(sockets).to_have_text("1")
    ben.tab(team.url(process=1))
    expect(sockets).to_have_text("2")
    assert_accessible_in_every_look(page)


def test_a_killed_process_is_lost_and_comes_back_under_its_name(
    team: Team, bridge: Window, process_of_ben: Instance
) -> None:
    page = show(bridge, team)
    expect(row(page, "Instance-2").get_by_text("live", exact=True)).to_be_visible()
    process_of_ben.kill()
    lost = row(page, "Instance-2").get_by_text("lost", exact=True)
    expect(lost).to_be_visible(timeout=LOST_MS)
    expect(row(page, "Instance-2").get_by_role("button")).to_have_count(0)
    process_of_ben.start()
    expect(row(page, "Instance-2").get_by_text("live", exact=True)).to_be_visible(timeout=LOST_MS)
    expect(lost).to_have_count(0)


def test_a_process_is_drained_after_a_question(
    team: Team, bridge: Window, ben: Window, process_of_ben: Instance
) -> None:
    ben.excuse = SERVER_GONE
    page = show(bridge, team)
    row(page, "Instance-2").get_by_role("button", name="Drain Instance-2").click()
    dialog = page.get_by_role("dialog", name="Drain Instance-2?")
    assert_accessible(page)
    dialog.get_by_role("button", name="Cancel").click()
    expect(row(page, "Instance-2").get_by_text("live", exact=True)).to_be_visible()
    row(page, "Instance-2").get_by_role("button", name="Drain Instance-2").click()
    dialog.get_by_role("button", name="Drain").click()
    expect(page.get_by_text("Instance-2 drains.")).to_be_visible()
    expect(row(page, "Instance-2")).to_have_count(0, timeout=LOST_MS)
    assert wait_until(lambda: not process_of_ben.is_alive, seconds=30)
    assert process_of_ben.process.exit_status == 0


def test_somebody_on_the_other_process_is_found_and_disconnected(
    team: Team, bridge: Window, ben: Window
) -> None:
    page = show(bridge, team, "connections/?process=Instance-2")
    expect(page.get_by_text("On Instance-2 alone.")).to_be_visible()
    row(page, "Ben Ode").get_by_role("link", name="Connection of Ben Ode").click()
    expect(page.get_by_text("Instance-2", exact=True)).to_be_visible()
    expect(page.get_by_text("a browser's session")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Disconnect").click()
    expect(page.get_by_text("Disconnected. The program may come back at once.")).to_be_visible()
    expect(page.get_by_text("This connection is closed")).to_be_visible()
    # And comes back by itself, as somebody who only lost a moment.
    expect(ben.page.get_by_text("Connected to Instance-2")).to_be_attached()


def test_a_process_that_does_not_answer_is_named(
    team: Team, bridge: Window, frozen: Instance
) -> None:
    page = show(bridge, team, "connections/")
    expect(page.get_by_text(f"No answer from: {frozen.id}")).to_be_visible()


def test_a_channel_shows_each_process_and_leads_into_the_chat(
    team: Team, bridge: Window, ann: Window, ben: Window, channel: ChannelView
) -> None:
    page = show(bridge, team, f"channels/{channel.id}/")
    expect(page.get_by_role("heading", name=f"#{channel.name}")).to_be_visible()
    place = row(page, "Instance-2").get_by_role("cell")
    expect(place.nth(0)).to_have_text("1")
    expect(place.nth(2)).to_have_text("0")
    ben.say("The tide turns at six")
    expect(page.get_by_role("cell", name="message.posted")).to_be_visible()
    expect(page.get_by_role("cell", name="@ben")).to_be_visible()
    expect(page.get_by_text("The tide turns")).to_have_count(0)
    online = page.get_by_role("list").filter(has_text="Ben Ode")
    expect(online.get_by_role("link", name="Ann Lee")).to_be_visible()
    assert_accessible_in_every_look(page)
    page.get_by_role("link", name="Open in the chat").click()
    expect(page.get_by_text("The tide turns at six")).to_be_visible()


def test_a_person_is_shown_with_their_devices_and_written_to(
    team: Team, bridge: Window, ben: Window
) -> None:
    page = bridge.page
    page.goto(f"{team.cluster.instances[0].url}/admin/accounts/user/{team.ben.id}/change/")
    page.get_by_role("link", name="Where connected").click()
    expect(page.get_by_role("heading", name="Ben Ode")).to_be_visible()
    expect(page.get_by_text("online", exact=True)).to_be_visible()
    expect(page.get_by_role("table").get_by_text("Instance-2").first).to_be_visible()
    assert_accessible(page)
    with bridge.context.expect_page() as opened:
        page.get_by_role("button", name="Message", exact=True).click()
    expect(opened.value.get_by_role("textbox", name=re.compile("^Message "))).to_be_visible()


def test_access_is_taken_away_and_given_back(team: Team, bridge: Window) -> None:
    (dinah,) = team.cluster.provision(users=1, channel=None, prefix="dinah").users
    page = show(bridge, team, f"people/{dinah.id}/")
    page.get_by_role("button", name="Deactivate").click()
    page.get_by_role("dialog").get_by_role("button", name="Deactivate").click()
    expect(page.get_by_text("deactivated", exact=True)).to_be_visible()
    page.get_by_role("button", name="Give access back").click()
    expect(page.get_by_text("deactivated", exact=True)).to_have_count(0)


def test_nobody_but_staff_sees_anything(team: Team, windows: Windows) -> None:
    window = windows.open(team.cookies["ben"])
    window.excuse = "403"
    for path in ("", "connections/", f"people/{team.ann.id}/"):
        window.page.goto(f"{team.cluster.instances[0].url}/admin/bridge/{path}")
        expect(window.page.locator("parley-bridge")).to_have_count(0)


def test_a_phone_shows_each_process_as_a_card(team: Team, windows: Windows) -> None:
    window = windows.open(team.cookies["ann"], **PHONE)
    page = show(window, team)
    expect(page.get_by_role("button", name="Drain Instance-1")).to_be_visible()
    assert_nothing_is_wider_than_the_screen(page)
    for path in ("connections/", f"people/{team.ben.id}/"):
        show(window, team, path)
        assert_nothing_is_wider_than_the_screen(page)
