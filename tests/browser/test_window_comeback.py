"""The page ends, or its process does, and another one goes on where it stopped."""

import re
import threading

import pytest
from playwright.sync_api import Error, WebSocketRoute, expect

from protocol.resources import ChannelView
from tests.browser.conftest import PASSWORD, Team, Window, Windows, sign_in
from tests.browser.door import Door
from tests.browser.test_window_troubles import COMES_BACK_MS
from tools.cluster import Instance

DOOR_SHUT = "net::ERR_|closed before receiving a handshake response"
"""What a page may complain about while nobody lets it in."""

STORY = "of a long story " * 20

_GO_UP_A_LITTLE = """() => {
    const log = document.querySelector(".log");
    log.scrollTop = log.scrollHeight / 2;
    const edge = log.getBoundingClientRect().top;
    const row = [...document.querySelectorAll(".rows > li[data-key]")]
        .find((row) => row.getBoundingClientRect().bottom > edge);
    return { key: row.dataset.key, top: row.getBoundingClientRect().top };
}"""
_TOP_OF = """(key) =>
    document.querySelector(`.rows > li[data-key="${key}"]`)?.getBoundingClientRect().top ?? null"""
_IS_KEPT = """(text) => new Promise((resolve, reject) => {
    const opening = indexedDB.open("parley");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
        const database = opening.result;
        const reading = database.transaction("timelines").objectStore("timelines").getAll();
        reading.onsuccess = () => {
            database.close();
            resolve(JSON.stringify(reading.result).includes(text));
        };
    };
})"""
_OUTBOX = """() => Object.keys(localStorage).filter((key) => key.startsWith("parley.outbox."))"""


@pytest.fixture
def traveller(team: Team, windows: Windows, channel: ChannelView, door: Door) -> Window:
    """Ben's window on the address in front of both processes."""
    assert door.port
    window = windows.open(team.cookies["ben"])
    window.excuse = DOOR_SHUT
    window.show(team.url_of_door(channel))
    return window


def test_what_is_written_out_of_reach_survives_a_reload_and_arrives_once_and_in_order(
    team: Team, channel: ChannelView, ann: Window, traveller: Window, door: Door
) -> None:
    page = traveller.page
    ann.say("Before")
    expect(traveller.bodies).to_have_text(["Before"])
    door.shut()
    for number in range(1, 6):
        traveller.say(f"Waits {number}")
    expect(page.locator(".message[data-state=waiting]")).to_have_count(5)
    traveller.composer.fill("Begun and not")

    with pytest.raises(Error, match=DOOR_SHUT):
        page.reload()
    page.wait_for_url("chrome-error://**")
    door.open(*reversed(team.cluster.instances))
    page.goto(team.url_of_door(channel))

    said = ["Before", *(f"Waits {number}" for number in range(1, 6))]
    for window in (ann, traveller):
        expect(window.bodies).to_have_text(said, timeout=COMES_BACK_MS)
        expect(window.page.locator(".message[data-state=posted]")).to_have_count(6)
    expect(traveller.composer).to_have_value("Begun and not")
    assert page.evaluate(_OUTBOX) == []
    page.reload()
    expect(traveller.bodies).to_have_text(said)


def test_what_waits_is_shown_after_a_reload_before_there_is_a_connection(
    team: Team, windows: Windows, channel: ChannelView, ann: Window
) -> None:
    is_cut = False

    def cut(near: WebSocketRoute) -> None:
        if is_cut:
            near.close(code=4408)
        else:
            lines.append(near)
            near.connect_to_server()

    lines: list[WebSocketRoute] = []
    ben = windows.open(team.cookies["ben"])
    ben.page.route_web_socket("**/ws/", cut)
    ben.show(team.url(channel, process=1))
    ann.say("Before")
    expect(ben.bodies).to_have_text(["Before"])
    is_cut = True
    lines[-1].close(code=4408)
    expect(ben.page.get_by_role("region", name="Connection")).to_be_visible()
    ben.say("Waits 1")
    ben.say("Waits 2")

    ben.page.reload()

    said = ["Before", "Waits 1", "Waits 2"]
    expect(ben.bodies).to_have_text(said)
    expect(ben.page.locator(".message[data-state=waiting]")).to_have_count(2)
    is_cut = False
    for window in (ann, ben):
        expect(window.bodies).to_have_text(said, timeout=COMES_BACK_MS)
    expect(ben.page.locator(".message[data-state=posted]")).to_have_count(3)


def test_a_killed_process_moves_the_page_to_the_other_one_and_nothing_is_missing(
    team: Team,
    channel: ChannelView,
    ann: Window,
    traveller: Window,
    process_of_ben: Instance,
) -> None:
    page = traveller.page
    expect(page.get_by_text("Connected to Instance-2")).to_be_attached()
    ann.say("Before")
    expect(traveller.bodies).to_have_text(["Before"])

    process_of_ben.kill()
    for number in range(1, 4):
        team.say(team.ann, channel, f"Missed {number}")
    traveller.say("Said meanwhile")

    expect(page.get_by_text("Connected to Instance-1")).to_be_attached(timeout=COMES_BACK_MS)
    expect(page.locator(".message[data-state=posted]")).to_have_count(5)
    expect(ann.bodies).to_have_count(5)
    said = ann.bodies.all_inner_texts()
    assert sorted(said) == ["Before", "Missed 1", "Missed 2", "Missed 3", "Said meanwhile"]
    assert traveller.bodies.all_inner_texts() == said


def test_what_is_said_into_a_draining_process_is_said_once_and_in_order(
    ann: Window, traveller: Window, process_of_ben: Instance
) -> None:
    expect(traveller.page.get_by_text("Connected to Instance-2")).to_be_attached()
    words = [f"Word {number}" for number in range(1, 41)]
    draining = threading.Thread(target=process_of_ben.terminate)

    for number, word in enumerate(words):
        if number == 10:
            draining.start()
        traveller.say(word)

    expect(traveller.page.get_by_text("Connected to Instance-1")).to_be_attached(
        timeout=COMES_BACK_MS
    )
    draining.join()
    for window in (ann, traveller):
        expect(window.bodies).to_have_text(words, timeout=COMES_BACK_MS)
        expect(window.page.locator(".message[data-state=posted]")).to_have_count(len(words))


def test_a_reload_keeps_the_place_and_misses_nothing_that_happened_meanwhile(
    team: Team, channel: ChannelView, ann: Window
) -> None:
    page = ann.page
    for number in range(1, 61):
        team.say(team.ben, channel, f"Message {number} {STORY}")
    expect(ann.bodies).to_have_count(60)
    reader = page.evaluate(_GO_UP_A_LITTLE)
    expect(page.get_by_role("button", name=re.compile("new message|latest"))).to_be_visible()
    here = page.url
    page.goto("about:blank")
    for number in range(61, 64):
        team.say(team.ben, channel, f"Message {number} {STORY}")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto(here)

    expect(ann.row("Message 63")).to_be_attached()
    assert abs(page.evaluate(_TOP_OF, reader["key"]) - reader["top"]) <= 2
    numbers = [int(text.split()[1]) for text in ann.bodies.all_inner_texts()]
    assert numbers == list(range(numbers[0], 64))
    assert not [url for url in asked if "/messages?" in url and "before=" not in url]


def test_another_epoch_makes_the_page_forget_what_it_has_seen_and_keep_what_is_not_sent(
    team: Team, channel: ChannelView, ann: Window, traveller: Window, door: Door
) -> None:
    page = traveller.page
    ann.say("Before")
    expect(traveller.bodies).to_have_text(["Before"])
    page.wait_for_function(_IS_KEPT, arg="Before")
    door.shut()
    traveller.say("Waits")
    traveller.composer.fill("Begun and not")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    team.cluster.manage("newepoch")
    door.open(*reversed(team.cluster.instances))

    for window in (ann, traveller):
        expect(window.bodies).to_have_text(["Before", "Waits"], timeout=COMES_BACK_MS)
    expect(traveller.row("Before")).to_contain_text("Ann Lee")
    expect(traveller.composer).to_have_value("Begun and not")
    assert [url for url in asked if url.endswith("/channels?limit=100")]
    assert [url for url in asked if f"/channels/{channel.id}/messages?" in url]


def test_whoever_signs_out_leaves_nothing_to_read_and_finds_again_what_was_not_sent(
    team: Team, windows: Windows, channel: ChannelView, ann: Window
) -> None:
    is_lossy = True

    def lose_what_is_posted(near: WebSocketRoute) -> None:
        far = near.connect_to_server()

        def pass_on(frame: str | bytes) -> None:
            if not (is_lossy and "message.post" in str(frame)):
                far.send(frame)

        near.on_message(pass_on)

    window = windows.open()
    window.context.route_web_socket("**/ws/", lose_what_is_posted)
    window.page.goto(team.url(channel, process=1))
    sign_in(window.page, username="ben", password=PASSWORD)
    ann.say("A secret")
    expect(window.bodies).to_have_text(["A secret"])
    window.page.wait_for_function(_IS_KEPT, arg="A secret")
    window.say("Not sent yet")
    expect(window.page.locator(".message[data-state=waiting]")).to_have_count(1)
    other_tab = window.tab(team.url(channel, process=1))
    other_tab.get_by_role("button", name="Ben Ode").click()
    other_tab.get_by_role("button", name="Sign out").click()
    other_tab.locator("dialog[open]").get_by_role("button", name="Sign out").click()

    expect(window.page.get_by_label("Password")).to_be_visible()
    assert not window.page.evaluate(_IS_KEPT, "A secret")
    is_lossy = False
    sign_in(window.page, username="ben", password=PASSWORD)

    for one in (ann, window):
        expect(one.bodies).to_have_text(["A secret", "Not sent yet"])
