"""`manage.py provision`: people, tokens and a channel, for programs that test from outside."""

import hashlib
import hmac
import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts import people, tokens
from accounts.models import User
from chat import selectors
from chat.models import Channel, Membership
from chat.services import channels, members

TOKEN_NAME = "provision"


class Command(BaseCommand):
    help = "Make users, one bearer token each, and a channel with all of them in it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--users", type=int, required=True, metavar="N")
        parser.add_argument("--prefix", default="u", help="of the usernames (default: u)")
        parser.add_argument("--channel", default="load", metavar="NAME")
        parser.add_argument("--private", action="store_true")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["users"] < 1:
            raise CommandError("--users must be at least 1.")
        try:
            with transaction.atomic():
                users = [
                    _user(f"{options['prefix']}{number}")
                    for number in range(1, options["users"] + 1)
                ]
                channel = _channel(
                    options["channel"], owner=users[0], is_private=options["private"]
                )
                here = set(
                    Membership.objects.filter(channel=channel).values_list("user_id", flat=True)
                )
                for user in users:
                    if user.pk not in here:
                        members.admit(channel=channel, user=user, actor_id=users[0].pk)
                rows = [
                    {"id": str(user.pk), "username": user.username, "token": _token(user)}
                    for user in users
                ]
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from None
        if options["json"]:
            here_is = {"id": str(channel.pk), "name": channel.name}
            self.stdout.write(json.dumps({"channel": here_is, "users": rows}))
        else:
            self.stdout.write(f"#{channel.name} has the id {channel.pk}.")
            for row in rows:
                self.stdout.write("{id}\t{username}\t{token}".format(**row))


def _user(username: str) -> User:
    found = User.objects.filter(username=username).first()
    return found or people.create(username=username, display_name=username)


def _channel(name: str, *, owner: User, is_private: bool) -> Channel:
    found = selectors.named(Channel.objects.all(), [name])
    if found:
        return Channel.objects.get(pk=found[name.casefold()])
    return channels.create(by=owner.pk, name=name, kind="private" if is_private else "public")


def _token(user: User) -> str:
    # Only digests are kept, so a second run could not print the same secret again if it were not
    # derived from the site's own.
    seed = hmac.new(
        settings.SECRET_KEY.encode(), f"{TOKEN_NAME}:{user.pk}".encode(), hashlib.sha256
    ).hexdigest()
    return tokens.keep(user_id=user.pk, name=TOKEN_NAME, secret=tokens.PREFIX + seed)
