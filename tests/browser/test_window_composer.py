"""Somebody writes: with files, names, emoji, commands, and on two devices."""

from typing import Final

from playwright.sync_api import FilePayload, Locator, expect

from protocol.resources import ChannelView
from tests.browser.conftest import Team, Window, Windows

SMALL: Final[FilePayload] = {
    "name": "tide.txt",
    "mimeType": "text/plain",
    "buffer": b"High at noon.",
}
LARGE: Final[FilePayload] = {
    "name": "sonar.bin",
    "mimeType": "application/octet-stream",
    "buffer": b"\0" * (9 * 1024 * 1024),
}
"""More than one piece."""

HUGE: Final[FilePayload] = {**LARGE, "buffer": b"\0" * (26 * 1024 * 1024)}
"""More than may come."""

DROP: Final = """(element, type) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(["High at noon."], "dropped.txt"));
    element.dispatchEvent(
        new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer }));
}"""
PASTE: Final = """(element, formats) => {
    const clipboardData = new DataTransfer();
    for (const [type, text] of Object.entries(formats)) clipboardData.setData(type, text);
    element.dispatchEvent(
        new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData }));
}"""


def _offers(window: Window) -> Locator:
    return window.page.get_by_role("listbox", name="Suggestions").get_by_role("option")


def _tray(window: Window) -> Locator:
    return window.page.get_by_role("list", name="Files to send").get_by_role("listitem")


def test_files_are_chosen_and_dropped_and_go_with_the_message(ann: Window, ben: Window) -> None:
    ann.page.set_input_files("input[type=file]", [SMALL, LARGE])
    ann.page.locator("parley-message-log").evaluate(DROP, "dragenter")
    expect(ann.page.get_by_text("Drop into #channel")).to_be_visible()
    ann.page.locator("parley-message-log").evaluate(DROP, "drop")
    expect(_tray(ann)).to_have_count(3)
    ann.page.get_by_role("button", name="tide.txt").click()
    expect(_tray(ann)).to_have_count(2)
    expect(ann.page.locator(".tray-file[data-state=done]")).to_have_count(2)

    ann.say("From the sonar")

    expect(_tray(ann)).to_have_count(0)
    expect(ben.bodies).to_contain_text(["From the sonar"])
    sent = ben.page.evaluate(
        """async () => {
            const id = location.pathname.split("/")[2];
            const answer = await fetch(`/api/v1/channels/${id}/messages`);
            return (await answer.json()).results[0].files.map(({ name, size }) => [name, size]);
        }"""
    )
    assert sorted(sent) == [["dropped.txt", 13], ["sonar.bin", len(LARGE["buffer"])]]


def test_a_file_that_is_too_large_says_so_and_holds_the_message_back(ann: Window) -> None:
    ann.excuse = "413"
    ann.page.set_input_files("input[type=file]", [HUGE])
    expect(_tray(ann).get_by_role("alert")).to_contain_text("Too large")
    expect(ann.page.get_by_role("button", name="Send message")).to_be_disabled()

    ann.page.get_by_role("button", name="Remove sonar.bin").click()

    expect(_tray(ann)).to_have_count(0)
    expect(ann.composer).to_be_focused()


def test_people_and_emoji_are_completed_with_the_keys_alone(ann: Window, ben: Window) -> None:
    ann.composer.press_sequentially("Good morning @be")
    expect(_offers(ann)).to_have_count(1)
    expect(_offers(ann)).to_contain_text("Ben Ode")
    expect(ann.composer).to_have_attribute("aria-activedescendant", "completion-0")
    ann.composer.press("Enter")
    expect(ann.composer).to_have_value("Good morning @ben ")

    ann.composer.press_sequentially("@cl")
    expect(_offers(ann)).to_contain_text(["Not in this channel"])
    ann.composer.press("Escape")
    ann.composer.press_sequentially("e")
    expect(_offers(ann)).to_have_count(0)

    ann.composer.fill("Good morning @ben :tad")
    ann.composer.press("End")
    ann.composer.press_sequentially("a")
    expect(_offers(ann).first).to_contain_text(":tada:")
    ann.composer.press("Tab")
    ann.composer.press("Enter")

    expect(ben.bodies).to_have_text(["Good morning @ben 🎉"])


def test_an_emoji_is_found_in_the_picker_in_ones_own_tone(ann: Window) -> None:
    ann.page.get_by_role("button", name="Emoji", exact=True).click()
    search = ann.page.get_by_role("combobox", name="Find an emoji")
    expect(search).to_be_focused()
    ann.page.get_by_role("button", name="Choose a skin tone").click()
    ann.page.get_by_role("radio", name="Medium skin tone", exact=True).click()
    search.press_sequentially("wave")
    expect(ann.page.get_by_role("gridcell", name="wave", exact=True)).to_have_text("👋🏽")
    search.press("Enter")

    expect(ann.composer).to_have_value("👋🏽")
    expect(ann.composer).to_be_focused()
    ann.page.get_by_role("button", name="Emoji", exact=True).click()
    search.press("Escape")
    expect(search).to_be_hidden()
    expect(ann.composer).to_be_focused()


def test_a_draft_follows_to_the_other_device_and_is_gone_when_it_was_sent(
    team: Team, windows: Windows, channel: ChannelView, ann: Window
) -> None:
    phone = windows.open(team.cookies["ann"])
    phone.show(team.url(channel, process=1))

    ann.composer.press_sequentially("The ferry leaves")
    expect(phone.composer).to_have_value("The ferry leaves")
    phone.composer.press("End")
    phone.composer.press_sequentially(" at six")
    expect(ann.composer).to_have_value("The ferry leaves at six")

    phone.composer.press("Enter")

    expect(ann.bodies).to_have_text(["The ferry leaves at six"])
    expect(ann.composer).to_have_value("")
    expect(phone.composer).to_have_value("")


def test_formatting_can_be_undone_and_rich_text_becomes_markdown(ann: Window) -> None:
    field = ann.composer
    field.press_sequentially("low tide")
    field.press("Control+Shift+ArrowLeft")
    field.press("Control+b")
    expect(field).to_have_value("low **tide**")
    field.press("Control+z")
    expect(field).to_have_value("low tide")
    field.evaluate(PASTE, {"text/plain": "https://example.org/tide"})
    expect(field).to_have_value("low [tide](https://example.org/tide)")

    field.fill("")
    rich = "<p>At <b>six</b></p><ul><li>ropes</li><li><i>maps</i></li></ul>"
    field.evaluate(PASTE, {"text/html": rich, "text/plain": "At six"})
    expect(field).to_have_value("At **six**\n\n- ropes\n- _maps_")
    field.press("Shift+Enter")
    expect(field).to_have_value("At **six**\n\n- ropes\n- _maps_\n- ")


def test_commands_are_obeyed_and_an_unknown_one_asks(ann: Window, channel: ChannelView) -> None:
    ann.composer.fill("/topic High tide at noon")
    ann.composer.press("Enter")
    expect(ann.page.locator(".bar-topic")).to_have_text("High tide at noon")
    expect(ann.composer).to_have_value("")

    ann.composer.fill("/weather")
    ann.composer.press("Enter")
    question = ann.page.get_by_role("alertdialog", name="There is no command /weather")
    question.get_by_role("button", name="Cancel").click()
    expect(ann.composer).to_have_value("/weather")
    ann.composer.press("Enter")
    question.get_by_role("button", name="Send as text").click()

    expect(ann.bodies).to_contain_text(["/weather"])
