"""Ternway, a small company that makes route planning for ferries: its people and its channels.

All of it is invented: the company, its people, its customers and their vessels.
"""

from typing import Final

from operations.demo.records import DemoChannel, DemoPerson

WORKSPACE_NAME: Final = "Ternway"
BOT: Final = "bosun"

PEOPLE: Final = (
    DemoPerson("mira", "Mira Solvang", "Co-founder, chief executive"),
    DemoPerson("tobias", "Tobias Anker", "Co-founder, chief technologist"),
    DemoPerson("priya", "Priya Nandakumar", "Lead engineer, planning engine"),
    DemoPerson("jonas", "Jonas Weller", "Backend engineer"),
    DemoPerson("leila", "Leila Haddouche", "Data engineer, tides and weather"),
    DemoPerson("wen", "Wen Castellan", "Frontend engineer"),
    DemoPerson("amara", "Amara Ndiaye-Holt", "Mobile engineer"),
    DemoPerson("ravn", "Ravn Eskildsen", "Site reliability engineer"),
    DemoPerson("teo", "Teodor Mavrin", "Quality engineer"),
    DemoPerson("sofia", "Sofia Bellweather", "Product designer"),
    DemoPerson("hana", "Hana Kobori", "Product manager"),
    DemoPerson("nuala", "Nuala Fenwick", "Customer support lead"),
    DemoPerson("kofi", "Kofi Adjeman", "Customer success"),
    DemoPerson("ines", "Inês Carvalhal", "People and office"),
    DemoPerson(BOT, "Bosun", "Deployments, alerts and tickets", is_bot=True),
)

HUMANS: Final = tuple(person.username for person in PEOPLE if not person.is_bot)
ENGINEERS: Final = ("tobias", "priya", "jonas", "leila", "wen", "amara", "ravn", "teo")

CHANNELS: Final = (
    DemoChannel(
        name="general",
        kind="public",
        topic="News for everyone. Demo hour on Fridays at 16:00.",
        description="Everybody is here, so keep it short and keep it kind.",
        owner="mira",
        members=HUMANS,
    ),
    DemoChannel(
        name="random",
        kind="public",
        topic="Not about ferries. Mostly.",
        description="Puns are allowed here and nowhere else.",
        owner="jonas",
        members=HUMANS,
    ),
    DemoChannel(
        name="coffee",
        kind="public",
        topic="18 g in, 36 g out, 27 seconds",
        description="The machine, the tin, the kettle, and who wants what.",
        owner="jonas",
        members=HUMANS,
    ),
    DemoChannel(
        name="lunch",
        kind="public",
        topic="Ines orders at 11:45, not at 11:46",
        description="What there is today and who takes part.",
        owner="ines",
        members=HUMANS,
    ),
    DemoChannel(
        name="engineering",
        kind="public",
        topic="How we build it",
        description="Questions, decisions, things found. Architecture hour on Wednesdays at 11:00.",
        owner="tobias",
        members=(*ENGINEERS, "sofia", "hana", "nuala", "kofi", "mira", "ines"),
    ),
    DemoChannel(
        name="standup",
        kind="public",
        topic="Written, before ten: what was, what comes, what is in the way",
        description="Instead of a meeting.",
        owner="priya",
        members=(*ENGINEERS, "hana", "sofia"),
    ),
    DemoChannel(
        name="code-review",
        kind="public",
        topic="Oldest first. Small is fast.",
        description="Merge requests that wait for a second pair of eyes.",
        owner="priya",
        members=(*ENGINEERS, "sofia", "hana", "nuala", "bosun"),
    ),
    DemoChannel(
        name="releases",
        kind="public",
        topic="What goes out, when, and how far it has come",
        description="Written for the person at the quay.",
        owner="hana",
        members=(*HUMANS, "bosun"),
    ),
    DemoChannel(
        name="ops-incidents",
        kind="public",
        topic="On call this week: see the calendar · 🔴 now · 🟠 soon · 🟢 over",
        description="Alerts and what we do about them. Times are in the office's time.",
        owner="ravn",
        members=(*ENGINEERS, "hana", "nuala", "kofi", "sofia", "mira", "ines", "bosun"),
    ),
    DemoChannel(
        name="design",
        kind="public",
        topic="Four greys. Not five.",
        description="Sketches, tests, words on buttons.",
        owner="sofia",
        members=(
            "sofia",
            "wen",
            "amara",
            "hana",
            "kofi",
            "teo",
            "jonas",
            "priya",
            "ines",
            "leila",
            "nuala",
            "tobias",
        ),
    ),
    DemoChannel(
        name="product",
        kind="public",
        topic="4.20: cancel and tell · discovery: tide clock",
        description="What we build next, and why, and what we do not.",
        owner="hana",
        members=HUMANS,
    ),
    DemoChannel(
        name="support",
        kind="public",
        topic="First answer within 15 minutes, honest answer within the day",
        description="Tickets arrive here and are talked about in their thread.",
        owner="nuala",
        members=(*HUMANS, "bosun"),
    ),
    DemoChannel(
        name="customers",
        kind="public",
        topic="Skarvik · Varra · Norrsund · Ellery · Grey Plover · Brenna · Caldera · and friends",
        description="Visits, wishes and waffles.",
        owner="kofi",
        members=HUMANS,
    ),
    DemoChannel(
        name="tides-and-weather",
        kind="public",
        topic="Observed minus predicted is weather",
        description="Gauges, models, datums, swans.",
        owner="leila",
        members=(
            "leila",
            "priya",
            "jonas",
            "amara",
            "ravn",
            "teo",
            "tobias",
            "sofia",
            "kofi",
            "nuala",
            "hana",
            "mira",
            "wen",
            "ines",
            "bosun",
        ),
    ),
    DemoChannel(
        name="hiring",
        kind="private",
        topic="Write your notes before you talk to each other",
        description="Applications are anonymous until the first talk.",
        owner="ines",
        members=("ines", "mira", "tobias", "hana", "nuala", "teo", "kofi", "leila"),
    ),
    DemoChannel(
        name="leadership",
        kind="private",
        topic="Mondays at 8:30, twenty minutes",
        description="What it costs, whom we ask, what we will not do.",
        owner="mira",
        members=("mira", "tobias", "hana", "kofi", "ines"),
    ),
)
