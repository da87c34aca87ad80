"""Reading back."""

import re
from typing import Final

from playwright.sync_api import expect

from protocol.resources import ChannelView
from tests.browser.conftest import Team, Window, Windows

MESSAGES: Final = 210
STORY: Final = "of a long story " * 20

_GO_UP = """() => {
    const log = document.querySelector(".log");
    log.scrollTop = 0;
    const row = document.querySelector(".rows > li[data-key]");
    return { key: row.dataset.key, top: row.getBoundingClientRect().top };
}"""
_IS_FIRST_STILL = """(key) => document.querySelector(".rows > li[data-key]").dataset.key === key"""
_TOP_OF = """(key) =>
    document.querySelector(`.rows > li[data-key="${key}"]`).getBoundingClientRect().top"""


def test_history_comes_upwards_and_what_one_reads_stays_where_it_is(
    team: Team, windows: Windows, channel: ChannelView
) -> None:
    for number in range(1, MESSAGES + 1):
        team.say(team.ann, channel, f"Message {number} {STORY}")
    window = windows.open(team.cookies["ann"])
    window.show(team.url(channel, process=0))
    expect(window.bodies.last).to_contain_text(f"Message {MESSAGES}")
    expect(window.bodies.last).to_be_in_viewport()

    shifts = []
    beginning = window.page.get_by_text(f"This is the very start of {channel.name}")
    while not beginning.is_visible():
        reader = window.page.evaluate(_GO_UP)
        window.page.wait_for_function(f"(key) => !({_IS_FIRST_STILL})(key)", arg=reader["key"])
        shifts.append(abs(window.page.evaluate(_TOP_OF, reader["key"]) - reader["top"]))

    assert len(shifts) >= 3
    assert max(shifts) <= 2
    numbers = [int(text.split()[1]) for text in window.bodies.all_inner_texts()]
    assert numbers == list(range(1, MESSAGES + 1))


def test_a_reader_of_old_messages_is_not_moved_by_new_ones(
    team: Team, channel: ChannelView, ann: Window
) -> None:
    for number in range(1, 41):
        team.say(team.ben, channel, f"Message {number} {STORY}")
    expect(ann.bodies).to_have_count(40)
    before = ann.page.evaluate(_GO_UP)
    to_the_end = ann.page.get_by_role("button", name=re.compile("new message|latest"))
    expect(to_the_end).to_be_visible()

    team.say(team.ben, channel, "News")

    expect(ann.row("News")).to_be_attached()
    assert ann.page.evaluate(_TOP_OF, before["key"]) == before["top"]
    to_the_end.click()
    expect(ann.row("News")).to_be_in_viewport()
