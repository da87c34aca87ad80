"""The workspace as a whole: who owns it, and where newcomers begin."""

from django.db import transaction

from accounts import people
from accounts.models import Role, User
from chat.models import Channel, Workspace
from chat.services import channels, members

FIRST_CHANNELS = (
    ("general", "What everyone should know"),
    ("random", "Everything else"),
)


def current() -> Workspace:
    """Return the workspace."""
    workspace, _ = Workspace.objects.get_or_create(id=1)
    return workspace


@transaction.atomic
def claim(
    *, workspace_name: str, username: str, display_name: str, email: str, password: str
) -> User | None:
    """Make the owner's account and the first channels.

    Return None when somebody else was faster: there is one owner who is made this way.

    Raises:
        ValidationError: when a field is not allowed.
    """
    workspace = Workspace.objects.select_for_update().get(pk=current().pk)
    if not people.is_unclaimed():
        return None
    workspace.name = workspace_name
    workspace.save(update_fields=["name"])
    owner = people.create(
        username=username,
        display_name=display_name,
        email=email,
        password=password,
        role=Role.OWNER,
    )
    for name, topic in FIRST_CHANNELS:
        if not Channel.objects.filter(name=name).exists():
            channel = channels.create(by=owner.pk, name=name, kind="public", topic=topic)
            Channel.objects.filter(pk=channel.pk).update(is_default=True)
    return owner


@transaction.atomic
def settle_in(*, user_id: int) -> None:
    """Bring a newcomer into the channels where everyone is."""
    user = User.objects.get(pk=user_id)
    for channel in Channel.objects.filter(is_default=True, archived_at=None).order_by("pk"):
        members.admit(channel=channel, user=user, actor_id=user_id)
