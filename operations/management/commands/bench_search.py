"""`manage.py bench_search`: how long searches take in a workspace with a great many messages.

For a database of its own, which it fills: it refuses one where somebody has talked.
"""

import itertools
import random
import statistics
import time
import uuid
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, connections
from django.db.models import Max

from accounts import people
from accounts.models import Role, User
from chat import selectors
from chat.exceptions import SearchTooBroad
from chat.groups import channel_stream
from chat.models import Channel, Membership, Message
from chat.search import finding, index
from chat.services import channels, messages
from realtime.models import Stream

WORKSPACE_USER: Final = "bench1"
_BEGINNING: Final = datetime(2024, 11, 1, tzinfo=UTC)
_SECONDS: Final = 2 * 365 * 86_400
_BATCH: Final = 5_000
_TURN: Final = 10
_COMMON: Final = str.split(
    "the to and a of in is it for that on we you i with this be have are not as at but or from if "
    "was will can by an so there just all what do when they now about out has up no one our how "
    "would deploy build test error server release review merge branch fix customer ticket today "
    "tomorrow meeting thanks please failed staging production database cache request response "
    "timeout latency queue worker restart rollback version config token session login page"
)
_SYLLABLES: Final = str.split(
    "ka lo mi ter ven sol dan pre con ta ri mo ne sta ber lin gar tho ul ex pra den fo wi sha cor "
    "bel tri nor han"
)
_KANJI: Final = "東京都庁会議資料確認日本語検索時間変更予定開発本番環境障害対応完了連絡"


class Content:
    """Messages as people write them: few words are common and most are rare."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        rare = {
            "".join(self.random.choices(_SYLLABLES, k=self.random.randint(2, 5)))
            for _ in range(60_000)
        }
        self.words = [*_COMMON, *sorted(rare - set(_COMMON))]
        weights = [1 / (rank + 2.7) ** 1.05 for rank in range(len(self.words))]
        self.weights = list(itertools.accumulate(weights))

    def text(self) -> tuple[str, str]:
        """Return a message and its HTML."""
        dice = self.random
        length = max(1, min(200, round(dice.lognormvariate(2.3, 0.8))))
        words = dice.choices(self.words, cum_weights=self.weights, k=length)
        extra = dice.random()
        mark = ""
        if extra < 0.15:
            words.insert(0, f"PLT-{dice.randint(1, 40_000)}")
        elif extra < 0.23:
            words.append(f"https://wiki.example.org/{words[0]}/{dice.randint(1, 9_999)}")
            mark = '<a href="x">'
        elif extra < 0.26:
            words.append("10.{}.{}.{}".format(*(dice.randint(0, 255) for _ in range(3))))
        elif extra < 0.29:
            words.append(f"{words[0]}-{dice.randint(1, 500)}.png")
        elif extra < 0.33:
            words.append("".join(dice.choices(_KANJI, k=dice.randint(4, 20))))
        elif extra < 0.38:
            mark = "<code>"
        text = " ".join(words)
        return text, f"<p>{mark}{text}</p>"


class Command(BaseCommand):
    help = "Measure the search in an empty database, which is filled."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--messages", type=int, default=1_000_000)
        parser.add_argument("--queries", type=int, default=300, help="for each of three people")
        parser.add_argument(
            "--posts", type=int, default=400, help="posts to time, with and without"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        connection.settings_dict["OPTIONS"].pop("options", None)
        connections.close_all()
        if not User.objects.filter(username=WORKSPACE_USER).exists():
            if User.objects.exists():
                raise CommandError("People use this database: take an empty one.")
            self._fill(options["messages"])
        started = time.monotonic()
        count = index.fill(Message)
        if count:
            self.stdout.write(f"{count} indexed in {time.monotonic() - started:.0f} s")
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")
        askers = {
            "a member in every channel": User.objects.get(username="bench1"),
            "a member in 5 channels": User.objects.get(username="bench2"),
            "a guest in 1 channel": User.objects.get(username="bench3"),
        }
        self.stdout.write(f"{connection.vendor}, {Message.objects.count()} messages")
        for title, asker in askers.items():
            self._ask(title, asker, options["queries"])
        self._post(options["posts"])

    # ── Filling ─────────────────────────────────────────────────────────────────────────────

    def _fill(self, count: int) -> None:
        dice = random.Random(7)
        users = [
            people.create(username=f"bench{number}", display_name=f"Bench {number}")
            for number in range(1, 301)
        ]
        places = [
            channels.create(
                by=users[0].pk,
                name=f"place-{number}",
                kind="public" if number <= 150 else "private",
            )
            for number in range(1, 201)
        ]
        guest = users[2]
        guest.set_role(Role.GUEST)
        guest.save()
        now = datetime.now(UTC)
        pairs = {(place.pk, user.pk) for place in places for user in dice.sample(users[3:], 60)}
        pairs |= {(place.pk, users[1].pk) for place in [*places[10:13], *places[160:162]]}
        pairs |= {(places[10].pk, guest.pk)}
        Membership.objects.bulk_create(
            [Membership(channel_id=one, user_id=two, joined_at=now) for one, two in sorted(pairs)],
            batch_size=1_000,
        )
        started = time.monotonic()
        rows = self._rows(count, users, places, dice)
        while batch := list(itertools.islice(rows, _BATCH)):
            Message.objects.bulk_create(batch)
        self.stdout.write(f"filled in {time.monotonic() - started:.0f} s")
        for place in places:
            heads = Message.objects.filter(channel=place).aggregate(last=Max("seq"))
            Stream.objects.filter(name=channel_stream(place.pk)).update(last_seq=heads["last"] or 1)

    def _rows(
        self, count: int, users: list[User], places: list[Channel], dice: random.Random
    ) -> Iterator[Message]:
        content = Content(3)
        weights = list(itertools.accumulate(1 / (rank + 5) for rank in range(len(places))))
        seqs = dict.fromkeys((place.pk for place in places), 10)
        for number in range(count):
            place = dice.choices(places, cum_weights=weights)[0].pk
            seqs[place] += 1
            text, html = content.text()
            yield Message(
                channel_id=place,
                seq=seqs[place],
                author=users[min(299, int(dice.expovariate(1 / 40)))],
                client_id=uuid.UUID(int=number + 1),
                text=text,
                html=html,
                created_at=_BEGINNING + timedelta(seconds=number * _SECONDS / count),
            )

    # ── Asking ──────────────────────────────────────────────────────────────────────────────

    def _ask(self, title: str, asker: User, count: int) -> None:
        texts = list(itertools.islice(self._questions(asker), count))
        slow: list[tuple[float, str]] = []
        first_byte = []
        failed = pages = empty = 0
        for text in texts:
            before: int | None = None
            for page in range(2):
                started = time.perf_counter()
                try:
                    found = finding.find(asker=asker, text=text, before=before, limit=20)
                except SearchTooBroad:
                    failed += 1
                    found = finding.Found([], None)
                took = (time.perf_counter() - started) * 1000
                pages += 1
                empty += not found.hits
                first_byte.append(took)
                slow.append((took, f"{text} (page {page + 1}, {len(found.hits)} found)"))
                before = found.go_on_before
                if before is None:
                    break
        first_byte.sort()
        p50, p95, p99 = (first_byte[int(len(first_byte) * part)] for part in (0.5, 0.95, 0.99))
        self.stdout.write(
            f"{title}: {pages} pages of {len(texts)} searches,"
            f" p50 {p50:.1f} p95 {p95:.1f} p99 {p99:.1f} max {first_byte[-1]:.1f} ms,"
            f" {empty} found nothing, {failed} too broad"
        )
        for took, text in sorted(slow, reverse=True)[:8]:
            self.stdout.write(f"    {took:7.1f} ms  {text}")

    def _questions(self, asker: User) -> Iterator[str]:
        dice = random.Random(11)
        readable = list(selectors.visible_channels(asker=asker).values_list("pk", "name"))
        texts = list(
            Message.objects.filter(channel__in=[pk for pk, _ in readable])
            .order_by("client_id")
            .values_list("text", flat=True)[:40_000:40]
        )
        rare = Content(3).words[-30_000:]
        names = [user.username for user in selectors.people(asker=asker).order_by("pk")[:30]]

        def some() -> list[str]:
            words = [word for word in dice.choice(texts).split() if word.isascii()]
            return words if len(words) > 3 else some()

        def run(length: int) -> str:
            words = some()
            start = dice.randrange(len(words) - length + 1)
            return " ".join(words[start : start + length])

        kinds: list[Callable[[], str]] = [
            lambda: dice.choice(_COMMON),
            lambda: " ".join(dice.sample(_COMMON, 2)),
            lambda: dice.choice(_COMMON[:60]) + " " + dice.choice(rare),
            lambda: dice.choice(rare),
            lambda: dice.choice(rare)[:4],
            lambda: dice.choice(_COMMON)[:3],
            lambda: run(1),
            lambda: run(2),
            lambda: f'"{run(2)}"',
            lambda: f'"{run(3)}"',
            lambda: '"' + " ".join(dice.sample(_COMMON[:30], 2)) + '"',
            lambda: f"PLT-{dice.randint(1, 40_000)}",
            lambda: f"PLT-{dice.randint(1, 99)}",
            lambda: f"10.{dice.randint(0, 255)}.{dice.randint(0, 255)}",
            lambda: "wiki.example.org",
            lambda: f"wiki.example.org/{run(1)}",
            lambda: f"{dice.choice(_COMMON)}-{dice.randint(1, 500)}.png",
            lambda: _KANJI[(at := dice.randrange(20)) : at + dice.randint(1, 3)],
            lambda: f"from:{dice.choice(names)} {dice.choice(_COMMON)}",
            lambda: f"from:{dice.choice(names)} has:link",
            lambda: f"in:#{dice.choice(readable)[1]} {run(1)}",
            lambda: f"before:2025-{dice.randint(1, 12):02} {dice.choice(_COMMON)}",
            lambda: f"on:2025-{dice.randint(1, 12):02}-{dice.randint(1, 28):02} {run(1)}",
            lambda: f"{dice.choice(_COMMON)} -{dice.choice(_COMMON)}",
            lambda: "qqzzv",
            lambda: dice.choice("abcxyz1"),
        ]
        for kind in itertools.cycle(kinds):
            yield kind()

    # ── Posting ─────────────────────────────────────────────────────────────────────────────

    def _post(self, count: int) -> None:
        """Compare posts with and without the index, in short turns: a machine has its moods."""
        author, place = User.objects.get(username="bench1"), Channel.objects.get(name="place-11")
        content = Content(5)
        took: dict[bool, list[float]] = {True: [], False: []}
        for turn in range(2 * count // _TURN):
            is_indexed = turn % 2 == 0
            if is_indexed:
                index.connect()
            else:
                index.disconnect()
            for _ in range(_TURN):
                text, _html = content.text()
                started = time.perf_counter()
                messages.post(
                    author_id=author.pk, channel_id=place.pk, client_id=uuid.uuid4(), text=text
                )
                took[is_indexed].append(time.perf_counter() - started)
        index.connect()
        for name, figure in (("mean", statistics.fmean), ("median", statistics.median)):
            with_index, without = (figure(took[one]) * 1000 for one in (True, False))
            self.stdout.write(
                f"a post takes {with_index:.2f} ms with the index and {without:.2f} ms without"
                f" ({name}): {without / with_index:.2f} of the posts per second"
            )
