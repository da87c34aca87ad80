"""The network goes, a process dies, an answer is lost: nothing that was written is."""

from playwright.sync_api import WebSocketRoute, expect

from protocol.resources import ChannelView
from tests.browser.conftest import NETWORK_GONE, SERVER_GONE, Team, Window, Windows
from tools.cluster import Instance

COMES_BACK_MS = 40_000
"""The longest pause between two attempts to connect, and some time for the page behind it."""


SILENCE_MS = 10_000
"""A connection without a sound for so long after a ping is given up."""

ANSWER_MS = 10_000
"""A message without an answer for so long is called not sent."""

PATIENCE_MS = 6_000
"""A loss is told after this long."""


def test_what_is_written_offline_waits_and_is_said_once_and_in_order(
    team: Team, windows: Windows, channel: ChannelView, ann: Window
) -> None:
    ben = windows.open(team.cookies["ben"])
    ben.excuse = NETWORK_GONE
    ben.page.clock.install()
    ben.show(team.url(channel, process=1))
    ann.say("Before")
    expect(ben.bodies).to_have_text(["Before"])
    ben.context.set_offline(True)

    for number in range(1, 4):
        ben.say(f"Waits {number}")
    ben.page.clock.fast_forward(SILENCE_MS)
    ben.page.clock.fast_forward(PATIENCE_MS)
    expect(ben.page.locator(".message[data-state=waiting]")).to_have_count(3)
    banner = ben.page.get_by_role("region", name="Connection")
    expect(banner).to_contain_text("Offline. 3 messages wait to be sent.")
    expect(ann.bodies).to_have_text(["Before"])

    ben.context.set_offline(False)

    for window in (ann, ben):
        expect(window.bodies).to_have_text(
            ["Before", "Waits 1", "Waits 2", "Waits 3"], timeout=COMES_BACK_MS
        )
    expect(ben.page.locator(".message[data-state=posted]")).to_have_count(4)
    expect(banner).to_have_count(0)


def test_a_window_outlives_its_process_and_misses_nothing(
    team: Team, channel: ChannelView, ann: Window, ben: Window, process_of_ben: Instance
) -> None:
    ann.say("Before")
    expect(ben.bodies).to_have_text(["Before"])
    ben.excuse = SERVER_GONE

    process_of_ben.kill()
    ben.say("Said to nobody")
    for number in range(1, 4):
        team.say(team.ann, channel, f"Missed {number}")
    expect(ben.page.locator(".message[data-state=waiting]")).to_have_count(1)
    process_of_ben.start()

    for window in (ann, ben):
        expect(window.bodies).to_have_text(
            ["Before", "Missed 1", "Missed 2", "Missed 3", "Said to nobody"],
            timeout=COMES_BACK_MS,
        )
    ann.say("Welcome back")
    expect(ben.row("Welcome back")).to_be_visible()


def test_a_message_without_an_answer_is_called_not_sent_and_can_be_tried_again(
    team: Team, windows: Windows, channel: ChannelView, ann: Window
) -> None:
    is_lossy = True

    def lose_what_is_posted(near: WebSocketRoute) -> None:
        far = near.connect_to_server()

        def pass_on(frame: str | bytes) -> None:
            if not (is_lossy and "message.post" in str(frame)):
                far.send(frame)

        near.on_message(pass_on)

    ben = windows.open(team.cookies["ben"])
    ben.page.clock.install()
    ben.page.route_web_socket("**/ws/", lose_what_is_posted)
    ben.show(team.url(channel, process=1))

    ben.say("Into the void")
    expect(ben.page.locator(".message[data-state=waiting]")).to_have_count(1)
    ben.page.clock.fast_forward(ANSWER_MS)
    expect(ben.row("Into the void")).to_contain_text("Not sent.")
    is_lossy = False
    ben.row("Into the void").get_by_role("button", name="Retry").click()

    for window in (ann, ben):
        expect(window.bodies).to_have_text(["Into the void"])
        expect(window.page.locator(".message[data-state=posted]")).to_have_count(1)


def test_what_was_not_sent_survives_a_reload(
    ann: Window, ben: Window, process_of_ben: Instance
) -> None:
    ben.excuse = SERVER_GONE
    process_of_ben.kill()
    ben.say("Written to a dead process")
    expect(ben.page.locator(".message[data-state=waiting]")).to_have_count(1)
    process_of_ben.start()

    ben.page.reload()

    for window in (ann, ben):
        expect(window.bodies).to_have_text(["Written to a dead process"], timeout=COMES_BACK_MS)
