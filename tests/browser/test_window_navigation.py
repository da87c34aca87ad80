"""The sidebar, the quick switcher, channels and their details, the workspace, and the keys."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from protocol.resources import ChannelView
from tests.browser.accessibility import assert_accessible, assert_nothing_is_wider_than_the_screen
from tests.browser.conftest import Team, Window, Windows
from tests.browser.test_window_workspace import PHONE
from tools.cluster import Cluster


def open_menu(window: Window, channel: str) -> Locator:
    """Open the menu of a line and return it."""
    window.line(channel).hover()
    window.page.get_by_role("button", name=f"Menu of {channel}", exact=True).click()
    return window.page.get_by_role("menu")


def group(page: Page, name: str) -> Locator:
    """A part of the list of conversations, by its heading."""
    return page.get_by_role("region", name=name, exact=True)


def switch(page: Page, text: str) -> Locator:
    """Open the switcher by its keys, type, and return the options."""
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Find a conversation")
    expect(field).to_be_focused()
    field.fill(text)
    return page.get_by_role("option")


def test_a_conversation_is_moved_to_a_section_of_ones_own_on_every_device(
    team: Team, channel: ChannelView, ann: Window
) -> None:
    other = ann.tab(team.url(process=1))
    name = f"Projects {channel.id}"

    menu = open_menu(ann, channel.name)
    menu.get_by_role("menuitem", name="Move to section").click()
    menu.get_by_role("menuitem", name="New section").click()
    ann.page.get_by_role("textbox", name="Name").fill(name)
    ann.page.get_by_role("button", name="Save").click()
    for page in (ann.page, other):
        expect(group(page, name).get_by_role("link")).to_have_text(re.compile(channel.name))

    # Folded, it shows what is unread, and nothing else.
    other.get_by_role("button", name=name, exact=True).click()
    expect(ann.page.get_by_role("button", name=name, exact=True)).to_have_attribute(
        "aria-expanded", "false"
    )
    ann.line("general").click()
    expect(group(ann.page, name).get_by_role("link")).to_have_count(0)
    team.say(team.ben, channel, "Is anybody there?")
    expect(group(ann.page, name).get_by_role("link")).to_have_count(1)

    ann.page.get_by_role("heading", name=name).hover()
    ann.page.get_by_role("button", name=f"Menu of the section {name}").click()
    ann.page.get_by_role("menuitem", name="Delete section").click()
    ann.page.get_by_role("alertdialog").get_by_role("button", name="Delete section").click()
    for page in (ann.page, other):
        expect(group(page, name)).to_have_count(0)
        expect(
            group(page, "Channels").get_by_role("link", name=re.compile(channel.name))
        ).to_have_count(1)


def test_the_menu_of_a_line_comes_by_right_click_and_by_keys(
    channel: ChannelView, ann: Window
) -> None:
    ann.line(channel.name).click(button="right")
    menu = ann.page.get_by_role("menu")
    expect(menu.get_by_role("menuitem").first).to_be_focused()
    assert_accessible(ann.page)
    menu.get_by_role("menuitem", name="Add to favourites").click()
    expect(group(ann.page, "Favourites").get_by_role("link")).to_have_count(1)

    ann.page.get_by_role("button", name=f"Menu of {channel.name}", exact=True).press("Enter")
    ann.page.keyboard.press("ArrowDown")
    expect(menu.get_by_role("menuitem", name="Move to section")).to_be_focused()
    ann.page.keyboard.press("ArrowUp")
    ann.page.keyboard.press("Enter")
    expect(group(ann.page, "Favourites")).to_have_count(0)

    menu = open_menu(ann, channel.name)
    menu.get_by_role("menuitem", name="Mute").click()
    expect(ann.line(f"{channel.name}")).to_have_attribute("data-muted", "")


def test_a_few_letters_lead_anywhere(
    team: Team, windows: Windows, channel: ChannelView, ann: Window
) -> None:
    options = switch(ann.page, "xqz")
    expect(options.first).to_contain_text("Search messages for")
    options = switch_again(ann.page, "ode")
    ben_alone = options.filter(has_text=re.compile(r"^\s*(BO)?\s*Ben Ode(?!,)")).first
    expect(ben_alone.locator("mark")).to_have_text("Ode")
    ben_alone.click()
    expect(ann.page.get_by_role("heading", name="Ben Ode", exact=True)).to_be_visible()
    # Another test may have let them talk with others, too.
    alone = re.compile(r"^Ben Ode(?!,)")
    expect(group(ann.page, "Direct messages").get_by_role("link", name=alone)).to_have_count(1)
    ann.say("Only for you")

    ben = windows.open(team.cookies["ben"])
    ben.show(team.url(channel, process=1))
    options = switch(ben.page, "")
    expect(options.first).to_contain_text("Ann Lee")
    assert_accessible(ben.page)
    ben.page.keyboard.press("Enter")
    expect(ben.bodies.last).to_have_text("Only for you")

    options = switch(ben.page, f"new-{channel.id}")
    ben.page.keyboard.press("ArrowUp")
    expect(options.filter(has_text="Create the channel")).to_have_attribute("aria-selected", "true")
    ben.page.keyboard.press("Enter")
    expect(ben.page.get_by_label("Name", exact=True)).to_have_value(f"new-{channel.id}")


def switch_again(page: Page, text: str) -> Locator:
    """Type something else into the open switcher."""
    page.get_by_role("combobox", name="Find a conversation").fill(text)
    return page.get_by_role("option")


def test_several_people_have_one_conversation_whoever_opens_it(
    team: Team, windows: Windows, ann: Window
) -> None:
    def open_group(window: Window, *names: str) -> None:
        window.page.keyboard.press("Control+Shift+K")
        field = window.page.get_by_role("combobox", name="To")
        for name in names:
            field.fill(name)
            field.press("Enter")
        window.page.get_by_role("button", name="Open group").click()

    open_group(ann, "ben", "cle")
    expect(ann.page.get_by_role("heading", name="Ben Ode, Cleo Fay", exact=True)).to_be_visible()
    ann.say("The three of us")
    expect(ann.page.locator(".message[data-state=posted]")).to_have_count(1)

    ben = windows.open(team.cookies["ben"])
    ben.show(team.url(process=1))
    open_group(ben, "cleo", "ann")
    expect(ben.bodies).to_have_text(["The three of us"])
    menu = open_menu(ben, "Ann Lee, Cleo Fay")
    menu.get_by_role("menuitem", name="Close conversation").click()
    expect(ben.line("Ann Lee, Cleo Fay")).to_have_count(0)


def test_a_channel_is_described_and_run_beside_its_messages(
    team: Team, windows: Windows, channel: ChannelView, ann: Window
) -> None:
    ann.page.get_by_role("heading", name=channel.name, exact=True).get_by_role("button").click()
    panel = ann.page.get_by_role("complementary", name="Channel details")
    panel.get_by_role("button", name="Edit topic").click()
    panel.get_by_role("textbox", name="Topic").fill("When it *leaves*")
    panel.get_by_role("button", name="Save").click()
    expect(ann.page.locator(".bar-topic")).to_have_text("When it *leaves*")
    assert_accessible(ann.page)

    panel.get_by_role("tab", name="Members").click()
    panel.get_by_role("button", name="Add", exact=True).click()
    dialog = ann.page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="People to add").fill("cleo")
    dialog.get_by_role("option", name=re.compile("Cleo")).click()
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(panel.get_by_role("button", name="Remove Cleo Fay")).to_be_visible()
    panel.get_by_label("Role of Ben Ode in this channel").select_option("admin")

    ben = windows.open(team.cookies["ben"])
    ben.show(team.url(channel, process=1))
    ben.page.get_by_role("heading", name=channel.name, exact=True).get_by_role("button").click()
    panel = ben.page.get_by_role("complementary", name="Channel details")
    panel.get_by_role("tab", name="Settings").click()
    panel.get_by_label("For announcements").check()
    panel.get_by_role("button", name="Make private").click()
    ben.page.get_by_role("alertdialog").get_by_role("button", name="Make private").click()
    panel.get_by_role("tab", name="About").click()
    expect(panel.get_by_text("Private: only people who are added")).to_be_visible()
    expect(panel.get_by_text("Only those who run the channel")).to_be_visible()

    panel.get_by_role("tab", name="Webhooks").click()
    panel.get_by_label("New webhook").fill("Deploys")
    panel.get_by_role("button", name="Make", exact=True).click()
    expect(panel.get_by_label("Address", exact=True)).to_have_value(re.compile("/hooks/"))
    expect(panel.get_by_role("button", name="New address for Deploys")).to_be_visible()
    assert_accessible(ben.page)


def test_the_workspace_is_run_from_the_window(
    team: Team, windows: Windows, channel: ChannelView, ann: Window
) -> None:
    page = ann.page

    def open_tab(name: str) -> Locator:
        page.get_by_role("tab", name=name, exact=True).click()
        return page.get_by_role("tabpanel")

    page.get_by_role("button", name="Harbour", exact=True).click()
    page.get_by_role("menuitem", name="Invite people").click()
    panel = page.get_by_role("tabpanel")
    panel.get_by_label("It is good for").select_option("30 days")
    panel.get_by_label("For whom").fill(f"Crew {channel.id}")
    panel.get_by_role("button", name="Make an invite link").click()
    expect(panel.get_by_label("Invite link")).to_have_value(re.compile("/join/"))
    code = panel.get_by_role("img", name="QR code of the link")
    expect(code).to_be_visible()
    assert code.evaluate("image => image.decode().then(() => image.naturalWidth > 50)")
    assert_accessible(page)
    panel.get_by_role("button", name=f"Revoke Crew {channel.id}").click()
    expect(panel.get_by_text(f"Crew {channel.id}")).to_have_count(0)

    panel = open_tab("Groups")
    handle = f"crew-{channel.id}"
    panel.get_by_role("button", name="New group").click()
    panel.get_by_label("Handle").fill(handle)
    panel.get_by_label("Name").fill("The crew")
    panel.get_by_role("combobox", name="Members").fill("ben")
    panel.get_by_role("option", name=re.compile("Ben")).click()
    panel.get_by_role("button", name="Save").click()
    expect(panel.get_by_text(f"@{handle}")).to_be_visible()

    panel = open_tab("Custom emoji")
    panel.get_by_label("Picture").set_input_files(
        {"name": "gull.png", "mimeType": "image/png", "buffer": page.screenshot()}
    )
    panel.get_by_label("Name").fill(f"gull-{channel.id}")
    panel.get_by_role("button", name="Add emoji").click()
    expect(panel.get_by_text(f":gull-{channel.id}:")).to_be_visible()

    panel = open_tab("Bots")
    panel.get_by_label("Name", exact=True).fill("Tide clock")
    panel.get_by_label("Username").fill(f"tides-{channel.id}")
    panel.get_by_role("button", name="Make the bot").click()
    panel.get_by_label("What the token is for").fill("Posting")
    panel.get_by_role("button", name="New token").click()
    expect(panel.get_by_label("Token", exact=True)).not_to_have_value("")
    assert_accessible(page)

    # Ben is a member: of all this he has emoji and groups.
    ben = windows.open(team.cookies["ben"])
    ben.show(team.url(channel, process=1))
    ben.page.get_by_role("button", name="Harbour", exact=True).click()
    ben.page.get_by_role("menuitem", name="Groups").click()
    expect(ben.page.get_by_role("tab")).to_have_text(["Custom emoji", "Groups"])
    expect(ben.page.get_by_text(f"@{handle}")).to_be_visible()
    expect(ben.page.get_by_role("button", name="New group")).to_have_count(0)


def test_the_owner_is_shown_how_to_begin(windows: Windows) -> None:
    with Cluster(instances=1) as cluster:
        page = windows.open().page
        page.goto(cluster.instances[0].url)
        page.get_by_label("Name of the workspace").fill("Lighthouse")
        page.get_by_label("Name", exact=True).fill("Ada Stone")
        page.get_by_label("Username").fill("ada")
        page.get_by_label("Password", exact=True).fill("harbour lights at dusk")
        page.get_by_label("Password again").fill("harbour lights at dusk")
        page.get_by_role("button", name="Create the workspace").click()

        steps = page.get_by_role("list", name="First steps")
        expect(steps.get_by_role("button")).to_have_count(3)
        assert_accessible(page)
        steps.get_by_role("button", name="Invite people").click()
        expect(page.get_by_role("tab", name="Invite people")).to_have_attribute(
            "aria-selected", "true"
        )


def test_the_keys_go_through_the_window_and_are_written_down(
    team: Team, channel: ChannelView, ann: Window
) -> None:
    page = ann.page
    ann.composer.press("F6")
    expect(page.locator(".sidebar [aria-current=page]")).to_be_focused()
    page.keyboard.press("F6")
    expect(page.get_by_role("button", name=channel.name, exact=True)).to_be_focused()
    page.keyboard.press("Shift+F6")
    page.keyboard.press("Shift+F6")
    expect(ann.composer).to_be_focused()

    # In a field it is a letter; elsewhere it is a question.
    page.keyboard.press("?")
    expect(ann.composer).to_have_value("?")
    ann.composer.fill("")
    page.get_by_role("log").press("?")
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(sheet.get_by_text("Find a conversation")).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)

    ann.line("general").click()
    team.say(team.ben, channel, "Once")
    expect(ann.line(channel.name)).to_have_attribute("data-unread", "")
    page.keyboard.press("Shift+Escape")
    expect(
        page.get_by_role("status").filter(has_text="Everything is marked as read")
    ).to_be_visible()
    expect(ann.line(channel.name)).not_to_have_attribute("data-unread", "")
    page.keyboard.press("Control+.")
    expect(page.get_by_role("complementary", name="Channel details")).to_be_visible()
    page.keyboard.press("Control+.")
    expect(page.get_by_role("complementary", name="Channel details")).to_have_count(0)


@pytest.mark.parametrize("width", [320, 390])
def test_on_a_phone_everything_is_reached_by_thumb(
    team: Team, windows: Windows, channel: ChannelView, width: int
) -> None:
    phone = windows.open(
        team.cookies["ann"], **{**PHONE, "viewport": {"width": width, "height": 700}}
    )
    phone.show(team.url(process=0))
    page = phone.page
    assert_nothing_is_wider_than_the_screen(page)
    page.get_by_role("button", name=f"Menu of {channel.name}", exact=True).tap()
    expect(page.get_by_role("menu")).to_be_visible()
    for item in page.get_by_role("menuitem").all():
        box = item.bounding_box()
        assert box
        assert box["height"] >= 44
    assert_accessible(page)
    page.get_by_role("menuitem", name="Channel details").tap()
    panel = page.get_by_role("complementary", name="Channel details")
    expect(panel).to_be_visible()
    assert_nothing_is_wider_than_the_screen(page)
    panel.get_by_role("button", name="Close details").tap()
    page.go_back()
    expect(phone.line("general")).to_be_visible()
