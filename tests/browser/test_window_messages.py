"""What hangs on messages, what one does with them, and what stands between them."""

import io
import re
import urllib.request
from typing import Final
from urllib.parse import quote
from uuid import uuid4

import msgspec
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from protocol.requests import ChannelChange, NewMember, NewMessage
from protocol.resources import ChannelView, File, Message
from tests.browser.conftest import Person, Team, Window, Windows
from tools.rest import Rest

STORY: Final = "of a long story " * 20
PIXELS: Final = (400, 300)

_TOP_OF: Final = """(text) => [...document.querySelectorAll(".message")]
    .find((row) => row.textContent.includes(text)).getBoundingClientRect().top"""


def rest(team: Team, person: Person) -> Rest:
    return Rest(url=team.cluster.instances[0].url, token=person.token)


def post(team: Team, person: Person, channel: ChannelView, text: str, **more: object) -> Message:
    said = NewMessage(client_id=str(uuid4()), text=text)
    body = msgspec.structs.replace(said, **more)
    return rest(team, person).post(f"/api/v1/channels/{channel.id}/messages", Message, body)


def bring_in(team: Team, person: Person, name: str) -> File:
    """Bring in a picture and return the file."""
    content = io.BytesIO()
    Image.new("RGB", PIXELS, (30, 90, 160)).save(content, "PNG")
    request = urllib.request.Request(
        f"{team.cluster.instances[0].url}/api/v1/files?name={name}",
        data=content.getvalue(),
        headers={"Authorization": f"Bearer {person.token}", "Content-Type": "image/png"},
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request) as answer:
        return msgspec.json.decode(answer.read(), type=File)


def unread(window: Window, channel: ChannelView) -> Locator:
    """The line of a channel while something in it is unread."""
    return window.page.locator(f'nav a[href="/channels/{channel.id}"][data-unread]')


def is_at_the_end(page: Page) -> None:
    expect(page.locator(".message").last).to_be_in_viewport()


def test_a_reaction_is_seen_by_both_names_who_gave_it_and_is_taken_back(
    team: Team, channel: ChannelView, ann: Window, ben: Window
) -> None:
    post(team, team.ben, channel, "We made it")

    ann.row("We made it").hover()
    ann.row("We made it").get_by_role("button", name="React with 🎉").click()

    theirs = ben.row("We made it").get_by_role("button", name="Ann Lee reacted with 🎉")
    expect(theirs).to_have_attribute("aria-pressed", "false")
    theirs.click()
    both = ann.row("We made it").get_by_role("button", name="You and Ben Ode reacted with 🎉")
    expect(both).to_have_attribute("aria-pressed", "true")
    both.click()
    expect(
        ben.row("We made it").get_by_role("button", name="You reacted with 🎉")
    ).to_have_attribute("aria-pressed", "true")


def test_by_keys_alone_one_pins_saves_quotes_and_comes_back_to_writing(
    team: Team, channel: ChannelView, ann: Window, ben: Window
) -> None:
    post(team, team.ben, channel, "The key is under the mat")
    expect(ann.row("under the mat")).to_be_visible()

    ann.page.get_by_role("log").focus()
    ann.page.keyboard.press("ArrowUp")
    expect(ann.row("under the mat")).to_be_focused()
    ann.page.keyboard.press("p")
    ann.page.keyboard.press("s")

    expect(ann.row("under the mat")).to_contain_text("Pinned by Ann Lee")
    expect(ann.row("under the mat")).to_contain_text("Saved for later")
    expect(ben.row("under the mat")).to_contain_text("Pinned by Ann Lee")
    expect(ben.row("under the mat")).not_to_contain_text("Saved for later")
    expect(ben.page.get_by_text("Ann Lee pinned a message")).to_be_visible()

    ann.page.keyboard.press("Tab")
    expect(ann.page.get_by_role("toolbar").locator(":focus")).to_have_count(1)
    ann.page.keyboard.press("Escape")
    ann.page.keyboard.press("Shift+F10")
    menu = ann.page.get_by_role("menu", name="Message actions")
    expect(menu.get_by_role("menuitem", name="Unpin from channel")).to_be_visible()
    ann.page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(ann.row("under the mat")).to_be_focused()
    ann.page.keyboard.press("Escape")
    expect(ann.composer).to_be_focused()


def test_what_is_refused_goes_back_and_says_so(
    team: Team, channel: ChannelView, ann: Window
) -> None:
    post(team, team.ben, channel, "Save me")
    expect(ann.row("Save me")).to_be_visible()
    ann.excuse = "503"
    ann.page.route("**/saved", lambda route: route.fulfill(status=503, body="{}"))

    ann.row("Save me").hover()
    ann.row("Save me").get_by_role("button", name="Save for later").click()

    expect(ann.page.get_by_text("The message was not saved.")).to_be_visible()
    expect(ann.row("Save me")).not_to_contain_text("Saved for later")


def test_marked_as_unread_it_stays_so_until_one_comes_back(
    team: Team, channel: ChannelView, ann: Window
) -> None:
    for number in range(1, 4):
        team.say(team.ben, channel, f"News {number}")
    expect(ann.bodies).to_have_count(3)
    elsewhere = team.channel(f"elsewhere-{uuid4().hex[:6]}", other=team.ben)
    expect(unread(ann, elsewhere)).to_have_count(0)
    expect(unread(ann, channel)).to_have_count(0)

    ann.row("News 2").hover()
    ann.row("News 2").get_by_role("button", name="More actions").click()
    ann.page.get_by_role("menuitem", name="Mark unread from here").click()

    expect(unread(ann, channel)).to_contain_text("2 unread messages")
    expect(ann.page.locator(".new + li")).to_contain_text("News 2")
    # Longer than it takes to read what is in view.
    ann.page.wait_for_function(
        "(begun) => performance.now() - begun > 1500",
        arg=ann.page.evaluate("() => performance.now()"),
    )
    expect(unread(ann, channel)).to_contain_text("2 unread messages")
    ann.line(elsewhere.name).click()
    expect(ann.page.get_by_text(f"This is the very start of {elsewhere.name}")).to_be_visible()
    expect(unread(ann, channel)).to_contain_text("2 unread messages")
    unread(ann, channel).click()
    expect(unread(ann, channel)).to_have_count(0)


def test_a_quote_a_thread_and_notices_stand_in_their_places(
    team: Team, channel: ChannelView, ann: Window, ben: Window
) -> None:
    root = post(team, team.ann, channel, "Who takes **Monday**?")
    post(team, team.ben, channel, "I do", thread_id=root.id)
    post(team, team.ben, channel, "Settled then", thread_id=root.id, also_to_channel=True)
    post(team, team.ben, channel, "As said", quoted_id=root.id)
    api = rest(team, team.ann)
    api.post(f"/api/v1/channels/{channel.id}/members", object, NewMember(user_id=team.cleo.id))

    for window in (ann, ben):
        thread = window.row("Who takes").get_by_role("link", name=re.compile("2 replies"))
        expect(thread).to_have_attribute("href", f"/channels/{channel.id}/threads/{root.id}")
        expect(window.row("Settled then")).to_contain_text("replied to a thread: Who takes Monday?")
        expect(window.row("As said").locator("blockquote")).to_contain_text("Who takes Monday?")
        expect(window.page.locator(".log-notice").last).to_contain_text("Ann Lee added Cleo Fay")
    expect(ann.page.locator(".log-notice").first).to_contain_text("Ann Lee created the channel")


def test_a_picture_has_its_place_before_it_comes_and_opens_large(
    team: Team, channel: ChannelView, ann: Window
) -> None:
    files = [bring_in(team, team.ben, f"quay-{number}.png") for number in (1, 2)]
    post(team, team.ben, channel, "First", file_ids=[files[0].id])
    post(team, team.ben, channel, "Second", file_ids=[files[1].id])

    picture = ann.row("First").get_by_role("button", name="Open the picture quay-1.png")
    expect(picture).to_be_visible()
    box = picture.bounding_box()
    assert box
    assert (round(box["width"]), round(box["height"])) == PIXELS
    picture.click()
    lightbox = ann.page.get_by_role("dialog")
    expect(lightbox.get_by_role("img", name="quay-1.png")).to_be_visible()
    ann.page.keyboard.press("ArrowRight")
    expect(lightbox.get_by_role("img", name="quay-2.png")).to_be_visible()
    ann.page.keyboard.press("Escape")
    expect(lightbox).to_have_count(0)
    expect(picture).to_be_focused()


def test_the_texts_that_a_message_had_are_shown(
    team: Team, channel: ChannelView, ann: Window, ben: Window
) -> None:
    ann.say("At five")
    expect(ben.bodies).to_have_text(["At five"])
    ann.composer.press("ArrowUp")
    editor = ann.page.get_by_role("textbox", name="Edit message")
    editor.fill("At six")
    editor.press("Enter")

    ben.row("At six").get_by_role("button", name="(edited)").click()

    versions = ben.page.get_by_role("dialog", name="Earlier versions").locator(".version")
    expect(versions).to_have_count(2)
    expect(versions.first).to_contain_text("At six")
    expect(versions.last).to_contain_text("At five")


def test_where_one_read_is_kept_and_what_grows_above_moves_nothing(
    team: Team, channel: ChannelView, ann: Window
) -> None:
    root = post(team, team.ben, channel, "Message 0")
    for number in range(1, 41):
        team.say(team.ben, channel, f"Message {number} {STORY}")
    elsewhere = team.channel(f"elsewhere-{uuid4().hex[:6]}", other=team.ben)
    expect(ann.bodies).to_have_count(41)
    is_at_the_end(ann.page)
    expect(unread(ann, channel)).to_have_count(0)
    ann.page.evaluate("""() => {
        const log = document.querySelector(".log");
        log.scrollTop = log.scrollHeight / 2;
    }""")
    expect(ann.page.get_by_role("button", name=re.compile("latest|new message"))).to_be_visible()
    text = ann.page.evaluate("""() => {
        const edge = document.querySelector(".log").getBoundingClientRect().top;
        return [...document.querySelectorAll(".message")].find((row) =>
            row.getBoundingClientRect().top > edge).textContent.match(/Message \\d+ /)[0];
    }""")
    before = ann.page.evaluate(_TOP_OF, text)

    for emoji in ("🎉", "🚀"):
        rest(team, team.ben).put(f"/api/v1/messages/{root.id}/reactions/{quote(emoji)}", object)
    expect(ann.row("Message 0").locator(".reaction[aria-pressed]")).to_have_count(2)
    assert abs(ann.page.evaluate(_TOP_OF, text) - before) <= 2

    ann.line(elsewhere.name).click()
    expect(ann.page.get_by_text(f"This is the very start of {elsewhere.name}")).to_be_visible()
    ann.line(channel.name).click()
    expect(ann.row(text)).to_be_in_viewport()
    assert abs(ann.page.evaluate(_TOP_OF, text) - before) <= 2


def test_one_jumps_to_a_day(team: Team, channel: ChannelView, ann: Window) -> None:
    for number in range(1, 61):
        team.say(team.ben, channel, f"Message {number} {STORY}")
    expect(ann.row("Message 60 ")).to_be_in_viewport()

    ann.page.locator(".day button").first.evaluate("(button) => button.click()")
    ann.page.get_by_role("dialog", name="Jump to date").get_by_role(
        "button", name="The very start"
    ).click()

    expect(ann.page.locator(".message").first).to_be_in_viewport()
    expect(ann.page.locator(".message").first).to_contain_text("Message 1 of")
    expect(ann.page).to_have_url(re.compile(rf"/channels/{channel.id}/\d+$"))


def test_a_finger_that_rests_on_a_message_opens_its_menu(
    team: Team, windows: Windows, channel: ChannelView
) -> None:
    post(team, team.ben, channel, "Hold me")
    phone = windows.open(
        team.cookies["ann"],
        viewport={"width": 390, "height": 780},
        has_touch=True,
        is_mobile=True,
    )
    phone.show(team.url(channel, process=0))
    box = phone.row("Hold me").locator(".message-body").bounding_box()
    assert box
    finger = phone.context.new_cdp_session(phone.page)
    point = {"x": box["x"] + 10, "y": box["y"] + 8}

    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    expect(phone.page.locator(".message[data-pressed]")).to_have_count(1)
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    menu = phone.page.get_by_role("menu", name="Message actions")
    expect(menu.get_by_role("menuitem", name="Copy text")).to_be_visible()
    sheet = menu.bounding_box()
    assert sheet
    assert (sheet["x"], round(sheet["width"])) == (0, 390)
    assert round(sheet["y"] + sheet["height"]) == 780


def test_a_topic_is_told_between_the_messages(
    team: Team, channel: ChannelView, ann: Window
) -> None:
    path = f"/api/v1/channels/{channel.id}"
    rest(team, team.ann).patch(path, object, ChannelChange(topic="Boats"))

    expect(ann.page.locator(".log-notice").last).to_contain_text("Ann Lee set the topic: Boats")
