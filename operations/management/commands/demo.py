"""`manage.py demo`: a lively workspace to look around in."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts import people
from accounts.models import Role, User
from chat import broadcast
from chat.models import Channel, Membership, Message, Workspace
from chat.services import channels, members, messages, reactions
from operations.demo.content import workspace
from operations.demo.records import DemoMessage, DemoWorkspace
from operations.migrating import migrate_if_needed

SEED: Final = 7
PASSWORD: Final = "parley-demo"
LOGINS: Final = 4
REACTED_AFTER: Final = timedelta(seconds=20)


class Command(BaseCommand):
    help = "Fill an empty database with a team and its past. A filled one is left as it is."
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        migrate_if_needed()
        plan = workspace(seed=SEED, now=timezone.now())
        if not User.objects.exists():
            self.stdout.write("Bringing in a team and its past …")
            with transaction.atomic(), broadcast.quietly():
                _Store(plan).fill()
        elif not User.objects.filter(username=plan.people[0].username).exists():
            raise CommandError(
                "This database belongs to somebody. Name another data folder with DATA_DIR."
            )
        self.stdout.write(f"\n{plan.name}: log in with one of these. The password is {PASSWORD}\n")
        for person in [one for one in plan.people if not one.is_bot][:LOGINS]:
            self.stdout.write(f"  {person.username:<12} {person.display_name}, {person.title}")
        self.stdout.write("")


class _Store:
    """Puts the plan into the database, through the services, in the order in which it happened."""

    def __init__(self, plan: DemoWorkspace) -> None:
        self._plan = plan
        self._users: dict[str, User] = {}
        self._channels: dict[str, Channel] = {}
        self._messages: dict[int, Message] = {}

    def fill(self) -> None:
        Workspace.objects.update_or_create(id=1, defaults={"name": self._plan.name})
        self._add_people()
        self._add_channels(at=self._plan.messages[0].at - timedelta(days=1))
        for _, number, act in sorted(self._acts(), key=lambda one: one[:2]):
            act(number)
        self._set_markers()

    def _add_people(self) -> None:
        for number, person in enumerate(self._plan.people):
            user = people.create(
                username=person.username,
                display_name=person.display_name,
                role=Role.OWNER if number == 0 else Role.MEMBER,
                is_bot=person.is_bot,
            )
            self._users[person.username] = user
        # One hash for all: stretching the same password once for each would only take time.
        owner = self._users[self._plan.people[0].username]
        owner.set_password(PASSWORD)
        User.objects.filter(is_bot=False).update(password=owner.password)

    def _add_channels(self, *, at: datetime) -> None:
        for plan in self._plan.channels:
            channel = channels.create(
                by=self._users[plan.owner].pk,
                name=plan.name,
                kind=plan.kind,
                topic=plan.topic,
                description=plan.description,
                at=at,
            )
            for username in plan.members:
                members.admit(
                    channel=channel,
                    user=self._users[username],
                    actor_id=self._users[plan.owner].pk,
                    at=at,
                )
            self._channels[plan.name] = channel
        names = [plan.name for plan in self._plan.channels if plan.kind == "public"]
        Channel.objects.filter(name__in=[*{"general", "random"} & set(names)]).update(
            is_default=True
        )

    def _acts(self) -> list[tuple[datetime, int, Any]]:
        acts: list[tuple[datetime, int, Any]] = []
        for number, message in enumerate(self._plan.messages):
            acts.append((message.at, number, self._post))
            if message.reactions and message.deleted_at is None:
                acts.append((message.at + REACTED_AFTER, number, self._react))
            if message.edited_at is not None:
                acts.append((message.edited_at, number, self._edit))
            if message.deleted_at is not None:
                acts.append((message.deleted_at, number, self._delete))
        return acts

    def _post(self, number: int) -> None:
        plan = self._plan.messages[number]
        root = None if plan.thread_root is None else self._messages[plan.thread_root]
        self._messages[number] = messages.post(
            author_id=self._users[plan.author].pk,
            channel_id=self._channels[plan.channel].pk,
            client_id=uuid.uuid5(uuid.NAMESPACE_URL, f"demo:{number}"),
            text=plan.text if plan.edited_at is None else _before_edit(plan),
            thread_id=None if root is None else root.pk,
            confirmed=True,
            at=plan.at,
        ).message

    def _react(self, number: int) -> None:
        plan = self._plan.messages[number]
        for reaction in plan.reactions:
            for username in reaction.usernames:
                reactions.add(
                    by=self._users[username].pk,
                    message_id=self._messages[number].pk,
                    emoji_name=reaction.emoji,
                    at=plan.at + REACTED_AFTER,
                )

    def _edit(self, number: int) -> None:
        plan = self._plan.messages[number]
        messages.edit(
            by=self._users[plan.author].pk,
            message_id=self._messages[number].pk,
            text=plan.text,
            at=plan.edited_at,
        )

    def _delete(self, number: int) -> None:
        plan = self._plan.messages[number]
        messages.delete(
            by=self._users[plan.author].pk,
            message_id=self._messages[number].pk,
            at=plan.deleted_at,
        )

    def _set_markers(self) -> None:
        seqs: dict[str, list[int]] = {plan.name: [] for plan in self._plan.channels}
        for number, plan in enumerate(self._plan.messages):
            seqs[plan.channel].append(self._messages[number].seq)
        for position in self._plan.read_positions:
            here = seqs[position.channel]
            read = here[position.messages_read - 1] if position.messages_read else 0
            if position.messages_read == len(here):
                read = _head(self._channels, position.channel)
            Membership.objects.filter(
                channel=self._channels[position.channel], user=self._users[position.username]
            ).update(read_seq=read)


def _head(found: Mapping[str, Channel], name: str) -> int:
    last = found[name].messages.order_by("-seq").first()
    return last.seq if last else 0


def _before_edit(plan: DemoMessage) -> str:
    """Return what the author had written at first: the same with a slip."""
    words = plan.text.split(" ")
    longest = max(range(len(words)), key=lambda index: len(words[index]))
    word = words[longest]
    middle = len(word) // 2
    words[longest] = (
        word[: middle - 1]
        + word[middle : middle + 1]
        + word[middle - 1 : middle]
        + (word[middle + 1 :])
    )
    return " ".join(words)
