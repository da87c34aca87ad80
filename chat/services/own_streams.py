"""Telling several people, each on their own stream, in one transaction."""

from collections.abc import Callable, Iterable

from chat import broadcast, groups
from protocol.events import OrderedEvent
from realtime import log
from realtime.log import Place

Make = Callable[[Place], OrderedEvent]


def tell(news: Iterable[tuple[int, Make]]) -> None:
    """Announce what is given for each person: user id, and what makes the event at its place.

    The streams are taken in the order of their names, so that two transactions cannot wait for
    each other. A transaction calls this once, after it has taken the channel's place.
    """
    ordered = sorted(
        ((groups.user_stream(user_id), make) for user_id, make in news), key=lambda one: one[0]
    )
    places = log.take_all([stream for stream, _ in ordered])
    broadcast.announce_all(
        [
            log.Entry(place=place, event=make(place))
            for place, (_, make) in zip(places, ordered, strict=True)
        ]
    )
