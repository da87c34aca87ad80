"""The listeners at the edges hear what they are there for."""

from collections.abc import Callable

from accounts.models import User
from chat.models import Channel
from chat.services import channels, members
from tests.integration import canaries
from tests.integration.conftest import Api, Sockets
from tests.integration.test_rest import said

TEXT = 'a "quoted" secret of Zoë, kept well'


def test_a_private_text_that_an_outsider_is_told_is_found(
    api: Callable[[User | None], Api], ann: User, bob: User, cat: User
) -> None:
    with canaries.listening() as listener:
        secret = channels.create(by=ann.pk, name="secret", kind="private")
        members.admit(channel=secret, user=bob, actor_id=ann.pk)
        _, message = api(ann)("POST", f"channels/{secret.pk}/messages", said(TEXT))
        api(bob)("GET", f"messages/{message['id']}")
        api(cat)("GET", f"messages/{message['id']}")
        assert listener.leaks() == []
        # As if the program had given it away.
        insider = api(ann)
        insider("GET", f"messages/{message['id']}")
        listener.told(cat.pk, insider.response.content.decode())
        assert listener.leaks() == [f"person {cat.pk} was told {TEXT!r}"]


def test_what_was_said_in_public_or_by_themselves_is_no_leak(
    api: Callable[[User | None], Api], ann: User, cat: User
) -> None:
    with canaries.listening() as listener:
        secret = channels.create(by=ann.pk, name="secret", kind="private")
        square = channels.create(by=ann.pk, name="square", kind="public")
        for channel, text in [(secret, TEXT), (square, TEXT), (secret, "cat says so too")]:
            api(ann)("POST", f"channels/{channel.pk}/messages", said(text))
        listener.said(cat.pk, "cat says so too")
        listener.told(cat.pk, f"{TEXT} cat says so too")
        assert listener.leaks() == []


async def test_a_socket_is_listened_to_also_where_no_test_reads_it(
    sockets: Sockets, ann: User, bob: User, secret: Channel
) -> None:
    with canaries.listening() as listener:
        speaker, hearer = await sockets.open(ann), await sockets.open(bob)
        await speaker.post(secret.pk, TEXT)
        await hearer.next("message.posted")
        hearer_again = await sockets.open(bob)
        await speaker.post(secret.pk, f"{TEXT} again")
        await hearer.next("message.posted")
        await hearer_again.close()
        told = listener.heard_by(bob.pk)
    assert sum("again" in frame for frame in told) == 2
