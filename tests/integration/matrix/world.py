"""The people of the matrix, the places where they talk, and what they said there."""

import re
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from io import BytesIO
from typing import Final

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts import people, rules, tokens
from accounts.models import ALL_SCOPES, Invite, Role, Scope, User
from chat import broadcast, groups
from chat.models import Channel, CustomEmoji, Membership, Message, UserGroup
from chat.services import (
    channels,
    direct,
    drafts,
    files,
    invites,
    members,
    messages,
    pins,
    preferences,
    reactions,
    saved,
    sections,
    strays,
    user_groups,
    workspace,
)
from files import storage
from files.pictures import AVATAR_SIZES
from integrations import services as webhooks
from integrations.models import IncomingWebhook
from protocol.personal import PreferencesChange
from realtime import log
from tests.integration.conftest import Api
from tests.integration.matrix.table import VIEWS

SAID: Final = "kanari_said_by_the_asker"
"""What the points of view write themselves. It stands in no log."""

CANARY: Final = re.compile(r"kanari_([a-z]+)_")
"""Every text tells where it was written."""

MISSING: Final = 999_999_999_999

MISSING_NAME: Final = "a" * 24

OWN_EMOJI: Final = "own_emoji"
THUMBNAIL: Final = 360

HIDING: Final = (
    "file",
    "upload",
    "own_emoji",
    "quoted",
    "thread",
    "section",
    "target",
    "webhook",
    "message",
    "token",
    "person",
    "group",
    "invite",
)
"""What can be hidden of a scene whose place is not: the most hidden first."""

ROLES: Final[dict[str, Role]] = {
    "deactivated": Role.MEMBER,
    "pending": Role.MEMBER,
    "guest_in": Role.GUEST,
    "guest_out": Role.GUEST,
    "member_in": Role.MEMBER,
    "member_out": Role.MEMBER,
    "ex_member": Role.MEMBER,
    "channel_admin": Role.MEMBER,
    "channel_owner": Role.MEMBER,
    "admin_in": Role.ADMIN,
    "admin_out": Role.ADMIN,
    "owner_out": Role.OWNER,
    "bot_in": Role.MEMBER,
    # Not points of view, but whom these look at.
    "colleague": Role.MEMBER,
    "newcomer": Role.MEMBER,
    "departed": Role.MEMBER,
    "host": Role.MEMBER,
}

INSIDE: Final = ("guest_in", "member_in", "channel_admin", "channel_owner", "admin_in", "bot_in")
"""Who is in the places now."""

ONCE_INSIDE: Final = ("deactivated", "ex_member", "pending")
"""Who wrote in the channels and is not among the others any more, or not yet again."""

TOKENS: Final[dict[str, tuple[str, set[str]]]] = {
    "reader_in": ("member_in", {Scope.READ}),
    "writer_in": ("admin_in", {Scope.READ, Scope.WRITE}),
}
"""The points of view that are another's, with a token that may do less."""

PASSWORD: Final = "kanari_password"

PLACES: Final[dict[str, str]] = {
    "public": "public",
    "private": "private",
    "announce": "public",
    "archived": "public",
    "vault": "private",
}
"""The channels: `announce` is for announcements, `archived` and `vault` are archived."""

CONVERSATIONS: Final = ("dm", "others")
"""Direct conversations: one of those inside, and one between two other people."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """A point of view: who asks, and what they come in with."""

    name: str
    person: str
    """Whose point of view it is in the world."""
    user: User | None
    api: Api
    headers: list[tuple[bytes, bytes]]
    """What they open a socket with."""
    token_id: int = 0
    """Another token of theirs."""

    @property
    def is_known(self) -> bool:
        return self.user is not None and self.user.is_active and self.name != "pending"


@dataclass(frozen=True, slots=True)
class Scene:
    """One point of view before one thing."""

    world: "World"
    viewer: Viewer
    words: tuple[str, ...]
    ids: dict[str, int | str]
    client_id: uuid.UUID | None = None

    @property
    def place(self) -> str:
        return next((word for word in self.words if word in self.world.places), "")

    @property
    def head(self) -> int:
        return self.world.heads.get(self.place, 1)

    @property
    def stream(self) -> str:
        if "channel" in self.ids:
            return groups.channel_stream(self.ids["channel"])
        return groups.user_stream(self.ids["person"])

    def without(self) -> "Scene":
        """Return the same scene with an id that nobody has, in place of what is hidden in it."""
        hidden: set[str]
        if self.place and self.place not in self.world.readable_by(self.viewer):
            hidden = {"channel", "message", "thread", "webhook", "file"}
        else:
            hidden = {next(key for key in HIDING if key in self.ids)}
        missing: dict[str, int | str] = dict.fromkeys(hidden & set(self.ids), MISSING)
        missing |= dict.fromkeys({"upload", "own_emoji"} & set(missing), MISSING_NAME)
        ids = {**self.ids, **missing}
        return replace(self, ids=ids, client_id=None)


@dataclass(slots=True)
class World:
    """Everything that the table speaks of."""

    people: dict[str, User] = field(default_factory=dict)
    viewers: dict[str, Viewer] = field(default_factory=dict)
    places: dict[str, Channel] = field(default_factory=dict)
    spoken: dict[tuple[str, str], Message] = field(default_factory=dict)
    """(place, what) → a message of the colleague's."""
    own: dict[tuple[str, str, str], Message] = field(default_factory=dict)
    """(place, point of view, "own" or "reply") → a message of theirs."""
    sections: dict[str, int] = field(default_factory=dict)
    """Person → a heading in their sidebar."""
    user_groups: dict[str, UserGroup] = field(default_factory=dict)
    files: dict[tuple[str, str], int] = field(default_factory=dict)
    """(place, what) → a file on a message of the colleague's."""
    loose_files: dict[str, int] = field(default_factory=dict)
    """Person → a file of theirs that hangs nowhere."""
    uploads: dict[str, str] = field(default_factory=dict)
    webhooks: dict[str, IncomingWebhook] = field(default_factory=dict)
    heads: dict[str, int] = field(default_factory=dict)
    lost: frozenset[tuple[str, str]] = frozenset()
    """(person, place): what they could read and can no longer."""
    invite: Invite = field(default_factory=Invite)
    elsewhere: Channel = field(default_factory=Channel)
    """Where the guest is who is in none of the places."""
    taken_name: str = "elsewhere"
    """Of a channel that no point of view can see but one."""

    def people_of(self, place: str) -> list[int]:
        return self.places[place].person_ids

    def told(self, scene: Scene) -> str:
        """Return the first word of the scene's message, as it was when it was said."""
        what = next(word for word in scene.words if (scene.place, word) in self.spoken)
        return self.spoken[scene.place, what].text.split()[0]

    def heard_by(self, viewer: Viewer) -> frozenset[str]:
        """Return the places that somebody is in."""
        if viewer.person not in INSIDE:
            return frozenset()
        return frozenset(place for place in self.places if place != "others")

    def readable_by(self, viewer: Viewer) -> frozenset[str]:
        """Return the places that somebody may read, by the rules and not by the program."""
        if not viewer.is_known:
            return frozenset()
        found = {*self.heard_by(viewer), mind(viewer.person)}
        if ROLES[viewer.person] != Role.GUEST:
            found |= {place for place, kind in PLACES.items() if kind == "public"}
        return frozenset(place for place in found if (viewer.person, place) not in self.lost)

    def scene(self, viewer_name: str, words: Sequence[str]) -> Scene:
        """Put together what a row of the table means for one point of view."""
        viewer = self.viewers[viewer_name]
        scene = Scene(world=self, viewer=viewer, words=tuple(words), ids={})
        if scene.place:
            scene.ids["channel"] = self.places[scene.place].pk
        for word in words:
            if (scene.place, word) in self.spoken:
                scene.ids["message"] = self.spoken[scene.place, word].pk
                if (scene.place, word) in self.files:
                    scene.ids["file"] = self.files[scene.place, word]
            elif word in self.people:
                scene.ids["person"] = self.people[word].pk
            else:
                scene.ids.update(self._special(scene, word))
        if "again" in words:
            client_id = self._own(scene, "own").client_id
            return replace(scene, client_id=client_id)
        return scene

    def _special(self, scene: Scene, word: str) -> dict[str, int | str]:  # noqa: C901, PLR0911, PLR0912 - words
        """Return the ids that a word means which is no person and no message of the colleague's."""
        viewer = scene.viewer
        match word:
            case "own" | "reply":
                return {"message": self._own(scene, word).pk}
            case "answer":
                return {"thread": self.spoken[scene.place, "root"].pk}
            case "answering":
                return {"thread": self.spoken["others", "root"].pk}
            case "quoting":
                return {"quoted": self.spoken["others", "theirs"].pk}
            case "keeper":
                return {"person": self.people["channel_owner"].pk}
            case "self":
                return {"person": viewer.user.pk if viewer.user is not None else MISSING}
            case "mine":
                return {"token": viewer.token_id or MISSING}
            case "foreign":
                other = "ex_member" if viewer.person == "member_in" else "member_in"
                return {"token": self.viewers[other].token_id}
            case "its":
                return {"token": self.viewers["bot_in"].token_id}
            case "invite":
                return {"invite": self.invite.pk}
            case "heading":
                return {"section": self.sections.get(viewer.person, MISSING)}
            case "heading_of_other":
                other = "ex_member" if viewer.person == "member_in" else "member_in"
                return {"section": self.sections[other]}
            case "group" | "far_group":
                return {"group": self.user_groups[word].pk}
            case "hook":
                return {"webhook": self.webhooks[scene.place].pk}
            case "into_private" | "into_others":
                return {"target": self.places[word.removeprefix("into_")].pk}
            case "loose" | "loose_of_other":
                other = "ex_member" if viewer.person == "member_in" else "member_in"
                owner = viewer.person if word == "loose" else other
                return {"file": self.loose_files.get(owner, MISSING)}
            case "upload" | "upload_of_other":
                other = "ex_member" if viewer.person == "member_in" else "member_in"
                owner = viewer.person if word == "upload" else other
                return {"upload": self.uploads.get(owner, MISSING_NAME)}
            case "own_emoji":
                return {"own_emoji": OWN_EMOJI}
            case "nobody":
                missing = dict.fromkeys(("person", "invite", "group"), MISSING)
                return {**missing, "own_emoji": "no_such_emoji"}
            case _:
                return {}

    def _own(self, scene: Scene, word: str) -> Message:
        mine = self.own.get((scene.place, scene.viewer.person, word))
        # Whoever cannot have one is refused whosever it is.
        return mine or self.own[scene.place, "member_in", word]


def build() -> World:
    """Make the world, through the services that people make theirs with."""
    with broadcast.quietly():
        return _build()


def _build() -> World:
    world = World()
    workspace.current()
    rules.current()
    for name, role in ROLES.items():
        world.people[name] = people.create(
            username=name.replace("_", "-"),
            display_name=name,
            role=role,
            password=PASSWORD if name == "pending" else None,
            is_bot=name.startswith("bot"),
        )
    for name, kind in PLACES.items():
        world.places[name] = _channel(world, name, kind)
    _make_conversations(world)
    for place in world.places:
        _talk(world, place)
    _make_what_belongs_to_people(world)
    _end_what_has_ended(world)
    for name, channel in world.places.items():
        stream = groups.channel_stream(channel.pk)
        world.heads[name] = log.heads([stream])[stream]
    for name in VIEWS:
        world.viewers[name] = _viewer(world, name)
    world.invite, _ = invites.create(
        by=world.people["admin_in"].pk,
        role=Role.MEMBER,
        channel_ids=[world.places["private"].pk],
        expires_at=None,
        max_uses=None,
        note="",
    )
    # Last: nobody gets a token any more who is not here.
    for name in ("deactivated", "departed"):
        world.people[name].is_active = False
        world.people[name].save()
    return world


def _viewer(world: World, name: str) -> Viewer:
    person, scopes = TOKENS.get(name, (name, ALL_SCOPES))
    user = world.people.get(person)
    if user is None:
        return Viewer(name=name, person=person, user=None, api=Api(None), headers=[])
    another, _ = tokens.issue(
        user_id=user.pk, name="another", expires_at=timezone.now() + timedelta(days=1)
    )
    if name == "pending":
        api, headers = _half_signed_in(user)
    else:
        api = Api(user, scopes=scopes)
        headers = [(b"authorization", f"Bearer {api.secret}".encode())]
    return Viewer(
        name=name, person=person, user=user, api=api, headers=headers, token_id=another.pk
    )


def _half_signed_in(user: User) -> tuple[Api, list[tuple[bytes, bytes]]]:
    """Give a password where a second factor is wanted as well, and stop there."""
    TOTP.activate(user, generate_totp_secret())
    client = Client()
    answer = client.post("/login/", {"login": user.username, "password": PASSWORD})
    assert answer.headers["Location"] == "/account/2fa/authenticate/"
    api = Api(user, client=client)
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    return api, [(b"cookie", cookie.encode()), (b"origin", settings.ORIGINS[0].encode())]


def _channel(world: World, name: str, kind: str) -> Channel:
    owner = world.people["channel_owner"]
    channel = channels.create(
        by=owner.pk, name=f"{name}place", kind=kind, topic=f"kanari_{name}_topic"
    )
    for inside in (*INSIDE, *ONCE_INSIDE, "colleague"):
        members.admit(channel=channel, user=world.people[inside], actor_id=owner.pk)
    Membership.objects.filter(channel=channel, user=world.people["channel_admin"]).update(
        role=Membership.Role.ADMIN
    )
    return channel


def _make_conversations(world: World) -> None:
    colleague = world.people["colleague"]
    groups_of_people = {"dm": INSIDE, "others": ("newcomer",)}
    for name in CONVERSATIONS:
        others = [world.people[one].pk for one in groups_of_people[name]]
        world.places[name], _ = direct.open_with(by=colleague.pk, user_ids=others)
    host = world.people["host"]
    world.elsewhere = channels.create(by=host.pk, name=world.taken_name, kind="private")
    members.admit(channel=world.elsewhere, user=world.people["guest_out"], actor_id=host.pk)


def _talk(world: World, place: str) -> None:
    colleague, channel = world.people["colleague"], world.places[place]
    texts = _texts(place)

    def say(by: User, calling: str = "", thread_id: int | None = None) -> Message:
        return messages.post(
            author_id=by.pk,
            channel_id=channel.pk,
            client_id=uuid.uuid4(),
            text=f"{next(texts)} {calling}",
            thread_id=thread_id,
        ).message

    for what in ("theirs", "deleted", "edited", "pinned", "reacted", "saved", "root"):
        world.spoken[place, what] = say(colleague)
    everyone = " ".join(f"@{user.username}" for user in world.people.values())
    world.spoken[place, "called"] = say(colleague, calling=everyone)
    root = world.spoken[place, "root"]
    say(colleague, thread_id=root.pk)
    inside = [
        one for one in (*INSIDE, *ONCE_INSIDE) if channel.memberships.filter(user=world.people[one])
    ]
    for name in inside:
        person = world.people[name]
        world.own[place, name, "own"] = say(person)
        world.own[place, name, "reply"] = say(person, thread_id=root.pk)
        reactions.add(by=person.pk, message_id=world.spoken[place, "reacted"].pk, emoji_name="tada")
        saved.save(user_id=person.pk, message_id=world.spoken[place, "saved"].pk)
        drafts.put(
            user_id=person.pk,
            channel_id=channel.pk,
            thread_id=None,
            text=f"kanari_{mind(name)}_was thinking",
        )
    for what in ("filed", "withdrawn"):
        name = f"kanari_{place}_9_{what}.txt"
        world.files[place, what] = _file(colleague, name)
        world.spoken[place, what] = messages.post(
            author_id=colleague.pk,
            channel_id=channel.pk,
            client_id=uuid.uuid4(),
            text=next(texts),
            file_ids=[world.files[place, what]],
        ).message
    messages.delete(by=colleague.pk, message_id=world.spoken[place, "withdrawn"].pk)
    messages.edit(by=colleague.pk, message_id=world.spoken[place, "edited"].pk, text=next(texts))
    messages.delete(by=colleague.pk, message_id=world.spoken[place, "deleted"].pk)
    pins.pin(by=colleague.pk, message_id=world.spoken[place, "pinned"].pk)


def mind(name: str) -> str:
    """Return how the canaries are called that one person alone may see."""
    return f"mindof{name.replace('_', '')}"


def _file(owner: User, name: str) -> int:
    """Bring in a file that has a smaller picture of itself."""
    content = f"{name} and what is in it".encode()
    file = files.receive(by=owner.pk, name=name, content=BytesIO(content), size=len(content))
    storage.save(file.thumbnail_key(THUMBNAIL), BytesIO(content))
    made = {"size": THUMBNAIL, "width": THUMBNAIL, "height": 90, "bytes": len(content)}
    file.thumbnails = [made]
    file.save()
    return file.pk


def _make_pictures(world: World) -> None:
    version = uuid.uuid4().hex[:24]
    User.objects.update(avatar=version)
    for size in AVATAR_SIZES:
        storage.save(strays.avatar_key(version, size), BytesIO(b"a face"))
    storage.save(strays.emoji_key(version), BytesIO(b"an emoji"))
    CustomEmoji.objects.create(
        name=OWN_EMOJI,
        version=version,
        size=len(b"an emoji"),
        created_at=timezone.now(),
        created_by=world.people["channel_owner"],
    )


def _make_what_belongs_to_people(world: World) -> None:
    _make_pictures(world)
    for name, user in world.people.items():
        world.loose_files[name] = _file(user, f"kanari_{mind(name)}_9.txt")
        world.uploads[name] = files.begin(by=user.pk, name="a.txt", size=100).pk
        world.sections[name] = sections.create(user_id=user.pk, name="heading").pk
        wanted = PreferencesChange(keywords=[f"kanari_{mind(name)}_word"])
        preferences.change(user_id=user.pk, wanted=wanted)
    admin = world.people["admin_in"].pk
    for handle, names in {"group": ("colleague", "newcomer"), "far_group": ("newcomer",)}.items():
        world.user_groups[handle] = user_groups.create(
            by=admin,
            handle=handle,
            name=handle,
            user_ids=[world.people[name].pk for name in names],
        )
    for place in ("public", "private", "vault"):
        world.webhooks[place], _ = webhooks.create(
            by=world.people["channel_owner"].pk,
            channel_id=world.places[place].pk,
            name=f"{place} hook",
        )


def _texts(place: str) -> Iterator[str]:
    return (f"kanari_{place}_{number} was said" for number in range(1, 1_000))


def _end_what_has_ended(world: World) -> None:
    owner, gone = world.people["channel_owner"], world.people["ex_member"]
    for name in PLACES:
        members.remove(by=owner.pk, channel_id=world.places[name].pk, user_id=gone.pk)
    channels.change(
        by=owner.pk,
        channel_id=world.places["announce"].pk,
        wanted=channels.Change(posting=Channel.Posting.MODERATORS),
    )
    for name in ("archived", "vault"):
        channels.archive(by=owner.pk, channel_id=world.places[name].pk)
