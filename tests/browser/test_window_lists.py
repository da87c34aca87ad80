"""Threads, and the lists of what concerns one."""

import re

from playwright.sync_api import Locator, Page, expect

from protocol.resources import ChannelView, Message
from tests.browser.conftest import SLOWEST_MS, Team, Window, Windows


def thread_of(message: Message) -> str:
    return f"/channels/{message.channel_id}/threads/{message.id}"


def thread(page: Page) -> Locator:
    return page.get_by_role("complementary", name=re.compile("^Thread"))


def texts(page: Page) -> Locator:
    return thread(page).locator(".message-body")


def reply(page: Page, text: str) -> None:
    field = thread(page).get_by_role("textbox", name=re.compile("^Reply"))
    field.fill(text)
    field.press("Enter")


def go(page: Page, path: str) -> None:
    """Follow an address as the page itself does."""
    page.evaluate(
        """(path) => {
            const link = document.createElement("a");
            link.href = path;
            document.body.append(link);
            link.click();
            link.remove();
        }""",
        path,
    )


def test_a_thread_is_live_on_both_processes_and_stays_out_of_the_channel(
    team: Team, ann: Window, ben: Window, channel: ChannelView
) -> None:
    root = team.say(team.ann, channel, "Who takes the ferry?")
    for window in (ann, ben):
        expect(window.bodies).to_have_text(["Who takes the ferry?"])
        go(window.page, thread_of(root))
        expect(thread(window.page)).to_contain_text("No replies yet")

    reply(ann.page, "I do.")
    expect(texts(ben.page)).to_have_text(["Who takes the ferry?", "I do."])
    reply(ben.page, "Me too.")
    expect(texts(ann.page)).to_have_text(["Who takes the ferry?", "I do.", "Me too."])
    expect(thread(ann.page)).to_contain_text("2 replies")
    expect(ann.page.locator("parley-message-log .message-body")).to_have_text(
        ["Who takes the ferry?"]
    )

    ann.page.get_by_role("button", name="Close thread").click()
    expect(thread(ann.page)).to_have_count(0)
    expect(ann.page).to_have_url(re.compile(rf"/channels/{channel.id}$"))


def test_new_replies_are_marked_read_when_seen_and_the_other_tab_knows(
    team: Team, windows: Windows, channel: ChannelView
) -> None:
    root = team.say(team.ben, channel, "Tide tables?")
    team.say(team.ann, channel, "On the wall.", to=root)
    for number in range(3):
        team.say(team.ben, channel, f"Which wall {number}?", to=root)
    ann = windows.open(team.cookies["ann"])
    ann.show(f"{team.cluster.instances[0].url}/threads")
    card = ann.page.locator(".thread-card", has_text="Tide tables?")
    expect(card).to_contain_text("3 new")
    ann.page.get_by_role("button", name="Unread (").click()
    expect(card).to_contain_text("Which wall 2?")

    tab = ann.tab(f"{team.cluster.instances[1].url}{thread_of(root)}")
    expect(thread(tab).locator(".new")).to_be_visible()
    expect(texts(tab).last).to_have_text("Which wall 2?")
    ann.page.get_by_role("button", name="All", exact=True).click()
    expect(card).to_contain_text("Which wall 2?")
    expect(card).not_to_contain_text("new")

    card.get_by_role("textbox", name="Reply").fill("The northern one.")
    card.get_by_role("textbox", name="Reply").press("Enter")
    expect(texts(tab).last).to_have_text("The northern one.")
    expect(card).to_contain_text("The northern one.")


def test_the_link_of_a_reply_leads_into_its_thread(
    team: Team, windows: Windows, channel: ChannelView
) -> None:
    root = team.say(team.ben, channel, "The long one")
    replies = [team.say(team.ben, channel, f"reply {number}", to=root) for number in range(40)]
    ann = windows.open(team.cookies["ann"])
    ann.show(f"{team.cluster.instances[0].url}/channels/{channel.id}/{replies[4].seq}")
    expect(ann.page).to_have_url(re.compile(rf"{thread_of(root)}/{replies[4].seq}$"))
    target = thread(ann.page).locator('.message[data-state="target"]')
    expect(target).to_contain_text("reply 4")
    expect(target).to_be_in_viewport()

    expect(texts(ann.page)).to_have_count(41)
    thread(ann.page).get_by_role("log").press("End")
    expect(thread(ann.page).locator(".message", has_text="reply 39")).to_be_in_viewport()


def test_a_mention_comes_at_once_and_opens_in_its_place(
    team: Team, windows: Windows, channel: ChannelView
) -> None:
    ben = windows.open(team.cookies["ben"])
    ben.show(f"{team.cluster.instances[1].url}/mentions")
    team.say(team.ann, channel, "@ben, have you seen the chart?")
    row = ben.page.locator(".list-row", has_text="have you seen the chart?")
    expect(row).to_contain_text("your name")
    expect(row).to_contain_text("Unread")

    ben.page.get_by_role("region", name="Mentions").press("ArrowDown")
    expect(ben.page.locator(".list-row").first).to_be_focused()
    ben.page.keyboard.press("Enter")
    expect(ben.row("have you seen the chart?")).to_be_in_viewport()
    expect(ben.page).to_have_url(re.compile(rf"/channels/{channel.id}/\d+$"))


def test_what_is_unread_is_marked_read_and_unread_again(
    team: Team, windows: Windows, channel: ChannelView
) -> None:
    team.say(team.ann, channel, "First news")
    ben = windows.open(team.cookies["ben"])
    ben.show(f"{team.cluster.instances[1].url}/unreads")
    card = ben.page.locator(".thread-card", has_text="First news")
    expect(card).to_contain_text("1 new")
    team.say(team.ann, channel, "Second news")
    expect(card).to_contain_text("2 new")
    expect(card).to_contain_text("Second news")

    card.get_by_role("button", name="Mark read").click()
    done = ben.page.locator(".list-done", has_text=channel.name)
    expect(done).to_be_visible()
    expect(ben.line(channel.name)).to_have_accessible_name(channel.name)
    done.get_by_role("button", name="Undo").click()
    expect(ben.line(channel.name)).to_have_accessible_name(re.compile("2 unread messages"))
    expect(card).to_contain_text("2 new")


def test_a_search_is_helped_along_found_and_come_back_to(
    team: Team, windows: Windows, channel: ChannelView
) -> None:
    team.say(team.ben, channel, "before it")
    team.say(team.ann, channel, f"The lighthouse at **Kestrel** {channel.id}")
    team.say(team.ben, channel, "after it")
    ann = windows.open(team.cookies["ann"])
    ann.show(f"{team.cluster.instances[0].url}/search")
    field = ann.page.get_by_role("combobox", name="Search messages")
    expect(field).to_be_focused()
    field.type("kestr from:m")
    ann.page.get_by_role("option", name="from:me").click()
    field.type(f"in:#{channel.name}")
    ann.page.keyboard.press("Enter")
    row = ann.page.locator(".list-row", has_text="lighthouse")
    expect(row.locator("mark")).to_have_text("Kestr")
    expect(ann.page).to_have_url(re.compile(r"/search\?q=kestr"))

    row.get_by_role("button", name="Show context").click()
    expect(row).to_contain_text("before it")
    expect(row).to_contain_text("after it")
    row.get_by_role("link", name=re.compile(channel.name)).click()
    expect(ann.row("lighthouse")).to_have_attribute("data-state", "target")
    ann.page.go_back()
    expect(field).to_have_value(f"kestr from:me in:#{channel.name}")
    expect(row).to_be_visible()

    field.fill("has:wings")
    expect(ann.page.get_by_role("alert")).to_contain_text("A message can have")
    ann.excuse = "status of 400"
    field.fill(f"zzzzz{channel.id}")
    expect(ann.page.get_by_text("Nothing was found")).to_be_visible()


def test_back_from_a_link_one_reads_on_where_one_was(
    team: Team, windows: Windows, channel: ChannelView
) -> None:
    said = [team.say(team.ben, channel, f"line {number} of many") for number in range(90)]
    ann = windows.open(team.cookies["ann"])
    ann.show(f"{team.cluster.instances[0].url}/channels/{channel.id}/{said[60].seq}")
    expect(ann.row("line 60 of many")).to_be_in_viewport()
    log = ann.page.get_by_role("log")
    log.evaluate("log => log.scrollBy(0, -90)")
    expect(ann.row("line 50 of many")).to_be_attached()
    top = ann.page.evaluate(
        """async (id) => {
            // The log looks where it stands in the frame after the one that moved it.
            for (let frames = 0; frames < 4; frames++) {
                await new Promise((done) => requestAnimationFrame(done));
            }
            return document.getElementById(id).getBoundingClientRect().top;
        }""",
        f"m{said[58].seq}",
    )

    go(ann.page, f"/channels/{channel.id}/{said[3].seq}")
    expect(ann.row("line 3 of many")).to_be_in_viewport()
    expect(ann.row("line 58 of many")).not_to_be_in_viewport()
    ann.page.go_back()
    ann.page.wait_for_function(
        """([id, top]) => {
            const row = document.getElementById(id);
            return row !== null && Math.abs(row.getBoundingClientRect().top - top) <= 2;
        }""",
        arg=[f"m{said[58].seq}", top],
        timeout=SLOWEST_MS,
    )
