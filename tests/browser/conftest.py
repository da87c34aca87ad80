"""Windows of people: a real Chromium on real processes, which fails when a page complains."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

import msgspec
import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    StorageState,
    expect,
    sync_playwright,
)

from protocol.personal import Preferences, PreferencesChange
from protocol.requests import NewChannel, NewMember, NewMessage, RequestBody
from protocol.resources import ChannelView, Message
from tests.browser.door import Door
from tools import browser as browser_program
from tools.cluster import Cluster, Instance
from tools.rest import Rest

CHROMIUM_FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
PASSWORD: Final = "harbour lights at dusk"

SLOWEST_MS: Final = 10_000
"""A page on two busy cores answers within this time, or it is broken."""

SERVER_GONE: Final = "ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE"
"""What a page may complain about while its process is dead."""

NETWORK_GONE: Final = "ERR_INTERNET_DISCONNECTED"
"""What a page may complain about while there is no network."""

_WORKER_BLOCKED: Final = "Service Worker registration blocked by Playwright"
_LOOPBACK: Final = re.compile(
    r"(https?|wss?)://(127\.0\.0\.1|localhost)[:/]|data:|blob:|about:blank$"
)
_WRITE_VIOLATIONS_DOWN: Final = """
    addEventListener("securitypolicyviolation", (event) =>
        console.error(`violates ${event.effectiveDirective}: ${event.blockedURI}`));
"""
_MOVE_IN: Final = f"""
import json
from accounts import people, tokens
from accounts.models import User
from chat.services import workspace

workspace.claim(
    workspace_name="Harbour", username="ann", display_name="Ann Lee", email="",
    password="{PASSWORD}",
)
ben = people.create(username="ben", display_name="Ben Ode", password="{PASSWORD}")
workspace.settle_in(user_id=ben.pk)
people.create(username="cleo", display_name="Cleo Fay", password="{PASSWORD}")
print(json.dumps([
    {{
        "id": str(user.pk),
        "username": user.username,
        "token": tokens.issue(user_id=user.pk, name="tests", expires_at=None)[1],
    }}
    for user in User.objects.order_by("pk")
]))
"""

expect.set_options(timeout=SLOWEST_MS)


class Person(msgspec.Struct, frozen=True):
    id: str
    username: str
    token: str


class Window:
    """A browser of one person, who looks at one page and may open more tabs."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.page: Page = context.new_page()
        self.excuse = ""
        """A pattern of complaints that the test brings about itself."""
        self._complaints: list[str] = []
        context.add_init_script(_WRITE_VIOLATIONS_DOWN)
        context.on("console", lambda line: self._hear(line.type, line.text))
        context.on("weberror", lambda error: self._complaints.append(f"{error.error}"))
        context.on("request", lambda request: self._see_address(request.url))
        self.page.on("websocket", lambda socket: self._see_address(socket.url))

    @property
    def composer(self) -> Locator:
        return self.page.get_by_role("textbox", name=re.compile("^Message "))

    @property
    def bodies(self) -> Locator:
        """The texts of all messages in the open channel."""
        return self.page.locator(".message-body")

    @property
    def typing(self) -> Locator:
        return self.page.locator(".typing")

    def row(self, text: str) -> Locator:
        return self.page.locator(".message", has_text=text)

    def line(self, channel: str) -> Locator:
        """The line of a channel in the list of channels."""
        name = re.compile(rf"^{re.escape(channel)}($| ,)")
        return self.page.get_by_role("navigation").get_by_role("link", name=name)

    def person(self, username: str) -> Locator:
        """The line of a person in the panel of people."""
        return self.page.get_by_role("complementary", name="People").locator(
            ".person", has_text=f"@{username}"
        )

    def show(self, url: str) -> None:
        """Open a page of the workspace and return when it is connected."""
        self.page.goto(url)
        expect(self.page.get_by_text("Connected to Instance-")).to_be_attached()

    def tab(self, url: str) -> Page:
        """Open another tab in the same browser and return when it is connected."""
        page = self.context.new_page()
        page.goto(url)
        expect(page.get_by_text("Connected to Instance-")).to_be_attached()
        return page

    def say(self, text: str) -> None:
        self.composer.fill(text)
        self.composer.press("Enter")

    def choose(self, button: str, action: str) -> None:
        """Open a menu by its button and press what stands in it."""
        self.page.get_by_role("button", name=button).click()
        self.page.get_by_role("button", name=action).click()

    def complaints(self) -> list[str]:
        """What went wrong in the pages, other than what the test expects."""
        return [
            complaint
            for complaint in self._complaints
            if not (self.excuse and re.search(self.excuse, complaint))
        ]

    def _hear(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"} and text != _WORKER_BLOCKED:
            self._complaints.append(text)

    def _see_address(self, url: str) -> None:
        if not _LOOPBACK.match(url):
            self._complaints.append(f"A request went to {url}.")


class Windows:
    """All the windows of one test."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._opened: list[Window] = []

    def open(self, cookies: StorageState | None = None, **options: Any) -> Window:
        """Open a window with nothing in it. Without cookies it is a stranger's."""
        context = self._browser.new_context(
            storage_state=cookies,
            viewport=options.pop("viewport", {"width": 1280, "height": 800}),
            reduced_motion="reduce",
            # What a worker keeps shows only where a test is about it.
            service_workers=options.pop("service_workers", "block"),
            **options,
        )
        window = Window(context)
        self._opened.append(window)
        return window

    def close(self) -> list[str]:
        """Close all and return what their pages complained about."""
        complaints = [complaint for window in self._opened for complaint in window.complaints()]
        for window in self._opened:
            window.context.close()
        return complaints


@dataclass(frozen=True)
class Team:
    """A workspace on two processes, and people who are signed in. Cleo is in no channel yet."""

    cluster: Cluster
    ann: Person
    ben: Person
    cleo: Person
    cookies: dict[str, StorageState]
    door: Door

    def url(self, channel: ChannelView | None = None, *, process: int) -> str:
        return self.cluster.instances[process].url + _path(channel)

    def url_of_door(self, channel: ChannelView) -> str:
        """Where both processes are behind one address."""
        return self.door.url + _path(channel)

    def channel(self, name: str, *, other: Person) -> ChannelView:
        """Make a channel with Ann and another in it."""
        rest = self._rest(self.ann)
        channel = rest.post("/api/v1/channels", ChannelView, NewChannel(name=name, kind="public"))
        rest.post(f"/api/v1/channels/{channel.id}/members", object, NewMember(user_id=other.id))
        return channel

    def say(
        self, person: Person, channel: ChannelView, text: str, *, to: Message | None = None
    ) -> Message:
        """Say something without a browser, in the channel or in reply to a message."""
        path = f"/api/v1/channels/{channel.id}/messages"
        thread_id = to.id if to else None
        message = NewMessage(client_id=str(uuid4()), text=text, thread_id=thread_id)
        return self._rest(person).post(path, Message, message)

    def begin_anew(self) -> None:
        """Have nobody miss anything, or want anything else than people want at first."""
        wanted = msgspec.convert(msgspec.to_builtins(Preferences()), PreferencesChange)
        for person in (self.ann, self.ben, self.cleo):
            rest = self._rest(person)
            rest.post("/api/v1/read-all", object, RequestBody())
            rest.patch("/api/v1/preferences", object, wanted)

    def _rest(self, person: Person) -> Rest:
        return Rest(url=self.cluster.instances[0].url, token=person.token)


def _path(channel: ChannelView | None) -> str:
    return f"/channels/{channel.id}" if channel else "/"


def sign_in(page: Page, *, username: str, password: str) -> None:
    """Fill in the form for signing in."""
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = browser_program.path()
    assert path, "The browser tests need Chromium: `make browser` installs it."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def team(chromium: Browser) -> Iterator[Team]:
    with (
        Door() as door,
        Cluster(instances=2, env={"PUBLIC_PORT": str(door.port)}) as cluster,
    ):
        said = cluster.manage("shell", "--no-imports", "-c", _MOVE_IN)
        ann, ben, cleo = msgspec.json.decode(said, type=list[Person])
        cookies = {}
        for person in (ann, ben, cleo):
            context = chromium.new_context()
            page = context.new_page()
            page.goto(f"{cluster.instances[0].url}/login/")
            sign_in(page, username=person.username, password=PASSWORD)
            expect(page.get_by_text("Connected to Instance-")).to_be_attached()
            cookies[person.username] = context.storage_state()
            cookies[person.username]["origins"] = []
            context.close()
        yield Team(cluster=cluster, ann=ann, ben=ben, cleo=cleo, cookies=cookies, door=door)


@pytest.fixture(autouse=True)
def _people_begin_anew(team: Team) -> None:
    """What one test leaves unread, or sets, is nothing to the next."""
    team.begin_anew()


@pytest.fixture
def windows(chromium: Browser) -> Iterator[Windows]:
    windows = Windows(chromium)
    yield windows
    assert windows.close() == []


_numbers = itertools.count(1)


@pytest.fixture
def channel(team: Team) -> ChannelView:
    """A channel with Ann and Ben in it, in which nothing has been said."""
    return team.channel(f"channel-{next(_numbers)}", other=team.ben)


@pytest.fixture
def ann(team: Team, windows: Windows, channel: ChannelView) -> Window:
    """Ann's window on the first process."""
    window = windows.open(team.cookies["ann"])
    window.show(team.url(channel, process=0))
    return window


@pytest.fixture
def ben(team: Team, windows: Windows, channel: ChannelView) -> Window:
    """Ben's window on the second process."""
    window = windows.open(team.cookies["ben"])
    window.show(team.url(channel, process=1))
    return window


@pytest.fixture
def door(team: Team) -> Iterator[Door]:
    """The address in front of both processes. It leads to the second one while that lives."""
    first, second = team.cluster.instances
    team.door.open(second, first)
    yield team.door
    team.door.shut()


@pytest.fixture
def process_of_ben(team: Team) -> Iterator[Instance]:
    """The second process, which the test may kill."""
    instance = team.cluster.instances[1]
    yield instance
    if not instance.is_alive:
        instance.start()
