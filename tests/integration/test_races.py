"""What happens in the middle of something else."""

import asyncio
import uuid
from typing import Any

from channels.layers import get_channel_layer

from accounts.models import User
from chat import groups
from chat.models import Channel
from chat.services import members, messages
from realtime import runtime
from realtime.letters import group
from realtime.pool import run_in_pool
from tests.integration.conftest import Sockets
from tools.cluster import Valkey


async def test_whoever_is_removed_while_their_socket_opens_hears_nothing_of_it(
    sockets: Sockets, ann: User, bob: User, cat: User, secret: Channel, valkey: Valkey
) -> None:
    await sockets.open(cat)
    stream = groups.channel_stream(secret.pk)
    layer: Any = get_channel_layer()
    inside = layer._get_layer()
    # Redis hangs, so entering the groups takes its full time.
    valkey.pause()
    try:
        opening = asyncio.create_task(sockets.open(bob))
        async with asyncio.timeout(5):
            while inside._get_group_channel_name(group(stream)) not in inside.groups:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        await run_in_pool(members.remove, by=ann.pk, channel_id=secret.pk, user_id=bob.pk)
        socket = await opening
    finally:
        valkey.resume()
    await run_in_pool(
        messages.post,
        author_id=ann.pk,
        channel_id=secret.pk,
        client_id=uuid.uuid4(),
        text="now that bob is gone",
    )
    await socket.ask("ping")
    assert stream not in socket.welcome["streams"]
    assert [frame for frame in socket.arrived() if frame.get("stream") == stream] == []
    assert runtime.current().hub.hearers(stream) == 0


async def test_joining_and_leaving_in_a_hurry_ends_where_it_should(
    sockets: Sockets, ann: User, cat: User, general: Channel
) -> None:
    insider, hasty = await sockets.open(ann), await sockets.open(cat)
    for _ in range(30):
        await hasty.ask("channel.join", channel_id=str(general.pk))
        await hasty.ask("channel.leave", channel_id=str(general.pk))
    await insider.post(general.pk, "gone?")
    await insider.next("message.posted")
    await hasty.ask("ping")
    assert [frame for frame in hasty.arrived() if frame["type"] == "message.posted"] == []
    await hasty.ask("channel.join", channel_id=str(general.pk))
    answer = await insider.post(general.pk, "back?")
    assert (await hasty.next("message.posted"))["seq"] == answer["seq"]
