"""One person on many devices that all do something in the same moment."""

import asyncio
import contextlib
import random
import uuid
from collections.abc import Callable

import pytest

from accounts.models import User
from chat.exceptions import ChatError
from chat.models import Channel, Section
from chat.services import (
    drafts,
    following,
    memberships,
    messages,
    preferences,
    reading,
    saved,
    sections,
)
from protocol.personal import PreferencesChange
from realtime.pool import run_in_pool
from tests.integration.conftest import Api
from tests.integration.test_personal import Device, post


@pytest.mark.parametrize("seed", range(3))
async def test_nobody_waits_for_the_other_and_all_hear_the_same_end(  # noqa: C901 - a case for each
    seed: int,
    api: Callable[[User | None], Api],
    ann: User,
    bob: User,
    general: Channel,
    secret: Channel,
) -> None:
    dice = random.Random(seed)
    roots = [await run_in_pool(post, bob, place) for place in (general, secret)]
    device = await run_in_pool(lambda: Device(api(bob), bob))

    def act(number: int) -> None:
        root = roots[number % 2]
        me, channel_id = bob.pk, root.channel_id
        match dice.randrange(9):
            case 0:
                reading.mark_all_read(user_id=me)
            case 1:
                reading.mark_read(user_id=me, channel_id=channel_id, seq=root.seq)
            case 2:
                reading.mark_unread(user_id=me, channel_id=channel_id, seq=2)
            case 3:
                text = dice.choice(["", f"draft {number}"])
                drafts.put(user_id=me, channel_id=channel_id, thread_id=None, text=text)
            case 4:
                keywords = [f"word{number}"]
                preferences.change(user_id=me, wanted=PreferencesChange(keywords=keywords))
            case 5:
                section = Section.objects.filter(user=bob).first()
                if section is not None and dice.random() < 0.5:
                    sections.delete(user_id=me, section_id=section.pk)
                else:
                    section = sections.create(user_id=me, name=f"section {number}")
                    memberships.change(
                        user_id=me,
                        channel_id=channel_id,
                        section_id=section.pk,
                        is_sectioned=True,
                    )
            case 6:
                memberships.change(user_id=me, channel_id=channel_id, is_muted=dice.random() < 0.5)
            case 7:
                following.set_following(
                    user_id=me, root_id=root.pk, is_following=dice.random() < 0.5
                )
                (saved.save if dice.random() < 0.5 else saved.forget)(
                    user_id=me, message_id=root.pk
                )
            case _:
                messages.post(
                    author_id=ann.pk,
                    channel_id=channel_id,
                    client_id=uuid.uuid4(),
                    text=f"@bob and word{number}",
                    thread_id=root.pk,
                )

    async def try_to(number: int) -> None:
        # A section may be gone already. Nothing else goes wrong.
        with contextlib.suppress(ChatError):
            await run_in_pool(act, number)

    await asyncio.gather(*(try_to(number) for number in range(60)))
    assert len(await run_in_pool(device.hear)) > 20
    assert device.state == await run_in_pool(device.fresh)
