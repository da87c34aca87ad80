"""Measures the admin's lists with a thousand rows in each table, and with a million.

python -m tools.bench.admin [--database sqlite|postgresql] [--sizes 1000,1000000] [--json FILE]

One process. The tables are filled past the program. What is measured is the whole answer, as the
owner's browser waits for it.
"""

import argparse
import http.cookiejar
import re
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from tools.bench import filling, measuring
from tools.bench.databases import DATABASES, deployment
from tools.bench.measuring import Cores
from tools.bench.reading import Filler
from tools.cluster import Cluster

CORES: Final = Cores.of_this_machine()
TIMES: Final = 15
FIRST: Final = 2_000_000
"""The id of the first of the people and channels that are filled in."""

PASSWORD: Final = "harbour lights at dusk"  # noqa: S105 - of nobody
_OWNER: Final = f"""
from chat.services import workspace
print(workspace.claim(
    workspace_name="Bench", username="owner", display_name="Owner", email="", password="{PASSWORD}"
).pk)
"""

QUESTIONS: Final = {
    "users": "accounts/user/",
    "users, a username": "accounts/user/?q=filled-77",
    "users, part of a name": "accounts/user/?q=nobody+at+all",
    "users, deactivated": "accounts/user/?is_active__exact=0",
    "channels": "chat/channel/",
    "channels, part of a name": "chat/channel/?q=filled+77",
    "channels, archived": "chat/channel/?archived=yes",
    "messages": "chat/message/",
    "messages, an author": "chat/message/?q=filled-77",
    "messages, a channel": "chat/message/?q=%23general",
    "messages, deleted": "chat/message/?deleted=yes",
    "messages, page 150": "chat/message/?p=150",
    "files": "files/file/",
    "files, an owner": "files/file/?q=owner",
    "files, pictures": "files/file/?kind=image",
    "tokens": "accounts/token/",
    "tokens, somebody's": "accounts/token/?q=owner",
    "invites": "accounts/invite/",
    "invites, open": "accounts/invite/?state=open",
}


class Staff:
    """The owner's browser."""

    def __init__(self, url: str) -> None:
        self._url = url
        jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))

    def sign_in(self) -> None:
        """Fill in the form for signing in."""
        page = self._opener.open(f"{self._url}/login/").read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        if token is None:
            raise RuntimeError("The page for signing in has no form.")
        form = {"csrfmiddlewaretoken": token.group(1), "login": "owner", "password": PASSWORD}
        request = urllib.request.Request(  # noqa: S310 - our own process
            f"{self._url}/login/",
            data=urllib.parse.urlencode(form).encode(),
            headers={"Referer": f"{self._url}/login/"},
        )
        self._opener.open(request).read()

    def show(self, path: str) -> float:
        """Open a page of the admin, and return for how many seconds it was waited for."""
        began_at = time.perf_counter()
        with self._opener.open(f"{self._url}/admin/{path}") as answer:
            page = answer.read()
        seconds = time.perf_counter() - began_at
        if b'id="changelist"' not in page:
            raise RuntimeError(f"{path} shows no list.")
        return seconds


def measure(cluster: Cluster, sizes: Sequence[int]) -> dict[str, list[float]]:
    """Return each question → milliseconds for each size."""
    owner_id = int(cluster.manage("shell", "--no-imports", "-c", _OWNER).splitlines()[-1])
    filler = Filler(cluster.environment["DATABASE_URL"])
    vendor = filler.vendor
    staff = Staff(cluster.instances[0].url)
    staff.sign_in()
    channel_id = filler.one("SELECT id FROM chat_channel WHERE name = 'general'")
    found: dict[str, list[float]] = {}
    filled = 0
    for size in sizes:
        began_at = time.perf_counter()
        first, last = FIRST + filled, FIRST + size - 1
        filler.run(
            [
                *filling.people(vendor, first=first, last=last),
                *filling.channels(vendor, first=first, last=last, seqs=3),
                *filling.messages(
                    vendor, channel_id=channel_id, author_id=owner_id, first=first, last=last
                ),
                *filling.files(vendor, owner_id=owner_id, first=first, last=last),
                *filling.tokens(vendor, user_id=owner_id, first=first, last=last),
                *filling.invites(vendor, user_id=owner_id, first=first, last=last),
                "ANALYZE",
            ]
        )
        filled = size
        print(f"{size} rows in each table after {time.perf_counter() - began_at:.1f} s")
        for name, path in QUESTIONS.items():
            staff.show(path)
            took = [staff.show(path) * 1000 for _ in range(TIMES)]
            found.setdefault(name, []).append(measuring.median(took))
    filler.close()
    return found


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database", choices=DATABASES, default="sqlite")
    parser.add_argument("--sizes", default="1000,1000000")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    sizes = [int(word) for word in options.sizes.split(",")]
    print(measuring.say_machine())
    with deployment(options.database, cores=CORES) as cluster:
        found = measure(cluster, sizes)
    headings = [f"{options.database}, median ms", *(f"{size:,}" for size in sizes)]
    rows = [[name, *(f"{value:.0f}" for value in values)] for name, values in found.items()]
    print(measuring.table(headings, rows))
    if options.json:
        options.json.write_bytes(msgspec.json.encode({"sizes": sizes, "milliseconds": found}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
