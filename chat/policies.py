"""Who may do what. Each function raises a refusal, or returns what the caller needs next.

A service that changes a channel asks behind the lock of its stream (`log.take` or `log.hold`): what
was allowed before the lock may no longer be.
"""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db.models import Sum
from django.utils import timezone

from accounts.models import Role, User
from chat import exceptions, selectors
from chat.models import Channel, CustomEmoji, Membership, Message, Workspace
from files.models import File, Upload
from protocol.limits import BROAD_MENTION_CONFIRM

PAIR: Final = 2
"""People in a direct conversation that ends when one of them goes."""


def require_active(*, user_id: int) -> User:
    """Return the person.

    Raises:
        Forbidden: when they were deactivated.
    """
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        raise exceptions.Forbidden
    return user


def require_admin(*, user_id: int) -> User:
    """Return somebody who manages the workspace.

    Raises:
        Forbidden.
    """
    user = require_active(user_id=user_id)
    if not user.is_admin:
        raise exceptions.Forbidden
    return user


def can_manage(*, asker: User, user: User) -> bool:
    """Return whether the asker may change somebody's role and access.

    Owners manage everybody, admins manage members, guests and bots.
    """
    return asker.role == Role.OWNER or (asker.role == Role.ADMIN and not user.is_admin)


def can_give(*, asker: User, role: str) -> bool:
    """Return whether the asker may give somebody this role: only owners make owners and admins."""
    if asker.role == Role.OWNER:
        return True
    return asker.role == Role.ADMIN and role in {Role.MEMBER, Role.GUEST}


def require_visible(*, asker: User, channel_id: int) -> Channel:
    """Return a channel of whose existence the asker may know.

    Raises:
        NotFound: alike for one that does not exist and one that is hidden from the asker.
    """
    channel = selectors.visible_channels(asker=asker).filter(pk=channel_id).first()
    if channel is None:
        raise exceptions.NotFound
    return channel


def require_member(*, asker: User, channel_id: int) -> Membership:
    """Return the asker's membership, with its channel.

    Raises:
        NotFound: when the channel is hidden from the asker.
        NotAMember: when they can see it but are not in it.
    """
    membership = (
        Membership.objects.select_related("channel").filter(user=asker, channel=channel_id).first()
    )
    if membership is None:
        require_visible(asker=asker, channel_id=channel_id)
        raise exceptions.NotAMember
    return membership


def require_can_write(*, asker: User, channel_id: int) -> Membership:
    """Return the membership of somebody who may leave a trace in the channel now.

    Raises:
        NotFound, NotAMember, ChannelArchived.
    """
    membership = require_member(asker=asker, channel_id=channel_id)
    if membership.channel.is_archived:
        raise exceptions.ChannelArchived
    return membership


def require_can_post(*, asker: User, channel_id: int, is_reply: bool = False) -> Membership:
    """Return the membership of somebody who may say something in the channel now.

    In an announcement channel only moderators may; everyone may reply in its threads.

    Raises:
        NotFound, NotAMember, ChannelArchived, Forbidden.
    """
    membership = require_can_write(asker=asker, channel_id=channel_id)
    require_voice(asker=asker, membership=membership, is_reply=is_reply)
    return membership


def require_voice(*, asker: User, membership: Membership, is_reply: bool) -> None:
    """Whoever may write in a channel may say something there, where not only moderators may.

    Raises:
        Forbidden.
    """
    channel = membership.channel
    is_announcement = channel.posting == Channel.Posting.MODERATORS
    if is_announcement and not (is_reply or membership.is_moderator or asker.is_admin):
        raise exceptions.Forbidden("Only moderators post in this channel.")
    if channel.is_direct and len(channel.person_ids) == PAIR:
        others = channel.memberships.exclude(user=asker)
        if not others.filter(user__is_active=True).exists():
            raise exceptions.Forbidden("This person is no longer here.")


def require_can_call_all(*, asker: User, membership: Membership, is_confirmed: bool) -> None:
    """Whoever the workspace lets may call everyone in a channel; if it is many, they confirm it.

    Raises:
        Forbidden, ConfirmationRequired.
    """
    allowed = Workspace.objects.values_list("broad_mentions", flat=True).first()
    by_moderators = allowed == Workspace.BroadMentions.MODERATORS
    if (
        asker.role == Role.GUEST
        or allowed == Workspace.BroadMentions.NOBODY
        or (by_moderators and not (membership.is_moderator or asker.is_admin))
    ):
        raise exceptions.Forbidden(
            "You may not call everyone in this channel.", fields={"text": "broad_mention"}
        )
    if is_confirmed:
        return
    count = Membership.objects.filter(channel=membership.channel_id).count()
    if count > BROAD_MENTION_CONFIRM:
        raise exceptions.ConfirmationRequired(
            f"This calls {count} people. Send it again with `confirmed` if you mean it.",
            fields={"members": str(count)},
        )


def require_can_quote(*, quoted: Message, channel_id: int) -> None:
    """What was said in private is quoted only there: elsewhere it would tell who said something.

    Raises:
        Forbidden.
    """
    if quoted.channel_id != channel_id and not quoted.channel.is_public:
        raise exceptions.Forbidden("What was said in private can be quoted only there.")


def require_can_react(*, asker: User, message: Message) -> None:
    """Whoever is in a channel may put emoji under what is said there.

    Raises:
        NotFound, NotAMember, ChannelArchived.
    """
    if message.deleted_at is not None:
        raise exceptions.NotFound
    require_can_write(asker=asker, channel_id=message.channel_id)


def require_can_pin(*, asker: User, message: Message) -> None:
    """Whoever may post in a channel may pin there; guests may not.

    Raises:
        NotFound, NotAMember, ChannelArchived, Forbidden.
    """
    if message.deleted_at is not None:
        raise exceptions.NotFound
    membership = require_can_post(asker=asker, channel_id=message.channel_id)
    if asker.role == Role.GUEST and not membership.channel.is_direct:
        raise exceptions.Forbidden("Guests cannot pin.")


def require_can_read(*, asker: User, channel_id: int) -> Channel:
    """Return a channel whose messages the asker may read: a public one, or one they are in.

    Raises:
        NotFound.
    """
    return require_visible(asker=asker, channel_id=channel_id)


def require_moderator(*, asker: User, channel_id: int) -> Membership | None:
    """Return the membership of somebody who may manage the channel and the people in it.

    Owners and admins of the channel may; those of the workspace may where they can see the channel.

    Raises:
        NotFound, NotAMember, Forbidden.
    """
    if asker.is_admin:
        channel = require_visible(asker=asker, channel_id=channel_id)
        if channel.is_direct:
            raise exceptions.Forbidden("Nobody manages a direct conversation.")
        return Membership.objects.filter(user=asker, channel=channel_id).first()
    membership = require_member(asker=asker, channel_id=channel_id)
    if not membership.is_moderator:
        raise exceptions.Forbidden
    return membership


def require_can_describe(*, asker: User, channel_id: int) -> None:
    """Whoever may post in a channel may say what it is about, and whoever runs the workspace.

    Raises:
        NotFound, NotAMember, ChannelArchived, Forbidden.
    """
    channel = require_visible(asker=asker, channel_id=channel_id)
    if not asker.is_admin or channel.is_direct:
        require_can_post(asker=asker, channel_id=channel_id)


def require_can_set_default(*, asker: User) -> None:
    """Those who run the workspace say where newcomers begin.

    Raises:
        Forbidden.
    """
    if not asker.is_admin:
        raise exceptions.Forbidden("Only admins of the workspace choose the default channels.")


def require_can_open_up(*, asker: User) -> None:
    """What was said in private stays so, unless somebody who runs the workspace decides.

    Raises:
        Forbidden.
    """
    if not asker.is_admin:
        raise exceptions.Forbidden("Only admins of the workspace can make a channel public.")


def require_can_create_channel(*, asker: User) -> None:
    """Raises Forbidden for guests."""
    if asker.role == Role.GUEST:
        raise exceptions.Forbidden("Guests cannot make channels.")


def require_can_join(*, asker: User, channel_id: int) -> Channel:
    """Return a channel that the asker may come into by themselves.

    Raises:
        NotFound, ChannelArchived.
    """
    channel = require_visible(asker=asker, channel_id=channel_id)
    if channel.is_archived:
        raise exceptions.ChannelArchived
    return channel


def require_can_leave(*, membership: Membership) -> None:
    """Nobody leaves a direct conversation: it is these people's for ever. It can be hidden.

    Raises:
        Forbidden.
    """
    if membership.channel.is_direct:
        raise exceptions.Forbidden("A direct conversation cannot be left, only hidden.")


def require_can_invite(*, asker: User, channel_id: int) -> Channel:
    """Return a channel to which the asker may add others: theirs, or as an admin any they see.

    Raises:
        NotFound, NotAMember, Forbidden, ChannelArchived.
    """
    channel = require_visible(asker=asker, channel_id=channel_id)
    if not asker.is_admin:
        require_member(asker=asker, channel_id=channel_id)
    if channel.is_archived:
        raise exceptions.ChannelArchived
    if channel.is_direct:
        raise exceptions.Forbidden("A direct conversation stays with its people.")
    if asker.role == Role.GUEST:
        raise exceptions.Forbidden("Guests cannot add people.")
    return channel


def require_message(*, asker: User, message_id: int) -> Message:
    """Return a message that the asker may read.

    Raises:
        NotFound.
    """
    message = selectors.visible_message(asker=asker, message_id=message_id)
    if message is None:
        raise exceptions.NotFound
    return message


def require_thread(*, asker: User, root_id: int) -> Message:
    """Return the root of a thread that the asker can follow: one in a channel that they are in.

    Raises:
        NotFound, NotAMember.
    """
    root = require_message(asker=asker, message_id=root_id)
    if root.thread_id is not None:
        raise exceptions.NotFound("There is no such thread.")
    require_member(asker=asker, channel_id=root.channel_id)
    return root


def require_can_reply(*, channel_id: int, root_id: int) -> Message:
    """Return a message of the channel on which a reply can hang: none that is one, or is deleted.

    That the asker may post in the channel has been asked already.

    Raises:
        NotFound.
    """
    root = Message.objects.filter(
        pk=root_id, channel=channel_id, thread=None, deleted_at=None
    ).first()
    if root is None:
        raise exceptions.NotFound("There is no such message to reply to.")
    return root


def require_can_edit(*, asker: User, message: Message) -> None:
    """Only the author may change a text, and only while they could post.

    Raises:
        NotFound, NotAMember, ChannelArchived, Forbidden.
    """
    is_reply = message.thread_id is not None and not message.also_to_channel
    require_can_post(asker=asker, channel_id=message.channel_id, is_reply=is_reply)
    if message.deleted_at is not None:
        raise exceptions.NotFound
    if message.author_id != asker.pk:
        raise exceptions.Forbidden("Only the author can edit a message.")


def require_can_delete(*, asker: User, message: Message) -> None:
    """The author may delete, where they still are, and a moderator of the channel.

    What must go can go from an archive, too: a moderator's word is needed there.

    Raises:
        NotFound, NotAMember, ChannelArchived, Forbidden.
    """
    if message.deleted_at is not None:
        raise exceptions.NotFound
    if message.author_id != asker.pk:
        require_moderator(asker=asker, channel_id=message.channel_id)
        return
    membership = require_member(asker=asker, channel_id=message.channel_id)
    is_keeper = membership.is_moderator or asker.is_admin
    if membership.channel.is_archived and not is_keeper:
        raise exceptions.ChannelArchived


def require_room(*, asker: User, size: int) -> None:
    """The asker may bring in so many bytes now.

    Raises:
        FileTooLarge, QuotaExceeded.
    """
    if size > settings.FILE_MAX_BYTES:
        raise exceptions.FileTooLarge
    since = timezone.now() - timedelta(days=1)
    of_today = File.objects.filter(owner=asker, created_at__gt=since).aggregate(all=Sum("size"))
    if (of_today["all"] or 0) + size > settings.FILES_DAY_MAX_BYTES:
        raise exceptions.QuotaExceeded
    if settings.FILES_TOTAL_MAX_BYTES:
        total = File.objects.aggregate(all=Sum("size"))["all"] or 0
        if total + size > settings.FILES_TOTAL_MAX_BYTES:
            raise exceptions.QuotaExceeded("The files of this workspace have used all their room.")


def require_file(*, asker: User, file_id: int) -> File:
    """Return a file that the asker may read.

    Raises:
        NotFound: alike for one that does not exist and one that is hidden from the asker.
    """
    file = selectors.visible_files(asker=asker).filter(pk=file_id).first()
    if file is None:
        raise exceptions.NotFound
    return file


def require_upload(*, asker: User, upload_id: str) -> Upload:
    """Return an upload of the asker's own that still goes on.

    Raises:
        NotFound.
    """
    found = Upload.objects.select_related("file").filter(
        pk=upload_id, owner=asker, expires_at__gt=timezone.now()
    )
    upload = found.first()
    if upload is None:
        raise exceptions.NotFound
    return upload


def require_person(*, asker: User, user_id: int) -> User:
    """Return somebody whom the asker can see.

    Raises:
        NotFound.
    """
    person = selectors.people(asker=asker).filter(pk=user_id).first()
    if person is None:
        raise exceptions.NotFound
    return person


def require_can_add_emoji(*, asker: User) -> None:
    """Raises Forbidden for guests."""
    if asker.role == Role.GUEST:
        raise exceptions.Forbidden("Guests cannot add emoji.")


def require_can_delete_emoji(*, asker: User, emoji: CustomEmoji) -> None:
    """Who added an emoji may take it away, and so may admins.

    Raises:
        Forbidden.
    """
    if emoji.created_by_id != asker.pk and not asker.is_admin:
        raise exceptions.Forbidden("Only who added an emoji can take it away, or an admin.")


def require_can_manage_groups(*, asker: User) -> None:
    """Raises Forbidden for all but the owner and admins of the workspace."""
    if not asker.is_admin:
        raise exceptions.Forbidden("Only admins make groups of people.")
