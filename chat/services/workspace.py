"""The workspace as a whole: who owns it, and where newcomers begin."""

from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import Q

from accounts import people, rules
from accounts.models import AccessRules, Role, User
from audit.actions import Action
from audit.recording import record_change
from chat import policies, refusals
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
    bring_in(user_id=user_id, channel_ids=[])


@transaction.atomic
def bring_in(*, user_id: int, channel_ids: Collection[int]) -> None:
    """Bring a newcomer into these channels and, unless they are a guest, into those of everyone.

    Archived channels are left out.
    """
    user = User.objects.get(pk=user_id)
    wanted = Q(pk__in=channel_ids)
    if user.role != Role.GUEST:
        wanted |= Q(is_default=True)
    # In one order, whoever comes in where: each waits for the channels' locks.
    for channel in Channel.objects.filter(wanted, archived_at=None).order_by("pk"):
        members.admit(channel=channel, user=user, actor_id=user_id)


@transaction.atomic
def change(
    *,
    by: int,
    name: str | None = None,
    sign_up: str | None = None,
    email_domains: Sequence[str] | None = None,
    broad_mentions: str | None = None,
) -> tuple[Workspace, AccessRules]:
    """Change the workspace's name, who may come in without an invite, and who calls everyone.

    Raises:
        Forbidden, Invalid.
    """
    asker = policies.require_admin(user_id=by)
    workspace = Workspace.objects.select_for_update().get(pk=current().pk)
    before = _settings(workspace, rules.current())
    if name is not None:
        workspace.name = name.strip()
    if broad_mentions is not None:
        workspace.broad_mentions = broad_mentions
    workspace.save(update_fields=["name", "broad_mentions"])
    with refusals.of_fields():
        access = rules.change(sign_up=sign_up, email_domains=email_domains)
    record_change(
        Action.WORKSPACE_CHANGED,
        by=asker,
        target=workspace,
        before=before,
        after=_settings(workspace, access),
    )
    return workspace, access


def _settings(workspace: Workspace, access: AccessRules) -> dict[str, object]:
    return {
        "name": workspace.name,
        "broad_mentions": str(workspace.broad_mentions),
        "sign_up": str(access.sign_up),
        "email_domains": list(access.email_domains),
    }
