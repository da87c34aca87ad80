"""Making, changing and using webhooks.

A webhook posts as a bot of its own, which is a member of the channel like any other: there is one
way to post, and whoever takes the bot out of the channel ends what the webhook can do there.
"""

import hashlib
import secrets
import uuid
from datetime import UTC, datetime, timedelta
from typing import Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify

from accounts import people
from accounts.models import User
from audit.actions import Action
from audit.recording import record, record_change
from chat import emoji, exceptions, groups, selectors
from chat import policies as chat_policies
from chat.models import Channel, Membership, Message
from chat.services import members, messages
from chat.services import people as chat_people
from integrations import policies
from integrations.models import IncomingWebhook
from integrations.payload import Payload
from integrations.refusals import HookRefused
from integrations.rendering import text_of, word
from integrations.selectors import NamesFor, number_in
from protocol.characters import in_one_line
from protocol.limits import EMOJI_MAX_CHARS, NAME_MAX_CHARS
from realtime import log

LAST_USED_STEP: Final = timedelta(minutes=1)
"""How exactly a webhook's last use is noted."""

_SECRET_BYTES: Final = 24


@transaction.atomic
def create(
    *, by: int, channel_id: int, name: str, is_locked_to_channel: bool = True
) -> tuple[IncomingWebhook, str]:
    """Make a webhook and its bot. Return it with its secret, which cannot be had again.

    Raises:
        NotFound, NotAMember, Forbidden, ChannelArchived, Invalid.
    """
    channel = _open_channel(by=by, channel_id=channel_id)
    bot = _make_bot(name)
    members.admit(channel=channel, user=bot, actor_id=by)
    secret = secrets.token_hex(_SECRET_BYTES)
    webhook = IncomingWebhook.objects.create(
        channel=channel,
        bot=bot,
        name=bot.display_name,
        digest=_digest(secret),
        is_locked_to_channel=is_locked_to_channel,
        created_by_id=by,
    )
    record(Action.WEBHOOK_MADE, by=User.objects.get(pk=by), target=webhook, after=_facts(webhook))
    return webhook, secret


@transaction.atomic
def change(
    *,
    by: int,
    webhook_id: int,
    name: str | None = None,
    channel_id: int | None = None,
    is_locked_to_channel: bool | None = None,
) -> IncomingWebhook:
    """Change what is given of a webhook. In another channel its bot comes in, and leaves this one.

    Raises:
        NotFound, NotAMember, Forbidden, ChannelArchived, Invalid.
    """
    webhook = _mine(by=by, webhook_id=webhook_id)
    before = _facts(webhook)
    if name is not None:
        _rename(webhook.bot, name.strip())
        webhook.name = webhook.bot.display_name
    if channel_id is not None and channel_id != webhook.channel_id:
        channel = _open_channel(by=by, channel_id=channel_id)
        members.admit(channel=channel, user=webhook.bot, actor_id=by)
        _go(webhook.bot, channel_id=webhook.channel_id)
        webhook.channel = channel
    if is_locked_to_channel is not None:
        webhook.is_locked_to_channel = is_locked_to_channel
    webhook.save(update_fields=["name", "channel", "is_locked_to_channel"])
    record_change(
        Action.WEBHOOK_CHANGED,
        by=User.objects.get(pk=by),
        target=webhook,
        before=before,
        after=_facts(webhook),
    )
    return webhook


@transaction.atomic
def rotate(*, by: int, webhook_id: int) -> tuple[IncomingWebhook, str]:
    """Give a webhook another secret. The old address is worth nothing from now on.

    Raises:
        NotFound, Forbidden.
    """
    webhook = _mine(by=by, webhook_id=webhook_id)
    secret = secrets.token_hex(_SECRET_BYTES)
    webhook.digest = _digest(secret)
    webhook.save(update_fields=["digest"])
    record(Action.WEBHOOK_ROTATED, by=User.objects.get(pk=by), target=webhook)
    return webhook, secret


@transaction.atomic
def revoke(*, by: int, webhook_id: int) -> None:
    """End a webhook. Its bot leaves; what it said stays.

    Raises:
        NotFound, Forbidden.
    """
    webhook = _mine(by=by, webhook_id=webhook_id)
    webhook.revoked_at = timezone.now()
    webhook.save(update_fields=["revoked_at"])
    for membership in Membership.objects.filter(user=webhook.bot).order_by("channel_id"):
        _go(webhook.bot, channel_id=membership.channel_id)
    webhook.bot.is_active = False
    webhook.bot.save()
    record(
        Action.WEBHOOK_REVOKED, by=User.objects.get(pk=by), target=webhook, before=_facts(webhook)
    )


def find(secret: str) -> IncomingWebhook | None:
    """Return the webhook of this secret, if it still counts."""
    return (
        IncomingWebhook.objects.select_related("bot", "channel")
        .filter(digest=_digest(secret), revoked_at=None)
        .first()
    )


def deliver(*, webhook: IncomingWebhook, payload: Payload) -> messages.Answer:
    """Post what a program sent, as the webhook's bot.

    Raises:
        HookRefused, ChatError.
    """
    channel_id = _channel_for(webhook, word(payload.channel).strip())
    text = text_of(payload, names=NamesFor(webhook.bot))
    thread_id = _thread(channel_id, word(payload.thread_ts).strip())
    if channel_id != webhook.channel_id:
        _come_in(webhook.bot, channel_id=channel_id)
    sender_name, sender_emoji = sender_of(payload)
    answer = messages.post(
        author_id=webhook.bot_id,
        channel_id=channel_id,
        client_id=uuid.uuid4(),
        text=text,
        thread_id=thread_id,
        # There is nobody who could be asked.
        confirmed=True,
        sender_name=sender_name,
        sender_emoji=sender_emoji,
    )
    now = timezone.now()
    unused = Q(last_used_at=None) | Q(last_used_at__lt=now - LAST_USED_STEP)
    IncomingWebhook.objects.filter(unused, pk=webhook.pk).update(last_used_at=now)
    return answer


def _facts(webhook: IncomingWebhook) -> dict[str, object]:
    return {
        "name": webhook.name,
        "channel_id": webhook.channel_id,
        "is_locked_to_channel": webhook.is_locked_to_channel,
    }


def _open_channel(*, by: int, channel_id: int) -> Channel:
    asker = chat_policies.require_active(user_id=by)
    log.hold(groups.channel_stream(channel_id))
    chat_policies.require_moderator(asker=asker, channel_id=channel_id)
    channel = chat_policies.require_visible(asker=asker, channel_id=channel_id)
    if channel.is_archived:
        raise exceptions.ChannelArchived
    return channel


def _mine(*, by: int, webhook_id: int) -> IncomingWebhook:
    asker = chat_policies.require_active(user_id=by)
    return policies.require_manageable(asker=asker, webhook_id=webhook_id)


def _make_bot(name: str) -> User:
    username = people.free_username(slugify(name) or "webhook")
    try:
        return people.create(username=username, display_name=name, is_bot=True)
    except ValidationError as error:
        raise _invalid_name(error) from error


def _rename(bot: User, name: str) -> None:
    if bot.display_name == name:
        return
    bot.display_name = name
    try:
        bot.full_clean(exclude=["password"])
    except ValidationError as error:
        raise _invalid_name(error) from error
    bot.save(update_fields=["display_name"])
    chat_people.tell(bot)


def _invalid_name(error: ValidationError) -> exceptions.Invalid:
    return exceptions.Invalid(fields={"name": " ".join(error.messages)})


def _go(bot: User, *, channel_id: int) -> None:
    if Membership.objects.filter(user=bot, channel=channel_id).exists():
        members.leave(user_id=bot.pk, channel_id=channel_id)


def _come_in(bot: User, *, channel_id: int) -> None:
    """Let the bot into a public channel, as anybody may come in."""
    if not Membership.objects.filter(user=bot, channel=channel_id).exists():
        members.join(user_id=bot.pk, channel_id=channel_id)


def _channel_for(webhook: IncomingWebhook, wanted: str) -> int:
    """Return where to post. What a locked webhook asks for is not looked at, as with Slack."""
    if webhook.is_locked_to_channel or not wanted:
        return webhook.channel_id
    visible_channels = selectors.visible_channels(asker=webhook.bot)
    by_name = selectors.named(visible_channels, [wanted.removeprefix("#")])
    if by_name:
        return next(iter(by_name.values()))
    number = number_in(wanted, "CGD")
    if number is None or not visible_channels.filter(pk=number).exists():
        raise HookRefused("channel_not_found", 404)
    return number


def _thread(channel_id: int, wanted: str) -> int | None:
    """Return the root of a thread by a message's id, or by its time as Slack names messages."""
    if not wanted:
        return None
    seconds, is_time, micros = wanted.partition(".")
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) <= 18):
        raise HookRefused("thread_not_found", 404)
    found = Message.objects.filter(channel=channel_id, deleted_at=None)
    if is_time:
        if not (micros.isascii() and micros.isdigit() and len(micros) == 6 and len(seconds) <= 11):
            raise HookRefused("thread_not_found", 404)
        at = datetime.fromtimestamp(int(seconds), tz=UTC) + timedelta(microseconds=int(micros))
        found = found.filter(created_at=at)
    else:
        found = found.filter(pk=int(seconds))
    message = found.first()
    if message is None:
        raise HookRefused("thread_not_found", 404)
    return message.thread_id or message.pk


def sender_of(payload: Payload) -> tuple[str, str]:
    """Return whom the bot speaks as in this message: a name and an emoji, or nothing."""
    name = in_one_line(word(payload.username), limit=NAME_MAX_CHARS)
    face = in_one_line(word(payload.icon_emoji), limit=EMOJI_MAX_CHARS)
    try:
        return name, emoji.canonical(face)
    except exceptions.Invalid:
        # One of Slack's own that we do not know is no reason to lose the message.
        return name, ""


def _digest(secret: str) -> str:
    # A secret of 192 random bits needs no slow hash.
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()
