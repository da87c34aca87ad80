"""What happens every day: standups, deployments, alerts, tickets, lunch, and the state of the sea.

The sentences come from `pools/`; chance only picks, orders and counts.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Final

from operations.demo.people import BOT, ENGINEERS
from operations.demo.records import DemoReaction
from operations.demo.script import ANY_TIME, WEEKDAYS, WEEKS, At, Conversation, Line, When, Within

_POOLS: Final = Path(__file__).with_name("pools")

Day = tuple[int, int]
"""The week, from 1, and the day in it, from 0 for Monday."""

Row = tuple[str, ...]

_PORTS: Final = ("Norrsund", "Skarvik", "Ellery", "Varra", "Brenna", "Caldera", "Kestrel Bay")
_WINDS: Final = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")

_AUTHORS: Final = {
    "harbourmaster": ("jonas", "tobias"),
    "ebb": ("leila",),
    "keel": ("priya",),
    "lantern": ("jonas",),
    "slipway": ("wen",),
    "deckhand": ("amara",),
    "edge": ("ravn",),
}
_DEPLOY_FAILS: Final = 0.06

_ALERTS: Final = (
    ("harbourmaster", "p95 latency", 820, 1_900, 800, " ms"),
    ("ebb", "p95 latency", 510, 940, 500, " ms"),
    ("keel-workers", "queue length", 62, 140, 60, " plans"),
    ("lantern", "oldest unsent notice", 31, 190, 30, " s"),
    ("slipway", "errors in browsers", 21, 90, 20, " an hour"),
    ("deckhand", "tablets out of sync", 41, 120, 40, ""),
    ("database", "replica lag", 11, 58, 10, " s"),
    ("database", "open connections", 181, 240, 180, ""),
    ("log host", "disk", 81, 93, 80, " %"),
    ("edge", "refused requests", 310, 2_400, 300, " a minute"),
)

_STANDUP: Final = {
    "priya": ("Done: {done}.\nNow: {doing}.", "Still {doing}: {note}.", "{Doing}, {rest}."),
    "jonas": ("{done} ✅ today: {doing}", "{doing}. {note}", "{doing}, {rest}"),
    "leila": ("Yesterday: {done}. Today: {doing}.", "{Doing}. {Note}.", "{Doing}, {rest}."),
    "wen": ("y: {done}\nt: {doing}", "t: {doing} ({note})", "t: {doing}, {rest}"),
    "amara": ("{Done}! 🎉 Next: {doing}", "Still on {doing}: {note}", "{Doing}, {rest}!"),
    "ravn": ("done: {done}. next: {doing}.", "{doing}. {note}.", "{doing}. {rest}."),
    "teo": ("Finished: {done}. Next: {doing}.", "{Doing}. {Note}.", "{Doing}, {rest}."),
    "tobias": ("{Done}. Now: {doing}.", "{Doing}. {Note}.", "{Doing}, {rest}."),
}
"""How each of them writes: on the first day of an item, in the middle of it, and near its end."""

_STANDUP_FIRST: Final = "Today: {doing}."
_STANDUP_REST: Final = (
    "last tests",
    "writing it down",
    "waiting for a review",
    "one corner left",
    "almost there",
    "cleaning up",
)
_PRESENCE: Final = {"tobias": 0.4}
_PRESENCE_USUAL: Final = 0.92


def routine(*, days: Sequence[Day], random: Random) -> list[Conversation]:
    """Return what happens on these working days, apart from what people really talk about."""
    return [
        *_weekly(),
        *_lunch(days, random),
        *_standups(days, random),
        *_night_and_sea(days, random),
        *_deployments(days, random),
        *_alerts(days, random),
        *_coffee(days, random),
        *_tickets(random),
        *_merges(random),
        *_customer_notes(random),
    ]


def _weekly() -> Iterator[Conversation]:
    for week, weekday, time, channel, who, what in _read("weekly.txt"):
        hour, minute = (int(part) for part in time.split(":"))
        at = At(int(week), WEEKDAYS.index(weekday), hour, minute)
        yield _said(channel, at, Line(who, what))


def _lunch(days: Sequence[Day], random: Random) -> Iterator[Conversation]:
    dishes = [dish for (dish,) in _read("menus.txt")]
    remarks = [remark for (remark,) in _read("menu_remarks.txt")]
    replies = _read("replies.txt")
    for week, day in days:
        one, other = random.sample(dishes, k=2)
        menu = f"🍽️ {_capital(one)}, or {other}. {random.choice(remarks)}"
        answers = {
            who: answer
            for who, answer, *_ in random.sample(replies, k=random.randint(4, 9))
            if who != "ines"
        }
        count = len(answers) + random.randint(2, 4)
        yield _said(
            "lunch",
            At(week, day, 10, random.randint(40, 59)),
            Line("ines", menu),
            *(Line(who, answer) for who, answer in answers.items()),
            Line("ines", f"Ordered, {count} of us.", gap_minutes=14),
        )


def _standups(days: Sequence[Day], random: Random) -> Iterator[Conversation]:
    items: dict[str, list[Row]] = {}
    for who, *item in _read("standup.txt"):
        items.setdefault(who, []).append(tuple(item))
    sentences = {who: _standup_sentences(who, items[who], random) for who in ENGINEERS}
    for week, day in days:
        for who in random.sample(ENGINEERS, k=len(ENGINEERS)):
            if random.random() > _PRESENCE.get(who, _PRESENCE_USUAL):
                continue
            sentence = next(sentences[who], None)
            if sentence is None:
                continue
            hour, minute = divmod(random.randint(8 * 60 + 40, 9 * 60 + 55), 60)
            line = Line(who, sentence, reactions=_reactions(random, ENGINEERS))
            yield _said("standup", At(week, day, hour, minute), line)


def _standup_sentences(who: str, items: Sequence[Row], random: Random) -> Iterator[str]:
    first_day, middle, near_the_end = _STANDUP[who]
    last_done = ""
    for doing, note, done in items:
        words = {"doing": doing, "note": note, "done": last_done}
        words["rest"] = random.choice(_STANDUP_REST)
        words |= {_capital(name): _capital(text) for name, text in words.items()}
        yield (first_day if last_done else _STANDUP_FIRST).format(**words)
        yield middle.format(**words)
        if random.random() < 0.8:
            yield near_the_end.format(**words)
        last_done = done


def _night_and_sea(days: Sequence[Day], random: Random) -> Iterator[Conversation]:
    comments = [comment for (comment,) in _read("tide_comments.txt")]
    for week, day in days:
        yield _said(
            "ops-incidents",
            At(week, day, 8, 0),
            Line(
                BOT,
                f"🌙 The night: alerts {random.randint(0, 4)}, p95 {random.randint(170, 290)} ms, "
                f"{random.randint(90, 160) / 100:.2f} M requests, backup in {_duration(random)}",
            ),
        )
        came = random.randint(7, 19)
        yield _said(
            "support",
            At(week, day, 8, random.randint(28, 32)),
            Line(
                BOT,
                f"📊 Yesterday: {came} tickets in, {max(4, came + random.randint(-3, 3))} closed, "
                f"first answer after {random.randint(6, 16)} min {random.randint(0, 59)} s "
                f"(median), {random.randint(2, 7)} open",
            ),
        )
        for hour, run in ((8, "00"), (14, "06")):
            yield _said(
                "tides-and-weather",
                At(week, day, hour, random.randint(2, 9)),
                Line(
                    BOT,
                    f"📈 Model run {run} is in: {random.randint(208, 214)} stations, "
                    f"{_duration(random)}, highest surge {random.randint(4, 48):+d} cm at "
                    f"{random.choice(_PORTS)}",
                ),
            )
        yield _said(
            "tides-and-weather",
            At(week, day, 8, random.randint(15, 35)),
            Line(
                "leila",
                f"{random.choice((38, 38, 38, 37, 36))} of 38 gauges report. Largest residual "
                f"{random.randint(-22, 34):+d} cm at {random.choice(_PORTS)}, wind "
                f"{random.choice(_WINDS)} {random.randint(2, 17)} m/s. {random.choice(comments)}",
                reactions=_reactions(random, ("priya", "kofi", "amara", "nuala")),
            ),
        )


def _deployments(days: Sequence[Day], random: Random) -> Iterator[Conversation]:
    versions = {name: random.randint(200, 2_400) for name in _AUTHORS}
    replies = _read("replies.txt")
    failures = _read("deploy_failures.txt")
    random.shuffle(failures)
    for week, day in days:
        for hour in sorted(random.sample(range(9, 17), k=random.randint(3, 6))):
            at = At(week, day, hour, random.randint(0, 55))
            if failures and random.random() < _DEPLOY_FAILS:
                who, service, test, excuse = failures.pop()
                stopped = (
                    f"🟠 `{service}`: the new build stopped in wave 1, smoke test {test} failed. "
                    f"Rolled back in {random.randint(21, 75)} s."
                )
                yield _said("releases", at, Line(BOT, stopped), Line(who, excuse))
                continue
            service = random.choice(list(_AUTHORS))
            versions[service] += 1
            lines = [Line(BOT, _deployment(service, versions[service], random))]
            if random.random() < 0.3:
                watching = {"ravn", "teo", *_AUTHORS[service]}
                who, _, _, praise = random.choice([row for row in replies if row[0] in watching])
                lines.append(Line(who, praise))
            yield _said("releases", at, *lines)


def _deployment(service: str, build: int, random: Random) -> str:
    number = f"1.{build // 10}.{build % 10}"
    author = random.choice(_AUTHORS[service])
    changes = random.randint(1, 7)
    took = _duration(random)
    how = (
        f": {took}, {changes} {'change' if changes == 1 else 'changes'} by {author}",
        f" everywhere after two waves, {took} (asked for by {author})",
        f", canary first: {took}, no errors in {random.randint(300, 9_000):,} requests",
    )
    return f"🚢 `{service}` {number} is live{random.choice(how)}"


def _alerts(days: Sequence[Day], random: Random) -> Iterator[Conversation]:
    ends = [end for (end,) in _read("alert_ends.txt")]
    random.shuffle(ends)
    for week, day in days:
        for _ in range(random.choice((0, 1, 1, 2, 2))):
            half = random.randint(2, 18)
            name, what, low, high, threshold, unit = random.choice(_ALERTS)
            alarm = (
                f"🟠 **{name}**: {what} {random.randint(low, high):,}{unit} "
                f"(threshold {threshold:,}{unit}) for {random.randint(3, 9)} min"
            )
            over = f"🟢 **{name}**: {what} below {threshold:,}{unit} again after {2 * half} min"
            lines = [Line(BOT, alarm)]
            if random.random() < 0.8:
                lines.append(Line("ravn", random.choice(("looking.", "mine.", "seen."))))
            if ends and random.random() < 0.6:
                lines.append(Line("ravn", ends.pop(), gap_minutes=half))
            lines.append(Line(BOT, over, gap_minutes=half))
            at = At(week, day, random.randint(9, 16), random.randint(0, 50))
            yield _said("ops-incidents", at, *lines)


def _coffee(days: Sequence[Day], random: Random) -> Iterator[Conversation]:
    calls = _read("coffee_runs.txt")
    random.shuffle(calls)
    replies = _read("replies.txt")
    # There may be more calls than days, or the other way round: who comes last goes without.
    for (week, day), (who, call) in zip(days, calls, strict=False):
        answers = {
            person: answer
            for person, _, answer, _ in random.sample(replies, k=random.randint(2, 5))
            if person != who
        }
        yield _said(
            "coffee",
            At(week, day, random.choice((9, 10, 14, 15)), random.randint(0, 55)),
            Line(who, call),
            *(Line(person, answer) for person, answer in answers.items()),
        )


def _tickets(random: Random) -> Iterator[Conversation]:
    for customer, problem, solved in _read("tickets.txt"):
        lines = [Line(BOT, f'🎫 #%ticket% **{customer}**: "{problem}"')]
        if random.random() < 0.5:
            soon = random.choice(("On it.", "Mine", "Ringing them", "Have an idea", "Looking now"))
            lines.append(Line("nuala", soon, in_thread=True))
        lines.append(Line("nuala", solved, in_thread=True, gap_minutes=random.randint(6, 40)))
        yield _said("support", ANY_TIME, *lines)


def _merges(random: Random) -> Iterator[Conversation]:
    for author, component, title in _read("merges.txt"):
        size = f"(+{random.randint(4, 320)} \N{MINUS SIGN}{random.randint(0, 180)})"
        reviewer = random.choice([who for who in ENGINEERS if who != author])
        asked = f" @{reviewer}?" if random.random() < 0.4 else ""
        lines = [
            Line(author, f"!%pr% `{component}`: {title} {size}{asked}"),
            Line(reviewer, random.choice(("looking", "I'll take it", "👀", "next on my list"))),
        ]
        if random.random() < 0.4:
            question = random.choice(("two comments inline", "one question", "see line comments"))
            answer = random.choice(("answered", "both fixed", "done, thanks!", "pushed"))
            lines.append(Line(reviewer, question, gap_minutes=random.randint(8, 40)))
            lines.append(Line(author, answer, gap_minutes=random.randint(5, 40)))
        lines.append(Line(reviewer, "✅", gap_minutes=random.randint(4, 40)))
        yield _said("code-review", ANY_TIME, *lines)


def _customer_notes(random: Random) -> Iterator[Conversation]:
    replies = _read("replies.txt")
    for who, note in _read("customer_notes.txt"):
        answers = {
            person: answer
            for person, _, _, answer in random.sample(replies, k=random.randint(0, 3))
            if person != who
        }
        yield _said(
            "customers",
            Within(first_week=1, last_week=WEEKS),
            Line(who, note, reactions=_reactions(random, ("hana", "mira", "nuala", "kofi"))),
            *(Line(person, answer) for person, answer in answers.items()),
        )


def _read(name: str) -> list[Row]:
    """Read a pool: a row a line, with its cells between bars. The first line says what they are."""
    lines = (_POOLS / name).read_text(encoding="utf-8").splitlines()[1:]
    return [tuple(cell.strip() for cell in line.split(" | ")) for line in lines]


def _said(channel: str, when: When, *lines: Line) -> Conversation:
    return Conversation(channel=channel, when=when, lines=lines)


def _reactions(random: Random, people: Sequence[str]) -> tuple[DemoReaction, ...]:
    if random.random() > 0.15:
        return ()
    emoji = random.choice(("👍", "🙌", "👀", "🙏"))
    return (DemoReaction(emoji, tuple(random.sample(people, k=random.randint(1, 3)))),)


def _duration(random: Random) -> str:
    return f"{random.randint(2, 9)} min {random.randint(0, 59)} s"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
