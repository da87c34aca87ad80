"""The window as a program: opened without a network, after an upgrade, and in another language."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Route, expect

from protocol.resources import ChannelView
from tests.browser.accessibility import assert_nothing_is_wider_than_the_screen
from tests.browser.conftest import PASSWORD, Team, Window, Windows, sign_in
from tests.browser.door import Door
from tests.browser.test_window_comeback import DOOR_SHUT
from tests.browser.test_window_troubles import COMES_BACK_MS

_IS_SHELL_KEPT = '() => caches.match("/", { cacheName: "parley-shell" }).then(Boolean)'
_KEPT_ADDRESSES = """async () => {
    const names = await caches.keys();
    const kept = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return kept.flat().map(({ url }) => new URL(url).pathname);
}"""


@pytest.fixture
def traveller(team: Team, windows: Windows, channel: ChannelView, door: Door) -> Iterator[Window]:
    """Ann's window with a worker, on the address in front of both processes."""
    window = windows.open(team.cookies["ann"], service_workers="allow")
    window.excuse = DOOR_SHUT
    window.show(team.url_of_door(channel))
    window.page.wait_for_function(_IS_SHELL_KEPT)
    yield window
    door.open(*team.cluster.instances)


def test_the_window_opens_without_a_network_and_sends_what_was_written_there(
    team: Team, channel: ChannelView, traveller: Window, ben: Window, door: Door
) -> None:
    page = traveller.page
    traveller.say("Said at the harbour")
    expect(ben.bodies).to_have_text(["Said at the harbour"])
    expect(page.locator(".message[data-state=posted]")).to_have_count(1)
    door.shut()

    page.goto(team.url_of_door(channel))

    expect(traveller.bodies).to_have_text(["Said at the harbour"])
    traveller.say("Written at sea")
    expect(page.locator(".message[data-state=waiting]")).to_have_count(1)
    page.get_by_role("button", name=re.compile("Browse channels")).first.click()
    expect(page.get_by_role("dialog", name="Browse channels")).to_be_visible()
    page.keyboard.press("Escape")
    kept = page.evaluate(_KEPT_ADDRESSES)
    assert any(address.startswith("/static/app.") for address in kept)
    assert not [address for address in kept if address.startswith("/api/")]

    door.open(*team.cluster.instances)

    expect(ben.bodies).to_have_text(
        ["Said at the harbour", "Written at sea"], timeout=COMES_BACK_MS
    )


def test_who_signs_out_leaves_no_page_behind(team: Team, windows: Windows) -> None:
    page = windows.open(service_workers="allow").page
    page.goto(team.url(process=0))
    sign_in(page, username="ben", password=PASSWORD)
    page.wait_for_function(_IS_SHELL_KEPT)

    page.get_by_role("button", name=re.compile("Ben Ode")).first.click()
    page.get_by_role("button", name="Sign out").click()

    expect(page.get_by_label("Password")).to_be_visible()
    assert "/" not in page.evaluate(_KEPT_ADDRESSES)


def test_a_part_that_is_gone_after_an_upgrade_says_what_to_do(
    team: Team, windows: Windows, channel: ChannelView
) -> None:
    ann = windows.open(team.cookies["ann"])
    ann.excuse = "404"

    def gone(route: Route) -> None:
        route.fulfill(status=404, content_type="text/plain", body="")

    ann.page.route("**/chunks/everyday*.js", gone)
    ann.page.goto(team.url(channel, process=0))
    expect(ann.composer).to_be_visible()
    ann.page.route(re.compile(r"/static/app\.\w+\.js$"), gone)

    ann.page.get_by_role("button", name=re.compile("Browse channels")).first.click()

    banner = ann.page.get_by_role("region", name="Connection")
    expect(banner).to_contain_text("Parley was updated.")
    expect(banner.get_by_role("button", name="Reload")).to_be_visible()
    expect(ann.page.get_by_role("dialog")).to_have_count(0)


def test_a_first_visit_asks_this_server_alone_and_seldom(
    team: Team, windows: Windows, channel: ChannelView
) -> None:
    window = windows.open(team.cookies["ann"])
    asked: list[str] = []
    window.page.on("request", lambda request: asked.append(request.url))

    window.show(team.url(channel, process=0))

    expect(window.composer).to_be_visible()
    assert len(asked) <= 45, asked
    assert all(url.startswith((team.url(process=0), "data:")) for url in asked)


_TURN = '() => document.documentElement.dir = "rtl"'
_SIDES = """() => {
    const middle = (selector) => {
        const { left, width } = document.querySelector(selector).getBoundingClientRect();
        return left + width / 2;
    };
    const edges = (text) => {
        const body = [...document.querySelectorAll(".message-body p")]
            .find((one) => one.textContent.includes(text));
        const range = document.createRange();
        range.selectNodeContents(body);
        const said = range.getBoundingClientRect();
        const around = body.getBoundingClientRect();
        return { start: said.left - around.left, end: around.right - said.right };
    };
    return {
        sidebar: middle(".sidebar"),
        avatar: middle(".message .avatar"),
        body: middle(".message-body"),
        hebrew: edges("שלום"),
        english: edges("Hello"),
    };
}"""


def test_the_window_turns_for_those_who_read_from_right_to_left(
    team: Team, windows: Windows, channel: ChannelView
) -> None:
    team.say(team.ben, channel, "שלום לכולם")
    team.say(team.ben, channel, "Hello all")
    window = windows.open(team.cookies["ann"])
    window.show(team.url(channel, process=0))
    expect(window.bodies).to_have_count(2)

    window.page.evaluate(_TURN)

    sides = window.page.evaluate(_SIDES)
    assert sides["sidebar"] > 1280 / 2
    assert sides["avatar"] > sides["body"]
    # Each text begins where its own language begins.
    assert sides["hebrew"]["end"] < sides["hebrew"]["start"]
    assert sides["english"]["start"] < sides["english"]["end"]
    for width in (390, 320):
        window.page.set_viewport_size({"width": width, "height": 700})
        assert_nothing_is_wider_than_the_screen(window.page)
    icon = window.page.get_by_role("button", name="Back to channels").locator(".icon")
    expect(icon).to_have_css("transform", "matrix(-1, 0, 0, 1, 0, 0)")
