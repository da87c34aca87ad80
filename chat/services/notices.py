"""What happened in a channel, written down for those who read it later.

Whoever is there learns it from the event at the same place.
"""

from chat.models import Channel, Notice
from realtime.log import Place


def note(
    place: Place,
    *,
    channel: Channel,
    kind: Notice.Kind,
    actor_id: int | None,
    subject_id: int | None = None,
    text: str = "",
) -> None:
    """Write a line among the messages of a channel. Direct conversations have none."""
    if channel.is_direct:
        return
    Notice.objects.create(
        channel=channel,
        seq=place.seq,
        kind=kind,
        actor_id=actor_id,
        subject_id=subject_id,
        text=text,
        at=place.at,
    )
