"""Measures the window: scrolling a long channel, opening a known one, and a message that comes in.

python -m tools.bench.window [--messages 10000]
"""

import argparse
import json
import sys
from typing import Any, Final

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import CHROMIUM_FLAGS, sign_in
from tools import browser as browser_program
from tools.bench.measuring import percentile
from tools.cluster import Cluster

PASSWORD: Final = "harbour lights at dusk"  # noqa: S105 - of nobody

FIRST_SEQ: Final = 100
SCROLL_SECONDS: Final = 8

_MOVE_IN: Final = f"""
import json, random, sys, uuid
from datetime import timedelta
from django.utils import timezone
from accounts import people
from chat.groups import channel_stream
from chat.models import Channel, Message
from chat.services import channels, members, workspace
from realtime.models import Stream

random.seed(7)
owner = workspace.claim(
    workspace_name="Bench", username="ann", display_name="Ann Lee", email="", password="{PASSWORD}"
)
ben = people.create(username="ben", display_name="Ben Ode", password="{PASSWORD}")
first = channels.create(by=owner.pk, name="long", kind="public", topic="")
second = channels.create(by=owner.pk, name="short", kind="public", topic="")
members.add(by=owner.pk, channel_id=first.pk, user_id=ben.pk)
words = "the ferry leaves at six and nobody knows who has the key to the quay".split()
begin = timezone.now() - timedelta(days=200)

def fill(channel, count):
    rows = []
    for number in range(count):
        text = " ".join(random.choices(words, k=random.choice([4, 8, 20, 60])))
        code = "<pre><code>x = 1\\ny = 2</code></pre>" if number % 40 == 0 else ""
        rows.append(Message(
            channel=channel, seq={FIRST_SEQ} + number, author=random.choice([owner, ben]),
            client_id=uuid.uuid4(), text=f"{{number}} {{text}}",
            html=f"<p>{{number}} <strong>{{text[:9]}}</strong>{{text[9:]}}</p>{{code}}",
            created_at=begin + timedelta(minutes=number * 25),
        ))
    Message.objects.bulk_create(rows, batch_size=500)
    Stream.objects.filter(name=channel_stream(channel.pk)).update(last_seq={FIRST_SEQ} + count)

fill(first, COUNT)
fill(second, 300)
print(json.dumps([first.pk, second.pk]))
"""

_WATCH: Final = """() => {
    const bench = globalThis.bench = { frames: [], last: performance.now() };
    const tick = (now) => {
        bench.frames.push(now - bench.last);
        bench.last = now;
        bench.timer = requestAnimationFrame(tick);
    };
    bench.timer = requestAnimationFrame(tick);
}"""
_SCROLL: Final = """async ([step, seconds]) => {
    const log = document.querySelector(".log");
    const bench = globalThis.bench;
    bench.frames = [];
    const seen = new Set();
    let rows = 0;
    const until = performance.now() + seconds * 1000;
    while (performance.now() < until) {
        await new Promise(requestAnimationFrame);
        log.scrollTop += step;
        const messages = document.querySelectorAll(".message");
        rows = Math.max(rows, messages.length);
        seen.add(messages[0]?.id);
    }
    return {
        frames: bench.frames.slice(2),
        rows,
        nodes: document.querySelectorAll("*").length,
        pages: seen.size,
    };
}"""
_OPEN: Final = """async (path) => {
    const link = document.querySelector(`a[href="${path}"]`);
    const begun = performance.now();
    link.click();
    const where = () => document.querySelector(".log")?.getAttribute("aria-label");
    const before = where();
    while (where() === before || !document.querySelector(".message")) {
        await new Promise(requestAnimationFrame);
    }
    await new Promise(requestAnimationFrame);
    return performance.now() - begun;
}"""
_APPEND: Final = """async () => {
    const field = document.querySelector(".composer textarea");
    const times = [];
    for (let number = 0; number < 20; number++) {
        const rows = document.querySelectorAll(".message").length;
        field.value = `Message ${number}`;
        field.dispatchEvent(new Event("input", { bubbles: true }));
        await new Promise(requestAnimationFrame);
        const begun = performance.now();
        field.form.requestSubmit();
        await Promise.resolve();
        while (![...document.querySelectorAll(".message-body")].at(-1)?.textContent.includes(
            `Message ${number}`)) {
            await new Promise((resolve) => setTimeout(resolve));
        }
        document.body.getBoundingClientRect();
        times.push(performance.now() - begun);
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return times;
}"""


def report(name: str, values: list[float], **more: Any) -> None:
    extra = " ".join(f"{key}={value}" for key, value in more.items())
    print(
        f"{name:<22} p50 {percentile(values, 0.5):6.1f} ms   p95 {percentile(values, 0.95):6.1f} ms"
        f"   most {max(values):6.1f} ms   {extra}"
    )


def measure(page: Page, url: str, *, long: int, short: int, count: int) -> None:
    page.goto(f"{url}/login/")
    sign_in(page, username="ann", password=PASSWORD)
    page.wait_for_selector("parley-sidebar a")
    page.goto(f"{url}/channels/{long}/{FIRST_SEQ + count // 2}")
    page.wait_for_selector(".message[data-state=target]")
    page.wait_for_timeout(1_500)
    page.evaluate(_WATCH)
    for name, step in (("scrolling up", -60), ("scrolling down", 60)):
        found = page.evaluate(_SCROLL, [step, SCROLL_SECONDS])
        report(name, found.pop("frames"), **found)
    opened = []
    for number in range(9):
        opened.append(page.evaluate(_OPEN, f"/channels/{(short, long)[number % 2]}"))
        page.wait_for_timeout(700)
    report("opening a known one", opened[2:])
    page.wait_for_timeout(1_000)
    report("a message of one's own", page.evaluate(_APPEND)[1:])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000)
    count = parser.parse_args().messages
    path = browser_program.path()
    if path is None:
        print("This needs Chromium: `make browser` installs it.", file=sys.stderr)
        return 1
    with Cluster(instances=1) as cluster, sync_playwright() as playwright:
        script = _MOVE_IN.replace("COUNT", str(count))
        said = cluster.manage("shell", "--no-imports", "-c", script)
        long, short = json.loads(said.splitlines()[-1])
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        measure(page, cluster.instances[0].url, long=long, short=short, count=count)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
