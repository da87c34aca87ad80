"""What only a real socket can show: what it answers itself, and what is pushed to it unasked."""

import asyncio
import json
import uuid
from typing import Any

import pytest

from chat import groups
from chat.services import channels, members, messages, pins, reactions, typing
from realtime.pool import run_in_pool
from tests.integration.conftest import Sockets
from tests.integration.matrix import digest
from tests.integration.matrix.judging import LETTERS
from tests.integration.matrix.operations import OPERATIONS
from tests.integration.matrix.table import VIEWS, Row, rows
from tests.integration.matrix.world import CANARY, PLACES, Scene, Viewer, World, build, mind
from tests.integration.sockets import Socket

ROWS = [row for row in rows() if OPERATIONS[row.operation].needs_socket]


@pytest.fixture
def living_world(transactional_db: None) -> World:
    """The world as other threads see it: committed."""
    return build()


async def open_all(sockets: Sockets, world: World) -> dict[str, Socket]:
    """Open a socket for each point of view that gets one."""
    opened = {}
    for view in VIEWS:
        socket = sockets.prepare(headers=world.viewers[view].headers)
        if await socket.handshake():
            socket.welcome = await socket.next("welcome")
            opened[view] = socket
    return opened


async def test_a_socket_answers_what_the_table_says(sockets: Sockets, living_world: World) -> None:
    opened = await open_all(sockets, living_world)
    wrong = []
    for row in ROWS:
        for view in VIEWS:
            got = await letter(row, living_world.scene(view, row.words), opened.get(view))
            if got != row.cells[view]:
                wrong.append(f"{row}, {view}: {got} instead of {row.cells[view]}")
    for view, socket in opened.items():
        # Of the past, one's own stream tells what one was told then.
        known = frozenset(PLACES) if view == "ex_member" else frozenset()
        wrong += overheard(living_world, view, socket, known=known)
    assert not wrong, "\n".join(wrong)


async def letter(row: Row, scene: Scene, socket: Socket | None) -> str:
    """Ask one thing over a socket, and return the letter of the answer."""
    if socket is None:
        return "-"
    operation = OPERATIONS[row.operation]
    answer = await socket.ask(operation.command, **operation.fields(scene))
    if answer["type"] == "error":
        return str(LETTERS[answer["code"]])
    pages = [frame for frame in socket.arrived() if frame["type"] == "page"]
    return "+" if operation.shows(scene, {**answer, "pages": pages}) else "0"


async def test_only_those_inside_are_told_what_happens(
    sockets: Sockets, living_world: World
) -> None:
    opened = await open_all(sockets, living_world)
    assert set(opened) == set(VIEWS) - {"anonymous", "deactivated", "pending"}
    for place in ("public", "private", "announce", "dm", "others"):
        last = await run_in_pool(stir, living_world, place)
        for view, socket in opened.items():
            if place in living_world.heard_by(living_world.viewers[view]):
                await socket.next(lambda frame, last=last: frame.get("seq") == last)
    # Each event goes to all who hear it at once: what has come to some has come to all.
    await asyncio.gather(*(socket.ask("ping") for socket in opened.values()))
    wrong = []
    for view, socket in opened.items():
        wrong += overheard(living_world, view, socket)
    assert not wrong, "\n".join(wrong)


async def test_a_token_for_reading_does_nothing_over_a_socket(
    sockets: Sockets, living_world: World
) -> None:
    reader = (await open_all(sockets, living_world))["reader_in"]
    before = await run_in_pool(digest.of_database)
    answers = {}
    for operation in OPERATIONS.values():
        if not operation.command or operation.needs_socket:
            continue
        row = next(row for row in rows() if OPERATIONS[row.operation] is operation)
        fields = operation.fields(living_world.scene("reader_in", row.words))
        answer = await reader.ask(operation.command, **fields)
        answers[operation.command] = answer.get("code", answer["type"])
    assert len(answers) > 10
    assert set(answers.values()) == {"insufficient_scope"}
    assert await run_in_pool(digest.of_database) == before


def overheard(
    world: World, view: str, socket: Socket, known: frozenset[str] = frozenset()
) -> list[str]:
    """Return what came over a socket that its owner must not hear."""
    viewer = world.viewers[view]
    assert viewer.user is not None
    places = world.heard_by(viewer) | known | {mind(viewer.person)}
    own = groups.user_stream(viewer.user.pk)
    mine = {groups.channel_stream(world.places[place].pk) for place in world.heard_by(viewer)}
    mine |= {own, *elsewhere(world, viewer)}
    wrong = [
        f"{view}: the welcome names {stream}" for stream in {*socket.welcome["streams"]} - mine
    ]
    frames = socket.arrived()
    wrong += [
        f"{view} heard {frame['type']} of {frame['stream']}"
        for frame in frames
        if frame.get("stream", own) not in mine
    ]
    told = set(CANARY.findall(json.dumps(frames)))
    return wrong + [f"{view} was told of {place}" for place in sorted(told - places)]


def elsewhere(world: World, viewer: Viewer) -> set[str]:
    """Return the stream of the channel where the guest is who is in none of the places."""
    if viewer.name != "guest_out":
        return set()
    return {groups.channel_stream(world.elsewhere.pk)}


def stir(world: World, place: str) -> int:
    """Let everything happen in a place that is told. Return the place of the last event."""
    colleague, channel = world.people["colleague"], world.places[place]
    said = 0

    def say(text: str, **more: Any) -> messages.Answer:
        nonlocal said
        said += 1
        return messages.post(
            author_id=by,
            channel_id=channel.pk,
            client_id=uuid.uuid4(),
            text=f"kanari_{place}_live{said} {text}",
            **more,
        )

    by = colleague.pk
    if place == "announce":
        by = world.people["channel_owner"].pk
    # Whoever is called but is not inside hears nothing of it.
    first = say("@member-out @guest-out @admin-out @member-in").message
    say("a reply", thread_id=first.pk)
    if place == "private":
        say("as was said elsewhere", quoted_id=world.spoken["public", "theirs"].pk)
    messages.edit(by=by, message_id=first.pk, text=f"kanari_{place}_live0 @owner-out @ex-member")
    typing.start(user_id=by, channel_id=channel.pk, thread_id=None)
    reactions.add(by=by, message_id=first.pk, emoji_name="tada")
    reactions.remove(by=by, message_id=first.pk, emoji_name="tada")
    pins.pin(by=by, message_id=first.pk)
    pins.unpin(by=by, message_id=first.pk)
    channels.change(
        by=by, channel_id=channel.pk, wanted=channels.Change(topic=f"kanari_{place}_new_topic")
    )
    if not channel.is_direct:
        owner, newcomer = world.people["channel_owner"].pk, world.people["newcomer"].pk
        members.add(by=owner, channel_id=channel.pk, user_id=newcomer)
        members.change_role(by=owner, channel_id=channel.pk, user_id=newcomer, role="admin")
        members.remove(by=owner, channel_id=channel.pk, user_id=newcomer)
        channels.archive(by=owner, channel_id=channel.pk)
        channels.unarchive(by=owner, channel_id=channel.pk)
    return messages.delete(by=by, message_id=first.pk).seq
