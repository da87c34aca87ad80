"""Two people talk, each on a process of their own."""

import re

from playwright.sync_api import expect

from protocol.limits import TYPING_SECONDS
from protocol.resources import ChannelView
from tests.browser.conftest import Team, Window, Windows

SOON_MS = 3_000
"""What people who talk take for "at once", on two busy cores."""


def test_a_message_said_on_one_process_is_seen_on_the_other(ann: Window, ben: Window) -> None:
    ann.say("Has the ferry left?")

    expect(ben.bodies).to_have_text(["Has the ferry left?"], timeout=SOON_MS)


def test_both_see_what_was_said_in_one_order_and_once(ann: Window, ben: Window) -> None:
    said = []
    for number in range(5):
        said += [f"Ann {number}", f"Ben {number}"]
        ann.say(f"Ann {number}")
        expect(ben.bodies).to_have_text(said[:-1])
        ben.say(f"Ben {number}")
        expect(ann.bodies).to_have_text(said)

    expect(ben.bodies).to_have_text(said)
    expect(ann.page.locator(".message[data-state=posted]")).to_have_count(len(said))
    expect(ben.page.locator(".message[data-state=posted]")).to_have_count(len(said))


def test_what_is_said_in_one_breath_keeps_its_order(ann: Window, ben: Window) -> None:
    said = [f"{number} of 10" for number in range(1, 11)]

    for text in said:
        ann.say(text)

    expect(ben.bodies).to_have_text(said)
    expect(ann.bodies).to_have_text(said)


def test_who_types_is_named_until_the_message_is_there(ann: Window, ben: Window) -> None:
    ann.composer.press_sequentially("I thi")
    expect(ben.typing).to_have_text("Ann Lee is typing…", timeout=SOON_MS)

    ann.say("I think so.")

    expect(ben.bodies).to_have_text(["I think so."])
    expect(ben.typing).to_have_text("", timeout=SOON_MS)


def test_who_stops_typing_is_named_no_longer(
    team: Team, windows: Windows, channel: ChannelView, ann: Window
) -> None:
    ben = windows.open(team.cookies["ben"])
    ben.page.clock.install()
    ben.show(team.url(channel, process=1))
    ann.composer.press_sequentially("I thi")
    expect(ben.typing).to_have_text("Ann Lee is typing…", timeout=SOON_MS)

    ben.page.clock.fast_forward(TYPING_SECONDS * 1000)

    expect(ben.typing).to_have_text("", timeout=SOON_MS)


def test_who_closes_the_window_is_offline_within_half_a_minute(ann: Window, ben: Window) -> None:
    ann.page.get_by_role("button", name="2 people").click()
    expect(ann.person("ann")).to_contain_text("Online")
    expect(ann.person("ben")).to_contain_text("Online")

    ben.page.close()

    expect(ann.person("ben")).to_contain_text("Offline", timeout=30_000)
    expect(ann.person("ann")).to_contain_text("Online")


def test_the_arrow_up_edits_ones_last_message_for_everyone(ann: Window, ben: Window) -> None:
    ann.say("The ferry leves at six.")
    expect(ben.bodies).to_have_text(["The ferry leves at six."])
    expect(ann.page.locator(".message[data-state=posted]")).to_have_count(1)

    ann.composer.press("ArrowUp")
    editor = ann.page.get_by_role("textbox", name="Edit message")
    editor.fill("The ferry leaves at six.")
    editor.press("Enter")

    for window in (ann, ben):
        expect(window.bodies).to_have_text(["The ferry leaves at six."])
        expect(window.row("leaves at six")).to_contain_text("(edited)")
    expect(ann.composer).to_be_focused()


def test_a_deleted_message_is_gone_for_everyone(ann: Window, ben: Window) -> None:
    ann.say("My password is swordfish.")
    expect(ben.bodies).to_have_text(["My password is swordfish."])

    ann.row("swordfish").hover()
    ann.row("swordfish").get_by_role("button", name="More actions").click()
    ann.page.get_by_role("menuitem", name="Delete message").click()
    ann.page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()

    for window in (ann, ben):
        expect(window.page.locator(".message")).to_contain_text("This message was deleted.")
        expect(window.bodies).to_have_count(0)


def test_nobody_can_edit_or_delete_what_others_said(
    team: Team, channel: ChannelView, ben: Window
) -> None:
    team.say(team.ann, channel, "Ann's own words")

    ben.row("own words").hover()

    ben.row("own words").get_by_role("button", name="More actions").click()
    expect(ben.page.get_by_role("menuitem", name="Copy link")).to_be_visible()
    expect(ben.page.get_by_role("menuitem", name="Edit message")).to_have_count(0)
    expect(ben.page.get_by_role("menuitem", name="Delete message")).to_have_count(0)


def test_a_channel_not_looked_at_is_marked_until_it_is_read(team: Team, windows: Windows) -> None:
    quiet = team.channel("quiet", other=team.cleo)
    lively = team.channel("lively", other=team.cleo)
    cleo = windows.open(team.cookies["cleo"])
    cleo.show(team.url(quiet, process=1))
    other_tab = cleo.tab(team.url(quiet, process=0))
    line = cleo.line("lively")
    line_in_other_tab = other_tab.get_by_role("link", name=re.compile("^lively"))

    team.say(team.ann, lively, "Is anybody there?")
    expect(line).to_have_accessible_name(re.compile("1 unread message$"))
    expect(line.locator(".badge")).to_have_count(0)
    expect(cleo.page).to_have_title("• #quiet · Harbour")

    team.say(team.ann, lively, "@cleo, I mean you.")
    expect(line.locator(".badge")).to_have_text("1")
    expect(line_in_other_tab).to_have_accessible_name(re.compile("1 mention$"))
    expect(other_tab).to_have_title("(1) #quiet · Harbour")

    line.click()
    expect(cleo.bodies).to_have_text(["Is anybody there?", "@cleo, I mean you."])
    expect(line).to_have_accessible_name("lively")
    expect(line_in_other_tab).to_have_accessible_name("lively")
    expect(other_tab).to_have_title("#quiet · Harbour")
